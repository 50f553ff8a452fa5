import Postgres

/// What a request shows of who sent it: the SHA-256 of a key or of a session's token.
enum Credential {
    case key([UInt8])
    case session([UInt8])
}

/// A credential that is somebody's.
struct KnownCredential: Sendable {
    /// Of the key or the session.
    fileprivate let id: String
    let caller: Caller
    /// Whether the time of its last use is to be written: now and then is enough to tell an owner whether it is in use,
    /// and spares a write for every request.
    let isStale: Bool

    fileprivate init(_ row: inout RowReader) throws {
        try self.init(row.next(), &row)
    }

    /// - Returns: nil when the row, of an outer join, holds none.
    fileprivate init?(orNull row: inout RowReader) throws {
        guard let id = try row.next(String?.self) else {
            try row.skipNulls()
            return nil
        }
        try self.init(id, &row)
    }

    private init(_ id: String, _ row: inout RowReader) throws {
        self.id = id
        let userID = try row.next(String.self), role = try row.next(Role.self)
        let keyScopes = try row.next([Scope]?.self), kind = try row.next(Sessions.Kind?.self)
        let isRecent = try row.next(Bool.self)
        isStale = try row.next()
        let session = kind.map { [id] in Sessions.Session(id: id, kind: $0, isRecent: isRecent) }
        // The role may be less today than when a key was made; a session that is a way back in may do nothing.
        let scopes = keyScopes.map { role.scopes.intersection($0) } ?? (kind == .full ? role.scopes : [])
        caller = Caller(userID: userID, role: role, scopes: scopes, session: session)
    }
}

extension Credential {
    fileprivate var hash: [UInt8] {
        switch self {
        case .key(let hash), .session(let hash): hash
        }
    }

    /// The rows of ``KnownCredential``, one or none, for the parameter $1.
    fileprivate var sql: String {
        switch self {
        case .key:
            """
            SELECT k.id, k.user_id, u.role, k.scopes, NULL::text AS kind, false AS is_recent,
                   k.last_used_at IS NULL OR k.last_used_at < now() - interval '1 minute' AS is_stale
            FROM api_keys k JOIN users u ON u.id = k.user_id
            WHERE k.key_hash = $1 AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now())
              AND u.deleted_at IS NULL AND u.disabled_at IS NULL
            """
        case .session:
            """
            SELECT s.id, s.user_id, u.role, NULL::text[] AS scopes, s.kind,
                   s.authenticated_at > now() - interval '\(Sessions.recentMinutes) minutes' AS is_recent,
                   s.last_seen_at < now() - interval '\(Sessions.touchMinutes) minutes' AS is_stale
            FROM sessions s JOIN users u ON u.id = s.user_id
            WHERE s.token_hash = $1 AND s.expires_at > now()
              AND s.last_seen_at > now() - interval '\(Sessions.idleDays) days'
              AND u.deleted_at IS NULL AND u.disabled_at IS NULL
            """
        }
    }
}

extension Query {
    /// Whose the credential is.
    static func known(_ credential: Credential) -> Query<KnownCredential?> {
        .first(credential.sql, credential.hash, read: KnownCredential.init)
    }

    /// Whose the credential is, and the request counted: for its user when they are what is required, else for the
    /// address it came from, as the call that it then is and nothing more.
    ///
    /// - Parameter perMinute: how often the user may do it.
    static func known(
        _ credential: Credential, meeting requirement: Requirement, countingFor limit: RateLimit, perMinute: Int,
        else address: RateLimit.Allowance
    ) -> Query<(KnownCredential?, RateLimit.Standing)> {
        .one(
            """
            WITH known AS (\(credential.sql)),
            subject AS (
              SELECT coalesce($2 || mine.user_id, $4) AS bucket,
                CASE WHEN mine.user_id IS NULL THEN $5::int ELSE $3::int END AS per_minute
              FROM (VALUES (1)) one
              LEFT JOIN (SELECT user_id FROM known WHERE \(Requirement.sql(parametersFrom: 6))) mine ON true),
            counted AS (
              \(RateLimit.sql(
                bucket: "subject.bucket", perMinute: "(SELECT per_minute FROM subject)", from: "subject")))
            SELECT subject.per_minute, counted.*, known.* FROM subject, counted LEFT JOIN known ON true
            """, credential.hash, limit.rawValue + "/", perMinute, address.bucket, address.perMinute,
            requirement.admitsRecovery, requirement.scope, requirement.roles, requirement.isConfirmed
        ) { row in
            let standing = try RateLimit.Standing(row.next(), &row)
            return (try KnownCredential(orNull: &row), standing)
        }
    }
}

extension KnownCredential {
    /// Writes down that it was just used.
    var touching: Query<Int> {
        guard caller.session != nil else {
            return .change("UPDATE api_keys SET last_used_at = now() WHERE id = $1::uuid", id)
        }
        return .change(
            """
            UPDATE sessions SET last_seen_at = now()
            WHERE id = $1::uuid AND last_seen_at < now() - make_interval(mins => $2::int)
            """, id, Sessions.touchMinutes)
    }
}
