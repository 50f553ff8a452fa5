import Backtest
import Market
import SeededNumbers
import Strategy
import Testing

/// Figures do not go into a result's hash, but whoever makes them faster must not change a bit of them by accident:
/// every sum has its order.
@Suite struct PinnedFiguresTests {
    @Test(arguments: [
        (UInt64(100), "3cdb99e9d2d485b3"), (101, "b2e889eb2fc8248"), (102, "f8837b118c6e6ff1"),
        (103, "1de1d9a26d8571d2"),
    ])
    func `figures are pinned to the last bit`(seed: UInt64, pinned: String) throws {
        var random = SplitMix(seed: seed)
        let worlds = OracleTests()
        var digest = Digest()
        for _ in 0..<60 {
            let bars = worlds.randomBars(&random)
            let definition = worlds.randomDefinition(&random, bars)
            let options = try worlds.randomOptions(&random, definition)
            let first = Int.random(in: 0..<bars.close.count, using: &random)
            guard bars.close.count >= definition.longestPeriod + 2 else { continue }
            let prepared = try prepared(bars)
            try digest.take(
                Engine.run(definition, on: prepared, from: first, options: options, periodsPerYear: 8760), on: prepared)
        }
        #expect(digest.text == pinned)
    }

    /// Long enough for every kind of block, with a spread of returns like that of a market.
    @Test(arguments: [(9_001, "5d529ac578c2a01d"), (70_000, "96f03ba88b895d62")])
    func `figures of long runs are pinned to the last bit`(count: Int, pinned: String) throws {
        var random = SplitMix(seed: 7)
        var candles: [Candle] = []
        var price = 50_000
        for i in 0..<count {
            let open = price + Int.random(in: -40...40, using: &random)
            // A stretch without any trading, where gains and losses fade away.
            let isFlat = i % 20_000 > 14_000 && i % 20_000 < 15_000
            let close = isFlat ? open : max(9_000, open + Int.random(in: -400...400, using: &random))
            let high = max(open, close) + Int.random(in: 0...100, using: &random)
            let low = min(open, close) - Int.random(in: 0...100, using: &random)
            candles.append((Double(open) / 100, Double(high) / 100, Double(low) / 100, Double(close) / 100))
            price = isFlat ? open : close
        }
        let bars = try prepared(candles)
        let noisy = try prepared(candles.map { ($0 * (1 + 1e-12), $1 * (1 + 1e-12), $2, $3 * (1 + 1e-12)) })
        let offGrid = try prepared(
            candles.enumerated().map { ($1.open / 3, $1.high / 3, $0 == 50 ? 1e-7 / 3 : $1.low / 3, $1.close / 3) })
        #expect(noisy.tickScale?.isExact == false)
        #expect(offGrid.tickScale == nil)
        var digest = Digest()
        let kinds: [(IndicatorType, Int)] = [(.sma, 5), (.ema, 12), (.rsi, 14), (.rsi, 100), (.sma, 200)]
        for bars in [bars, noisy, offGrid] {
            for kind in kinds {
                let line = indicator(kind.0, kind.1)
                for value in Engine.values(of: line, on: bars) { digest.take(value ?? .nan) }
            }
            for timing in ExecutionTiming.allCases {
                let definition = strategy(
                    entry: [
                        Condition(.indicator(indicator(.sma, 5)), .crossesAbove, .indicator(indicator(.ema, 30))),
                        Condition(.indicator(indicator(.rsi, 14)), .less, .literal(65)),
                    ], exit: [Condition(.indicator(indicator(.rsi, 5)), .greater, .literal(80))], stop: 2, target: 4)
                let options = try SimulationOptions(
                    allocationPercent: 95, commissionBasisPoints: 1, slippageBasisPoints: 1, executionTiming: timing)
                try digest.take(
                    Engine.run(definition, on: bars, from: 100, options: options, periodsPerYear: 8760), on: bars)
            }
        }
        #expect(digest.text == pinned)
    }
}

/// FNV-1a over the bits of numbers.
private struct Digest {
    private var state: UInt64 = 0xcbf2_9ce4_8422_2325

    var text: String { String(state, radix: 16) }

    mutating func take(_ number: Double) {
        for shift in stride(from: 0, to: 64, by: 8) {
            state = (state ^ (number.bitPattern >> UInt64(shift) & 0xff)) &* 0x100_0000_01b3
        }
    }

    mutating func take(_ report: Report, on bars: PreparedBars) throws {
        for (_, figure) in report.metrics.all { take(figure.value ?? .nan) }
        for trade in report.trades { take(trade.profitPercent) }
        for point in report.equity { take(point) }
        for point in try benchmarkPoints(of: report, on: bars) { take(point) }
        let moments = report.moments
        for value in [moments.mean, moments.standardDeviation, moments.skewness, moments.kurtosis] {
            take(value ?? .nan)
        }
        for block in moments.blocks {
            take(Double(block.count))
            take(block.sum)
            take(block.sumOfSquares)
        }
    }
}
