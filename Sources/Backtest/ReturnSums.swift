/// The passes over returns from bar to bar. What a sum of doubles is depends on its order, and each here has one: eight
/// sums, of every eighth return, which are added at the end.
struct ReturnSums<Source: Returns> {
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

    private let returns: Source
    /// A few returns at a time, of run and market, in the nearest cache.
    private let own: MutableColumn<Double>
    private let market: MutableColumn<Double>
    private let capacity: Int

    /// - Parameter arena: with ``cells`` of the returns to spare.
    init(_ returns: Source, in arena: inout ColumnArena) {
        self.returns = returns
        capacity = returns.chunk
        own = arena.column(count: capacity)
        market = arena.column(count: capacity)
    }

    /// - Parameter prepare: called before some returns are looked at, in order.
    func plain(_ checkpoint: Checkpoint, prepare: (Range<Int>) -> Void) throws(BacktestRefusal) -> Plain {
        var result = Plain()
        result.blocks.reserveCapacity(ReturnMoments.blockCount)
        var sums = PlainSums()
        let count = returns.count
        for b in 0..<ReturnMoments.blockCount {
            let range = (count * b / ReturnMoments.blockCount)..<(count * (b + 1) / ReturnMoments.blockCount)
            (sums.returns, sums.squares) = (Eight(), Eight())
            for begin in stride(from: range.lowerBound, to: range.upperBound, by: capacity) {
                let chunk = begin..<min(begin + capacity, range.upperBound)
                try checkpoint(chunk.count)
                prepare(chunk)
                returns.read(chunk, own: own, market: market)
                // What is missing to the last eight adds nothing.
                for i in chunk.count..<(chunk.count + 7) { (own[i], market[i]) = (0, 0) }
                Vectors.add(own.reading, market.reading, count: chunk.count, to: &sums)
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
            powers.add(own.reading, market.reading, count, slope: 0, intercept: mean)
            if let line {
                residual.add(own.reading, market.reading, count, slope: line.slope, intercept: line.intercept)
            }
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

/// Eight sums each of returns and their products, in the order in which the kernel adds to them.
struct PlainSums {
    /// Of the run, and so the squares and the losing squares.
    var returns = Eight()
    var squares = Eight()
    var losingSquares = Eight()
    var market = Eight()
    var marketSquares = Eight()
    /// Of run and market.
    var products = Eight()
}

/// Sums of the powers of deviations from a line, in the order in which the kernel adds to them.
struct PowerSums {
    private var firsts = Eight()
    private var seconds = Eight()
    private var thirds = Eight()
    private var fourths = Eight()

    mutating func add(
        _ own: Column<Double>, _ market: Column<Double>, _ count: Int, slope: Double, intercept: Double
    ) {
        Vectors.add(own, market, count: count, slope: slope, intercept: intercept, to: &self)
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

extension Returns {
    /// Returns handled at a time.
    fileprivate var chunk: Int { max(1, min(512, count)) }

    /// How many cells of an arena their sums take.
    var cells: Int { 2 * ColumnArena.cells(count: chunk) }
}
