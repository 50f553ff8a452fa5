import Postgres
import TestSupport
import Testing

@Suite struct MigrationsTests {
    /// The contract: these files, under these names, create these tables.
    @Test(arguments: [
        ("V0001__create_users.sql", "users"), ("V0002__create_webauthn_credentials.sql", "webauthn_credentials"),
        ("V0003__create_sessions.sql", "sessions"), ("V0004__create_webauthn_challenges.sql", "webauthn_challenges"),
        ("V0005__create_oauth_identities.sql", "oauth_identities"), ("V0006__create_oauth_states.sql", "oauth_states"),
        ("V0007__create_api_keys.sql", "api_keys"), ("V0008__create_recovery_codes.sql", "recovery_codes"),
        ("V0009__create_invitations.sql", "invitations"), ("V0010__add_user_handles.sql", "users"),
        ("V0011__add_passkey_facts.sql", "webauthn_credentials"),
        ("V0100__create_symbols.sql", "symbols"),
        ("V0101__create_equity_daily_bars.sql", "equity_daily_bars"),
        ("V0102__create_crypto_daily_bars.sql", "crypto_daily_bars"),
        ("V0103__create_crypto_hourly_bars.sql", "crypto_hourly_bars"), ("V0104__create_bar_series.sql", "bar_series"),
        ("V0106__create_data_findings.sql", "data_findings"),
        ("V0107__create_market_closures.sql", "market_closures"),
        ("V0130__create_jobs.sql", "jobs"), ("V0131__create_audit_events.sql", "audit_events"),
        ("V0132__create_rate_limits.sql", "rate_limits"),
        ("V0200__create_strategies.sql", "strategies"), ("V0201__create_strategy_versions.sql", "strategy_versions"),
        ("V0300__create_backtest_runs.sql", "backtest_runs"),
        ("V0301__create_backtest_results.sql", "backtest_results"),
        ("V0302__create_backtest_trades.sql", "backtest_trades"),
        ("V0303__create_backtest_equity_points.sql", "backtest_equity_points"),
        ("V0305__store_equity_in_chunks.sql", "backtest_equity_curve"), ("V0310__create_trials.sql", "trials"),
        ("V0306__keep_excess_of_results.sql", "backtest_results"), ("V0312__keep_excess_of_trials.sql", "trials"),
        ("V0328__create_watchlist_items.sql", "watchlist_items"),
        ("V0330__add_fk_backtest_runs_job.sql", "backtest_runs"),
        ("V0400__create_paper_accounts.sql", "paper_accounts"),
        ("V0401__create_positions.sql", "positions"), ("V0402__create_orders.sql", "orders"),
        ("V0403__create_executions.sql", "executions"), ("V0410__create_paper_runners.sql", "paper_runners"),
        ("V0420__create_replays.sql", "replays"), ("V0430__create_alerts.sql", "alerts"),
        ("V0431__create_webhooks.sql", "webhooks"),
        ("V0490__practise_on_several_symbols.sql", "replay_holdings"),
        ("V0500__rescale_positions.sql", "position_rescalings"),
        ("V0600__create_ai_usage.sql", "ai_usage"),
    ])
    func `each file has its name and its table`(_ file: String, _ table: String) throws {
        let migrator = try Migrator(directory: Repository.migrations)
        #expect(migrator.migrations.contains { $0.fileName == file })
        var db = try Seed.database.connect()
        let rows = try db.query("SELECT to_regclass($1) IS NOT NULL", [.text(table)])
        #expect(try rows.bool(0, 0) == true)
    }

    @Test func `they apply once and leave nothing to do`() throws {
        var db = try Seed.database.connect()
        let migrator = try Migrator(directory: Repository.migrations)
        #expect(try migrator.pending(of: &db) == [])
        #expect(try migrator.needs.obstacle(in: &db) == nil)
    }

    @Test func `every table and every column whose name does not tell says what it is`() throws {
        var db = try Seed.database.connect()
        let silent = try db.query(
            """
            SELECT coalesce(array_agg(relname::text), '{}') FROM pg_class
            WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND obj_description(oid, 'pg_class') IS NULL
            """
        ).strings(0, 0)
        #expect(silent == [])
        let words = try db.query(
            "SELECT count(*) FROM pg_description WHERE objsubid > 0 AND objoid::regclass::text = 'backtest_results'")
        #expect(try words.int(0, 0) >= 36)
    }

    @Test func `no double is without a rule against NaN and infinity`() throws {
        var db = try Seed.database.connect()
        let rows = try db.query(
            """
            SELECT c.relname::text, a.attname::text FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
            WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND a.attnum > 0
                AND a.atttypid IN ('float8'::regtype, 'numeric'::regtype)
            """)
        #expect(rows.count > 60)
        for row in 0..<rows.count {
            let (table, column) = (try rows.string(row, 0), try rows.string(row, 1))
            guard Seed.rows[table] != nil else { continue }
            for value in ["'NaN'", "'Infinity'", "'-Infinity'"] {
                let code = refusal(of: Seed.insert(table, [column: value]), in: &db)
                #expect(code != nil, "\(table).\(column) = \(value)")
            }
        }
    }

    @Test(arguments: Seed.rows.keys.sorted())
    func `a correct row is taken`(_ table: String) throws {
        var db = try Seed.database.connect()
        try db.script("BEGIN")
        #expect(try db.execute(Seed.insert(table)) == 1)
        try db.script("ROLLBACK")
    }
}

/// Why the server refused, or nil when it did not; either way nothing stays.
func refusal(of sql: String, in db: inout Connection) -> PostgresError.Code? {
    defer { try? db.script("ROLLBACK") }
    do {
        // Constraints that wait for the commit are asked at once.
        try db.script("BEGIN; SET CONSTRAINTS ALL IMMEDIATE; \(sql)")
        return nil
    } catch {
        return error.code
    }
}
