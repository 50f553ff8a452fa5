import Market

/// The outcome of one run, with everything that is stored, shown or hashed of it.
///
///     report.metrics[.sharpe].value                  // a number, or nil
///     report.metrics[.sharpe].reason                 // why there is none, or nil
///     report.verdict(trials: 1, variance: 0.001, excessVariance: 0.001)     // .insufficientSample under 30 trades
public struct Report: Equatable, Sendable {
    /// Starts of the bars of the range, Unix microseconds; the warm-up is not in it.
    public let times: [Int64]
    /// Cash plus the value of the position at the close, one point a bar of the range.
    public let equity: [Double]
    /// In the order in which they were closed.
    public let trades: [Trade]
    public let metrics: Metrics
    /// What the row in `trials` keeps of the returns.
    public let moments: ReturnMoments
    /// The same of what is left of each return after the market, r - beta * b, without blocks; nil where the market has no
    /// spread to compare with.
    public let excess: ReturnMoments?
    public let notices: [Notice]
    /// Decimal places of the grid the prices lie on, if they do.
    public let tickExponent: Int?
    public let periodsPerYear: Int
    public let options: SimulationOptions

    /// With this begin the figures that need N, the number of variants tried; the command line, which has no record of
    /// them, says 1.
    public func deflatedSharpe(trials: Int, variance: Double) -> MetricValue {
        moments.probabilisticSharpe(
            against: Significance.expectedMaximumSharpe(trials: trials, variance: variance))
    }

    /// The same of what is left after the market.
    ///
    /// - Parameter variance: of the excess Sharpe ratios of the trials.
    public func deflatedExcessSharpe(trials: Int, variance: Double) -> MetricValue {
        guard let excess else { return metrics[.probabilisticExcessSharpe] }
        return excess.probabilisticSharpe(
            against: Significance.expectedMaximumSharpe(trials: trials, variance: variance))
    }

    /// The verdict in words with the deflated Sharpe ratios of as many trials.
    public func verdict(trials: Int, variance: Double, excessVariance: Double) -> Verdict {
        Verdict(
            trades: trades.count, returns: moments.count, periodsPerYear: periodsPerYear,
            sharpe: metrics[.sharpe].value, probabilisticSharpe: metrics[.probabilisticSharpe].value,
            deflatedSharpe: deflatedSharpe(trials: trials, variance: variance).value,
            excess: deflatedExcessSharpe(trials: trials, variance: excessVariance).value.map { .deflated($0) }
                ?? .noSpread)
    }
}

/// Something a reader of a result has to know. The raw value is the stable word.
public enum Notice: String, Sendable, CaseIterable {
    case ruined = "RUINED"
    case signalCloseTiming = "SIGNAL_CLOSE_TIMING"
    case noTickScale = "NO_TICK_SCALE"

    public var message: String {
        switch self {
        case .ruined: "The equity fell below 0.01; from then on no position was opened."
        case .signalCloseTiming:
            "Signals are acted upon at the very close they are computed from, which nobody can trade. "
                + "next_open is closer to life."
        case .noTickScale:
            "The prices lie on no decimal grid, so averages are compensated sums and ties between them may be decided "
                + "by rounding."
        }
    }
}
