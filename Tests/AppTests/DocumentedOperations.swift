import JSON
import TestSupport

@testable import App

/// The operations of the API as its document describes them, with a request that each understands.
struct DocumentedOperation: Sendable, CustomStringConvertible {
    let method: String
    let path: String
    let parameters: [Parameter]
    /// The members of the body: name and schema; nil without a body.
    let members: [(name: String, schema: Value, isRequired: Bool)]?
    /// Whether the body is a file.
    let takesFile: Bool
    /// Whether the body is the form that a provider has browsers post.
    let takesForm: Bool

    struct Parameter: Sendable {
        let name: String
        let place: String
        let schema: Value
        let isRequired: Bool
    }

    var description: String { "\(method) \(path)" }

    /// Those of a document, in its order.
    static func all(in document: Value) -> [DocumentedOperation] {
        let root = document.objectValue ?? [:]
        let schemas = root["components"]?.objectValue?["schemas"]?.objectValue ?? [:]
        return (root["paths"]?.objectValue ?? [:]).members.flatMap { path in
            (path.value.objectValue ?? [:]).members.map { method in
                DocumentedOperation(method.name.uppercased(), path.name, method.value.objectValue ?? [:], schemas)
            }
        }
    }

    private init(_ method: String, _ path: String, _ operation: Object, _ schemas: Object) {
        (self.method, self.path) = (method, path)
        parameters = (operation["parameters"]?.arrayValue ?? []).compactMap(\.objectValue).map { parameter in
            Parameter(
                name: parameter["name"]?.stringValue ?? "", place: parameter["in"]?.stringValue ?? "",
                schema: Self.resolved(parameter["schema"] ?? .null, schemas),
                isRequired: parameter["required"] == true)
        }
        let content = operation["requestBody"]?.objectValue?["content"]?.objectValue
        takesFile = content?["application/octet-stream"] != nil
        let schema = content?["application/json"]?.objectValue?["schema"]?.objectValue
        let required = schema?["required"]?.arrayValue ?? []
        takesForm = method == "POST" && path.hasSuffix("/callback")
        if takesForm {
            // What is in it the provider says, and not the document.
            members = ["state", "code", "iss", "error", "user"].map { ($0, ["type": "string"], $0 == "state") }
        } else {
            members = schema.map { schema in
                (schema["properties"]?.objectValue ?? [:]).members.map { member in
                    (member.name, Self.resolved(member.value, schemas), required.contains(.string(member.name)))
                }
            }
        }
    }

    /// With every reference replaced by what it stands for.
    private static func resolved(_ schema: Value, _ schemas: Object) -> Value {
        switch schema {
        case .array(let items): return .array(items.map { resolved($0, schemas) })
        case .object(let object):
            if let name = object["$ref"]?.stringValue?.split(separator: "/").last {
                return resolved(schemas[String(name)] ?? .null, schemas)
            }
            return .object(Object(object.members.map { ($0.name, resolved($0.value, schemas)) }))
        default: return schema
        }
    }

    /// A value that the schema takes.
    static func sample(_ schema: Value) -> Value {
        guard let object = schema.objectValue else { return .null }
        if let value = object["default"] ?? object["enum"]?.arrayValue?.first { return value }
        if let first = object["anyOf"]?.arrayValue?.first { return sample(first) }
        switch object["type"]?.stringValue {
        case "object":
            return .object(
                Object((object["properties"]?.objectValue ?? [:]).members.map { ($0.name, sample($0.value)) }))
        case "array": return .array([sample(object["items"] ?? .null)])
        case "integer", "number": return object["minimum"] ?? 1
        case "boolean": return true
        default: break
        }
        switch object["format"]?.stringValue {
        case "date": return "2020-06-01"
        case "uuid": return "00000000-0000-4000-8000-000000000000"
        default: return "sample"
        }
    }

    /// Values at and beyond the bounds that the schema itself names.
    static func bounds(_ schema: Value) -> [Value] {
        guard let object = schema.objectValue else { return [] }
        var found = (object["anyOf"]?.arrayValue ?? []).flatMap(bounds) + (object["enum"]?.arrayValue ?? [])
        for name in ["minimum", "maximum"] {
            if let bound = object[name]?.numberValue?.int {
                found += [bound &- 1, bound, bound &+ 1].map { .number(Number($0)) }
            }
        }
        for name in ["minLength", "maxLength"] {
            guard let bound = object[name]?.numberValue?.int else { continue }
            for length in [bound - 1, bound, bound + 1] where length >= 0 {
                // Letters of one, two and four bytes: what is counted are characters.
                found += ["x", "é", "𝒳"].map { .string(String(repeating: $0, count: length)) }
            }
        }
        return found
    }
}

/// What every place for a value is tried with: the ends of each type, and what is of another type.
enum Extremes {
    static let values: [Value] = tokens.map { token in
        guard let value = try? parse(Array(token.utf8)) else { preconditionFailure(token) }
        return value
    }

    private static let tokens: [String] = odd + numbers + texts.map { "\"\($0)\"" }

    private static let odd: [String] = [
        "null", "true", "{}", "[]", "[[]]", "[null]", #"{"a":{"b":[1]}}"#,
        #"["read","research","trade","ingest","admin","read"]"#,
        "[" + [String](repeating: "1", count: 1_000).joined(separator: ",") + "]",
    ]

    private static let numbers: [String] = [
        "0", "-0", "-1", "1", "0.1", "1.0", "1e2", "2147483647", "2147483648", "-2147483649", "4294967296",
        "9223372036854775807", "9223372036854775808", "-9223372036854775809", "5e-324", "1e308", "-1e308", "1e309",
        "1e-400", "123456789012345678901234567890",
    ]

    /// As they stand in JSON. Without U+0000, which no reader of ours takes.
    private static let texts: [String] = marks + amounts + days + long

    private static let marks: [String] = [
        "", " ", "\\n", "\\t", "\\u0001", "\\u007f", "\\u0085", "\\u2028", "\\u202e", "\\ufeff",
        "\\uffff", "\\ud83d\\ude00", "'; DROP TABLE users; --", "%", "%_", "\\\\", "\\\"", "../..", "//x", "{id}",
        "a@b",
        "a@\\u0085b", "a@b@c", "é@é",
    ]

    private static let amounts: [String] = [
        "-1", "0", "00", "0.00", "0.01", "1e5", "NaN", "Infinity", "-Infinity", "9999999999999.99", "99999999999999.99",
        "10000.001",
    ]

    private static let days: [String] = [
        "0001-01-01", "0000-12-31", "1799-12-31", "1969-12-31", "1970-01-01", "2023-02-29", "9999-12-31", "10000-01-01",
        "infinity", "-infinity", "2020-06-01T00:00:00Z", "00000000-0000-0000-0000-000000000000",
        "ffffffff-ffff-ffff-ffff-ffffffffffff",
    ]

    private static let long: [String] = [33, 256, 10_001].flatMap { (length: Int) -> [String] in
        [String(repeating: "x", count: length), String(repeating: "𝒳", count: length)]
    }
}
