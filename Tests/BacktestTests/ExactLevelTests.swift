import Foundation
import JSON
import Market
import SeededNumbers
import Strategy
import Testing
import Trading

@testable import Backtest

/// Stops, targets and what trades are worth against fractions.
@Suite struct ExactLevelTests {
    /// A bar that opens, or falls or rises, to the last tick on either side of a level, for entries, slippages and
    /// percentages of which many put the level on a tick.
    @Test(arguments: UInt64(0)..<20)
    func `a bar reaches a level when it does in truth`(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        var ties = 0
        for _ in 0..<300 {
            let places = Int.random(in: 0...6, using: &random)
            let entry =
                Int.random(in: 1...40, using: &random) * [1, 10, 25, 100, 2_500].randomElement(using: &random)! + 1_000
            let slippage = [0, 0, 1, 5, 25, 60, 0.5, 12.3456].randomElement(using: &random)!
            let isStop = Bool.random(using: &random)
            let percent = [1, 2, 3, 4, 5, 10, 12.5, 7.25, 33.3333].randomElement(using: &random)!
            let level = ExactLevel(entry, slippage, isStop ? -percent : percent)
            let next = Int(level.price(places: 0))
            // The ticks around the level: one of them may be the level itself.
            for tick in (next - 1)...(next + 1) {
                for opens in [true, false] where opens || (isStop ? tick <= entry : tick >= entry) {
                    let isHit = isStop ? ExactLevel(tick) <= level : ExactLevel(tick) >= level
                    let isGap = opens && isHit && ExactLevel(tick) != level
                    if ExactLevel(tick) == level { ties += 1 }
                    let open = opens ? tick : entry
                    var bars = TickBars(places: places)
                    bars.open = [entry, open, entry]
                    bars.close = [entry, open, entry]
                    bars.low = [entry, min(open, tick), entry]
                    bars.high = [entry, max(open, tick), entry]
                    let definition = strategy(
                        entry: [Condition(.price(.close), .greater, .literal(0))],
                        exit: [Condition(.price(.close), .less, .literal(0))], stop: isStop ? percent : nil,
                        target: isStop ? nil : percent)
                    let options = try SimulationOptions(slippageBasisPoints: slippage)
                    let trade = try #require(
                        Engine.run(definition, on: prepared(bars), options: options, periodsPerYear: 252).trades.first)
                    let told = "\(entry) less or more \(percent) % with \(slippage) bps, bar at \(tick), 10^-\(places)"
                    #expect(trade.exitIndex == (isHit ? 1 : 2), "\(told)")
                    guard isHit else { continue }
                    #expect(trade.exitReason == (isStop ? .stopLoss : .takeProfit), "\(told)")
                    #expect(trade.isGap == isGap, "\(told)")
                    let quoted = isGap ? bars.prices(.open)[1] : level.price(places: places)
                    #expect(trade.exitPrice == quoted * (1 - slippage / 1e4), "\(told)")
                }
            }
        }
        #expect(ties > 25, "a world without ties proves nothing")
    }

    /// Without a grid, prices are what their bits say.
    @Test(arguments: UInt64(0)..<8)
    func `levels off the grid are exact, too`(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        for _ in 0..<500 {
            let quoted = Double.random(in: 0.5...2, using: &random) * [1e-9, 1, 1e12].randomElement(using: &random)!
            let slippage = TenThousandths([0, 5, 12.3456].randomElement(using: &random)!)!
            let percent = TenThousandths([0.01, 2, 12.5, 33.3333, 50].randomElement(using: &random)!)!
            for isBelow in [true, false] {
                let rule = LevelRule(slippage: slippage, distance: percent, isBelow: isBelow, on: nil)
                let exact =
                    Ratio(quoted)
                    * Ratio(Whole(100_000_000 + slippage.count), Whole(100_000_000))
                    * Ratio(Whole(1_000_000 + (isBelow ? -percent.count : percent.count)), Whole(1_000_000))
                let level = rule.level(from: quoted)
                #expect(!(exact < Ratio(level.step)) && exact < Ratio(level.step.nextUp))
                #expect(level.isAbove == !(exact == Ratio(level.step)))
                #expect((rule.nearby(quoted) / level.step - 1).magnitude < 1e-15)
                #expect(isNearest(rule.fill(from: quoted), to: exact))
            }
        }
    }

    /// Short and long fractions, and such as need all of 256 bits.
    @Test func `quotients are rounded to the nearest double`() {
        var random = SplitMix(seed: 5)
        for _ in 0..<3_000 {
            let numerator = UInt128.random(
                in: 1...(.max >> UInt128(Int.random(in: 0...120, using: &random))), using: &random)
            let denominator = UInt128.random(
                in: 1...(.max >> UInt128(Int.random(in: 1...120, using: &random))), using: &random)
            let quotient = LevelRule.quotient(numerator, denominator)
            #expect(
                isNearest(quotient, to: Ratio(Whole(numerator), Whole(denominator))), "\(numerator) / \(denominator)")
        }
        // In the middle of two doubles, the even one.
        #expect(LevelRule.quotient((1 << 53) + 1, 1) == 0x1p53)
        #expect(LevelRule.quotient((1 << 53) + 3, 1) == 0x1p53 + 4)
        #expect(LevelRule.quotient((1 << 54) + 6, 2) == 0x1p53 + 4)
    }

    private func isNearest(_ double: Double, to exact: Ratio) -> Bool {
        // Twice the distance is not more than that between neighbours.
        let below = Ratio(double).numerator * Whole(2), between = Ratio(double).denominator * Whole(2)
        let half = Ratio(double.ulp)
        let ulp = half.numerator * Ratio(double).denominator
        let scale = half.denominator
        let low = Ratio(below * scale - ulp, between * scale), high = Ratio(below * scale + ulp, between * scale)
        return !(exact < low) && !(high < exact)
    }

    /// 497 to 503 at 60 basis points: bought at 499.982 and sold at 499.982.
    @Test(arguments: [(0.0, 60.0), (0, 5), (0, 1), (25, 60), (10, 0), (12.5, 37.5)])
    func `nothing earned is neither won nor lost`(commission: Double, slippage: Double) throws {
        func units(_ basisPoints: Double) -> Int { Int(basisPoints * 1e4) }
        // What is paid for the one price is what is got for the other.
        var bought = (100_000_000 - units(slippage)) * (100_000_000 - units(commission)) / 1_000_000
        var sold = (100_000_000 + units(slippage)) * (100_000_000 + units(commission)) / 1_000_000
        while let divisor = [2, 5, 3, 7].first(where: { bought % $0 == 0 && sold % $0 == 0 }) {
            (bought, sold) = (bought / divisor, sold / divisor)
        }
        for times in [1, 3, 7, 10, 33] {
            let closes = [bought * times, sold * times, sold * times].map { Double($0) / 1e4 }
            let options = try SimulationOptions(commissionBasisPoints: commission, slippageBasisPoints: slippage)
            let report = try Engine.run(
                strategy(
                    entry: [Condition(.price(.close), .lessOrEqual, .literal(closes[0]))],
                    exit: [Condition(.price(.close), .greater, .literal(closes[0]))]),
                on: prepared(closes: closes), options: options, periodsPerYear: 252)
            #expect(report.trades.count == 1)
            #expect(report.trades[0].profit == 0 && report.trades[0].profitPercent == 0)
            #expect(report.metrics[.winRate].value == 0)
            #expect(report.metrics[.averageWin].value == nil && report.metrics[.averageLoss].value == nil)
        }
    }

    /// Cases that were found in use: definition, options, bars as they are written, and the trades they make.
    @Test(arguments: [
        "rsi-on-flat-bars-stands-still", "sma-equals-ema", "stop-touched-exactly", "stop-with-slippage-touched-exactly",
        "target-touched-exactly",
    ])
    func `cases from outside`(name: String) throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/\(name).json")
        let document = try #require(try parse([UInt8](Data(contentsOf: file))).objectValue)
        let definition = try #require(StrategyDefinition.read(document["definition"] ?? .null).0)
        let options = try SimulationOptions(simulation: document["options"], initialEquity: 10_000)
        let candles = try #require(document["bars"]?.arrayValue).map { bar -> Candle in
            let prices = try #require(bar.arrayValue).dropFirst().map { try #require(Double($0.stringValue ?? "")) }
            return (prices[0], prices[1], prices[2], prices[3])
        }
        let report = try Engine.run(definition, on: prepared(candles), options: options, periodsPerYear: 252)
        let trades = try #require(document["trades"]?.arrayValue).map { try #require($0.objectValue) }
        #expect(report.trades.count == trades.count)
        for (found, expected) in zip(report.trades, trades) {
            #expect(found.entryIndex == expected["entry_index"]?.numberValue?.int)
            #expect(found.exitIndex == expected["exit_index"]?.numberValue?.int)
            #expect(found.entryPrice == expected["entry_price"]?.numberValue?.double)
            #expect(found.exitPrice == expected["exit_price"]?.numberValue?.double)
            #expect(found.exitReason.rawValue == expected["exit_reason"]?.stringValue)
            #expect(found.isGap == (expected["gap"] == true))
        }
    }
}
