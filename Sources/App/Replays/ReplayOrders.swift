import JSON
import Market
import Postgres
import Trading

// Orders of a replay are rows like those of the paper account, and are told like them; one that was filled is its own
// execution.

extension OrderRow {
    fileprivate static let replayColumns = columns(
        symbol: "o.symbol_id", generation: "1", execution: "o", runner: "NULL::uuid",
        signed: "NULL::timestamptz")
    fileprivate static let replayTables = "replay_orders o JOIN symbols s ON s.id = o.symbol_id"
}

extension Query {
    static func replayOrder(_ id: String, in replay: String) -> Query<OrderRow?> {
        .first(
            """
            SELECT \(OrderRow.replayColumns) FROM \(OrderRow.replayTables)
            WHERE o.id = $1::uuid AND o.replay_id = $2::uuid
            """, id, replay, read: OrderRow.init)
    }

    static func replayOrder(calledByClient name: String?, in replay: String) -> Query<OrderRow?> {
        .first(
            """
            SELECT \(OrderRow.replayColumns) FROM \(OrderRow.replayTables)
            WHERE o.replay_id = $1::uuid AND o.client_order_id = $2
            """, replay, name, read: OrderRow.init)
    }

    /// The newest, newest first.
    static func replayOrders(of replay: String, maximum: Int) -> Query<[OrderRow]> {
        .all(
            """
            SELECT \(OrderRow.replayColumns) FROM \(OrderRow.replayTables) WHERE o.replay_id = $1::uuid
            ORDER BY o.sequence DESC LIMIT $2::int
            """, replay, maximum, read: OrderRow.init)
    }

    /// Some of them, newest first.
    static func replayOrders(_ ids: [String], of replay: String) -> Query<[OrderRow]> {
        .all(
            """
            SELECT \(OrderRow.replayColumns) FROM \(OrderRow.replayTables)
            WHERE o.replay_id = $1::uuid AND o.id = ANY($2::uuid[]) ORDER BY o.sequence DESC
            """, replay, ids, read: OrderRow.init)
    }

    /// What rests, in the order in which it was placed.
    static func restingReplayOrders(of replay: String) -> Query<[OrderRow]> {
        .all(
            """
            SELECT \(OrderRow.replayColumns) FROM \(OrderRow.replayTables)
            WHERE o.replay_id = $1::uuid AND o.status = 'PENDING' ORDER BY o.sequence
            """, replay, read: OrderRow.init)
    }

    static func inserting(_ order: OrderDraft, of symbol: Int, inReplay id: String) -> Query<Int> {
        .change(
            """
            INSERT INTO replay_orders (\(OrderDraft.columns), replay_id, symbol_id)
            VALUES (\(OrderDraft.values), $21::uuid, $22::int)
            """, with: order.parameters + [id, symbol])
    }

    /// How many are kept, as far as somebody counts.
    static func countOfReplayOrders(of replay: String, upTo maximum: Int) -> Query<Int> {
        .value(
            "SELECT count(*) FROM (SELECT FROM replay_orders WHERE replay_id = $1::uuid LIMIT $2::int) kept", replay,
            maximum)
    }

    /// A resting order that a bar or the market has filled.
    static func filling(
        replayOrder id: String, _ execution: Execution, profit: Money?, asOf: Instant, _ detail: String
    ) -> Query<Int> {
        .change(
            """
            UPDATE replay_orders SET status = 'FILLED', detail = $2, quantity = $3::numeric, avg_fill_price = $4::numeric,
              notional = $5::numeric, fee = $6::numeric, realized_pnl = $7::numeric, price_as_of = $8::timestamptz,
              held_cash = 0, filled_at = clock_timestamp(), ended_at = clock_timestamp()
            WHERE id = $1::uuid AND status = 'PENDING'
            """, id, StoredDetail.cut(detail), execution.quantity, execution.price, execution.notional, execution.fee,
            profit, asOf)
    }

    /// One that ends otherwise.
    static func ending(
        replayOrder id: String, _ status: OrderStatus, _ detail: String, refusal: OrderRefusal? = nil
    ) -> Query<Int> {
        .change(
            """
            UPDATE replay_orders SET status = $2, detail = $3, reject_reason = $4, held_cash = 0,
              ended_at = clock_timestamp()
            WHERE id = $1::uuid AND status = 'PENDING'
            """, id, status, StoredDetail.cut(detail), refusal)
    }

    static func triggering(replayOrder id: String, _ detail: String) -> Query<Int> {
        .change(
            "UPDATE replay_orders SET is_triggered = true, detail = $2 WHERE id = $1::uuid AND status = 'PENDING'", id,
            detail)
    }
}
