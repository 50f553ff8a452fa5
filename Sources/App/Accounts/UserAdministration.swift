import HTTP
public import JSON
import Market
public import Postgres

/// `/api/users`, for admins.
enum UserAdministration {
    private static let page = Answer(200, "A page", .page(of: "users", UserRow.form))

    static let list = Route(
        .get, "/api/users", .signedIn(.admin), "Everybody who has an account, oldest first.", takes: .window(),
        answers: [page]
    ) { call, db, window in
        try page(Page(window, db.run(.users(limit: window.probe, offset: window.offset))))
    }

    private static let changed = Answer(200, "The user as they are now", UserRow.form)

    static let update = Route(
        .patch, "/api/users/{id}", .session(.admin, confirmed: true),
        "Gives somebody another role, shuts them out or lets them in again. One admin always stays.",
        takes: .id(.user), .body(optional: "role", .choice(Role.self)), .body(optional: "disabled", .flag),
        answers: [changed], errors: [.conflict]
    ) { call, db, id, role, disabled in
        let by: Object = ["by": .string(try call.userID())]
        // Two admins who demote each other at once would both go: they queue here.
        try db.transaction(opening: .lockingAdmins(), .user(id)) { db, admins, user in
            guard let user else { throw Thing.user.missing(id) }
            if admins == [id], disabled == true || (role.map { $0 != .admin } ?? false) {
                throw Problem(.conflict, "This is the only admin. Make somebody else admin first.")
            }
            let newRole = try db.setRole(role ?? user.role, of: user)
            let isShutOut = disabled == user.isDisabled ? nil : disabled
            if let isShutOut {
                try db.run(
                    .change(
                        """
                        UPDATE users SET disabled_at = CASE WHEN $2::boolean THEN now() END, updated_at = now()
                        WHERE id = $1::uuid
                        """, id, isShutOut))
                if isShutOut { try db.run(.endingSessions(of: id, except: nil)) }
            }
            if let newRole { try call.audit(.userRoleChanged, of: id, newRole.adding(by), in: &db) }
            if let isShutOut { try call.audit(isShutOut ? .userDisabled : .userEnabled, of: id, by, in: &db) }
        }
        guard let user = try db.run(.user(id)) else { throw Thing.user.missing(id) }
        return changed(user)
    }
}

extension Users {
    /// Without this user nobody would be admin.
    public struct LastAdminRefusal: Error {}

    /// Everybody who has an account, oldest first.
    public static func all(in db: inout Connection) throws -> [UserRow] {
        try db.run(.users(limit: Int(Int32.max), offset: 0))
    }

    /// For operators.
    ///
    /// - Throws: ``LastAdminRefusal``, ``PostgresError``; nothing has changed then.
    public static func setRole(
        _ role: Role, of id: String, _ configuration: Configuration, in db: inout Connection
    ) throws {
        try db.transaction(opening: .lockingAdmins(), .user(id)) { db, admins, user in
            guard admins != [id] || role == .admin else { throw LastAdminRefusal() }
            guard let user, let change = try db.setRole(role, of: user) else { return }
            try configuration.audit(.userRoleChanged, of: id, change.adding(["by": "operator"]), in: &db)
        }
    }
}

/// A user as admins see them.
public struct UserRow: Sendable {
    public let id: String
    public let role: Role
    public let email: String?
    public let displayName: String?
    public let isDisabled: Bool
    public let passkeyCount: Int
    let createdAt: Instant
    /// Nil without a session.
    let lastSeenAt: Instant?

    static let form = Form<UserRow>.object(
        "User",
        [
            .member("id", .uuid, \.id), .member("role", .choice(), \.role), .nullable("email", .text, \.email),
            .nullable("display_name", .text, \.displayName), .member("disabled", .flag, \.isDisabled),
            .member("created_at", .time, \.createdAt), .nullable("last_seen_at", .time, \.lastSeenAt),
            .member("passkey_count", .integer, \.passkeyCount),
        ])

    fileprivate static let columns = """
        u.id, u.role, u.email, u.display_name, u.disabled_at IS NOT NULL,
        (SELECT count(*) FROM webauthn_credentials WHERE user_id = u.id), u.created_at,
        (SELECT max(last_seen_at) FROM sessions WHERE user_id = u.id)
        """

    /// Writes them as the API does.
    public func write(into json: inout Writer) { Self.form.write(&json, self) }
}

extension Query {
    fileprivate static func users(limit: Int, offset: Int) -> Query<[UserRow]> {
        .all(
            """
            SELECT \(UserRow.columns) FROM users u WHERE u.deleted_at IS NULL
            ORDER BY u.created_at, u.id LIMIT $1 OFFSET $2
            """, limit, offset, read: inOrder(UserRow.init))
    }

    fileprivate static func user(_ id: String) -> Query<UserRow?> {
        .first(
            "SELECT \(UserRow.columns) FROM users u WHERE u.deleted_at IS NULL AND u.id = $1::uuid", id,
            read: inOrder(UserRow.init))
    }
}

extension Connection {
    /// - Returns: what has changed; nil when nothing has.
    fileprivate mutating func setRole(_ role: Role, of user: UserRow) throws -> Object? {
        guard role != user.role else { return nil }
        try run(.change("UPDATE users SET role = $2, updated_at = now() WHERE id = $1::uuid", user.id, role))
        return ["from": .string(user.role.rawValue), "to": .string(role.rawValue)]
    }
}

extension Object {
    fileprivate func adding(_ other: Object) -> Object { Object(members.map { ($0.name, $0.value) } + other.members) }
}
