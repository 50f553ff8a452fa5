import Market

/// What is read off the run's equity curve and the benchmark's beside it, in two passes over both.
struct CurveMeasures {
    let fall: CurveFall
    let statistics: CurveStatistics
    /// The benchmark's points and how far they fall; nil when there was no time to hold anything.
    let benchmark: [Double]?
    let benchmarkFall: CurveFall?

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
        fall = passes.fall
        benchmarkFall = benchmark == nil ? nil : passes.marketFall
        guard passes.fall.deepest < 1, passes.marketFall.deepest < 1 else {
            // Somewhere there was nothing left to lose, so some returns do not exist.
            statistics = try CurveStatistics(
                returns: evidence.equity.withUnsafeBufferPointer(ListedReturns.of),
                market: benchmark?.withUnsafeBufferPointer(ListedReturns.of), checkpoint)
            return
        }
        statistics = passes.statistics!
    }

    private struct Passes {
        var fall: CurveFall
        var marketFall: CurveFall
        var statistics: CurveStatistics?

        init(_ evidence: Evidence) {
            fall = CurveFall(from: evidence.initialEquity, at: evidence.series.times[evidence.first])
            marketFall = fall
        }

        mutating func run(
            _ evidence: Evidence, _ market: Benchmark?, _ marketPoints: UnsafeMutablePointer<Double>?,
            _ checkpoint: Checkpoint
        ) throws(BacktestRefusal) {
            var fall = fall
            var marketFall = marketFall
            let count = evidence.equity.count
            try evidence.equity.withUnsafeBufferPointer { equity throws(BacktestRefusal) in
                try evidence.series.times.withUnsafeBufferPointer { times throws(BacktestRefusal) in
                    try evidence.series.close.withUnsafeBufferPointer { close throws(BacktestRefusal) in
                        let own = equity.baseAddress!
                        let times = times.baseAddress! + evidence.first
                        func follow(_ points: Range<Int>) {
                            fall.follow(own, times, points)
                            guard let market, let marketPoints else { return }
                            market.fill(marketPoints, points, from: close.baseAddress!)
                            marketFall.follow(marketPoints, times, points)
                        }
                        follow(0..<1)
                        let curves = CurveReturns(
                            own: own, market: marketPoints.map { UnsafePointer($0) } ?? own, count: count - 1)
                        statistics = try CurveStatistics(curves, hasMarket: market != nil, checkpoint) {
                            follow(($0.lowerBound + 1)..<($0.upperBound + 1))
                        }
                        fall.end(at: times[count - 1])
                        marketFall.end(at: times[count - 1])
                    }
                }
            }
            self.fall = fall
            self.marketFall = marketFall
        }
    }
}
