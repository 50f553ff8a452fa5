/// What is told about the returns of a run beside those of the market.
struct CurveStatistics {
    let moments: ReturnMoments
    /// Mean return over the root of the mean square of the losing ones, both over all returns.
    let sortinoPerBar: Figure
    /// The straight line through the returns of market and run; nil below two pairs or without a spread in the market.
    let line: (slope: Double, intercept: Double)?
    /// Of what is left after the market; nil without a line.
    let excess: ReturnMoments?

    /// - Parameter benchmark: as long as `equity`; nil when there was no time to hold anything.
    init(equity: [Double], benchmark: [Double]?, checkpoint: Checkpoint) throws(BacktestRefusal) {
        let count = max(0, equity.count - 1)
        // The largest piece of memory of a run by far, and gone before its results are: an allocator that has seen one
        // keeps as much at hand, so that the next run need not ask the system for fresh pages.
        let memory = UnsafeMutablePointer<Double>.allocate(capacity: 3 * count + 1)
        defer { memory.deallocate() }
        let own = memory
        let market = benchmark == nil ? own : memory + count
        let isWhole = EquityCurve.returns(equity, into: own)
        let isMarketWhole = benchmark.map { EquityCurve.returns($0, into: market) } ?? true
        try checkpoint()
        if isWhole, isMarketWhole {
            try self.init(
                own, market, count: count, hasMarket: benchmark != nil, spare: memory + 2 * count,
                checkpoint: checkpoint)
        } else {
            let returns = UnsafeBufferPointer(start: own, count: count)
            let marketReturns = UnsafeBufferPointer(start: market, count: count)
            try self.init(returns: Array(returns), market: benchmark == nil ? nil : Array(marketReturns), checkpoint)
        }
    }

    /// Not-a-number stands for a return that does not exist, because there was nothing left to lose. It is left out,
    /// and a pair with one is no pair.
    init(returns: [Double], market: [Double]?, _ checkpoint: Checkpoint = {}) throws(BacktestRefusal) {
        let own = returns.filter { !$0.isNaN }
        let pairs = zip(returns, market ?? []).filter { !$0.isNaN && !$1.isNaN }
        let alone = try Self.measured(own, own, hasMarket: false, checkpoint)
        let beside = try Self.measured(pairs.map(\.0), pairs.map(\.1), hasMarket: true, checkpoint)
        moments = alone.moments
        sortinoPerBar = alone.sortinoPerBar
        line = beside.line
        excess = beside.excess
    }

    private static func measured(
        _ own: [Double], _ market: [Double], hasMarket: Bool, _ checkpoint: Checkpoint
    ) throws(BacktestRefusal) -> CurveStatistics {
        // Never empty, so that there is an address.
        let columns = own + market + own + [0]
        return try columns.withUnsafeBufferPointer { columns throws(BacktestRefusal) in
            let spare = UnsafeMutablePointer<Double>.allocate(capacity: own.count + 1)
            defer { spare.deallocate() }
            let start = columns.baseAddress!
            return try CurveStatistics(
                start, start + own.count, count: own.count, hasMarket: hasMarket, spare: spare, checkpoint: checkpoint)
        }
    }

    /// Four passes over columns without gaps.
    private init(
        _ own: UnsafePointer<Double>, _ market: UnsafePointer<Double>, count: Int, hasMarket: Bool,
        spare: UnsafeMutablePointer<Double>, checkpoint: Checkpoint
    ) throws(BacktestRefusal) {
        let number = Double(count)
        let plain = ReturnSums.plain(own, market, count: count)
        try checkpoint()
        let center = ReturnMoments.mean(of: plain.blocks, count: count)
        let ownMean = plain.sum / number
        let marketMean = plain.marketSum / number
        let central = ReturnSums.central(
            own, market, count: count, center: center ?? 0, ownMean: ownMean, marketMean: marketMean)
        try checkpoint()
        moments = ReturnMoments(plain.blocks, mean: center, central, count: count)
        if count == 0 {
            sortinoPerBar = .missing(.sampleTooShort)
        } else if plain.losingSquares > 0 {
            sortinoPerBar = .number(ownMean / (plain.losingSquares / number).squareRoot())
        } else {
            sortinoPerBar = .missing(.noLosses)
        }
        guard hasMarket, count >= 2, (central.marketVariance / (number - 1)).squareRoot() > ReturnMoments.leastSpread
        else {
            line = nil
            excess = nil
            return
        }
        let slope = central.covariance / central.marketVariance
        line = (slope, ownMean - slope * marketMean)
        let blocks = ReturnSums.residuals(own, market, count: count, slope: slope, into: spare)
        try checkpoint()
        let mean = ReturnMoments.mean(of: blocks, count: count)
        excess = ReturnMoments(
            blocks, mean: mean, ReturnSums.powers(spare, count: count, center: mean ?? 0), count: count)
    }
}
