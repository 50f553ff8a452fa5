/// Writes a document without white space straight into one byte buffer; commas are its own business.
///
/// It trusts the caller to open and close in order (checked in debug builds) and never writes an invalid token. What is
/// written may be taken away on the way, so that a large document is never in memory whole.
///
///     var json = Writer()
///     json.object { json in json.member("bars", 3) }
///     String(decoding: json.bytes, as: UTF8.self)     // #"{"bars":3}"#
public struct Writer: Sendable {
    /// The document so far, in UTF-8, or what of it was not taken away yet.
    public private(set) var bytes: [UInt8]
    private var needsComma = false
    private var depth = 0

    public init(capacity: Int = 256) {
        bytes = []
        bytes.reserveCapacity(capacity)
    }

    /// Forgets what is written so far, which its owner has sent on, and goes on behind it.
    public mutating func removeWritten() { bytes.removeAll(keepingCapacity: true) }

    // MARK: Containers

    public mutating func beginObject() { open(UInt8(ascii: "{")) }
    public mutating func endObject() { close(UInt8(ascii: "}")) }
    public mutating func beginArray() { open(UInt8(ascii: "[")) }
    public mutating func endArray() { close(UInt8(ascii: "]")) }

    /// An object whose members `body` writes.
    public mutating func object(_ body: (inout Writer) throws -> Void) rethrows {
        beginObject()
        try body(&self)
        endObject()
    }

    /// An array; `body` writes one value for each element.
    public mutating func array<S: Sequence>(
        _ elements: S, _ body: (inout Writer, S.Element) throws -> Void
    ) rethrows {
        beginArray()
        for element in elements { try body(&self, element) }
        endArray()
    }

