import Market

/// Buying at the start and holding to the end, by the run's own fill rule, allocation and costs. Price only: no
/// dividends.
struct Benchmark {
    /// One point a bar of the range, like the run's own.
    let equity: [Double]

    /// Bought at the first close (`signal_close`) or at the second open (`next_open`), sold at the last close. nil for
    /// a range of one bar, which leaves no time to hold anything.
    init?(_ series: CandleSeries, from first: Int, options: SimulationOptions) {
        let last = series.count - 1
        guard last > first else { return nil }
        let commission = options.commissionBasisPoints / 1e4
        let bought = options.executionTiming == .signalClose ? first : first + 1
        let quoted = options.executionTiming == .signalClose ? series.close[first] : series.open[first + 1]
        let price = quoted * (1 + options.slippageBasisPoints / 1e4)
        let cash = options.initialEquity
        let quantity = cash * options.allocationPercent / 100 / (price * (1 + commission))
        let rest = cash - quantity * price * (1 + commission)
        let sold = series.close[last] * (1 - options.slippageBasisPoints / 1e4)
        let final = rest + quantity * sold * (1 - commission)
        equity = series.close.withUnsafeBufferPointer { close in
            Array(unsafeUninitializedCapacity: last - first + 1) { points, count in
                for i in first..<bought { points[i - first] = cash }
                for i in bought..<last { points[i - first] = rest + quantity * close[i] }
                points[last - first] = final
                count = last - first + 1
            }
        }
    }
}
