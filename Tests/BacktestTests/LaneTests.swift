import Market
import SeededNumbers
import Strategy
import Testing

@testable import Backtest

/// Eight lanes side by side against one pass over all bars, bit for bit.
@Suite struct LaneTests {
    enum World: CaseIterable {
        case walk, rise, nothing
        /// It stands still from the first eighth on: averages that began later never saw a move.
        case stop
        /// It stands still before every eighth, so that none of the lanes starts right.
        case pauses

        func step(_ i: Int, of count: Int, _ random: inout SplitMix) -> Int {
            // The lanes begin 256 bars before their stretches.
            let isPause = i > 1_000 && (i - 256 + 600) % ((count - 256) / 512 * 64) < 600
            return switch self {
            case .walk: Int.random(in: -50...50, using: &random)
            case .rise: Int.random(in: 0...3, using: &random)
            case .nothing: 0
            case .stop: i < count / 8 - 300 ? Int.random(in: -50...50, using: &random) : 0
            case .pauses: isPause ? 0 : Int.random(in: -50...50, using: &random)
            }
        }
    }

    @Test(arguments: World.allCases, [1_100, 4_096, 10_007, 20_031])
    func `lanes and one pass agree to the last bit`(world: World, count: Int) throws {
        var random = SplitMix(seed: 11)
        var bars = TickBars(places: 2)
        var price = 100_000
        for i in 0..<count {
            price = max(1, price + world.step(i, of: count, &random))
            bars.close.append(price)
        }
        bars.open = bars.close
        bars.high = bars.close
        bars.low = bars.close
        let prepared = try prepared(bars)
        let lines = [
            indicator(.rsi, 4), indicator(.ema, 5), indicator(.sma, 7), indicator(.rsi, 2), indicator(.ema, 3),
        ]
        for line in lines {
            let definition = strategy(entry: [Condition(.indicator(line), .greater, .literal(50))])
            let expected = Oracle(bars, definition).line(line)
            #expect(Engine.values(of: line, on: prepared) == expected, "\(line.type.rawValue) \(line.period)")
        }
    }

    @Test(arguments: [(252, 1), (2_815, 1), (2_816, 8), (17_500, 8), (87_600, 8)])
    func `who is long enough gets lanes`(count: Int, lanes: Int) throws {
        #expect(try laneCount(count, [indicator(.rsi, 4), indicator(.sma, 200)], isOnGrid: true) == lanes)
        #expect(try laneCount(count, [indicator(.sma, 200)], isOnGrid: true) == 1, "nothing waits for the bar before")
        #expect(try laneCount(count, [indicator(.rsi, 4)], isOnGrid: false) == 1)
    }

    @Test func `long memories need longer series`() throws {
        #expect(try laneCount(58_111, [indicator(.rsi, 100)], isOnGrid: true) == 1)
        #expect(try laneCount(58_112, [indicator(.rsi, 100)], isOnGrid: true) == 8)
    }

    private func laneCount(_ count: Int, _ indicators: [Indicator], isOnGrid: Bool) throws -> Int {
        let bars = try prepared(closes: Array(repeating: 100, count: count))
        let conditions = indicators.map { Condition(.indicator($0), .greater, .literal(1)) }
        return ColumnPlan([conditions], bars: count, tickScale: isOnGrid ? bars.tickScale : nil).lanes
    }
}
