import Postgres
import TestSupport
import Testing

@Suite struct TriggerTests {
    @Test(arguments: [
        ("symbols_never_deleted", "DELETE FROM symbols WHERE id = 3"),
        (
            "symbols_kind_is_final",
            "UPDATE symbols SET asset_type = 'CRYPTO', base_asset = 'A', quote_asset = 'B' WHERE id = 3"
        ),
        ("bar_series_revision_grows", "UPDATE bar_series SET revision = 4"),
        (
            "equity_daily_bars_symbol_kind",
            "\(Seed.insert("equity_daily_bars")); UPDATE equity_daily_bars SET symbol_id = 2"
        ),
        ("jobs_unfinished_stay", "DELETE FROM jobs"),
        ("jobs_identity_is_final", "UPDATE jobs SET job_type = 'other'"),
        ("jobs_end_is_final", "\(Self.endJob); UPDATE jobs SET status = 'pending', finished_at = NULL"),
        ("jobs_end_is_final", "\(Self.endJob); UPDATE jobs SET finished_at = finished_at + interval '1 s'"),
        ("audit_events_append_only", "DELETE FROM audit_events"), ("audit_events_append_only", "TRUNCATE audit_events"),
        ("audit_events_append_only", "UPDATE audit_events SET event_type = 'other'"),
        ("audit_events_append_only", "UPDATE audit_events SET payload_json = '{\"a\": 1}'"),
        ("audit_events_append_only", "UPDATE audit_events SET user_id = \(Seed.user)"),
        ("strategies_owner_is_final", "UPDATE strategies SET user_id = \(Seed.other)"),
        ("strategy_versions_never_updated", "UPDATE strategy_versions SET definition_json = '{\"a\": 1}'"),
        ("backtest_runs_end_is_final", "UPDATE backtest_runs SET error_message = 'x' WHERE id = \(Seed.finishedRun)"),
        (
            "backtest_runs_end_is_final",
            "UPDATE backtest_runs SET status = 'pending', finished_at = NULL, result_hash = NULL"
        ),
        ("backtest_runs_end_is_final", "UPDATE backtest_runs SET job_id = \(Seed.job) WHERE id = \(Seed.finishedRun)"),
        ("backtest_runs_question_is_final", "UPDATE backtest_runs SET initial_equity = 1 WHERE id = \(Seed.run)"),
        ("backtest_results_never_updated", "UPDATE backtest_results SET final_equity = 1"),
        ("backtest_results_never_updated", "UPDATE backtest_results SET excess_count = 2, psr_excess = 0.99"),
        (
            "backtest_results_never_updated",
            "UPDATE backtest_results SET excess_count = 2; UPDATE backtest_results SET excess_mean = 1"
        ),
        ("trials_append_only", "UPDATE trials SET excess_count = 2, returns_sd = 1"),
        ("trials_append_only", "UPDATE trials SET excess_count = 2; UPDATE trials SET excess_mean = 1"),
        ("backtest_trades_never_updated", "UPDATE backtest_trades SET pnl_abs = 1"),
        ("backtest_equity_points_never_updated", "UPDATE backtest_equity_points SET equity = '{1,2}'"),
        ("backtest_equity_thinned_never_updated", "UPDATE backtest_equity_thinned SET equity = '{1}'"),
        ("trials_append_only", "DELETE FROM trials"), ("trials_append_only", "TRUNCATE trials"),
        ("trials_append_only", "UPDATE trials SET returns_mean = 1"),
        ("trials_append_only", "UPDATE trials SET owner_id = \(Seed.other)"),
        ("trials_append_only", "UPDATE trials SET owner_id = NULL, lineage_id = NULL, skewness = 1"),
        ("paper_accounts_identity_is_final", "UPDATE paper_accounts SET user_id = \(Seed.other)"),
        ("orders_end_is_final", "UPDATE orders SET avg_fill_price = 1"),
        ("paper_generations_append_only", "UPDATE paper_generations SET fees = 1"),
        ("paper_generations_append_only", "DELETE FROM paper_generations"),
        ("executions_append_only", "UPDATE executions SET price = 1"),
        ("executions_append_only", "DELETE FROM executions"),
        ("executions_append_only", "TRUNCATE executions"),
        ("replays_clock_goes_on", "UPDATE replays SET clock = '2020-01-02Z'"),
        ("replays_clock_goes_on", "UPDATE replays SET symbol_id = 2"),
        ("replay_orders_end_is_final", "\(Seed.insert("replay_orders")); UPDATE replay_orders SET fee = 1"),
        ("position_rescalings_append_only", "UPDATE position_rescalings SET quantity_after = 7"),
        ("position_rescalings_append_only", "DELETE FROM position_rescalings"),
        ("position_rescalings_append_only", "TRUNCATE position_rescalings"),
        ("series_rescalings_append_only", "UPDATE series_rescalings SET numerator = 3"),
        ("series_rescalings_append_only", "DELETE FROM series_rescalings"),
        ("series_rescalings_append_only", "TRUNCATE series_rescalings, position_rescalings"),
    ])
    func `what is final stays`(_ constraint: String, _ sql: String) throws {
        var db = try Seed.database.connect()
        let code = refusal(of: sql, in: &db)
        #expect(code == .checkViolation(constraint: constraint))
    }

