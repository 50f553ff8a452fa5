/// A cookie to set. Always with the `__Host-` rules (RFC 6265bis, 4.1.3): `Secure`, `Path=/`, no `Domain`, so that no
/// other host and no plain HTTP page can set or read one of that name.
public struct Cookie: Equatable, Sendable {
    public enum SameSite: String, Sendable { case strict = "Strict", lax = "Lax", none = "None" }

    public let name: String
    /// Written as it stands: letters, digits, `-` and `_`.
    public let value: String
    public let maxAgeSeconds: Int
    public let sameSite: SameSite

    /// - Precondition: the name begins with `__Host-`.
    public init(_ name: String, _ value: String, maxAgeSeconds: Int, sameSite: SameSite = .lax) {
        precondition(name.hasPrefix("__Host-"), "\(name) is not bound to the host")
        self.name = name
        self.value = value
        self.maxAgeSeconds = maxAgeSeconds
        self.sameSite = sameSite
    }

    /// The cookie that makes a browser forget the one of this name.
    public static func removal(of name: String) -> Cookie { Cookie(name, "", maxAgeSeconds: 0) }

    /// The value of `Set-Cookie`; never readable by scripts.
    public var field: String {
        "\(name)=\(value); Path=/; Secure; HttpOnly; SameSite=\(sameSite.rawValue); Max-Age=\(maxAgeSeconds)"
    }
}

extension Request {
    /// The first cookie of this name; names are compared exactly.
    public func cookie(_ name: String) -> String? {
        for item in fields.items where item.name.utf8.count == 6 && item.name.lowercased() == "cookie" {
            for pair in item.value.utf8.split(separator: UInt8(ascii: ";")) {
                let pair = pair.drop { $0 == UInt8(ascii: " ") }
                guard let equals = pair.firstIndex(of: UInt8(ascii: "=")), pair[..<equals].elementsEqual(name.utf8)
                else { continue }
                return String(Substring(pair[pair.index(after: equals)...]))
            }
        }
        return nil
    }
}

extension Response {
    public mutating func set(_ cookie: Cookie) { fields.append("Set-Cookie", cookie.field) }
}
