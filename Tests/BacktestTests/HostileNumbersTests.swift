import JSON
import Market
import SeededNumbers
import Strategy
import Testing

@testable import Backtest

/// A file from somewhere may hold any number: a run on it gives figures or a refusal, and never ends the process.
@Suite struct HostileNumbersTests {
    static let prices = [
        Double.leastNonzeroMagnitude, .leastNormalMagnitude, 1e-300, 1e-154, 1e-12, 0.01, 1, 1e15, 0x1p53, 1e154, 1e300,
        .greatestFiniteMagnitude,
    ]

    @Test(arguments: [UInt64(1), 2, 3, 4])
    func `a run on any prices ends in numbers or a refusal`(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        var refused = 0
        let oracle = OracleTests()
        for _ in 0..<400 {
            // Most bars near one another, so that something is traded at all, then a leap.
            var bars = oracle.randomBars(&random, count: [2, 5, 60, 300, 2_700].randomElement(using: &random)!)
            bars.noise = 0
            let leap = Int.random(in: 0..<bars.close.count, using: &random)
            let (before, after) = (
                Self.prices.randomElement(using: &random)!, Self.prices.randomElement(using: &random)!
            )
            var series = CandleSeries()
            for i in bars.close.indices {
                let unit = i < leap ? before : after
                func price(_ ticks: Int) -> Double {
                    max(.leastNonzeroMagnitude, min(.greatestFiniteMagnitude, Double(ticks) / bars.scale * unit))
                }
                series.append(
                    time: Int64(i) * Timeframe.day.microseconds, open: price(bars.open[i]), high: price(bars.high[i]),
                    low: price(bars.low[i]), close: price(bars.close[i]),
                    volume: Self.prices.randomElement(using: &random)!)
            }
            let definition = oracle.randomDefinition(&random, bars)
            let options = try oracle.randomOptions(&random, definition)
            let prepared = try PreparedBars(series)
            let report: Report
            do {
                report = try Engine.run(definition, on: prepared, options: options, periodsPerYear: 365)
            } catch {
                if error == .notRepresentable { refused += 1 }
                continue
            }
            let numbers =
                try report.equity + benchmarkPoints(of: report, on: prepared)
                + report.trades.flatMap { [$0.profit, $0.profitPercent, $0.quantity] }
            #expect(numbers.first { !$0.isFinite } == nil)
            for (metric, value) in report.metrics.all {
                #expect(value.value?.isFinite ?? true, "\(metric.rawValue)")
            }
        }
        #expect(refused > 10, "the test has lost its point")
    }

    @Test(arguments: [Int.min, -1, 0, 1_000_001, 1 << 32, .max])
    func `periods a year have bounds`(periods: Int) throws {
        let bars = try prepared(closes: [100, 101, 102])
        let error = OptionError("periods_per_year", .outOfRange, "must be 1 to 1000000")
        #expect(throws: BacktestRefusal.invalidOptions([error])) {
            try Engine.run(strategy(), on: bars, periodsPerYear: periods)
        }
    }

    @Test func `a fall to what is not a number is no recovery`() {
        var drawdown = Drawdown(from: 1, at: 0)
        let points = [1, .infinity, .nan, 2, 3.0]
        let times = points.indices.map(Int64.init)
        try! points.withColumn { points in try! times.withColumn { drawdown.follow(points, $0, 0..<5) } }
        #expect(drawdown.peak == .infinity)
    }
}
