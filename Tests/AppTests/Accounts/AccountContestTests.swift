import HTTP
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
        try Contest(installation.database).answers(to: [request], besides: &db, then: then)[0]
    }

    /// What adds something to an account, or changes its words, with the run, the strategy and the passkey that it has.
    private static let additions: [(method: String, target: String, body: Value?)] = [
        ("PATCH", "/api/me", ["display_name": "Countess"]), ("POST", "/api/strategies", AccountEndTests.strategy),
        ("PUT", "/api/strategies/{strategy}", ["name": "New", "definition": AccountEndTests.definition]),
        ("POST", "/api/strategies/{strategy}/duplicate", nil),
        (
            "POST", "/api/backtests",
            [
                "strategy_id": "{strategy}", "symbol": "OLD-USD", "timeframe": "1d", "start_date": "2019-05-14",
                "end_date": "2019-12-31",
            ]
        ),
        ("POST", "/api/backtests/{run}/verify", [:]), ("PUT", "/api/me/watchlist", ["symbols": ["OLD-USD"]]),
        ("POST", "/api/me/api-keys", ["name": "k", "scopes": ["read"]]), ("POST", "/api/me/recovery-codes", nil),
        ("PATCH", "/api/me/passkeys/{passkey}", ["name": "Blue"]), ("POST", "/api/auth/reauthenticate/options", [:]),
        ("POST", "/api/trading/orders", ["symbol": "OLD-USD", "side": "BUY", "quantity": "1"]),
        ("PATCH", "/api/trading/orders/{order}", ["quantity": "2"]), ("PATCH", "/api/paper-account", ["fee_bps": 1]),
        ("POST", "/api/trading/orders/signing", ["symbol": "OLD-USD", "side": "BUY", "quantity": "1"]),
        ("PUT", "/api/paper-account/signing", ["signs_orders": true]),
        ("POST", "/api/trading/reset", ["confirm": "RESET"]),
        (
            "POST", "/api/trading/runners",
            ["strategy_version_id": "{version}", "symbol": "OLD-USD", "timeframe": "1d", "capital": "100"]
        ),
        ("POST", "/api/trading/runners/{runner}/pause", nil), ("POST", "/api/trading/runners/{runner}/resume", nil),
        ("POST", "/api/trading/runners/{runner}/stop", ["position": "close"]),
        ("POST", "/api/trading/replays", ["symbol": "OLD-USD", "timeframe": "1d", "from": "2019-05-01"]),
        ("PATCH", "/api/trading/replays/{replay}", ["speed": 2]),
        ("POST", "/api/trading/replays/{replay}/step", ["clock": "2019-05-01"]),
        ("POST", "/api/trading/replays/{replay}/orders", ["symbol": "OLD-USD", "side": "BUY", "quantity": "1"]),
        ("POST", "/api/alerts", ["kind": "price_above", "symbol": "OLD-USD", "level": "150"]),
        ("POST", "/api/alerts", ["kind": "order_filled"]),
        ("POST", "/api/alerts/{alert}/arm", nil), ("POST", "/api/notifications/{notification}/read", nil),
        ("POST", "/api/notifications/read", nil),
    ]

    /// What stores nothing of the caller's, what an operator does for everybody, or what others look after:
    /// ``who signs in while ...``, ``SignUpTests`` and ``UploadTests``. Of webhooks ``WebhookTests`` only says that they go
    /// with the account: they are added in another process, behind the user's row like everything here.
    private static let others: Set = [
        "POST /api/jobs", "POST /api/jobs/{id}/cancel", "POST /api/market-data/ingestion/equity",
        "POST /api/market-data/ingestion/crypto", "POST /api/market-data/findings/{id}/dismiss",
        "POST /api/market-data/findings/{id}/restore", "POST /api/market-data/imports",
        "POST /api/market-data/imports/{id}/confirm",
        "POST /api/trading/orders/preview", "POST /api/strategies/validate", "POST /api/strategies/preview",
        "POST /api/backtests/{id}/cancel",
        "POST /api/webhooks", "PATCH /api/webhooks/{id}", "POST /api/webhooks/{id}/test",
        "POST /api/auth/reauthenticate/verify", "PATCH /api/users/{id}", "POST /api/me/oauth/{provider}",
    ]

    @Test func `every route that adds something is tried while the account is deleted`() {
        let routes = Routes.all.filter { route in
            switch route.access {
            case .signedIn, .session, .anySession: [.post, .put, .patch].contains(route.method)
            case .open, .visitor: false
            }
        }
        let braces = /\{[a-z_]+\}/
        let tried = Self.additions.map { "\($0.method) \($0.target.replacing(braces, with: "{id}"))" }
        #expect(Set(tried).union(Self.others) == Set(routes.map { "\($0.method.rawValue) \($0.path)" }))
    }

    @Test(arguments: additions.indices)
    func `who is deleted meanwhile gets nothing any more`(_ number: Int) throws {
        let owned = try CompletedRun(), (method, target, body) = Self.additions[number]
        let passkeys = try owned.user.send("GET", "/api/me/passkeys").object?["passkeys"]?.arrayValue
        let parts = [
            "{run}": owned.id, "{strategy}": try owned.told()["strategy_id"]?.stringValue ?? "",
            "{passkey}": passkeys?.first?.objectValue?["id"]?.stringValue ?? "",
            "{order}": "00000000-0000-4000-8000-000000000001", "{runner}": "00000000-0000-4000-8000-000000000002",
            "{replay}": "00000000-0000-4000-8000-000000000003",
            "\"{version}\"": String(try owned.installation.scalar("SELECT max(id) FROM strategy_versions")),
            "{alert}": "00000000-0000-4000-8000-000000000004",
            "{notification}": "00000000-0000-4000-8000-000000000005",
        ]
        var setUp = try owned.connect()
        try setUp.script(
            """
            INSERT INTO paper_runners (id, paper_account_id, generation, strategy_id, strategy_version_id, symbol_id,
                interval, capital, cash, equity, allocation_pct, commission_bps, after_bar, seen_bar)
              SELECT '\(parts["{runner}"] ?? "")', a.id, 1, v.strategy_id, v.id, s.id, '1d', 1, 1, 1, 100, 0, now(), now()
              FROM paper_accounts a, symbols s, strategy_versions v WHERE s.symbol = 'OLD-USD' AND \(number) % 2 = 0;
            INSERT INTO replays (id, user_id, interval, starting_balance, cash, fee_bps, first_bar, clock)
              SELECT '\(parts["{replay}"] ?? "")', user_id, '1d', 1000, 1000, 0, '2019-05-01', '2019-05-01'
              FROM paper_accounts;
            INSERT INTO replay_holdings (replay_id, symbol_id, position, last_price, last_bar)
              SELECT '\(parts["{replay}"] ?? "")', id, 1, 100, '2019-05-01' FROM symbols WHERE symbol = 'OLD-USD';
            INSERT INTO orders (id, paper_account_id, generation, symbol_id, side, quantity, order_type, limit_price, held_cash)
              SELECT '\(parts["{order}"] ?? "")', a.id, 1, s.id, 'BUY', 1, 'LIMIT', 1, 1
              FROM paper_accounts a, symbols s WHERE s.symbol = 'OLD-USD';
            INSERT INTO alerts (id, user_id, kind, symbol_id, level, seen_until, is_armed)
              SELECT '\(parts["{alert}"] ?? "")', u.id, 'price_above', s.id, 99, now(), false
              FROM users u, symbols s WHERE s.symbol = 'OLD-USD';
            INSERT INTO alerts (user_id, kind) SELECT id, 'order_rejected' FROM users;
            INSERT INTO notifications (id, user_id, kind, detail)
              SELECT '\(parts["{notification}"] ?? "")', id, 'order_filled', 'Bought' FROM users
            """)
        func filled(_ text: String) -> String { parts.reduce(text) { $0.replacing($1.key, with: $1.value) } }
        let path = filled(target)
        let sent = try body.map { try parse(Array(filled(String(decoding: $0.bytes, as: UTF8.self)).utf8)) }
        let contest = Contest(owned.installation.database), rival = try contest.rival(of: owned.user)
        // The deletion has done all its work and wants to tell of it.
        var db = try owned.connect()
        try db.script("BEGIN; SELECT 1 FROM audit_heads FOR UPDATE")
        let answers = try contest.answers(
            to: [
                { try owned.user.send("DELETE", "/api/me", ["email": "ada@example.org"]) },
                { try rival.send(method, path, sent) },
            ], besides: &db
        ) { db in try db.script("COMMIT") }
        #expect(answers[0].status == 204, "\(answers[0].text)")
        #expect([401, 404].contains(answers[1].status), "\(method) \(target): \(answers[1].text)")
        #expect(
            try owned.installation.scalar(
                """
                SELECT (SELECT count(*) FROM jobs WHERE status IN ('pending', 'running') AND job_type <> 'check_bars')
                  + (SELECT count(*) FROM backtest_runs WHERE status IN ('pending', 'running'))
                  + (SELECT count(*) FROM strategies WHERE is_active OR name <> 'deleted')
                  + (SELECT count(*) FROM watchlist_items) + (SELECT count(*) FROM api_keys)
                  + (SELECT count(*) FROM recovery_codes) + (SELECT count(*) FROM webauthn_credentials)
                  + (SELECT count(*) FROM webauthn_challenges) + (SELECT count(*) FROM trials WHERE owner_id IS NOT NULL)
                  + (SELECT count(*) FROM paper_runners WHERE status <> 'STOPPED' OR cash <> 1)
                  + (SELECT count(*) FROM replays) + (SELECT count(*) FROM replay_orders)
                  + (SELECT count(*) FROM replay_holdings)
                  + (SELECT count(*) FROM orders WHERE status <> 'CANCELLED' OR quantity <> 1)
                  + (SELECT count(*) FROM alerts) + (SELECT count(*) FROM notifications)
                  + (SELECT count(*) FROM paper_accounts WHERE is_active OR generation > 1 OR fee_bps > 0)
                  + (SELECT count(*) FROM users WHERE deleted_at IS NULL OR display_name IS NOT NULL)
                """) == 0)
    }

    @Test(arguments: ["/api/trading/orders", "/api/auth/reauthenticate/verify"])
    func `what a passkey has signed is worth nothing once its account is deleted, and leaves no trace`(
        _ path: String
    ) throws {
        let environment = ["SIGNED_ORDER_NOTIONAL": "1000", "PAPER_STALE_PRICES": "allow"]
        let desk = try TradingDesk(environment), database = desk.installation.database
        #expect(try desk.browser.send("PUT", "/api/paper-account/signing", ["signs_orders": true]).status == 200)
        let isOrder = path == "/api/trading/orders"
        var body: Object = isOrder ? ["symbol": "STK", "side": "BUY", "quantity": "11"] : [:]
        let asked = try desk.browser.send(
            "POST", isOrder ? path + "/signing" : "/api/auth/reauthenticate/options", .object(body))
        body["credential"] = try desk.authenticator.get(asked.object?["public_key"])
        let sent = Value.object(body), browser = desk.browser
        let contest = Contest(database), rival = try contest.rival(of: browser, environment)
        var db = try database.connect()
        try db.script("BEGIN; SELECT 1 FROM audit_heads FOR UPDATE")
        let answers = try contest.answers(
            to: [
                { try browser.send("DELETE", "/api/me", ["email": "ada@example.org"]) },
                { try rival.send("POST", path, sent) },
            ], besides: &db
        ) { db in try db.script("COMMIT") }
        #expect(answers[0].status == 204 && answers[1].status == 401, "\(answers.map(\.text))")
        #expect(try desk.installation.scalar("SELECT count(*) FROM orders") == 0)
        #expect(
            try desk.installation.scalar(
                "SELECT count(*) FROM audit_events WHERE event_type LIKE '%refused'") == 0)
    }

    @Test func `a run that is stored while the account is deleted leaves no trial of anybody's`() throws {
        let owned = try CompletedRun()
        let ordered = try owned.user.send(
            "POST", "/api/backtests",
            [
                "strategy_id": try owned.told()["strategy_id"] ?? .null, "symbol": "OLD-USD", "timeframe": "1d",
                "start_date": "2019-05-14", "end_date": "2019-12-31",
            ])
        #expect(ordered.status == 202, "\(ordered.text)")
        let contest = Contest(owned.installation.database)
        var db = try owned.connect(), heads = try owned.connect()
        try db.script("BEGIN; SELECT 1 FROM backtest_runs FOR UPDATE")
        try heads.script("BEGIN; SELECT 1 FROM audit_heads FOR UPDATE")
        let answers = try contest.answers(
            to: [
                {
                    try owned.simulate()
                    return ordered
                }, { try owned.user.send("DELETE", "/api/me", ["email": "ada@example.org"]) },
            ], besides: &db
        ) { db in
            // The worker goes on until it wants its job's row, which the deletion has.
            try db.script("COMMIT")
            try contest.wait(for: 2)
            try heads.script("COMMIT")
        }
        #expect(answers[1].status == 204, "\(answers[1].text)")
        #expect(try owned.installation.scalar("SELECT count(*) FROM backtest_runs WHERE status = 'completed'") == 2)
        #expect(try owned.installation.scalar("SELECT count(*) FROM trials WHERE owner_id IS NOT NULL") == 0)
    }

    @Test(arguments: ["keys", "links"])
    func `whom an operator gives something is there for it`(_ what: String) throws {
        let installation = try Installation()
        let (browser, _) = try installation.user()
        let id = try #require(try browser.send("GET", "/api/me").object?["id"]?.stringValue)
        #expect(try browser.send("DELETE", "/api/me", ["email": "ada@example.org"]).status == 204)
        var db = try installation.database.connect()
        #expect(throws: Problem.self) {
            if what == "keys" {
                _ = try APIKeys.create(for: id, name: "k", scopes: [.read], expiresInDays: nil, in: &db)
            } else {
                _ = try RecoveryCodes.makeLink(for: id, installation.configuration, in: &db)
            }
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
        // As an update does: what is counted first, then the strategy's row.
        try db.script("BEGIN; SELECT 1 FROM user_usage FOR NO KEY UPDATE; SELECT 1 FROM strategies FOR NO KEY UPDATE")
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
