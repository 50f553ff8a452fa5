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
        drawdown = passes.falls.own
        benchmarkDrawdown = benchmark == nil ? nil : passes.falls.market
        guard drawdown.maximum < 1, passes.falls.market.maximum < 1 else {
            // Somewhere there was nothing left to lose, so some returns do not exist.
            statistics = try CurveStatistics(
                returns: Returns.list(of: evidence.equity), market: benchmark.map(Returns.list), checkpoint)
            return
        }
        statistics = passes.statistics!
    }

    private struct Passes {
        var falls: Falls
        var statistics: CurveStatistics?

        init(_ evidence: Evidence) {
            let start = Drawdown(from: evidence.initialEquity, at: evidence.series.times[evidence.first])
            falls = Falls(own: start, market: start)
        }

        mutating func run(
            _ evidence: Evidence, _ market: Benchmark?, _ marketPoints: MutableColumn<Double>?,
            _ checkpoint: Checkpoint
        ) throws(BacktestRefusal) {
            var falls = falls
            let count = evidence.equity.count
            try evidence.equity.withColumn { own throws(BacktestRefusal) in
                try evidence.series.times.withColumn { times throws(BacktestRefusal) in
                    try evidence.series.close.withColumn { close throws(BacktestRefusal) in
                        let curves = Curves(
                            own: own, market: market, marketPoints: marketPoints, close: close,
                            times: times.counted(from: evidence.first))
                        curves.fill(0..<1)
                        falls.follow(curves, 0..<1, nil)
                        let returns = Returns(ofCurves: own, marketPoints?.reading ?? own, count: count - 1)
                        statistics = try CurveStatistics(returns, hasMarket: market != nil, checkpoint) {
                            curves.fill(Self.points(behind: $0))
                        } looked: {
                            falls.follow(curves, Self.points(behind: $0), $1)
                        }
                        falls.end(at: curves.times[count - 1])
                    }
                }
            }
            self.falls = falls
        }

        private static func points(behind returns: Range<Int>) -> Range<Int> {
            (returns.lowerBound + 1)..<(returns.upperBound + 1)
        }
    }

    /// The run's points, which are there, and the benchmark's, which are filled on the way.
    private struct Curves {
        let own: Column<Double>
        let market: Benchmark?
        let marketPoints: MutableColumn<Double>?
        /// Of all loaded bars.
        let close: Column<Double>
        let times: Column<Int64>

        func fill(_ points: Range<Int>) {
            guard let market, let marketPoints else { return }
            market.fill(marketPoints, points, from: close)
        }
    }

    private struct Falls {
        var own: Drawdown
        var market: Drawdown

        /// - Parameter extremes: of the points, where they are known.
        mutating func follow(_ curves: Curves, _ points: Range<Int>, _ extremes: CurveExtremes?) {
            own.follow(curves.own, curves.times, points, within: extremes?.own)
            guard let marketPoints = curves.marketPoints else { return }
            market.follow(marketPoints.reading, curves.times, points, within: extremes?.market)
        }

        mutating func end(at time: Int64) {
            own.end(at: time)
            market.end(at: time)
        }
    }
}
