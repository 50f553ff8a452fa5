// Only while routes move to the declared form.
import Crypto
import HTTP
import JSON
import Market
import Postgres
import System

/// Reads the members of a JSON object, remembering each mistake; members nobody asked for are mistakes too.
struct ObjectReader {
    var mistakes = Mistakes()
    private let object: Object
    private let prefix: String
    private var known: Set<String> = []

    init(_ object: Object, at path: String = "") {
        self.object = object
        prefix = path.isEmpty ? "" : path + "."
    }

    /// The body of a request that must be one JSON object.
    ///
    /// - Throws: ``Problem`` 415 for another content type, 400 naming the place for a body that is not strict JSON.
    init(body request: Request) throws {
        let type = (request.fields["Content-Type"] ?? "").prefix { $0 != ";" }.filter { $0 != " " }.lowercased()
        guard type == "application/json" else {
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
        self.init(object)
    }

    func path(_ name: String) -> String { prefix + name }

    /// The value as it stands, or nil when absent; JSON null counts as absent.
    mutating func value(_ name: String) -> Value? {
        known.insert(name)
        guard let value = object[name], value != .null else { return nil }
        return value
    }

    mutating func required(_ name: String) -> Value? {
        let value = value(name)
        if value == nil { mistakes.add(path(name), "MISSING_KEY", "\(path(name)) is required.") }
        return value
    }

    /// A string whose length in characters lies in `length`; no control characters other than newline and tab.
    mutating func string(_ name: String, _ length: ClosedRange<Int>, required isRequired: Bool = true) -> String? {
        guard let value = isRequired ? required(name) : value(name) else { return nil }
        guard case .string(let text) = value else {
            mistakes.add(path(name), "WRONG_TYPE", "\(path(name)) must be a string.")
            return nil
        }
        guard length.contains(text.unicodeScalars.count) else {
            mistakes.add(
                path(name), "OUT_OF_RANGE",
                "\(path(name)) must have \(length.lowerBound) to \(length.upperBound) characters.")
            return nil
        }
        let hasControl = text.unicodeScalars.contains { $0.value < 32 && $0 != "\n" && $0 != "\t" || $0.value == 127 }
        guard !hasControl else {
            mistakes.add(path(name), "INVALID_FORMAT", "\(path(name)) must not contain control characters.")
            return nil
        }
        return text
    }

    mutating func choice<T: RawRepresentable & CaseIterable>(
        _ name: String, _ type: T.Type, required isRequired: Bool = true
    ) -> T? where T.RawValue == String {
        guard let text = string(name, 1...100, required: isRequired) else { return nil }
        guard let choice = T(rawValue: text) else {
            mistakes.add(path(name), "OUT_OF_RANGE", "\(path(name)) must be \(T.oneOf).")
            return nil
        }
        return choice
    }

    mutating func identifier(_ name: String) -> UUIDText? {
        guard let text = string(name, 1...100) else { return nil }
        guard let id = UUIDText(text) else {
            mistakes.add(path(name), "INVALID_FORMAT", "\(path(name)) must be a UUID.")
            return nil
        }
        return id
    }

    mutating func integer(_ name: String, _ range: ClosedRange<Int>, required isRequired: Bool = true) -> Int? {
        guard let value = isRequired ? required(name) : value(name) else { return nil }
        guard case .number(let number) = value, let integer = number.int else {
            mistakes.add(path(name), "WRONG_TYPE", "\(path(name)) must be a whole number.")
            return nil
        }
        guard range.contains(integer) else {
            mistakes.add(
                path(name), "OUT_OF_RANGE", "\(path(name)) must be from \(range.lowerBound) to \(range.upperBound).")
            return nil
        }
        return integer
    }

    mutating func number(_ name: String) -> Double? {
        guard let value = value(name) else { return nil }
        guard case .number(let number) = value, let double = number.double else {
            mistakes.add(path(name), "WRONG_TYPE", "\(path(name)) must be a number.")
            return nil
        }
        return double
    }

    mutating func ticker(_ name: String) -> String? {
        guard let text = string(name, 1...32) else { return nil }
        let canonical = Ticker.canonical(text)
        if canonical == nil {
            mistakes.add(path(name), "INVALID_FORMAT", "\(path(name)) must be a ticker such as AAPL or BTC-USD.")
        }
        return canonical
    }

    mutating func day(_ name: String) -> CalendarDay? {
        guard let text = string(name, 1...100) else { return nil }
        guard let day = CalendarDay(text) else {
            mistakes.add(path(name), "INVALID_FORMAT", "\(path(name)) must be a day as YYYY-MM-DD.")
            return nil
        }
        return day
    }

    mutating func object(_ name: String) -> Object? {
        guard let value = value(name) else { return nil }
        guard case .object(let object) = value else {
            mistakes.add(path(name), "WRONG_TYPE", "\(path(name)) must be an object.")
            return nil
        }
        return object
    }

    /// Marks members that nobody asked for as mistakes. Call it last.
    mutating func refuseUnknown() {
        for name in object.names where !known.contains(name) {
            mistakes.add(path(name), "UNKNOWN_KEY", "\(path(name)) is not known here.")
        }
    }
}

extension RawRepresentable where Self: CaseIterable, RawValue == String {
    /// "one of A, B, C" for messages.
    static var oneOf: String { "one of " + allCases.map(\.rawValue).joined(separator: ", ") }
}

/// Reads query parameters; begins with what the route's table has against unknown and repeated ones.
struct QueryReader {
    var mistakes: Mistakes
    private let query: QueryItems

