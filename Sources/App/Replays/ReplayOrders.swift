import JSON
import Market
import Postgres
import Trading

// Orders of a replay are rows like those of the paper account, and are told like them; one that was filled is its own
// execution.

/// An order of a replay before it is stored.
struct NewReplayOrder: Sendable {
    let id: String
    let replayID: String
    let side: OrderSide
    let kind: OrderKind<Price>
    let quantity: Quantity
    var timeInForce = TimeInForce.goodTillCancelled
    var isReduceOnly = false
    var role: OrderRole?
    var entryID: String?
    var bracket = Bracket()
    var heldCash = Money.zero
    let activeFrom: Instant
    var expiresAt: Instant?
    let status: OrderStatus
    var refusal: OrderRefusal?
    var clientID: String?
    var contentHash: [UInt8]?
    let detail: String

    /// An exit of a bracket.
    init(exit: RestingOrder, of replay: Replay) {
        self.init(
            id: exit.id, replay, exit.side, exit.kind, exit.quantity, activeFrom: exit.activeFrom, .pending,
            exit.kind.sentence(closing: exit.quantity, replay.symbol.symbol))
        isReduceOnly = true
        role = exit.kind.type == .stop ? .stopLoss : .takeProfit
        if case .exit(let id) = exit.role { entryID = id }
    }

    init(
        id: String, _ replay: Replay, _ side: OrderSide, _ kind: OrderKind<Price>, _ quantity: Quantity,
        activeFrom: Instant, _ status: OrderStatus, _ detail: String
    ) {
        (self.id, replayID, self.side, self.kind, self.quantity) = (id, replay.id, side, kind, quantity)
        (self.activeFrom, self.status, self.detail) = (activeFrom, status, String(detail.prefix(500)))
    }
}

extension OrderRow {
    fileprivate static let replayColumns = columns(
        symbol: "r.symbol_id", generation: "1", execution: "o", runner: "NULL::uuid",
        signed: "NULL::timestamptz")
    fileprivate static let replayTables = """
        replay_orders o JOIN replays r ON r.id = o.replay_id JOIN symbols s ON s.id = r.symbol_id
        """
}

extension Query {
    static func replayOrder(_ id: String, in replay: String) -> Query<OrderRow?> where Output == OrderRow? {
        .first(
            """
            SELECT \(OrderRow.replayColumns) FROM \(OrderRow.replayTables)
            WHERE o.id = $1::uuid AND o.replay_id = $2::uuid
            """, id, replay, read: OrderRow.init)
    }

    static func replayOrder(
        calledByClient name: String?, in replay: String
    ) -> Query<OrderRow?> where Output == OrderRow? {
        .first(
            """
            SELECT \(OrderRow.replayColumns) FROM \(OrderRow.replayTables)
            WHERE o.replay_id = $1::uuid AND o.client_order_id = $2
            """, replay, name, read: OrderRow.init)
    }

    /// The newest, newest first.
    static func replayOrders(of replay: String, most: Int) -> Query<[OrderRow]> where Output == [OrderRow] {
        .all(
            """
            SELECT \(OrderRow.replayColumns) FROM \(OrderRow.replayTables) WHERE o.replay_id = $1::uuid
            ORDER BY o.sequence DESC LIMIT $2::int
            """, replay, most, read: OrderRow.init)
    }

    /// Some of them, newest first.
    static func replayOrders(_ ids: [String], of replay: String) -> Query<[OrderRow]> where Output == [OrderRow] {
        .all(
            """
            SELECT \(OrderRow.replayColumns) FROM \(OrderRow.replayTables)
            WHERE o.replay_id = $1::uuid AND o.id = ANY($2::uuid[]) ORDER BY o.sequence DESC
            """, replay, ids, read: OrderRow.init)
    }

    /// What rests, in the order in which it was placed.
    static func restingReplayOrders(of replay: String) -> Query<[OrderRow]> where Output == [OrderRow] {
        .all(
            """
            SELECT \(OrderRow.replayColumns) FROM \(OrderRow.replayTables)
            WHERE o.replay_id = $1::uuid AND o.status = 'PENDING' ORDER BY o.sequence
            """, replay, read: OrderRow.init)
    }
}

extension Query where Output == Int {
    static func inserting(_ order: NewReplayOrder) -> Query<Int> {
        .change(
            """
            INSERT INTO replay_orders (id, replay_id, side, order_type, limit_price, stop_price, quantity, time_in_force,
              reduce_only, role, entry_order_id, stop_loss, take_profit, held_cash, active_from, expires_at, status,
              reject_reason, client_order_id, content_hash, detail, ended_at)
            VALUES ($1::uuid, $2::uuid, $3, $4, $5::numeric, $6::numeric, $7::numeric, $8, $9, $10, $11::uuid, $12::numeric,
              $13::numeric, $14::numeric, $15::timestamptz, $16::timestamptz, $17, $18, $19, $20, $21,
              CASE WHEN $17 <> 'PENDING' THEN clock_timestamp() END)
            """, order.id, order.replayID, order.side, order.kind.type, order.kind.limitPrice, order.kind.stopPrice,
            order.quantity, order.timeInForce, order.isReduceOnly, order.role, order.entryID, order.bracket.stopLoss,
            order.bracket.takeProfit, order.heldCash, order.activeFrom, order.expiresAt, order.status, order.refusal,
            order.clientID, order.contentHash, order.detail)
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
            """, id, String(detail.prefix(500)), execution.quantity, execution.price, execution.notional, execution.fee,
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
            """, id, status, String(detail.prefix(500)), refusal)
    }

    static func triggering(replayOrder id: String, _ detail: String) -> Query<Int> {
        .change(
            "UPDATE replay_orders SET is_triggered = true, detail = $2 WHERE id = $1::uuid AND status = 'PENDING'", id,
            detail)
    }
}
