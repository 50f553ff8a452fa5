import HTTP
import JSON
import Market
import Postgres

/// `DELETE /api/me` and `GET /api/me/audit`.
enum AccountEnd {
    private static let gone = PlainAnswer.nothing("Gone")

    static let delete = Route(
        .delete, "/api/me", .session(confirmed: true),
        """
        Deletes the account for good: the person, their words, passkeys, keys and sessions go at once; what the books need \
        stays without a name.
        """,
        takes: .body(optional: "email", .text(0...254), "The account's email, typed anew; needed when it has one"),
        answers: [gone], errors: [.conflict]
    ) { call, db, typed in
        let userID = try call.userID()
        let email = try db.run(.profile(of: userID)).email
        guard (typed ?? "").trimmed.lowercased() == (email ?? "").lowercased() else {
            throw Problem.invalid("email", "NOT_CONFIRMED", "Type the email of your account to delete it.")
        }
        try db.transaction(opening: .lockingAdmins(), .lockingCaller(userID)) { db, admins, _ in
            if admins == [userID], try db.run(.hasOtherUsers(than: userID)) {
                throw Problem(.conflict, "You are the only admin. Make somebody else admin first.")
            }
            try end(userID, call.configuration, requestID: call.request.requestID, in: &db)
            if let secret = call.configuration.serverSecret {
                db.afterCommit { Farewell(userID).tell(call.log, secret.auditKey) }
            }
        }
        return Response.noContent.signedOut()
    }

    /// In a transaction that has locked the user.
    private static func end(
        _ userID: String, _ configuration: Configuration, requestID: String = "", _ payload: Object = [:],
        in db: inout Connection
    ) throws {
        try db.deleteAccount(userID)
        let hasMore = try configuration.auditLog?.erase(
            userID: userID, requestID: requestID.isEmpty ? nil : requestID, in: &db)
        // Who has done very much leaves so many events that the rest of them goes with the next round.
        if hasMore == true { _ = try Maintenance.request(in: &db) }
        try configuration.audit(.userDeleted, of: userID, payload, requestID: requestID, in: &db)
    }

    /// Deletes the account of somebody who had done so before, in a database that was set back to a time when they were
    /// still here.
    ///
    /// - Parameter closed: chains of the audit trail that take no event any more. Who is in one of them leaves it all the
    ///   same.
    /// - Returns: whether there was anything to delete.
    static func repeatEnd(
        _ farewell: Farewell, _ configuration: Configuration, closedChains closed: Set<Int> = [],
        in db: inout Connection
    ) throws -> Bool {
        // Also of somebody whom an admin has shut out.
        let locking = Query<Int>.change(
            "SELECT 1 FROM users WHERE id = $1::uuid AND deleted_at IS NULL FOR NO KEY UPDATE", farewell.userID)
        return try db.transaction(opening: locking) { db, count in
            guard count == 1 else { return false }
            if closed.contains(AuditEvent.stream(of: farewell.userID)) {
                try db.deleteAccount(farewell.userID)
                _ = try db.run(.erasingAuditEvents(of: farewell.userID))
                return true
            }
            try end(farewell.userID, configuration, ["repeated": true], in: &db)
            return true
        }
    }

    private static let page = Answer(200, "A page", .page(of: "events", Event.form))

    static let audit = Route(
        .get, "/api/me/audit", .session(), "What happened to the account, newest first.", takes: .window(),
        answers: [page]
    ) { call, db, window in try page(Page(window, db.run(.events(of: call.userID(), window)))) }

    /// An event as the one whom it concerns sees it.
    fileprivate struct Event {
        let id: Int
        let type: ToldWord<AccountEvent>
        let createdAt: Instant
        let requestID: String?
        let details: Value

        static let form = Form<Event>.object([
            .member("id", .integer, \.id), .member("type", .told(), \.type),
            .member("created_at", .time, \.createdAt), .nullable("request_id", .text, \.requestID),
            .member("details", .json, \.details),
        ])

        static let columns = "id, event_type, created_at, request_id, payload_json"
    }
}

