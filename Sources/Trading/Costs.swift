/// What trading costs: every fill is worse than its price by the slippage, and pays a commission on its value.
///
///     let costs = Costs<DoubleNumbers>(slippage: 0.0005, commission: 0.001)
///     let price = costs.purchasePrice(at: 100)     // 100.05
///     costs.spent(on: 2, at: price)                // 200.3001: two units and the commission
public struct Costs<Numbers: TradingNumbers> {
    public let slippage: Numbers.Rate
    public let commission: Numbers.Rate
    /// What a fill pays at least; nil: nothing.
    public let minimumCommission: Numbers.Money?

    @inlinable
    public init(slippage: Numbers.Rate, commission: Numbers.Rate, minimumCommission: Numbers.Money? = nil) {
        self.slippage = slippage
        self.commission = commission
        self.minimumCommission = minimumCommission
    }

    /// What a unit is bought for that is quoted at a price.
    @inlinable @inline(__always)
    public func purchasePrice(at quoted: Numbers.Price) throws(Numbers.Failure) -> Numbers.Price {
        try Numbers.raised(quoted, by: slippage)
    }

    /// What a unit is sold for that is quoted at a price.
    @inlinable @inline(__always)
    public func salePrice(at quoted: Numbers.Price) throws(Numbers.Failure) -> Numbers.Price {
        try Numbers.lowered(quoted, by: slippage)
    }

    /// What a purchase at a price takes from the cash, commission included.
    @inlinable @inline(__always)
    public func spent(
        on quantity: Numbers.Quantity, at price: Numbers.Price
    ) throws(Numbers.Failure) -> Numbers.Money {
        let value = try Numbers.value(of: quantity, at: price)
        let spent = try Numbers.raised(value, by: commission)
        guard let minimumCommission else { return spent }
        return max(spent, try Numbers.sum(value, minimumCommission))
    }

    /// What a sale at a price brings to the cash, commission taken off; below zero where the least commission is more
    /// than the value.
    @inlinable @inline(__always)
    public func received(
        for quantity: Numbers.Quantity, at price: Numbers.Price
    ) throws(Numbers.Failure) -> Numbers.Money {
        let value = try Numbers.value(of: quantity, at: price)
        let received = try Numbers.lowered(value, by: commission)
        guard let minimumCommission else { return received }
        return min(received, try Numbers.difference(value, minimumCommission))
    }

    /// How many units a budget buys at a price, the commission paid out of it.
    @inlinable @inline(__always)
    public func quantity(
        for budget: Numbers.Money, at price: Numbers.Price
    ) throws(Numbers.Failure) -> Numbers.Quantity {
        let quantity = try bought(for: budget, at: price)
        // Value and commission are each rounded to the nearest, which may be one step too much in the end.
        guard let step = Numbers.smallestMoney, try spent(on: quantity, at: price) > budget else { return quantity }
        return try bought(for: Numbers.difference(budget, step), at: price)
    }

    @inlinable @inline(__always)
    func bought(for budget: Numbers.Money, at price: Numbers.Price) throws(Numbers.Failure) -> Numbers.Quantity {
        let quantity = try Numbers.quantity(for: budget, at: Numbers.raised(price, by: commission))
        guard let minimumCommission else { return quantity }
        let rest = try Numbers.difference(budget, minimumCommission)
        return min(quantity, try Numbers.quantity(for: rest, at: price))
    }
}

extension Costs: Sendable where Numbers.Rate: Sendable, Numbers.Money: Sendable {}

extension Costs<DoubleNumbers> {
    /// What a closed trade has earned, both commissions taken off.
    @inlinable @inline(__always)
    public func profit(of quantity: Double, bought: Double, sold: Double) -> Double {
        quantity * (sold - bought) - quantity * bought * commission - quantity * sold * commission
    }
}
