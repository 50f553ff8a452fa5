/// A UUID (RFC 9562), not necessarily of a row that exists.
///
///     UUID("F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6")?.text  // "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"
public struct UUID: Hashable, Sendable {
    /// The first and the last eight bytes, as big-endian numbers.
    private let high: UInt64
    private let low: UInt64

    /// Reads 36 characters in digits of either case; nil for anything else.
    public init?(_ text: String) {
        guard text.utf8.count == 36 else { return nil }
        var halves: (UInt64, UInt64) = (0, 0)
        for (index, byte) in text.utf8.enumerated() {
            if Self.isDash(index) {
                guard byte == UInt8(ascii: "-") else { return nil }
                continue
            }
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
            default: return nil
            }
            if index < 18 {
                halves.0 = halves.0 << 4 | UInt64(digit)
            } else {
                halves.1 = halves.1 << 4 | UInt64(digit)
            }
        }
        (high, low) = halves
    }

    private init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// A new one of version 4: 122 random bits.
    public static func random() -> UUID {
        let halves = Random.bytes(16).withUnsafeBytes {
            ($0.loadUnaligned(as: UInt64.self), $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        }
        return UUID(
            high: halves.0 & ~0xF000 | 0x4000, low: halves.1 & ~(0b11 << 62) | 0b10 << 62)
    }

    /// The canonical form: 36 characters, lower case.
    public var text: String {
        String(unsafeUninitializedCapacity: 36) { characters in
            var place = 0
            for half in [high, low] {
                for shift in stride(from: 60, through: 0, by: -4) {
                    if Self.isDash(place) {
                        characters[place] = UInt8(ascii: "-")
                        place += 1
                    }
                    let digit = UInt8(truncatingIfNeeded: half >> UInt64(shift)) & 15
                    characters[place] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
                    place += 1
                }
            }
            return place
        }
    }

    private static func isDash(_ index: Int) -> Bool { index == 8 || index == 13 || index == 18 || index == 23 }
}
