import JSON
import Jobs
import Postgres
import TestSupport
import Testing

@testable import App

/// Runs that another release made: what it did not keep, and what it decided otherwise.
@Suite struct OlderRunsTests {
    private let run = try! CompletedRun()

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
    private func forget() throws {
        try run.rewrite(
            """
            UPDATE backtest_results SET excess_count = NULL, excess_mean = NULL, excess_sd = NULL, excess_skewness = NULL,
              excess_kurtosis = NULL;
            UPDATE trials SET excess_count = NULL, excess_mean = NULL, excess_sd = NULL
            """)
    }

    private func statistics() throws -> Object? { try run.told()["statistics"]?.objectValue }

    private func reasons() throws -> Object? { try statistics()?["null_reasons"]?.objectValue }

    private func complete(in db: inout Connection) throws -> StoredExcess.Completion {
        try StoredExcess.complete(in: &db, warn: { _ in }) { _ in }
    }

    @Test func `what is left after the market is computed later where it was not kept`() throws {
        var db = try run.connect()
        let kept = try excess(in: &db)
        #expect(kept.count == 8 && kept[0] == 99 && kept.allSatisfy { $0 != nil })
        let shown = try statistics()
        #expect(shown?["dsr_excess"]?.numberValue != nil && shown?["excess_sharpe_per_bar"]?.numberValue != nil)
        try forget()
        #expect(try reasons()?["dsr_excess"] == "NOT_COMPUTED")
        #expect(try complete(in: &db) == .init(done: 1))
        let computed = try excess(in: &db)
        for (one, other) in zip(kept, computed) {
            #expect(abs((one ?? .nan) - (other ?? .nan)) <= 1e-12 * abs(one ?? .nan), "\(kept) \(computed)")
        }
        #expect(try reasons()?["dsr_excess"] == nil)
        #expect(try complete(in: &db) == .init(), "once is enough")
    }

    @Test func `a run on bars that were corrected since says that nothing can be told, and is not asked again`() throws
    {
        var db = try run.connect()
        try forget()
        try db.script("UPDATE crypto_daily_bars SET high = high + 1 WHERE date = '2019-05-01'")
        #expect(try complete(in: &db) == .init(done: 1))
        #expect(try excess(in: &db) == [0, nil, nil, nil, nil, nil, nil, nil])
        #expect(try reasons()?["dsr_excess"] == "NOT_COMPUTED")
        #expect(try complete(in: &db) == .init())
    }

    @Test func `an identical run again gives the trial what it lacks`() throws {
        var db = try run.connect()
        let kept = try excess(in: &db)
        try forget()
        #expect(try run.orderAgain().status == 202)
        try run.simulate()
        let trials = try db.query("SELECT count(*), max(excess_count), max(excess_mean) FROM trials")
        #expect(try trials.int(0, 0) == 1 && trials.int(0, 1) == 99)
        #expect(try trials.double(0, 2) == kept[6])
    }

    @Test func `a trial whose returns are another engine's takes nothing from a run of this one`() throws {
        var db = try run.connect()
        try forget()
        try run.rewrite("UPDATE trials SET returns_mean = returns_mean * 2")
        #expect(try run.orderAgain().status == 202)
        try run.simulate()
        #expect(try complete(in: &db) == .init(done: 1))
        let trials = try db.query("SELECT count(*), count(excess_count) FROM trials")
        #expect(try trials.int(0, 0) == 1 && trials.int(0, 1) == 0)
    }

    @Test func `a run that cannot be read keeps no other from its completion, and is tried again`() throws {
        var db = try run.connect()
        for _ in 0..<3 {
            _ = try run.orderAgain()
            try run.simulate()
        }
        try forget()
        let first = "(SELECT id FROM backtest_runs ORDER BY id LIMIT 1)"
        try run.rewrite("UPDATE backtest_runs SET options_json = '{\"trailing\": 1}' WHERE id = \(first)")
        for done in [3, 0] {
            var warnings: [String] = []
            let completion = try StoredExcess.complete(in: &db, warn: { warnings.append($0) }) { _ in }
            #expect(completion == .init(done: done, left: 1))
            #expect(warnings.count == 1 && warnings[0].hasPrefix("Backtest "), "\(warnings)")
        }
        try run.rewrite("UPDATE backtest_runs SET options_json = '{}' WHERE id = \(first)")
        #expect(try complete(in: &db) == .init(done: 1))
    }

    @Test func `what would end every run's completion ends it`() throws {
        var db = try run.connect()
        try forget()
        #expect(throws: EarlyEndError.self) {
            try StoredExcess.complete(in: &db, warn: { _ in }) { _ in throw EarlyEndError.stopping }
        }
        // A table that is locked is no run's fault.
        try forget()
        var other = try run.connect()
        try other.script("BEGIN; LOCK TABLE backtest_equity_points")
        try db.script("SET lock_timeout = '50ms'")
        let error = #expect(throws: PostgresError.self) { try complete(in: &db) }
        #expect(error?.code == .lockNotAvailable)
    }

    @Test func `a run of another engine says so, with both results`() throws {
        try run.rewrite("UPDATE backtest_runs SET engine_version = '1', result_hash = repeat('0', 64)")
        let told = try run.told()
        let found = try #require(try run.verified()["result"]?.objectValue)
        #expect(found["outcome"] == "ENGINE_CHANGED", "\(found)")
        #expect(found["engine_version"] == ["run": "1", "now": "2"])
        #expect(found["result_hash"]?.objectValue?["run"] != found["result_hash"]?.objectValue?["now"])
        for figure in ["final_equity", "total_return_pct", "num_trades"] {
            let stored = told["results"]?.objectValue?[figure]
            #expect(stored?.numberValue != nil)
            #expect(found[figure] == ["run": stored ?? .null, "now": stored ?? .null], "\(figure)")
        }
    }
}
