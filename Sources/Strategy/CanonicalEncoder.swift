/// Bytes that mean the same on every machine and in every version of this code, for hashing.
///
/// Integers and the bit patterns of doubles are little-endian; a text is its length in UTF-8 bytes (UInt32), then the
/// bytes. Each encoding starts with a tag that names it and its version, so two kinds never share a hash.
package struct CanonicalEncoder {
    package private(set) var bytes: [UInt8] = []

    package init(tag: String, capacity: Int = 256) {
        bytes.reserveCapacity(capacity)
        text(tag)
    }

    /// For a part that is put into a whole later.
    package init() {}

    package mutating func integer<I: FixedWidthInteger>(_ value: I) {
        for shift in stride(from: 0, to: I.bitWidth, by: 8) { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
    }

    package mutating func double(_ value: Double) { integer(value.bitPattern) }

    package mutating func flag(_ value: Bool) { integer(UInt8(value ? 1 : 0)) }

    package mutating func text(_ value: String) {
        integer(UInt32(value.utf8.count))
        bytes.append(contentsOf: value.utf8)
    }

    /// A flag, then the number if there is one.
    package mutating func double(_ value: Double?) {
        flag(value != nil)
        if let value { double(value) }
    }

    /// Bytes that are encoded already.
    package mutating func raw(_ part: some Collection<UInt8>) { bytes.append(contentsOf: part) }
}
