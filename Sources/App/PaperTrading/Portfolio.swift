import HTTP
import JSON
import Market
import Postgres
import Trading

/// What a paper account holds, at the last stored prices: `/api/trading/positions` and `/api/trading/portfolio-summary`.
struct Portfolio: Sendable {
    struct Position: Sendable {
        let symbol: TradedSymbol
        let holding: Holding
        let promised: Quantity
        /// What was held when the day of the last price began, and what purchases less sales have cost since.
        private let heldBefore: Quantity, spent: Money
        let market: MarketPrice?
        fileprivate(set) var asOf: Instant?
        fileprivate(set) var isStale = true
        /// Of the whole account; nil where some price is missing.
        fileprivate(set) var equity: Money?

        fileprivate static let columns = """
            \(TradedSymbol.columns), p.quantity, p.cost_basis, coalesce(promised.quantity, 0), p.held_before, p.spent,
            \(MarketPrice.columns)
            """

        fileprivate init(_ row: inout RowReader) throws {
            symbol = try TradedSymbol(&row)
            holding = Holding(quantity: try row.next(), cost: try row.next())
            (promised, heldBefore, spent) = (try row.next(), try row.next(), try row.next())
            market = try MarketPrice(&row)
        }

        /// Nil where no price is stored, or the value is more than an account can hold.
        var value: Money? { market.flatMap { try? holding.value(at: $0.price) } }
        var unrealised: Money? { value.flatMap { try? $0 - holding.cost } }
        /// What it has gained since the last close of the day before, fees apart: what was bought since counts from its
        /// price, and what was sold up to its.
        var dayChange: Money? {
            guard let value else { return nil }
            guard heldBefore > .zero else { return try? value - spent }
            guard let previous = market?.previous else { return nil }
            return try? value - .value(of: heldBefore, at: previous) - spent
        }

        static let form = Form<Position>.object(
            "Position",
            [
                .member("symbol", .text, \.symbol.symbol), .member("name", .text, \.symbol.name),
                .member("symbol_id", .integer, \.symbol.id),
                .member(
                    "is_active",
                    Form<Bool>.flag.described(
                        "False: no longer traded. What is held is sold at its last price, by a market order with symbol_id"
                    ),
                    \.symbol.isActive),
                .member("asset_type", .choice(), \.symbol.assetType),
                .member("quantity", .quantity, \.holding.quantity),
                .nullable(
                    "avg_cost", Form<Price>.price.described("cost_basis / quantity, to the nearest 12th place"),
                    \.holding.averageCost),
                .member("cost_basis", .money, \.holding.cost), .nullable("last_price", .price, \.market?.price),
                .nullable("price_as_of", .time, \.asOf),
                .member(
                    "is_stale", Form<Bool>.flag.described("Whether the price is older than it should be"), \.isStale),
                .nullable("value", .money, \.value), .nullable("unrealized_pnl", .money, \.unrealised),
                .nullable("unrealized_pct", .number) { $0.unrealised?.percent(of: $0.holding.cost) },
                .nullable(
                    "day_change",
                    Form<Money>.money.described(
                        "Since the last close of the day before, or since it was bought after that; fees apart"),
                    \.dayChange),
                .nullable("day_change_pct", .number) { position in
                    position.dayChange.flatMap { change in
                        position.value.flatMap { try? $0 - change }.flatMap { change.percent(of: $0) }
                    }
                },
                .nullable("equity_pct", .number) { position in
                    position.equity.flatMap { position.value?.percent(of: $0) }
                },
                .member(
                    "promised_quantity",
                    Form<Quantity>.quantity.described("What resting sales would sell, and what runners hold"),
                    \.promised),
            ])
    }

    let account: PaperAccount.Row
    /// By value, the largest first; those without a price last.
    let positions: [Position]
    let pendingOrders: Int
    let promisedCash: Money
    let profits: Money
    let fees: Money
    /// What the account has gained since the last close of the day before, fees apart; nil where a price is missing.
    private let dayGain: Money?

    /// What all of it is worth; nil where a price is missing.
    let value: Money?
    var equity: Money? { value.flatMap { try? $0 + account.cashBalance } }

    /// - Parameter traded: what is held, and what was sold on the day of its last price.
    fileprivate init(
        _ account: PaperAccount.Row, _ traded: [Position], _ sums: Sums, _ closures: [CalendarDay],
        _ configuration: Configuration
    ) {
        self.account = account
        let positions = traded.filter { $0.holding.quantity > .zero }
        dayGain = traded.reduce(Money.zero as Money?) { sum, position in
            sum.flatMap { sum in position.dayChange.flatMap { try? sum + $0 } }
        }
        (pendingOrders, promisedCash, profits, fees) = (
            sums.pendingOrders, sums.promisedCash, sums.profits, sums.fees
        )
        let clock = MarketClock(configuration, closures: closures)
        value = positions.reduce(Money.zero as Money?) { sum, position in
            sum.flatMap { sum in position.value.flatMap { try? sum + $0 } }
        }
        let equity = value.flatMap { [account] in try? $0 + account.cashBalance }
        self.positions = positions.map { position in
            var position = position
            if let market = position.market {
                position.asOf = clock.span(of: market, position.symbol).end
                position.isStale = !clock.isCurrent(market, position.symbol)
            }
            position.equity = equity
            return position
        }.sorted { ($0.value?.cents ?? -1, $1.symbol.symbol) > ($1.value?.cents ?? -1, $0.symbol.symbol) }
    }

