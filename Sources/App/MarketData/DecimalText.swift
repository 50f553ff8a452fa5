/// Decimal numbers as files write them: `-12.50`, `3`, `1.5e-05`. No spaces, no plus sign, no commas, no words.
enum DecimalText {
    /// The nearest double; infinite when the number is too large for one.
    static func read(_ bytes: ArraySlice<UInt8>) -> Double? {
        guard bytes.count <= 64, isDecimal(bytes) else { return nil }
        return Double(String(decoding: bytes, as: UTF8.self))
    }

    /// Digits from the first that is not zero to the last, the exponent apart: 5 for `-0.012340`.
    static func significantDigits(_ bytes: ArraySlice<UInt8>) -> Int {
        let mantissa = bytes.prefix { $0 | 0x20 != UInt8(ascii: "e") }.filter { isDigit($0) }
        return mantissa.drop { $0 == UInt8(ascii: "0") }.count
    }

    private static func isDecimal(_ bytes: ArraySlice<UInt8>) -> Bool {
        var rest = bytes
        if rest.first == UInt8(ascii: "-") { rest.removeFirst() }
        guard skipDigits(&rest) else { return false }
        if rest.first == UInt8(ascii: ".") {
            rest.removeFirst()
            guard skipDigits(&rest) else { return false }
        }
        if let letter = rest.first, letter | 0x20 == UInt8(ascii: "e") {
            rest.removeFirst()
            if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
            guard skipDigits(&rest) else { return false }
        }
        return rest.isEmpty
    }

    /// False when there is none.
    private static func skipDigits(_ bytes: inout ArraySlice<UInt8>) -> Bool {
        let rest = bytes.drop { isDigit($0) }
        defer { bytes = rest }
        return rest.count < bytes.count
    }

    private static func isDigit(_ byte: UInt8) -> Bool { 48...57 ~= byte }
}
