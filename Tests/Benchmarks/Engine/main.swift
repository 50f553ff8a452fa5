// How long one backtest of 87,600 made-up hourly bars takes: ten years of a coin. Prints JSON, times in nanoseconds a bar.
import Backtest
import JSON
import Market

let bars = MadeUpBars.hourly(count: 87_600, seed: 42)
let definition = try benchmarkDefinition()
let clock = ContinuousClock()

/// The median of several runs, after one that nobody counts.
func median(of runs: Int, _ body: () throws -> Void) rethrows -> Duration {
    try body()
    var times: [Duration] = []
    for _ in 0..<runs { times.append(try clock.measure(body)) }
    return times.sorted()[runs / 2]
}

func nanosecondsABar(_ time: Duration) -> Double {
    let (seconds, attoseconds) = time.components
    let perBar = (Double(seconds) * 1e9 + Double(attoseconds) / 1e9) / Double(bars.count)
    return (perBar * 100).rounded() / 100
}

let prepared = try PreparedBars(bars)
let preparing = try median(of: 15) { _ = try PreparedBars(bars) }
var trades = 0
let running = try median(of: 31) {
    trades = try Engine.run(definition, on: prepared, periodsPerYear: 8_760).trades.count
}

var json = Writer()
json.object { json in
    json.member("bars", bars.count)
    json.member("trades", trades)
    json.member("engine_ns_a_bar", nanosecondsABar(running))
    json.member("preparing_ns_a_bar", nanosecondsABar(preparing))
}
print(String(decoding: json.bytes, as: UTF8.self))
