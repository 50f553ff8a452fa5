/// A value that travels beside the SQL, never inside it.
///
/// It goes as text and takes the type the statement gives its place, so cast where the place alone does not say:
/// `$1::uuid`, `$2::numeric`, `$3::timestamptz`.
public enum Parameter: Equatable, Sendable {
    case null
    case text(String)
    case int(Int64)
    /// Shortest text that reads back to the same double. NaN and infinities are sent; the tables refuse them.
    case double(Double)
    case bool(Bool)
    /// The binary form of the place's type; that of a `bytea` is the bytes themselves.
    case bytes([UInt8])

    public init(_ value: Int) { self = .int(Int64(value)) }
    public init(_ value: Int32) { self = .int(Int64(value)) }
    public init(_ value: Int64) { self = .int(value) }
    public init(_ value: Double) { self = .double(value) }
    public init(_ value: Bool) { self = .bool(value) }
    public init(_ value: String) { self = .text(value) }
    public init(_ value: [UInt8]) { self = .bytes(value) }
    public init(_ value: Int?) { self = value.map { .int(Int64($0)) } ?? .null }
    public init(_ value: Double?) { self = value.map { .double($0) } ?? .null }
    public init(_ value: Bool?) { self = value.map { .bool($0) } ?? .null }
    public init(_ value: String?) { self = value.map { .text($0) } ?? .null }
    public init(_ value: [UInt8]?) { self = value.map { .bytes($0) } ?? .null }

    /// A `timestamptz` from Unix microseconds.
    public static func timestamp(microseconds: Int64) -> Parameter {
        .text(CivilTime.timestampText(microseconds: microseconds))
    }

    /// A `date` from days since 1970-01-01.
    public static func day(_ days: Int32) -> Parameter { .text(CivilTime.dayText(Int64(days))) }

    /// A one-dimensional `integer[]` or `bigint[]`.
    public static func array(_ values: [Int]) -> Parameter { list(values.map { String($0) }) }

    /// A one-dimensional `double precision[]`. It goes in binary form, so its place must be of just that type.
    public static func array(_ values: [Double]) -> Parameter {
        .bytes(ArrayForm.bytes(.float8, values) { $0.bitPattern })
    }

    /// A one-dimensional `timestamptz[]` from Unix microseconds. It goes in binary form, so its place must be of just
    /// that type.
    public static func timestamps(microseconds: [Int64]) -> Parameter {
        .bytes(ArrayForm.bytes(.timestamptz, microseconds) { UInt64(bitPattern: $0 - CivilTime.epochMicroseconds) })
    }

    /// A one-dimensional `text[]` (or `uuid[]` with a cast).
    public static func array(_ values: [String]) -> Parameter {
        list(
            values.map { value in
                var quoted = "\""
                for character in value.unicodeScalars {
                    if character == "\"" || character == "\\" { quoted += "\\" }
                    quoted.unicodeScalars.append(character)
                }
                return quoted + "\""
            })
    }

    /// A one-dimensional `date[]` from days since 1970-01-01. It goes in binary form, so its place must be of just that
    /// type.
    public static func days(_ days: [Int32]) -> Parameter {
        .bytes(ArrayForm.bytes(.date, days) { UInt32(bitPattern: $0 - CivilTime.epochDays) })
    }

    private static func list(_ elements: [String]) -> Parameter { .text("{" + elements.joined(separator: ",") + "}") }

    static func doubleText(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Infinity" : "Infinity" }
        return "\(value)"
    }
}

