import HTTP
import Market
import Postgres
import Trading

/// A paper account as an order finds it.
struct LockedAccount: Sendable {
    let id: Int
    let userID: String
    let generation: Int
    let isActive: Bool
    let costs: Costs<ExactNumbers>
    /// Whether its owner wants large orders to be signed.
    let signsOrders: Bool
    /// How many were ever stored, in all its lives.
    private let orders: Int

    static let columns = "a.id, a.user_id, a.generation, a.is_active, a.fee_bps, a.min_fee, a.signs_orders, a.orders"

    init(_ row: inout RowReader) throws {
        (id, userID, generation, isActive) = (try row.next(), try row.next(), try row.next(), try row.next())
        let rate = try row.next(BasisPoints.self).rate, minimum: Money = try row.next()
        costs = Costs(slippage: .zero, commission: rate, minimumCommission: minimum == .zero ? nil : minimum)
        (signsOrders, orders) = (try row.next(), try row.next())
    }

    /// How many more orders it may have.
    func room(_ configuration: Configuration) -> Int { max(0, configuration.quotaPaperOrders - orders) }

    /// What is told where there is no room.
    static func full(_ configuration: Configuration) -> String {
        """
        You have \(configuration.quotaPaperOrders) paper orders, as many as you may: what you hold can still be sold at the \
        market, and whoever runs this server can raise QUOTA_PAPER_ORDERS.
        """
    }

    /// - Throws: 401 for an account that was closed because its owner is gone, 403 for one that was closed otherwise.
    func checked(in db: inout Connection) throws -> LockedAccount {
        if isActive { return self }
        guard try db.run(.isThere(userID)) else { throw Problem(.unauthorized) }
        throw Problem(.tradingAccountInactive, "This paper account was closed.")
    }
}

extension AccountStanding {
    /// SQL; `a` is the account, `t` the instrument with its id and currency.
    ///
    /// - Parameter counts: which resting orders `o` count.
    fileprivate static func columns(_ counts: String) -> String {
        let resting = "o.paper_account_id = a.id AND o.status = 'PENDING' AND \(counts)"
        return """
            a.cash_balance, resting.promised + runners.cash, resting.purchases, coalesce(p.quantity, 0),
            coalesce(p.cost_basis, 0),
            runners.quantity + (SELECT coalesce(sum(q), 0) FROM (
              SELECT max(o.quantity) AS q FROM orders o WHERE \(resting) AND o.symbol_id = t.id AND o.side = 'SELL'
              GROUP BY coalesce(o.entry_order_id, o.id)) sales),
            (SELECT CASE WHEN count(*) = count(value) AND coalesce(sum(value), 0) < 1000000000000000
                      THEN coalesce(sum(value), 0)::numeric(18,2) END
             FROM (SELECT round(h.quantity * price.close, 2) AS value
                   FROM positions h JOIN symbols s ON s.id = h.symbol_id \(MarketPrice.joined)
                   WHERE h.paper_account_id = a.id AND h.symbol_id <> t.id AND h.quantity > 0) others),
            resting.count, t.currency, a.base_currency
            """
    }

    /// - Parameter runners: which runners `r` count: what is theirs is promised to them.
    fileprivate static func tables(_ counts: String, runners: String = "true") -> String {
        """
        LEFT JOIN positions p ON p.paper_account_id = a.id AND p.symbol_id = t.id
        CROSS JOIN LATERAL (
          SELECT count(*) AS count, coalesce(sum(o.held_cash), 0) AS promised,
            coalesce(sum(o.held_cash) FILTER (WHERE o.symbol_id = t.id), 0) AS purchases
          FROM orders o WHERE o.paper_account_id = a.id AND o.status = 'PENDING' AND \(counts)) resting
        CROSS JOIN LATERAL (
          SELECT coalesce(sum(r.cash), 0) AS cash,
            coalesce(sum(r.quantity) FILTER (WHERE r.symbol_id = t.id), 0) AS quantity
          FROM paper_runners r
          WHERE r.paper_account_id = a.id AND r.generation = a.generation AND r.status <> 'STOPPED' AND \(runners)) runners
        """
    }

