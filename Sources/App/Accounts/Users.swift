import Crypto
import JSON
import Postgres
import System

/// People who use this installation.
public enum Users {
    public struct Created: Sendable {
        public let id: String
        /// `admin` for the first user, `user` for every later one (schema.md).
        public let role: String
    }

    /// Makes a user with its paper account, but without a way to sign in.
    ///
    /// - Throws: ``PostgresError``; nothing is stored then.
    public static func create(
        email: String?, displayName: String?, _ configuration: Configuration? = nil, in db: inout Connection
    ) throws -> Created {
        try db.transaction { db in
            let user = try db.insertUser(email: email, displayName: displayName, handle: Random.bytes(64))
            try configuration?.audit(
                .userCreated, of: user.id, ["role": .string(user.role), "by": "operator"], in: &db)
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

    /// Whether the table's rules take it as an email: something before and after one `@`, no spaces, at most 254.
    static func isEmail(_ text: String) -> Bool {
        let parts = text.unicodeScalars.split(separator: "@", omittingEmptySubsequences: false)
        return text.unicodeScalars.count <= 254 && parts.count == 2
            && parts.allSatisfy { part in
                !part.isEmpty
                    && !part.contains { $0.properties.isWhitespace || $0.properties.generalCategory == .control }
            }
    }
}

extension Connection {
    /// Inserts a user with its paper account. The very first one becomes admin, also when two come at once.
    ///
    /// - Parameters:
    ///   - handle: 64 random bytes, by which authenticators will know the user.
    ///   - role: of everyone but the first.
    /// - Precondition: in a transaction.
    mutating func insertUser(
        email: String?, displayName: String?, handle: [UInt8], role: Role = .user
    ) throws -> Users.Created {
        precondition(isInTransaction, "a user and its paper account belong together")
        if try !query("SELECT EXISTS (SELECT 1 FROM users)").bool(0, 0) {
            // Two first users at once would both become admin: they queue here. Later ones need not, for no row of this
            // table is ever deleted.
            try execute("LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE")
        }
        let rows = try query(
            """
            INSERT INTO users (role, email, display_name, user_handle)
            SELECT CASE WHEN EXISTS (SELECT 1 FROM users) THEN $4 ELSE 'admin' END, $1, $2, $3
            RETURNING id, role
            """, [Parameter(email), Parameter(displayName), .bytes(handle), .text(role.rawValue)])
        let user = Users.Created(id: try rows.string(0, 0), role: try rows.string(0, 1))
        try ensurePaperAccount(of: user.id)
        return user
    }

    /// Makes a user's paper account unless there is one.
    mutating func ensurePaperAccount(of userID: String) throws {
        try execute(
            """
            INSERT INTO paper_accounts (user_id, name, starting_balance, cash_balance)
            VALUES ($1::uuid, 'Paper', 100000.00, 100000.00) ON CONFLICT (user_id) DO NOTHING
            """, [.text(userID)])
    }
}
