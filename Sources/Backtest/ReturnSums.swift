/// The passes over returns from bar to bar. What a sum of doubles is depends on its order, and each here has one: four
/// sums, of every fourth return, which are added at the end.
struct ReturnSums<Source: Returns>: ~Copyable {
    typealias Four = SIMD4<Double>

    /// What needs nothing but the returns.
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

    private let returns: Source
    /// A few returns at a time, of run and market, in the nearest cache.
    private let own: UnsafeMutablePointer<Double>
    private let market: UnsafeMutablePointer<Double>
    private let capacity: Int

    init(_ returns: Source) {
        self.returns = returns
        capacity = max(1, min(512, returns.count))
        own = .allocate(capacity: 2 * (capacity + 8))
        market = own + capacity + 8
    }

    deinit { own.deallocate() }

    /// - Parameter prepare: called before some returns are looked at, in order.
    func plain(_ checkpoint: Checkpoint, prepare: (Range<Int>) -> Void) throws(BacktestRefusal) -> Plain {
        var result = Plain()
        result.blocks.reserveCapacity(ReturnMoments.blockCount)
        var losingSquares = Four()
        var marketSum = Four()
        var marketSquares = Four()
        var products = Four()
        for b in 0..<ReturnMoments.blockCount {
            let count = returns.count
            let range = (count * b / ReturnMoments.blockCount)..<(count * (b + 1) / ReturnMoments.blockCount)
            var sum = Four()
            var squares = Four()
            for begin in stride(from: range.lowerBound, to: range.upperBound, by: capacity) {
                let chunk = begin..<min(begin + capacity, range.upperBound)
                try checkpoint(chunk.count)
                prepare(chunk)
                returns.read(chunk, own: own, market: market)
                // What is missing to the last four adds nothing.
                for i in chunk.count..<(chunk.count + 3) { (own[i], market[i]) = (0, 0) }
                for i in stride(from: 0, to: chunk.count, by: 4) {
                    let value = own.four(at: i)
                    let loss = Four().replacing(with: value, where: value .< 0)
                    sum += value
                    squares += value * value
                    losingSquares += loss * loss
                }
                for i in stride(from: 0, to: chunk.count, by: 4) {
                    let value = market.four(at: i)
                    marketSum += value
                    marketSquares += value * value
                    products += value * own.four(at: i)
                }
            }
            result.blocks.append(.init(count: range.count, sum: sum.sum(), sumOfSquares: squares.sum()))
        }
        result.losingSquares = losingSquares.sum()
        result.marketSum = marketSum.sum()
        guard let ownMean = ReturnMoments.mean(of: result.blocks, count: returns.count) else { return result }
        let marketMean = result.marketSum / Double(returns.count)
        result.covariance = products.sum() - ownMean * result.marketSum
        result.marketVariance = marketSquares.sum() - marketMean * result.marketSum
        // Where the mean outweighs the spread, a difference of such sums is mostly rounding: then a pass more.
        if !(result.marketVariance > 0.01 * marketSquares.sum()) {
            (result.covariance, result.marketVariance) = try spread(ownMean, marketMean, checkpoint)
        }
        return result
    }

    private func spread(
        _ ownMean: Double, _ marketMean: Double, _ checkpoint: Checkpoint
    ) throws(BacktestRefusal) -> (covariance: Double, marketVariance: Double) {
        var covariance = 0.0
        var variance = 0.0
        try forEachChunk(checkpoint) { count in
            for i in 0..<count {
                covariance += (own[i] - ownMean) * (market[i] - marketMean)
                variance += (market[i] - marketMean) * (market[i] - marketMean)
            }
        }
        return (covariance, variance)
    }

    /// Powers of what the run's returns deviate from their mean, and, if there is one, from the line through the
    /// market's.
    func central(
        mean: Double, line: (slope: Double, intercept: Double)?, _ checkpoint: Checkpoint
    ) throws(BacktestRefusal) -> (own: PowerSums, residual: PowerSums) {
        var powers = PowerSums()
        var residual = PowerSums()
        try forEachChunk(checkpoint) { count in
            let whole = count / 4 * 4
            for i in stride(from: 0, to: whole, by: 4) { powers.add(own.four(at: i) - mean) }
            for i in whole..<count { powers.add(Four(own[i] - mean, 0, 0, 0)) }
            guard let line else { return }
            for i in stride(from: 0, to: whole, by: 4) {
                residual.add(own.four(at: i) - line.slope * market.four(at: i) - line.intercept)
            }
            for i in whole..<count { residual.add(Four(own[i] - line.slope * market[i] - line.intercept, 0, 0, 0)) }
        }
        return (powers, residual)
    }

    private func forEachChunk(
        _ checkpoint: Checkpoint, _ body: (_ count: Int) -> Void
    ) throws(BacktestRefusal) {
        for begin in stride(from: 0, to: returns.count, by: capacity) {
            let chunk = begin..<min(begin + capacity, returns.count)
            try checkpoint(chunk.count)
            returns.read(chunk, own: own, market: market)
            body(chunk.count)
        }
    }
}

/// Sums of the powers of deviations.
struct PowerSums {
    private var firsts = SIMD4<Double>()
    private var seconds = SIMD4<Double>()
    private var thirds = SIMD4<Double>()
    private var fourths = SIMD4<Double>()

    @inline(__always)
    mutating func add(_ deviation: SIMD4<Double>) {
        let square = deviation * deviation
        firsts += deviation
        seconds += square
        thirds += square * deviation
        fourths += square * square
    }

    var first: Double { firsts.sum() }
    var second: Double { seconds.sum() }
    var third: Double { thirds.sum() }
    var fourth: Double { fourths.sum() }
}
