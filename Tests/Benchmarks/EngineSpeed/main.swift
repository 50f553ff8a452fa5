import Backtest
import Foundation
import Market
import Strategy

// How long one backtest takes by itself, without database, network or report: medians in ns a bar.
//
//     swift run -c release EngineSpeed [repetitions]

/// Hourly bars with six decimals: a random walk with a weak pull to where it began, so that a million bars stay near it.
func walk(_ count: Int) -> CandleSeries {
    var state: UInt64 = 7
    func uniform() -> Double {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Double(state >> 11) / 0x1p53
    }
    func normal() -> Double { (-2 * log(1 - uniform())).squareRoot() * cos(2 * .pi * uniform()) }
    func rounded(_ logarithm: Double) -> Double { (exp(logarithm) * 1e6).rounded() / 1e6 }
    let sigma = 0.004
    var series = CandleSeries()
    series.reserveCapacity(count)
    var price = log(100.0)
    for i in 0..<count {
        let open = price + normal() * sigma / 4
        price = open + normal() * sigma - 2e-5 * (price - log(100))
        let high = max(open, price) + abs(normal()) * sigma / 3
        let low = min(open, price) - abs(normal()) * sigma / 3
        series.append(
            time: 1_420_070_400_000_000 + Int64(i) * Timeframe.hour.microseconds, open: rounded(open),
            high: rounded(high), low: rounded(low), close: rounded(price), volume: (uniform() * 1e6).rounded())
    }
    return series
}

func median(of repetitions: Int, _ body: () -> Void) -> Double {
    var times: [Double] = []
    body()
    for _ in 0..<repetitions {
        let begin = DispatchTime.now().uptimeNanoseconds
        body()
        times.append(Double(DispatchTime.now().uptimeNanoseconds - begin))
    }
    return times.sorted()[repetitions / 2]
}

func line(_ name: String, bars: Int, nanoseconds: Double) {
    print(
        String(
            format: "%@ %9d bars %10.1f us %7.2f ns a bar", name.padding(toLength: 28, withPad: " ", startingAt: 0),
            bars, nanoseconds / 1e3, nanoseconds / Double(bars)))
}

let fast = Indicator(id: "fast", type: .sma, period: 10, source: .close)
let slow = Indicator(id: "slow", type: .sma, period: 30, source: .close)
let strength = Indicator(id: "strength", type: .rsi, period: 14, source: .close)
let average = Indicator(id: "average", type: .ema, period: 30, source: .close)
let crosses = StrategyDefinition(
    indicators: [fast, slow, strength],
    entry: [
        Condition(.indicator(fast), .crossesAbove, .indicator(slow)),
        Condition(.indicator(strength), .less, .literal(70)),
    ],
    exit: [Condition(.indicator(fast), .crossesBelow, .indicator(slow))],
    risk: .init(stopLossPercent: 2, takeProfitPercent: 4))
let costly = try SimulationOptions(
    commissionBasisPoints: 2, slippageBasisPoints: 5, executionTiming: .nextOpen)
let generous = EngineLimits(bars: .max, bytes: .max)

for bars in [252, 10_000, 87_600, 1_000_000] {
    let repetitions = (CommandLine.arguments.dropFirst().first.flatMap { Int($0) }) ?? (bars < 1000 ? 5001 : 51)
    let series = walk(bars)
    let prepared = try PreparedBars(series)
    line("prepare", bars: bars, nanoseconds: median(of: repetitions) { _ = try? PreparedBars(series) })
    for (name, options) in [("run at the close", SimulationOptions.standard), ("run at the next open, costs", costly)] {
        var trades = 0
        var equity = 0.0
        let time = median(of: repetitions) {
            let report = try? Engine.run(
                crosses, on: prepared, options: options, periodsPerYear: 8760, limits: generous)
            trades = report?.trades.count ?? -1
            equity = report?.equity.last ?? -1
        }
        line(name, bars: bars, nanoseconds: time)
        print("    \(trades) trades, final equity \(equity)")
    }
    for indicator in [fast, strength, average] {
        let time = median(of: repetitions) { _ = Engine.values(of: indicator, on: prepared) }
        line("values of \(indicator.type.rawValue) \(indicator.period)", bars: bars, nanoseconds: time)
    }
}
