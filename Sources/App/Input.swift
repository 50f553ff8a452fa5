import Crypto
import HTTP
import JSON
import Market

/// Every mistake found in a request so far, in the order found: a visitor mends a form once, not field by field.
struct Mistakes {
    private(set) var errors: [FieldError] = []

    var isEmpty: Bool { errors.isEmpty }

    mutating func add(_ field: String, _ code: String, _ message: String) {
        errors.append(FieldError(field, code, message))
    }

    mutating func add(contentsOf more: [FieldError]) { errors += more }

    /// - Throws: one ``Problem`` naming them all.
    func check(_ code: ErrorCode = .validationError) throws {
        guard let first = errors.first else { return }
        let detail = errors.count == 1 ? first.message : "\(errors.count) mistakes; the first: \(first.message)"
        throw Problem(code, detail, fieldErrors: errors)
    }
}

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
        mistakes = call.queryMistakes
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

/// The canonical text of a UUID: 36 characters, lower case. Not necessarily of a row that exists.
struct UUIDText: Sendable, Equatable {
    let text: String

    init?(_ written: String) {
        let bytes = Array(written.utf8)
        guard bytes.count == 36 else { return nil }
        for (index, byte) in bytes.enumerated() {
            if index == 8 || index == 13 || index == 18 || index == 23 {
                guard byte == UInt8(ascii: "-") else { return nil }
            } else {
                guard Character(UnicodeScalar(byte)).isHexDigit else { return nil }
            }
        }
        text = written.lowercased()
    }

    private init(_ bytes: [UInt8]) {
        let digits = hex(bytes)
        var text = "", rest = digits[...]
        for count in [8, 4, 4, 4, 12] {
            text += (text.isEmpty ? "" : "-") + rest.prefix(count)
            rest = rest.dropFirst(count)
        }
        self.text = text
    }

    /// A new one of version 4: 122 random bits.
    static func random() -> UUIDText {
        var bytes = Random.bytes(16)
        bytes[6] = bytes[6] & 0x0F | 0x40
        bytes[8] = bytes[8] & 0x3F | 0x80
        return UUIDText(bytes)
    }
}

/// How tickers are written: 1 to 32 of `A-Z 0-9 . -`, beginning with a letter or digit; stored in upper case.
enum Ticker {
    static func canonical(_ text: String) -> String? {
        let upper = text.uppercased()
        guard (1...32).contains(upper.utf8.count), upper.first != ".", upper.first != "-",
            upper.utf8.allSatisfy({ byte in
                (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
            })
        else { return nil }
        return upper
    }
}
