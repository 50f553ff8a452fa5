import Crypto
import HTTP
import Postgres
import System

/// Personal API keys: `bsk_` and 43 characters of base64url, of which only the SHA-256 is stored.
public enum APIKeys {
    static let marker = "bsk_"
    /// How much of a key stays readable in lists: the marker and eight characters.
    static let prefixLength = 12

    public struct Created: Sendable {
        public let id: String
        /// The key itself; it is never shown again.
        public let key: String
        public let prefix: String
    }

    /// A scope that the owner's role does not allow.
    public struct ScopeRefusal: Error, Equatable {
        public let scope: Scope
        public let role: Role
    }

    /// Makes a key of 256 random bits for a user, in the caller's transaction or else in its own.
    ///
    /// - Parameter expiresInDays: nil for a key without an end.
    /// - Throws: ``ScopeRefusal``; ``Problem`` 401 when the user was deleted or shut out meanwhile; ``PostgresError``.
    ///   Nothing is stored then.
    public static func create(
        for userID: String, name: String, scopes: [Scope], expiresInDays: Int?, in db: inout Connection
    ) throws -> Created {
        guard db.isInTransaction else {
            return try db.transaction { db in
                try create(for: userID, name: name, scopes: scopes, expiresInDays: expiresInDays, in: &db)
            }
        }
        let role = try db.run(
            .holdingUser(userID), Query<Role>.value("SELECT role FROM users WHERE id = $1::uuid", userID)
        ).1
        if let scope = scopes.first(where: { !$0.isAllowed(for: role) }) {
            throw ScopeRefusal(scope: scope, role: role)
        }
        let key = marker + base64URL(Random.bytes(32))
        let prefix = String(key.prefix(prefixLength))
        let id = try db.run(
            Query<String>.value(
                """
                INSERT INTO api_keys (user_id, name, prefix, key_hash, scopes, expires_at)
                VALUES ($1::uuid, $2, $3, $4, $5::text[], now() + make_interval(days => $6::int))
                RETURNING id
                """, userID, name, prefix, Digest.sha256(Array(key.utf8)), scopes.map(\.rawValue), expiresInDays))
        return Created(id: id, key: key, prefix: prefix)
    }

    /// What is stored of the key in `Authorization: Bearer`.
    ///
    /// - Throws: ``Problem`` 401 for what can be no key.
    static func hash(in field: String) throws -> [UInt8] {
        guard let key = bearer(field) else {
            throw unauthorized("Send a personal API key: Authorization: Bearer bsk_...")
        }
        return Digest.sha256(Array(key.utf8))
    }

    private static func bearer(_ field: String) -> String? {
        guard field.utf8.count <= 200 else { return nil }
        let parts = field.split(separator: " ", omittingEmptySubsequences: true)
        guard parts.count == 2, parts[0].lowercased() == "bearer", parts[1].hasPrefix(marker) else { return nil }
        return String(parts[1])
    }

    static func unauthorized(_ detail: String) -> Problem {
        Problem(.unauthorized, detail, fields: ["WWW-Authenticate": "Bearer realm=\"BitStockerz\""])
    }
}
