import Foundation
import JSON
import Postgres
import TestSupport
import Testing

@testable import App

/// What two do to one account at the same moment.
@Suite struct AccountContestTests {
    /// Sends a request that has to wait for what `db` holds; `then` comes as soon as it waits, or is over.
    private func answer(
        _ installation: Installation, besides db: inout Connection,
        to request: @escaping () throws -> HTTPClient.Answer, then: (inout Connection) throws -> Void
    ) throws -> HTTPClient.Answer {
        nonisolated(unsafe) let request = request
        let outcome = Box<Result<HTTPClient.Answer, any Error>?>(nil), group = DispatchGroup()
        group.enter()
        Thread.detachNewThread {
            let result = Result { try request() }
            outcome.withLock { $0 = result }
            group.leave()
        }
        var watching = try installation.database.connect()
        let waits = Query<Bool>.value(
            """
            SELECT EXISTS (SELECT 1 FROM pg_stat_activity
              WHERE datname = current_database() AND wait_event_type = 'Lock')
            """)
        let bound = ContinuousClock.now + .seconds(20)
        while outcome.withLock({ $0 == nil }), try !watching.run(waits), .now < bound {}
        try then(&db)
        _ = group.wait(timeout: .now() + 20)
        return try #require(outcome.withLock { $0 }, "it waits for ever").get()
    }

    private static let deletion = """
        UPDATE users SET email = NULL, email_verified_at = NULL, display_name = NULL, deleted_at = now()
        """

    @Test func `who is deleted meanwhile gets no name and no strategy any more`() throws {
        for (method, target, body): (String, String, Value?) in [
            ("PATCH", "/api/me", ["display_name": "Countess"]), ("POST", "/api/strategies", AccountEndTests.strategy),
            ("POST", "/api/strategies/{id}/duplicate", nil),
        ] {
            let installation = try Installation()
            let (browser, _) = try installation.user()
            var target = target
            if target.contains("{id}") {
                let made = try browser.send("POST", "/api/strategies", AccountEndTests.strategy)
                target.replace("{id}", with: made.object?["id"]?.stringValue ?? "")
            }
            var db = try installation.database.connect()
            try db.script("BEGIN; \(Self.deletion); UPDATE strategies SET name = 'deleted', description = ''")
            let answer = try answer(installation, besides: &db) {
                try browser.send(method, target, body)
            } then: { db in
                try db.script("COMMIT")
            }
            #expect(answer.status == 401, "\(method) \(target): \(answer.text)")
            #expect(try installation.scalar("SELECT count(*) FROM users WHERE display_name IS NOT NULL") == 0)
            #expect(try installation.scalar("SELECT count(*) FROM strategies WHERE name <> 'deleted'") == 0)
        }
    }

    @Test(
        arguments: [
            "UPDATE webauthn_credentials SET last_used_at = now()",
            "DELETE FROM recovery_codes WHERE code_hash = (SELECT code_hash FROM recovery_codes LIMIT 1)",
        ], [false, true])
    func `who signs in while the account is deleted leaves no session`(_ wayIn: String, _ isSameBrowser: Bool) throws {
        let installation = try Installation()
        let (browser, _) = try installation.user()
        let id = try #require(try browser.send("GET", "/api/me").object?["id"]?.stringValue)
        var db = try installation.database.connect()
        try db.script("BEGIN; \(wayIn)")
        let old = isSameBrowser ? browser.cookies[Sessions.cookieName] : nil
        let answer = try answer(installation, besides: &db) {
            try browser.send("DELETE", "/api/me", ["email": "ada@example.org"])
        } then: { db in
            _ = try db.run(.startingSession(of: id, by: .passkey, on: "The Countess's phone", replacing: old))
            try db.script("COMMIT")
        }
        #expect(answer.status == 204, "\(answer.text)")
        #expect(try installation.scalar("SELECT count(*) FROM sessions") == 0)
        #expect(try installation.scalar("SELECT count(*) FROM users WHERE deleted_at IS NULL") == 0)
    }

    @Test func `who changes a strategy while the account is deleted does not wait in a circle`() throws {
        let installation = try Installation()
        let (browser, _) = try installation.user()
        let id = try #require(try browser.send("GET", "/api/me").object?["id"]?.stringValue)
        #expect(try browser.send("POST", "/api/strategies", AccountEndTests.strategy).status == 201)
        var db = try installation.database.connect()
        try db.transaction { db in
            let job = try SimulateRun.enqueue(userID: id, in: &db)
            try db.execute("INSERT INTO symbols (symbol, name, asset_type) VALUES ('AAPL', 'Apple', 'EQUITY')")
            try db.execute(
                """
                INSERT INTO backtest_runs (user_id, strategy_id, strategy_version_id, symbol_id, timeframe, start_date,
                  end_date, initial_equity, options_json, periods_per_year, job_id, equity_points)
                SELECT s.user_id, s.id, v.id, y.id, '1d', '2020-01-01', '2020-12-31', 1, '{}', 252, $1::uuid, 10
                FROM strategies s JOIN strategy_versions v ON v.strategy_id = s.id, symbols y
                """, [.text(job)])
        }
        // As an update does: the strategy's row first, then what is counted.
        try db.script("BEGIN; SELECT 1 FROM strategies FOR NO KEY UPDATE")
        let answer = try answer(installation, besides: &db) {
            try browser.send("DELETE", "/api/me", ["email": "ada@example.org"])
        } then: { db in
            try db.script("UPDATE strategies SET name = 'My next secret plan'; COMMIT")
        }
        #expect(answer.status == 204, "\(answer.text)")
        #expect(try installation.scalar("SELECT count(*) FROM strategies WHERE name <> 'deleted'") == 0)
        #expect(try installation.scalar("SELECT count(*) FROM backtest_runs WHERE status = 'cancelled'") == 1)
    }

    /// Whoever ends a session holds its row and then wants the head of the user's chain.
    @Test func `nobody holds the audit trail while waiting for a session`() throws {
        let installation = try Installation()
        let (admin, _) = try installation.user("admin@example.org")
        let bob = installation.browser()
        let signedUp = try bob.signUp("bob@example.org", installation.authenticator())
        let id = try #require(signedUp.user?["id"]?.stringValue)
        let code = try #require(signedUp.object?["recovery_codes"]?.arrayValue?.first)
        let owner = installation.browser(), new = installation.authenticator()
        #expect(try owner.send("POST", "/api/auth/recover", ["code": code]).status == 200)
        var db = try installation.database.connect()
        for (sessions, status, request): (String, Int, () throws -> HTTPClient.Answer) in [
            ("kind = 'recovery'", 201, { try owner.addPasskey(new) }),
            (
                "user_id = '\(id)'", 200,
                { try admin.send("PATCH", "/api/users/\(id)", ["role": "operator", "disabled": true]) }
            ),
        ] {
            try db.script("BEGIN; SELECT 1 FROM sessions WHERE \(sessions) FOR UPDATE")
            let answer = try answer(installation, besides: &db, to: request) { db in
                try db.script("SELECT 1 FROM audit_heads FOR UPDATE NOWAIT; COMMIT")
            }
            #expect(answer.status == status, "\(answer.text)")
        }
        #expect(try installation.events().map(\.type).contains("session.others_ended"))
    }
}
