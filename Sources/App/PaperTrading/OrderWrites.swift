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

/// What a bar has done to a resting order that it filled.
struct RestingFill: Sendable {
    let execution: NewExecution
    /// In words.
    let detail: String
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

extension Query {
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

    /// Ends a resting order that nothing fills.
    static func ending(
        _ id: String, _ status: OrderStatus, _ detail: String, refusal: OrderRefusal? = nil
    ) -> Query<Int> {
        .change(
            """
            UPDATE orders SET status = $2, detail = $3, reject_reason = $4, held_cash = 0, ended_at = clock_timestamp()
            WHERE id = $1::uuid AND status = 'PENDING'
            """, id, status, detail, refusal
        ).exactly(1)
    }

    static func triggering(_ id: String, _ detail: String) -> Query<Int> {
        .change(
            "UPDATE orders SET is_triggered = true, detail = $2 WHERE id = $1::uuid AND status = 'PENDING'", id, detail
        ).exactly(1)
    }

    private static var executionColumns: String {
        """
        order_id, paper_account_id, generation, symbol_id, side, quantity, price, notional, fee, realized_pnl, price_as_of,
        bar_interval, bar_start, bar_revision
        """
    }

    static func inserting(_ fill: NewExecution) -> Query<Int> {
        let execution = fill.execution
        return .change(
            """
            INSERT INTO executions (\(executionColumns))
            VALUES ($1::uuid, $2::int, $3::int, $4::int, $5, $6::numeric, $7::numeric, $8::numeric, $9::numeric,
              $10::numeric, $11::timestamptz, $12, $13::timestamptz, $14::bigint)
            """, fill.orderID, fill.account.id, fill.account.generation, fill.symbolID, execution.side,
            execution.quantity, execution.price, execution.notional, execution.fee, fill.profit, fill.priceAsOf,
            fill.timeframe, Instant(microseconds: fill.barStart), fill.revision)
    }

    /// Ends the resting orders of one account that bars of one series have filled; executions in the order given. In one
    /// statement, because the tables' constraints are read anew for each.
    static func filling(_ fills: [RestingFill], of account: LockedAccount, _ symbol: Int, _ timeframe: Timeframe)
        -> Query<Int>
    {
        let executions = fills.map(\.execution), done = executions.map(\.execution)
        return .change(
            """
            WITH fill AS MATERIALIZED (
              SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::numeric[], $5::numeric[], $6::numeric[],
                $7::numeric[], $8::text[], $9::timestamptz[], $10::timestamptz[], $11::bigint[]) WITH ORDINALITY
                AS f (order_id, detail, side, quantity, price, notional, fee, profit, price_as_of, bar_start, revision, number)),
            ended AS (
              UPDATE orders o SET status = 'FILLED', detail = f.detail, reject_reason = NULL, avg_fill_price = f.price,
                quantity = f.quantity, price_as_of = f.price_as_of, held_cash = 0, filled_at = clock_timestamp(),
                ended_at = clock_timestamp()
              FROM fill f WHERE o.id = f.order_id AND o.status = 'PENDING' RETURNING o.id)
            INSERT INTO executions (\(executionColumns))
            SELECT order_id, $12::int, $13::int, $14::int, side, quantity, price, notional, fee,
              nullif(profit, '')::numeric, price_as_of, $15, bar_start, revision
            FROM fill JOIN ended ON ended.id = fill.order_id ORDER BY number
            """,
            executions.map(\.orderID), fills.map(\.detail), done.map(\.side.rawValue), done.map(\.quantity.description),
            done.map(\.price.description), done.map(\.notional.description), done.map(\.fee.description),
            executions.map { $0.profit?.description ?? "" },
            Parameter.timestamps(microseconds: executions.map(\.priceAsOf.microseconds)),
            Parameter.timestamps(microseconds: executions.map(\.barStart)), executions.map(\.revision), account.id,
            account.generation, symbol, timeframe
        ).exactly(fills.count)
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

extension Query<Int> {
    /// That so many orders rested: an order that somebody has ended meanwhile is not ended otherwise, and moves no money.
    fileprivate func exactly(_ count: Int) -> Query<Int> {
        map { changed in
            guard changed == count else {
                throw PostgresError(.serializationFailure, "\(count - changed) of \(count) orders had ended: try again")
            }
            return changed
        }
    }
}
