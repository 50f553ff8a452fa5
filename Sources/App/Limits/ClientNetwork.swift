import Glibc

/// The part of a client's address that stands for one household or host: a whole IPv4 address, an IPv6 /64.
struct ClientNetwork: Sendable, Equatable {
    /// `203.0.113.7`, `2001:db8:1:2::/64`; what is no address is told as "unknown", all such clients together.
    let text: String

    /// - Parameter address: as the web server tells it.
    init(_ address: String) {
        var four = [UInt8](repeating: 0, count: 4), six = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, address, &four) == 1 {
            text = Self.dotted(four[...])
        } else if inet_pton(AF_INET6, address, &six) == 1 {
            let isMapped = six[..<10].allSatisfy { $0 == 0 } && six[10] == 0xFF && six[11] == 0xFF
            text = isMapped ? Self.dotted(six[12...]) : Self.network(six)
        } else {
            text = "unknown"
        }
    }

    private static func dotted(_ bytes: ArraySlice<UInt8>) -> String { bytes.map { String($0) }.joined(separator: ".") }

    private static func network(_ bytes: [UInt8]) -> String {
        let groups = stride(from: 0, to: 8, by: 2).map { String(Int(bytes[$0]) << 8 | Int(bytes[$0 + 1]), radix: 16) }
        return groups.joined(separator: ":") + "::/64"
    }
}