    init(_ call: Call) {
        mistakes = call.legacyMistakes
        query = call.request.query
    }

    func text(_ name: String) -> String? { query[name] }

    mutating func integer(_ name: String, _ range: ClosedRange<Int>, default fallback: Int) -> Int {
        guard let text = query[name] else { return fallback }
        guard let value = Int(text), range.contains(value), text.utf8.allSatisfy({ $0 != UInt8(ascii: "+") }) else {
            mistakes.add(
                name, "OUT_OF_RANGE", "\(name) must be a whole number from \(range.lowerBound) to \(range.upperBound).")
            return fallback
        }
        return value
    }

    mutating func choice<T: RawRepresentable & CaseIterable>(_ name: String, _ type: T.Type) -> T?
    where T.RawValue == String {
        guard let text = query[name] else { return nil }
        guard let value = T(rawValue: text) else {
            mistakes.add(name, "OUT_OF_RANGE", "\(name) must be \(T.oneOf).")
            return nil
        }
        return value
    }

    mutating func day(_ name: String) -> CalendarDay? {
        guard let text = query[name] else { return nil }
        guard let day = CalendarDay(text) else {
            mistakes.add(name, "INVALID_FORMAT", "\(name) must be a day as YYYY-MM-DD.")
            return nil
        }
        return day
    }

    mutating func identifier(_ name: String) -> UUIDText? {
        guard let text = query[name] else { return nil }
        guard let id = UUIDText(text) else {
            mistakes.add(name, "INVALID_FORMAT", "\(name) must be a UUID.")
            return nil
        }
        return id
    }

    mutating func symbol(_ name: String) -> String? {
        guard let text = query[name] else {
            mistakes.add(name, "MISSING_PARAMETER", "\(name) is required.")
            return nil
        }
        return symbol(name, text)
    }

    mutating func symbol(_ name: String, _ text: String) -> String? {
        guard let symbol = Ticker.canonical(text) else {
            mistakes.add(name, "INVALID_FORMAT", "\(name) must be a ticker such as AAPL or BTC-USD.")
            return nil
        }
        return symbol
    }
}

/// The forms in which the API answers (api.md, "Conventions").
extension Response {
    static func json(_ writer: Writer, status: Int = 200) -> Response {
        Response(status: status, contentType: "application/json", body: writer.bytes)
    }

    /// JSON that anyone may see and keep for a minute, tagged by what it says: 304 to whoever has it already.
    static func publicJSON(to request: Request, _ write: (inout Writer) throws -> Void) rethrows -> Response {
        var json = Writer()
        try write(&json)
        let tag = "\"\(hex(Array(Digest.sha256(json.bytes).prefix(16))))\""
        var response = request.isFresh(tag) ? Response(status: 304) : Response.json(json)
        response.fields.append("ETag", tag)
        return response.cachedPublicly()
    }
}

extension Writer {
    /// An answer holds at most 900 kB (architecture.md), and no item of a list is larger than the difference.
    private static let pageBytes = 800_000

