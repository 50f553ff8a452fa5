/// The sessions of the New York Stock Exchange: exact since 1990. Of earlier years only weekends are known, so that a
/// weekday then may have been a holiday.
///
/// ```swift
/// TradingCalendar().lastCompletedSession(at: now)?.day    // what the newest daily bar should be of
/// ```
public struct TradingCalendar: Sendable {
    /// The first day of which it is known for sure whether there was a session.
    public static let firstKnownDay = CalendarDay(year: 1990, month: 1, day: 1)!
    /// Saturdays had sessions until the week before.
    public static let firstFreeSaturday = CalendarDay(year: 1952, month: 5, day: 31)!

    /// One day's trading.
    public struct Session: Equatable, Sendable {
        /// The date in New York, which is the date of the daily bar.
        public let day: CalendarDay
        public let open: Instant
        public let close: Instant
        public let isEarlyClose: Bool
    }

    private let closures: Set<CalendarDay>

    /// - Parameter closures: days on which the exchange stayed closed, besides those of its rules and those known here.
    public init(closures: some Sequence<CalendarDay> = []) {
        self.closures = ExchangeRules.unscheduled.union(closures)
    }

    /// Whether there was a session on a day; before ``firstKnownDay`` whether there may have been one.
    public func isSession(_ day: CalendarDay) -> Bool {
        switch day.weekday {
        case .sunday: return false
        case .saturday: return day < Self.firstFreeSaturday
        default: return day < Self.firstKnownDay || !ExchangeRules.isHoliday(day) && !closures.contains(day)
        }
    }

    /// The session of a day since ``firstKnownDay``; nil when there was none, or before.
    public func session(on day: CalendarDay) -> Session? {
        guard day >= Self.firstKnownDay, isSession(day) else { return nil }
        let close = ExchangeRules.close(of: day)
        return Session(
            day: day, open: NewYorkTime.instant(ExchangeRules.opening, of: day),
            close: NewYorkTime.instant(close, of: day), isEarlyClose: close < ExchangeRules.closing)
    }

    /// The last session that had closed by then; nil before the first that is known.
    public func lastCompletedSession(at instant: Instant) -> Session? {
        var day = NewYorkTime.day(at: instant)
        while let candidate = day, candidate >= Self.firstKnownDay {
            if let session = session(on: candidate), session.close <= instant { return session }
            day = candidate.advanced(by: -1)
        }
        return nil
    }
}
