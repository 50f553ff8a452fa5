public import Market

/// An order that waits for a bar.
public struct RestingOrder: Equatable, Sendable {
    /// Its part in a bracket.
    public enum Role: Equatable, Sendable {
        /// Stands by itself.
        case single
        /// Once it has bought, exits wait at these prices.
        case entry(Bracket)
        /// Closes what the entry of this id has bought; its sibling goes when it fills.
        case exit(of: String)
    }

    public let id: String
    public let side: OrderSide
    /// A stop-limit order whose stop was reached is a limit order.
    public internal(set) var kind: OrderKind<Price>
    public let quantity: Quantity
    public let isReduceOnly: Bool
    public let role: Role
    /// Only bars that begin then or later may fill it: it moves on with each that it has met.
    public internal(set) var activeFrom: Instant
    /// No bar that begins then or later may; nil: it rests without end.
    public let expiresAt: Instant?
    /// What it keeps back of the cash.
    public let heldCash: Money

    func isOver(by moment: Instant) -> Bool { expiresAt.map { $0 <= moment } ?? false }

    public init(
        id: String, side: OrderSide, kind: OrderKind<Price>, quantity: Quantity, isReduceOnly: Bool = false,
        role: Role = .single, activeFrom: Instant, expiresAt: Instant? = nil, heldCash: Money = .zero
    ) {
        (self.id, self.side, self.kind, self.quantity, self.isReduceOnly) = (id, side, kind, quantity, isReduceOnly)
        (self.role, self.activeFrom, self.expiresAt, self.heldCash) = (role, activeFrom, expiresAt, heldCash)
    }

    var entryID: String? { if case .exit(let id) = role { id } else { nil } }
}

/// A bar in exact prices.
public struct ExactBar: Equatable, Sendable {
    public let span: BarSpan
    public let open: Price
    public let high: Price
    public let low: Price
    public let close: Price

    public init(span: BarSpan, open: Price, high: Price, low: Price, close: Price) {
        (self.span, self.open, self.high, self.low, self.close) = (span, open, high, low, close)
    }
}

/// What a bar has done to an order that rested.
public struct RestingEvent: Equatable, Sendable {
    public enum Kind: Equatable, Sendable {
        /// - Parameter profit: of a sale, above the cost of what was sold, its fee aside.
        case filled(Execution, profit: Money?, FillReason)
        case triggered
        case expired
        /// It should have filled, and could not be paid for or delivered.
        case refused(OrderRefusal, at: Price)
        /// Its sibling has filled, or what it was to close is gone.
        case cancelled
    }

    public let orderID: String
    public let kind: Kind
    public let bar: ExactBar
}

/// Why a fill has the price it has.
public enum FillReason: Equatable, Sendable {
    /// The bar opened beyond the price that was waited for.
    case gap
    /// The bar traded through the limit.
    case limit
    /// The bar reached the stop.
    case stop
}
