/// A number that may not exist, and then why: never not-a-number, never a made-up zero.
public enum MetricValue: Equatable, Sendable {
    case number(Double)
    case missing(Reason)

    /// Stable words for a figure that does not exist.
    public enum Reason: String, Sendable, CaseIterable {
        /// The divisor is a spread that is zero.
        case zeroVariance = "ZERO_VARIANCE"
        /// There is no loss to divide by or to average.
        case noLosses = "NO_LOSSES"
        /// There is no gain to average.
        case noWins = "NO_WINS"
        case noTrades = "NO_TRADES"
        /// The definition has no stop loss, so there is no risk to measure by.
        case noStop = "NO_STOP"
        /// Too few bars, trades or days.
        case sampleTooShort = "SAMPLE_TOO_SHORT"
        /// There is no track record of any length for a Sharpe ratio of zero or below.
        case notPositive = "NOT_POSITIVE"
    }

    public var value: Double? { if case .number(let value) = self { value } else { nil } }

    public var reason: Reason? { if case .missing(let reason) = self { reason } else { nil } }

    /// The number, changed; or the same reason.
    public func map(_ change: (Double) -> Double) -> MetricValue {
        switch self {
        case .number(let value): .number(change(value))
        case .missing: self
        }
    }

    /// The number, or the reason if there is none.
    init(_ value: Double?, else reason: Reason) {
        self = value.map(MetricValue.number) ?? .missing(reason)
    }
}
