import Backtest
import JSON
import Market
import SeededNumbers
import Strategy
import Testing

@Suite struct EngineTests {
    @Test func `limits are refused with their codes`() throws {
        let average = strategy(entry: [Condition(.indicator(indicator(.sma, 5)), .greater, .literal(1))])
        func code(
            _ definition: StrategyDefinition, _ count: Int, from first: Int = 0, _ limits: EngineLimits = EngineLimits()
        ) throws -> String? {
            let bars = try prepared(closes: Array(repeating: 1, count: count))
            do throws(BacktestRefusal) {
                _ = try Engine.run(definition, on: bars, from: first, periodsPerYear: 252, limits: limits)
                return nil
            } catch {
                #expect(error.message.hasSuffix(".") && !error.message.contains(" 1 bars"), "\(error.message)")
                return error.code
            }
        }
        #expect(try code(average, 6) == "BACKTEST_INSUFFICIENT_BARS")
        #expect(try code(average, 7) == nil)
        #expect(try code(average, 7, from: 6) == nil)
        #expect(try code(average, 7, from: 7) == "BACKTEST_INSUFFICIENT_BARS")
        #expect(try code(average, 0) == "BACKTEST_INSUFFICIENT_BARS")
        #expect(try code(strategy(), 1) == "BACKTEST_INSUFFICIENT_BARS")
        #expect(try code(strategy(), 2) == nil)
        #expect(try code(strategy(), 11, EngineLimits(bars: 10)) == "BACKTEST_BAR_LIMIT_EXCEEDED")
        #expect(try code(strategy(), 11, from: 1, EngineLimits(bars: 10)) == nil)
        #expect(try code(average, 11, EngineLimits(bytes: 87)) == "BACKTEST_RESOURCE_LIMIT_EXCEEDED")
        #expect(try code(average, 11, EngineLimits(bytes: 88)) == nil)
    }

