import Market

/// From the rows of a vendor's pages to bars that may be stored: those asked for, each possible, each once, in order.
///
/// A few bars that cannot be are left out of a page, or one of them would keep a series from all that comes after it.
struct BarFlow {
    /// So many of a page may be impossible, or a hundredth of it; and no more than are sound.
    private static let fewImpossible = 3

    private let plan: FetchPlan
    /// Whether bars off the grid are left out, where a vendor is known to have some.
    private let leavesOut: Bool
    /// How many bars were left out.
    private(set) var leftOut = 0
    /// When the bars begin that cannot be and were left out, in order.
    private(set) var impossible: [Int64] = []
    /// When the last bar begins that was looked at.
    private(set) var last: Int64?
    /// The bars delivered last.
    private var stretch = CandleSeries()

    init(_ plan: FetchPlan, leavesOutOffGrid leavesOut: Bool = false) {
        (self.plan, self.leavesOut) = (plan, leavesOut)
    }

    /// The bars of a page that are new.
    ///
    /// What lies outside the window is left out and not looked at, as long as it is on the grid and not in the future: some
    /// vendors send bars of before, and the one under way. A bar may come again, on this page or the next, when it comes as
    /// it was.
    ///
    /// - Parameters:
    ///   - rows: in any order.
    ///   - window: where bars begin that this page was asked for; nil: all of the request.
    /// - Throws: ``ProviderError/badBars(_:)`` for a page that has more than a few bars that cannot be.
    mutating func take(_ rows: CandleSeries, in window: Range<Int64>? = nil) throws(ProviderError) -> CandleSeries {
        let window = window ?? plan.wanted
        let delivered = stretch.times.last
        var onGrid = 0, offGrid = 0, errors: [(time: Int64, error: CandleError)] = []
        var bars = CandleSeries()
        bars.reserveCapacity(rows.count)
        for row in Self.chronology(of: rows.times) {
            let time = rows.times[row]
            guard time <= plan.latest else { throw .badBars("the answer has a bar of a time to come") }
            guard time.remainder(of: plan.timeframe.microseconds) == 0 else {
                guard leavesOut else {
                    throw .badBars("the answer has a bar that is not at the start of \(plan.timeframe.noun)")
                }
                if window.contains(time) { offGrid += 1 }
                continue
            }
            guard window.contains(time) else { continue }
            onGrid += 1
            last = max(last ?? time, time)
            let (open, high, low) = (rows.open[row], rows.high[row], rows.low[row])
            let (close, volume) = (rows.close[row], rows.volume[row])
            if let error = CandleSeries.error(open: open, high: high, low: low, close: close, volume: volume) {
                errors.append((time, error))
            } else if let last = bars.times.last, last == time {
                try checkSame(rows, row, bars, bars.count - 1)
            } else if let delivered, time <= delivered {
                let earlier = stretch.index(atOrAfter: time)
                guard stretch.times[earlier] == time, time >= stretch.times[0] else {
                    throw .badBars("the pages of the answer are in no order")
                }
                try checkSame(rows, row, stretch, earlier)
            } else {
                bars.append(time: time, open: open, high: high, low: low, close: close, volume: volume)
            }
        }
        guard offGrid <= onGrid else {
            throw .badBars("most bars of the answer are not at the start of \(plan.timeframe.noun)")
        }
        if let first = errors.first {
            guard errors.count <= max(Self.fewImpossible, onGrid / 100), errors.count <= onGrid - errors.count else {
                throw .badBars("the bar of \(plan.timeframe.written(first.time)) cannot be: \(first.error)")
            }
        }
        leftOut += offGrid
        for (time, _) in errors where time > impossible.last ?? .min { impossible.append(time) }
        if bars.count > 0 { stretch = bars }
        return bars
    }

    private func checkSame(
        _ rows: CandleSeries, _ row: Int, _ bars: CandleSeries, _ bar: Int
    ) throws(ProviderError) {
        guard rows.open[row] == bars.open[bar], rows.high[row] == bars.high[bar], rows.low[row] == bars.low[bar],
            rows.close[row] == bars.close[bar], rows.volume[row] == bars.volume[bar]
        else { throw .badBars("the bar of \(plan.timeframe.written(bars.times[bar])) comes twice, and differs") }
    }

    /// The indices of times, oldest first.
    static func chronology(of times: [Int64]) -> [Int] {
        let steps = zip(times, times.dropFirst())
        if steps.allSatisfy({ $0 <= $1 }) { return Array(times.indices) }
        if steps.allSatisfy({ $0 >= $1 }) { return times.indices.reversed() }
        return times.indices.sorted { times[$0] < times[$1] }
    }
}

extension Timeframe {
    fileprivate var noun: String { self == .day ? "a day" : "an hour" }
}
