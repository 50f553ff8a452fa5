import Market
import Trading

/// Buying at the start and holding to the end, by the run's own fill rule, allocation and costs. Price only: no
/// dividends.
public struct Benchmark {
    private let first: Int
    private let last: Int
    private let bought: Int
    private let cash: Double
    private let quantity: Double
    /// The cash beside the holding.
    private let rest: Double
    /// The last point.
    let final: Double

    /// Points, one a bar of the range, like the run's own.
    public var count: Int { last - first + 1 }

    /// Bought at the first close (`signal_close`) or at the second open (`next_open`), sold at the last close. nil for
    /// a range of one bar, which leaves no time to hold anything.
    init?(_ series: borrowing CandleSeries, from first: Int, options: SimulationOptions) {
        let last = series.count - 1
        guard last > first else { return nil }
        self.init(
            first...last, firstClose: series.close[first], nextOpen: series.open[first + 1],
            lastClose: series.close[last], options)
    }

    /// The same of bars that are too many to be held.
    ///
    /// - Parameters:
    ///   - range: of the indices of the bars.
    ///   - firstClose: of the range's first bar.
    ///   - nextOpen: of the bar behind that.
    ///   - lastClose: of the range's last bar.
    public init?(
        _ range: ClosedRange<Int>, firstClose: Double, nextOpen: Double, lastClose: Double,
        _ options: SimulationOptions
    ) {
        guard range.count > 1 else { return nil }
        (first, last) = (range.lowerBound, range.upperBound)
        let buysAtClose = options.executionTiming == .signalClose
        bought = buysAtClose ? first : first + 1
        let costs = options.costs
        let price = costs.purchasePrice(at: buysAtClose ? firstClose : nextOpen)
        cash = options.initialEquity
        quantity = options.sizing.quantity(equity: cash, price: price, stop: nil, costs: costs) ?? 0
        rest = cash - costs.spent(on: quantity, at: price)
        final = rest + costs.received(for: quantity, at: costs.salePrice(at: lastClose))
    }

    /// Some of the points: what the holding was worth at those bars of the range, of which these are the closes.
    public func points(_ range: Range<Int>, closes: [Double]) throws(BacktestRefusal) -> [Double] {
        let count = range.count
        precondition(closes.count == count && range.upperBound <= self.count, "\(closes.count) closes for \(range)")
        return try [Double](count: count) { points throws(BacktestRefusal) in
            try closes.withColumn { close throws(BacktestRefusal) in
                Vectors.hold(close, 0..<count, limit: count, rest: rest, quantity: quantity, into: points)
            }
            if range.contains(0), bought > first { points[0] = cash }
            if range.contains(last - first) { points[last - first - range.lowerBound] = final }
        }
    }

    /// All points.
    func points(_ series: CandleSeries) throws(BacktestRefusal) -> [Double] {
        try [Double](count: count) { points throws(BacktestRefusal) in
            try series.close.withColumn { fill(points, 0..<count, limit: count, from: $0) }
        }
    }

    /// Writes some of the points, and up to the limit may write more of those behind them. `close` are the closes of all
    /// loaded bars.
    func fill(_ points: MutableColumn<Double>, _ range: Range<Int>, limit: Int, from close: Column<Double>) {
        Vectors.hold(
            close.counted(from: first), range, limit: min(limit, count), rest: rest, quantity: quantity, into: points)
        if range.contains(0), bought > first { points[0] = cash }
        if range.contains(last - first) { points[last - first] = final }
    }
}
