import Market
import Strategy

/// The loaded bars for the length of a run.
struct BarPointers {
    let times: UnsafePointer<Int64>
    let open: UnsafePointer<Double>
    let high: UnsafePointer<Double>
    let low: UnsafePointer<Double>
    let close: UnsafePointer<Double>
    let count: Int

    func prices(_ source: PriceSource) -> UnsafePointer<Double> {
        switch source {
        case .open: open
        case .high: high
        case .low: low
        case .close: close
        }
    }

    /// - Precondition: the series is not empty.
    static func with(
        _ series: CandleSeries, _ body: (BarPointers) throws(BacktestRefusal) -> Void
    ) throws(BacktestRefusal) {
        try series.times.withUnsafeBufferPointer { times throws(BacktestRefusal) in
            try series.open.withUnsafeBufferPointer { open throws(BacktestRefusal) in
                try series.high.withUnsafeBufferPointer { high throws(BacktestRefusal) in
                    try series.low.withUnsafeBufferPointer { low throws(BacktestRefusal) in
                        try series.close.withUnsafeBufferPointer { close throws(BacktestRefusal) in
                            try body(
                                BarPointers(
                                    times: times.baseAddress!, open: open.baseAddress!, high: high.baseAddress!,
                                    low: low.baseAddress!, close: close.baseAddress!, count: series.count))
                        }
                    }
                }
            }
        }
    }
}
