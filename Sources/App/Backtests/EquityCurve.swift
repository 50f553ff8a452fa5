import JSON
import Market
import Postgres

/// Equity after each bar of a run, or the points of it that are drawn.
///
/// Stored in chunks of up to 1,024 points, two arrays a row; of a curve that is too long to be drawn whole, the points
/// that an answer shows by default are stored once more, so that reading an answer does not read the whole curve.
struct EquityCurve: Equatable, Sendable {
    /// How many points an answer shows when nobody says another number.
    static let drawn = 2_000
    fileprivate static let chunk = 1_024

    /// Unix microseconds, ascending.
    let times: [Int64]
    let equity: [Double]

    init(times: [Int64], equity: [Double]) {
        precondition(times.count == equity.count, "\(times.count) times for \(equity.count) values")
        (self.times, self.equity) = (times, equity)
    }

    /// From the chunks of a curve in their order.
    init(_ rows: borrowing Rows) throws {
        var times: [Int64] = [], equity: [Double] = []
        times.reserveCapacity(rows.count * Self.chunk)
        equity.reserveCapacity(rows.count * Self.chunk)
        for row in 0..<rows.count {
            times += try rows.microsecondsArray(row, 0)
            equity += try rows.doubleArray(row, 1)
        }
        guard times.count == equity.count else {
            throw PostgresError(.unexpectedResult, "\(times.count) times for \(equity.count) values of a curve")
        }
        (self.times, self.equity) = (times, equity)
    }

    /// The points to draw when at most `limit` are wanted.
    func thinned(to limit: Int) -> EquityCurve {
        guard times.count > limit else { return self }
        let chosen = Downsample.indices(of: equity, limit: limit)
        return EquityCurve(times: chosen.map { times[$0] }, equity: chosen.map { equity[$0] })
    }
}

/// A curve of bars of some length, which its times are written by.
struct ShownCurve: Sendable {
    let curve: EquityCurve
    let timeframe: Timeframe
    /// At most this many points, the extremes among them.
    let points: Int

    static let form = Form<ShownCurve>(.list(point.named("EquityPoint"))) { json, shown in
        json.beginArray()
        for index in Downsample.indices(of: shown.curve.equity, limit: shown.points) {
            json.beginObject()
            json.member("time", shown.timeframe.label(shown.curve.times[index]))
            json.member("equity", shown.curve.equity[index])
            json.endObject()
        }
        json.endArray()
    }

    private static let point = Schema.object([
        ("time", Form<String>.barTime.schema, true), ("equity", .type("number"), true),
    ])
}

extension Query {
    /// A run's whole curve.
    static func equity(ofRun id: String) -> Query<EquityCurve> {
        .init(
            "SELECT ts, equity FROM backtest_equity_points WHERE backtest_run_id = $1::uuid ORDER BY chunk_no", id,
            decode: EquityCurve.init)
    }

    /// What of a run's curve is needed to draw at most so many points of it.
    static func equity(ofRun id: String, drawing points: Int) -> Query<EquityCurve> {
        guard points == EquityCurve.drawn else { return equity(ofRun: id) }
        return .init(
            """
            SELECT ts, equity FROM backtest_equity_thinned WHERE backtest_run_id = $1::uuid
            UNION ALL
            (SELECT ts, equity FROM backtest_equity_points WHERE backtest_run_id = $1::uuid
               AND NOT EXISTS (SELECT FROM backtest_equity_thinned WHERE backtest_run_id = $1::uuid)
             ORDER BY chunk_no)
            """, id, decode: EquityCurve.init)
    }

    /// How many points a run's curve has.
    static func equityPoints(ofRun id: String) -> Query<Int> {
        .value(
            """
            SELECT coalesce(sum(cardinality(equity)), 0)::int FROM backtest_equity_points
            WHERE backtest_run_id = $1::uuid
            """, id)
    }

    /// Stores a run's curve, and what is drawn of it where that is not all of it.
    static func storing(_ curve: EquityCurve, ofRun id: String) -> Query<Int> {
        let drawn = curve.thinned(to: EquityCurve.drawn), isShort = drawn.times.count == curve.times.count
        // The server cuts the arrays, which costs it less than finding its way through as many rows of parameters.
        return .change(
            """
            WITH thinned AS (
              INSERT INTO backtest_equity_thinned (backtest_run_id, ts, equity)
              SELECT $1::uuid, $2::timestamptz[], $3::float8[] WHERE NOT $4::boolean)
            INSERT INTO backtest_equity_points (backtest_run_id, chunk_no, ts, equity)
            SELECT $1::uuid, n, ($5::timestamptz[])[n * $7 + 1 : (n + 1) * $7],
                   ($6::float8[])[n * $7 + 1 : (n + 1) * $7]
            FROM generate_series(0, (cardinality($5::timestamptz[]) - 1) / $7::int) AS n
            WHERE cardinality($5::timestamptz[]) > 0
            """, id, Parameter.timestamps(microseconds: isShort ? [] : drawn.times), isShort ? [] : drawn.equity,
            isShort, Parameter.timestamps(microseconds: curve.times), curve.equity, EquityCurve.chunk)
    }
}
