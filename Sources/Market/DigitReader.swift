/// Walks over ASCII text of fixed shape; nothing it reads can be longer than asked for.
struct DigitReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    var isAtEnd: Bool { rest.isEmpty }

    /// Exactly `count` digits.
    mutating func number(digits count: Int) -> Int? {
        var value = 0
        for _ in 0..<count {
            guard let digit = digit() else { return nil }
            value = value * 10 + digit
        }
        return value
    }

    /// One to `count` digits after a point, as if there were `count` of them.
    mutating func fraction(digits count: Int) -> Int? {
        guard var value = digit() else { return nil }
        var read = 1
        while read < count, let digit = digit() {
            value = value * 10 + digit
            read += 1
        }
        while read < count {
            value *= 10
            read += 1
        }
        return value
    }

    /// False, and nothing is read, when another character stands here.
    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard let byte = rest.first, UInt32(byte) == character.value else { return false }
        rest.removeFirst()
        return true
    }

    private mutating func digit() -> Int? {
        guard let byte = rest.first, byte >= 0x30, byte <= 0x39 else { return nil }
        rest.removeFirst()
        return Int(byte) - 0x30
    }
}