    /// What orders and executions of this life of the account add up to.
    fileprivate struct Sums: Sendable {
        let pendingOrders: Int
        let promisedCash: Money
        /// Of sales, fees not taken off.
        let profits: Money
        let fees: Money
    }

    // MARK: - Routes

    static let positionsForm = Form<[Position]>.object("positions", .list(of: Position.form)).named("Positions")
    private static let listed = Answer(200, "What is held", positionsForm)

    static let positionsRoute = Route(
        .get, "/api/trading/positions", .signedIn(.read), "What the paper account holds, the largest first.",
        answers: [listed]
    ) { call, db in try listed(db.portfolio(of: call.userID(), call.configuration).positions, capacity: 16_384) }

    private static let summed = Answer(200, "The account", summaryForm)

    static let summary = Route(
        .get, "/api/trading/portfolio-summary", .signedIn(.read),
        "What the paper account comes to at the last stored prices. Always: starting_balance + realized_pnl_total + unrealized_pnl_total = total_equity.",
        answers: [summed], errors: [.tradingNoMarketPrice]
    ) { call, db in try summed(db.portfolio(of: call.userID(), call.configuration).priced()) }

    /// - Throws: 422 where something that is held has no price: never a silent zero.
    func priced() throws(Problem) -> Portfolio {
        guard let missing = positions.first(where: { $0.value == nil }) else {
            if equity != nil { return self }
            throw Problem(.tradingNoMarketPrice, "The account is worth more than can be told.")
        }
        throw Problem(
            .tradingNoMarketPrice, "No price is stored for \(missing.symbol.symbol), so the account cannot be valued.")
    }

    private var unrealised: Money {
        positions.reduce(Money.zero) { sum, position in (try? sum + (position.unrealised ?? .zero)) ?? sum }
    }

    static let summaryForm = Form<Portfolio>.object(
        "PortfolioSummary",
        [
            .member("cash_balance", .money, \.account.cashBalance),
            .member(
                "promised_cash", Form<Money>.money.described("What resting purchases and runners keep back of it"),
                \.promisedCash),
            .member("total_position_value", .money) { $0.value ?? .zero },
            .member("total_equity", .money) { $0.equity ?? .zero },
            .member("unrealized_pnl_total", .money, \.unrealised),
            .member(
                "realized_pnl_total", Form<Money>.money.described("All fees taken off")
            ) { (try? $0.profits - $0.fees) ?? .zero },
            .member("fees_total", .money, \.fees),
            .nullable(
                "day_pnl",
                Form<Money>.money.described(
                    "Of each symbol since the last close before the day of its newest price, fees apart: what is held, at that price, and what was sold since, at what it brought; what was bought since counts from its price. Null where a price is missing"
                ), \.dayGain),
            .member("starting_balance", .money, \.account.startingBalance),
            .member("positions", .integer, \.positions.count), .member("pending_orders", .integer, \.pendingOrders),
            .member("generation", .integer, \.account.generation),
            .nullable(
                "as_of", Form<Instant>.time.described("The oldest price in it; null without holdings")
            ) { $0.positions.compactMap(\.asOf).min() },
            .member("is_stale", .flag) { $0.positions.contains(where: \.isStale) },
        ])
}

extension Connection {
    /// What a user's paper account holds, all of it at one moment.
    mutating func portfolio(of userID: String, _ configuration: Configuration) throws -> Portfolio {
        _ = try run(.ensuringPaperAccount(of: userID))
        let (account, positions, sums, closures) = try snapshot(
            .paperAccount(of: userID), .positions(of: userID), .sums(of: userID), .marketClosures())
        return Portfolio(account, positions, sums, closures, configuration)
    }

    /// The same for a transaction that has locked the account.
    mutating func portfolioWithinTransaction(
        of userID: String, _ configuration: Configuration
    ) throws -> Portfolio {
        let (account, positions, sums, closures) = try run(
            .paperAccount(of: userID), .positions(of: userID), .sums(of: userID), .marketClosures())
        return Portfolio(account, positions, sums, closures, configuration)
    }
}

