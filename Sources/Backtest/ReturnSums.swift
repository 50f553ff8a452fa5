/// The passes over returns from bar to bar. What a sum of doubles is depends on its order, and each here has one: eight
/// sums, of every eighth return, which are added at the end.
struct ReturnSums {
    /// What is made of them alone.
    struct Plain {
        /// Sixteen in order, each of returns of the run.
        var blocks: [ReturnMoments.Block] = []
        /// Of the losing returns.
        var losingSquares = 0.0
        var marketSum = 0.0
        /// Of run and market, about their means.
        var covariance = 0.0
        var marketVariance = 0.0
    }

    /// Returns looked at at a time. Whole eights.
    private static let chunk = Curves.maximum

    private let returns: Returns

    init(_ returns: Returns) { self.returns = returns }

    /// The first pass.
    ///
    /// - Parameter looked: called with the points of curves but the first, some at a time in order.
    func plain(_ checkpoint: Checkpoint, looked: (Curves.Part) -> Void) throws(BacktestRefusal) -> Plain {
        var result = Plain()
        result.blocks.reserveCapacity(ReturnMoments.blockCount)
        var sums = PlainSums()
        let count = returns.count
        for b in 0..<ReturnMoments.blockCount {
            let range = (count * b / ReturnMoments.blockCount)..<(count * (b + 1) / ReturnMoments.blockCount)
            guard !range.isEmpty else {
                result.blocks.append(.init(count: 0, sum: 0, sumOfSquares: 0))
                continue
            }
            (sums.returns, sums.squares) = (Eight(), Eight())
            for begin in stride(from: range.lowerBound, to: range.upperBound, by: Self.chunk) {
                let chunk = begin..<min(begin + Self.chunk, range.upperBound)
                try checkpoint(chunk.count)
                returns.look(at: chunk, &sums, looked)
            }
            result.blocks.append(
                .init(count: range.count, sum: sums.returns.sum(), sumOfSquares: sums.squares.sum()))
        }
        result.losingSquares = sums.losingSquares.sum()
        result.marketSum = sums.market.sum()
        let marketSquares = sums.marketSquares.sum()
        let products = sums.products.sum()
        guard let ownMean = ReturnMoments.mean(of: result.blocks, count: returns.count) else { return result }
        let marketMean = result.marketSum / Double(returns.count)
        result.covariance = products - ownMean * result.marketSum
        result.marketVariance = marketSquares - marketMean * result.marketSum
        // Where the mean outweighs the spread, a difference of such sums is mostly rounding: then a pass more.
        if !(result.marketVariance > 0.01 * marketSquares) {
            (result.covariance, result.marketVariance) = try spread(ownMean, marketMean, checkpoint)
        }
        return result
    }

    private func spread(
        _ ownMean: Double, _ marketMean: Double, _ checkpoint: Checkpoint
    ) throws(BacktestRefusal) -> (covariance: Double, marketVariance: Double) {
        var covariance = 0.0
        var variance = 0.0
        try forEachChunk(checkpoint) { chunk in
            for i in chunk {
                let (own, market) = returns[i]
                covariance += (own - ownMean) * (market - marketMean)
                variance += (market - marketMean) * (market - marketMean)
            }
        }
        return (covariance, variance)
    }

    /// Powers of what the run's returns deviate from their mean, and, if there is one, from the line through the
    /// market's.
    func central(
        mean: Double, line: (slope: Double, intercept: Double)?, _ checkpoint: Checkpoint
    ) throws(BacktestRefusal) -> DeviationPowers {
        var powers = DeviationPowers()
        try forEachChunk(checkpoint) { returns.add($0, mean: mean, line: line, to: &powers) }
        return powers
    }

    private func forEachChunk(
        _ checkpoint: Checkpoint, _ body: (Range<Int>) -> Void
    ) throws(BacktestRefusal) {
        for begin in stride(from: 0, to: returns.count, by: Self.chunk) {
            let chunk = begin..<min(begin + Self.chunk, returns.count)
            try checkpoint(chunk.count)
            body(chunk)
        }
    }
}
