import Crypto

/// What only this installation knows. Each use has a key of its own, derived from it, so none gives another away.
public struct ServerSecret: Sendable, Equatable {

    private let bytes: [UInt8]

    /// - Returns: nil for fewer than 32 characters.
    init?(_ text: String) {
        guard text.utf8.count >= 32 else { return nil }
        bytes = Array(text.utf8)
    }

    /// 32 bytes for one purpose, always the same.
    func key(for purpose: StaticString) -> [UInt8] {
        hmacSHA256(key: bytes, Array("bitstockerz 1 \(purpose)".utf8))
    }

    /// Signs the audit trail.
    public var auditKey: AuditKey { AuditKey(key(for: "audit chain")) }
}

extension ServerSecret: CustomStringConvertible {
    /// Says nothing: a secret that is interpolated into a message by mistake stays one.
    public var description: String { "***" }
}

/// What is said of a host with another secret than those that have written into the database.
public enum ForeignSecret {
    public static let sentence = "no event of the audit trail was signed with this host's secret"
    public static let remedy = "copy \(Configuration.Variable.serverSecretFile.standard) from the host that made them"
}
