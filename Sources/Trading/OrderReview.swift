public import Market

/// What of an account bears on an order for one instrument.
public struct AccountStanding: Equatable, Sendable {
    public let cash: Money
    /// What resting purchases would cost, fees included.
    public let promisedCash: Money
    /// The part of it that is for this instrument.
    public let promisedPurchases: Money
    /// Of the instrument.
    public let holding: Holding
    /// How much of it resting sales have promised already.
    public let promisedQuantity: Quantity
    /// What everything else is worth at its last price; nil where one is missing.
    public let otherHoldings: Money?
    public let restingOrders: Int
    /// Whether the instrument is priced in the account's currency. What is not is only sold.
    public let isInCurrency: Bool

    public init(
        cash: Money, promisedCash: Money = .zero, promisedPurchases: Money = .zero, holding: Holding = Holding(),
        promisedQuantity: Quantity = .zero, otherHoldings: Money? = .zero, restingOrders: Int = 0,
        isInCurrency: Bool = true
    ) {
        (self.cash, self.promisedCash, self.promisedPurchases) = (cash, promisedCash, promisedPurchases)
        (self.holding, self.promisedQuantity) = (holding, promisedQuantity)
        (self.otherHoldings, self.restingOrders) = (otherHoldings, restingOrders)
        self.isInCurrency = isInCurrency
    }

    /// The same after fills of this instrument.
    public func after(_ holding: Holding, cash: Money) -> AccountStanding {
        AccountStanding(
            cash: cash, promisedCash: promisedCash, promisedPurchases: promisedPurchases, holding: holding,
            promisedQuantity: promisedQuantity, otherHoldings: otherHoldings, restingOrders: restingOrders,
            isInCurrency: isInCurrency)
    }

    /// Cash that is promised to nobody; below zero where a fee has taken more than was promised.
    public func freeCash() throws(AmountError) -> Money { try cash - promisedCash }

    /// Units that are promised to nobody.
    public var freeQuantity: Quantity { (try? holding.quantity - promisedQuantity) ?? .zero }

    /// With the instrument at a price; nil where another's is missing.
    public func equity(at price: Price) throws(AmountError) -> Money? {
        guard let otherHoldings else { return nil }
        return try cash + holding.value(at: price) + otherHoldings
    }
}

/// One bound that an order has to keep, and how much of it is used.
public struct LimitCheck: Equatable, Sendable {
    public enum Measure: Equatable, Sendable {
        case money(allowed: Money, used: Money)
        case quantity(allowed: Quantity, used: Quantity)
        /// Orders that rest, this one or its exits among them.
        case orders(allowed: Int, used: Int)
        /// So much at least.
        case minimum(Money, used: Money)
    }

    /// What the order is refused as when it does not keep it.
    public let refusal: OrderRefusal
    public let measure: Measure
    public let isMet: Bool
}

/// What would come of an order, worked out once for the preview, the fill and the refusal.
///
///     let review = OrderReview(of: ticket, at: Price("27.44")!, for: standing, limits, costs)
///
/// Moves nothing. Of several reasons to refuse the first counts, in the order of ``OrderReview/judge``.
public struct OrderReview: Equatable, Sendable {
    public let ticket: OrderTicket
    /// What is reckoned with: the market's price, or the one that the order waits for.
    public let price: Price
    public private(set) var quantity = Quantity.zero
    public private(set) var notional = Money.zero
    public private(set) var fee = Money.zero
    public private(set) var cashAfter: Money
    public private(set) var positionAfter: Quantity
    /// Before the order, the instrument at the market's price; nil where a price is missing.
    public private(set) var equity: Money?
    /// What the position would be worth at ``price``.
    public private(set) var valueAfter = Money.zero
    /// What a fill of the bracket's stop would lose against ``price``, fees aside.
    public private(set) var lossAtStop: Money?
    public private(set) var limits: [LimitCheck] = []
    public private(set) var refusal: OrderRefusal?

    /// What a resting purchase has to hold back.
    public var heldCash: Money {
        get throws(AmountError) { ticket.side == .buy ? try notional + fee : .zero }
    }

    public init(
        of ticket: OrderTicket, at market: Price, for standing: AccountStanding, _ limits: TradingLimits,
        _ costs: Costs<ExactNumbers>
    ) {
        self.ticket = ticket
        price = ticket.kind.reference(ticket.side, market: market)
        (cashAfter, positionAfter) = (standing.cash, standing.holding.quantity)
        do throws(AmountError) { try judge(market, standing, limits, costs) } catch { refuse(.amountTooLarge) }
    }

