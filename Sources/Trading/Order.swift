/// Which way an order trades. The raw value is the word of the API and the database.
public enum OrderSide: String, Sendable, CaseIterable {
    case buy = "BUY"
    case sell = "SELL"
}

/// At which prices an order may fill.
///
///     OrderKind.stopLimit(stop: 105, limit: 106)      // nothing below 105, and then at most 106 (a purchase)
public enum OrderKind<Price: Comparable>: Equatable {
    /// At any.
    case market
    /// At this one or a better one.
    case limit(Price)
    /// At any, once the market has reached this one.
    case stop(Price)
    /// At the limit or better, once the market has reached the stop.
    case stopLimit(stop: Price, limit: Price)
}

extension OrderKind: Sendable where Price: Sendable {}

/// The word for a kind of order, without its prices. The raw value is that of the API and the database.
public enum OrderType: String, Sendable, CaseIterable {
    case market = "MARKET"
    case limit = "LIMIT"
    case stop = "STOP"
    case stopLimit = "STOP_LIMIT"

    public var hasLimit: Bool { self == .limit || self == .stopLimit }
    public var hasStop: Bool { self == .stop || self == .stopLimit }
}

extension OrderKind {
    public var type: OrderType {
        switch self {
        case .market: .market
        case .limit: .limit
        case .stop: .stop
        case .stopLimit: .stopLimit
        }
    }

    public var limitPrice: Price? {
        switch self {
        case .limit(let limit), .stopLimit(_, let limit): limit
        case .market, .stop: nil
        }
    }

    public var stopPrice: Price? {
        switch self {
        case .stop(let stop), .stopLimit(let stop, _): stop
        case .market, .limit: nil
        }
    }

    /// Nil when a price is missing that the type needs.
    public init?(_ type: OrderType, limit: Price?, stop: Price?) {
        switch (type, limit, stop) {
        case (.market, _, _): self = .market
        case (.limit, let limit?, _): self = .limit(limit)
        case (.stop, _, let stop?): self = .stop(stop)
        case (.stopLimit, let limit?, let stop?): self = .stopLimit(stop: stop, limit: limit)
        default: return nil
        }
    }
}

/// How long an order rests.
public enum TimeInForce: String, Sendable, CaseIterable {
    /// To the end of the next session of the asset: the first that begins after it was placed.
    case day = "DAY"
    /// 90 days.
    case goodTillCancelled = "GTC"
}

/// Where an order stands. It rests, and ends in one of four ways for good.
public enum OrderStatus: String, Sendable, CaseIterable {
    case pending = "PENDING"
    case filled = "FILLED"
    case cancelled = "CANCELLED"
    case expired = "EXPIRED"
    case rejected = "REJECTED"
}

/// What one bar does to a resting order.
public enum OrderOutcome<Price: Comparable>: Equatable {
    /// Nothing.
    case rests
    /// The stop of a stop-limit order was reached, but not its limit behind it: from the next bar on it is a limit order.
    case triggered
    case fills(at: Price)
}

extension OrderOutcome: Sendable where Price: Sendable {}
