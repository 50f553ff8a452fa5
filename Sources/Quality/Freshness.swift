public import Market

/// How far series are behind the market, at one moment: for many of them, each in no time.
///
///     let freshness = Freshness(at: now, calendar: TradingCalendar())
///     freshness.standing(ofLast: 0, .crypto, .day).behind     // 3
public struct Freshness: Sendable {
    /// A daily bar of an equity may take so long after the close to arrive.
    private static let equityPatience: Int64 = 6 * 3_600_000_000
    /// A coin's last bar may have ended so long ago: 36 hours for a day, 3 hours for an hour (api.md, "Paper trading").
    private static func patience(_ timeframe: Timeframe) -> Int64 {
        (timeframe == .day ? 36 : 3) * 3_600_000_000
    }

    /// Of an exchange whose calendar is not known so many weekdays may have been closed.
    private static let closedWeekdays = 5

    /// Where one series stands.
    public struct Standing: Equatable, Sendable {
        /// Since the end of its last bar, Unix microseconds; never below zero.
        public let age: Int64
        /// Bars that have ended since then and could have been there by now.
        public let behind: Int
        public var isStale: Bool { behind > 0 }
    }

    private let now: Int64
    private let calendar: TradingCalendar
    /// How many sessions there were from ``TradingCalendar/firstKnownDay`` on, the day included, up to the last one whose
    /// bar is due.
    private let sessions: [Int32]

    public init(at now: Instant, calendar: TradingCalendar) {
        (self.now, self.calendar) = (now.microseconds, calendar)
        let due = Instant(microseconds: max(now.microseconds, .min + Self.equityPatience) - Self.equityPatience)
        let first = TradingCalendar.firstKnownDay.daysSinceEpoch
        let last = calendar.lastCompletedSession(at: due)?.day.daysSinceEpoch ?? first - 1
        var count: Int32 = 0
        sessions = (first..<max(first, last + 1)).map { number in
            if let day = CalendarDay(daysSinceEpoch: number), calendar.isSession(day) { count += 1 }
            return count
        }
    }

    /// - Parameters:
    ///   - last: start of the series' last bar, Unix microseconds of the years 1 to 9999.
    ///   - exchange: of an equity; nil: not known, so one of the United States.
    public func standing(
        ofLast last: Int64, _ assetType: AssetType, _ timeframe: Timeframe, listedAt exchange: String? = nil
    ) -> Standing {
        let end: Int64
        switch (assetType, timeframe) {
        case (.equity, .day) where !Listing.keepsNewYorkDays(exchange):
            end = last + timeframe.microseconds
            let behind = Self.weekdays(from: end, dueAt: now)
            return Standing(age: max(0, now - end), behind: behind > Self.closedWeekdays ? behind : 0)
        case (.equity, .day):
            let day = Instant(microseconds: last).day
            end = day.flatMap { calendar.session(on: $0) }?.close.microseconds ?? last + timeframe.microseconds
            let known = (day?.daysSinceEpoch ?? 0) - TradingCalendar.firstKnownDay.daysSinceEpoch
            let had = known < 0 || sessions.isEmpty ? 0 : sessions[min(known, sessions.count - 1)]
            return Standing(age: max(0, now - end), behind: Int((sessions.last ?? 0) - had))
        default:
            end = last + timeframe.microseconds
            // When the last bar's end is longer ago than that, the next one should be here.
            let late = now - end - Self.patience(timeframe)
            return Standing(
                age: max(0, now - end), behind: late <= 0 ? 0 : Int((late - 1) / timeframe.microseconds) + 1)
        }
    }

    /// How many weekdays have begun since a moment whose bars could have been there by now.
    private static func weekdays(from end: Int64, dueAt now: Int64) -> Int {
        weekdays(before: max(now, .min + patience(.day)) - patience(.day)) - weekdays(before: end)
    }

    /// How many weekdays have begun, counted from Monday, 1969-12-29, on.
    private static func weekdays(before time: Int64) -> Int {
        let width = Timeframe.day.microseconds
        let days = Int(time / width) + (time % width > 0 ? 1 : 0) + 3
        let weeks = days >= 0 ? days / 7 : (days - 6) / 7
        return weeks * 5 + min(days - weeks * 7, 5)
    }
}

extension Freshness {
    /// Whether a bar is new enough to trade at its close: a stock's of the last session that is over, a coin's within its
    /// patience (api.md, "Paper trading"). Of a share listed elsewhere it is that of a coin's day, weekends apart: on holidays
    /// that nobody here knows of it is not traded, and it would not be there either.
    ///
    /// - Parameter last: start of the series' last bar, Unix microseconds of the years 1 to 9999.
    public static func isCurrent(
        last: Int64, _ timeframe: Timeframe, at now: Instant, _ hours: TradingHours
    ) -> Bool {
        switch hours {
        case .always: now.microseconds - last - timeframe.microseconds <= patience(timeframe)
        case .newYork(let calendar):
            calendar.lastCompletedSession(at: now).map { $0.day.start.microseconds <= last } ?? true
        case .elsewhere: weekdays(from: last + timeframe.microseconds, dueAt: now.microseconds) <= 0
        }
    }
}
