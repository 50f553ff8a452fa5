import Postgres
import TestSupport
import Testing

@testable import App

@Suite struct EquityCurveTests {
    private static let database: TestDatabase = {
        do {
            let database = try TestDatabase()
            var db = try database.connect()
            try db.script(
                """
                INSERT INTO users (id) VALUES ('\(owner)');
                INSERT INTO symbols (symbol, name, asset_type) VALUES ('AAPL', 'Apple', 'EQUITY');
                INSERT INTO strategies (id, user_id, lineage_id, name, asset_type, timeframe)
                VALUES ('\(owner)', '\(owner)', '\(owner)', 'Crossing', 'EQUITY', '1d');
                INSERT INTO strategy_versions (strategy_id, version_number, definition_json, definition_hash)
                VALUES ('\(owner)', 1, '{}', repeat('ab', 32))
                """)
            return database
        } catch {
            fatalError("\(error)")
        }
    }()
    private static let owner = "00000000-0000-4000-8000-000000000001"

    private static func curve(_ count: Int) -> EquityCurve {
        var state: UInt64 = 7
        let equity = (0..<count).map { index in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return 10_000 + Double(state >> 40) / 3
        }
        return EquityCurve(times: (0..<count).map { Int64($0) * 3_600_000_000 }, equity: equity)
    }

    /// A new run that has this curve.
    private func stored(_ curve: EquityCurve, _ db: inout Connection) throws -> String {
        let run = try db.query(
            """
            INSERT INTO backtest_runs (user_id, strategy_id, strategy_version_id, symbol_id, timeframe, start_date,
              end_date, initial_equity, options_json, periods_per_year)
            VALUES ($1::uuid, $1::uuid, 1, 1, '1d', '2020-01-01', '2020-12-31', 1, '{}', 252) RETURNING id
            """, [.text(Self.owner)]
        ).string(0, 0)
        try db.run(.storing(curve, ofRun: run))
        return run
    }

    @Test(arguments: [0, 1, 2, 1_023, 1_024, 1_025, 2_000, 2_001, 2_048, 2_049, 17_500])
    func `a curve comes back whole, and thinned as if it were thinned when it is read`(_ count: Int) throws {
        var db = try Self.database.connect()
        let curve = Self.curve(count)
        let run = try stored(curve, &db)
        #expect(try db.run(.equity(ofRun: run)) == curve)
        for limit in [2, 3, 500, 1_999, 2_000, 2_001, 10_000] {
            let drawn = try db.run(.equity(ofRun: run, drawing: limit)).thinned(to: limit)
            let chosen = Downsample.indices(of: curve.equity, limit: limit)
            #expect(drawn.times == chosen.map { curve.times[$0] }, "\(limit)")
            #expect(drawn.equity == chosen.map { curve.equity[$0] }, "\(limit)")
        }
        let rows = try db.query(
            "SELECT ts, equity FROM backtest_equity_curve WHERE backtest_run_id = $1::uuid ORDER BY ts", [.text(run)])
        #expect(try rows.microsecondsColumn(0) == curve.times && rows.doubles(1) == curve.equity)
    }

    @Test func `what an answer shows of a long curve does not need the curve`() throws {
        var db = try Self.database.connect()
        let curve = Self.curve(17_500), run = try stored(curve, &db)
        try db.script("DELETE FROM backtest_equity_points WHERE backtest_run_id = '\(run)'")
        let drawn = try db.run(.equity(ofRun: run, drawing: EquityCurve.drawn))
        #expect(drawn == curve.thinned(to: EquityCurve.drawn))
        #expect(drawn.times.count <= 2_000 && drawn.times.count > 1_500)
    }

    @Test func `a long curve without points chosen for it, as before there were any, is thinned when it is read`()
        throws
    {
        var db = try Self.database.connect()
        let curve = Self.curve(5_000), run = try stored(curve, &db)
        try db.script("DELETE FROM backtest_equity_thinned WHERE backtest_run_id = '\(run)'")
        let drawn = try db.run(.equity(ofRun: run, drawing: EquityCurve.drawn)).thinned(to: EquityCurve.drawn)
        #expect(drawn == curve.thinned(to: EquityCurve.drawn))
    }

    @Test(arguments: [
        ("NaN", EquityCurve(times: [1, 2], equity: [1, .nan]), "backtest_equity_points_equity"),
        ("an infinity", EquityCurve(times: [1, 2], equity: [-.infinity, 1]), "backtest_equity_points_equity"),
        ("a step back", EquityCurve(times: [2, 1], equity: [1, 1]), "backtest_equity_points_ts"),
    ])
    func `a curve that cannot be is refused`(_ what: String, _ curve: EquityCurve, _ constraint: String) throws {
        var db = try Self.database.connect()
        let error = #expect(throws: PostgresError.self) { try stored(curve, &db) }
        #expect(error?.code == .checkViolation(constraint: constraint), "\(what)")
    }
}
