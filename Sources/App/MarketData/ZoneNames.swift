public import PriceFiles
import System

extension Zone {
    /// `UTC`, an offset such as `+02:00`, or a place of the system's database of zones, such as `America/New_York`; nil for
    /// anything else.
    public static func named(_ text: String) -> Zone? {
        if let zone = Zone(text) { return zone }
        // Nothing but a file of that database.
        guard (1...64).contains(text.utf8.count),
            text.utf8.allSatisfy({ 65...90 ~= $0 & 0xDF || 48...57 ~= $0 || "/_+-".utf8.contains($0) }),
            let bytes = try? File.contents(of: "/usr/share/zoneinfo/\(text)", maximumBytes: 1 << 20)
        else { return nil }
        return Zone(name: text, tzif: bytes)
    }
}
