/// Bars of one symbol, oldest first, one array a column, all of one length.
///
/// The series itself does not check what is appended: importers ask ``error(open:high:low:close:volume:)`` line by
/// line so that they can name the line, everyone else asks ``firstError(timeframe:)`` once.
///
///     var bars = CandleSeries()
///     bars.append(time: 0, open: 10, high: 12, low: 9, close: 11, volume: 500)
///     bars.append(time: 86_400_000_000, open: 11, high: 10, low: 9, close: 9.5, volume: 400)
///     bars.firstError()?.error     // .highBelowBody
public struct CandleSeries: Sendable, Equatable {
    /// Starts of the bars, Unix microseconds.
    public private(set) var times: [Int64]
    public private(set) var open: [Double]
    public private(set) var high: [Double]
    public private(set) var low: [Double]
    public private(set) var close: [Double]
    public private(set) var volume: [Double]

    public init() {
        times = []
        open = []
        high = []
        low = []
        close = []
        volume = []
    }

    /// Takes whole columns, as a database hands them over. Columns of different lengths are a bug of the caller.
    public init(
        times: [Int64], open: [Double], high: [Double], low: [Double], close: [Double], volume: [Double]
    ) {
        precondition(
            [open.count, high.count, low.count, close.count, volume.count].allSatisfy { $0 == times.count },
            "columns of different lengths")
        self.times = times
        self.open = open
        self.high = high
        self.low = low
        self.close = close
        self.volume = volume
    }

    public var count: Int { times.count }

    public mutating func reserveCapacity(_ count: Int) {
        times.reserveCapacity(count)
        open.reserveCapacity(count)
        high.reserveCapacity(count)
        low.reserveCapacity(count)
        close.reserveCapacity(count)
        volume.reserveCapacity(count)
    }

    /// `time` is the start of the bar in Unix microseconds.
    public mutating func append(
        time: Int64, open: Double, high: Double, low: Double, close: Double, volume: Double
    ) {
        times.append(time)
        self.open.append(open)
        self.high.append(high)
        self.low.append(low)
        self.close.append(close)
        self.volume.append(volume)
    }

    /// Adds the bars of another series behind these.
    public mutating func append(_ other: CandleSeries) {
        times += other.times
        open += other.open
        high += other.high
        low += other.low
        close += other.close
        volume += other.volume
    }

    /// The bars with these indices, as a series of their own.
    public func slice(_ range: Range<Int>) -> CandleSeries {
        CandleSeries(
            times: Array(times[range]), open: Array(open[range]), high: Array(high[range]), low: Array(low[range]),
            close: Array(close[range]), volume: Array(volume[range]))
    }

    /// What is wrong with one bar by itself, if anything: the first error in the order of the columns.
    public static func error(open: Double, high: Double, low: Double, close: Double, volume: Double) -> CandleError? {
        let prices: [(CandleError.Field, Double)] = [(.open, open), (.high, high), (.low, low), (.close, close)]
        for (field, price) in prices {
            guard price.isFinite else { return .notFinite(field) }
            guard price > 0 else { return .notPositive(field) }
        }
        guard volume.isFinite else { return .notFinite(.volume) }
        guard volume >= 0 else { return .negativeVolume }
        guard low <= min(open, close) else { return .lowAboveBody }
        guard high >= max(open, close) else { return .highBelowBody }
        return nil
    }

    /// What is wrong with a bar's time after the bar before it (nil for the first), if anything.
    public static func error(time: Int64, after previous: Int64?, timeframe: Timeframe? = nil) -> CandleError? {
        if let timeframe, time % timeframe.microseconds != 0 { return .offGrid(timeframe) }
        guard let previous, time <= previous else { return nil }
        return time == previous ? .duplicateTime : .notChronological
    }

    /// The first bar that cannot stand in a series, and why; nil when all can. Gaps in time are no fault.
    public func firstError(timeframe: Timeframe? = nil) -> (index: Int, error: CandleError)? {
        for i in 0..<count {
            // The plain comparison is false for anything wrong, NaN included; only then is the reason looked for.
            let sound =
                low[i] > 0 && low[i] <= open[i] && low[i] <= close[i] && high[i] >= open[i] && high[i] >= close[i]
                && high[i] < .infinity && volume[i] >= 0 && volume[i] < .infinity
            if !sound,
                let error = Self.error(open: open[i], high: high[i], low: low[i], close: close[i], volume: volume[i])
            {
                return (i, error)
            }
            if let error = Self.error(time: times[i], after: i == 0 ? nil : times[i - 1], timeframe: timeframe) {
                return (i, error)
            }
        }
        return nil
    }

    /// Index of the first bar at or after this time; ``count`` when all are earlier. The bars must be in order.
    public func index(atOrAfter time: Int64) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if times[middle] < time { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The bars a run over a range needs: those that start from `start` up to and including `end` (nil: no bound), and
    /// up to `warmUp` bars before them. `first` is the index of the range's first bar among them.
    public func window(from start: Int64?, through end: Int64?, warmUp: Int) -> (bars: CandleSeries, first: Int) {
        let begin = start.map(index(atOrAfter:)) ?? 0
        let end = end.map { $0 == .max ? count : index(atOrAfter: $0 + 1) } ?? count
        let loaded = max(0, begin - warmUp)
        return (slice(loaded..<max(loaded, end)), begin - loaded)
    }
}
