public import Market

/// What an installation allows a single order of a paper account (api.md, "Paper trading").
public struct TradingLimits: Equatable, Sendable {
    /// An order trades this much at least, a sale of all that is held apart.
    public let minimumNotional: Money
    public let maximumOrderNotional: Money
    /// What one instrument may make up of the equity after a purchase.
    public let maximumPosition: Rate
    /// A purchase leaves this much cash at least.
    public let minimumCash: Money
    /// So many orders may rest at once.
    public let maximumResting: Int

    /// What an order is worth at least where nobody says otherwise.
    public static let minimumNotional = Money(cents: 1_00)

    public init(
        minimumNotional: Money = Self.minimumNotional, maximumOrderNotional: Money, maximumPosition: Rate,
        minimumCash: Money, maximumResting: Int
    ) {
        self.minimumNotional = minimumNotional
        self.maximumOrderNotional = maximumOrderNotional
        self.maximumPosition = maximumPosition
        self.minimumCash = minimumCash
        self.maximumResting = maximumResting
    }
}

/// Why an order is not taken. The raw value is the word of the API and the database.
public enum OrderRefusal: String, Sendable, CaseIterable {
    case noMarketPrice = "NO_MARKET_PRICE"
    case minimumNotional = "MIN_NOTIONAL"
    case maximumOrderNotional = "MAX_ORDER_NOTIONAL"
    case maximumPosition = "MAX_POSITION_PCT"
    case minimumCash = "MIN_CASH_REMAINING"
    case insufficientCash = "INSUFFICIENT_CASH"
    case insufficientPosition = "INSUFFICIENT_POSITION"
    /// A limit that the market is at already, or a stop that it has passed.
    case wouldFillAtOnce = "WOULD_FILL_AT_ONCE"
    /// A stop above the price of the purchase, or a target below it.
    case bracketWrongSide = "BRACKET_WRONG_SIDE"
    case tooManyOrders = "TOO_MANY_ORDERS"
    /// A sum would be larger than the ledger holds.
    case amountTooLarge = "AMOUNT_TOO_LARGE"
    case symbolInactive = "SYMBOL_INACTIVE"
    /// A purchase of what is priced in another currency than the account's: its prices are not the account's money.
    case otherCurrency = "OTHER_CURRENCY"
}
