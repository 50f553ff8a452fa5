public import Market

/// Two exits of a position that cancel each other.
public struct Bracket: Equatable, Sendable {
    public let stopLoss: Price?
    public let takeProfit: Price?

    public init(stopLoss: Price? = nil, takeProfit: Price? = nil) {
        (self.stopLoss, self.takeProfit) = (stopLoss, takeProfit)
    }

    public var isEmpty: Bool { count == 0 }

    var count: Int { (stopLoss == nil ? 0 : 1) + (takeProfit == nil ? 0 : 1) }

    /// Whether a position bought at this price lies between its exits.
    func encloses(_ price: Price) -> Bool {
        (stopLoss.map { $0 < price } ?? true) && (takeProfit.map { $0 > price } ?? true)
    }
}
