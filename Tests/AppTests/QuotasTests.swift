import Foundation
import HTTP
import Jobs
import Postgres
import Synchronization
import TestSupport
import Testing

@testable import App

@Suite struct QuotasTests {
    private static let database = try! TestDatabase()

    /// A user with a strategy to run.
    private struct Desk: Sendable {
        let user: String
        let strategy: String
        let version: Int
        let symbol: Int

        init(_ symbol: String) throws {
            var db = try QuotasTests.database.connect()
            user = try db.query("INSERT INTO users DEFAULT VALUES RETURNING id").string(0, 0)
            self.symbol = try db.query(
                "INSERT INTO symbols (symbol, name, asset_type) VALUES ($1, $1, 'EQUITY') RETURNING id", [.text(symbol)]
            ).int(0, 0)
            strategy = try db.query(
                """
                INSERT INTO strategies (user_id, lineage_id, name, asset_type, timeframe)
                VALUES ($1::uuid, gen_random_uuid(), 'one', 'EQUITY', '1d') RETURNING id
                """, [.text(user)]
            ).string(0, 0)
            version = try db.query(
                """
                INSERT INTO strategy_versions (strategy_id, version_number, definition_json, definition_hash)
                VALUES ($1::uuid, 1, '{}', repeat('ab', 32)) RETURNING id
                """, [.text(strategy)]
            ).int(0, 0)
        }

        /// What an order stores.
        @discardableResult
        func order(_ limits: Configuration, points: Int = 10, in db: inout Connection) throws -> String {
            try db.transaction { db in
                let run = try insertRun(points: points, in: &db)
                try db.run(.usage(of: user))?.checkRuns(limits)
                return run
            }
        }

        /// Its row and its job, in the caller's transaction.
        @discardableResult
        func insertRun(points: Int = 10, in db: inout Connection) throws -> String {
            let job = try SimulateRun.enqueue(userID: user, in: &db)
            return try db.query(
                """
                INSERT INTO backtest_runs (user_id, strategy_id, strategy_version_id, symbol_id, timeframe, start_date,
                  end_date, initial_equity, options_json, periods_per_year, job_id, equity_points)
                VALUES ($1::uuid, $2::uuid, $3::int, $4::int, '1d', '2020-01-01', '2020-12-31', 1, '{}', 252, $5::uuid,
                  $6::int) RETURNING id
                """,
                [
                    .text(user), .text(strategy), Parameter(version), Parameter(symbol), .text(job),
                    Parameter(points),
                ]
            ).string(0, 0)
        }

        /// Ends every run in this way.
        func endAll(_ status: String, in db: inout Connection) throws {
            try db.execute(
                """
                UPDATE backtest_runs SET status = $2, finished_at = now(), error_code = CASE $2 WHEN 'failed' THEN 'X' END
                WHERE user_id = $1::uuid AND status = 'pending'
                """, [.text(user), .text(status)])
            try db.execute(
                "UPDATE jobs SET status = 'cancelled', finished_at = now() WHERE user_id = $1::uuid AND status = 'pending'",
                [.text(user)])
        }

        func usage(_ db: inout Connection) throws -> [Int] {
            let rows = try db.query(
                "SELECT runs, equity_points FROM user_usage WHERE user_id = $1::uuid", [.text(user)])
            return [try rows.int(0, 0), try rows.int(0, 1)]
        }
    }

    @Test func `of many orders at once exactly as many are taken as may wait`() throws {
        let limits = try Configuration([:])
        let desk = try Desk("CROWD")
        let taken = Atomic(0), refused = Atomic(0)
        inParallel(8) { _ in
            guard var db = try? Self.database.connect() else { return }
            for _ in 0..<5 {
                do {
                    try desk.order(limits, in: &db)
                    taken.add(1, ordering: .relaxed)
                } catch let problem as Problem where problem.code == "QUOTA_EXCEEDED" && problem.status == 429 {
                    refused.add(1, ordering: .relaxed)
                } catch {}
            }
        }
        #expect(taken.load(ordering: .relaxed) == 20)
        #expect(refused.load(ordering: .relaxed) == 20)
        var db = try Self.database.connect()
        // What was refused left nothing.
        #expect(try desk.usage(&db) == [20, 200])
        #expect(try db.query("SELECT count(*) FROM jobs WHERE user_id = $1::uuid", [.text(desk.user)]).int(0, 0) == 20)
    }

    @Test func `a job that is over makes room for another`() throws {
        let limits = try Configuration(["QUOTA_QUEUED_JOBS": "1"])
        let desk = try Desk("ROOM")
        var db = try Self.database.connect()
        try desk.order(limits, in: &db)
        #expect(throws: Problem.self) { try desk.order(limits, in: &db) }
        try desk.endAll("cancelled", in: &db)
        try desk.order(limits, in: &db)
    }

