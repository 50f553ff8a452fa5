/// What a trial leaves behind about its returns from bar to bar, enough for every later question about luck.
public struct ReturnMoments: Equatable, Sendable {
    /// Count, sum and sum of squares of one sixteenth of the returns.
    public struct Block: Equatable, Sendable {
        public let count: Int
        public let sum: Double
        public let sumOfSquares: Double
    }

    public static let blockCount = 16

    /// T: the returns that exist.
    public let count: Int
    /// nil without returns.
    public let mean: Double?
    /// Divides by T - 1; nil below two returns, exactly 0 when only rounding spreads them.
    public let standardDeviation: Double?
    /// From population moments; nil without a spread.
    public let skewness: Double?
    /// Raw (normal: 3), from population moments; nil without a spread.
    public let kurtosis: Double?
    /// Sixteen in order; block b holds the returns T*b/16 up to T*(b+1)/16, so some are empty when T is below 16.
    public let blocks: [Block]

    /// A spread this small is what rounding leaves of none: returns carry errors of about 1e-16.
    static let minimumSpread = 1e-13

    /// Of numbers in no relation to any market.
    init(_ values: [Double]) {
        do throws(BacktestRefusal) {
            self = try CurveStatistics(returns: values, market: nil, { _ in }).moments
        } catch {
            preconditionFailure("only a checkpoint refuses, and this one does not: \(error)")
        }
    }

    static func mean(of blocks: [Block], count: Int) -> Double? {
        count == 0 ? nil : blocks.reduce(0) { $0 + $1.sum } / Double(count)
    }

    /// - Parameter central: powers about this mean.
    init(_ blocks: [Block], mean: Double?, _ central: PowerSums, count: Int) {
        self.blocks = blocks
        self.count = count
        self.mean = mean
        let spread = count < 2 ? 0 : (central.second / Double(count - 1)).squareRoot()
        let hasSpread = spread > Self.minimumSpread
        standardDeviation = count < 2 ? nil : hasSpread ? spread : 0
        let variance = central.second / Double(count)
        skewness = hasSpread ? central.third / Double(count) / (variance * variance.squareRoot()) : nil
        kurtosis = hasSpread ? central.fourth / Double(count) / (variance * variance) : nil
    }

    /// Whether numbers can hold them.
    public var areFinite: Bool {
        (mean ?? 0).isFinite && (standardDeviation ?? 0).isFinite && (skewness ?? 0).isFinite
            && (kurtosis ?? 0).isFinite && blocks.allSatisfy { $0.sum.isFinite && $0.sumOfSquares.isFinite }
    }

    /// Mean over standard deviation.
    public var sharpePerBar: MetricValue {
        guard let mean, let standardDeviation else { return .missing(.sampleTooShort) }
        guard standardDeviation > 0 else { return .missing(.zeroVariance) }
        return .number(mean / standardDeviation)
    }

    /// The probability that the true Sharpe ratio is above `benchmark` (per bar), which is 0 for the PSR.
    public func probabilisticSharpe(against benchmark: Double = 0) -> MetricValue {
        guard let sharpe = sharpePerBar.value, let skewness, let kurtosis else { return sharpePerBar }
        return MetricValue(
            Significance.probabilisticSharpe(
                sharpe, against: benchmark, returns: count, skewness: skewness, kurtosis: kurtosis),
            else: .zeroVariance)
    }

    /// Bars until this Sharpe ratio would be above 0 with 95 percent probability.
    public var minimumTrackRecord: MetricValue {
        guard let sharpe = sharpePerBar.value, let skewness, let kurtosis else { return sharpePerBar }
        return MetricValue(
            Significance.minimumTrackRecord(sharpe, skewness: skewness, kurtosis: kurtosis), else: .notPositive)
    }
}
