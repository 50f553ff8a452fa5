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
    static let leastSpread = 1e-13

    /// Not-a-number stands for a return that does not exist and is left out.
    init(_ allReturns: [Double]) {
        var returns = allReturns
        var blocks = Self.blocks(returns)
        var sum = blocks.reduce(0) { $0 + $1.sum }
        if sum.isNaN {
            returns = allReturns.filter { !$0.isNaN }
            blocks = Self.blocks(returns)
            sum = blocks.reduce(0) { $0 + $1.sum }
        }
        self.blocks = blocks
        count = returns.count
        guard count > 0 else {
            mean = nil
            standardDeviation = nil
            skewness = nil
            kurtosis = nil
            return
        }
        let mean = sum / Double(count)
        var second = 0.0
        var third = 0.0
        var fourth = 0.0
        for value in returns {
            let deviation = value - mean
            let square = deviation * deviation
            second += square
            third += square * deviation
            fourth += square * square
        }
        self.mean = mean
        let spread = count < 2 ? 0 : (second / Double(count - 1)).squareRoot()
        let hasSpread = spread > Self.leastSpread
        standardDeviation = count < 2 ? nil : hasSpread ? spread : 0
        let variance = second / Double(count)
        skewness = hasSpread ? third / Double(count) / (variance * variance.squareRoot()) : nil
        kurtosis = hasSpread ? fourth / Double(count) / (variance * variance) : nil
    }

    private static func blocks(_ returns: [Double]) -> [Block] {
        (0..<blockCount).map { b in
            let range = (returns.count * b / blockCount)..<(returns.count * (b + 1) / blockCount)
            var sum = 0.0
            var squares = 0.0
            for value in returns[range] {
                sum += value
                squares += value * value
            }
            return Block(count: range.count, sum: sum, sumOfSquares: squares)
        }
    }

    /// Mean over standard deviation.
    public var sharpePerBar: Figure {
        guard let mean, let standardDeviation else { return .missing(.sampleTooShort) }
        guard standardDeviation > 0 else { return .missing(.zeroVariance) }
        return .number(mean / standardDeviation)
    }

    /// The probability that the true Sharpe ratio is above `benchmark` (per bar), which is 0 for the PSR.
    public func probabilisticSharpe(against benchmark: Double = 0) -> Figure {
        guard let sharpe = sharpePerBar.value, let skewness, let kurtosis else { return sharpePerBar }
        return Figure(
            Significance.probabilisticSharpe(
                sharpe, against: benchmark, returns: count, skewness: skewness, kurtosis: kurtosis),
            else: .zeroVariance)
    }

    /// Bars until this Sharpe ratio would be above 0 with 95 percent probability.
    public var minimumTrackRecord: Figure {
        guard let sharpe = sharpePerBar.value, let skewness, let kurtosis else { return sharpePerBar }
        return Figure(
            Significance.minimumTrackRecord(sharpe, skewness: skewness, kurtosis: kurtosis), else: .notPositive)
    }
}
