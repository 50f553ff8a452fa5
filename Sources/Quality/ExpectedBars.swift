import Market

/// Which bars a series should have between its first and its last one, and which of them it has.
///
/// Of an equity that is a bar a session of the New York Stock Exchange. What is not known is not held against a series:
/// before ``Market/TradingCalendar/firstKnownDay`` a weekday without a bar may have been a holiday, and a series of which
/// more than 2 % of the bars (and more than five) are on days when New York is closed keeps another exchange's days. In
/// both cases only holes count. Of a coin it is a bar in every slot of the grid, day and night.
struct ExpectedBars {
    /// Slots without a bar, one after another.
    struct Run: Equatable {
        /// Starts of the first and the last bar that is missing.
        var from: Int64, to: Int64
        var count: Int
    }

    private(set) var missing: [Run] = []
    /// Starts of bars on days without a session.
    private(set) var extra: [Int64] = []
    /// False when the series keeps the days of another exchange than New York's.
    private(set) var keepsCalendar = true
    /// How many bars there should be.
    private(set) var expected = 0

    var missingCount: Int { missing.reduce(0) { $0 + $1.count } }

    init(_ series: InspectedSeries) {
        guard let first = series.bars.times.first, let last = series.bars.times.last else { return }
        switch series.assetType {
        case .equity:
            walk(series, first, last)
            keepsCalendar = extra.count <= 5 || extra.count * 50 <= series.count
            let isOurs = keepsCalendar
            missing.removeAll { run in
                run.count <= series.longestGap
                    && (!isOurs || run.to < TradingCalendar.firstKnownDay.start.microseconds)
            }
            expected = series.count - (isOurs ? extra.count : 0) + missingCount
        case .crypto:
            expected = Int((last - first) / series.timeframe.microseconds) + 1
            step(series)
        }
    }

    /// Day by day, because sessions have no fixed distance.
    private mutating func walk(_ series: InspectedSeries, _ first: Int64, _ last: Int64) {
        let width = Timeframe.day.microseconds
        var index = 0
        var run: Run?
        for number in Int(first / width)...Int(last / width) {
            guard let day = CalendarDay(daysSinceEpoch: number) else { continue }
            let time = day.start.microseconds
            let hasBar = series.bars.times[index] == time
            if hasBar { index += 1 }
            switch (series.calendar.isSession(day), hasBar) {
            case (true, true):
                if let run { missing.append(run) }
                run = nil
            case (true, false):
                run = Run(from: run?.from ?? time, to: time, count: (run?.count ?? 0) + 1)
            case (false, true): extra.append(time)
            case (false, false): break
            }
        }
        if let run { missing.append(run) }
    }

    /// From bar to bar: the grid has the same distance everywhere.
    private mutating func step(_ series: InspectedSeries) {
        let width = series.timeframe.microseconds
        for (time, next) in zip(series.bars.times, series.bars.times.dropFirst()) where next - time > width {
            missing.append(Run(from: time + width, to: next - width, count: Int((next - time) / width) - 1))
        }
    }
}
