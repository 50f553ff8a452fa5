/// What clocks in New York show by the rules of the United States, since 1967. Of earlier years, when places had rules of
/// their own, winter's time is taken.
///
/// Uniform Time Act of 1966: summer time from the last Sunday of April to the last of October; Acts of 1973 and 1974: from
/// January and from February in the two years after the oil embargo; Act of 1986: from the first Sunday of April since 1987;
/// Energy Policy Act of 2005: from the second Sunday of March to the first of November since 2007. Clocks change at 02:00 on
/// a Sunday, when no exchange is open.
public enum NewYorkTime {
    private static let minute: Int64 = 60_000_000

    /// How far clocks are behind UTC, in minutes.
    public static let winter = 300, summer = 240

    /// The moment at which clocks show so many minutes after midnight of a day, outside the hour of a change.
    public static func instant(_ minutes: Int, of day: CalendarDay) -> Instant {
        Instant(microseconds: day.start.microseconds + Int64(minutes + minutesBehind(on: day)) * minute)
    }

    /// The date that clocks show; nil outside the years 1 to 9999.
    public static func day(at instant: Instant) -> CalendarDay? {
        // The day in winter time tells which time it is: until 02:00 on the Sunday of a change no date is at stake.
        guard let day = day(at: instant, minutesBehind: winter) else { return nil }
        return self.day(at: instant, minutesBehind: minutesBehind(on: day))
    }

    private static func day(at instant: Instant, minutesBehind: Int) -> CalendarDay? {
        let (local, isOver) = instant.microseconds.subtractingReportingOverflow(Int64(minutesBehind) * minute)
        return isOver ? nil : Instant(microseconds: local).day
    }

    /// A moment at which clocks change, and how far they are behind UTC from then on.
    public struct Change: Sendable {
        public let instant: Instant
        public let minutesBehind: Int
    }

    /// All changes since the first that is known, in order.
    public static func changes(throughYear last: Int) -> [Change] {
        (firstYear...last).flatMap { year in
            guard let days = summerDays(of: year) else { return [Change]() }
            return [(days.lowerBound, winter, summer), (days.upperBound, summer, winter)].map { day, before, after in
                Change(
                    instant: Instant(microseconds: day.start.microseconds + Int64(120 + before) * minute),
                    minutesBehind: after)
            }
        }
    }

    /// How far clocks are behind UTC in the daytime.
    private static func minutesBehind(on day: CalendarDay) -> Int {
        summerDays(of: day.civil.year)?.contains(day) == true ? summer : winter
    }

    private static let firstYear = 1967

    /// From the Sunday on which clocks go forward to the one on which they go back.
    private static func summerDays(of year: Int) -> Range<CalendarDay>? {
        guard year >= firstYear else { return nil }
        let (month, day) =
            switch year {
            case 1974: (1, 6)
            case 1975: (2, 23)
            case ..<1987: (4, 24)
            case ..<2007: (4, 1)
            default: (3, 8)
            }
        let spring = sunday(since: CalendarDay(year: year, month: month, day: day)!)
        let autumn =
            year < 2007 ? CalendarDay(year: year, month: 10, day: 25) : CalendarDay(year: year, month: 11, day: 1)
        return spring..<sunday(since: autumn!)
    }

    private static func sunday(since day: CalendarDay) -> CalendarDay {
        CalendarDay(daysSinceEpoch: day.daysSinceEpoch + Weekday.sunday.rawValue - day.weekday.rawValue)!
    }
}
