/// One JSON value as it was written: object members keep their order and numbers keep their text.
///
///     let value = try parse(Array(#"{"count": 1.0, "symbol": "AAPL"}"#.utf8))
///     value.objectValue?["symbol"]?.stringValue       // "AAPL"
///     value.objectValue?["count"]?.numberValue?.int   // nil: a count is written without a point
public enum Value: Equatable, Sendable {
    case null
    case bool(Bool)
    case number(Number)
    case string(String)
    case array([Value])
    case object(Object)
}

extension Value {
    public var isNull: Bool { self == .null }

    /// The payload when the value has that type, else nil: nothing is converted.
    public var boolValue: Bool? { if case .bool(let value) = self { value } else { nil } }
    public var numberValue: Number? { if case .number(let value) = self { value } else { nil } }
    public var stringValue: String? { if case .string(let value) = self { value } else { nil } }
    public var arrayValue: [Value]? { if case .array(let value) = self { value } else { nil } }
    public var objectValue: Object? { if case .object(let value) = self { value } else { nil } }

    /// What it is, for an error message: `a number`, `an array`, `null`.
    public var kind: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }

    /// The document without white space, in UTF-8.
    public var bytes: [UInt8] {
        var writer = Writer()
        writer.value(self)
        return writer.bytes
    }
}

extension Value: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    public init(stringLiteral value: String) { self = .string(value) }
    public init(integerLiteral value: Int) { self = .number(Number(value)) }
    public init(floatLiteral value: Double) { self = .number(Number(value)) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(arrayLiteral elements: Value...) { self = .array(elements) }
    public init(dictionaryLiteral elements: (String, Value)...) { self = .object(Object(elements)) }
}

/// A number as written. `1`, `1.0` and `1e0` are three different values, so a caller can refuse `1.0` for a count.
public struct Number: Equatable, Sendable {
    /// A valid JSON number token.
    public let text: String

    /// The parser's way in; the token has been checked.
    init(token: String) { text = token }

    public init(_ value: Int) { text = String(value) }

    /// - Precondition: `value` is finite: JSON has no other numbers.
    public init(_ value: Double) {
        precondition(value.isFinite, "JSON has no \(value)")
        var writer = Writer(capacity: 24)
        writer.double(value)
        text = String(decoding: writer.bytes, as: UTF8.self)
    }

    /// The nearest double; nil when the number is too large for one.
    public var double: Double? {
        guard let value = Double(text), value.isFinite else { return nil }
        return value
    }

    /// The exact integer; nil for a token with a fraction or an exponent, or outside `Int`.
    public var int: Int? { Int(text) }
}

/// Members in document order; no name occurs twice. Names are the same when their code points are.
public struct Object: Equatable, Sendable, ExpressibleByDictionaryLiteral {
    public private(set) var members: [(name: String, value: Value)]

    public init() { members = [] }

    /// - Precondition: no name occurs twice.
    public init(_ members: [(String, Value)]) {
        self.init()
        for (name, value) in members {
            precondition(self[name] == nil, "two members are named \(name)")
            self.members.append((name, value))
        }
    }

    public init(dictionaryLiteral elements: (String, Value)...) { self.init(elements) }

    /// The parser's way in; it has looked for duplicates.
    init(distinct members: [(name: String, value: Value)]) { self.members = members }

    public var names: [String] { members.map(\.name) }

    /// Those that are none of the few `known`. A set of texts would put each of them into Unicode's order first.
    public func names(besides known: Set<String>) -> [String] {
        let known = Array(known)
        return names.filter { name in !known.contains { Names.same($0, name) } }
    }

    public var count: Int { members.count }
    public var isEmpty: Bool { members.isEmpty }

    /// Setting replaces in place or appends; setting nil removes.
    public subscript(_ name: String) -> Value? {
        get {
            for member in members where Names.same(member.name, name) { return member.value }
            return nil
        }
        set {
            let index = members.firstIndex { Names.same($0.name, name) }
            switch (index, newValue) {
            case (let index?, let value?): members[index].value = value
            case (let index?, nil): members.remove(at: index)
            case (nil, let value?): members.append((name, value))
            case (nil, nil): break
            }
        }
    }

    /// Order counts: equal objects are the same document.
    public static func == (a: Object, b: Object) -> Bool {
        a.members.count == b.members.count
            && zip(a.members, b.members).allSatisfy { Names.same($0.name, $1.name) && $0.value == $1.value }
    }
}
