import Foundation
import Market
import SeededNumbers
import Testing

@testable import Backtest

/// The golden vectors of the literature and of our own specification.
@Suite struct StatisticsTests {
    static let returns: [Double] = [0.01, -0.02, 0.015, 0.003, -0.007, 0.012, -0.004, 0.02, -0.011, 0.006]

    static var equity: [Double] { returns.reduce(into: [10_000.0]) { $0.append($0.last! * (1 + $1)) } }

    @Test func `moments of the golden returns`() throws {
        let moments = ReturnMoments(Self.returns)
        #expect(moments.count == 10)
        #expect(near(moments.mean, 0.0024, 1e-15))
        #expect(near(moments.standardDeviation, 0.012659647178, 1e-12))
        #expect(near(moments.skewness, -0.341479280, 1e-9))
        #expect(near(moments.kurtosis, 2.050662004, 1e-9))
        #expect(near(moments.sharpePerBar.value, 0.189578743095, 1e-12))
        for (periods, sharpe) in [(252.0, 3.009469249), (365, 3.621896801), (8760, 17.743598128)] {
            #expect(near(moments.sharpePerBar.value! * periods.squareRoot(), sharpe, 1e-9))
        }
        #expect(
            near(
                statistics(Self.returns).sortinoPerBar.value! * 252.0.squareRoot(),
                4.976943426, 1e-9))
        #expect(near(moments.probabilisticSharpe().value, 0.708410770, 1e-9))
        #expect(near(moments.minimumTrackRecord.value, 81.863263, 1e-6))
    }

    @Test func `the golden equity curve`() throws {
        let equity = Self.equity
        #expect(near(equity.last, 10_235.238529813, 1e-9))
        for (found, expected) in zip(returns(equity), Self.returns) {
            #expect(abs(found - expected) < 1e-15)
        }
        // Below the peak of bar 1 on bars 2 to 5, above it on bar 6.
        let days = (0..<equity.count).map { Int64($0) * Timeframe.day.microseconds }
        let drawdown = drawdown(equity, from: 10_000, days)
        #expect(near(drawdown.maximum, 0.02, 1e-15))
        #expect(drawdown.underwaterDays == 5)
        #expect(drawdown.hasRecovered)
    }

    @Test func `time under water`() {
        func underwater(_ equity: [Double]) -> String {
            let hours = equity.indices.map { Int64($0) * Timeframe.hour.microseconds }
            let drawdown = drawdown(equity, from: 100, hours)
            return "\(drawdown.underwaterDays * 24) \(drawdown.hasRecovered)"
        }
        #expect(underwater([100, 101, 102]) == "0.0 true")
        #expect(underwater([100, 99, 100]) == "2.0 true")
        #expect(underwater([99, 99, 100]) == "2.0 true")
        #expect(underwater([100, 100, 99, 98]) == "2.0 false")
        #expect(underwater([100, 99, 99, 99, 101, 100, 99]) == "4.0 true")
        #expect(underwater([100, 99, 101, 100, 99, 98]) == "3.0 false")
    }

    /// The groups of points that are looked at together begin anywhere.
    @Test(arguments: [1, 7, 16, 100, 1_000])
    func `falls are found in pieces of any length`(piece: Int) {
        var random = SplitMix(seed: UInt64(piece))
        var equity = [100.0]
        for i in 1..<3_000 {
            let isFlat = i % 90 < 20
            equity.append(isFlat ? equity[i - 1] : equity[i - 1] * Double.random(in: 0.95...1.053, using: &random))
        }
        let hours = equity.indices.map { Int64($0) * Timeframe.hour.microseconds }
        let found = drawdown(equity, from: 100, hours, piece: piece)
        var peak = 100.0
        var peakBar = 0
        var deepest = 0.0
        var longest = 0
        var isOpen = false
        for (i, value) in equity.enumerated() {
            deepest = max(deepest, 1 - value / peak)
            // A span ends where the peak is reached again.
            if value >= peak {
                if i > peakBar + 1 { longest = max(longest, i - peakBar) }
                (peak, peakBar) = (value, i)
            }
        }
        if equity.count - 1 > peakBar, equity.count - 1 - peakBar >= longest {
            (longest, isOpen) = (equity.count - 1 - peakBar, true)
        }
        #expect(found.maximum == deepest)
        #expect(found.underwaterDays * 24 == Double(longest))
        #expect(found.hasRecovered == !isOpen)
    }

    @Test func `the deflated Sharpe ratio of its authors`() {
        let sharpe = 2.5 / 250.0.squareRoot()
        let variance = 0.5 / 250
        #expect(near(Significance.expectedMaximumSharpe(trials: 100, variance: variance), 0.113172, 1e-6))
        for (trials, skewness, kurtosis, expected) in [
            (100, -3.0, 10.0, 0.900397), (46, -3, 10, 0.950502), (88, 0, 3, 0.950491),
        ] {
            let found = Significance.deflatedSharpe(
                sharpe, trials: trials, variance: variance, returns: 1250, skewness: skewness, kurtosis: kurtosis)
            #expect(near(found, expected, 1e-6))
        }
    }

    @Test(arguments: [
        (1, 0), (2, 0.5198), (5, 1.1926), (10, 1.5746), (20, 1.9007), (50, 2.2763), (100, 2.5306), (500, 3.0525),
        (1000, 3.2551),
    ])
    func `the best of many tries`(trials: Int, expected: Double) {
        #expect(near(Significance.expectedMaximumSharpe(trials: trials, variance: 1), expected, 5e-5))
    }

    @Test func `the minimum track record of its authors`() {
        let root = 250.0.squareRoot()
        let bars = Significance.minimumTrackRecord(2 / root, against: 1 / root, skewness: 0, kurtosis: 3)
        #expect(near(bars, 682.797, 1e-3))
        #expect(Significance.minimumTrackRecord(0, skewness: 0, kurtosis: 3) == nil)
    }

    @Test func `the variance of trials is never less than chance`() {
        #expect(Significance.trialVariance([], returns: 101) == 0.01)
        #expect(Significance.trialVariance([0.5], returns: 101) == 0.01)
        #expect(near(Significance.trialVariance([0.1, 0.3, 0.5], returns: 101), 0.04, 1e-15))
        #expect(Significance.trialVariance([0.1, 0.1001], returns: 101) == 0.01)
    }

    @Test func `sixteen blocks hold every return once`() {
        let returns = (0..<100).map { Double($0) / 1000 }
        let blocks = ReturnMoments(returns).blocks
        #expect(blocks.count == 16)
        #expect(blocks.map(\.count) == (0..<16).map { 100 * ($0 + 1) / 16 - 100 * $0 / 16 })
        #expect(near(blocks.reduce(0) { $0 + $1.sum }, returns.reduce(0, +), 1e-12))
        #expect(near(blocks.reduce(0) { $0 + $1.sumOfSquares }, returns.reduce(0) { $0 + $1 * $1 }, 1e-12))
        #expect(near(blocks[0].sum, returns[..<6].reduce(0, +), 1e-17))
        #expect(ReturnMoments([]).blocks.allSatisfy { $0.count == 0 })
    }

    @Test func `what does not exist says why`() {
        #expect(ReturnMoments([]).sharpePerBar == .missing(.sampleTooShort))
        #expect(ReturnMoments([0.1]).sharpePerBar == .missing(.sampleTooShort))
        #expect(ReturnMoments([0, 0, 0]).sharpePerBar == .missing(.zeroVariance))
        #expect(ReturnMoments([0.1, 0.1, 0.1]).standardDeviation == 0)
        #expect(ReturnMoments([0.1, 0.1 + 1e-16, 0.1 - 1e-16]).standardDeviation == 0)
        #expect(ReturnMoments([0.1, 0.1, 0.1]).probabilisticSharpe() == .missing(.zeroVariance))
        #expect(ReturnMoments([-0.1, 0.05]).minimumTrackRecord == .missing(.notPositive))
        #expect(statistics([]).sortinoPerBar == .missing(.sampleTooShort))
        #expect(statistics([0.1]).sortinoPerBar == .missing(.noLosses))
        #expect(ReturnMoments([0.1, .nan, -0.1]).count == 2)
        #expect(returns([1, 0, 5])[0] == -1)
        #expect(returns([1, 0, 5])[1].isNaN)
    }

    @Test func `returns that do not exist are left out also of pairs`() {
        let own = [0.01, .nan, -0.02, 0.03, 0.005]
        let market = [0.02, 0.01, -0.01, .nan, 0.01]
        let found = statistics(own, market)
        #expect(found.moments == ReturnMoments([0.01, -0.02, 0.03, 0.005]))
        #expect(found.sortinoPerBar == statistics([0.01, -0.02, 0.03, 0.005]).sortinoPerBar)
        let pairs = statistics([0.01, -0.02, 0.005], [0.02, -0.01, 0.01])
        #expect(found.line?.slope == pairs.line?.slope)
        #expect(found.line?.intercept == pairs.line?.intercept)
        #expect(found.excess == pairs.excess)
    }

    /// Two curves whose returns are far from zero and hardly differ: sums of squares alone could not tell.
    @Test func `a line is found where the mean outweighs the spread`() throws {
        let x = (0..<50).map { 1 + 1e-7 * Double($0 % 5) }
        let line = try #require(statistics(x.map { 0.25 * $0 }, x).line)
        #expect(near(line.slope, 0.25, 1e-8))
        #expect(statistics(Array(repeating: 0.1, count: 50), Array(repeating: 0.1, count: 50)).line == nil)
    }

    /// Against sums of twice the digits: four sums side by side lose less than one.
    @Test func `sums are right to nearly the last bit`() throws {
        var random = SplitMix(seed: 8)
        let x = (0..<100_000).map { _ in Double.random(in: -0.01...0.0101, using: &random) }
        let y = x.map { 0.7 * $0 + Double.random(in: -0.02...0.02, using: &random) }
        func sum(_ term: (Int) -> Double) -> Double {
            var sum = DoubleDouble()
            for i in x.indices { sum.add(term(i)) }
            return sum.divided(by: 1)
        }
        let count = Double(x.count)
        let means = (sum { x[$0] } / count, sum { y[$0] } / count)
        let powers = [2, 3, 4].map { power in sum { i in (0..<power).reduce(1.0) { d, _ in d * (x[i] - means.0) } } }
        let spread = (powers[0] / (count - 1)).squareRoot()
        let second = powers[0] / count
        let slope = sum { (x[$0] - means.0) * (y[$0] - means.1) } / sum { (y[$0] - means.1) * (y[$0] - means.1) }
        let found = statistics(x, y)
        let moments = found.moments
        #expect(near(moments.mean, means.0, 1e-18))
        #expect(near(moments.standardDeviation, spread, 1e-17))
        #expect(near(moments.skewness, powers[1] / count / (second * second.squareRoot()), 1e-15))
        #expect(near(moments.kurtosis, powers[2] / count / (second * second), 1e-14))
        #expect(near(found.line?.slope, slope, 1e-15))
        let left = x.indices.map { x[$0] - found.line!.slope * y[$0] }
        #expect(near(found.excess?.standardDeviation, ReturnMoments(left).standardDeviation!, 1e-17))
        #expect(near(found.excess?.kurtosis, ReturnMoments(left).kurtosis!, 1e-14))
        #expect(near(found.excess?.mean, ReturnMoments(left).mean!, 1e-18))
    }

    /// A curve and its list of returns are two ways to say the same.
    @Test(arguments: [2, 3, 18, 1_000, 70_003])
    func `curves and their returns agree`(count: Int) throws {
        var random = SplitMix(seed: 5)
        var own = [100.0]
        var price = 50.0
        var series = CandleSeries()
        for i in 0..<count {
            series.append(time: Int64(i), open: price, high: price, low: price, close: price, volume: 1)
            price *= Double.random(in: 0.97...1.031, using: &random)
            if i > 0 { own.append(own.last! * Double.random(in: 0.98...1.021, using: &random)) }
        }
        // With costs, and bought a bar later: the first point and the last are others than those between them.
        let options = try SimulationOptions(
            commissionBasisPoints: 5, slippageBasisPoints: 5, executionTiming: .nextOpen)
        let benchmark = try #require(Benchmark(series, from: 0, options: options))
        let listed = try statistics(returns(own), returns(benchmark.points(series)))
        let curves = try own.withColumn { own throws(BacktestRefusal) in
            try series.close.withColumn { close throws(BacktestRefusal) in
                try ColumnArena.with(cells: Curves.cells(count: count)) { arena throws(BacktestRefusal) in
                    let curves = Curves(own, benchmark, close: close, count: count, in: &arena)
                    return try CurveStatistics(Returns(of: curves), hasMarket: true, { _ in })
                }
            }
        }
        #expect(curves.moments == listed.moments)
        #expect(curves.sortinoPerBar == listed.sortinoPerBar)
        #expect(curves.line?.slope == listed.line?.slope)
        #expect(curves.excess == listed.excess)
        #expect((curves.line == nil) == (count < 3))
    }

    @Test(arguments: [ExecutionTiming.signalClose, .nextOpen], [2, 3, 100])
    func `holding in stretches is the same to the bit`(_ timing: ExecutionTiming, _ count: Int) throws {
        var random = SplitMix(seed: 6), series = CandleSeries()
        for i in 0..<(count + 5) {
            let price = Double.random(in: 1...9, using: &random)
            series.append(time: Int64(i), open: price, high: 10, low: 1, close: price / 1.1, volume: 1)
        }
        let options = try SimulationOptions(commissionBasisPoints: 5, slippageBasisPoints: 5, executionTiming: timing)
        let whole = try #require(Benchmark(series, from: 5, options: options))
        let benchmark = try #require(
            Benchmark(
                5...count + 4, firstClose: series.close[5], nextOpen: series.open[6],
                lastClose: series.close[count + 4],
                options))
        var points: [Double] = []
        for start in stride(from: 0, to: count, by: 7) {
            let range = start..<min(start + 7, count)
            points += try benchmark.points(range, closes: range.map { series.close[$0 + 5] })
        }
        #expect(try points == whole.points(series) && benchmark.count == count)
        #expect(Benchmark(3...3, firstClose: 1, nextOpen: 1, lastClose: 1, options) == nil)
    }

    @Test func `regression of a line finds it`() throws {
        let x = [0.01, -0.02, 0.03, 0.005]
        let line = try #require(statistics(x.map { 0.001 + 1.5 * $0 }, x).line)
        #expect(near(line.slope, 1.5, 1e-12))
        #expect(near(line.intercept, 0.001, 1e-15))
        #expect(statistics(x, [1, 1, 1, 1]).line == nil)
        #expect(statistics([1], [1]).line == nil)
    }

    @Test func `elementary functions agree with the C library`() {
        var random = SplitMix(seed: 3)
        for _ in 0..<20_000 {
            let x = Double.random(in: -300...300, using: &random)
            let y = Foundation.exp(Double.random(in: -700...700, using: &random))
            let base = Double.random(in: 0.01...20, using: &random)
            let power = Double.random(in: -4...4, using: &random)
            let logs = (Elementary.log(y), Foundation.log(y))
            guard abs(Elementary.exp(x) / Foundation.exp(x) - 1) < 1e-15,
                abs(logs.0 - logs.1) <= 3e-16 * max(1, abs(logs.1)),
                abs(Elementary.pow(base, power) / Foundation.pow(base, power) - 1) < 1e-14
            else {
                Issue.record("\(x) \(y) \(base)^\(power)")
                return
            }
        }
        #expect(Elementary.log(1) == 0)
        #expect(Elementary.exp(0) == 1)
        #expect(Elementary.exp(1000) == .infinity)
        #expect(Elementary.exp(-1000) == 0)
        #expect(Elementary.pow(0, 0.5) == 0)
    }

    @Test func `the normal distribution agrees with the C library`() {
        for x in stride(from: -30.0, through: 8, by: 0.01) {
            let expected = Foundation.erfc(-x / 2.0.squareRoot()) / 2
            guard abs(NormalDistribution.cumulative(x) / expected - 1) < 4e-13 else {
                Issue.record("Phi(\(x)) = \(NormalDistribution.cumulative(x)), not \(expected)")
                return
            }
        }
        for p in [1e-300, 1e-20, 1e-6, 0.01, 0.3, 0.5, 0.7, 0.95, 0.975, 0.999999] {
            #expect(near(NormalDistribution.cumulative(NormalDistribution.quantile(p)) / p, 1, 1e-12))
        }
        #expect(near(NormalDistribution.quantile(0.95), 1.6448536269514722, 1e-14))
        #expect(near(NormalDistribution.quantile(0.975), 1.959963984540054, 1e-14))
        #expect(NormalDistribution.quantile(0.5) == 0)
        #expect(NormalDistribution.quantile(0) == -.infinity)
        #expect(NormalDistribution.quantile(1) == .infinity)
    }

    typealias Judged = (
        trades: Int, returns: Int, sharpe: Double?, psr: Double?, dsr: Double?, excess: Verdict.Excess, Verdict
    )

    static let verdicts: [Judged] = [
        (29, 252, 1, 0.99, 0.99, .deflated(0.99), .insufficientSample),
        (30, 125, 1, 0.99, 0.99, .deflated(0.99), .insufficientSample),
        (30, 252, nil, nil, nil, .noSpread, .insufficientSample),
        (30, 126, 1, 0.99, 0.89, .deflated(0.99), .notDistinguishableFromLuck),
        (30, 252, -1, 0.99, 0.99, .deflated(0.99), .notDistinguishableFromLuck),
        (30, 252, 1, 0.99, 0.94, .deflated(0.10), .borderline),
        (30, 252, 1, 0.99, 0.96, .deflated(0.94), .explainedByMarket),
        (30, 252, 1, 0.99, 0.96, .noSpread, .explainedByMarket),
        (30, 252, 1, 0.99, 0.96, .notComputed(probabilistic: 0.94), .explainedByMarket),
        (30, 252, 1, 0.99, 0.96, .notComputed(probabilistic: 0.95), .borderline),
        (30, 252, 1, 0.99, 0.96, .notComputed(probabilistic: nil), .borderline),
        (30, 252, 1, 0.99, 0.95, .deflated(0.95), .survivesDeflation),
    ]

    @Test(arguments: verdicts)
    func `says it in words`(_ it: Judged) {
        let verdict = Verdict(
            trades: it.trades, returns: it.returns, periodsPerYear: 252, sharpe: it.sharpe,
            probabilisticSharpe: it.psr, deflatedSharpe: it.dsr, excess: it.excess)
        #expect(verdict == it.6)
    }

    private func statistics(_ returns: [Double], _ market: [Double]? = nil) -> CurveStatistics {
        do throws(BacktestRefusal) { return try CurveStatistics(returns: returns, market: market) { _ in } } catch {
            fatalError("nothing refuses here: \(error)")
        }
    }

    private func returns(_ equity: [Double]) -> [Double] { Returns.list(of: equity) }

    /// Followed in pieces, as a run does; of every other the extremes are known.
    private func drawdown(_ equity: [Double], from initial: Double, _ times: [Int64], piece: Int = 3) -> Drawdown {
        var drawdown = Drawdown(from: initial, at: times[0])
        for begin in stride(from: 0, to: equity.count, by: piece) {
            let end = min(begin + piece, equity.count)
            let points = equity[begin..<end]
            let extremes = begin / piece % 2 == 0 ? nil : (minimum: points.min()!, maximum: points.max()!)
            do throws(BacktestRefusal) {
                try equity.withColumn { equity throws(BacktestRefusal) in
                    try times.withColumn { drawdown.follow(equity, $0, begin..<end, within: extremes) }
                }
            } catch { fatalError("nothing refuses here: \(error)") }
        }
        drawdown.end(at: times.last!)
        return drawdown
    }

    private func near(_ found: Double?, _ expected: Double, _ tolerance: Double) -> Bool {
        found.map { abs($0 - expected) <= tolerance } ?? false
    }
}
