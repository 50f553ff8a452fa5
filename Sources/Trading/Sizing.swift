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
            return try Self.lesser(
                try Numbers.quantity(
                    for: Numbers.share(percent, of: equity), at: Numbers.distance(from: price, downTo: stop)),
                try costs.quantity(for: equity, at: price))
        case .notional(let amount):
            return try Self.lesser(
                try Numbers.quantity(for: amount, at: price), try costs.quantity(for: equity, at: price))
        }
    }

    /// Where one is more than can be told, it is the other.
    ///
    /// - Throws: where both are.
    @inlinable @inline(__always)
    static func lesser(
        _ one: @autoclosure () throws(Numbers.Failure) -> Numbers.Quantity,
        _ other: @autoclosure () throws(Numbers.Failure) -> Numbers.Quantity
    ) throws(Numbers.Failure) -> Numbers.Quantity {
        let first: Numbers.Quantity
        do { first = try one() } catch { return try other() }
        do { return min(first, try other()) } catch { return first }
    }
}

extension Sizing: Sendable where Numbers.Percent: Sendable, Numbers.Money: Sendable {}