extension Query {
    fileprivate static func positions(of userID: String) -> Query<[Portfolio.Position]> {
        .all(
            """
            WITH promised AS MATERIALIZED (
              SELECT symbol_id, sum(largest) AS quantity FROM (
                SELECT o.symbol_id, max(o.quantity) AS largest
                FROM orders o JOIN paper_accounts a ON a.id = o.paper_account_id
                WHERE a.user_id = $1::uuid AND o.status = 'PENDING' AND o.side = 'SELL'
                GROUP BY o.symbol_id, coalesce(o.entry_order_id, o.id)
                UNION ALL
                SELECT r.symbol_id, r.quantity FROM paper_runners r JOIN paper_accounts a ON a.id = r.paper_account_id
                WHERE a.user_id = $1::uuid AND r.generation = a.generation AND r.status <> 'STOPPED') sales
              GROUP BY symbol_id),
            held AS MATERIALIZED (
              SELECT p.symbol_id, p.quantity, p.cost_basis, \(day) AS start
              FROM paper_accounts a JOIN positions p ON p.paper_account_id = a.id AND p.quantity > 0
                LEFT JOIN \(TradedSeries.table) b ON b.symbol_id = p.symbol_id
              WHERE a.user_id = $1::uuid GROUP BY p.symbol_id, p.quantity, p.cost_basis),
            splits AS MATERIALIZED (
              SELECT FROM paper_accounts a JOIN position_rescalings g
                ON g.paper_account_id = a.id AND g.generation = a.generation
              WHERE a.user_id = $1::uuid LIMIT 1),
            fills AS MATERIALIZED (
              SELECT e.symbol_id, e.bar_start, held.symbol_id IS NULL AS is_gone,
                CASE e.side WHEN 'BUY' THEN e.quantity ELSE - e.quantity END
                  * CASE WHEN EXISTS (SELECT FROM splits) THEN \(RescaledUnits.sinceFill)::numeric ELSE 1 END AS quantity,
                CASE e.side WHEN 'BUY' THEN e.notional ELSE - e.notional END AS notional
              FROM paper_accounts a
                JOIN executions e ON e.paper_account_id = a.id AND e.generation = a.generation
                LEFT JOIN held ON held.symbol_id = e.symbol_id
              WHERE a.user_id = $1::uuid AND CASE WHEN held.symbol_id IS NULL
                THEN e.executed_at > now() - interval '\(daysOfSales) days' ELSE e.bar_start >= held.start END),
            shown AS (
              SELECT * FROM held
              UNION ALL
              SELECT gone.symbol_id, 0, 0, \(day)
              FROM (SELECT DISTINCT symbol_id FROM fills WHERE is_gone) gone
                JOIN \(TradedSeries.table) b ON b.symbol_id = gone.symbol_id
              GROUP BY gone.symbol_id),
            counted AS MATERIALIZED (
              SELECT shown.symbol_id, shown.quantity, shown.cost_basis,
                greatest(shown.quantity - coalesce(sum(f.quantity), 0), 0)::numeric(28,8) AS held_before,
                coalesce(sum(f.notional), 0) AS spent
              FROM shown LEFT JOIN fills f ON f.symbol_id = shown.symbol_id AND f.bar_start >= shown.start
              GROUP BY shown.symbol_id, shown.quantity, shown.cost_basis
              HAVING shown.quantity > 0 OR count(f.symbol_id) > 0)
            SELECT \(Portfolio.Position.columns)
            FROM counted p JOIN symbols s ON s.id = p.symbol_id LEFT JOIN promised ON promised.symbol_id = p.symbol_id
              \(MarketPrice.joinedWithPrevious)
            """, userID, read: Portfolio.Position.init)
    }

    /// What is no longer held counts for the day of its newest price like all else; but where none comes any more, only so
    /// long.
    private static var daysOfSales: Int { 7 }

    /// SQL: when the day of the newest price began, of the series `b` of one symbol.
    private static var day: String { "date_trunc('day', max(b.last), 'UTC')" }

    fileprivate static func sums(of userID: String) -> Query<Portfolio.Sums> {
        .one(
            """
            SELECT resting.count, resting.cash + runners.cash, past.profits, past.fees
            FROM paper_accounts a
            CROSS JOIN LATERAL (
              SELECT count(*) AS count, coalesce(sum(held_cash), 0) AS cash FROM orders o
              WHERE o.paper_account_id = a.id AND o.status = 'PENDING') resting
            CROSS JOIN LATERAL (
              SELECT coalesce(sum(r.cash), 0) AS cash FROM paper_runners r
              WHERE r.paper_account_id = a.id AND r.generation = a.generation AND r.status <> 'STOPPED') runners
            CROSS JOIN LATERAL (
              SELECT coalesce(sum(realized_pnl), 0) AS profits, coalesce(sum(fee), 0) AS fees FROM executions e
              WHERE e.paper_account_id = a.id AND e.generation = a.generation) past
            WHERE a.user_id = $1::uuid
            """, userID, read: inOrder(Portfolio.Sums.init))
    }
}
