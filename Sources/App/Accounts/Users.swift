import Postgres

/// People who use this installation.
public enum Users {
    public struct Created: Sendable {
        public let id: String
        /// `admin` for the first user, `user` for every later one (schema.md).
        public let role: String
    }

    /// Makes a user with its paper account.
    ///
    /// - Throws: ``PostgresError``; nothing is stored then.
    public static func create(email: String?, displayName: String?, in db: inout Connection) throws -> Created {
        try db.transaction { db in
            // Two first users at once would both become admin: they queue here.
            try db.execute("LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE")
            let rows = try db.query(
                """
                INSERT INTO users (role, email, display_name)
                SELECT CASE WHEN EXISTS (SELECT 1 FROM users) THEN 'user' ELSE 'admin' END, $1, $2
                RETURNING id, role
                """, [Parameter(email), Parameter(displayName)])
            let user = Created(id: try rows.string(0, 0), role: try rows.string(0, 1))
            try db.execute(
                """
                INSERT INTO paper_accounts (user_id, name, starting_balance, cash_balance)
                VALUES ($1::uuid, 'Paper', 100000.00, 100000.00)
                """, [.text(user.id)])
            return user
        }
    }

    /// Ids of the users with this id or email, oldest first: an unproven email may be anyone's, so there can be several.
    public static func find(_ idOrEmail: String, in db: inout Connection) throws -> [String] {
        let rows = try db.query(
            """
            SELECT id FROM users WHERE deleted_at IS NULL AND (id::text = lower($1) OR lower(email) = lower($1))
            ORDER BY created_at
            """, [.text(idOrEmail)])
        return try (0..<rows.count).map { try rows.string($0, 0) }
    }
}
