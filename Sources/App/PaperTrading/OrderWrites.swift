import Market
import Postgres
import Trading

/// An order of a paper account before it is stored.
struct NewOrder: Sendable {
    var draft: OrderDraft
    let account: LockedAccount
    let symbolID: Int
    var averagePrice: Price?
    var priceAsOf: Instant?
    /// Which runner places it; nil for an order of a person.
    var runnerID: String?
}

/// A fill before it is stored.
struct NewExecution: Sendable {
    let orderID: String
    let account: LockedAccount
    let symbolID: Int
    let execution: Execution
    let profit: Money?
    let priceAsOf: Instant
    let timeframe: Timeframe
    /// Start of the bar, Unix microseconds.
    let barStart: Int64
    let revision: Int
}

/// What an account has once its fills are entered.
struct Settlement: Sendable {
    let account: LockedAccount
    let symbolID: Int
    let cash: Money
    /// Of the symbol.
    let holding: Holding
    /// Nil where a price is missing.
    let equity: Money?
}

extension Query where Output == Int {
    static func inserting(_ order: NewOrder) -> Query<Int> {
        .change(
            """
            INSERT INTO orders (\(OrderDraft.columns), paper_account_id, generation, symbol_id, avg_fill_price, price_as_of,
              runner_id, filled_at)
            VALUES (\(OrderDraft.values), $21::int, $22::int, $23::int, $24::numeric, $25::timestamptz, $26::uuid,
              CASE WHEN $16 = 'FILLED' THEN clock_timestamp() END)
            """,
            with: order.draft.parameters + [
                order.account.id, order.account.generation, order.symbolID, order.averagePrice, order.priceAsOf,
                order.runnerID,
            ])
    }

    /// What happens to a resting order.
    static func ending(
        _ id: String, _ status: OrderStatus, _ detail: String, refusal: OrderRefusal? = nil, price: Price? = nil,
        quantity: Quantity? = nil, priceAsOf: Instant? = nil
    ) -> Query<Int> {
        .change(
            """
            UPDATE orders SET status = $2, detail = $3, reject_reason = $4, avg_fill_price = $5::numeric,
              quantity = coalesce($6::numeric, quantity), price_as_of = $7::timestamptz, held_cash = 0,
              filled_at = CASE WHEN $2 = 'FILLED' THEN clock_timestamp() END, ended_at = clock_timestamp()
            WHERE id = $1::uuid AND status = 'PENDING'
            """, id, status, detail, refusal, price, quantity, priceAsOf)
    }

    static func triggering(_ id: String, _ detail: String) -> Query<Int> {
        .change(
            "UPDATE orders SET is_triggered = true, detail = $2 WHERE id = $1::uuid AND status = 'PENDING'", id, detail)
    }

    static func inserting(_ fill: NewExecution) -> Query<Int> {
        let execution = fill.execution
        return .change(
            """
            INSERT INTO executions (order_id, paper_account_id, generation, symbol_id, side, quantity, price, notional, fee,
              realized_pnl, price_as_of, bar_interval, bar_start, bar_revision)
            VALUES ($1::uuid, $2::int, $3::int, $4::int, $5, $6::numeric, $7::numeric, $8::numeric, $9::numeric,
              $10::numeric, $11::timestamptz, $12, $13::timestamptz, $14::bigint)
            """, fill.orderID, fill.account.id, fill.account.generation, fill.symbolID, execution.side,
            execution.quantity, execution.price, execution.notional, execution.fee, fill.profit, fill.priceAsOf,
            fill.timeframe, Instant(microseconds: fill.barStart), fill.revision)
    }

    /// What an account holds of an instrument after its fills.
    static func holding(_ after: Settlement) -> Query<Int> {
        guard after.holding.quantity > .zero else {
            return .change(
                "DELETE FROM positions WHERE paper_account_id = $1::int AND symbol_id = $2::int", after.account.id,
                after.symbolID)
        }
        return .change(
            """
            INSERT INTO positions (paper_account_id, symbol_id, quantity, cost_basis)
            VALUES ($1::int, $2::int, $3::numeric, $4::numeric)
            ON CONFLICT (paper_account_id, symbol_id) DO UPDATE SET quantity = excluded.quantity,
              cost_basis = excluded.cost_basis, updated_at = now()
            """, after.account.id, after.symbolID, after.holding.quantity, after.holding.cost)
    }

    /// The cash after the fills, and what the account is worth then.
    static func settling(_ after: Settlement) -> Query<Int> {
        .change(
            """
            WITH account AS (
              UPDATE paper_accounts SET cash_balance = $2::numeric, updated_at = now() WHERE id = $1::int)
            INSERT INTO paper_equity_points (paper_account_id, generation, at, kind, equity, cash)
            SELECT $1::int, $3::int, clock_timestamp(), 'fill', $4::numeric, $2::numeric
            WHERE $4::numeric IS NOT NULL
            ON CONFLICT (paper_account_id, generation, at) DO UPDATE SET equity = excluded.equity, cash = excluded.cash
            """, after.account.id, after.cash, after.account.generation, after.equity)
    }
}
