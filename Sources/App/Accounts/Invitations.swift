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
            try db.execute(
                """
                INSERT INTO invitations (token_hash, role, note, expires_at)
                VALUES ($1, $2, $3, now() + make_interval(days => $4::int))
                """, [.bytes(Sessions.hash(token)), .text(role.rawValue), Parameter(note), Parameter(days)])
            try configuration.audit(
                .invitationMade, of: nil, ["role": .string(role.rawValue), "days": .number(Number(days))], in: &db)
            return token
        }
    }
}

extension Connection {
    /// The role that an unused invitation gives; nil when there is none or it has expired.
    mutating func invitationRole(_ hash: [UInt8]) throws -> Role? {
        let rows = try query(
            "SELECT role FROM invitations WHERE token_hash = $1 AND used_at IS NULL AND expires_at > now()",
            [.bytes(hash)])
        return rows.count == 1 ? Role(rawValue: try rows.string(0, 0)) : nil
    }

    /// Marks an invitation as used; false when somebody was quicker.
    mutating func useInvitation(_ hash: [UInt8], by userID: String) throws -> Bool {
        try execute(
            """
            UPDATE invitations SET used_at = now(), used_by = $2::uuid
            WHERE token_hash = $1 AND used_at IS NULL AND expires_at > now()
            """, [.bytes(hash), .text(userID)]) == 1
    }
}
