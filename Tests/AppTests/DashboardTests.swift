import HTTP
import JSON
import Postgres
import TestSupport
import Testing

@testable import App

@Suite struct DashboardTests {
    private static let parts = [
        "strategies", "backtests", "watchlist", "paper_account", "portfolio", "equity", "positions", "executions",
        "checklist",
    ]

    private static func summary(_ browser: TestBrowser) throws -> Object {
        let answer = try browser.send("GET", "/api/dashboard/summary")
        #expect(answer.status == 200 && answer["Cache-Control"] == "no-store", "\(answer.text)")
        return answer.object ?? [:]
    }

    private static func data(_ summary: Object, _ part: String) -> Object? {
        summary[part]?.objectValue?["data"]?.objectValue
    }

    /// A user with seven strategies of one version, the third twice run and the last deleted, and a watched symbol.
    private static func desk() throws -> (Installation, TestBrowser) {
        let installation = try Installation()
        let browser = try installation.user().browser
        var db = try installation.database.connect()
        try db.script(
            """
            INSERT INTO symbols (symbol, name, asset_type) VALUES ('AAA', 'A', 'EQUITY');
            INSERT INTO watchlist_items (user_id, symbol_id, position) SELECT id, 1, 1 FROM users;
            INSERT INTO strategies (user_id, lineage_id, name, asset_type, timeframe, is_active, created_at)
              SELECT id, gen_random_uuid(), 's' || i, 'EQUITY', '1d', i < 7, now() + i * interval '1 minute'
              FROM users, generate_series(1, 7) i;
            INSERT INTO strategy_versions (strategy_id, version_number, definition_json, definition_hash)
              SELECT s.id, v, '{}', repeat('ab', 32) FROM strategies s, generate_series(1, 2) v;
            INSERT INTO backtest_runs (user_id, strategy_id, strategy_version_id, symbol_id, timeframe, start_date, end_date,
                initial_equity, options_json, periods_per_year, created_at)
              SELECT s.user_id, s.id, v.id, 1, '1d', '2020-01-01', date '2020-12-01' + i, 10000, '{}', 252,
                now() + i * interval '1 minute'
              FROM strategies s JOIN strategy_versions v ON v.strategy_id = s.id AND v.version_number = 1,
                generate_series(1, 2) i WHERE s.name = 's3';
            """)
        return (installation, browser)
    }

    @Test func `who has just come finds nothing but an account and the first steps`() throws {
        let installation = try Installation()
        let summary = try Self.summary(installation.user().browser)
        #expect(summary.names == Self.parts)
        for part in Self.parts { #expect(summary[part]?.objectValue?["error"] == .null, "\(part)") }
        #expect(Self.data(summary, "strategies") == ["strategies": [], "total": 0])
        #expect(Self.data(summary, "backtests")?["backtests"] == [])
        #expect(Self.data(summary, "watchlist") == ["symbols": []])
        #expect(Self.data(summary, "paper_account")?["cash_balance"] == "100000.00")
        #expect(Self.data(summary, "portfolio")?["total_equity"] == "100000.00")
        #expect(Self.data(summary, "equity")?["points"]?.arrayValue?.count == 1)
        #expect(Self.data(summary, "positions") == ["positions": []])
        #expect(Self.data(summary, "executions")?["executions"] == [])
        #expect(
            Self.data(summary, "checklist")
                == ["passkeys": 1, "recovery_codes_left": 10, "strategies": 0, "backtests": 0, "watchlist": 0])
    }

