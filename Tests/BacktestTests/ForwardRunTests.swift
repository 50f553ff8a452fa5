import Market
import SeededNumbers
import Strategy
import Testing

@testable import Backtest

@Suite struct ForwardRunTests {
    private static let options = try! SimulationOptions(commissionBasisPoints: 5, executionTiming: .nextOpen)

    private static func follow(_ definition: StrategyDefinition, _ bars: PreparedBars, first: Int) throws -> ForwardRun
    {
        try Engine.follow(
            definition, on: ForwardBars(bars.series), from: first, options: options, periodsPerYear: 252)
    }

    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func `bar by bar it does what a backtest of all bars does, and says before what it will do`(_ seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        let worlds = OracleTests()
        var ticks = worlds.randomBars(&random, count: 120)
        ticks.noise = 0
        let definition = worlds.randomDefinition(&random, ticks), bars = try prepared(ticks)
        let whole = try Self.follow(definition, bars, first: 20)
        let report = try Engine.run(definition, on: bars, from: 20, options: Self.options, periodsPerYear: 252)
        // The backtest closes at its end what is open, and enters nothing there.
        #expect(whole.equity.dropLast() == report.equity.dropLast())
        let closed = report.trades.filter { $0.exitReason != .endOfData }
        #expect(whole.moves.filter { $0.side == .sell }.map(\.price) == closed.map(\.exitPrice))
        var before: ForwardRun?
        for count in 1...100 {
            let part = try Self.follow(definition, try PreparedBars(bars.series.slice(0..<20 + count)), first: 20)
            #expect(part.moves == whole.moves.filter { $0.bar < count }, "after \(count) bars")
            #expect(part.equity == whole.until(bars: count).equity)
            if let before {
                let opened = part.moves.first { $0.bar == count - 1 && ($0.side == .buy || $0.reason == .rule) }
                // A position that is to be sold by its rule at the open is sold there, whatever the bar brings.
                #expect(before.next == opened?.side, "on bar \(count - 1)")
            }
            before = part
        }
    }

    @Test func `before the first bar there is nothing, and nothing is about to be done`() throws {
        let run = try Self.follow(strategy(), prepared(closes: [100, 100, 100]), first: 3)
        #expect(run.moves.isEmpty && run.equity.isEmpty && run.next == nil)
    }

    @Test func `a position is held without an end`() throws {
        let run = try Self.follow(strategy(), prepared(closes: [100, 100, 101, 102]), first: 0)
        #expect(run.moves == [.init(bar: 1, side: .buy, price: 100, reason: nil)])
        #expect(run.isHolding(after: 2) && !run.isHolding(after: 1) && run.next == nil)
        #expect(run.positions == [.init(entryBar: 1, entryPrice: 100)])
    }
}

@Suite struct ForecastBandTests {
    @Test func `growth that never changes is its own forecast`() throws {
        let equity = (1...100).map { 10_000 * (0..<$0).reduce(1.0) { value, _ in value * 1.01 } }
        let band = try #require(ForecastBand(equity: equity, initialEquity: 10_000, bars: 5, meanBlock: 10))
        for (bar, value) in band.low.enumerated() {
            #expect(abs(value - (0...bar).reduce(1.0) { value, _ in value * 1.01 }) < 1e-12)
        }
        #expect(zip(band.low, band.high).allSatisfy { abs($0 - $1) < 1e-9 })
    }

    @Test func `independent returns spread as the binomial distribution says`() throws {
        // Up and down by one percent in turn; blocks of one bar forget which came before.
        var value = 1.0
        let equity = (0..<2_000).map { bar in
            value *= bar % 2 == 0 ? 1.01 : 0.99
            return value
        }
        let band = try #require(ForecastBand(equity: equity, initialEquity: 1, bars: 100, meanBlock: 1))
        func ups(_ value: Double) -> Double {
            let log = Elementary.log
            return (log(value) - 100 * log(0.99)) / (log(1.01) - log(0.99))
        }
        // Of 100 throws the 5th hundredth is 42 and the 95th 58; with 1,000 paths off by one or so.
        #expect(abs(ups(band.low[99]) - 42) < 2.1 && abs(ups(band.middle[99]) - 50) < 1.6)
        #expect(abs(ups(band.high[99]) - 58) < 2.1)
        // With blocks as long as the history ups and downs follow each other, and cancel out.
        let long = try #require(ForecastBand(equity: equity, initialEquity: 1, bars: 100, meanBlock: 1e6))
        #expect(long.high[99] - long.low[99] < 0.02)
    }

