import JSON
import Postgres
import TestSupport
import Testing

@testable import App

@Suite struct AccountEndTests {
    static let definition: Value = [
        "indicators": [["id": "f", "type": "SMA", "params": ["period": 2], "source": "close"]],
        "entry": [
            "logic": "AND", "conditions": [["left": ["indicator": "f"], "op": "gt", "right": ["literal": 1]]],
        ],
        "exit": [
            "logic": "AND", "conditions": [["left": ["indicator": "f"], "op": "lt", "right": ["literal": 1]]],
        ],
        "risk": [:],
    ]

    static let strategy: Value = [
        "name": "Secret plan", "description": "My own words", "asset_type": "EQUITY", "timeframe": "1d",
        "definition": definition,
    ]

    static func named(_ name: String) -> Value {
        var strategy = strategy.objectValue ?? [:]
        strategy["name"] = .string(name)
        return .object(strategy)
    }

    @Test func `an export holds what the user made, and no secret`() throws {
        let installation = try Installation()
        let (browser, _) = try installation.user()
        let (bob, _) = try installation.user("bob@example.org")
        #expect(try browser.send("POST", "/api/strategies", Self.strategy).status == 201)
        let key = try browser.send("POST", "/api/me/api-keys", ["name": "script", "scopes": ["read"]])
        let export = try browser.send("GET", "/api/me/export")
        #expect(export.status == 200, "\(export.text)")
        #expect(export["Content-Disposition"] == "attachment; filename=\"bitstockerz-account.json\"")
        #expect(export["Cache-Control"] == "no-store")
        let object = try #require(export.object)
        #expect(object["profile"]?.objectValue?["email"] == "ada@example.org")
        #expect(object["strategies"]?.arrayValue?.first?.objectValue?["name"] == "Secret plan")
        #expect(object["strategies"]?.arrayValue?.first?.objectValue?["versions"]?.arrayValue?.count == 1)
        for (name, count) in [
            ("passkeys", 1), ("sessions", 1), ("api_keys", 1), ("paper_accounts", 1), ("events", 3), ("backtests", 0),
            ("orders", 0), ("executions", 0), ("linked_accounts", 0), ("advisor_usage", 0), ("watchlist", 0),
            ("alerts", 0), ("notifications", 0), ("webhooks", 0),
        ] {
            #expect(object[name]?.arrayValue?.count == count, "\(name)")
        }
        #expect(object["paper_accounts"]?.arrayValue?.first?.objectValue?["cash_balance"] == "100000.00")
        let time = try #require(object["profile"]?.objectValue?["created_at"]?.stringValue)
        #expect(time.count == 24 && time.hasSuffix("Z"))
        for secret in browser.secrets { #expect(!export.text.contains(secret)) }
        #expect(!export.text.contains(try #require(key.object?["key"]?.stringValue)))
        #expect(!(try bob.send("GET", "/api/me/export").text.contains("Secret plan")))
    }

    @Test func `an export tells of one of everything, as the document says`() throws {
        let installation = try Installation()
        let (browser, _) = try installation.user()
        #expect(try browser.send("POST", "/api/strategies", Self.strategy).status == 201)
        #expect(
            try browser.send("POST", "/api/me/api-keys", ["name": "script", "scopes": ["read", "trade"]]).status == 201)
        var db = try installation.database.connect()
        try db.script(
            """
            INSERT INTO symbols (symbol, name, asset_type) VALUES ('AAA', 'A', 'EQUITY');
            INSERT INTO watchlist_items (user_id, symbol_id, position) SELECT id, 1, 1 FROM users;
            INSERT INTO oauth_identities (user_id, provider, issuer, subject) SELECT id, 'google', 'i', 's' FROM users;
            INSERT INTO alerts (user_id, kind, symbol_id, level, seen_until) SELECT id, 'price_above', 1, 12.5, now() FROM users;
            INSERT INTO notifications (user_id, kind, detail) SELECT id, 'order_filled', 'Bought 2 AAA' FROM users;
            INSERT INTO ai_usage (user_id, date, calls) SELECT id, '2026-01-02', 3 FROM users;
            INSERT INTO backtest_runs (user_id, strategy_id, strategy_version_id, symbol_id, timeframe, start_date, end_date,
                initial_equity, options_json, periods_per_year, status, started_at, finished_at, content_hash, result_hash,
                bars_hash, bar_revision, engine_version, created_at)
              SELECT user_id, id, 1, 1, '1d', '2020-01-01', '2020-12-31', 10000, '{"slippage_bps": 1.5}', 252, 'completed',
                now(), now(), repeat('ab', 32), repeat('ab', 32), repeat('ab', 32), 1, '2', now() - interval '1 h'
              FROM strategies;
            INSERT INTO backtest_results (backtest_run_id, final_equity, total_return_pct, num_trades, fills_without_volume,
                returns_count, null_reasons, notices)
              SELECT id, 10001.5, 0.015, 0, 0, 251, '{"beta": "NO_BENCHMARK"}', '["NO_TRADES"]' FROM backtest_runs;
            INSERT INTO backtest_runs (user_id, strategy_id, strategy_version_id, symbol_id, timeframe, start_date, end_date,
                initial_equity, options_json, periods_per_year)
              SELECT user_id, id, 1, 1, '1d', '2020-01-01', '2020-12-31', 10000, '{}', 252 FROM strategies;
            INSERT INTO positions (paper_account_id, symbol_id, quantity, cost_basis) SELECT id, 1, 2, 20 FROM paper_accounts;
            INSERT INTO orders (paper_account_id, generation, symbol_id, side, quantity, status, avg_fill_price, filled_at,
                price_as_of)
              SELECT id, 1, 1, 'BUY', 2, 'FILLED', 10, now(), now() FROM paper_accounts;
            INSERT INTO orders (paper_account_id, generation, symbol_id, side, quantity, status, reject_reason,
                client_order_id)
              SELECT id, 1, 1, 'SELL', 0.00000001, 'REJECTED', 'MIN_NOTIONAL', 'mine' FROM paper_accounts;
            INSERT INTO executions (order_id, paper_account_id, generation, symbol_id, side, quantity, price, notional,
                price_as_of, bar_interval, bar_start, bar_revision)
              SELECT id, paper_account_id, 1, 1, 'BUY', 2, 10, 20.00, now(), '1d', '2020-01-02Z', 1 FROM orders WHERE status = 'FILLED';
            """)
        let export = try #require(try browser.send("GET", "/api/me/export").object)
        func rows(_ name: String) -> [Object] { export[name]?.arrayValue?.compactMap(\.objectValue) ?? [] }
        #expect(export["format"] == "bitstockerz.account.1")
        let runs = rows("backtests"), results = runs.first?["results"]?.objectValue
        #expect(runs.count == 2 && runs.last?["results"] == .null && runs.first?["start_date"] == "2020-01-01")
        #expect(results?["final_equity"]?.numberValue?.double == 10001.5 && results?["backtest_run_id"] == nil)
        #expect(results?["null_reasons"] == ["beta": "NO_BENCHMARK"] && results?["notices"] == ["NO_TRADES"])
        #expect(runs.first?["options"] == ["slippage_bps": 1.5] && runs.first?["initial_equity"] == "10000.00")
        #expect(rows("watchlist").compactMap { $0["symbol"]?.stringValue } == ["AAA"])
        #expect(rows("orders").compactMap { $0["quantity"]?.stringValue } == ["2.00000000", "0.00000001"])
        #expect(rows("executions").first?["price"] == "10.000000000000")
        #expect(rows("alerts").first?["symbol"] == "AAA" && rows("alerts").first?["level"] == "12.500000000000")
        #expect(rows("notifications").first?["detail"] == "Bought 2 AAA")
        let positions = rows("paper_accounts").first?["positions"]?.arrayValue
        #expect(positions == [["symbol": "AAA", "quantity": "2.00000000", "cost_basis": "20.00"]])
        #expect(rows("advisor_usage") == [["date": "2026-01-02", "calls": 3]])
        #expect(rows("api_keys").first?["scopes"] == ["read", "trade"])
        #expect(rows("linked_accounts").first?["email"] == .null)
        #expect(rows("events").contains { $0["type"] == "api_key.made" })
    }

