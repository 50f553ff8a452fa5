import JSON

/// One member of the objects that a form writes.
struct Member<Row>: Sendable {
    let name: String
    let schema: Schema
    let isRequired: Bool
    let write: @Sendable (inout Writer, Row) -> Void

    /// A member that is always there.
    static func member<Content>(
        _ name: StaticString, _ form: Form<Content>, _ content: @escaping @Sendable (Row) -> Content
    ) -> Member {
        let write = form.write
        return Member(name: "\(name)", schema: form.schema, isRequired: true) { json, row in
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
        return Member(name: "\(name)", schema: form.schema, isRequired: false) { json, row in
            guard let content = content(row) else { return }
            json.key(name)
            write(&json, content)
        }
    }

    /// The member of something larger that holds a row.
    func of<Larger>(_ row: @escaping @Sendable (Larger) -> Row) -> Member<Larger> {
        let write = write
        return Member<Larger>(name: name, schema: schema, isRequired: isRequired) { json, larger in
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

/// The part of a list that is asked for.
struct Window: Sendable {
    let limit: Int
    let offset: Int
    /// How many items to look for, so that it is known whether there are more.
    var probe: Int { limit + 1 }
}

/// What a list shows.
struct Page<Item: Sendable>: Sendable {
    let window: Window
    /// One item more than ``Window/limit`` when there are more.
    let found: [Item]

    init(_ window: Window, _ found: [Item]) {
        self.window = window
        self.found = found
    }
}

extension Form {
    /// A page of a list. One that grows too large ends early, and its `limit` says after how many items: an answer holds
    /// at most 900 kB (architecture.md), and no item of a list is larger than the difference.
    static func page<Item>(of name: StaticString, _ item: Form<Item>) -> Form where Content == Page<Item> {
        let pageBytes = 800_000
        let schema = Schema.object([
            ("\(name)", .list(item.schema), true), ("limit", .type("integer"), true),
            ("offset", .type("integer"), true),
            ("has_more", .type("boolean"), true),
        ])
        return Form(schema) { json, page in
            let (found, limit) = (page.found, page.window.limit)
            json.beginObject()
            json.key(name)
            json.beginArray()
            var shown = 0
            for one in found.prefix(limit) {
                item.write(&json, one)
                shown += 1
                if json.bytes.count > pageBytes { break }
            }
            json.endArray()
            json.member("limit", shown < min(found.count, limit) ? shown : limit)
            json.member("offset", page.window.offset)
            json.member("has_more", found.count > shown)
            json.endObject()
        }
    }
}
