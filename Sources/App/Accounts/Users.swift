import Crypto
import HTTP
import JSON
import Postgres
import System

/// People who use this installation.
public enum Users {
    public struct Created: Sendable {
        public let id: String
        /// `admin` for the first person who signs up, and for a user of the command line who is there before everybody.
        public let role: Role
    }

    /// Makes a user with its paper account, but without a way to sign in.
    ///
    /// - Throws: ``PostgresError``; nothing is stored then.
    public static func create(
        email: String?, displayName: String?, _ configuration: Configuration? = nil, in db: inout Connection
    ) throws -> Created {
        try db.transaction { db in
            let user = try db.insertUser(
                email: email, displayName: displayName, handle: Random.bytes(64), isPerson: false)
            try configuration?.audit(
                .userCreated, of: user.id, ["role": .string(user.role.rawValue), "by": "operator"], in: &db)
            return user
        }
    }

    /// Ids of the users with this id or email, oldest first: an unproven email may be anyone's, so there can be several.
    public static func find(_ idOrEmail: String, in db: inout Connection) throws -> [String] {
        try db.run(
            Query<[String]>.values(
                """
                SELECT id FROM users WHERE deleted_at IS NULL AND (id::text = lower($1) OR lower(email) = lower($1))
                ORDER BY created_at
                """, idOrEmail))
    }

    /// SQL for whether anybody has ever signed up: who was deleted could do so, and users of the command line cannot sign in
    /// before they are given a way. An admin whom a link has just been made for, or who is on the way in with it, is not
    /// to be overtaken by whoever signs up at that moment.
    fileprivate static let isPersonThere = """
        EXISTS (SELECT 1 FROM users u WHERE u.deleted_at IS NOT NULL
          OR EXISTS (SELECT 1 FROM webauthn_credentials c WHERE c.user_id = u.id)
          OR EXISTS (SELECT 1 FROM oauth_identities i WHERE i.user_id = u.id)
          OR u.role = 'admin' AND u.disabled_at IS NULL AND (
            EXISTS (SELECT 1 FROM recovery_codes r WHERE r.user_id = u.id AND r.expires_at > now())
            OR EXISTS (SELECT 1 FROM sessions s WHERE s.user_id = u.id AND s.expires_at > now())))
        """

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
    /// Inserts a user with its paper account. The first one becomes admin, and so does the first person who signs up,
    /// whoever was made by the command line before, unless such an admin is about to; also when two come at once.
    ///
    /// - Parameters:
    ///   - handle: 64 random bytes, by which authenticators will know the user.
    ///   - role: of everyone but the first.
    ///   - isPerson: whether somebody signs up; the caller gives them a way to sign in, in the same transaction.
    /// - Precondition: in a transaction.
    mutating func insertUser(
        email: String?, displayName: String?, handle: [UInt8], role: Role = .user, isPerson: Bool = true
    ) throws -> Users.Created {
        precondition(isInTransaction, "a user and its paper account belong together")
        let isThere = isPerson ? Users.isPersonThere : "EXISTS (SELECT 1 FROM users)"
        if try !run(Query<Bool>.value("SELECT \(isThere)")) {
            // Two first ones at once would both become admin: they queue here. Later ones need not: who was there once has
            // been there for ever, and a link that is used leaves a session.
            try run(.change("LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE"))
        }
        let user = try run(
            Query<Users.Created>.one(
                """
                INSERT INTO users (role, email, display_name, user_handle)
                SELECT CASE WHEN \(isThere) THEN $4 ELSE 'admin' END, $1, $2, $3
                RETURNING id, role
                """, email, displayName, handle, role, read: inOrder(Users.Created.init)))
        try run(.ensuringPaperAccount(of: user.id))
        return user
    }
}

extension Query {
    /// Makes changes of one user's ways in wait for each other; false when the user was deleted or shut out meanwhile. Rows
    /// that refer to the user may be added meanwhile: who has changed one of the ways in by itself writes its event, and
    /// would else wait for us while we wait for that change.
    static func lockingUser(_ id: String) -> Query<Bool> {
        Query<Int>.change(
            "SELECT 1 FROM users WHERE id = $1::uuid AND deleted_at IS NULL AND disabled_at IS NULL FOR NO KEY UPDATE",
            id
        ).map { $0 == 1 }
    }

    /// The same of who is asking: 401 when the user was deleted or shut out meanwhile.
    static func lockingCaller(_ id: String) -> Query<Void> {
        Query<Bool>.lockingUser(id).map { isThere in if !isThere { throw Problem(.unauthorized) } }
    }

    /// Whether there is the user, whom nobody deletes until the transaction ends.
    static func holdingUserIfThere(_ id: String) -> Query<Bool> {
        Query<Int>.change("SELECT 1 FROM users WHERE id = $1::uuid AND deleted_at IS NULL FOR SHARE", id).map {
            $0 == 1
        }
    }

    /// For a transaction that adds something of a user's: they are neither deleted nor shut out until it ends. The first of
    /// its locks, because who ends an account holds this row while waiting for what others have begun.
    ///
    /// Running it throws ``Problem`` 401 when the user was deleted or shut out meanwhile.
    static func holdingUser(_ id: String) -> Query<Void> {
        Query<Int>.change(
            "SELECT 1 FROM users WHERE id = $1::uuid AND deleted_at IS NULL AND disabled_at IS NULL FOR SHARE", id
        ).map { count in guard count == 1 else { throw Problem(.unauthorized) } }
    }

    /// The ids of those who may sign in as admin; none of them changes until the transaction ends.
    static func lockingAdmins() -> Query<[String]> {
        .values(
            """
            SELECT id FROM users WHERE role = 'admin' AND deleted_at IS NULL AND disabled_at IS NULL ORDER BY id
            FOR NO KEY UPDATE
            """)
    }

    /// In how many ways a user can sign in: passkeys, and accounts elsewhere.
    static func waysIn(of userID: String) -> Query<Int> {
        .value(
            """
            SELECT (SELECT count(*) FROM webauthn_credentials WHERE user_id = $1::uuid)
              + (SELECT count(*) FROM oauth_identities WHERE user_id = $1::uuid)
            """, userID)
    }
}