    private mutating func refuse(_ reason: OrderRefusal) { refusal = refusal ?? reason }

    private mutating func require(_ isMet: Bool, _ reason: OrderRefusal, _ measure: LimitCheck.Measure) {
        limits.append(LimitCheck(refusal: reason, measure: measure, isMet: isMet))
        if !isMet { refuse(reason) }
    }

    private mutating func judge(
        _ market: Price, _ standing: AccountStanding, _ limits: TradingLimits, _ costs: Costs<ExactNumbers>
    ) throws(AmountError) {
        equity = try standing.equity(at: market)
        guard ticket.side == .sell || standing.isInCurrency else {
            // Nothing can be reckoned with its price.
            if case .quantity(let wanted) = ticket.size { quantity = wanted }
            return refuse(.otherCurrency)
        }
        if ticket.kind.isMet(ticket.side, at: market) { refuse(.wouldFillAtOnce) }
        if !ticket.bracket.encloses(price) { refuse(.bracketWrongSide) }
        try size(standing, costs)
        notional = try .value(of: quantity, at: price)
        require(
            notional <= limits.maximumOrderNotional, .maximumOrderNotional,
            .money(allowed: limits.maximumOrderNotional, used: notional))
        switch ticket.side {
        case .buy: try judgePurchase(standing, limits, costs)
        case .sell: try judgeSale(standing, limits, costs)
        }
        let resting = standing.restingOrders + ticket.resting
        require(
            ticket.resting == 0 || resting <= limits.maximumResting, .tooManyOrders,
            .orders(allowed: limits.maximumResting, used: resting))
    }

    private mutating func size(_ standing: AccountStanding, _ costs: Costs<ExactNumbers>) throws(AmountError) {
        let sizing: Sizing<ExactNumbers>
        switch ticket.size {
        case .quantity(let wanted):
            quantity = ticket.isReduceOnly ? min(wanted, standing.freeQuantity) : wanted
            return
        case .notional(let amount): sizing = .notional(amount)
        case .risk(let share): sizing = .risk(share)
        }
        guard let equity else { return refuse(.noMarketPrice) }
        quantity =
            try sizing.quantity(equity: equity, price: price, stop: ticket.bracket.stopLoss, costs: costs) ?? .zero
    }

    private mutating func judgePurchase(
        _ standing: AccountStanding, _ limits: TradingLimits, _ costs: Costs<ExactNumbers>
    ) throws(AmountError) {
        fee = try costs.spent(on: quantity, at: price) - notional
        let spent = try notional + fee, free = try standing.freeCash()
        (cashAfter, positionAfter) = (try standing.cash - spent, try standing.holding.quantity + quantity)
        valueAfter = try .value(of: positionAfter, at: price)
        if let stop = ticket.bracket.stopLoss, stop < price {
            lossAtStop = try notional - .value(of: quantity, at: stop)
        }
        require(
            quantity > .zero && notional >= limits.minimumNotional, .minimumNotional,
            .minimum(limits.minimumNotional, used: notional))
        if let equity {
            let allowed = try equity.share(limits.maximumPosition), used = try valueAfter + standing.promisedPurchases
            require(used <= allowed, .maximumPosition, .money(allowed: allowed, used: used))
        } else {
            refuse(.noMarketPrice)
        }
        require(spent <= free, .insufficientCash, .money(allowed: max(free, .zero), used: spent))
        let spendable = max(try free - limits.minimumCash, .zero)
        require(spent <= spendable, .minimumCash, .money(allowed: spendable, used: spent))
    }

    private mutating func judgeSale(
        _ standing: AccountStanding, _ limits: TradingLimits, _ costs: Costs<ExactNumbers>
    ) throws(AmountError) {
        let free = standing.freeQuantity
        require(
            quantity > .zero && quantity <= free, .insufficientPosition, .quantity(allowed: free, used: quantity))
        fee = try notional - costs.received(for: quantity, at: price)
        cashAfter = try standing.cash + notional - fee
        // What is refused for its size would leave less than nothing.
        positionAfter = (try? standing.holding.quantity - quantity) ?? .zero
        valueAfter = try .value(of: positionAfter, at: price)
        require(
            notional >= limits.minimumNotional || quantity == standing.holding.quantity, .minimumNotional,
            .minimum(limits.minimumNotional, used: notional))
        if cashAfter < .zero { refuse(.insufficientCash) }
    }
}
