import JSON
import Market
import Postgres
import Trading

/// An order's part in a bracket.
enum OrderRole: String, CaseIterable, ColumnValue, ParameterValue {
    case entry = "ENTRY"
    case stopLoss = "STOP_LOSS"
    case takeProfit = "TAKE_PROFIT"
}

/// An order as it is stored.
struct OrderRow: Sendable {
    let id: String
    let symbolID: Int
    let symbol: String
    let assetType: AssetType
    let side: OrderSide
    let kind: OrderKind<Price>
    let timeInForce: TimeInForce
    let status: OrderStatus
    let quantity: Quantity
    let bracket: Bracket
    let isReduceOnly: Bool
    let role: OrderRole?
    let entryID: String?
    let heldCash: Money
    let averagePrice: Price?
    let priceAsOf: Instant?
    let refusal: OrderRefusal?
    let detail: String
    let clientID: String?
    let contentHash: [UInt8]?
    let generation: Int
    let requestedAt: Instant
    let filledAt: Instant?
    let endedAt: Instant?
    let activeFrom: Instant
    let expiresAt: Instant?
    let notional: Money?
    let fee: Money?
    let profit: Money?
    let runnerID: String?
    let signedAt: Instant?

    static let form = Form<OrderRow>.object(
        "Order",
        [
            .member("id", .uuid, \.id), .member("symbol", .text, \.symbol), .member("side", .choice(), \.side),
            .member("order_type", .choice(), \.kind.type), .member("time_in_force", .choice(), \.timeInForce),
            .member("status", .choice(), \.status), .member("quantity", .quantity, \.quantity),
            .nullable("limit_price", .price, \.kind.limitPrice), .nullable("stop_price", .price, \.kind.stopPrice),
            .nullable("stop_loss", .price, \.bracket.stopLoss), .nullable("take_profit", .price, \.bracket.takeProfit),
            .member("reduce_only", .flag, \.isReduceOnly), .nullable("role", .choice(), \.role),
            .nullable(
                "entry_order_id", Form<String>.uuid.described("Of an exit: the order whose purchase it closes"),
                \.entryID),
            .nullable("avg_fill_price", .price, \.averagePrice), .nullable("notional", .money, \.notional),
            .nullable("fee", .money, \.fee),
            .nullable(
                "realized_pnl", Form<Money>.money.described("Of a sale, its fee not taken off"), \.profit),
            .nullable(
                "price_as_of", Form<Instant>.time.described("The moment of the market whose price it is"), \.priceAsOf),
            .nullable("reject_reason", .choice(), \.refusal),
            .member("detail", Form<String>.text.described("What happened, or what it waits for"), \.detail),
            .member(
                "held_cash", Form<Money>.money.described("What a resting purchase keeps back"), \.heldCash),
            .nullable("client_order_id", .text, \.clientID),
            .nullable("runner_id", Form<String>.uuid.described("The runner that placed it"), \.runnerID),
            .nullable(
                "signed_at", Form<Instant>.time.described("When a passkey has signed its ticket; null: none has"),
                \.signedAt),
            .member("generation", .integer, \.generation),
            .member("requested_at", .time, \.requestedAt), .nullable("filled_at", .time, \.filledAt),
            .nullable("ended_at", .time, \.endedAt), .nullable("expires_at", .time, \.expiresAt),
        ])

    static let columns = columns(
        symbol: "o.symbol_id", generation: "o.generation", execution: "e", runner: "o.runner_id",
        signed: "(SELECT signed_at FROM order_signatures g WHERE g.order_id = o.id)")

    /// SQL; `o` is the order, `s` its symbol.
    ///
    /// - Parameter execution: whose row says what a fill came to.
    static func columns(
        symbol: String, generation: String, execution: String, runner: String, signed: String
    ) -> String {
        """
        o.id, \(symbol), s.symbol, s.asset_type, o.side, o.order_type, o.limit_price, o.stop_price, o.time_in_force,
        o.status, o.is_triggered, o.quantity, o.stop_loss, o.take_profit, o.reduce_only, o.role, o.entry_order_id,
        o.held_cash, o.avg_fill_price, o.price_as_of, o.reject_reason, o.detail, o.client_order_id, o.content_hash,
        \(generation), o.requested_at, o.filled_at, o.ended_at, o.active_from, o.expires_at, \(execution).notional,
        \(execution).fee, \(execution).realized_pnl, \(runner), \(signed)
        """
    }

    static let tables = "orders o JOIN symbols s ON s.id = o.symbol_id LEFT JOIN executions e ON e.order_id = o.id"

