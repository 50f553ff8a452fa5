public import Market

/// What somebody wants traded, as it was asked for.
///
///     let ticket = OrderTicket(side: .buy, kind: .limit(Price("27.4")!), size: .quantity(Quantity("10")!))
public struct OrderTicket: Equatable, Sendable {
    /// How much.
    public enum Size: Equatable, Sendable {
        case quantity(Quantity)
        /// As many units as this buys, fee aside.
        case notional(Money)
        /// As many units as lose this share of the equity on the way to the bracket's stop.
        case risk(Rate)
    }

    public let side: OrderSide
    public let kind: OrderKind<Price>
    public let size: Size
    /// Sells what is there at the most, instead of being refused.
    public let isReduceOnly: Bool
    /// Where the position is given up, once it is bought.
    public let bracket: Bracket

    public init(
        side: OrderSide, kind: OrderKind<Price>, size: Size, isReduceOnly: Bool = false, bracket: Bracket = Bracket()
    ) {
        (self.side, self.kind, self.size, self.isReduceOnly, self.bracket) = (side, kind, size, isReduceOnly, bracket)
    }

    /// How many orders rest because of it, at the most: itself, or the exits once it has filled.
    var resting: Int { max(kind == .market ? 0 : 1, bracket.count) }
}

extension OrderKind<Price> {
    /// The price to reckon with before there is a fill: the one that is asked for, or the market's. Of a stop with a limit
    /// a purchase pays its limit at the most, and a sale gets its stop however low its limit is.
    public func reference(_ side: OrderSide, market: Price) -> Price {
        switch self {
        case .market: market
        case .limit(let limit): limit
        case .stopLimit(let stop, let limit): side == .buy ? limit : max(stop, limit)
        case .stop(let stop): stop
        }
    }

    /// Whether it would not rest at all: the market is there already.
    func isMet(_ side: OrderSide, at market: Price) -> Bool {
        switch self {
        case .market: false
        case .limit(let limit): side == .buy ? market <= limit : market >= limit
        case .stop(let stop), .stopLimit(let stop, _): side == .buy ? market >= stop : market <= stop
        }
    }
}
