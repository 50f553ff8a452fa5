import Backtest
import Market
import SeededNumbers
import Strategy
import Testing

@Suite struct IndicatorTests {
    @Test func `first values by hand`() throws {
        let bars = try prepared(closes: [10, 11, 12, 11, 13])
        #expect(Engine.values(of: indicator(.sma, 3), on: bars) == [nil, nil, 11, 34.0 / 3, 12])
        #expect(Engine.values(of: indicator(.ema, 3), on: bars) == [nil, nil, 11, 11, 12])
        // Gains 1 and 1, then a loss of 1, then a gain of 2: sums 2 and 0, 1 and 1, 2.5 and 0.5.
        let strength = Engine.values(of: indicator(.rsi, 2), on: bars)
        #expect(strength == [nil, nil, 100, 50, 100 * (2.5 / 3)])
    }

    @Test func `strength at its ends`() throws {
        func last(_ closes: [Double]) throws -> Double? {
            try Engine.values(of: indicator(.rsi, 3), on: prepared(closes: closes)).last!
        }
        #expect(try last([5, 5, 5, 5, 5]) == 50)
        #expect(try last([5, 6, 7, 8]) == 100)
        #expect(try last([8, 7, 6, 5]) == 0)
        #expect(try last([5, 6, 7]) == .some(nil))
    }

    @Test func `an indicator looks at its source`() throws {
        let bars = try prepared([(2, 9, 1, 3), (4, 8, 2, 5)])
        for (source, mean) in [(PriceSource.open, 3.0), (.high, 8.5), (.low, 1.5), (.close, 4)] {
            #expect(Engine.values(of: indicator(.sma, 2, of: source), on: bars) == [nil, mean])
        }
    }

    @Test func `fewer bars than the period have no values`() throws {
        let bars = try prepared(closes: [1, 2])
        for type in IndicatorType.allCases {
            #expect(Engine.values(of: indicator(type, 3), on: bars) == [nil, nil])
        }
        #expect(Engine.values(of: indicator(.rsi, 2), on: bars) == [nil, nil])
    }

    /// Averages of prices in cents are often equal, and sums in binary floating point decide such ties by noise.
    @Test func `equal averages are equal`() throws {
        var random = SplitMix(seed: 7)
        var cents: [Int] = [2000]
        for _ in 1..<60_000 { cents.append(max(1500, cents.last! + Int.random(in: -3...3, using: &random))) }
        let bars = try prepared(closes: cents.map { Double($0) / 100 })
        let fast = Engine.values(of: indicator(.sma, 10), on: bars)
        let slow = Engine.values(of: indicator(.sma, 30), on: bars)
        var wrong = 0
        var wrongByRunningSum = 0
        var ties = 0
        var sums = (fast: 0, slow: 0)
        var running = (fast: 0.0, slow: 0.0)
        for i in cents.indices {
            sums.fast += cents[i] - (i >= 10 ? cents[i - 10] : 0)
            sums.slow += cents[i] - (i >= 30 ? cents[i - 30] : 0)
            running.fast += Double(cents[i]) / 100 - (i >= 10 ? Double(cents[i - 10]) / 100 : 0)
            running.slow += Double(cents[i]) / 100 - (i >= 30 ? Double(cents[i - 30]) / 100 : 0)
            guard i >= 29, let f = fast[i], let s = slow[i] else { continue }
            let truth = order(sums.fast * 3, sums.slow)
            if truth == 0 { ties += 1 }
            if order(f, s) != truth { wrong += 1 }
            if order(running.fast / 10, running.slow / 30) != truth { wrongByRunningSum += 1 }
        }
        #expect(wrong == 0)
        #expect(ties > 100)
        #expect(wrongByRunningSum > 100, "the test has lost its point")
    }