    @Test(arguments: [
        [Double](repeating: 1, count: ForecastBand.minimumReturns - 1), [1, 0] + [Double](repeating: 0, count: 100),
        [1, .infinity] + [Double](repeating: 1, count: 100),
    ])
    func `too little, or money that is gone, has none`(_ equity: [Double]) {
        #expect(ForecastBand(equity: equity, initialEquity: 1, bars: 10, meanBlock: 10) == nil)
    }

    @Test func `bars inside are counted where both are known`() {
        let band = ForecastBand(low: [0.9, 0.9, 0.8], middle: [1, 1, 1], high: [1.1, 1.1, 1.2])
        #expect(band.inside([1, 0.5, nil, 7]) == (1, 2))
        #expect(band.inside([]) == (0, 0))
    }
}

@Suite struct ForwardDifferenceTests {
    private static let options = try! SimulationOptions(initialEquity: 1_000, executionTiming: .nextOpen)

    /// Bought at 100 on bar 1, sold at 90 on bar 4, bought at 100 on bar 7; the last close is 110.
    private static func run() throws -> ForwardRun {
        let bars = try prepared(closes: [100, 100, 95, 90, 90, 95, 100, 100, 110])
        return try Engine.follow(
            strategy(), on: ForwardBars(bars.series), from: 0, options: options, periodsPerYear: 252)
    }

    @Test func `who did the same has none`() throws {
        let run = try Self.run()
        let difference = ForwardDifference(
            equity: run.equity.last!, taken: run.positions, beside: run, last: 110, options: Self.options)
        #expect(abs(difference.total) < 1e-9 && abs(difference.missed) < 1e-9 && abs(difference.cost) < 1e-9)
    }

    @Test(
        arguments: [
            // Neither trade: 1,000 instead of 990.
            ([], 1_000.0, (10.0, 0.0, 0.0, 0.0)),
            // Only the second: 1,100.
            ([(7, 100.0, nil, nil)], 1_100, (110, 0, 0, 0)),
            // The first sold by hand on bar 2 at 95: 950 instead of 900, and so 1,045 in the end.
            ([(1, 100, 2, 95.0), (7, 100, nil, nil)], 1_045, (0, 55, 0, 0)),
            // Both, but the first was bought at 98: 1,000 / 98 * 90 * 1.1.
            ([(1, 98, 4, 90), (7, 100, nil, nil)], 1_000 / 98 * 99, (0, 0, 1_000 / 98 * 99 - 990, 0)),
            // Fees of 3 in all.
            ([(1, 100, 4, 90), (7, 100, nil, nil)], 987, (0, 0, 0, -3)),
        ] as [([(Int, Double, Int?, Double?)], Double, (Double, Double, Double, Double))])
    func `it is taken apart`(
        _ taken: [(Int, Double, Int?, Double?)], _ equity: Double, _ parts: (Double, Double, Double, Double)
    ) throws {
        let run = try Self.run()
        #expect(abs(run.equity.last! - 990) < 1e-9)
        let difference = ForwardDifference(
            equity: equity, taken: taken.map { .init(entryBar: $0, entryPrice: $1, exitBar: $2, exitPrice: $3) },
            beside: run, last: 110, options: Self.options)
        let found = [difference.missed, difference.timing, difference.price, difference.cost]
        for (value, expected) in zip(found, [parts.0, parts.1, parts.2, parts.3]) {
            #expect(abs(value - expected) < 1e-9, "\(difference)")
        }
        #expect(abs(difference.total - (equity - 990)) < 1e-9)
    }
}
