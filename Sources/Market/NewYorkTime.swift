internal import struct System.CivilDate

/// What clocks in New York show, since 1987. Before that there were other rules, and nothing here asks for it.
///
/// Energy Policy Act of 2005: summer time from the second Sunday of March to the first of November since 2007; Uniform Time
/// Act as amended in 1986: from the first Sunday of April to the last of October. Clocks change at 02:00 on a Sunday, when no
/// exchange is open.
public enum NewYorkTime {
    private static let minute: Int64 = 60_000_000

    /// The moment at which clocks show so many minutes after midnight of a day, outside the hour of a change.
    public static func instant(_ minutes: Int, of day: CalendarDay) -> Instant {
        Instant(microseconds: day.start.microseconds + Int64(minutes + minutesBehind(on: day)) * minute)
    }

    /// The date that clocks show; nil outside the years 1 to 9999.
    public static func day(at instant: Instant) -> CalendarDay? {
        // The day in winter time tells which time it is: until 02:00 on the Sunday of a change no date is at stake.
        guard let winter = day(at: instant, minutesBehind: 300) else { return nil }
        return day(at: instant, minutesBehind: minutesBehind(on: winter))
    }

    private static func day(at instant: Instant, minutesBehind: Int) -> CalendarDay? {
        let (local, isOver) = instant.microseconds.subtractingReportingOverflow(Int64(minutesBehind) * minute)
        return isOver ? nil : Instant(microseconds: local).day
    }

    /// How far clocks are behind UTC in the daytime.
    private static func minutesBehind(on day: CalendarDay) -> Int {
        let date = day.civil
        let isSummer =
            switch date.month {
            case 1, 2, 12: false
            case 5...9: true
            case 3: date.year >= 2007 && day >= sunday(2, ofMonth: 3, date.year)
            case 4: date.year >= 2007 || day >= sunday(1, ofMonth: 4, date.year)
            case 10: date.year >= 2007 || day.daysSinceEpoch < sunday(1, ofMonth: 11, date.year).daysSinceEpoch - 7
            default: date.year >= 2007 && day < sunday(1, ofMonth: 11, date.year)
            }
        return isSummer ? 240 : 300
    }

    private static func sunday(_ number: Int, ofMonth month: Int, _ year: Int) -> CalendarDay {
        CalendarDay.number(number, .sunday, ofMonth: month, year)
    }
}

extension CalendarDay {
    /// The first, second, ... such weekday of a month of the years 1 to 9999; numbers up to 4, which every month has.
    static func number(_ number: Int, _ weekday: Weekday, ofMonth month: Int, _ year: Int) -> CalendarDay {
        let first = CalendarDay(year: year, month: month, day: 1)!
        let ahead = (weekday.rawValue - first.weekday.rawValue + 7) % 7
        return CalendarDay(daysSinceEpoch: first.daysSinceEpoch + ahead + (number - 1) * 7)!
    }
}