    @Test func `it shows the newest of what there is, and counts all of it`() throws {
        let (installation, browser) = try Self.desk()
        let summary = try Self.summary(browser)
        let strategies = Self.data(summary, "strategies")
        let shown = strategies?["strategies"]?.arrayValue?.compactMap(\.objectValue) ?? []
        #expect(shown.compactMap { $0["name"]?.stringValue } == ["s6", "s5", "s4", "s3", "s2"])
        #expect(strategies?["total"] == 6 && shown.allSatisfy { $0["version_number"] == 2 })
        let run = shown.first { $0["name"] == "s3" }?["last_run"]?.objectValue
        #expect(run?["status"] == "pending" && run?["symbol"] == "AAA" && run?["total_return_pct"] == .null)
        #expect(shown.filter { $0["last_run"] == .null }.count == 4)
        // The same as the addresses of the parts say.
        let runs = Self.data(summary, "backtests")
        let listed = try browser.send("GET", "/api/backtests?limit=5").object
        #expect(runs == listed && runs?["backtests"]?.arrayValue?.count == 2)
        #expect(runs?["backtests"]?.arrayValue?.first?.objectValue?["id"] == run?["id"])
        #expect(Self.data(summary, "watchlist") == (try browser.send("GET", "/api/me/watchlist").object))
        #expect(Self.data(summary, "paper_account") == (try browser.send("GET", "/api/paper-account").object))
        #expect(Self.data(summary, "portfolio")?["total_equity"] == "100000.00")
        #expect(Self.data(summary, "positions") == ["positions": []])
        #expect(Self.data(summary, "executions")?["executions"] == [])
        #expect(
            Self.data(summary, "checklist")
                == ["passkeys": 1, "recovery_codes_left": 10, "strategies": 6, "backtests": 2, "watchlist": 1])
        // And nothing of it is anybody else's.
        let others = try Self.summary(installation.user("bob@example.org").browser)
        #expect(Self.data(others, "strategies")?["total"] == 0 && Self.data(others, "watchlist") == ["symbols": []])
        #expect(Self.data(others, "backtests")?["backtests"] == [])
    }

    @Test func `a finished run tells its return`() throws {
        let (installation, browser) = try Self.desk()
        var db = try installation.database.connect()
        try db.script(
            """
            UPDATE backtest_runs SET status = 'completed', started_at = now(), finished_at = now(),
              content_hash = repeat('ab', 32), result_hash = repeat('ab', 32), bars_hash = repeat('ab', 32),
              bar_revision = 1, engine_version = '1';
            INSERT INTO backtest_results (backtest_run_id, final_equity, total_return_pct, num_trades,
                fills_without_volume, returns_count)
              SELECT id, 12345, 23.45, 0, 0, 251 FROM backtest_runs
            """)
        let strategies = Self.data(try Self.summary(browser), "strategies")?["strategies"]?.arrayValue
        let run = strategies?.compactMap { $0.objectValue?["last_run"]?.objectValue }.first
        #expect(run?["status"] == "completed" && run?["total_return_pct"]?.numberValue?.double == 23.45)
    }

    @Test(arguments: [(days: 150, fills: 50), (days: 1_500, fills: 250)])
    func `the curve of a long life comes in few points, whole at its newest end`(days: Int, fills: Int) throws {
        let (installation, browser) = try Self.desk()
        _ = try Self.summary(browser)
        var db = try installation.database.connect()
        try db.script(
            """
            UPDATE paper_accounts SET generation = 2, generation_started_at = now() - interval '1501 days';
            INSERT INTO paper_equity_points (paper_account_id, generation, at, kind, equity, cash)
              SELECT id, 2, now() - i * interval '1 day', 'day', 1000 + i, 10
              FROM paper_accounts, generate_series(1, \(days)) i
              UNION ALL SELECT id, 2, now() - i * interval '1 minute', 'fill', 1000, 10
              FROM paper_accounts, generate_series(1, \(fills)) i
              UNION ALL SELECT id, 1, now() - i * interval '1 minute' - interval '2000 days', 'fill', 5, 5
              FROM paper_accounts, generate_series(1, 9) i;
            """)
        let whole = try #require(browser.send("GET", "/api/trading/equity-curve").object?["points"]?.arrayValue)
        let outline = try #require(Self.data(try Self.summary(browser), "equity")?["points"]?.arrayValue)
        #expect(whole.count == 1 + days + fills && outline.suffix(200) == whole.suffix(200))
        #expect(outline.first == whole.first && outline.first?.objectValue?["kind"] == "start")
        #expect(days + fills == 200 ? outline == whole : (400...501).contains(outline.count), "\(outline.count)")
        let known = Set(whole.map { "\($0)" })
        #expect(outline.allSatisfy { known.contains("\($0)") })
    }

    @Test(arguments: [
        (
            "strategies",
            """
            ALTER TABLE strategies DROP CONSTRAINT strategies_market;
            UPDATE strategies SET asset_type = 'BOND' WHERE name = 's5'
            """
        ),
        ("backtests", "ALTER TABLE backtest_runs RENAME COLUMN engine_version TO gone"),
        (
            "watchlist portfolio positions",
            "DELETE FROM bar_series; ALTER TABLE equity_daily_bars RENAME COLUMN close TO gone"
        ),
        (
            "paper_account portfolio positions",
            "ALTER TABLE paper_accounts RENAME COLUMN cash_balance TO gone"
        ), ("executions", "ALTER TABLE executions RENAME COLUMN price TO gone"),
        ("equity", "ALTER TABLE paper_equity_points RENAME COLUMN equity TO gone"),
        ("checklist", "ALTER TABLE recovery_codes RENAME TO gone"),
    ])
    func `a part that fails says so, and fails no other that reads something else`(
        _ broken: String, _ damage: String
    ) throws {
        let (installation, browser) = try Self.desk()
        var db = try installation.database.connect()
        try db.script(damage)
        let summary = try Self.summary(browser)
        for part in Self.parts {
            let (data, error) = (Self.data(summary, part), summary[part]?.objectValue?["error"]?.objectValue)
            if broken.split(separator: " ").contains(Substring(part)) {
                #expect(data == nil && error?["code"] == "INTERNAL_ERROR", "\(part): \(summary)")
                #expect(error?["message"] == "The request could not be completed.")
            } else {
                #expect(data != nil && error == nil, "\(part)")
            }
        }
    }

    @Test func `a session that was lost is opened again for all of it`() throws {
        let (installation, browser) = try Self.desk()
        _ = try Self.summary(browser)
        var db = try installation.database.connect()
        _ = try db.query(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        let summary = try Self.summary(browser)
        for part in Self.parts { #expect(Self.data(summary, part) != nil, "\(part)") }
    }

    @Test func `it is for those who are signed in`() throws {
        let installation = try Installation()
        #expect(try installation.browser().send("GET", "/api/dashboard/summary").status == 401)
        let refused = try installation.user().browser.send("GET", "/api/dashboard/summary?limit=1")
        #expect(refused.status == 400)
    }
}
