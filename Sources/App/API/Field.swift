import HTTP
import JSON

/// What a request brings along under one name, or under a few that belong together: where it stands, its bounds, what
/// it means. Reader and OpenAPI document both come from here.
///
/// ```swift
/// let limit = Field<Int>.query("limit", .integer(1...100), default: 50, "Page size")
/// ```
struct Field<Content: Sendable>: Sendable {
    /// What the document says of each name.
    let parts: [FieldPart]
    /// Whether the request brings along a JSON object.
    let hasBody: Bool
    /// Nil when there is a mistake, which the reader remembers.
    let read: @Sendable (inout FieldReader) throws -> Content?

    init(
        parts: [FieldPart], hasBody: Bool? = nil, read: @escaping @Sendable (inout FieldReader) throws -> Content?
    ) {
        self.parts = parts
        self.hasBody = hasBody ?? parts.contains { $0.place == .body }
        self.read = read
    }
}

struct FieldPart: Sendable {
    enum Place: String, Sendable { case path, query, header, body }

    let name: String
    let place: Place
    let makeSchema: @Sendable () -> Schema
    let isRequired: Bool
    let about: String
    /// The refusals that only this field can bring about.
    var errors: [ErrorCode] = []

    var schema: Schema { makeSchema() }

    init(
        name: String, place: Place, schema: @autoclosure @escaping @Sendable () -> Schema, isRequired: Bool,
        about: String, errors: [ErrorCode] = []
    ) {
        (self.name, self.place, makeSchema) = (name, place, schema)
        (self.isRequired, self.about, self.errors) = (isRequired, about, errors)
    }
}

extension Field {
    private init(_ part: FieldPart, read: @escaping @Sendable (inout FieldReader) throws -> Content?) {
        self.init(parts: [part], read: read)
    }

    /// - Parameter missing: what stands for a field that is not there; nil: it has to be.
    private init<Sent>(
        _ place: FieldPart.Place, _ name: String, _ form: Form<Sent>, _ about: String,
        missing: @escaping @Sendable () -> Content?, make: @escaping @Sendable (Sent) -> Content
    ) {
        guard let reading = form.read else { preconditionFailure("\(name) can only be answered, not sent") }
        let isRequired = missing() == nil
        // In a body null is the same as nothing, and so it may be sent for what need not be.
        let part = FieldPart(
            name: name, place: place, schema: place == .body && !isRequired ? form.schema.orNull : form.schema,
            isRequired: isRequired, about: about)
        let written = FieldReader.Written(form.schema)
        self.init(part) { reader in
            guard let value = reader.value(name, place, written) else {
                if let content = missing() { return content }
                reader.miss(name, place)
                return nil
            }
            return reading(value, reader.path(name, place), &reader.mistakes).map(make)
        }
    }

    static func query(_ name: String, _ form: Form<Content>, _ about: String) -> Field {
        Field(.query, name, form, about, missing: { nil }, make: { $0 })
    }

    static func query(_ name: String, _ form: Form<Content>, default fallback: Content, _ about: String) -> Field {
        Field(.query, name, form.documented(fallback), about, missing: { fallback }, make: { $0 })
    }

    static func query<Sent>(optional name: String, _ form: Form<Sent>, _ about: String) -> Field
    where Content == Sent? {
        Field(.query, name, form, about, missing: { .some(nil) }, make: { $0 })
    }

    /// The same in the query or in the body.
    static func optional<Sent>(_ place: FieldPart.Place, _ name: String, _ form: Form<Sent>, _ about: String) -> Field
    where Content == Sent? {
        Field(place, name, form, about, missing: { .some(nil) }, make: { $0 })
    }

    static func header<Sent>(optional name: String, _ form: Form<Sent>, _ about: String) -> Field
    where Content == Sent? {
        Field(.header, name, form, about, missing: { .some(nil) }, make: { $0 })
    }

    static func body(_ name: String, _ form: Form<Content>, _ about: String = "") -> Field {
        Field(.body, name, form, about, missing: { nil }, make: { $0 })
    }

    static func body(_ name: String, _ form: Form<Content>, default fallback: Content, _ about: String = "") -> Field {
        Field(.body, name, form.documented(fallback), about, missing: { fallback }, make: { $0 })
    }

