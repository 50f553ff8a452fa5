/// How much is bought.
public enum Sizing<Numbers: TradingNumbers> {
    /// For a share of the equity, costs included.
    case allocation(Numbers.Percent)
    /// So much that a fall to the stop loses a share of the equity, costs aside; never more than the equity pays for.
    case risk(Numbers.Percent)
    /// For a fixed amount, costs aside; never more than the equity pays for.
    case notional(Numbers.Money)

    /// How many units to buy.
    ///
    /// - Parameters:
    ///   - price: of the fill, slippage included.
    ///   - stop: the level below it at which the position is given up; nil when there is none, and then nothing is
    ///     bought by risk.
    @inlinable @inline(__always)
    public func quantity(
        equity: Numbers.Money, price: Numbers.Price, stop: Numbers.Price?, costs: Costs<Numbers>
    ) throws(Numbers.Failure) -> Numbers.Quantity? {
        switch self {
        case .allocation(let percent):
            return try costs.quantity(for: Numbers.share(percent, of: equity), at: price)
        case .risk(let percent):
            guard let stop, stop < price else { return nil }
            let wanted = try Numbers.quantity(
                for: Numbers.share(percent, of: equity), at: Numbers.distance(from: price, downTo: stop))
            return min(wanted, try costs.quantity(for: equity, at: price))
        case .notional(let amount):
            return min(
                try Numbers.quantity(for: amount, at: price), try costs.quantity(for: equity, at: price))
        }
    }
}

extension Sizing: Sendable where Numbers.Percent: Sendable, Numbers.Money: Sendable {}
