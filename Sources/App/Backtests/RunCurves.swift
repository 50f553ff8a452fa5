import Backtest
import JSON
import Market
import Postgres

/// One stored trade.
struct TradeRow: Sendable {
    /// Long is all there is.
    enum Side: String, CaseIterable, ColumnValue { case long = "LONG" }

    let number: Int
    /// Unix microseconds.
    let entryTime: Int64
    let exitTime: Int64
    let side: Side
    let entryPrice: Double
    let exitPrice: Double
    let quantity: Double
    let pnlAbs: Double
    let pnlPct: Double
    let barsHeld: Int
    let exitReason: ExitReason
    let isGap: Bool

    fileprivate init(_ row: inout RowReader) throws {
        number = try row.next()
        (entryTime, exitTime) = (try row.next(Instant.self).microseconds, try row.next(Instant.self).microseconds)
        (side, entryPrice, exitPrice, quantity) = (try row.next(), try row.next(), try row.next(), try row.next())
        (pnlAbs, pnlPct, barsHeld) = (try row.next(), try row.next(), try row.next())
        (exitReason, isGap) = (try row.next(), try row.next())
    }
}

extension ExitReason: ColumnValue {}

/// A trade of bars of some length, which its times are written by.
struct ShownTrade: Sendable {
    let trade: TradeRow
    let timeframe: Timeframe

    static let form = Form<ShownTrade>.object(
        "Trade",
        [
            .member("trade_no", .integer, \.trade.number),
            .member("entry_time", .text) { $0.timeframe.label($0.trade.entryTime) },
            .member("exit_time", .text) { $0.timeframe.label($0.trade.exitTime) },
            .member("side", .choice(), \.trade.side), .member("entry_price", .number, \.trade.entryPrice),
            .member("exit_price", .number, \.trade.exitPrice), .member("quantity", .number, \.trade.quantity),
            .member("pnl_abs", .number, \.trade.pnlAbs), .member("pnl_pct", .number, \.trade.pnlPct),
            .member("bars_held", .integer, \.trade.barsHeld), .member("exit_reason", .choice(), \.trade.exitReason),
            .member("gap", .flag, \.trade.isGap),
        ])
}

/// A run's equity curve, whole or thinned.
struct EquityCurve: Sendable {
    /// Unix microseconds.
    let times: [Int64]
    let equity: [Double]
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

    private static let point = Schema.object([("time", .type("string"), true), ("equity", .type("number"), true)])
}

extension Query {
    /// A run's trades in order.
    static func trades(
        ofRun id: String, limit: Int = Int(Int32.max), offset: Int = 0
    ) -> Query<[TradeRow]> where Output == [TradeRow] {
        .all(
            """
            SELECT trade_no, entry_time, exit_time, side, entry_price, exit_price, quantity, pnl_abs, pnl_pct, bars_held,
                   exit_reason, gap
            FROM backtest_trades WHERE backtest_run_id = $1::uuid ORDER BY trade_no LIMIT $2::int OFFSET $3::int
            """, id, limit, offset, read: TradeRow.init)
    }

    static func equity(ofRun id: String) -> Query<EquityCurve> where Output == EquityCurve {
        Query("SELECT ts, equity FROM backtest_equity_points WHERE backtest_run_id = $1::uuid ORDER BY ts", id) {
            rows in
            EquityCurve(times: try rows.microsecondsColumn(0), equity: try rows.doubles(1))
        }
    }
}
