import Market

/// What is read off the run's equity curve and the benchmark's beside it, in two passes over both.
struct CurveMeasures {
    let drawdown: Drawdown
    let statistics: CurveStatistics
    /// The benchmark's points and how far they fall; nil when there was no time to hold anything.
    let benchmark: [Double]?
    let benchmarkDrawdown: Drawdown?

    init(_ evidence: Evidence, _ checkpoint: Checkpoint) throws(BacktestRefusal) {
        var passes = Passes(evidence)
        if let market = evidence.benchmark {
            benchmark = try [Double](count: market.count) { points throws(BacktestRefusal) in
                try passes.run(evidence, market, points, checkpoint)
            }
        } else {
            try passes.run(evidence, nil, nil, checkpoint)
            benchmark = nil
        }
        drawdown = passes.drawdown
        benchmarkDrawdown = benchmark == nil ? nil : passes.marketDrawdown
        guard passes.drawdown.maximum < 1, passes.marketDrawdown.maximum < 1 else {
            // Somewhere there was nothing left to lose, so some returns do not exist.
            statistics = try CurveStatistics(
                returns: Returns.list(of: evidence.equity), market: benchmark.map(Returns.list), checkpoint)
            return
        }
        statistics = passes.statistics!
    }

    private struct Passes {
        var drawdown: Drawdown
        var marketDrawdown: Drawdown
        var statistics: CurveStatistics?

        init(_ evidence: Evidence) {
            drawdown = Drawdown(from: evidence.initialEquity, at: evidence.series.times[evidence.first])
            marketDrawdown = drawdown
        }

        mutating func run(
            _ evidence: Evidence, _ market: Benchmark?, _ marketPoints: MutableColumn<Double>?,
            _ checkpoint: Checkpoint
        ) throws(BacktestRefusal) {
            var drawdown = drawdown
            var marketDrawdown = marketDrawdown
            let count = evidence.equity.count
            try evidence.equity.withColumn { own throws(BacktestRefusal) in
                try evidence.series.times.withColumn { times throws(BacktestRefusal) in
                    try evidence.series.close.withColumn { close throws(BacktestRefusal) in
                        let times = times.counted(from: evidence.first)
                        /// Points, and what they are at least and at most.
                        func follow(_ points: Range<Int>, _ extremes: CurveExtremes?) {
                            drawdown.follow(own, times, points, within: extremes?.own)
                            guard let marketPoints else { return }
                            marketDrawdown.follow(marketPoints.reading, times, points, within: extremes?.market)
                        }
                        func fill(_ points: Range<Int>) {
                            guard let market, let marketPoints else { return }
                            market.fill(marketPoints, points, from: close)
                        }
                        fill(0..<1)
                        follow(0..<1, nil)
                        let returns = Returns(ofCurves: own, marketPoints?.reading ?? own, count: count - 1)
                        statistics = try CurveStatistics(returns, hasMarket: market != nil, checkpoint) {
                            fill(($0.lowerBound + 1)..<($0.upperBound + 1))
                        } looked: {
                            follow(($0.lowerBound + 1)..<($0.upperBound + 1), $1)
                        }
                        drawdown.end(at: times[count - 1])
                        marketDrawdown.end(at: times[count - 1])
                    }
                }
            }
            self.drawdown = drawdown
            self.marketDrawdown = marketDrawdown
        }
    }
}
