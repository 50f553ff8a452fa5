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
        public let role: String
    }

    /// Makes a key of 256 random bits for a user.
    ///
    /// - Parameter expiresInDays: nil for a key without an end.
    /// - Throws: ``ScopeRefusal``, ``PostgresError``; nothing is stored then.
    public static func create(
        for userID: String, name: String, scopes: [Scope], expiresInDays: Int?, in db: inout Connection
    ) throws -> Created {
        let role = try db.query("SELECT role FROM users WHERE id = $1::uuid", [.text(userID)]).string(0, 0)
        if let scope = scopes.first(where: { !$0.isAllowed(for: role) }) {
            throw ScopeRefusal(scope: scope, role: role)
        }
        let key = marker + base64URL(Random.bytes(32))
        let prefix = String(key.prefix(prefixLength))
        let rows = try db.query(
            """
            INSERT INTO api_keys (user_id, name, prefix, key_hash, scopes, expires_at)
            VALUES ($1::uuid, $2, $3, $4, string_to_array($5, ','), now() + make_interval(days => $6::int))
            RETURNING id
            """,
            [
                .text(userID), .text(name), .text(prefix), .bytes(Digest.sha256(Array(key.utf8))),
                .text(scopes.map(\.rawValue).joined(separator: ",")), Parameter(expiresInDays),
            ])
        return Created(id: try rows.string(0, 0), key: key, prefix: prefix)
    }

    /// The owner of the key in `Authorization: Bearer`.
    ///
    /// - Throws: ``Problem`` 401 without a valid key, 403 when it lacks `scope`; 500s as ``PostgresError``.
    static func caller(of request: Request, needing scope: Scope, in db: inout Connection) throws -> Caller {
        guard let key = bearer(request.fields["Authorization"]) else {
            throw unauthorized("Send a personal API key: Authorization: Bearer bsk_...")
        }
        let rows = try db.query(
            """
            SELECT k.id, k.user_id, array_to_string(k.scopes, ','),
                   k.last_used_at IS NULL OR k.last_used_at < now() - interval '1 minute', u.role
            FROM api_keys k JOIN users u ON u.id = k.user_id
            WHERE k.key_hash = $1 AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now())
              AND u.deleted_at IS NULL AND u.disabled_at IS NULL
            """, [.bytes(Digest.sha256(Array(key.utf8)))])
        guard rows.count == 1 else { throw unauthorized("The API key is unknown, expired or revoked.") }
        // The role may be less today than when the key was made.
        guard let role = Role(rawValue: try rows.string(0, 4)) else { throw Problem(.forbidden) }
        let scopes = Set(try rows.string(0, 2).split(separator: ",").compactMap { Scope(rawValue: String($0)) })
            .intersection(role.scopes)
        // Once a minute is enough to tell an owner whether a key is in use, and spares a write for every request.
        if try rows.bool(0, 3) {
            try db.execute("UPDATE api_keys SET last_used_at = now() WHERE id = $1::uuid", [.text(rows.string(0, 0))])
        }
        guard scopes.contains(scope) else {
            throw Problem(.forbidden, "This API key lacks the scope \(scope.rawValue).")
        }
        return Caller(userID: try rows.string(0, 1), role: role, scopes: scopes)
    }

    private static func bearer(_ field: String?) -> String? {
        guard let field, field.count <= 200 else { return nil }
        let parts = field.split(separator: " ", omittingEmptySubsequences: true)
        guard parts.count == 2, parts[0].lowercased() == "bearer", parts[1].hasPrefix(marker) else { return nil }
        return String(parts[1])
    }

    private static func unauthorized(_ detail: String) -> Problem {
        Problem(.unauthorized, detail, fields: ["WWW-Authenticate": "Bearer realm=\"BitStockerz\""])
    }
}
