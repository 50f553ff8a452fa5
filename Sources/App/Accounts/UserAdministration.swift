import HTTP
public import JSON
public import Postgres
import System

/// `/api/users`, for admins.
enum UserAdministration {
    static let list = Route(
        method: .get, path: "/api/users", access: .signedIn(.admin),
        about: "Everybody who has an account, oldest first.",
        parameters: [
            .query("limit", .integer(1...100, default: 50), "Page size"),
            .query("offset", .integer(0...1_000_000, default: 0), "How many to skip"),
        ],
        answers: [.init(status: 200, about: "A page", schema: .page(of: "users", .named("User")))],
        errors: [.validationError],
        handler: .database { call, db in
            var query = QueryReader(call)
            let limit = query.integer("limit", 1...100, default: 50)
            let offset = query.integer("offset", 0...1_000_000, default: 0)
            try query.mistakes.check()
            let found = try db.users(limit: limit + 1, offset: offset)
            var json = Writer()
            json.page("users", found, limit: limit, offset: offset) { $0.write(into: &$1) }
            return .json(json)
        })

    static let update = Route(
        method: .patch, path: "/api/users/{id}", access: .signedIn(.admin, confirmed: true),
        about: "Gives somebody another role, shuts them out or lets them in again. One admin always stays.",
        parameters: [.path("id", .uuid, "The user")],
        body: .object([("role?", .oneOf(Role.allCases.map(\.rawValue))), ("disabled?", .flag)]),
        answers: [.init(status: 200, about: "The user as they are now", schema: .named("User"))],
        errors: [.validationError, .notFound, .conflict, .unsupportedMediaType, .payloadTooLarge],
        handler: .database { call, db in
            var body = try ObjectReader(body: call.request)
            let role = body.choice("role", Role.self, required: false)
            let disabled = body.flag("disabled")
            body.refuseUnknown()
            try body.mistakes.check()
            guard let id = UUIDText(call.parameter("id"))?.text else { throw notFound }
            let by: Object = ["by": .string(try call.userID())]
            try db.transaction { db in
                // Two admins who demote each other at once would both go: they queue here.
                let admins = try db.lockAdmins()
                guard let user = try db.user(id) else { throw notFound }
                if admins == [id], disabled == true || (role.map { $0 != .admin } ?? false) {
                    throw Problem(.conflict, "This is the only admin. Make somebody else admin first.")
                }
                if let role, let change = try db.setRole(role, of: user) {
                    try call.audit(.userRoleChanged, of: id, change.adding(by), in: &db)
                }
                if let disabled, disabled != user.isDisabled {
                    try db.execute(
                        """
                        UPDATE users SET disabled_at = CASE WHEN $2::boolean THEN now() END, updated_at = now()
                        WHERE id = $1::uuid
                        """, [.text(id), Parameter(disabled)])
                    if disabled { _ = try db.endSessions(of: id, except: nil) }
                    try call.audit(disabled ? .userDisabled : .userEnabled, of: id, by, in: &db)
                }
            }
            guard let user = try db.user(id) else { throw notFound }
            return .json(200) { user.write(into: &$0) }
        })

    private static let notFound = Problem(.notFound, "There is no such user.")
}

extension Users {
    /// Without this user nobody would be admin.
    public struct LastAdmin: Error {}

    /// Everybody who has an account, oldest first.
    public static func all(in db: inout Connection) throws -> [UserRow] {
        try db.users(limit: Int(Int32.max), offset: 0)
    }

    /// For operators.
    ///
    /// - Throws: ``LastAdmin``, ``PostgresError``; nothing has changed then.
    public static func setRole(
        _ role: Role, of id: String, _ configuration: Configuration, in db: inout Connection
    ) throws {
        try db.transaction { db in
            guard try db.lockAdmins() != [id] || role == .admin else { throw LastAdmin() }
            guard let user = try db.user(id), let change = try db.setRole(role, of: user) else { return }
            try configuration.audit(.userRoleChanged, of: id, change.adding(["by": "operator"]), in: &db)
        }
    }
}