    @Test func `a run asks every few thousand bars whether to go on`() throws {
        let bars = try prepared(closes: Array(repeating: 1, count: 50_000))
        var asked = 0
        _ = try Engine.run(
            strategy(), on: bars, periodsPerYear: 252,
            isCancelled: {
                asked += 1
                return false
            })
        #expect(asked >= 50_000 / 4096)
        for stopAt in [1, 5, asked] {
            var count = 0
            #expect(throws: BacktestRefusal.cancelled) {
                try Engine.run(
                    strategy(), on: bars, periodsPerYear: 252,
                    isCancelled: {
                        count += 1
                        return count == stopAt
                    })
            }
        }
    }

    @Test func `a run ends when its time is over`() throws {
        let bars = try prepared(closes: Array(repeating: 1, count: 50_000))
        var time: UInt64 = 1_000
        #expect(throws: BacktestRefusal.timeout(nanoseconds: 5_000)) {
            try Engine.run(
                strategy(), on: bars, periodsPerYear: 252, limits: EngineLimits(nanoseconds: 5_000),
                now: {
                    time += 1_000
                    return time
                })
        }
        #expect(BacktestRefusal.timeout(nanoseconds: 5_000).code == "BACKTEST_TIMEOUT")
    }

    @Test func `bars that cannot be are refused`() {
        #expect(throws: BarError(index: 1, reason: .notPositive(.open))) { try prepared(closes: [1, 0]) }
    }

    @Test func `options tell every error at once`() throws {
        #expect(
            throws: OptionsRefusal.self,
            performing: { try SimulationOptions(initialEquity: 0, allocationPercent: 101, commissionBasisPoints: -1) })
        do throws(OptionsRefusal) {
            _ = try SimulationOptions(
                initialEquity: .nan, allocationPercent: 0, commissionBasisPoints: 1000.1, slippageBasisPoints: .infinity
            )
        } catch {
            #expect(
                error.errors.map(\.field) == ["initial_equity", "allocation_pct", "commission_bps", "slippage_bps"])
            #expect(error.errors.allSatisfy { $0.code == .outOfRange })
        }
    }

    @Test func `options are read from a document and written to one`() throws {
        let options = try SimulationOptions(
            initialEquity: 500, allocationPercent: 50, commissionBasisPoints: 2.5, slippageBasisPoints: 5,
            executionTiming: .nextOpen)
        #expect(try SimulationOptions(simulation: options.simulationJSON, initialEquity: 500) == options)
        #expect(try SimulationOptions(simulation: nil, initialEquity: 10_000) == .standard)
        #expect(try SimulationOptions(simulation: [:], initialEquity: 10_000) == .standard)
        let wrong: Value = [
            "slippage_bps": "5", "leverage": 2, "execution_timing": "open", "commission_bps": 2000,
        ]
        do throws(OptionsRefusal) {
            _ = try SimulationOptions(simulation: wrong, initialEquity: 10_000)
            Issue.record("taken")
        } catch {
            #expect(
                error.errors.map { "\($0.field) \($0.code.rawValue)" } == [
                    "slippage_bps WRONG_TYPE", "leverage UNKNOWN_KEY", "execution_timing UNKNOWN_TIMING",
                    "commission_bps OUT_OF_RANGE",
                ])
        }
    }

    @Test func `the same run gives the same bytes`() throws {
        let bars = try prepared(closes: (0..<500).map { 100 + Double(($0 * 37) % 41) / 8 })
        let definition = strategy(
            entry: [Condition(.indicator(indicator(.ema, 5)), .crossesAbove, .indicator(indicator(.sma, 9)))],
            exit: [Condition(.indicator(indicator(.rsi, 7)), .greater, .literal(55))], stop: 1)
        let first = try Engine.run(definition, on: bars, periodsPerYear: 252)
        let second = try Engine.run(definition, on: bars, periodsPerYear: 252)
        #expect(!first.trades.isEmpty)
        #expect(first == second)
        #expect(Encodings.result(first) == Encodings.result(second))
    }

    /// A change of a single bit of any trade or equity point shows here. Whoever means it raises `engineVersion`.
    @Test func `results are pinned to the last bit`() throws {
        var random = SplitMix(seed: 2024)
        var candles: [Candle] = []
        var price = 2000
        for _ in 0..<5000 {
            let open = price + Int.random(in: -4...4, using: &random)
            let close = max(1000, open + Int.random(in: -25...25, using: &random))
            let high = max(open, close) + Int.random(in: 0...12, using: &random)
            let low = min(open, close) - Int.random(in: 0...12, using: &random)
            candles.append((Double(open) / 100, Double(high) / 100, Double(low) / 100, Double(close) / 100))
            price = close
        }
        let bars = try prepared(candles)
        let definition = strategy(
            entry: [
                Condition(.indicator(indicator(.sma, 5)), .crossesAbove, .indicator(indicator(.ema, 20))),
                Condition(.indicator(indicator(.rsi, 14)), .less, .literal(65)),
            ], exit: [Condition(.indicator(indicator(.sma, 5)), .crossesBelow, .indicator(indicator(.ema, 20)))],
            stop: 3, target: 6)
        var found: [String] = []
        for timing in ExecutionTiming.allCases {
            let options = try SimulationOptions(
                allocationPercent: 95, commissionBasisPoints: 3, slippageBasisPoints: 5, executionTiming: timing)
            let report = try Engine.run(definition, on: bars, from: 500, options: options, periodsPerYear: 252)
            let bytes = Encodings.result(report)
            let digest = bytes.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
            found.append("\(report.trades.count) \(report.equity.last!) \(String(digest, radix: 16))")
        }
        #expect(engineVersion == "2")
        #expect(found == ["133 10423.912915327928 ae36fbac16759ef4", "133 10606.171793154666 2a61eb2087310dde"])
    }

    @Test func `verdict and deflation hang on the number of trials`() throws {
        var random = SplitMix(seed: 1)
        var closes = [100.0]
        for _ in 1..<900 {
            closes.append((closes.last! * Double.random(in: 0.99...1.0125, using: &random) * 100).rounded() / 100)
        }
        let report = try Engine.run(
            strategy(
                entry: [Condition(.price(.close), .greater, .literal(0))],
                exit: [Condition(.indicator(indicator(.rsi, 2)), .greater, .literal(90))]),
            on: prepared(closes: closes), periodsPerYear: 252)
        let psr = try #require(report.metrics[.probabilisticSharpe].value)
        let alone = try #require(report.deflatedSharpe(trials: 1, variance: 0.002).value)
        let many = try #require(report.deflatedSharpe(trials: 1000, variance: 0.002).value)
        #expect(alone == psr)
        #expect(many < alone)
        #expect(report.verdict(trials: 1000, variance: 1, excessVariance: 1) == .notDistinguishableFromLuck)
    }
}
