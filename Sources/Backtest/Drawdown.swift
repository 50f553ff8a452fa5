import Market

/// How far and how long an equity curve falls below its peaks; the first peak is the initial equity, on the first bar.
struct Drawdown {
    /// The largest fall from a peak, as a fraction; below 1 when no point is zero.
    private(set) var maximum = 0.0
    /// The longest span from the bar of a peak to the first bar that reaches it again; one that never ends runs to the
    /// last bar.
    private(set) var underwater: Int64 = 0
    private(set) var hasRecovered = true

    /// The longest span in calendar days.
    var underwaterDays: Double { Double(underwater) / Double(Timeframe.day.microseconds) }

    /// The highest point; infinite when one was, and then for good.
    private(set) var peak: Double
    private var peakTime: Int64
    private var isUnder = false
    /// The lowest point since the peak. What is not a number is below everything, too, but no point.
    private var lowest = Double.infinity

    /// - Parameter time: of the first point.
    init(from initial: Double, at time: Int64) {
        peak = initial
        peakTime = time
    }

    /// After the last point.
    mutating func end(at time: Int64) {
        guard isUnder else { return }
        endFall()
        if time - peakTime >= underwater {
            underwater = time - peakTime
            hasRecovered = false
        }
    }

    /// Points that follow those it has seen.
    ///
    /// - Parameter extremes: of the points, where they are known.
    mutating func follow(
        _ points: Column<Double>, _ times: Column<Int64>, _ range: Range<Int>,
        within extremes: (minimum: Double, maximum: Double)? = nil
    ) {
        if let extremes, extremes.maximum < peak {
            lowest = min(lowest, extremes.minimum)
            isUnder = true
            return
        }
        var i = range.lowerBound
        while i < range.upperBound {
            if points[i] >= peak {
                rise(to: points[i], at: times[i])
                i += 1
            } else {
                i = Vectors.below(points, peak, i..<range.upperBound, &lowest)
                isUnder = true
            }
        }
    }

    private mutating func rise(to value: Double, at time: Int64) {
        if isUnder {
            endFall()
            underwater = max(underwater, time - peakTime)
            lowest = .infinity
            isUnder = false
        }
        peak = value
        peakTime = time
    }

    /// Rounding keeps order, so the lowest point below a peak is also the maximum fall from it.
    private mutating func endFall() { maximum = max(maximum, 1 - lowest / peak) }
}
