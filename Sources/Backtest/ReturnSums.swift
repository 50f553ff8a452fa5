internal import CVectors

/// The passes over returns from bar to bar. What a sum of doubles is depends on its order, and each here has one: eight
/// sums, of every eighth return, which are added at the end.
struct ReturnSums<Source: Returns>: ~Copyable {
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
        let sums = UnsafeMutablePointer<Double>.allocate(capacity: 48)
        defer { sums.deallocate() }
        sums.initialize(repeating: 0, count: 48)
        let count = returns.count
        for b in 0..<ReturnMoments.blockCount {
            let range = (count * b / ReturnMoments.blockCount)..<(count * (b + 1) / ReturnMoments.blockCount)
            // The first two sums are of each block.
            sums.update(repeating: 0, count: 16)
            for begin in stride(from: range.lowerBound, to: range.upperBound, by: capacity) {
                let chunk = begin..<min(begin + capacity, range.upperBound)
                try checkpoint(chunk.count)
                prepare(chunk)
                returns.read(chunk, own: own, market: market)
                // What is missing to the last eight adds nothing.
                for i in chunk.count..<(chunk.count + 7) { (own[i], market[i]) = (0, 0) }
                vectors_plain(Processor.vectorLevel, own, market, Int64(chunk.count), sums)
            }
            result.blocks.append(
                .init(count: range.count, sum: sums.eight(at: 0).sum(), sumOfSquares: sums.eight(at: 8).sum()))
        }
        result.losingSquares = sums.eight(at: 16).sum()
        result.marketSum = sums.eight(at: 24).sum()
        let marketSquares = sums.eight(at: 32).sum()
        let products = sums.eight(at: 40).sum()
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
            powers.add(own, market, count, slope: 0, intercept: mean)
            if let line { residual.add(own, market, count, slope: line.slope, intercept: line.intercept) }
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

/// Sums of the powers of deviations from a line.
struct PowerSums {
    private var firsts = Eight()
    private var seconds = Eight()
    private var thirds = Eight()
    private var fourths = Eight()

    /// - Parameter own: with room for seven more.
    mutating func add(
        _ own: UnsafeMutablePointer<Double>, _ market: UnsafeMutablePointer<Double>, _ count: Int, slope: Double,
        intercept: Double
    ) {
        withUnsafeMutableBytes(of: &self) {
            vectors_powers(
                Processor.vectorLevel, own, market, Int64(count), slope, intercept,
                $0.assumingMemoryBound(to: Double.self).baseAddress!)
        }
        for i in (count / 8 * 8)..<count { add(own[i] - slope * market[i] - intercept) }
    }

    private mutating func add(_ deviation: Double) {
        let square = deviation * deviation
        firsts[0] += deviation
        seconds[0] += square
        thirds[0] += square * deviation
        fourths[0] += square * square
    }

    var first: Double { firsts.sum() }
    var second: Double { seconds.sum() }
    var third: Double { thirds.sum() }
    var fourth: Double { fourths.sum() }
}
