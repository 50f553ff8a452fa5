import Backtest
import Foundation
import Market
import Strategy
import Testing

/// Engine against oracle on real prices, where a folder of them is at hand: `BITSTOCKERZ_SHARED_DATA` names one with
/// `equity_daily/*.csv` and the like. The oracle takes the ticks from the text of the file, not from doubles.
@Suite struct RealBarsTests {
    static let folder = ProcessInfo.processInfo.environment["BITSTOCKERZ_SHARED_DATA"]

    @Test(
        .enabled(if: folder != nil, "BITSTOCKERZ_SHARED_DATA names no folder with real bars"),
        arguments: ["equity_daily/SPY.csv", "crypto_daily/BTC-USD.csv", "crypto_hourly/ETH-USD.csv"])
    func `engine and oracle agree`(file: String) throws {
        let text = try String(contentsOfFile: "\(Self.folder!)/\(file)", encoding: .utf8)
        let (series, ticks) = try read(text)
        let bars = try PreparedBars(series)
        #expect(bars.tickScale?.isExact == true)
        #expect(bars.tickScale?.ticksPerUnit == ticks.scale)
        let fast = Operand.indicator(indicator(.sma, 10))
        let slow = Operand.indicator(indicator(.sma, 30))
        let definition = strategy(
            entry: [
                Condition(fast, .crossesAbove, slow),
                Condition(.indicator(indicator(.rsi, 14)), .less, .literal(70)),
            ], exit: [Condition(fast, .crossesBelow, slow)], stop: 2, target: 4)
        for timing in ExecutionTiming.allCases {
            for first in [0, 350, series.count / 2] {
                let options = try SimulationOptions(slippageBasisPoints: 5, executionTiming: timing)
                let report = try Engine.run(definition, on: bars, from: first, options: options, periodsPerYear: 252)
                #expect(report.trades.count > 10)
                #expect(report.asOracleResult == Oracle(ticks, definition).run(from: first, options))
            }
        }
    }

    private func read(_ text: String) throws -> (CandleSeries, TickBars) {
        let rows = text.split(separator: "\n").dropFirst().map { $0.split(separator: ",").map(String.init) }
        let cells = rows.flatMap { Array($0[1...4]) }
        let places = cells.map { $0.split(separator: ".").dropFirst().first?.count ?? 0 }.max() ?? 0
        var ticks = TickBars(places: places)
        func whole(_ cell: String) throws -> Int {
            let parts = cell.split(separator: ".")
            let fraction = parts.count > 1 ? String(parts[1]) : ""
            let digits = String(parts[0]) + fraction + String(repeating: "0", count: places - fraction.count)
            return try #require(Int(digits))
        }
        var series = CandleSeries()
        for row in rows {
            ticks.open.append(try whole(row[1]))
            ticks.high.append(try whole(row[2]))
            ticks.low.append(try whole(row[3]))
            ticks.close.append(try whole(row[4]))
            let time = Instant(row[0]) ?? CalendarDay(row[0])?.start
            let prices = try row[1...5].map { try #require(Double($0)) }
            series.append(
                time: try #require(time).microseconds, open: prices[0], high: prices[1], low: prices[2],
                close: prices[3], volume: prices[4])
        }
        return (series, ticks)
    }
}