    /// From ``columns``.
    init(_ row: inout RowReader) throws {
        (id, symbolID, symbol, assetType) = (try row.next(), try row.next(), try row.next(), try row.next())
        side = try row.next()
        let type: OrderType = try row.next(), limit: Price? = try row.next(), stop: Price? = try row.next()
        guard let kind = OrderKind(type, limit: limit, stop: stop) else {
            throw PostgresError(.unexpectedResult, "order \(id) lacks the price of its type")
        }
        self.kind = kind
        (timeInForce, status) = (try row.next(), try row.next())
        (isTriggered, quantity) = (try row.next(), try row.next())
        bracket = Bracket(stopLoss: try row.next(), takeProfit: try row.next())
        (isReduceOnly, role, entryID) = (try row.next(), try row.next(), try row.next())
        (heldCash, averagePrice, priceAsOf) = (try row.next(), try row.next(), try row.next())
        (refusal, detail, clientID) = (try row.next(), try row.next(), try row.next())
        (contentHash, generation, requestedAt) = (try row.next(), try row.next(), try row.next())
        (filledAt, endedAt, activeFrom, expiresAt) = (
            try row.next(), try row.next(), try row.next(), try row.next()
        )
        (notional, fee, profit, runnerID) = (try row.next(), try row.next(), try row.next(), try row.next())
        signedAt = try row.next()
    }

    private let isTriggered: Bool

    /// What it waits for: once its stop was reached, a stop-limit order is a limit order.
    var awaited: OrderKind<Price> {
        if isTriggered, case .stopLimit(_, let limit) = kind { .limit(limit) } else { kind }
    }

    /// As the bars meet it.
    var resting: RestingOrder {
        let part: RestingOrder.Role
        switch (role, entryID) {
        case (.entry, _): part = .entry(bracket)
        case (_, let entry?): part = .exit(of: entry)
        default: part = .single
        }
        return RestingOrder(
            id: id, side: side, kind: awaited, quantity: quantity, isReduceOnly: isReduceOnly, role: part,
            activeFrom: activeFrom, expiresAt: expiresAt, heldCash: heldCash)
    }
}

extension OrderType: ColumnValue, ParameterValue {}

extension Query {
    /// A user's order.
    static func order(_ id: String, of userID: String) -> Query<OrderRow?> {
        .first(
            """
            SELECT \(OrderRow.columns) FROM \(OrderRow.tables) JOIN paper_accounts a ON a.id = o.paper_account_id
            WHERE o.id = $1::uuid AND a.user_id = $2::uuid
            """, id, userID, read: OrderRow.init)
    }

    /// The one that there is.
    static func storedOrder(_ id: String) -> Query<OrderRow> {
        .one("SELECT \(OrderRow.columns) FROM \(OrderRow.tables) WHERE o.id = $1::uuid", id, read: OrderRow.init)
    }

    /// The order that its client calls so, of this life of the account or one that has not ended long ago: who sends it
    /// again may not know of the reset.
    static func order(calledByClient name: String?, of userID: String) -> Query<OrderRow?> {
        .first(
            """
            SELECT \(OrderRow.columns) FROM \(OrderRow.tables)
            JOIN (
              SELECT id, generation FROM paper_accounts WHERE user_id = $1::uuid
              UNION ALL
              SELECT g.paper_account_id, g.generation
              FROM paper_generations g JOIN paper_accounts a ON a.id = g.paper_account_id
              WHERE a.user_id = $1::uuid AND g.ended_at > now() - interval '\(OrderForm.nameDays) days'
            ) life ON (life.id, life.generation) = (o.paper_account_id, o.generation)
            WHERE o.client_order_id = $2 ORDER BY o.generation DESC LIMIT 1
            """, userID, name, read: OrderRow.init)
    }

    /// A page of the orders of this life of the account, newest first.
    static func orders(of userID: String, _ filter: OrderFilter, _ window: Window) -> Query<[OrderRow]> {
        var conditions = "", parameters: [any ParameterValue] = [userID, window.probe, window.offset]
        if let status = filter.status { conditions += " AND o.status = '\(status.rawValue)'" }
        if let symbol = filter.symbol {
            parameters.append(symbol)
            conditions += " AND o.symbol_id IN (SELECT id FROM symbols WHERE symbol = $\(parameters.count))"
        }
        if let runner = filter.runner {
            parameters.append(runner)
            conditions += " AND o.runner_id = $\(parameters.count)::uuid"
        }
        // Cut before anything is joined, and by conditions that are there alone: so an index has them in their order.
        return .all(
            """
            SELECT \(OrderRow.columns) FROM paper_accounts a CROSS JOIN LATERAL (
                SELECT * FROM orders o
                WHERE o.paper_account_id = a.id AND o.generation = a.generation\(conditions)
                ORDER BY o.requested_at DESC, o.id LIMIT $2::int OFFSET $3::int) o
              JOIN symbols s ON s.id = o.symbol_id LEFT JOIN executions e ON e.order_id = o.id
            WHERE a.user_id = $1::uuid ORDER BY o.requested_at DESC, o.id
            """, with: parameters, read: OrderRow.init)
    }

    /// What rests for an instrument in an account, in the order in which it was placed.
    static func restingOrders(ofAccount id: Int, symbol: Int) -> Query<[OrderRow]> {
        .all(
            """
            SELECT \(OrderRow.columns) FROM \(OrderRow.tables)
            WHERE o.paper_account_id = $1::int AND o.symbol_id = $2::int AND o.status = 'PENDING'
            ORDER BY o.requested_at, o.role NULLS FIRST, o.id
            """, id, symbol, read: OrderRow.init)
    }
}

/// Which orders a list shows.
struct OrderFilter: Sendable {
    let status: OrderStatus?
    let symbol: String?
    let runner: String?
}
