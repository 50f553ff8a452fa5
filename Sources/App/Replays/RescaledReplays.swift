import Market
import Postgres
import Trading

/// What a restated series makes of practice on it, in the transaction of the new bars: what is held is told in new units, and
/// what waits for a price of before waits no longer, as in the paper account (``Rescaling``). Whichever day the clock shows:
/// all its bars are of the new units at once.
struct RescaledReplays {
    let symbolID: Int
    let symbol: String
    let timeframe: Timeframe
    /// Of the series, with the new bars.
    let revision: Int

    func follow(_ scale: UnitScale, in db: inout Connection) throws {
        // Locked before anything is read: who has just moved a clock may have placed an order.
        try db.run(.lockingReplays(of: symbolID, timeframe))
        let words = RescalingWords(symbol, scale)
        let (cancelled, held) = try db.run(
            .cancellingRescaledReplayOrders(of: symbolID, timeframe, words.order),
            .rescalingReplayHoldings(of: symbolID, timeframe, scale))
        let orders = Dictionary(cancelled.map { ($0, 1) }, uniquingKeysWith: +)
        let users = Set(cancelled + held).sorted()
        try db.run(
            .tellingRescaled(
                users, users.map { words.notification(cancelledInPractice: orders[$0] ?? 0) }, symbolID,
                "\(Notifications.rescaled)/practice/\(symbolID)/\(timeframe.rawValue)/\(revision)"))
    }
}

extension RescalingWords {
    fileprivate func notification(cancelledInPractice orders: Int) -> String {
        let rest =
            orders == 0
            ? "" : " \(counted(orders, "order")) that waited there \(orders == 1 ? "was" : "were") cancelled."
        return "\(head): what you hold of it in practice is told in the new units, also on days before.\(rest)"
    }
}

extension Query {
    /// In the order in which whoever steps locks one: its row, and then what it holds.
    fileprivate static func lockingReplays(of symbol: Int, _ timeframe: Timeframe) -> Query<Int> {
        .change(
            """
            SELECT 1 FROM replays r JOIN replay_holdings h ON h.replay_id = r.id
            WHERE h.symbol_id = $1::int AND r.interval = $2 ORDER BY r.id FOR NO KEY UPDATE OF r, h
            """, symbol, timeframe)
    }

    /// Whose they were, each as often as it was one.
    fileprivate static func cancellingRescaledReplayOrders(
        of symbol: Int, _ timeframe: Timeframe, _ detail: String
    ) -> Query<[String]> {
        .values(
            """
            UPDATE replay_orders o SET status = 'CANCELLED', detail = $3, held_cash = 0, ended_at = clock_timestamp()
            FROM replays r WHERE r.id = o.replay_id AND o.symbol_id = $1::int AND r.interval = $2 AND o.status = 'PENDING'
            RETURNING r.user_id
            """, symbol, timeframe, detail)
    }

    /// Who holds some, each as often as in one practice.
    fileprivate static func rescalingReplayHoldings(
        of symbol: Int, _ timeframe: Timeframe, _ scale: UnitScale
    ) -> Query<[String]> {
        .values(
            """
            WITH moved AS (
              UPDATE replay_holdings h SET
                quantity = CASE WHEN h.quantity > 0 THEN \(RescaledUnits.held("h.quantity")) ELSE 0 END,
                last_price = least(greatest(round(h.last_price * $3::bigint / $2::bigint, 12), 0.000000000001), 1000000000000000)
              FROM replays r WHERE r.id = h.replay_id AND h.symbol_id = $1::int AND r.interval = $4
              RETURNING r.user_id, h.quantity)
            SELECT user_id FROM moved WHERE quantity > 0
            """, symbol, scale.numerator, scale.denominator, timeframe)
    }
}