extension Parameter: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByNilLiteral
{
    public init(stringLiteral value: String) { self = .text(value) }
    public init(integerLiteral value: Int64) { self = .int(value) }
    public init(floatLiteral value: Double) { self = .double(value) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(nilLiteral: ()) { self = .null }
}

/// A type whose values can stand for `$1`, `$2`, ...
public protocol ParameterValue {
    var parameter: Parameter { get }
}

extension Parameter: ParameterValue {
    public var parameter: Parameter { self }
}

extension String: ParameterValue {
    public var parameter: Parameter { .text(self) }
}

extension Int: ParameterValue {
    public var parameter: Parameter { .int(Int64(self)) }
}

extension Int64: ParameterValue {
    public var parameter: Parameter { .int(self) }
}

extension Double: ParameterValue {
    public var parameter: Parameter { .double(self) }
}

extension Bool: ParameterValue {
    public var parameter: Parameter { .bool(self) }
}

extension Optional: ParameterValue where Wrapped: ParameterValue {
    // Not `map(\.parameter)`: in generic code a key path is put together anew at every use.
    public var parameter: Parameter {
        switch self {
        case let value?: value.parameter
        case nil: .null
        }
    }
}

/// A one-dimensional array; of bytes it is a `bytea`.
extension Array: ParameterValue where Element: ArrayParameterElement {
    public var parameter: Parameter { Element.parameter(of: self) }
}

/// What arrays that travel beside the SQL may hold.
public protocol ArrayParameterElement {
    static func parameter(of elements: [Self]) -> Parameter
}

extension Int: ArrayParameterElement {
    public static func parameter(of elements: [Int]) -> Parameter { .array(elements) }
}

extension Double: ArrayParameterElement {
    public static func parameter(of elements: [Double]) -> Parameter { .array(elements) }
}

extension String: ArrayParameterElement {
    public static func parameter(of elements: [String]) -> Parameter { .array(elements) }
}

extension UInt8: ArrayParameterElement {
    public static func parameter(of elements: [UInt8]) -> Parameter { .bytes(elements) }
}

extension ParameterValue where Self: RawRepresentable, RawValue == String {
    public var parameter: Parameter { .text(rawValue) }
}

/// The parameters of one statement in libpq's form: one block of bytes and where each begins.
struct EncodedParameters {
    private var storage: [UInt8] = []
    private var offsets: [Int?] = []
    private var lengths: [Int32] = []
    private var formats: [Int32] = []

    init(_ parameters: [Parameter]) throws(PostgresError) {
        for (index, parameter) in parameters.enumerated() {
            switch parameter {
            case .null: appendNull()
            case .text(let text): try append(text, at: index)
            case .int(let value): try append(String(value), at: index)
            case .double(let value): try append(Parameter.doubleText(value), at: index)
            case .bool(let value): try append(value ? "t" : "f", at: index)
            case .bytes(let bytes): append(bytes)
            }
        }
    }

    var count: Int32 { Int32(offsets.count) }

    /// Pointers to values, lengths and formats (0 text, 1 binary), valid during the call.
    func withPointers<R>(
        _ body: (UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<Int32>?, UnsafePointer<Int32>?) -> R
    ) -> R {
        storage.withUnsafeBytes { block in
            let base = block.bindMemory(to: CChar.self).baseAddress
            let values = offsets.map { offset in offset.flatMap { base?.advanced(by: $0) } }
            return values.withUnsafeBufferPointer { values in
                lengths.withUnsafeBufferPointer { lengths in
                    formats.withUnsafeBufferPointer { formats in
                        body(values.baseAddress, lengths.baseAddress, formats.baseAddress)
                    }
                }
            }
        }
    }

    private mutating func appendNull() {
        offsets.append(nil)
        lengths.append(0)
        formats.append(0)
    }

    private mutating func append(_ text: String, at index: Int) throws(PostgresError) {
        let start = storage.count
        storage.append(contentsOf: text.utf8)
        // libpq measures a text by its end mark: a U+0000 inside would silently cut it.
        guard !storage[start...].contains(0) else {
            throw PostgresError(.invalidParameter, "parameter $\(index + 1) contains U+0000")
        }
        offsets.append(start)
        lengths.append(Int32(storage.count - start))
        formats.append(0)
        storage.append(0)
    }

    private mutating func append(_ bytes: [UInt8]) {
        offsets.append(storage.count)
        lengths.append(Int32(bytes.count))
        formats.append(1)
        storage.append(contentsOf: bytes)
        storage.append(0)  // an empty value still needs an address
    }
}
