import JSON

/// A fragment of JSON Schema (draft 2020-12, as OpenAPI 3.1 takes it), with the named schemas that it refers to.
struct Schema: Sendable {
    let value: Value
    /// By name, what `$ref`s in ``value`` stand for.
    private(set) var components: [String: Schema] = [:]

    init(_ value: Value, referringTo components: [Schema] = []) {
        self.value = value
        for schema in components { self.components.merge(schema.components, uniquingKeysWith: Self.same) }
    }

    /// A name stands for one schema. The build prints the document, and so two of one name end there.
    static func same(_ first: Schema, _ second: Schema) -> Schema {
        precondition(first.value == second.value, "two schemas of one name: \(first.value) and \(second.value)")
        return first
    }

    static func type(_ name: String, _ members: [(String, Value)] = []) -> Schema {
        Schema(.object(Object([("type", .string(name))] + members)))
    }

    static func text(format: String) -> Schema { type("string", [("format", .string(format))]) }

    static func text(pattern: String) -> Schema { type("string", [("pattern", .string(pattern))]) }

    static func text(length: ClosedRange<Int>, pattern: String) -> Schema {
        type(
            "string",
            [
                ("minLength", .number(Number(length.lowerBound))), ("maxLength", .number(Number(length.upperBound))),
                ("pattern", .string(pattern)),
            ])
    }

    static func integer(_ range: ClosedRange<Int>) -> Schema {
        type(
            "integer", [("minimum", .number(Number(range.lowerBound))), ("maximum", .number(Number(range.upperBound)))])
    }

    static func words(_ words: [String]) -> Schema { type("string", [("enum", .array(words.map { .string($0) }))]) }

    /// Of so many items.
    static func list(_ item: Schema, _ count: ClosedRange<Int>) -> Schema {
        list(item).with("minItems", .number(Number(count.lowerBound)))
            .with("maxItems", .number(Number(count.upperBound)))
    }

    static func number(_ range: ClosedRange<Double>) -> Schema {
        type(
            "number", [("minimum", .number(Number(range.lowerBound))), ("maximum", .number(Number(range.upperBound)))])
    }

    /// One on which exact decisions hang. `multipleOf` would say it, too, but programs that divide doubles to check it
    /// refuse 0.07.
    static func decimal(_ range: ClosedRange<Double>) -> Schema {
        number(range).with("description", "At most four decimal places")
    }

    static func list(_ item: Schema) -> Schema {
        Schema(["type": .string("array"), "items": item.value], referringTo: [item])
    }

    /// Any names, with values of one kind.
    static func dictionary(of value: Schema) -> Schema {
        Schema(["type": .string("object"), "additionalProperties": value.value], referringTo: [value])
    }

    /// Members in order, and no others.
    static func object(_ members: [(name: String, schema: Schema, isRequired: Bool)]) -> Schema {
        let required = members.filter(\.isRequired).map { Value.string($0.name) }
        return Schema(
            .object(
                Object([
                    ("type", .string("object")),
                    ("properties", .object(Object(members.map { ($0.name, $0.schema.value) }))),
                    ("required", .array(required)), ("additionalProperties", .bool(false)),
                ])), referringTo: members.map(\.schema))
    }

    /// The same under a name, described once for all who use it.
    func named(_ name: String) -> Schema {
        var reference = Schema(["$ref": .string("#/components/schemas/\(name)")], referringTo: [self])
        reference.components[name] = self
        return reference
    }

    static func anyOf(_ schemas: [Schema]) -> Schema {
        Schema(["anyOf": .array(schemas.map(\.value))], referringTo: schemas)
    }

    /// The value or JSON null.
    var orNull: Schema { .anyOf([self, .type("null")]) }

    func with(_ member: String, _ value: Value) -> Schema {
        guard case .object(var object) = self.value else { return self }
        object[member] = value
        return Schema(.object(object), referringTo: [self])
    }
}
