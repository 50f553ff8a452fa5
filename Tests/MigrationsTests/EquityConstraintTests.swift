import Postgres
import TestSupport
import Testing

/// The arrays of equity curves: what a single value could not get wrong.
@Suite struct EquityConstraintTests {
    typealias Wrong = ConstraintTests.Wrong

    /// An array of so many elements, the expression for each.
    private static func chunk(_ element: String, _ count: Int) -> String {
        "ARRAY(SELECT \(element) FROM generate_series(1, \(count)) AS i)"
    }

    @Test(arguments: [
        Wrong("backtest_equity_points", ["chunk_no": "-1"], "backtest_equity_points_chunk_no"),
        Wrong(
            "backtest_equity_points",
            ["ts": chunk("to_timestamp(i)", 1_025), "equity": chunk("i::float8", 1_025)], "backtest_equity_points_form"),
        Wrong("backtest_equity_points", ["equity": "'{1,NaN}'"], "backtest_equity_points_equity"),
        Wrong("backtest_equity_points", ["equity": "'{-Infinity,1}'"], "backtest_equity_points_equity"),
        Wrong("backtest_equity_points", ["equity": "'{1,NULL}'"], "backtest_equity_points_equity"),
        Wrong("backtest_equity_points", ["ts": "'{2020-01-02Z,infinity}'"], "backtest_equity_points_ts"),
        Wrong("backtest_equity_points", ["ts": "'{-infinity,2020-01-02Z}'"], "backtest_equity_points_ts"),
        Wrong("backtest_equity_points", ["ts": "'{2020-01-02Z,2020-01-02Z}'"], "backtest_equity_points_ts"),
        Wrong("backtest_equity_points", ["ts": "'{2020-01-03Z,2020-01-02Z}'"], "backtest_equity_points_ts"),
        Wrong("backtest_equity_points", ["ts": "'{2020-01-03Z,NULL}'"], "backtest_equity_points_ts"),
        Wrong("backtest_equity_points", ["equity": "'{1}'"], "backtest_equity_points_form"),
        Wrong("backtest_equity_points", ["equity": "'{{1,2}}'"], "backtest_equity_points_form"),
        Wrong("backtest_equity_points", ["equity": "'[0:1]={1,2}'"], "backtest_equity_points_form"),
        Wrong("backtest_equity_points", ["ts": "'{}'", "equity": "'{}'"], "backtest_equity_points_form"),
        Wrong("backtest_equity_points", ["ts": "'[2:3]={2020-01-02Z,2020-01-03Z}'"], "backtest_equity_points_form"),
        Wrong("backtest_equity_thinned", ["equity": "'{1,NaN}'"], "backtest_equity_thinned_equity"),
        Wrong("backtest_equity_thinned", ["equity": "'{-Infinity,1}'"], "backtest_equity_thinned_equity"),
        Wrong("backtest_equity_thinned", ["equity": "'{1,NULL}'"], "backtest_equity_thinned_equity"),
        Wrong("backtest_equity_thinned", ["ts": "'{2020-01-02Z,infinity}'"], "backtest_equity_thinned_ts"),
        Wrong("backtest_equity_thinned", ["ts": "'{-infinity,2020-01-02Z}'"], "backtest_equity_thinned_ts"),
        Wrong("backtest_equity_thinned", ["ts": "'{2020-01-02Z,2020-01-02Z}'"], "backtest_equity_thinned_ts"),
        Wrong("backtest_equity_thinned", ["ts": "'{2020-01-03Z,2020-01-02Z}'"], "backtest_equity_thinned_ts"),
        Wrong("backtest_equity_thinned", ["ts": "'{2020-01-03Z,NULL}'"], "backtest_equity_thinned_ts"),
        Wrong("backtest_equity_thinned", ["equity": "'{1}'"], "backtest_equity_thinned_form"),
        Wrong("backtest_equity_thinned", ["equity": "'{{1,2}}'"], "backtest_equity_thinned_form"),
        Wrong("backtest_equity_thinned", ["equity": "'[0:1]={1,2}'"], "backtest_equity_thinned_form"),
        Wrong("backtest_equity_thinned", ["ts": "'{}'", "equity": "'{}'"], "backtest_equity_thinned_form"),
        Wrong("backtest_equity_thinned", ["ts": "'[2:3]={2020-01-02Z,2020-01-03Z}'"], "backtest_equity_thinned_form"),
    ])
    func `a wrong curve is refused`(_ wrong: Wrong) throws {
        var db = try Seed.database.connect()
        let code = refusal(of: Seed.insert(wrong.table, wrong.changes), in: &db)
        #expect(code == .checkViolation(constraint: wrong.constraint))
    }

    @Test(arguments: [1, 1_024])
    func `a chunk holds up to 1,024 points`(_ count: Int) throws {
        var db = try Seed.database.connect()
        let full = ["ts": Self.chunk("to_timestamp(i)", count), "equity": Self.chunk("i::float8", count)]
        #expect(refusal(of: Seed.insert("backtest_equity_points", full), in: &db) == nil)
    }

    @Test func `people see a curve point by point`() throws {
        var db = try Seed.database.connect()
        let rows = try db.query(
            "SELECT ts, equity FROM backtest_equity_curve WHERE backtest_run_id = \(Seed.finishedRun) ORDER BY ts")
        #expect(try rows.microsecondsColumn(0) == [1_577_923_200_000_000, 1_578_009_600_000_000])
        #expect(try rows.doubles(1) == [10_000, 10_001])
    }
}
