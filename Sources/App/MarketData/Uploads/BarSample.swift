import Market

/// A few of many bars, for a chart: the first and the last as they are, and all of them as a bounded number of points.
///
/// However many come, so many are kept: when there are twice as many points as are shown, neighbours become one.
struct BarSample: Sendable {
    /// Bars shown of each end.
    static let ends = 5
    /// Points at the most.
    static let points = 400

    struct Point: Sendable, Equatable {
        let time: Int64
        let open: Double
        var high: Double
        var low: Double
        var close: Double
        var volume: Double

        fileprivate mutating func join(_ next: Point) {
            (high, low, close, volume) = (max(high, next.high), min(low, next.low), next.close, volume + next.volume)
        }
    }

    private(set) var first: [Point] = [], last: [Point] = [], points: [Point] = []
    private(set) var barsPerPoint = 1
    /// Of the last point.
    private var filled = 0

    /// - Parameter bars: later than those before.
    mutating func add(_ bars: CandleSeries) {
        for index in 0..<bars.count { add(bars, index) }
        let tail = (max(0, bars.count - Self.ends)..<bars.count).map { Self.point(bars, $0) }
        last = Array((last + tail).suffix(Self.ends))
    }

    private mutating func add(_ bars: CandleSeries, _ index: Int) {
        let bar = Self.point(bars, index)
        if first.count < Self.ends { first.append(bar) }
        if filled > 0, filled < barsPerPoint {
            points[points.count - 1].join(bar)
            filled += 1
            return
        }
        if points.count == Self.points {
            points = stride(from: 0, to: points.count, by: 2).map { index in
                var point = points[index]
                point.join(points[index + 1])
                return point
            }
            barsPerPoint *= 2
        }
        points.append(bar)
        filled = 1
    }

    private static func point(_ bars: CandleSeries, _ index: Int) -> Point {
        Point(
            time: bars.times[index], open: bars.open[index], high: bars.high[index], low: bars.low[index],
            close: bars.close[index], volume: bars.volume[index])
    }
}
