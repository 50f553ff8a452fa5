import Market

/// What is read off the run's equity curve and the benchmark's beside it, in two passes over both.
struct CurveMeasures {
    let drawdown: Drawdown
    let statistics: CurveStatistics
    /// How far the benchmark falls; nil when there was no time to hold anything.
    let benchmarkDrawdown: Drawdown?

    init(_ evidence: borrowing Evidence, _ checkpoint: Checkpoint) throws(BacktestRefusal) {
        var passes = Passes(evidence)
        let cells = Curves.cells(count: evidence.equity.count)
        try ColumnArena.with(cells: cells) { arena throws(BacktestRefusal) in
            try passes.run(evidence, in: &arena, checkpoint)
        }
        drawdown = passes.own
        benchmarkDrawdown = evidence.benchmark == nil ? nil : passes.market
        guard drawdown.maximum < 1, passes.market.maximum < 1 else {
            // Somewhere there was nothing left to lose, so some returns do not exist.
            let market = try evidence.benchmark?.points(evidence.series)
            statistics = try CurveStatistics(
                returns: Returns.list(of: evidence.equity), market: market.map(Returns.list), checkpoint)
            return
        }
        statistics = passes.statistics!
    }

    private struct Passes {
        var own: Drawdown
        var market: Drawdown
        var statistics: CurveStatistics?

        init(_ evidence: borrowing Evidence) {
            own = Drawdown(from: evidence.initialEquity, at: evidence.series.times[evidence.first])
            market = own
        }

        mutating func run(
            _ evidence: Evidence, in arena: inout ColumnArena, _ checkpoint: Checkpoint
        ) throws(BacktestRefusal) {
            let count = evidence.equity.count
            try evidence.equity.withColumn { equity throws(BacktestRefusal) in
                try evidence.series.times.withColumn { times throws(BacktestRefusal) in
                    try evidence.series.close.withColumn { close throws(BacktestRefusal) in
                        let times = times.counted(from: evidence.first)
                        let curves = Curves(
                            equity, evidence.benchmark, close: close, count: count, in: &arena)
                        // What is caught by a closure is looked after at every use.
                        var (own, market) = (own, market)
                        own.follow(equity, times, 0..<1)
                        market.follow(curves.market(0..<1), times, 0..<1)
                        statistics = try CurveStatistics(
                            Returns(of: curves), hasMarket: evidence.benchmark != nil, checkpoint
                        ) {
                            own.follow($0.own, times, $0.range, within: $0.extremes.own)
                            market.follow($0.market, times, $0.range, within: $0.extremes.market)
                        }
                        own.end(at: times[count - 1])
                        market.end(at: times[count - 1])
                        (self.own, self.market) = (own, market)
                    }
                }
            }
        }
    }
}
