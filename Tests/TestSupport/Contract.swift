import JSON
import Synchronization

/// The API's own description, held against what it answers: nothing missing, nothing too many, no undeclared error.
public struct Contract: Sendable {
    private struct Operation: Sendable {
        let method: String
        let segments: [String]
        let responses: Object
    }

    private let operations: [Operation]
    private let schemas: Object

    /// - Parameter document: an OpenAPI 3.1 document.
    public init(_ document: Value) {
        let root = document.objectValue ?? Object()
        schemas = root["components"]?.objectValue?["schemas"]?.objectValue ?? Object()
        operations = (root["paths"]?.objectValue ?? Object()).members.flatMap { path in
            (path.value.objectValue ?? Object()).members.map { method in
                Operation(
                    method: method.name.uppercased(), segments: Self.segments(path.name),
                    responses: method.value.objectValue?["responses"]?.objectValue ?? Object())
            }
        }
    }

    /// What in an answer is not as the document says; empty for an address that is no operation of the API.
    public func faults(_ method: String, _ target: String, _ answer: HTTPClient.Answer) -> [String] {
        let path = Self.segments(String(target.prefix { $0 != "?" }))
        let candidates = operations.filter { operation in
            operation.method == (method == "HEAD" ? "GET" : method) && operation.segments.count == path.count
                && zip(operation.segments, path).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
        }
        // The most literal one, as the router takes it.
        let operation = candidates.max { a, b in
            a.segments.filter { !$0.hasPrefix("{") }.count < b.segments.filter { !$0.hasPrefix("{") }.count
        }
        guard let operation else { return [] }
        let place = "\(method) \(target): \(answer.status)"
        if answer.status == 304 { return [] }
        guard let response = operation.responses[String(answer.status)]?.objectValue else {
            return ["\(place) is not declared: \(answer.text.prefix(300))"]
        }
        let absent = (response["headers"]?.objectValue ?? Object()).members.filter {
            $0.value.objectValue?["required"] == .bool(true) && answer[$0.name] == nil
        }
        if let header = absent.first { return ["\(place) comes without \(header.name)"] }
        guard let content = response["content"]?.objectValue else {
            return answer.body.isEmpty ? [] : ["\(place) has a body where none is declared"]
        }
        let type = (answer["Content-Type"] ?? "").prefix { $0 != ";" }
        guard let schema = content[String(type)]?.objectValue?["schema"] else {
            return ["\(place) is of type \(type), which is not declared"]
        }
        guard method != "HEAD", type.hasSuffix("json") else { return [] }
        guard let value = answer.json else { return ["\(place) is not JSON"] }
        return faults(in: value, by: schema, at: "").map { "\(place): \($0)" }
    }

    /// What in a value is not as the schema of that name says.
    public func faults(in value: Value, byComponent name: String) -> [String] {
        faults(in: value, by: ["$ref": .string(name)], at: name)
    }

    private static func segments(_ path: String) -> [String] {
        path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    }

    // MARK: JSON Schema, as much of it as the document uses