    /// A page of a list. `found` holds one item more than `limit` when there are more. A page that grows too large ends
    /// early, and its `limit` says after how many items.
    mutating func page<Item>(
        _ name: StaticString, _ found: [Item], limit: Int, offset: Int, _ write: (Item, inout Writer) -> Void
    ) {
        beginObject()
        key(name)
        beginArray()
        var shown = 0
        for item in found.prefix(limit) {
            write(item, &self)
            shown += 1
            if bytes.count > Self.pageBytes { break }
        }
        endArray()
        member("limit", shown < min(found.count, limit) ? shown : limit)
        member("offset", offset)
        member("has_more", found.count > shown)
        endObject()
    }
}

extension Mistakes {
    mutating func add(contentsOf more: [FieldError]) { for e in more { add(e.field, e.code, e.message) } }
    func check(_ code: ErrorCode) throws {
        do { try check() } catch var problem as Problem {
            problem = Problem(code, problem.detail, fieldErrors: problem.fieldErrors)
            throw problem
        }
    }
}

extension Call {
    var legacyMistakes: Mistakes { queryMistakes }
}

extension Route {
    struct Parameter: Sendable {
        let part: FieldPart
        static func path(_ name: String, _ schema: Schema, _ about: String) -> Parameter {
            Parameter(part: FieldPart(name: name, place: .path, schema: schema, isRequired: true, about: about))
        }
        static func query(_ name: String, _ schema: Schema, _ about: String, required: Bool = false) -> Parameter {
            Parameter(part: FieldPart(name: name, place: .query, schema: schema, isRequired: required, about: about))
        }
        static func header(_ name: String, _ schema: Schema, _ about: String) -> Parameter {
            Parameter(part: FieldPart(name: name, place: .header, schema: schema, isRequired: false, about: about))
        }
    }
    struct Answer: Answering {
        let status: Int
        let about: String
        let schema: Schema?
        var type = "application/json"
        init(status: Int, about: String, schema: Schema, type: String = "application/json") {
            (self.status, self.about, self.type) = (status, about, status == 204 ? "" : type)
            self.schema = status == 204 || type != "application/json" ? nil : schema
        }
    }
    init(
        method: HTTP.Method, path: String, access: Access, about: String, parameters: [Parameter] = [],
        body: Schema? = nil, answers: [Answer], errors: [ErrorCode] = [], limit: RateLimit? = nil,
        failsOnPage: Bool = false, handler: Handler
    ) {
        var parts = parameters.map(\.part)
        if let members = body?.value.objectValue?["properties"]?.objectValue {
            parts += members.names.map {
                FieldPart(name: $0, place: .body, schema: Schema(members[$0]!), isRequired: false, about: "")
            }
        }
        self.init(
            method, path, access, about, parts, body != nil, answers, errors, limit, failsOnPage: failsOnPage, handler)
        isLegacy = true
    }
}

extension Schema {
    static let text = type("string")
    static let number = type("number")
    static let flag = type("boolean")
    static let uuid = text(format: "uuid")
    static let day = text(format: "date")
    static let time = text(format: "date-time")
    static let money = text(pattern: Amount.pattern)
    static let anything = Schema(.object([:]))
    static func formatted(_ format: String) -> Schema { text(format: format) }
    static func integer(_ range: ClosedRange<Int>? = nil, default fallback: Int? = nil) -> Schema {
        range.map { integer($0) } ?? type("integer")
    }
    static func oneOf(_ texts: [String]) -> Schema { words(texts) }
    static func named(_ name: String) -> Schema { anything }
    static func object(_ members: [(String, Schema)]) -> Schema {
        object(members.map { ($0.hasSuffix("?") ? String($0.dropLast()) : $0, $1, !$0.hasSuffix("?")) })
    }
    static func page(of name: String, _ item: Schema) -> Schema {
        .object([(name, .list(item)), ("limit", .integer()), ("offset", .integer()), ("has_more", .flag)])
    }
}