    @Test func `who wants a run checked waits for who orders one`() throws {
        let limits = try Configuration([:])
        let desk = try Desk("BOTH")
        var ordering = try Self.database.connect(), verifying = try Self.database.connect()
        let run = try desk.order(limits, in: &ordering)
        try verifying.script("SET lock_timeout = '200ms'")
        try ordering.transaction { db in
            try desk.insertRun(in: &db)
            let error = #expect(throws: PostgresError.self) {
                try VerifyRun.job(for: run, of: desk.user, requestID: nil, limits, in: &verifying)
            }
            #expect(error?.code == .lockNotAvailable)
        }
        _ = try VerifyRun.job(for: run, of: desk.user, requestID: nil, limits, in: &verifying)
    }

    @Test func `a run is verified also by who has more runs than the quota is now, but not beside too many jobs`()
        throws
    {
        let desk = try Desk("CHECKED")
        var db = try Self.database.connect()
        let runs = try (0..<2).map { _ in try desk.order(Configuration([:]), points: 100, in: &db) }
        try desk.endAll("cancelled", in: &db)
        let narrow = try Configuration([
            "QUOTA_RUNS": "1", "QUOTA_EQUITY_POINTS": "1", "QUOTA_QUEUED_JOBS": "1",
        ])
        _ = try VerifyRun.job(for: runs[0], of: desk.user, requestID: nil, narrow, in: &db)
        let problem = #expect(throws: Problem.self) {
            try VerifyRun.job(for: runs[1], of: desk.user, requestID: nil, narrow, in: &db)
        }
        #expect(problem?.code == "QUOTA_EXCEEDED")
        #expect(problem?.detail == "You have 1 unfinished job, as many as you may. Wait for one to end.")
    }

    @Test func `stored runs are counted until they are deleted`() throws {
        let limits = try Configuration(["QUOTA_RUNS": "3"])
        let desk = try Desk("KEPT")
        var db = try Self.database.connect()
        for _ in 0..<3 { try desk.order(limits, in: &db) }
        try desk.endAll("failed", in: &db)
        #expect(throws: Problem.self) { try desk.order(limits, in: &db) }
        let run = try db.query("SELECT id FROM backtest_runs WHERE user_id = $1::uuid", [.text(desk.user)]).string(0, 0)
        #expect(try RunStore.delete(run, of: desk.user, in: &db))
        try desk.order(limits, in: &db)
        #expect(throws: Problem.self) { try desk.order(limits, in: &db) }
    }

    @Test func `trials are never fewer, and nobody tries without end`() throws {
        let limits = try Configuration(["QUOTA_TRIALS": "3"])
        let desk = try Desk("TRIED")
        var db = try Self.database.connect()
        try desk.order(limits, in: &db)
        func tries(_ count: Int) throws {
            try db.execute(
                """
                INSERT INTO trials (owner_id, lineage_id, definition_hash, settings_hash, symbol_id, timeframe,
                  window_start, window_end, returns_count, block_counts, block_sums, block_squares)
                SELECT $1::uuid, gen_random_uuid(), repeat('ab', 32), repeat('ab', 32), $2::int, '1d', '2020-01-01',
                  '2020-12-31', 0, array_fill(0, ARRAY[16]), array_fill(0::float8, ARRAY[16]),
                  array_fill(0::float8, ARRAY[16])
                FROM generate_series(1, $3::int)
                """, [.text(desk.user), Parameter(desk.symbol), Parameter(count)])
        }
        try tries(2)
        try desk.order(limits, in: &db)
        try tries(1)
        let problem = #expect(throws: Problem.self) { try desk.order(limits, in: &db) }
        #expect(problem?.code == "QUOTA_EXCEEDED" && problem?.status == 429)
        #expect(try desk.usage(&db) == [2, 20])
    }

    @Test(arguments: ["pending", "running"])
    func `an account that ends leaves no run that nobody ends`(_ status: String) throws {
        let desk = try Desk("ENDED-\(status.uppercased())")
        var db = try Self.database.connect()
        let run = try desk.order(try Configuration([:]), in: &db)
        // A worker that gave the job back had begun with the run.
        try db.execute(
            "UPDATE backtest_runs SET status = $2, started_at = now() WHERE id = $1::uuid", [.text(run), .text(status)])
        try db.transaction { db in try RunStore.cancelAll(of: desk.user, in: &db) }
        let found = try db.query(
            """
            SELECT r.status || ' ' || j.status FROM backtest_runs r JOIN jobs j ON j.id = r.job_id WHERE r.id = $1::uuid
            """, [.text(run)])
        #expect(try found.string(0, 0) == "cancelled cancelled")
    }

    @Test func `points of curves count while they are stored or may still come`() throws {
        let limits = try Configuration(["QUOTA_EQUITY_POINTS": "100"])
        let desk = try Desk("CURVE")
        var db = try Self.database.connect()
        try desk.order(limits, points: 60, in: &db)
        #expect(throws: Problem.self) { try desk.order(limits, points: 41, in: &db) }
        try desk.order(limits, points: 40, in: &db)
        #expect(try desk.usage(&db) == [2, 100])
        // A run without a result has no curve.
        try desk.endAll("cancelled", in: &db)
        #expect(try desk.usage(&db) == [2, 0])
        let run = try db.query("SELECT id FROM backtest_runs WHERE user_id = $1::uuid", [.text(desk.user)]).string(0, 0)
        #expect(try RunStore.delete(run, of: desk.user, in: &db))
        #expect(try desk.usage(&db) == [1, 0])
        try desk.order(limits, points: 100, in: &db)
    }
}