    public func faults(in value: Value, by schema: Value, at path: String) -> [String] {
        guard let schema = schema.objectValue else { return [] }
        var faults: [String] = []
        for rule in schema.members {
            switch rule.name {
            case "$ref":
                let name = rule.value.stringValue.map { String($0.split(separator: "/").last ?? "") } ?? ""
                guard let named = schemas[name] else { return ["\(path): no schema \(name)"] }
                faults += self.faults(in: value, by: named, at: path)
            case "allOf":
                for part in rule.value.arrayValue ?? [] { faults += self.faults(in: value, by: part, at: path) }
            case "anyOf":
                let all = (rule.value.arrayValue ?? []).map { self.faults(in: value, by: $0, at: path) }
                if !all.contains(where: \.isEmpty) { faults += all.max { $0.count < $1.count } ?? [] }
            case "type":
                if !Self.isOf(rule.value.stringValue ?? "", value) {
                    faults.append("\(path) is \(value.kind), not \(rule.value.stringValue ?? "")")
                }
            case "enum":
                if rule.value.arrayValue?.contains(value) != true { faults.append("\(path) is another word: \(value)") }
            case "minimum", "maximum":
                guard let number = value.numberValue?.double, let bound = rule.value.numberValue?.double else {
                    continue
                }
                if rule.name == "minimum" ? number < bound : number > bound { faults.append("\(path) is out of range") }
            case "items":
                for (index, item) in (value.arrayValue ?? []).enumerated() {
                    faults += self.faults(in: item, by: rule.value, at: "\(path)[\(index)]")
                }
            case "required":
                guard let object = value.objectValue else { continue }
                for name in (rule.value.arrayValue ?? []).compactMap(\.stringValue) where object[name] == nil {
                    faults.append("\(path).\(name) is missing")
                }
            case "properties":
                guard let object = value.objectValue, let properties = rule.value.objectValue else { continue }
                for member in properties.members {
                    guard let content = object[member.name] else { continue }
                    faults += self.faults(in: content, by: member.value, at: "\(path).\(member.name)")
                }
            case "additionalProperties":
                let known = Set(schema["properties"]?.objectValue?.names ?? [])
                for member in value.objectValue?.members ?? [] where !known.contains(member.name) {
                    if rule.value == .bool(false) { faults.append("\(path).\(member.name) is not declared") }
                    faults += self.faults(in: member.value, by: rule.value, at: "\(path).\(member.name)")
                }
            case "format":
                guard let text = value.stringValue, let format = rule.value.stringValue else { continue }
                if !Self.isFormatted(text, format) { faults.append("\(path) is no \(format): \(text)") }
            case "pattern":
                guard let text = value.stringValue, let pattern = rule.value.stringValue else { continue }
                guard let isMatched = Self.isMatched(text, by: pattern) else {
                    return ["\(path): \(pattern) is no pattern"]
                }
                if !isMatched { faults.append("\(path) does not match \(pattern): \(text)") }
            case "not":
                if self.faults(in: value, by: rule.value, at: path).isEmpty {
                    faults.append("\(path) is what it must not be")
                }
            case "minItems", "maxItems":
                guard let count = value.arrayValue?.count, let bound = rule.value.numberValue?.int else { continue }
                if rule.name == "minItems" ? count < bound : count > bound {
                    faults.append("\(path) has \(count) items")
                }
            case "uniqueItems":
                let items = value.arrayValue ?? []
                if items.indices.contains(where: { items[..<$0].contains(items[$0]) }) {
                    faults.append("\(path) has the same twice")
                }
            case "minLength", "maxLength":
                guard let count = value.stringValue?.unicodeScalars.count, let bound = rule.value.numberValue?.int
                else { continue }
                if rule.name == "minLength" ? count < bound : count > bound {
                    faults.append("\(path) is \(count) long")
                }
            case "default", "description", "title", "examples": continue
            default: faults.append("\(path): the document uses \(rule.name), which this check does not know")
            }
        }
        return faults
    }

    private static func isOf(_ type: String, _ value: Value) -> Bool {
        switch (type, value) {
        case ("string", .string), ("number", .number), ("boolean", .bool), ("array", .array), ("object", .object),
            ("null", .null):
            true
        case ("integer", .number(let number)): number.int != nil
        default: false
        }
    }

    private static let formats = [
        "uuid": #"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"#,
        "date": #"\d{4}-\d\d-\d\d"#,
        "date-time": #"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z"#,
        "uri": "[a-z]+:[^ ]+",
        "email": "[^@ ]+@[^@ ]+",
    ]

    private static func isFormatted(_ text: String, _ format: String) -> Bool {
        formats[format].flatMap { isMatched(text, by: $0, isWhole: true) } ?? false
    }

    /// Kept, because making one takes longer than all else that is done to an answer.
    private static let expressions = Mutex<[String: Regex<AnyRegexOutput>]>([:])

    /// Nil: that is no pattern.
    private static func isMatched(_ text: String, by pattern: String, isWhole: Bool = false) -> Bool? {
        expressions.withLock { known in
            if known[pattern] == nil { known[pattern] = try? Regex(pattern).matchingSemantics(.unicodeScalar) }
            guard let expression = known[pattern] else { return nil }
            return (isWhole ? text.wholeMatch(of: expression) : text.firstMatch(of: expression)) != nil
        }
    }
}