    fileprivate init(_ row: inout RowReader) throws {
        let cash: Money = try row.next(), promised: Money = try row.next(), purchases: Money = try row.next()
        let holding = Holding(quantity: try row.next(), cost: try row.next())
        self.init(
            cash: cash, promisedCash: promised, promisedPurchases: purchases, holding: holding,
            promisedQuantity: try row.next(), otherHoldings: try row.next(), restingOrders: try row.next(),
            isInCurrency: Currency(try row.next()).isWorth(Currency(try row.next())))
    }
}

extension Query {
    /// The account of a user, which nobody else moves until the transaction ends.
    static func lockingPaperAccount(of userID: String) -> Query<LockedAccount?> {
        .first(
            "SELECT \(LockedAccount.columns) FROM paper_accounts a WHERE a.user_id = $1::uuid FOR UPDATE", userID,
            read: LockedAccount.init)
    }

    /// The same of an account by its id.
    static func lockingPaperAccount(_ id: Int) -> Query<LockedAccount> {
        .one(
            "SELECT \(LockedAccount.columns) FROM paper_accounts a WHERE a.id = $1::int FOR UPDATE", id,
            read: LockedAccount.init)
    }

    /// The same; nil while somebody else has it locked.
    static func lockingPaperAccountIfFree(_ id: Int) -> Query<LockedAccount?> {
        .first(
            "SELECT \(LockedAccount.columns) FROM paper_accounts a WHERE a.id = $1::int FOR UPDATE SKIP LOCKED", id,
            read: LockedAccount.init)
    }

    fileprivate static func isThere(_ userID: String) -> Query<Bool> {
        .value("SELECT EXISTS (SELECT FROM users WHERE id = $1::uuid AND deleted_at IS NULL)", userID)
    }

    /// The same to look at only.
    static func paperAccountState(of userID: String) -> Query<LockedAccount?> {
        .first(
            "SELECT \(LockedAccount.columns) FROM paper_accounts a WHERE a.user_id = $1::uuid", userID,
            read: LockedAccount.init)
    }

    /// What bears on an order for the instrument of a ticker; nil where there is no account, or no such instrument.
    ///
    /// - Parameters:
    ///   - symbolID: which of the instruments that have had the ticker; nil: the one that ``quote(_:_:)`` finds.
    ///   - order: one that is to be replaced, and so does not count; nor does the other exit of its bracket, which is to
    ///     sell the same units.
    static func standing(
        of userID: String, _ ticker: String, _ symbolID: Int? = nil, without order: OrderRow? = nil
    ) -> Query<AccountStanding?> {
        let others = """
            o.id IS DISTINCT FROM $3::uuid AND ($4::uuid IS NULL OR o.entry_order_id IS DISTINCT FROM $4::uuid)
            """
        return .first(
            """
            SELECT \(AccountStanding.columns(others))
            FROM paper_accounts a
            JOIN LATERAL (
              SELECT id, currency FROM symbols WHERE symbol = $2 AND ($5::int IS NULL OR id = $5::int)
              ORDER BY is_active DESC, id DESC LIMIT 1) t ON true
            \(AccountStanding.tables(others))
            WHERE a.user_id = $1::uuid
            """, userID, ticker, order?.id, order?.entryID, symbolID, read: AccountStanding.init)
    }

    /// The same for an account and an instrument that are known.
    ///
    /// - Parameter runner: one that acts, and is promised to itself.
    static func standing(
        ofAccount id: Int, symbol: Int, withoutRunner runner: String? = nil
    ) -> Query<AccountStanding> {
        .one(
            """
            SELECT \(AccountStanding.columns("true"))
            FROM paper_accounts a JOIN symbols t ON t.id = $2::int
            \(AccountStanding.tables("true", runners: "r.id IS DISTINCT FROM $3::uuid"))
            WHERE a.id = $1::int
            """, id, symbol, runner, read: AccountStanding.init)
    }
}
