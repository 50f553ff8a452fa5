import Market

/// Which bars a series should have between its first and its last one, and which of them it has.
///
/// Of an equity that is a bar a session of the New York Stock Exchange. What is not known is not held against a series:
/// before ``Market/TradingCalendar/firstKnownDay`` a weekday without a bar may have been a holiday, and a series of which
/// more than 2 % of the bars (and more than five) are on days when New York is closed keeps another exchange's days. In
/// both cases only holes count; so they do without a calendar, and there a hole is longer. Of a coin it is a bar in every slot of the grid, day and night.
///
/// Bars come in stretches and are not kept, so that files of any length can be looked at while they are read.
struct ExpectedBars: Sendable {
    /// Slots without a bar, one after another.
    struct Run: Equatable, Sendable {
        /// Starts of the first and the last bar that is missing.
        var from: Int64, to: Int64
        var count: Int
    }

    private let assetType: AssetType
    private let timeframe: Timeframe
    private let calendar: TradingCalendar?
    /// Without a bar; the last may go on.
    private var runs: [Run] = []
    private var isRunOpen = false
    private var count = 0
    private var first: Int64?
    private var last: Int64?
    /// Starts of bars on days without a session.
    private(set) var extra: [Int64] = []

    init(_ assetType: AssetType, _ timeframe: Timeframe, calendar: TradingCalendar?) {
        (self.assetType, self.timeframe, self.calendar) = (assetType, timeframe, calendar)
    }

    init(_ series: InspectedSeries) {
        self.init(series.assetType, series.timeframe, calendar: series.calendar)
        add(series.bars.times)
    }

    /// False when the series keeps the days of another exchange than New York's.
    var keepsCalendar: Bool { calendar != nil && hasFewExtra }
    private var hasFewExtra: Bool { extra.count <= 5 || extra.count * 50 <= count }

    var missing: [Run] {
        guard assetType == .equity else { return runs }
        let isOurs = keepsCalendar, known = TradingCalendar.firstKnownDay.start.microseconds
        let longestGap = InspectedSeries.longestGap(timeframe, hasCalendar: calendar != nil)
        return runs.filter { $0.count > longestGap || (isOurs && $0.to >= known) }
    }

    /// How many bars there should be.
    var expected: Int {
        guard let first, let last else { return 0 }
        switch assetType {
        case .equity: return count - (keepsCalendar ? extra.count : 0) + missingCount
        case .crypto: return Int((last - first) / timeframe.microseconds) + 1
        }
    }

    var missingCount: Int { missing.reduce(0) { $0 + $1.count } }

    /// - Parameter times: starts of bars, later than those before, each on the grid.
    mutating func add(_ times: [Int64]) {
        for time in times {
            switch assetType {
            case .equity: walk(to: time)
            case .crypto: step(to: time)
            }
            if first == nil { first = time }
            (last, count) = (time, count + 1)
        }
    }

    /// Day by day, because sessions have no fixed distance.
    private mutating func walk(to time: Int64) {
        let width = Timeframe.day.microseconds
        for number in Int((last ?? time) / width) + 1..<max(Int((last ?? time) / width) + 1, Int(time / width)) {
            guard let day = CalendarDay(daysSinceEpoch: number), isSession(day) else { continue }
            miss(day.start.microseconds)
        }
        guard let day = CalendarDay(daysSinceEpoch: Int(time / width)) else { return }
        // What nothing is known of is no closed day.
        if calendar == nil || isSession(day) { isRunOpen = false } else { extra.append(time) }
    }

    private func isSession(_ day: CalendarDay) -> Bool {
        calendar?.isSession(day) ?? ![.saturday, .sunday].contains(day.weekday)
    }

    private mutating func miss(_ time: Int64) {
        if isRunOpen {
            runs[runs.count - 1].to = time
            runs[runs.count - 1].count += 1
        } else {
            runs.append(Run(from: time, to: time, count: 1))
            isRunOpen = true
        }
    }

    /// From bar to bar: the grid has the same distance everywhere.
    private mutating func step(to time: Int64) {
        let width = timeframe.microseconds
        guard let last, time - last > width else { return }
        runs.append(Run(from: last + width, to: time - width, count: Int((time - last) / width) - 1))
    }
}
