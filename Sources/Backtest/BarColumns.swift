import Market
import Strategy

/// The loaded bars for the length of a run: one column a kind of number, all of ``count`` cells.
struct BarColumns {
    /// Starts of the bars, Unix microseconds.
    let times: Column<Int64>
    let open: Column<Double>
    let high: Column<Double>
    let low: Column<Double>
    let close: Column<Double>
    let count: Int

    func prices(_ source: PriceSource) -> Column<Double> {
        switch source {
        case .open: open
        case .high: high
        case .low: low
        case .close: close
        }
    }

    /// - Precondition: the series is not empty.
    static func with(
        _ series: CandleSeries, _ body: (BarColumns) throws(BacktestRefusal) -> Void
    ) throws(BacktestRefusal) {
        try series.times.withColumn { times throws(BacktestRefusal) in
            try series.open.withColumn { open throws(BacktestRefusal) in
                try series.high.withColumn { high throws(BacktestRefusal) in
                    try series.low.withColumn { low throws(BacktestRefusal) in
                        try series.close.withColumn { close throws(BacktestRefusal) in
                            try body(
                                BarColumns(
                                    times: times, open: open, high: high, low: low, close: close, count: series.count))
                        }
                    }
                }
            }
        }
    }
}