/// A user as admins see them.
public struct UserRow: Sendable {
    public let id: String
    public let role: String
    public let email: String?
    public let displayName: String?
    public let isDisabled: Bool
    /// Unix microseconds.
    public let createdAt: Int64
    /// Unix microseconds; nil without a session.
    public let lastSeenAt: Int64?
    public let passkeyCount: Int

    static let schema = Schema.object([
        ("id", .uuid), ("role", .oneOf(Role.allCases.map(\.rawValue))), ("email", Schema.text.orNull),
        ("display_name", Schema.text.orNull), ("disabled", .flag), ("created_at", .time),
        ("last_seen_at", Schema.time.orNull), ("passkey_count", .integer()),
    ])

    /// Writes them as the API does.
    public func write(into json: inout Writer) {
        json.object { json in
            json.member("id", id)
            json.member("role", role)
            json.member("email", email)
            json.member("display_name", displayName)
            json.member("disabled", isDisabled)
            json.member("created_at", SystemClock.timestamp(createdAt))
            json.member("last_seen_at", lastSeenAt.map(SystemClock.timestamp))
            json.member("passkey_count", passkeyCount)
        }
    }
}

extension Connection {
    private static let userColumns = """
        SELECT u.id, u.role, u.email, u.display_name, u.disabled_at IS NOT NULL, u.created_at,
               (SELECT max(last_seen_at) FROM sessions WHERE user_id = u.id),
               (SELECT count(*) FROM webauthn_credentials WHERE user_id = u.id)
        FROM users u WHERE u.deleted_at IS NULL
        """

    fileprivate mutating func users(limit: Int, offset: Int) throws -> [UserRow] {
        let rows = try query(
            Self.userColumns + " ORDER BY u.created_at, u.id LIMIT $1 OFFSET $2", [Parameter(limit), Parameter(offset)])
        return try (0..<rows.count).map { try Self.user(rows, $0) }
    }

    fileprivate mutating func user(_ id: String) throws -> UserRow? {
        let rows = try query(Self.userColumns + " AND u.id = $1::uuid", [.text(id)])
        return rows.count == 1 ? try Self.user(rows, 0) : nil
    }

    /// - Returns: what has changed; nil when nothing has.
    fileprivate mutating func setRole(_ role: Role, of user: UserRow) throws -> Object? {
        guard role.rawValue != user.role else { return nil }
        try execute(
            "UPDATE users SET role = $2, updated_at = now() WHERE id = $1::uuid",
            [.text(user.id), .text(role.rawValue)])
        return ["from": .string(user.role), "to": .string(role.rawValue)]
    }

    /// The ids of those who may sign in as admin; none of them changes until the transaction ends.
    mutating func lockAdmins() throws -> [String] {
        let rows = try query(
            """
            SELECT id FROM users WHERE role = 'admin' AND deleted_at IS NULL AND disabled_at IS NULL ORDER BY id FOR UPDATE
            """)
        return try (0..<rows.count).map { try rows.string($0, 0) }
    }

    private static func user(_ rows: borrowing Rows, _ row: Int) throws -> UserRow {
        UserRow(
            id: try rows.string(row, 0), role: try rows.string(row, 1), email: try rows.optionalString(row, 2),
            displayName: try rows.optionalString(row, 3), isDisabled: try rows.bool(row, 4),
            createdAt: try rows.microseconds(row, 5), lastSeenAt: try rows.optionalMicroseconds(row, 6),
            passkeyCount: try rows.int(row, 7))
    }
}

extension Object {
    fileprivate func adding(_ other: Object) -> Object { Object(members.map { ($0.name, $0.value) } + other.members) }
}

extension ObjectReader {
    mutating func flag(_ name: String) -> Bool? {
        guard let value = value(name) else { return nil }
        guard case .bool(let flag) = value else {
            mistakes.add(path(name), "WRONG_TYPE", "\(path(name)) must be true or false.")
            return nil
        }
        return flag
    }
}
