import HTTP
import JSON
import Postgres
import System

/// `/api/me/api-keys`: only for browsers, so that a key that leaked makes no other.
enum KeyRoutes {
    static let mostOfUser = 50

    static let list = Route(
        method: .get, path: "/api/me/api-keys", access: .session(),
        about: "The user's personal API keys, newest first.",
        answers: [
            .init(status: 200, about: "The keys, without themselves", schema: .object([("api_keys", .list(schema))]))
        ],
        handler: .database { call, db in
            let rows = try db.query(
                """
                SELECT id, name, prefix, scopes, expires_at, last_used_at, created_at FROM api_keys
                WHERE user_id = $1::uuid AND revoked_at IS NULL ORDER BY created_at DESC, id
                """, [.text(try call.userID())])
            return try .json(200, capacity: 1_024) { json in
                json.beginObject()
                json.key("api_keys")
                json.beginArray()
                for row in 0..<rows.count {
                    json.beginObject()
                    json.member("id", try rows.string(row, 0))
                    json.member("name", try rows.string(row, 1))
                    json.member("prefix", try rows.string(row, 2))
                    json.key("scopes")
                    json.array(try rows.strings(row, 3)) { $0.string($1) }
                    json.member("expires_at", try rows.optionalMicroseconds(row, 4).map(SystemClock.timestamp))
                    json.member("last_used_at", try rows.optionalMicroseconds(row, 5).map(SystemClock.timestamp))
                    json.member("created_at", SystemClock.timestamp(try rows.microseconds(row, 6)))
                    json.endObject()
                }
                json.endArray()
                json.endObject()
            }
        })

    static let create = Route(
        method: .post, path: "/api/me/api-keys", access: .session(confirmed: true),
        about: "Makes a key. It is in this answer and nowhere else.",
        body: .object([
            ("name", .text), ("scopes", .list(.oneOf(Scope.allCases.map(\.rawValue)))),
            ("expires_in_days?", Schema.integer(1...3_650, default: 365).orNull),
        ]),
        answers: [
            .init(
                status: 201, about: "The key", schema: .object([("id", .uuid), ("key", .text), ("prefix", .text)]))
        ],
        errors: [.validationError, .quotaExceeded, .unsupportedMediaType, .payloadTooLarge],
        handler: .database { call, db in
            var body = try ObjectReader(body: call.request)
            let name = body.personName("name", required: true)
            let scopes = body.scopes("scopes")
            let days = body.integer("expires_in_days", 1...3_650, required: false)
            body.refuseUnknown()
            try body.mistakes.check()
            let userID = try call.userID()
            let created = try db.transaction { db in
                guard try db.lockUser(userID) else { throw Problem(.unauthorized) }
                let count = try db.query(
                    "SELECT count(*) FROM api_keys WHERE user_id = $1::uuid AND revoked_at IS NULL", [.text(userID)]
                ).int(0, 0)
                guard count < mostOfUser else {
                    throw Problem(.quotaExceeded, "You have \(count) keys, which is the most one account can have.")
                }
                let created: APIKeys.Created
                do {
                    created = try APIKeys.create(
                        for: userID, name: name ?? "", scopes: scopes, expiresInDays: days ?? 365, in: &db)
                } catch let refusal as APIKeys.ScopeRefusal {
                    throw Problem.invalid(
                        "scopes", "SCOPE_NOT_ALLOWED", "Your account may not do \(refusal.scope.rawValue).")
                }
                try call.audit(
                    .keyMade,
                    [
                        "prefix": .string(created.prefix), "name": .string(name ?? ""),
                        "scopes": .array(scopes.map { .string($0.rawValue) }),
                    ], in: &db)
                return created
            }
            return .json(201) { json in
                json.object { json in
                    json.member("id", created.id)
                    json.member("key", created.key)
                    json.member("prefix", created.prefix)
                }
            }
        })

    static let revoke = Route(
        method: .delete, path: "/api/me/api-keys/{id}", access: .session(), about: "Ends a key.",
        parameters: [.path("id", .uuid, "The key's id")],
        answers: [.init(status: 204, about: "Ended", schema: .anything)], errors: [.notFound],
        handler: .database { call, db in
            let userID = try call.userID()
            guard let id = UUIDText(call.parameter("id"))?.text else { throw notFound }
            try db.transaction { db in
                let rows = try db.query(
                    """
                    UPDATE api_keys SET revoked_at = now() WHERE id = $1::uuid AND user_id = $2::uuid AND revoked_at IS NULL
                    RETURNING prefix
                    """, [.text(id), .text(userID)])
                guard rows.count == 1 else { throw notFound }
                try call.audit(.keyRevoked, ["prefix": .string(rows.string(0, 0))], in: &db)
            }
            return .noContent
        })

    private static let notFound = Problem(.notFound, "You have no such key.")

    private static let schema = Schema.object([
        ("id", .uuid), ("name", .text), ("prefix", .text), ("scopes", .list(.oneOf(Scope.allCases.map(\.rawValue)))),
        ("expires_at", Schema.time.orNull), ("last_used_at", Schema.time.orNull), ("created_at", .time),
    ])
}

extension ObjectReader {
    /// A list of scopes: at least one, each once.
    fileprivate mutating func scopes(_ name: String) -> [Scope] {
        guard let value = required(name) else { return [] }
        let scopes = value.arrayValue?.map { $0.stringValue.flatMap(Scope.init) }
        guard let scopes, !scopes.isEmpty, scopes.count == Set(scopes).count, !scopes.contains(nil) else {
            mistakes.add(
                path(name), "OUT_OF_RANGE", "\(path(name)) must list at least one, and each once, \(Scope.oneOf).")
            return []
        }
        return scopes.compactMap { $0 }
    }
}
