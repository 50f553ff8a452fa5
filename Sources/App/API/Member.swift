import JSON

/// One member of the objects that a form writes.
struct Member<Row>: Sendable {
    let name: String
    let makeSchema: @Sendable () -> Schema
    let isRequired: Bool
    let write: @Sendable (inout Writer, Row) -> Void

    var schema: Schema { makeSchema() }

    /// A member that is always there.
    static func member<Content>(
        _ name: StaticString, _ form: Form<Content>, _ content: @escaping @Sendable (Row) -> Content
    ) -> Member {
        let write = form.write
        return Member(name: "\(name)", makeSchema: form.makeSchema, isRequired: true) { json, row in
            json.key(name)
            write(&json, content(row))
        }
    }

    /// A member that is always there, and null when it is nil.
    static func nullable<Content>(
        _ name: StaticString, _ form: Form<Content>, _ content: @escaping @Sendable (Row) -> Content?
    ) -> Member { member(name, form.orNull, content) }

    /// A member that is left away when it is nil: not the same as null.
    static func optional<Content>(
        _ name: StaticString, _ form: Form<Content>, _ content: @escaping @Sendable (Row) -> Content?
    ) -> Member {
        let write = form.write
        return Member(name: "\(name)", makeSchema: form.makeSchema, isRequired: false) { json, row in
            guard let content = content(row) else { return }
            json.key(name)
            write(&json, content)
        }
    }

    /// The member of something larger that holds a row.
    func of<Larger>(_ row: @escaping @Sendable (Larger) -> Row) -> Member<Larger> {
        let write = write
        return Member<Larger>(name: name, makeSchema: makeSchema, isRequired: isRequired) { json, larger in
            write(&json, row(larger))
        }
    }
}

extension Form {
    /// An object whose members are these, in this order.
    static func object(_ members: [Member<Content>]) -> Form {
        Form(.object(members.map { ($0.name, $0.schema, $0.isRequired) })) { json, row in
            json.beginObject()
            for member in members { member.write(&json, row) }
            json.endObject()
        }
    }

    /// The same under a name in the OpenAPI document.
    static func object(_ name: String, _ members: [Member<Content>]) -> Form { object(members).named(name) }

    /// An object with one member.
    static func object(_ name: StaticString, _ only: Form) -> Form { object([.member(name, only) { $0 }]) }
}