    /// 19.99 and 0.1 have no exact double, a third has many digits, the fourth carries noise, and behind two extreme
    /// bars no grid is left at all.
    @Test(arguments: [19.99, 0.1, 1.0 / 3, 27.44 * (1 + 3e-10), 65_432.1], [false, true])
    func `a flat market equals its averages`(price: Double, afterExtremes: Bool) throws {
        let extremes = afterExtremes ? [price * 1e-9 / 7, 1e9 / 7] : []
        let bars = try prepared(closes: extremes + Array(repeating: price, count: 300))
        #expect((bars.tickScale == nil) == afterExtremes)
        for period in [2, 3, 7, 10, 30, 49, 200] {
            // An exponential average never forgets the extremes.
            for type in afterExtremes ? [IndicatorType.sma] : [.sma, .ema] {
                let average = Operand.indicator(indicator(type, period))
                for comparison in [Comparison.greater, .less] {
                    let definition = strategy(entry: [Condition(.price(.close), comparison, average)])
                    let report = try Engine.run(definition, on: bars, from: 202, periodsPerYear: 252)
                    #expect(report.trades.isEmpty, "\(type.rawValue)(\(period)) \(comparison.rawValue)")
                }
            }
        }
    }

    @Test func `prices without a grid are summed with compensation`() throws {
        var random = SplitMix(seed: 11)
        // A range this wide leaves no exponent.
        let closes = [1e-6 / 3, 2e8 / 3] + (0..<500).map { _ in Double.random(in: 1...2, using: &random) }
        let bars = try prepared(closes: closes)
        #expect(bars.tickScale == nil)
        for period in [2, 9, 200] {
            let values = Engine.values(of: indicator(.sma, period), on: bars)
            for i in (period + 1)..<closes.count {
                let expected = compensatedSum(closes[(i + 1 - period)...i]) / Double(period)
                guard relativeDifference(values[i]!, expected) < 4e-16 else {
                    Issue.record("SMA(\(period)) at \(i): \(values[i]!), not \(expected)")
                    return
                }
            }
        }
        let report = try Engine.run(
            strategy(entry: [Condition(.indicator(indicator(.sma, 2)), .greater, .literal(0))]), on: bars,
            periodsPerYear: 252)
        #expect(report.notices.contains(.noTickScale))
        #expect(report.tickExponent == nil)
    }

    /// TA-Lib's definitions, computed the slow and careful way.
    @Test(arguments: [UInt64(1), 2, 3])
    func `indicators agree with the textbook`(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        var closes = [100.0]
        for _ in 1..<3000 {
            closes.append(((closes.last! * Double.random(in: 0.97...1.031, using: &random)) * 100).rounded() / 100)
        }
        let bars = try prepared(closes: closes)
        for period in [2, 5, 14, 50, 100] {
            let average = Engine.values(of: indicator(.sma, period), on: bars)
            let exponential = Engine.values(of: indicator(.ema, period), on: bars)
            let strength = Engine.values(of: indicator(.rsi, period), on: bars)
            var ema = compensatedSum(closes[..<period]) / Double(period)
            let changes = (1..<closes.count).map { closes[$0] - closes[$0 - 1] }
            var gain = compensatedSum(changes[..<period].map { max($0, 0) }[...]) / Double(period)
            var loss = compensatedSum(changes[..<period].map { max(-$0, 0) }[...]) / Double(period)
            for i in closes.indices {
                if i >= period { ema += (closes[i] - ema) * (2 / (Double(period) + 1)) }
                if i > period {
                    gain = (gain * Double(period - 1) + max(changes[i - 1], 0)) / Double(period)
                    loss = (loss * Double(period - 1) + max(-changes[i - 1], 0)) / Double(period)
                }
                let isSound =
                    i < period - 1
                    ? average[i] == nil && exponential[i] == nil
                    : relativeDifference(
                        average[i]!, compensatedSum(closes[(i + 1 - period)...i]) / Double(period)) < 1e-9
                        && relativeDifference(exponential[i]!, ema) < 1e-9
                let isStrengthSound =
                    i < period
                    ? strength[i] == nil : relativeDifference(strength[i]!, 100 * gain / (gain + loss)) < 1e-9
                guard isSound, isStrengthSound else {
                    Issue.record("period \(period), bar \(i)")
                    return
                }
            }
        }
    }

    private func order<T: Comparable>(_ a: T, _ b: T) -> Int { a < b ? -1 : a > b ? 1 : 0 }

    private func relativeDifference(_ a: Double, _ b: Double) -> Double { abs(a - b) / max(abs(b), 1e-300) }

    /// Neumaier's.
    private func compensatedSum(_ values: ArraySlice<Double>) -> Double {
        var sum = 0.0
        var rest = 0.0
        for value in values {
            let next = sum + value
            rest += abs(sum) >= abs(value) ? (sum - next) + value : (value - next) + sum
            sum = next
        }
        return sum + rest
    }
}
