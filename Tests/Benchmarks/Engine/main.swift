// How long one backtest takes by itself, without database, network or report, and how much memory; prints JSON.
//
//     Benchmarks sizes             runs of several lengths
//     Benchmarks memory            one run of 87,600 bars in a process that has not run before
//     Benchmarks bars COUNT FILE   writes the bars for others: columns of doubles, open high low close volume
//     Benchmarks turns COUNT       measures once for every line it reads
import Backtest
import Daemon
import Glibc
import JSON
import Market

let definition = try benchmarkDefinition()
let limits = EngineLimits(bars: .max, bytes: .max)

func run(_ bars: PreparedBars) throws -> Report {
    try Engine.run(definition, on: bars, periodsPerYear: 8_760, limits: limits)
}

func say(_ write: (inout Writer) -> Void) {
    var json = Writer()
    json.object(write)
    print(String(decoding: json.bytes, as: UTF8.self))
    fflush(nil)
}

func sizes() throws {
    // Like the daemon.
    Allocator.keepLargeBlocks()
    for count in [252, 17_500, 87_600, 1_000_000] {
        let series = MadeUpBars.hourly(count: count)
        let prepared = try PreparedBars(series)
        let preparing = try Stopwatch.time(during: 300) { _ = try PreparedBars(series) }
        var trades = 0
        let running = try Stopwatch.time(during: 1_000) { trades = try run(prepared).trades.count }
        say {
            $0.member("bars", count)
            $0.member("trades", trades)
            $0.member("nanoseconds", running)
            $0.member("preparing_nanoseconds", preparing)
        }
    }
}

func memory() throws {
    let prepared = try PreparedBars(MadeUpBars.hourly(count: 87_600))
    ResidentMemory.forgetPeak()
    let before = ResidentMemory.current
    let report = try run(prepared)
    say {
        $0.member("trades", report.trades.count)
        $0.member("bytes", ResidentMemory.peak - before)
    }
}

func write(_ count: Int, to path: String) {
    let series = MadeUpBars.hourly(count: count)
    guard let file = fopen(path, "w") else { fatalError("cannot write \(path)") }
    for column in [series.open, series.high, series.low, series.close, series.volume] {
        guard fwrite(column, 8, count, file) == count else { fatalError("cannot write \(path)") }
    }
    fclose(file)
}

func turns(_ count: Int) throws {
    Allocator.keepLargeBlocks()
    let prepared = try PreparedBars(MadeUpBars.hourly(count: count))
    let report = try run(prepared)
    while readLine() != nil {
        let time = try Stopwatch.time(during: 300) { _ = try run(prepared) }
        say {
            $0.member("seconds", time / 1e9)
            $0.member("trades", report.trades.count)
            $0.member("growth", report.equity[count - 1] / report.options.initialEquity)
        }
    }
}

let arguments = Array(CommandLine.arguments.dropFirst())
switch (arguments.first, arguments.count) {
case ("sizes", 1): try sizes()
case ("memory", 1): try memory()
case ("bars", 3): write(Int(arguments[1])!, to: arguments[2])
case ("turns", 2): try turns(Int(arguments[1])!)
default:
    print("usage: Benchmarks sizes | memory | bars COUNT FILE | turns COUNT")
    exit(64)
}
