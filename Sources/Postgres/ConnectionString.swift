internal import CPostgres

/// What libpq is told of a server: `NAME=VALUE` pairs, a URL, or the name of a database.
public enum ConnectionString {
    /// Whether libpq will understand it. To be asked before it is used: libpq's own words about one that it does not
    /// understand quote what stands there, and a slash in the password of a URL makes a port of it.
    public static func isUnderstood(_ text: String) -> Bool {
        guard !text.utf8.contains(0) else { return false }
        // As PQconnectdbParams tells them from a name.
        guard text.hasPrefix("postgres://") || text.hasPrefix("postgresql://") || text.utf8.contains(UInt8(ascii: "="))
        else { return true }
        var reason: UnsafeMutablePointer<CChar>?
        let parsed = PQconninfoParse(text, &reason)
        defer {
            PQconninfoFree(parsed)
            PQfreemem(reason)
        }
        guard var option = parsed else { return false }
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val.map({ String(cString: $0) }),
                numbers.contains(String(cString: keyword)), !value.isEmpty
            {
                // One for each host, or one for all.
                guard value.split(separator: ",", omittingEmptySubsequences: false).allSatisfy(isNumber) else {
                    return false
                }
            }
            option += 1
        }
        return true
    }

    /// Options that libpq reads as numbers, and only when it connects.
    private static let numbers: Set<String> = [
        "port", "connect_timeout", "keepalives", "keepalives_idle", "keepalives_interval", "keepalives_count",
        "tcp_user_timeout",
    ]

    private static func isNumber(_ text: Substring) -> Bool { text.isEmpty || Int32(text) != nil }
}
