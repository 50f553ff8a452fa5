/// What fills at which price inside a bar, written once for backtests and for paper orders.
///
/// A bar says where it opened and how far it went, not in which order, so every doubt is decided against the trader.
/// Generic over the price, because a backtest computes in doubles and the ledger in exact integers.
///
///     FillModel.level(open: 96, high: 103, low: 95, stop: 97, target: 110)               // .stopAtOpen
///     FillModel.outcome(of: .limit(98), .buy, open: 100, high: 104, low: 97)             // .fills(at: 98)
public enum FillModel {
    /// The level of a long position's bracket that fills inside a bar; nil when none does.
    ///
    /// A bar that opens beyond a level fills at that open, be it worse (stop) or better (target); else a bar that
    /// reaches the stop fills the stop, and only then one that reaches the target the target. A level of nil does not
    /// exist. That `low <= open <= high` and `stop < target` is the caller's business.
    @inlinable
    public static func level<Price: Comparable>(
        open: Price, high: Price, low: Price, stop: Price?, target: Price?
    ) -> FilledLevel? {
        if let stop, open < stop { return .stopAtOpen }
        if let target, open > target { return .targetAtOpen }
        if let stop, low <= stop { return .stop }
        if let target, high >= target { return .target }
        return nil
    }

    /// What a bar does to an order that rested before the bar began; slippage comes on top of the price.
    ///
    /// A limit fills when the market trades through it, not when it only touches it: at the limit, or at an open that is
    /// better. A stop fills when the market reaches it: at the stop, or at an open that is worse. What a bar may have done
    /// in either order is decided against the trader: a stop-limit order whose stop is reached inside the bar fills there
    /// only if the stop itself is within the limit. That `low <= open <= high` is the caller's business.
    @inlinable
    public static func outcome<Price: Comparable>(
        of kind: OrderKind<Price>, _ side: OrderSide, open: Price, high: Price, low: Price
    ) -> OrderOutcome<Price> {
        // Whether a price is further than a level on the side that is better, or worse, for the trader.
        func isBetter(_ price: Price, than level: Price) -> Bool { side == .buy ? price < level : price > level }
        let (best, worst) = side == .buy ? (low, high) : (high, low)
        switch kind {
        case .market:
            return .fills(at: open)
        case .limit(let limit):
            guard isBetter(best, than: limit) else { return .rests }
            return .fills(at: isBetter(open, than: limit) ? open : limit)
        case .stop(let stop):
            guard !isBetter(worst, than: stop) else { return .rests }
            return .fills(at: isBetter(open, than: stop) ? stop : open)
        case .stopLimit(let stop, let limit):
            guard !isBetter(worst, than: stop) else { return .rests }
            if isBetter(open, than: stop) { return isBetter(limit, than: stop) ? .triggered : .fills(at: stop) }
            // Triggered at the open: a limit order for the whole bar.
            guard isBetter(limit, than: open) else { return .fills(at: open) }
            return isBetter(best, than: limit) ? .fills(at: limit) : .triggered
        }
    }
}

/// The level that filled, and with it the price: the level itself or, on a gap, the open of the bar.
@frozen
public enum FilledLevel: Sendable, Equatable, CaseIterable {
    /// The bar opened below the stop: sold at the open.
    case stopAtOpen
    /// The bar opened above the target: sold at the open.
    case targetAtOpen
    /// Sold at the stop.
    case stop
    /// Sold at the target.
    case target

    /// The bar had already opened beyond the level.
    @inlinable
    public var isGap: Bool { self == .stopAtOpen || self == .targetAtOpen }

    /// The stop loss filled, at whichever price; otherwise the take profit did.
    @inlinable
    public var isStop: Bool { self == .stopAtOpen || self == .stop }

    /// The price of the fill; slippage comes on top.
    ///
    /// - Parameters: of the bar and the bracket that ``FillModel/level(open:high:low:stop:target:)`` was asked for.
    @inlinable
    public func price<Price>(
        open: Price, stop: @autoclosure () -> Price?, target: @autoclosure () -> Price?
    ) -> Price {
        switch self {
        case .stopAtOpen, .targetAtOpen: open
        case .stop: stop()!
        case .target: target()!
        }
    }
}