    /// What hangs on a user and is in no export, with the reason.
    private static let leftOut: [String: String] = [
        "backtest_trades": "an export of its own", "backtest_equity_points": "an export of its own",
        "backtest_equity_thinned": "the curve of an export of its own", "trials": "what runs are counted by",
        "jobs": "the queue of what a user asked for", "user_usage": "how much there is of what is exported",
        "recovery_codes": "secrets", "webauthn_challenges": "sign-ins under way", "oauth_states": "sign-ins under way",
        "invitations": "the operator's", "uploads": "the operator's, gone after a day", "upload_chunks": "of uploads",
        "webhook_deliveries": "attempts to tell of notifications",
    ]

    private static let migrated = try! TestDatabase()

    @Test func `every table that hangs on a user is exported, or there is a reason`() throws {
        var db = try Self.migrated.connect()
        let tables = try db.run(
            Query<[String]>.values(
                """
                WITH RECURSIVE reach (id) AS (
                  SELECT 'users'::regclass::oid
                  UNION SELECT conrelid FROM pg_constraint JOIN reach ON confrelid = id WHERE contype = 'f')
                SELECT id::regclass::text FROM reach
                """))
        let told = Set(
            AccountExport.sections.flatMap { section in
                section.sql.matches(of: /(?:FROM|JOIN) ([a-z_]+)/).map { String($0.1) }
            })
        #expect(Set(tables).subtracting(told) == Set(Self.leftOut.keys))
        #expect(told.isDisjoint(with: Self.leftOut.keys))
    }

