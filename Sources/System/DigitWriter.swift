/// Writes the texts of times digit by digit: an answer of candles has thousands of them.
struct DigitWriter {
    private let bytes: UnsafeMutableBufferPointer<UInt8>
    private var end = 0

    /// A text of exactly `count` ASCII characters, all of which `body` puts.
    static func text(count: Int, _ body: (inout DigitWriter) -> Void) -> String {
        String(unsafeUninitializedCapacity: count) { bytes in
            var writer = DigitWriter(bytes: bytes)
            body(&writer)
            assert(writer.end == count, "a text of another length than promised")
            return writer.end
        }
    }

    private init(bytes: UnsafeMutableBufferPointer<UInt8>) { self.bytes = bytes }

    mutating func put(_ character: UnicodeScalar) {
        bytes[end] = UInt8(ascii: character)
        end += 1
    }

    /// A number that is not negative and has at most that many digits, with leading zeros.
    mutating func put(_ number: Int, digits: Int) {
        var rest = number
        for place in stride(from: end + digits - 1, through: end, by: -1) {
            bytes[place] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        }
        end += digits
    }

    /// The first `kept` of the digits only.
    mutating func put(_ number: Int, digits: Int, keeping kept: Int) {
        var rest = number
        for _ in kept..<digits { rest /= 10 }
        put(rest, digits: kept)
    }

    mutating func put(_ number: Int, digits: Int, then separator: UnicodeScalar) {
        put(number, digits: digits)
        put(separator)
    }
}
