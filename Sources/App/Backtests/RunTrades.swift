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
        (number, side) = (try row.next(), try row.next())
        (entryTime, exitTime) = (try row.next(Instant.self).microseconds, try row.next(Instant.self).microseconds)
        (entryPrice, exitPrice, quantity) = (try row.next(), try row.next(), try row.next())
        (pnlAbs, pnlPct, barsHeld) = (try row.next(), try row.next(), try row.next())
        (exitReason, isGap) = (try row.next(), try row.next())
    }

    /// What a report says of each of its trades: the column, its type, and how it travels for all of them. They are read in
    /// this order, too.
    private static let columns: [(name: String, type: String, values: @Sendable ([Trade]) -> any ParameterValue)] = [
        ("entry_time", "timestamptz", { Parameter.timestamps(microseconds: $0.map(\.entryTime)) }),
        ("exit_time", "timestamptz", { Parameter.timestamps(microseconds: $0.map(\.exitTime)) }),
        ("entry_price", "float8", { $0.map(\.entryPrice) }), ("exit_price", "float8", { $0.map(\.exitPrice) }),
        ("quantity", "float8", { $0.map(\.quantity) }), ("pnl_abs", "float8", { $0.map(\.profit) }),
        ("pnl_pct", "float8", { $0.map(\.profitPercent) }), ("bars_held", "int", { $0.map(\.barsHeld) }),
        ("exit_reason", "text", { $0.map(\.exitReason.rawValue) }),
        ("gap", "boolean", { $0.map { $0.isGap ? "t" : "f" } }),
    ]

    fileprivate static let names = columns.map(\.name).joined(separator: ", ")

    /// SQL for the arrays of the columns, from a place of a parameter on.
    fileprivate static func arrays(from place: Int) -> String {
        columns.enumerated().map { "$\(place + $0)::\($1.type)[]" }.joined(separator: ", ")
    }

    fileprivate static func values(_ trades: [Trade]) -> [any ParameterValue] { columns.map { $0.values(trades) } }
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
    static func trades(ofRun id: String, limit: Int = Int(Int32.max), offset: Int = 0) -> Query<[TradeRow]> {
        .all(
            """
            SELECT trade_no, side, \(TradeRow.names)
            FROM backtest_trades WHERE backtest_run_id = $1::uuid ORDER BY trade_no LIMIT $2::int OFFSET $3::int
            """, id, limit, offset, read: TradeRow.init)
    }

    /// All trades of a run in one row of parameters, column by column.
    static func storing(_ trades: [Trade], ofRun id: String, symbol: Int) -> Query<Int> {
        .change(
            """
            INSERT INTO backtest_trades (backtest_run_id, symbol_id, side, trade_no, \(TradeRow.names))
            SELECT $1::uuid, $2::int, '\(TradeRow.Side.long.rawValue)', trade_no, \(TradeRow.names)
            FROM unnest(\(TradeRow.arrays(from: 3))) WITH ORDINALITY AS trade (\(TradeRow.names), trade_no)
            """, with: [id, symbol] + TradeRow.values(trades))
    }
}
