/// What the statistics say about a result, in the words of the API. Never "proven".
public enum Verdict: String, Sendable, CaseIterable {
    /// Too few trades or bars to say anything.
    case insufficientSample = "INSUFFICIENT_SAMPLE"
    /// The best of as many tries without skill would look like this.
    case notDistinguishableFromLuck = "NOT_DISTINGUISHABLE_FROM_LUCK"
    case borderline = "BORDERLINE"
    /// Holding the market would have done it.
    case explainedByMarket = "EXPLAINED_BY_MARKET"
    case survivesDeflation = "SURVIVES_DEFLATION"

    /// The first that applies, in the order above.
    ///
    /// - Parameters:
    ///   - returns: T.
    ///   - deflatedSharpe: with N as of now; nil when there is no PSR either.
    ///   - deflatedExcessSharpe: the same of what is left after the market. nil counts as explained: a run that moves with
    ///     the market and nothing else leaves no spread to measure.
    public init(
        trades: Int, returns: Int, periodsPerYear: Int, sharpe: Double?, probabilisticSharpe: Double?,
        deflatedSharpe: Double?, deflatedExcessSharpe: Double?
    ) {
        let isShort = trades < 30 || Double(returns) < Double(periodsPerYear) / 2
        guard !isShort, let sharpe, probabilisticSharpe != nil, let deflatedSharpe else {
            self = .insufficientSample
            return
        }
        if deflatedSharpe < 0.90 || sharpe <= 0 {
            self = .notDistinguishableFromLuck
        } else if deflatedSharpe < 0.95 {
            self = .borderline
        } else if (deflatedExcessSharpe ?? 0) < 0.95 {
            self = .explainedByMarket
        } else {
            self = .survivesDeflation
        }
    }
}
