import HTTP
import JSON
import Postgres

/// `DELETE /api/me` and `GET /api/me/audit`.
enum AccountEnd {
    static let delete = Route(
        method: .delete, path: "/api/me", access: .session(confirmed: true),
        about: """
            Deletes the account for good: the person, their words, passkeys, keys and sessions go at once; what the books \
            need stays without a name.
            """,
        body: .object([("email", Schema.text.orNull)]),
        answers: [.init(status: 204, about: "Gone", schema: .anything)],
        errors: [.validationError, .conflict, .unsupportedMediaType, .payloadTooLarge],
        handler: .database { call, db in
            var body = try ObjectReader(body: call.request)
            let typed = body.string("email", 0...254, required: false)
            body.refuseUnknown()
            try body.mistakes.check()
            let userID = try call.userID()
            let email = try db.profile(of: userID).email
            guard (typed ?? "").trimmed.lowercased() == (email ?? "").lowercased() else {
                throw Problem.invalid("email", "NOT_CONFIRMED", "Type the email of your account to delete it.")
            }
            try db.transaction { db in
                let admins = try db.lockAdmins()
                guard try db.lockUser(userID) else { throw Problem(.unauthorized) }
                if admins == [userID] {
                    let others = try db.query(
                        "SELECT count(*) FROM users WHERE deleted_at IS NULL AND id <> $1::uuid", [.text(userID)])
                    guard try others.int(0, 0) == 0 else {
                        throw Problem(.conflict, "You are the only admin. Make somebody else admin first.")
                    }
                }
                try db.deleteAccount(userID)
                try call.configuration.auditLog?.erase(
                    userID: userID, requestID: call.request.requestID.isEmpty ? nil : call.request.requestID, in: &db)
                try call.audit(.userDeleted, in: &db)
            }
            return Response.noContent.signedOut()
        })

    static let audit = Route(
        method: .get, path: "/api/me/audit", access: .session(), about: "What happened to the account, newest first.",
        parameters: [
            .query("limit", .integer(1...100, default: 50), "Page size"),
            .query("offset", .integer(0...100_000, default: 0), "How many to skip"),
        ],
        answers: [
            .init(
                status: 200, about: "A page",
                schema: .page(
                    of: "events",
                    .object([
                        ("id", .integer()), ("type", .oneOf(AccountEvent.allCases.map(\.rawValue))),
                        ("created_at", .time), ("request_id", Schema.text.orNull), ("details", .anything),
                    ])))
        ],
        errors: [.validationError],
        handler: .database { call, db in
            var query = QueryReader(call)
            let limit = query.integer("limit", 1...100, default: 50)
            let offset = query.integer("offset", 0...100_000, default: 0)
            try query.mistakes.check()
            let rows = try db.query(
                """
                SELECT json_build_object('id', id, 'type', event_type, 'created_at', \(AccountExport.time("created_at")),
                         'request_id', request_id, 'details', payload_json)::text
                FROM audit_events WHERE user_id = $1::uuid ORDER BY id DESC LIMIT $2 OFFSET $3
                """, [.text(try call.userID()), Parameter(limit + 1), Parameter(offset)])
            let found = try (0..<rows.count).map { try rows.bytes($0, 0) }
            var json = Writer()
            json.page("events", found, limit: limit, offset: offset) { $1.raw($0) }
            return .json(json)
        })
}

extension Connection {
    /// Takes the person out of the account (schema.md, "Life cycle"). For a transaction.
    fileprivate mutating func deleteAccount(_ userID: String) throws {
        // A worker that has one of these stops at its next look; what still waits is not begun.
        try RunStore.cancelAll(of: userID, in: &self)
        for statement in [
            "DELETE FROM sessions WHERE user_id = $1::uuid",
            "DELETE FROM webauthn_credentials WHERE user_id = $1::uuid",
            "DELETE FROM api_keys WHERE user_id = $1::uuid", "DELETE FROM recovery_codes WHERE user_id = $1::uuid",
            "DELETE FROM oauth_identities WHERE user_id = $1::uuid",
            """
            UPDATE strategies SET name = 'deleted', description = '', is_active = false, updated_at = now()
            WHERE user_id = $1::uuid
            """,
            "UPDATE paper_accounts SET name = 'deleted', is_active = false, updated_at = now() WHERE user_id = $1::uuid",
            "UPDATE invitations SET note = NULL WHERE used_by = $1::uuid",
            """
            UPDATE users SET email = NULL, email_verified_at = NULL, display_name = NULL, role = 'user',
              deleted_at = now(), updated_at = now()
            WHERE id = $1::uuid
            """,
        ] {
            try execute(statement, [.text(userID)])
        }
    }
}
