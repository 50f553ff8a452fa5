import Daemon
import JSON
import Market
import Postgres
import TestSupport
import Testing

@testable import App

/// Runs that another release made: what it did not keep, and what it decided otherwise.
@Suite struct OlderRunsTests {
    private let installation: Installation
    private let user: TestBrowser
    private let path: String
    private let id: String

    /// One completed run on a hundred days.
    init() throws {
        installation = try Installation()
        user = try installation.user().browser
        var db = try installation.database.connect()
        var text = BarFile.header + "\n"
        for day in 0..<100 {
            let price = 100 + (day / 12 % 2 == 0 ? day % 12 : 12 - day % 12) + day % 3
            let date = CalendarDay(daysSinceEpoch: 18_000 + day)!
            text += "\(date),\(price).25,\(price + 1).5,\(price - 1).75,\(price).5,1000\n"
        }
        let file = try BarFile.read(
            Array(text.utf8), name: "f.csv", assetType: .crypto, timeframe: .day,
            now: CalendarDay.last.start.microseconds)
        _ = try BarImport(symbol: "OLD-USD").run(file, in: &db)
        let strategy = try user.send(
            "POST", "/api/strategies",
            [
                "name": "old", "asset_type": "CRYPTO", "timeframe": "1d",
                "definition": try parse(Array(TestDefinition.crossing.utf8)),
            ])
        let queued = try user.send(
            "POST", "/api/backtests",
            [
                "strategy_id": strategy.object?["id"] ?? .null, "symbol": "OLD-USD", "timeframe": "1d",
                "start_date": "2019-04-14", "end_date": "2019-12-31",
                "simulation": ["slippage_bps": 5, "execution_timing": "next_open"],
            ])
        id = queued.object?["id"]?.stringValue ?? ""
        path = "/api/backtests/" + id
        #expect(
            try SimulateRun(installation.configuration, log: Log(minimum: .error)).runNext(as: "test", in: &db) { _ in }
        )
    }

    private static let kept = """
        SELECT b.excess_count, b.excess_mean, b.excess_sd, b.excess_skewness, b.excess_kurtosis, t.excess_count,
          t.excess_mean, t.excess_sd
        FROM backtest_results b, trials t
        """

    private func excess(in db: inout Connection) throws -> [Double?] {
        try db.run(
            .one(Self.kept) { row in
                var values: [Double?] = [try row.next(Int?.self).map { Double($0) }]
                for _ in 0..<4 { values.append(try row.next()) }
                values.append(try row.next(Int?.self).map { Double($0) })
                for _ in 0..<2 { values.append(try row.next()) }
                return values
            })
    }

    /// As the release before left the tables.
    private func forget(in db: inout Connection) throws {
        try db.script(
            """
            BEGIN;
            ALTER TABLE backtest_results DISABLE TRIGGER backtest_results_never_updated;
            ALTER TABLE trials DISABLE TRIGGER trials_append_only;
            UPDATE backtest_results SET excess_count = NULL, excess_mean = NULL, excess_sd = NULL, excess_skewness = NULL,
              excess_kurtosis = NULL;
            UPDATE trials SET excess_count = NULL, excess_mean = NULL, excess_sd = NULL;
            ALTER TABLE backtest_results ENABLE TRIGGER backtest_results_never_updated;
            ALTER TABLE trials ENABLE TRIGGER trials_append_only;
            COMMIT
            """)
    }

    private func reasons() throws -> Object? {
        try user.send("GET", path).object?["statistics"]?.objectValue?["null_reasons"]?.objectValue
    }

    @Test func `what is left after the market is computed later where it was not kept`() throws {
        var db = try installation.database.connect()
        let kept = try excess(in: &db)
        #expect(kept.count == 8 && kept[0] == 99 && kept.allSatisfy { $0 != nil })
        let shown = try user.send("GET", path).object?["statistics"]?.objectValue
        #expect(shown?["dsr_excess"]?.numberValue != nil && shown?["excess_sharpe_per_bar"]?.numberValue != nil)
        try forget(in: &db)
        #expect(try reasons()?["dsr_excess"] == "NOT_COMPUTED")
        #expect(try StoredExcess.complete(in: &db) { _ in } == 1)
        let computed = try excess(in: &db)
        for (one, other) in zip(kept, computed) {
            #expect(abs((one ?? .nan) - (other ?? .nan)) <= 1e-12 * abs(one ?? .nan), "\(kept) \(computed)")
        }
        #expect(try reasons()?["dsr_excess"] == nil)
        #expect(try StoredExcess.complete(in: &db) { _ in } == 0, "once is enough")
    }

    @Test func `a run on bars that were corrected since says that nothing can be told, and is not asked again`() throws
    {
        var db = try installation.database.connect()
        try forget(in: &db)
        try db.script("UPDATE crypto_daily_bars SET high = high + 1 WHERE date = '2019-05-01'")
        #expect(try StoredExcess.complete(in: &db) { _ in } == 1)
        #expect(try excess(in: &db) == [0, nil, nil, nil, nil, nil, nil, nil])
        #expect(try reasons()?["dsr_excess"] == "NOT_COMPUTED")
        #expect(try StoredExcess.complete(in: &db) { _ in } == 0)
    }

    @Test func `an identical run again gives the trial what it lacks`() throws {
        var db = try installation.database.connect()
        let kept = try excess(in: &db)
        try forget(in: &db)
        let run = try #require(try user.send("GET", path).object)
        let queued = try user.send(
            "POST", "/api/backtests",
            [
                "strategy_id": run["strategy_id"] ?? .null, "symbol": "OLD-USD", "timeframe": "1d",
                "start_date": run["start_date"] ?? .null, "end_date": run["end_date"] ?? .null,
                "simulation": run["simulation"] ?? .null,
            ])
        #expect(queued.status == 202, "\(queued.text)")
        #expect(
            try SimulateRun(installation.configuration, log: Log(minimum: .error)).runNext(as: "test", in: &db) { _ in }
        )
        let trials = try db.query("SELECT count(*), max(excess_count), max(excess_mean) FROM trials")
        #expect(try trials.int(0, 0) == 1 && trials.int(0, 1) == 99)
        #expect(try trials.double(0, 2) == kept[6])
    }

    @Test func `a run of another engine says so, with both results`() throws {
        var db = try installation.database.connect()
        try db.script(
            """
            BEGIN;
            ALTER TABLE backtest_runs DISABLE TRIGGER backtest_runs_end_is_final;
            UPDATE backtest_runs SET engine_version = '1', result_hash = repeat('0', 64);
            ALTER TABLE backtest_runs ENABLE TRIGGER backtest_runs_end_is_final;
            COMMIT
            """)
        let run = try #require(try user.send("GET", path).object)
        let verifying = try user.send("POST", path + "/verify", [:])
        #expect(
            try VerifyRun(installation.configuration, log: Log(minimum: .error)).runNext(as: "test", in: &db) { _ in })
        let job = try user.send("GET", verifying["Location"] ?? "").object
        let found = try #require(job?["result"]?.objectValue)
        #expect(found["outcome"] == "ENGINE_CHANGED", "\(found)")
        #expect(found["engine_version"] == ["run": "1", "now": "2"])
        #expect(found["result_hash"]?.objectValue?["run"] != found["result_hash"]?.objectValue?["now"])
        for figure in ["final_equity", "total_return_pct", "num_trades"] {
            let stored = run["results"]?.objectValue?[figure]
            #expect(stored?.numberValue != nil)
            #expect(found[figure] == ["run": stored ?? .null, "now": stored ?? .null], "\(figure)")
        }
    }
}
