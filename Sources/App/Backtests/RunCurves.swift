import JSON
import Market
import Postgres

/// One stored trade.
struct TradeRow: Sendable {
    let number: Int
    let entryTime: Int64
    let exitTime: Int64
    let side: String
    let entryPrice: Double
    let exitPrice: Double
    let quantity: Double
    let pnlAbs: Double
    let pnlPct: Double
    let barsHeld: Int
    let exitReason: String
    let isGap: Bool

    func write(into json: inout Writer, _ timeframe: Timeframe) {
        json.beginObject()
        json.member("trade_no", number)
        json.member("entry_time", timeframe.label(entryTime))
        json.member("exit_time", timeframe.label(exitTime))
        json.member("side", side)
        json.member("entry_price", entryPrice)
        json.member("exit_price", exitPrice)
        json.member("quantity", quantity)
        json.member("pnl_abs", pnlAbs)
        json.member("pnl_pct", pnlPct)
        json.member("bars_held", barsHeld)
        json.member("exit_reason", exitReason)
        json.member("gap", isGap)
        json.endObject()
    }
}

extension TradeRow {
    /// From the rows of the statement for trades.
    static func all(_ rows: borrowing Rows) throws -> [TradeRow] {
        var trades: [TradeRow] = []
        trades.reserveCapacity(rows.count)
        for row in 0..<rows.count {
            trades.append(
                TradeRow(
                    number: try rows.int(row, 0), entryTime: try rows.microseconds(row, 1),
                    exitTime: try rows.microseconds(row, 2), side: try rows.string(row, 3),
                    entryPrice: try rows.double(row, 4), exitPrice: try rows.double(row, 5),
                    quantity: try rows.double(row, 6), pnlAbs: try rows.double(row, 7), pnlPct: try rows.double(row, 8),
                    barsHeld: try rows.int(row, 9), exitReason: try rows.string(row, 10), isGap: try rows.bool(row, 11))
            )
        }
        return trades
    }
}

/// A run's whole equity curve.
struct EquityCurve: Sendable {
    /// Unix microseconds.
    let times: [Int64]
    let equity: [Double]

    init(_ rows: borrowing Rows) throws {
        times = try rows.microsecondsColumn(0)
        equity = try rows.doubles(1)
    }
}

extension Statement {
    /// A run's trades in order.
    static func trades(ofRun id: String, limit: Int, offset: Int) -> Statement {
        Statement(
            """
            SELECT trade_no, entry_time, exit_time, side, entry_price, exit_price, quantity, pnl_abs, pnl_pct, bars_held,
                   exit_reason, gap
            FROM backtest_trades WHERE backtest_run_id = $1::uuid ORDER BY trade_no LIMIT $2::int OFFSET $3::int
            """, [.text(id), .int(Int64(limit)), .int(Int64(offset))])
    }

    static func equity(ofRun id: String) -> Statement {
        Statement(
            "SELECT ts, equity FROM backtest_equity_points WHERE backtest_run_id = $1::uuid ORDER BY ts", [.text(id)])
    }
}

extension Connection {
    mutating func trades(ofRun id: String, limit: Int, offset: Int) throws -> [TradeRow] {
        let statement = Statement.trades(ofRun: id, limit: limit, offset: offset)
        return try TradeRow.all(query(statement.sql, statement.parameters))
    }

    mutating func equity(ofRun id: String) throws -> EquityCurve {
        let statement = Statement.equity(ofRun: id)
        return try EquityCurve(query(statement.sql, statement.parameters))
    }
}