    /// The name of the next value. A literal is copied as it stands, so it must not need escapes.
    public mutating func key(_ name: StaticString) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        name.withUTF8Buffer { utf8 in
            assert(utf8.allSatisfy { !Self.needsEscape($0) }, "the member name \(name) needs escapes")
            bytes.append(contentsOf: utf8)
        }
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    @_disfavoredOverload  // a literal is a StaticString
    public mutating func key(_ name: String) {
        string(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    // MARK: Values

    public mutating func string(_ value: String) {
        separate()
        quote(value)
        needsComma = true
    }

    public mutating func int(_ value: Int) {
        separate()
        digits(value.magnitude, decimals: 0, isNegative: value < 0)
        needsComma = true
    }

    /// The shortest text that reads back as the same double: 5 not 5.0, -0 for minus zero. Not finite becomes null.
    public mutating func double(_ value: Double) {
        guard value.isFinite else { return null() }
        separate()
        if let (whole, decimals) = Self.decimal(value.magnitude) {
            digits(whole, decimals: decimals, isNegative: value.sign == .minus)
        } else {
            bytes.append(contentsOf: value.description.utf8)
            if bytes.suffix(2).elementsEqual(".0".utf8) { bytes.removeLast(2) }
        }
        needsComma = true
    }

    public mutating func bool(_ value: Bool) { literal(value ? "true" : "false") }
    public mutating func null() { literal("null") }

    public mutating func value(_ value: Value) {
        switch value {
        case .null: null()
        case .bool(let value): bool(value)
        case .number(let number): raw(Array(number.text.utf8))
        case .string(let text): string(text)
        case .array(let elements): array(elements) { $0.value($1) }
        case .object(let object):
            beginObject()
            for member in object.members {
                key(member.name)
                self.value(member.value)
            }
            endObject()
        }
    }

    /// One complete value that is JSON already, such as a stored document.
    public mutating func raw(_ json: [UInt8]) {
        separate()
        bytes.append(contentsOf: json)
        needsComma = true
    }

    // MARK: Members; nil becomes null

    public mutating func member(_ name: StaticString, _ value: String?) {
        key(name)
        if let value { string(value) } else { null() }
    }

    public mutating func member(_ name: StaticString, _ value: Int?) {
        key(name)
        if let value { int(value) } else { null() }
    }

    public mutating func member(_ name: StaticString, _ value: Double?) {
        key(name)
        if let value { double(value) } else { null() }
    }

    public mutating func member(_ name: StaticString, _ value: Bool?) {
        key(name)
        if let value { bool(value) } else { null() }
    }

    public mutating func member(_ name: StaticString, _ value: Value) {
        key(name)
        self.value(value)
    }

    // MARK: Bytes

    /// The value as `whole` / 10^`decimals` with at most nine decimals and no trailing zero, when it is one.
    ///
    /// Prices and amounts nearly always are. A quotient of two exact doubles is correctly rounded, as reading decimal
    /// text is, so the digits found here read back as this very value.
    private static func decimal(_ magnitude: Double) -> (whole: UInt, decimals: Int)? {
        if magnitude < 0x1p51 / 1e9 {
            // The scaled value is off by less than a half: either it is right at nine decimals or at none.
            // Added to 2^52, the nearest whole number stands in the low bits: cheaper than a conversion.
            let shifted = magnitude * 1e9 + 0x1p52
            guard (shifted - 0x1p52) / 1e9 == magnitude else { return nil }
            var whole = UInt(shifted.bitPattern & 0xF_FFFF_FFFF_FFFF), decimals = 9
            if whole % 100_000 == 0 {  // at most four decimals, as prices have: strip the rest in one step
                whole /= 100_000
                decimals = 4
            }
            while decimals > 0, whole % 10 == 0 {
                whole /= 10
                decimals -= 1
            }
            return (whole, decimals)
        }
        var power = 1.0
        for decimals in 0...9 where magnitude * power < 0x1p53 {
            if let whole = whole(magnitude, times: power) { return (whole, decimals) }
            power *= 10
        }
        return nil
    }

    private static func whole(_ magnitude: Double, times power: Double) -> UInt? {
        let scaled = magnitude * power
        var nearest = UInt(scaled)  // by hand: rounded() may need libm, which this module does not link
        if scaled - Double(nearest) >= 0.5 { nearest += 1 }
        return Double(nearest) / power == magnitude ? nearest : nil
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
    }

    private mutating func open(_ bracket: UInt8) {
        separate()
        bytes.append(bracket)
        needsComma = false
        depth += 1
    }

    private mutating func close(_ bracket: UInt8) {
        depth -= 1
        assert(depth >= 0, "closed more than was opened")
        bytes.append(bracket)
        needsComma = true
    }

    private mutating func literal(_ text: StaticString) {
        separate()
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
        needsComma = true
    }

    /// `magnitude` / 10^`decimals`, which has no trailing zero.
    private mutating func digits(_ magnitude: UInt, decimals: Int, isNegative: Bool) {
        // As many digits as there are, but one before the point at least; written backwards into their place.
        var count = 1
        var bound: UInt = 10
        while magnitude >= bound {
            count += 1
            let (next, isOver) = bound.multipliedReportingOverflow(by: 10)
            if isOver { break }
            bound = next
        }
        count = max(count, decimals + 1) + (decimals > 0 ? 1 : 0)
        if isNegative { bytes.append(UInt8(ascii: "-")) }
        let start = bytes.count
        bytes.append(contentsOf: repeatElement(UInt8(ascii: "."), count: count))
        var place = bytes.count
        var rest = magnitude
        for _ in 0..<decimals {
            place -= 1
            bytes[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
        if decimals > 0 { place -= 1 }  // the point stands there already
        while place > start {
            place -= 1
            bytes[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
    }

    private static func needsEscape(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    private mutating func quote(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        let start = bytes.count
        bytes.append(contentsOf: text.utf8)
        // Looked through where it stands: nearly always it can stay.
        if bytes[start...].contains(where: Self.needsEscape) {
            let written = Array(bytes[start...])
            bytes.removeSubrange(start...)
            for byte in written { escape(byte) }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func escape(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
        case UInt8(ascii: "\n"): bytes += "\\n".utf8
        case UInt8(ascii: "\r"): bytes += "\\r".utf8
        case UInt8(ascii: "\t"): bytes += "\\t".utf8
        case 0..<0x20:
            let hex = Array("0123456789abcdef".utf8)
            bytes += "\\u00".utf8
            bytes += [hex[Int(byte >> 4)], hex[Int(byte & 15)]]
        default: bytes.append(byte)
        }
    }
}
