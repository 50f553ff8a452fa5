public import Market

/// Which bars a series lacks between its first and its last one, found while it is read: only the gaps are held in memory.
public struct MissingBars: Sendable {
    private var slots: ExpectedBars
    /// For the words alone.
    private let series: InspectedSeries

    /// - Parameter calendar: of equities; nil where it is not known when their exchange is open.
    public init(_ assetType: AssetType, _ timeframe: Timeframe, calendar: TradingCalendar?) {
        slots = ExpectedBars(assetType, timeframe, calendar: calendar)
        series = InspectedSeries(bars: CandleSeries(), assetType: assetType, timeframe: timeframe, calendar: calendar)
    }

    /// - Parameter bars: later than those before.
    public mutating func add(_ bars: CandleSeries) { slots.add(bars.times) }

    /// How many bars there should be.
    public var expected: Int { slots.expected }
    /// How many of them there are not.
    public var count: Int { slots.missingCount }

    /// What that means and what to do, for whoever brings the bars; nil when none is missing.
    public var remark: String? {
        let missing = slots.missing
        guard let longest = missing.max(by: { ($0.count, $1.from) < ($1.count, $0.from) }) else { return nil }
        let expected = expected, count = count
        let share = Words.percent(Double(expected - count) / Double(expected))
        let place =
            missing.count == 1
            ? series.span(longest.from, longest.to)
            : "in \(missing.count) places, at most \(longest.count) in a row, \(series.span(longest.from, longest.to))"
        let isPoor = (expected - count) * 100 < expected * 90
        return "\(series.amount(count)) of \(expected) without a bar (\(share) are there), \(place)"
            + (isPoor ? ": a result over them is of another market than the one that was traded" : "")
    }
}
