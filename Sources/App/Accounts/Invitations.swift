import JSON
import Postgres

/// Links by which somebody may sign up.
public enum Invitations {
    /// Makes the token of a link; for operators.
    ///
    /// - Parameters:
    ///   - note: for whom, in the words of whoever makes it; 1 to 254 characters.
    ///   - days: until it is worth nothing.
    /// - Throws: ``PostgresError``.
    public static func make(
        role: Role, note: String?, days: Int, _ configuration: Configuration, in db: inout Connection
    ) throws -> String {
        try db.transaction { db in
            let token = Sessions.newToken()
            try db.run(
                .change(
                    """
                    INSERT INTO invitations (token_hash, role, note, expires_at)
                    VALUES ($1, $2, $3, now() + make_interval(days => $4::int))
                    """, Sessions.hash(token), role, note, days))
            try configuration.audit(
                .invitationMade, of: nil, ["role": .string(role.rawValue), "days": .number(Number(days))], in: &db)
            return token
        }
    }
}

extension Query {
    /// The role that an unused invitation gives; nil when there is none or it has expired.
    static func invitationRole(_ hash: [UInt8]) -> Query<Role?> {
        .first(
            "SELECT role FROM invitations WHERE token_hash = $1 AND used_at IS NULL AND expires_at > now()", hash
        )
    }

    /// Marks an invitation as used; no change when somebody was quicker.
    static func usingInvitation(_ hash: [UInt8], by userID: String) -> Query<Int> {
        .change(
            """
            UPDATE invitations SET used_at = now(), used_by = $2::uuid
            WHERE token_hash = $1 AND used_at IS NULL AND expires_at > now()
            """, hash, userID)
    }
}
