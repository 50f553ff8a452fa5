// One backtest of 87,600 bars (ten years of hours) again and again: the median, in nanoseconds a bar. Bars are made up
// from a fixed seed, in cents; indicators, trades, equity curve and every figure of the report are part of a run.
import Backtest
import JSON
import Market
import Strategy

let count = 87_600
let definitionText = """
    {"indicators":[{"id":"fast","type":"SMA","params":{"period":10},"source":"close"},
    {"id":"slow","type":"SMA","params":{"period":30},"source":"close"},
    {"id":"heat","type":"RSI","params":{"period":14},"source":"close"}],
    "entry":{"logic":"AND","conditions":[{"left":{"indicator":"fast"},"op":"crosses_above","right":{"indicator":"slow"}},
    {"left":{"indicator":"heat"},"op":"lt","right":{"literal":70}}]},
    "exit":{"logic":"AND","conditions":[{"left":{"indicator":"fast"},"op":"crosses_below","right":{"indicator":"slow"}}]},
    "risk":{"stop_loss":{"type":"percent","value":2},"take_profit":{"type":"percent","value":4}}}
    """
/// A random walk with a weak pull to where it began.
func walk() -> CandleSeries {
    var state: UInt64 = 20_150_101
    func random(_ bound: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(state >> 33) % bound
    }
    var series = CandleSeries()
    var cents = 200_000
    for index in 0..<count {
        let open = cents
        let close = max(1000, open + random(1601) - 800 + (200_000 - open) / 20_000)
        let high = max(open, close) + random(600)
        let low = max(500, min(open, close) - random(600))
        series.append(
            time: 1_420_070_400_000_000 + Int64(index) * 3_600_000_000, open: Double(open) / 100,
            high: Double(high) / 100, low: Double(low) / 100, close: Double(close) / 100,
            volume: Double(random(10_000)))
        cents = close
    }
    return series
}

guard let definition = StrategyDefinition.read(try parse(Array(definitionText.utf8))).0 else {
    fatalError("the benchmark's own definition is not valid")
}
let bars = try PreparedBars(walk())
let clock = ContinuousClock()
var times: [Double] = []
var trades = 0
for _ in 0..<31 {
    let time = try clock.measure {
        trades = try Engine.run(definition, on: bars, periodsPerYear: 8760).trades.count
    }
    times.append(Double(time.components.attoseconds) / 1e9 + Double(time.components.seconds) * 1e9)
}
times.sort()
let median = times[times.count / 2]
let each = Int((median / Double(count)).rounded())
print("one backtest of \(count) bars, \(trades) trades: \(each) ns a bar (median of \(times.count) runs)")
