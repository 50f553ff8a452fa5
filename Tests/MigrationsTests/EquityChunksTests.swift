import Foundation
import Postgres
import TestSupport
import Testing

/// `V0305__store_equity_in_chunks.sql` on a database that holds curves of the old form, one row a point.
@Suite struct EquityChunksTests {
    private static let file = "V0305__store_equity_in_chunks.sql"
    /// So many points had the runs that are stored, around the size of a chunk and far beyond it.
    private static let counts = [1, 2, 1_023, 1_024, 1_025, 2_048, 2_049, 17_500]

    /// A database as a release before V0305 left it, with runs of ``counts`` points.
    private final class Old {
        let database: TestDatabase

        init() throws {
            database = try .lacking { $0 == EquityChunksTests.file }
            var db = try database.connect()
            try db.script(
                """
                INSERT INTO users (id) VALUES (\(Seed.user));
                INSERT INTO symbols (symbol, name, asset_type) VALUES ('AAPL', 'Apple', 'EQUITY');
                \(Seed.insert("strategies", ["id": Seed.strategy]));
                \(Seed.insert("strategy_versions", ["version_number": "1"]))
                """)
            for count in counts {
                let run = EquityChunksTests.run(count)
                try db.script(
                    Seed.insert("backtest_runs", ["id": run, "job_id": "NULL", "idempotency_key": "'\(count)'"]))
                // Newest first: the order of the rows is none of the curve's.
                try db.script(
                    """
                    INSERT INTO backtest_equity_points
                    SELECT \(run), to_timestamp(i * 3600), sin(i) * \(count) FROM generate_series(\(count), 1, -1) AS i
                    """)
            }
        }

        func connect() throws -> Connection { try database.connect() }
    }

    private static func run(_ count: Int) -> String { "'00000000-0000-4000-9000-\(String(100_000_000_000 + count))'" }

    /// Every point there is, one a line.
    private static func points(_ table: String, _ db: inout Connection) throws -> [String] {
        try db.run(
            .values("SELECT p::text FROM (SELECT backtest_run_id, ts, equity FROM \(table)) AS p ORDER BY p"))
    }

    private static func migrate(
        _ db: inout Connection, patience: Migrator.Patience = Migrator.Patience()
    ) throws -> [String] {
        try Migrator(directory: Repository.migrations).apply(to: &db, patience: patience).map(\.fileName)
    }

    @Test func `curves of one row a point become chunks with the same points`() throws {
        let old = try Old()
        var db = try old.connect()
        let before = try Self.points("backtest_equity_points", &db)
        #expect(before.count == Self.counts.reduce(0, +))
        #expect(try Self.migrate(&db) == [Self.file])
        #expect(try Self.points("backtest_equity_curve", &db) == before)
        for count in Self.counts {
            let sizes = try db.run(
                Query<[Int]>.values(
                    """
                    SELECT cardinality(ts) FROM backtest_equity_points WHERE backtest_run_id = \(Self.run(count))
                    ORDER BY chunk_no
                    """))
            #expect(sizes.dropLast().allSatisfy { $0 == 1_024 } && sizes.reduce(0, +) == count, "\(sizes)")
        }
        #expect(
            try db.run(.value("SELECT min(equity_points) = 0 FROM backtest_runs")) == true, "no run was touched")
        let left = try db.run(
            Query<[String]>.values(
                "SELECT proname::text FROM pg_proc WHERE proname IN ('check_equity_points_run', 'delete_equity_points')"
            ))
        #expect(left == [])
        try db.script("DELETE FROM backtest_runs WHERE id = \(Self.run(17_500))")
        #expect(try db.run(.value("SELECT count(*) FROM backtest_equity_curve")) == before.count - 17_500)
    }

    @Test func `a conversion that is cut off at its end leaves the old form, and the next one does it all`() throws {
        let old = try Old()
        var reader = try old.connect(), watcher = try old.connect()
        let before = try Self.points("backtest_equity_points", &reader)
        // Who reads the old table keeps it from being dropped, when all points are converted already.
        try reader.script("BEGIN")
        let pid = Box(0)
        _ = try Self.points("backtest_equity_points", &reader)
        let conninfo = old.database.conninfo, outcome = Box<String?>(nil)
        let thread = Thread {
            do {
                var db = try Connection(conninfo)
                let own = try db.run(Query<Int>.value("SELECT pg_backend_pid()"))
                pid.withLock { $0 = own }
                _ = try Self.migrate(&db)
                outcome.withLock { $0 = "done" }
            } catch { outcome.withLock { $0 = "\(error)" } }
        }
        thread.start()
        let isWaiting =
            "SELECT count(*) FROM pg_locks WHERE pid = $1::int AND NOT granted AND mode = 'AccessExclusiveLock'"
        #expect(
            try eventually {
                let migrator = pid.withLock { $0 }
                guard try watcher.run(Query<Int>.value(isWaiting, migrator)) == 1 else { return false }
                return try watcher.run(Query<Bool>.value("SELECT pg_terminate_backend($1::int)", migrator))
            })
        #expect(eventually { outcome.withLock { $0 } != nil })
        #expect(outcome.withLock { $0 } != "done")
        try reader.script("COMMIT")
        #expect(try Self.points("backtest_equity_points", &reader) == before)
        #expect(try reader.run(.value("SELECT to_regclass('backtest_equity_chunks') IS NULL")) == true)
        #expect(try Self.migrate(&reader) == [Self.file])
        #expect(try Self.points("backtest_equity_curve", &reader) == before)
    }

    @Test func `a conversion gives up on a table that somebody holds, and changes nothing`() throws {
        let old = try Old()
        var holder = try old.connect(), db = try old.connect()
        let before = try Self.points("backtest_equity_points", &db)
        // A daemon in the middle of storing a run.
        try holder.script(
            "BEGIN; INSERT INTO backtest_equity_points VALUES (\(Self.run(1)), '2030-01-01Z', 1)")
        var patience = Migrator.Patience()
        patience.wholeMilliseconds = 1
        let fault = #expect(throws: MigrationError.self) { try Self.migrate(&db, patience: patience) }
        #expect(fault?.message.contains("this file changed nothing") == true, "\(fault as Any)")
        try holder.script("ROLLBACK")
        #expect(try Self.points("backtest_equity_points", &db) == before)
    }

    @Test func `code before the chunks does not take the database for its own`() throws {
        var db = try Seed.database.connect()
        let before = try Migrator(directory: Repository.migrations, codeVersion: 1)
        #expect(try before.needs.obstacle(in: &db)?.kind == .newer)
    }
}
