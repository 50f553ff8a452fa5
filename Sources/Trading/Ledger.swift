import Market

/// How much of one thing is held and what it cost: average cost, exact to the cent.
public struct Holding: Equatable, Sendable {
    public let quantity: Quantity
    /// What is held has cost so much, fees aside. Nothing held has cost nothing.
    public let cost: Money

    public init(quantity: Quantity = .zero, cost: Money = .zero) {
        self.quantity = quantity
        self.cost = cost
    }

    /// What part of the cost a sale takes out: in proportion to the nearest cent, and whatever rounding has left with the
    /// last of it, so that a closed position leaves nothing.
    func cost(of sold: Quantity) throws(AmountError) -> Money {
        sold == quantity ? cost : try cost.part(sold.units, of: quantity.units)
    }

    /// Of one unit; nil where nothing is held.
    public var averageCost: Price? { try? Price(cost, for: quantity) }

    /// What it is worth at a price.
    public func value(at price: Price) throws(AmountError) -> Money { try .value(of: quantity, at: price) }
}

/// Why an execution cannot be entered; nothing has moved then.
public enum LedgerError: Error, Equatable, Sendable {
    /// A quantity of zero.
    case nothingTraded
    /// Notional and fee would leave less than nothing of the cash.
    case insufficientFunds(cash: Money)
    /// More would be sold than is held.
    case insufficientQuantity(held: Quantity)
    /// A sum is larger than its type holds.
    case amount(AmountError)
}

/// Cash and holdings of one account. Every fill moves them together, exactly, or is refused.
///
/// Always, to the cent: ``cash`` = ``startingBalance`` - ``bought`` + ``sold`` - ``fees``, and ``startingBalance`` +
/// ``realised`` + what the holdings are worth above their cost = ``equity(at:)``.
///
///     var ledger = Ledger(startingBalance: Money(cents: 1_000_000))
///     try ledger.enter(Execution(.buy, Quantity("10")!, of: "AAPL", at: Price("27.44")!, costs))
///     ledger.holdings["AAPL"]!.cost     // 274.40
public struct Ledger: Equatable, Sendable {
    public let startingBalance: Money
    public private(set) var cash: Money
    /// Of everything that is held, by instrument; what has been sold is not in it.
    public private(set) var holdings: [String: Holding] = [:]
    /// Sum of the notionals of all purchases.
    public private(set) var bought = Money.zero
    /// Sum of the notionals of all sales.
    public private(set) var sold = Money.zero
    public private(set) var fees = Money.zero
    /// What sales have brought above the cost of what was sold, all fees taken off.
    public private(set) var realised = Money.zero

    public init(startingBalance: Money) {
        self.startingBalance = startingBalance
        cash = startingBalance
    }

    /// An account in the middle of its life: what has moved before is not in the sums of this ledger.
    public init(cash: Money, holdings: [String: Holding]) {
        self.init(startingBalance: cash)
        self.holdings = holdings
    }

    /// Enters a fill. Throws, and changes nothing, when there is not enough of what it takes.
    ///
    /// - Returns: what a sale has brought above the cost of what was sold, its fee aside; nil for a purchase.
    @discardableResult
    public mutating func enter(_ execution: Execution) throws(LedgerError) -> Money? {
        guard execution.quantity > .zero else { throw .nothingTraded }
        let held = holdings[execution.instrument] ?? Holding()
        guard execution.side == .buy || execution.quantity <= held.quantity else {
            throw .insufficientQuantity(held: held.quantity)
        }
        var next = self
        var profit: Money?
        do throws(AmountError) {
            switch execution.side {
            case .buy: try next.buy(execution, held)
            case .sell: profit = try next.sell(execution, held)
            }
        } catch {
            throw .amount(error)
        }
        guard next.cash >= .zero else { throw .insufficientFunds(cash: cash) }
        self = next
        return profit
    }

    private mutating func buy(_ execution: Execution, _ held: Holding) throws(AmountError) {
        cash = try cash - execution.notional - execution.fee
        bought = try bought + execution.notional
        fees = try fees + execution.fee
        realised = try realised - execution.fee
        holdings[execution.instrument] = Holding(
            quantity: try held.quantity + execution.quantity, cost: try held.cost + execution.notional)
    }

    private mutating func sell(_ execution: Execution, _ held: Holding) throws(AmountError) -> Money {
        let cost = try held.cost(of: execution.quantity), profit = try execution.notional - cost
        cash = try cash + execution.notional - execution.fee
        sold = try sold + execution.notional
        fees = try fees + execution.fee
        realised = try realised + profit - execution.fee
        let left = try held.quantity - execution.quantity
        holdings[execution.instrument] = left == .zero ? nil : Holding(quantity: left, cost: try held.cost - cost)
        return profit
    }

    /// Tells what is held of an instrument in new units, because its prices were restated. Cash and what was paid stay.
    ///
    /// - Returns: what is held then; nil where nothing is.
    @discardableResult
    public mutating func rescale(_ instrument: String, by scale: UnitScale) -> Holding? {
        guard let held = holdings[instrument] else { return nil }
        let after = Holding(quantity: held.quantity.scaled(by: scale), cost: held.cost)
        holdings[instrument] = after
        return after
    }

    /// What the account is worth.
    ///
    /// - Parameter prices: of everything held; nil when one of them is missing.
    public func equity(at prices: [String: Price]) throws(AmountError) -> Money? {
        var equity = cash
        for (instrument, holding) in holdings {
            guard let price = prices[instrument] else { return nil }
            equity = try equity + holding.value(at: price)
        }
        return equity
    }
}
