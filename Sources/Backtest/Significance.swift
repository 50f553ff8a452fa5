/// How likely a result is more than luck. All Sharpe ratios are per bar.
///
/// Sources: Bailey and Lopez de Prado, "The Sharpe Ratio Efficient Frontier" (2012) and "The Deflated Sharpe Ratio"
/// (2014).
public enum Significance {
    private static let eulerGamma = 0.5772156649
    private static let euler = 2.718281828459045

    /// The probability that the true Sharpe ratio is above `benchmark`, given this one of `returns` returns. nil below
    /// two returns, or when the estimate has no error at all.
    public static func probabilisticSharpe(
        _ sharpe: Double, against benchmark: Double = 0, returns: Int, skewness: Double, kurtosis: Double
    ) -> Double? {
        let variance = errorVariance(sharpe, skewness, kurtosis)
        guard returns >= 2, variance > 0 else { return nil }
        let distance = (sharpe - benchmark) * Double(returns - 1).squareRoot() / variance.squareRoot()
        return NormalDistribution.cumulative(distance)
    }

    /// Phi^-1(0.95); found once, because finding it takes longer than all else that is told of a short run.
    private static let confidence = NormalDistribution.quantile(0.95)

    /// How many returns it takes until a Sharpe ratio is above `benchmark` with 95 percent probability. nil unless it is
    /// above at all.
    public static func minimumTrackRecord(
        _ sharpe: Double, against benchmark: Double = 0, skewness: Double, kurtosis: Double
    ) -> Double? {
        guard sharpe > benchmark else { return nil }
        let distance = confidence / (sharpe - benchmark)
        return 1 + errorVariance(sharpe, skewness, kurtosis) * distance * distance
    }

    /// SR0: the best Sharpe ratio to expect of `trials` tries without any skill, when their ratios have this variance.
    public static func expectedMaximumSharpe(trials: Int, variance: Double) -> Double {
        guard trials > 1 else { return 0 }
        let n = Double(trials)
        let quantile = NormalDistribution.quantile
        return variance.squareRoot()
            * ((1 - eulerGamma) * quantile(1 - 1 / n) + eulerGamma * quantile(1 - 1 / (n * euler)))
    }

    /// DSR: the probability that the true Sharpe ratio is above what the best of `trials` tries shows by luck.
    public static func deflatedSharpe(
        _ sharpe: Double, trials: Int, variance: Double, returns: Int, skewness: Double, kurtosis: Double
    ) -> Double? {
        probabilisticSharpe(
            sharpe, against: expectedMaximumSharpe(trials: trials, variance: variance), returns: returns,
            skewness: skewness, kurtosis: kurtosis)
    }

    /// V: the variance of the Sharpe ratios of a family's trials on one window, and never less than what chance alone
    /// spreads them by, 1/(T-1).
    ///
    /// - Parameter sharpes: of the trials that have one.
    public static func trialVariance(_ sharpes: [Double], returns: Int) -> Double {
        let minimum = returns > 1 ? 1 / Double(returns - 1) : 1
        guard sharpes.count > 1 else { return minimum }
        let mean = sharpes.reduce(0, +) / Double(sharpes.count)
        let squares = sharpes.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        return max(squares / Double(sharpes.count - 1), minimum)
    }

    /// The squared standard error of a Sharpe ratio, times the number of returns less one.
    private static func errorVariance(_ sharpe: Double, _ skewness: Double, _ kurtosis: Double) -> Double {
        1 - skewness * sharpe + (kurtosis - 1) / 4 * sharpe * sharpe
    }
}
