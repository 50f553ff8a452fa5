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
            .member("entry_time", .barTime) { $0.timeframe.label($0.trade.entryTime) },
            .member("exit_time", .barTime) { $0.timeframe.label($0.trade.exitTime) },
            .member("side", .choice(), \.trade.side), .member("entry_price", .number, \.trade.entryPrice),
            .member("exit_price", .number, \.trade.exitPrice), .member("quantity", .number, \.trade.quantity),
            .member("pnl_abs", .number, \.trade.pnlAbs), .member("pnl_pct", .number, \.trade.pnlPct),
            .member("bars_held", .integer, \.trade.barsHeld), .member("exit_reason", .choice(), \.trade.exitReason),
            .member("gap", .flag, \.trade.isGap),
        ])
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
}
