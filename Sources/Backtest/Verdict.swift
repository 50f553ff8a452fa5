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

    /// What is known of what is left of a result after the market.
    public enum Excess: Sendable {
        /// Its deflated Sharpe ratio.
        case deflated(Double)
        /// A run that moves with the market and nothing else leaves no spread to measure: all of it is explained.
        case noSpread
        /// Nobody has compared it with the market yet. What was stored of it, if anything: its plain PSR, which no
        /// number of tries makes larger.
        case notComputed(probabilistic: Double?)
    }

    /// The first that applies, in the order above; but what was never compared with the market does not survive.
    ///
    /// - Parameters:
    ///   - returns: T.
    ///   - deflatedSharpe: with N as of now; nil when there is no PSR either.
    public init(
        trades: Int, returns: Int, periodsPerYear: Int, sharpe: Double?, probabilisticSharpe: Double?,
        deflatedSharpe: Double?, excess: Excess
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
        } else {
            self.init(excess)
        }
    }

    private init(_ excess: Excess) {
        switch excess {
        case .deflated(let sharpe): self = sharpe < 0.95 ? .explainedByMarket : .survivesDeflation
        case .noSpread: self = .explainedByMarket
        case .notComputed(let plain): self = (plain ?? 1) < 0.95 ? .explainedByMarket : .borderline
        }
    }
}
