/// When a bar begins and ends in the market, which ``TradingHours`` know.
public struct BarSpan: Equatable, Sendable {
    public let begin: Instant
    public let end: Instant

    public init(begin: Instant, end: Instant) { (self.begin, self.end) = (begin, end) }
}
