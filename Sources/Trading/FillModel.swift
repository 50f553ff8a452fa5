/// What fills at which price inside a bar, written once for backtests and for paper orders.
///
/// A bar says where it opened and how far it went, not in which order, so every doubt is decided against the trader.
/// Generic over the price, because a backtest computes in doubles and the ledger in exact integers.
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
    public func price<Price>(open: Price, stop: Price?, target: Price?) -> Price {
        switch self {
        case .stopAtOpen, .targetAtOpen: open
        case .stop: stop!
        case .target: target!
        }
    }
}
