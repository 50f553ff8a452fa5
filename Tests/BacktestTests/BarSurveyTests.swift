import Market
import SeededNumbers
import Testing

@testable import Backtest

/// The survey of many bars at once against the plain look at each.
@Suite struct BarSurveyTests {
    @Test(arguments: UInt64(0)..<16)
    func `prepared bars are what the plain rules say`(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        var (faults, scales) = (0, Set<Int?>())
        for _ in 0..<60 {
            var series = bars(&random)
            if Bool.random(using: &random) { spoil(&series, &random) }
            let first = series.firstError()
            do throws(BarError) {
                let prepared = try PreparedBars(series)
                #expect(first == nil)
                #expect(prepared.tickScale == TickScale.find(in: series))
                scales.insert(prepared.tickScale?.exponent)
            } catch {
                faults += 1
                #expect(error.index == first?.index && error.reason == first?.error)
            }
        }
        #expect(faults > 10 && scales.count > 3, "a world without faults and grids proves nothing")
    }

    private func bars(_ random: inout SplitMix) -> CandleSeries {
        let count = [1, 7, 8, 9, 63, 511, 512, 513, 520, 1_100].randomElement(using: &random)!
        let bars = OracleTests().randomBars(&random, count: count)
        // More places from some bar on, noise before or after it, or no grid at all.
        let change = Int.random(in: 0..<count, using: &random)
        let factors = [1, 1, 1, 1 + 3e-10, 1 + 1e-12, 1.0 / 3, 1e-9 / 7, 0.125]
        let before = factors.randomElement(using: &random)!, after = factors.randomElement(using: &random)!
        var series = CandleSeries()
        for i in 0..<count {
            func price(_ ticks: Int) -> Double { Double(ticks) / bars.scale * (i < change ? before : after) }
            series.append(
                time: Int64(i), open: price(bars.open[i]), high: price(bars.high[i]), low: price(bars.low[i]),
                close: price(bars.close[i]), volume: Double(i % 3))
        }
        return series
    }

    /// Puts one thing into one bar that cannot be.
    private func spoil(_ series: inout CandleSeries, _ random: inout SplitMix) {
        let bar = Int.random(in: 0..<series.count, using: &random)
        var columns = [series.open, series.high, series.low, series.close, series.volume]
        var times = series.times
        let wrong: [Double] = [.nan, .infinity, -.infinity, 0, -1, 1e9]
        let column = Int.random(in: 0...5, using: &random)
        if column == 5 {
            if bar > 0 { times[bar] = times[bar - 1] - Int64(Int.random(in: 0...1, using: &random)) }
        } else {
            columns[column][bar] = wrong.randomElement(using: &random)!
        }
        series = CandleSeries(
            times: times, open: columns[0], high: columns[1], low: columns[2], close: columns[3], volume: columns[4])
    }
}
