/// Where a connection goes to, as a number.
public struct PeerAddress: Sendable, Equatable {
    /// Four of IPv4, sixteen of IPv6.
    private let bytes: [UInt8]

    /// - Parameter bytes: in the order of the network; nil unless there are four or sixteen.
    public init?(_ bytes: [UInt8]) {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        self.bytes = bytes
    }

    /// Whether it belongs to a server of the public internet: neither to this machine, nor to a network that it may be in,
    /// nor to nobody (the registries of special-purpose addresses, RFC 6890).
    public var isPublic: Bool { bytes.count == 4 ? Self.isPublic(bytes) : isPublicIPv6 }

    /// First bytes of what is not public, and how many bits of them count.
    private static let special: [(start: [UInt8], bits: Int)] = [
        ([0], 8), ([10], 8), ([100, 64], 10), ([127], 8), ([169, 254], 16), ([172, 16], 12), ([192, 0, 0], 24),
        ([192, 0, 2], 24), ([192, 88, 99], 24), ([192, 168], 16), ([198, 18], 15), ([198, 51, 100], 24),
        ([203, 0, 113], 24), ([224], 4), ([240], 4),
    ]

    private static let specialIPv6: [(start: [UInt8], bits: Int)] = [
        // Protocols, Teredo among them; documentation; 6to4, which has any IPv4 address within it; documentation.
        ([0x20, 0x01, 0x00], 23), ([0x20, 0x01, 0x0d, 0xb8], 32), ([0x20, 0x02], 16), ([0x3f, 0xff, 0x00], 20),
    ]

    private static func isPublic(_ bytes: [UInt8]) -> Bool {
        !special.contains { begins(bytes, $0.start, $0.bits) }
    }

    private var isPublicIPv6: Bool {
        // What a network that speaks only IPv6 makes of an IPv4 address counts as that.
        if Self.begins(bytes, [0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0], 96) {
            return Self.isPublic(Array(bytes[12...]))
        }
        return Self.begins(bytes, [0x20], 3) && !Self.specialIPv6.contains { Self.begins(bytes, $0.start, $0.bits) }
    }

    private static func begins(_ bytes: [UInt8], _ start: [UInt8], _ bits: Int) -> Bool {
        (0..<bits).allSatisfy { bit in
            let mask = UInt8(0x80) >> UInt8(bit % 8), place = bit / 8
            return bytes[place] & mask == (place < start.count ? start[place] : 0) & mask
        }
    }
}