    @Test func `an export holds every strategy with its versions in order, whatever their number`() throws {
        let installation = try Installation()
        let (browser, _) = try installation.user()
        var db = try installation.database.connect()
        try db.script(
            """
            INSERT INTO strategies (user_id, lineage_id, name, description, asset_type, timeframe, is_active, created_at)
              SELECT id, gen_random_uuid(), 's' || i, repeat('"é\\', 2000), 'EQUITY', '1d', i % 3 > 0,
                now() - make_interval(mins => i)
              FROM users, generate_series(0, 59) i;
            INSERT INTO strategy_versions (strategy_id, version_number, definition_json, definition_hash)
              SELECT s.id, v, jsonb_build_object('number', v), repeat('ab', 32)
              FROM strategies s, generate_series(5, 1, -1) v WHERE v <= substr(s.name, 2)::int % 6
            """)
        let strategies = try browser.send("GET", "/api/me/export").object?["strategies"]?.arrayValue ?? []
        #expect(strategies.compactMap { $0.objectValue?["name"]?.stringValue } == (0..<60).reversed().map { "s\($0)" })
        for (index, strategy) in strategies.enumerated() {
            let versions = strategy.objectValue?["versions"]?.arrayValue?.compactMap(\.objectValue) ?? []
            #expect(
                versions.compactMap { $0["version_number"]?.numberValue?.int }
                    == Array(0..<(59 - index) % 6).map { $0 + 1 })
            #expect(versions.allSatisfy { $0["definition"]?.objectValue?["number"] == $0["version_number"] })
            #expect(strategy.objectValue?["description"]?.stringValue?.count == 6_000)
        }
    }

    @Test func `a deleted account is gone, with its words, its keys and its sessions`() throws {
        let installation = try Installation()
        _ = try installation.user("admin@example.org")
        let (browser, authenticator) = try installation.user("ada@example.org")
        let id = try #require(try browser.send("GET", "/api/me").object?["id"]?.stringValue)
        #expect(try browser.send("PATCH", "/api/me", ["display_name": "Countess"]).status == 200)
        #expect(try browser.send("POST", "/api/strategies", Self.strategy).status == 201)
        let key = try #require(
            try browser.send("POST", "/api/me/api-keys", ["name": "script", "scopes": ["read"]]).object?["key"]?
                .stringValue)
        let elsewhere = installation.browser()
        #expect(try elsewhere.signIn(authenticator).status == 200)

        #expect(try browser.send("DELETE", "/api/me", ["email": "other@example.org"]).fieldCode == "NOT_CONFIRMED")
        try installation.age(minutes: 6)
        #expect(try browser.send("DELETE", "/api/me", ["email": "ada@example.org"]).code == "REAUTHENTICATION_REQUIRED")
        #expect(try browser.confirm(authenticator).status == 200)
        #expect(try browser.send("DELETE", "/api/me", ["email": "Ada@Example.org"]).status == 204)
        #expect(browser.cookies[Sessions.cookieName] == nil)

        #expect(try elsewhere.send("GET", "/api/me").status == 401)
        #expect(try installation.send("GET", "/api/me", [("Authorization", "Bearer \(key)")], nil).status == 401)
        #expect(try installation.browser().signIn(authenticator).fieldCode == "PASSKEY_UNKNOWN")
        var db = try installation.database.connect()
        for table in ["sessions", "webauthn_credentials", "api_keys", "recovery_codes", "oauth_identities"] {
            let left = try db.query("SELECT count(*) FROM \(table) WHERE user_id = $1::uuid", [.text(id)])
            #expect(try left.int(0, 0) == 0, "\(table)")
        }
        // Nothing of the person is left in any row of any table.
        let tables = try db.query(
            "SELECT relname::text FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
        for row in 0..<tables.count {
            let table = try tables.string(row, 0)
            let text = try db.query("SELECT coalesce(string_agg(t::text, ' '), '') FROM \(table) t").string(0, 0)
            for word in ["ada@example.org", "Countess", "Secret plan", "My own words", "script"] {
                #expect(!text.contains(word), "\(word) in \(table)")
            }
        }
        let verification = try AuditTrail(try #require(installation.configuration.serverSecret).auditKey).verify(
            in: &db)
        #expect(verification.faults.isEmpty && verification.events > 0)
        #expect(try installation.events().suffix(3).map(\.type) == ["audit.erased", "user.deleted", "session.refused"])
    }

    @Test func `the only admin may go when nobody else is left`() throws {
        let installation = try Installation()
        let (admin, _) = try installation.user("admin@example.org")
        let (bob, _) = try installation.user("bob@example.org")
        let refused = try admin.send("DELETE", "/api/me", ["email": "admin@example.org"])
        #expect(refused.status == 409 && refused.code == "CONFLICT")
        #expect(try bob.send("DELETE", "/api/me", ["email": "bob@example.org"]).status == 204)
        #expect(try admin.send("DELETE", "/api/me", ["email": "admin@example.org"]).status == 204)
    }
}
