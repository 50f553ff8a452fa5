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
        var equity = [Double](repeating: cash, count: last - first + 1)
        for i in bought..<last { equity[i - first] = rest + quantity * series.close[i] }
        let sold = series.close[last] * (1 - options.slippageBasisPoints / 1e4)
        equity[last - first] = rest + quantity * sold * (1 - commission)
        self.equity = equity
    }
}