extension Query {
    fileprivate static func events(of userID: String, _ window: Window) -> Query<[AccountEnd.Event]> {
        .all(
            """
            SELECT \(AccountEnd.Event.columns) FROM audit_events
            WHERE user_id = $1::uuid ORDER BY id DESC LIMIT $2 OFFSET $3
            """, userID, window.probe, window.offset, read: inOrder(AccountEnd.Event.init))
    }

    fileprivate static func hasOtherUsers(than userID: String) -> Query<Bool> {
        .value("SELECT EXISTS (SELECT 1 FROM users WHERE deleted_at IS NULL AND id <> $1::uuid)", userID)
    }
}

extension Connection {
    /// Takes the person out of the account (schema.md, "Life cycle"). For a transaction that has locked the user.
    ///
    /// Locked in the order of those who may be at it at this moment, so that nobody waits in a circle: jobs, runs, what is
    /// counted of the user, strategies; ways in, then the sessions that they begin, which are seen by then; the paper account
    /// and its orders, then the alerts that runs and orders set off.
    fileprivate mutating func deleteAccount(_ userID: String) throws {
        // A worker that has one of these stops at its next look; what still waits is not begun.
        try RunStore.cancelAll(of: userID, in: &self)
        try run(.lockingUsage(of: userID))
        for statement in [
            "DELETE FROM webauthn_credentials WHERE user_id = $1::uuid",
            "DELETE FROM api_keys WHERE user_id = $1::uuid", "DELETE FROM recovery_codes WHERE user_id = $1::uuid",
            "DELETE FROM oauth_identities WHERE user_id = $1::uuid",
            "DELETE FROM watchlist_items WHERE user_id = $1::uuid", "DELETE FROM uploads WHERE user_id = $1::uuid",
            "DELETE FROM sessions WHERE user_id = $1::uuid",
            // As whoever restates what they hold locks them.
            "SELECT 1 FROM replays WHERE user_id = $1::uuid ORDER BY id FOR UPDATE",
            "DELETE FROM replays WHERE user_id = $1::uuid",
            """
            UPDATE strategies SET name = 'deleted', description = '', is_active = false, updated_at = now()
            WHERE user_id = $1::uuid
            """,
            // Of a job that is under way no trial comes any more: it looks whose it would be once it holds its job's row.
            "UPDATE trials SET owner_id = NULL, lineage_id = NULL WHERE owner_id = $1::uuid",
            "UPDATE paper_accounts SET name = 'deleted', is_active = false, updated_at = now() WHERE user_id = $1::uuid",
            """
            UPDATE orders SET status = 'CANCELLED', detail = 'The account was closed.', held_cash = 0,
              ended_at = clock_timestamp()
            WHERE status = 'PENDING' AND paper_account_id = (SELECT id FROM paper_accounts WHERE user_id = $1::uuid)
            """,
            """
            DELETE FROM order_signatures WHERE order_id IN (
              SELECT o.id FROM orders o JOIN paper_accounts a ON a.id = o.paper_account_id WHERE a.user_id = $1::uuid)
            """,
            // Whoever tells something at this moment holds the alert or the webhook, and what it told is seen once that is over.
            "DELETE FROM alerts WHERE user_id = $1::uuid", "DELETE FROM webhooks WHERE user_id = $1::uuid",
            "DELETE FROM notifications WHERE user_id = $1::uuid",
            "UPDATE invitations SET note = NULL WHERE used_by = $1::uuid",
            """
            UPDATE users SET email = NULL, email_verified_at = NULL, display_name = NULL, role = 'user',
              deleted_at = now(), updated_at = now()
            WHERE id = $1::uuid
            """,
        ] {
            try run(.change(statement, userID))
        }
    }
}
