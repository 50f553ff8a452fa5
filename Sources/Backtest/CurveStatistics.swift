import Market

/// What is told about the returns of a run beside those of the market.
struct CurveStatistics {
    let moments: ReturnMoments
    /// Mean return over the root of the mean square of the losing ones, both over all returns.
    let sortinoPerBar: MetricValue
    /// The straight line through the returns of market and run; nil below two pairs or without a spread in the market.
    let line: (slope: Double, intercept: Double)?
    /// Of what is left after the market, but for its blocks; nil without a line.
    let excess: ReturnMoments?

    /// In two passes. Of curves, what comes out means nothing unless all points are above zero.
    ///
    /// - Parameter looked: called with the points of curves but the first, some at a time in order.
    init(
        _ returns: Returns, hasMarket: Bool, _ checkpoint: Checkpoint, looked: (Curves.Part) -> Void = { _ in }
    ) throws(BacktestRefusal) {
        let sums = ReturnSums(returns)
        let plain = try sums.plain(checkpoint, looked: looked)
        let count = returns.count
        let number = Double(count)
        let mean = ReturnMoments.mean(of: plain.blocks, count: count)
        let ownMean = mean ?? 0
        if count == 0 {
            sortinoPerBar = .missing(.sampleTooShort)
        } else if plain.losingSquares > 0 {
            sortinoPerBar = .number(ownMean / (plain.losingSquares / number).squareRoot())
        } else {
            sortinoPerBar = .missing(.noLosses)
        }
        let hasLine =
            hasMarket && count >= 2
            && (plain.marketVariance / (number - 1)).squareRoot() > ReturnMoments.minimumSpread
        let slope = hasLine ? plain.covariance / plain.marketVariance : 0
        let line = (slope: slope, intercept: ownMean - slope * (plain.marketSum / max(1, number)))
        let powers = try sums.central(mean: ownMean, line: hasLine ? line : nil, checkpoint)
        moments = ReturnMoments(plain.blocks, mean: mean, powers.own, count: count)
        self.line = hasLine ? line : nil
        // The residuals' mean is the intercept up to its rounding, which the first powers tell.
        let left = line.intercept + powers.residual.first / max(1, number)
        excess = hasLine ? ReturnMoments([], mean: left, powers.residual, count: count) : nil
    }

    /// Not-a-number stands for a return that does not exist, because there was nothing left to lose. It is left out,
    /// and a pair with one is no pair.
    init(returns: [Double], market: [Double]?, _ checkpoint: Checkpoint) throws(BacktestRefusal) {
        let own = returns.contains { $0.isNaN } ? returns.filter { !$0.isNaN } : returns
        let alone = try Self.measured(own, own, hasMarket: false, checkpoint)
        moments = alone.moments
        sortinoPerBar = alone.sortinoPerBar
        guard let market else {
            (line, excess) = (nil, nil)
            return
        }
        let pairs = zip(returns, market).filter { !$0.isNaN && !$1.isNaN }
        let beside = try Self.measured(pairs.map(\.0), pairs.map(\.1), hasMarket: true, checkpoint)
        line = beside.line
        excess = beside.excess
    }

    private static func measured(
        _ own: [Double], _ market: [Double], hasMarket: Bool, _ checkpoint: Checkpoint
    ) throws(BacktestRefusal) -> CurveStatistics {
        let count = own.count
        return try own.withColumn { own throws(BacktestRefusal) in
            try market.withColumn { market throws(BacktestRefusal) in
                try CurveStatistics(Returns(own, market, count: count), hasMarket: hasMarket, checkpoint)
            }
        }
    }
}

extension ReturnMoments {
    /// Of what is left after the market of a curve that was computed before, as a report tells it; nil where the market has
    /// no spread to compare with.
    ///
    /// - Parameters:
    ///   - equity: one point for each bar from `first` on.
    ///   - options: that the run was made with.
    public static func excess(
        of equity: [Double], on series: CandleSeries, from first: Int, options: SimulationOptions
    ) -> ReturnMoments? {
        precondition(equity.count == series.count - first, "a curve of other bars")
        guard let benchmark = Benchmark(series, from: first, options: options) else { return nil }
        do throws(BacktestRefusal) {
            return try CurveStatistics(
                returns: Returns.list(of: equity), market: Returns.list(of: benchmark.points(series)), { _ in }
            ).excess
        } catch {
            preconditionFailure("only a checkpoint refuses, and this one does not: \(error)")
        }
    }
}