    static func body<Sent>(optional name: String, _ form: Form<Sent>, _ about: String = "") -> Field
    where Content == Sent? {
        Field(.body, name, form, about, missing: { .some(nil) }, make: { $0 })
    }

    /// Another value made of this one, or of mistakes in what belongs together.
    ///
    /// - Parameter check: nil when it has remembered a mistake.
    func map<Other>(
        _ check: @escaping @Sendable (Content, inout FieldReader) throws -> Other?
    ) -> Field<Other> {
        let read = read
        return Field<Other>(parts: parts, hasBody: hasBody) { reader in
            guard let content = try read(&reader) else { return nil }
            return try check(content, &reader)
        }
    }

    /// The same, which may also be refused under a code of its own.
    func refused(as code: ErrorCode) -> Field {
        let parts = parts.map { part in
            var part = part
            part.errors.append(code)
            return part
        }
        return Field(parts: parts, hasBody: hasBody, read: read)
    }

    /// Fields that are one thing together. All of them are read, so that all mistakes are told.
    static func group<each Part: Sendable>(
        _ field: repeat Field<each Part>,
        make: @escaping @Sendable (inout FieldReader, repeat each Part) throws -> Content?
    ) -> Field {
        var parts: [FieldPart] = [], hasBody = false
        for field in repeat each field {
            parts += field.parts
            hasBody = hasBody || field.hasBody
        }
        let fields = (repeat each field)
        return Field(parts: parts, hasBody: hasBody) { reader in
            let read = (repeat try (each fields).read(&reader))
            for value in repeat each read {
                guard value != nil else { return nil }
            }
            return try make(&reader, repeat (each read)!)
        }
    }

    /// An object in the body whose members are these fields.
    static func object<each Part: Sendable>(
        _ name: String, _ about: String = "", of field: repeat Field<each Part>,
        make: @escaping @Sendable (inout FieldReader, repeat each Part) throws -> Content?
    ) -> Field {
        let group = Field.group(repeat each field, make: make)
        let part = FieldPart(
            name: name, place: .body, schema: schema(of: group.parts), isRequired: true, about: about)
        return Field(parts: [part]) { reader in
            guard let value = reader.value(name, .body, .text) else {
                reader.miss(name, .body)
                return nil
            }
            let path = reader.path(name, .body)
            guard let object = value.objectValue else {
                reader.mistakes.add(path, "WRONG_TYPE", "\(path) must be an object.")
                return nil
            }
            return try reader.inside(object, at: path) { reader in try group.read(&reader) }
        }
    }

    private static func schema(of parts: [FieldPart]) -> Schema {
        let members = Schema.object(parts.map { ($0.name, $0.schema, $0.isRequired) })
        return Example.body(of: parts).map { members.with("examples", .array([$0])) } ?? members
    }
}

extension Field {
    /// A parameter of the path that is no id.
    static func path(_ name: String, _ form: Form<Content>, _ about: String) -> Field {
        Field(.path, name, form, about, missing: { nil }, make: { $0 })
    }

    /// A word in the path. Another word is no address: 404.
    static func path(_ name: String, _ about: String, else refusal: Problem, code: ErrorCode) -> Field
    where Content: RawRepresentable & CaseIterable, Content.RawValue == String {
        let part = FieldPart(
            name: name, place: .path, schema: Form<Content>.choice().schema, isRequired: true, about: about,
            errors: [code])
        return Field(parts: [part]) { reader in
            guard let word = Content(rawValue: reader.call.parameter(name)) else { throw refusal }
            return word
        }
    }
}

extension Field where Content == Void {
    /// Nothing but the address.
    static let nothing = Field(parts: []) { _ in () }

    /// A body without members.
    static let emptyBody = Field(parts: [], hasBody: true) { _ in () }
}

extension Form where Content: Sendable {
    /// The schema tells what stands for a value that is not sent.
    fileprivate func documented(_ fallback: Content) -> Form {
        Form(schema.with("default", written(fallback)), write: write, read: read)
    }

    private func written(_ content: Content) -> Value {
        var json = Writer()
        write(&json, content)
        return (try? parse(json.bytes)) ?? .null
    }
}
