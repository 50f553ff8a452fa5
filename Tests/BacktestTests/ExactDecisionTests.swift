import Market
import SeededNumbers
import Strategy
import Testing

@testable import Backtest

/// Decisions are those of exact arithmetic: conditions against fractions and a hundred digits, levels against fractions.
@Suite struct ExactDecisionTests {
    /// On short walks of few ticks sides are often equal, which is where doubles go wrong.
    @Test(arguments: UInt64(0)..<24)
    func `conditions hold where they hold in truth`(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        var ties: [String: Int] = [:]
        var wrong = 0
        for _ in 0..<700 {
            let bars = fewTicks(&random)
            let condition = Condition(
                operand(&random, bars), Comparison.allCases.randomElement(using: &random)!,
                .indicator(someIndicator(&random)))
            let definition = strategy(entry: [Bool.random(using: &random) ? condition : condition.mirrored])
            guard bars.close.count >= definition.longestPeriod + 2 else { continue }
            let entries = Set(try Engine.preview(definition, on: prepared(bars)).entries)
            let truth = ExactLine(bars: bars).truth(of: definition.entry[0])
            for (i, holds) in truth.holds.enumerated() where holds != nil && holds != entries.contains(i) {
                wrong += 1
                Issue.record("\(definition.summary) bar \(i) of \(bars.close) in 10^-\(bars.places)")
            }
            guard wrong < 5 else { return }
            for indicator in definition.indicators { ties[indicator.type.rawValue, default: 0] += truth.ties }
        }
        #expect(ties.count == IndicatorType.allCases.count)
        #expect(ties.values.allSatisfy { $0 > 20 }, "a world without ties proves nothing: \(ties)")
    }

    @Test(arguments: [(IndicatorType.ema, 2), (.ema, 20), (.ema, 200), (.rsi, 2), (.rsi, 14), (.rsi, 100)])
    func `values are as near to the exact ones as is said`(type: IndicatorType, period: Int) throws {
        var random = SplitMix(seed: UInt64(period))
        for drift in [-6, 0, 6] {
            var bars = TickBars(places: 2)
            var price = 500_000
            for _ in 0..<(3 * period + 400) {
                // Every now and then the price stands still, and once it falls to a thousandth.
                let isFlat = Int.random(in: 0..<9, using: &random) == 0
                price = max(1, price + (isFlat ? 0 : drift + Int.random(in: -200...200, using: &random)))
                if bars.close.count == 2 * period { price = 500 }
                bars.close.append(price)
            }
            (bars.open, bars.high, bars.low) = (bars.close, bars.close, bars.close)
            let line = indicator(type, period)
            let exact = ExactLine(bars: bars).values(of: .indicator(line))
            let error = Ratio(Line(line).error(isOnGrid: true))
            for (found, truth) in zip(try Engine.values(of: line, on: prepared(bars)), exact) {
                guard let found, let truth else {
                    #expect(found == nil && truth == nil)
                    continue
                }
                let value = Ratio(found)
                let distance =
                    value < truth
                    ? truth.numerator * value.denominator - value.numerator * truth.denominator
                    : value.numerator * truth.denominator - truth.numerator * value.denominator
                #expect(
                    !(truth * error < Ratio(distance, value.denominator * truth.denominator)),
                    "\(found) is further away")
            }
        }
    }

    @Test func `a strength stands still while the price does`() throws {
        var random = SplitMix(seed: 3)
        for period in [2, 5, 14, 100] {
            var closes = [100.0]
            for _ in 0..<300 {
                closes.append(((closes.last! + Double.random(in: -1...1, using: &random)) * 100).rounded() / 100)
            }
            let moving = closes.count
            closes += Array(repeating: closes.last!, count: 5_000)
            let strengths = try Engine.values(of: indicator(.rsi, period), on: prepared(closes: closes))
            #expect(Set(strengths[(moving - 1)...]).count == 1, "RSI(\(period))")
        }
    }

    @Test func `errors are stated and small`() {
        for entry in IndicatorCatalog.all {
            for period in entry.period.bounds {
                let recurrence = entry.type.recurrence
                for isOnGrid in [true, false] {
                    let roundings = recurrence.roundings(period: period, isOnGrid: isOnGrid)
                    #expect(roundings % 2 == 0 && Double(roundings) * 0x1p-53 <= 1e-12)
                }
            }
        }
    }

    private func fewTicks(_ random: inout SplitMix) -> TickBars {
        var bars = TickBars(places: Int.random(in: 0...4, using: &random))
        let step = [1, 1, 2, 10].randomElement(using: &random)!
        var price = [1, 7, 100, 10_000].randomElement(using: &random)! + 20
        for _ in 0..<Int.random(in: 6...16, using: &random) {
            if Int.random(in: 0..<3, using: &random) > 0 {
                price = max(1, price + Int.random(in: -step...step, using: &random))
            }
            bars.close.append(price)
        }
        (bars.open, bars.high, bars.low) = (bars.close, bars.close, bars.close)
        return bars
    }

    private func someIndicator(_ random: inout SplitMix) -> Indicator {
        indicator(IndicatorType.allCases.randomElement(using: &random)!, Int.random(in: 2...6, using: &random))
    }

    private func operand(_ random: inout SplitMix, _ bars: TickBars) -> Operand {
        switch Int.random(in: 0..<6, using: &random) {
        case 0: .price(.close)
        case 1: .literal(Double(bars.close.randomElement(using: &random)!) / bars.scale)
        case 2, 3: .literal(Double([20, 25, 30, 40, 50, 60, 62.5, 70, 75, 80].randomElement(using: &random)!))
        default: .indicator(someIndicator(&random))
        }
    }
}

extension Condition {
    /// With its sides exchanged.
    fileprivate var mirrored: Condition { Condition(right, comparison, left) }
}