    @Test(arguments: [
        "\(Self.endJob); UPDATE jobs SET payload_json = '{}', error_message = NULL",
        "\(Self.endJob); UPDATE backtest_runs SET job_id = NULL; DELETE FROM jobs",
        "UPDATE audit_events SET payload_json = NULL, payload_salt = NULL, user_id = NULL",
        "SET LOCAL bitstockerz.audit_prune = 'on'; DELETE FROM audit_events",
        "UPDATE trials SET owner_id = NULL, lineage_id = NULL",
        "UPDATE trials SET excess_count = 30, excess_mean = 0.1, excess_sd = 0.2",
        "UPDATE trials SET excess_count = 30; UPDATE trials SET owner_id = NULL, lineage_id = NULL",
        "UPDATE backtest_results SET excess_count = 30, excess_mean = 0.1, excess_sd = 0.2, excess_skewness = 0",
        "UPDATE symbols SET is_active = false, name = 'Gone'", "UPDATE strategies SET name = 'New', is_active = false",
        "UPDATE backtest_runs SET status = 'running', started_at = now() WHERE id = \(Seed.run)",
        "UPDATE bar_series SET revision = 6", "UPDATE replays SET clock = '2020-01-06Z', speed = 1",
    ])
    func `what may still change does`(_ sql: String) throws {
        var db = try Seed.database.connect()
        #expect(refusal(of: sql, in: &db) == nil)
    }

    private static let endJob = "UPDATE jobs SET status = 'cancelled', finished_at = now() WHERE id = \(Seed.job)"

    @Test func `a deleted run takes its result, trades and equity along, and leaves its trial`() throws {
        var db = try Seed.database.connect()
        try db.script("BEGIN; DELETE FROM backtest_runs WHERE id = \(Seed.finishedRun)")
        let rows = try db.query(
            """
            SELECT (SELECT count(*) FROM backtest_results), (SELECT count(*) FROM backtest_trades),
                (SELECT count(*) FROM backtest_equity_points), (SELECT count(*) FROM backtest_equity_thinned),
                (SELECT count(*) FROM trials)
            """)
        let counts = try (0..<5).map { try rows.int(0, $0) }
        try db.script("ROLLBACK")
        #expect(counts == [0, 0, 0, 0, 1])
    }

    @Test func `the job of a finished run may go, and the run says so`() throws {
        var db = try Seed.database.connect()
        try db.script(
            """
            BEGIN; \(Self.endJob);
            UPDATE backtest_runs SET status = 'cancelled', finished_at = now() WHERE id = \(Seed.run);
            DELETE FROM jobs WHERE id = \(Seed.job)
            """)
        let left = try db.query("SELECT job_id::text, status FROM backtest_runs WHERE id = \(Seed.run)")
        #expect(left.isNull(0, 0) == true)
        #expect(try left.string(0, 1) == "cancelled")
        try db.script("ROLLBACK")
    }

    @Test func `a run that is being deleted gets no more equity points`() throws {
        let database = try TestDatabase()
        var first = try database.connect()
        var second = try database.connect(SessionSettings(lockTimeoutMilliseconds: 100))
        try first.script(
            """
            INSERT INTO users (id) VALUES (\(Seed.user));
            INSERT INTO symbols (symbol, name, asset_type) VALUES ('AAPL', 'Apple', 'EQUITY');
            \(Seed.insert("strategies", ["id": Seed.strategy]));
            \(Seed.insert("strategy_versions", ["version_number": "1"]));
            \(Seed.insert("backtest_runs", ["id": Seed.run, "job_id": "NULL"]))
            """)
        try first.script("BEGIN; DELETE FROM backtest_runs")
        let waiting = refusal(of: Seed.insert("backtest_equity_points"), in: &second)
        #expect(waiting == .lockNotAvailable)
        try first.script("COMMIT")
        let gone = refusal(of: Seed.insert("backtest_equity_points"), in: &second)
        #expect(gone == .foreignKeyViolation(constraint: "backtest_equity_points_run_fkey"))
    }
}
