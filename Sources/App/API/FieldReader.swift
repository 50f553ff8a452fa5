import HTTP
import JSON

/// One request while its fields are read: remembers every mistake, and which names were asked for.
struct FieldReader {
    let call: Call
    var mistakes = Mistakes()
    private var body: Object
    private var prefix = ""
    private var known: Set<String> = []

    /// - Throws: ``Problem`` 415 for a body that does not say it is JSON, 400 naming the place for one that is none.
    init(_ call: Call, hasBody: Bool) throws {
        self.call = call
        body = hasBody ? try Self.object(in: call.request) : Object()
    }

    /// Reads what a route takes, and refuses names that it does not know.
    ///
    /// - Throws: one ``Problem`` with every mistake.
    @discardableResult
    static func read<Content>(_ field: Field<Content>, of call: Call) throws -> Content {
        var reader = try FieldReader(call, hasBody: field.hasBody)
        reader.mistakes = queryMistakes(call.request, field.parts)
        let content = try field.read(&reader)
        reader.refuseUnknown()
        try reader.mistakes.check()
        guard let content else { preconditionFailure("a field without a value, and no mistake") }
        return content
    }

    /// Where a field stands, for people: `range.start_date`.
    func path(_ name: String, _ place: FieldPart.Place) -> String { place == .body ? prefix + name : name }

    /// What a text stands for where the request has nothing but text.
    enum Written {
        case integer, boolean, text

        init(_ schema: Schema) {
            self =
                switch schema.value.objectValue?["type"]?.stringValue {
                case "integer": .integer
                case "boolean": .boolean
                default: .text
                }
        }
    }

    /// The value as it stands, in a body whatever it is; nil when there is none.
    mutating func value(_ name: String, _ place: FieldPart.Place, _ written: Written) -> Value? {
        switch place {
        case .path: return Self.value(of: call.parameter(name), written)
        case .query: return call.request.query[name].map { Self.value(of: $0, written) }
        case .header: return call.request.fields[name].map { Self.value(of: $0, written) }
        case .body:
            known.insert(name)
            let value = body[name]
            return value == .null ? nil : value
        }
    }

    mutating func miss(_ name: String, _ place: FieldPart.Place) {
        let path = path(name, place)
        mistakes.add(path, place == .body ? "MISSING_KEY" : "MISSING_PARAMETER", "\(path) is required.")
    }

    /// Reads the members of an object within the body.
    mutating func inside<Content>(
        _ object: Object, at path: String, _ read: (inout FieldReader) throws -> Content?
    ) rethrows -> Content? {
        let outer = (body, prefix, known)
        (body, prefix, known) = (object, path + ".", [])
        defer { (body, prefix, known) = outer }
        let content = try read(&self)
        refuseUnknown()
        return content
    }

    private mutating func refuseUnknown() {
        for name in body.names(besides: known) {
            mistakes.add(prefix + name.shortened, "UNKNOWN_KEY", "\(prefix + name.shortened) is not known here.")
        }
    }

    /// Query parameters the route does not know, or that come twice (api.md).
    private static func queryMistakes(_ request: Request, _ parts: [FieldPart]) -> Mistakes {
        var mistakes = Mistakes()
        let known = parts.lazy.filter { $0.place == .query }.map(\.name)
        for name in request.query.names where !known.contains(name) {
            let name = name.shortened
            mistakes.add(name, "UNKNOWN_PARAMETER", "\(name) is not a parameter of this address.")
        }
        for name in request.query.duplicates.lazy.map(\.shortened) {
            mistakes.add(name, "DUPLICATE_PARAMETER", "\(name) is given more than once.")
        }
        return mistakes
    }

    private static func value(of text: String, _ written: Written) -> Value {
        switch written {
        case .integer:
            guard let number = Int(text), text.utf8.first != UInt8(ascii: "+") else { return .string(text) }
            return .number(Number(number))
        case .boolean: return text == "true" ? true : text == "false" ? false : .string(text)
        case .text: return .string(text)
        }
    }

    private static func object(in request: Request) throws -> Object {
        guard request.mediaType == "application/json" else {
            throw Problem(.unsupportedMediaType, "Send the body as application/json.")
        }
        let value: Value
        do { value = try parse(request.body) } catch {
            let place = "line \(error.line), column \(error.column)"
            throw Problem(
                .validationError, "The body is not valid JSON: \(error.message) (\(place)).",
                fieldErrors: [FieldError(error.path, "INVALID_JSON", "\(error.message) (\(place))")])
        }
        guard case .object(let object) = value else {
            throw Problem.invalid("", "WRONG_TYPE", "The body must be a JSON object.")
        }
        return object
    }
}
