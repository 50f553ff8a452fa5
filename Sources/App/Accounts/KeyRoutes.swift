import HTTP
import JSON
import Market
import Postgres

/// `/api/me/api-keys`: only for browsers, so that a key that leaked makes no other.
enum KeyRoutes {
    static let maximumOfUser = 50
    /// Those that were ended a while ago among them (``Retention/endedKeysDays``).
    static let maximumKept = 1_000

    private static let keys = Answer(
        200, "The keys, without themselves", .object("api_keys", .list(of: KeyRow.form)))

    static let list = Route(
        .get, "/api/me/api-keys", .session(), "The user's personal API keys, newest first.", answers: [keys]
    ) { call, db in try keys(db.run(.keys(of: call.userID())), capacity: 1_024) }

    private static let made = Answer(
        201, "The key",
        Form<APIKeys.Created>.object([
            .member("id", .uuid, \.id), .member("key", .text, \.key), .member("prefix", .text, \.prefix),
        ]))

    static let create = Route(
        .post, "/api/me/api-keys", .session(confirmed: true), "Makes a key. It is in this answer and nowhere else.",
        takes: .body("name", Form<String>.line(1...100).example("notebook")),
        .body("scopes", Form<[Scope]>.scopes.example(["read", "research"])),
        .body("expires_in_days", .integer(1...3_650), default: 365), answers: [made], errors: [.quotaExceeded]
    ) { call, db, name, scopes, days in
        let userID = try call.userID()
        let created = try db.transaction(
            opening: .lockingCaller(userID), .keyCount(of: userID)
        ) { db, _, count in
            guard count.live < maximumOfUser else {
                throw Problem(.quotaExceeded, "You have \(count.live) keys, which is the most one account can have.")
            }
            guard count.kept < maximumKept else {
                throw Problem(
                    .quotaExceeded,
                    "You have made \(count.kept) keys within \(Retention.endedKeysDays) days, which is the most one account can."
                )
            }
            let created: APIKeys.Created
            do {
                created = try APIKeys.create(for: userID, name: name, scopes: scopes, expiresInDays: days, in: &db)
            } catch let refusal as APIKeys.ScopeRefusal {
                throw Problem.invalid(
                    "scopes", "SCOPE_NOT_ALLOWED", "Your account may not do \(refusal.scope.rawValue).")
            }
            try call.audit(
                .keyMade,
                [
                    "prefix": .string(created.prefix), "name": .string(name),
                    "scopes": .array(scopes.map { .string($0.rawValue) }),
                ], in: &db)
            return created
        }
        return made(created)
    }

    private static let ended = PlainAnswer.nothing("Ended")

    static let revoke = Route(
        .delete, "/api/me/api-keys/{id}", .session(), "Ends a key.", takes: .id(.key), answers: [ended]
    ) { call, db, id in
        try db.transaction(opening: .revokingKey(id, of: call.userID())) { db, prefix in
            guard let prefix else { throw Thing.key.missing(id) }
            try call.audit(.keyRevoked, ["prefix": .string(prefix)], in: &db)
        }
        return .noContent
    }
}

/// A key as its owner sees it: without itself.
private struct KeyRow: Sendable {
    let id: String
    let name: String
    let prefix: String
    let scopes: [Scope]
    let expiresAt: Instant?
    let lastUsedAt: Instant?
    let createdAt: Instant

    static let form = Form<KeyRow>.object([
        .member("id", .uuid, \.id), .member("name", .text, \.name), .member("prefix", .text, \.prefix),
        .member("scopes", .list(of: .choice()), \.scopes), .nullable("expires_at", .time, \.expiresAt),
        .nullable("last_used_at", .time, \.lastUsedAt), .member("created_at", .time, \.createdAt),
    ])

    static let columns = "id, name, prefix, scopes, expires_at, last_used_at, created_at"
}

extension Query {
    fileprivate static func keys(of userID: String) -> Query<[KeyRow]> {
        .all(
            """
            SELECT \(KeyRow.columns) FROM api_keys
            WHERE user_id = $1::uuid AND revoked_at IS NULL ORDER BY api_keys.created_at DESC, id
            """, userID, read: inOrder(KeyRow.init))
    }

    fileprivate static func keyCount(of userID: String) -> Query<(live: Int, kept: Int)> {
        .one(
            "SELECT count(*) FILTER (WHERE revoked_at IS NULL), count(*) FROM api_keys WHERE user_id = $1::uuid", userID
        ) { row in (live: try row.next(), kept: try row.next()) }
    }

    /// Ends a key; its prefix, or nil when the user has no such key.
    fileprivate static func revokingKey(_ id: String, of userID: String) -> Query<String?> {
        .first(
            """
            UPDATE api_keys SET revoked_at = now() WHERE id = $1::uuid AND user_id = $2::uuid AND revoked_at IS NULL
            RETURNING prefix
            """, id, userID)
    }

    /// Ends all keys of a user; their prefixes.
    static func revokingKeys(of userID: String) -> Query<[String]> {
        .values(
            "UPDATE api_keys SET revoked_at = now() WHERE user_id = $1::uuid AND revoked_at IS NULL RETURNING prefix",
            userID)
    }
}

extension Form where Content == [Scope] {
    /// At least one, and each once.
    fileprivate static let scopes = list(of: .choice(Scope.self)).checked { scopes, path, mistakes in
        if !scopes.isEmpty, scopes.count == Set(scopes).count { return scopes }
        let words = Scope.allCases.map(\.rawValue).joined(separator: ", ")
        mistakes.add(path, "OUT_OF_RANGE", "\(path) must list at least one, and each once, one of \(words).")
        return nil
    }
}
