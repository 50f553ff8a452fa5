internal import struct System.CivilDate

/// When the New York Stock Exchange is closed by its rules, and when it closes early: since 1990, from which on they give
/// every closed weekday of the PyPI package exchange_calendars 4.13.2 (XNYS) and no other.
enum ExchangeRules {
    /// 09:30.
    static let opening = 570
    /// 16:00.
    static let closing = 960

    /// Whether a weekday is a holiday.
    static func isHoliday(_ day: CalendarDay) -> Bool {
        let date = day.civil, weekday = day.weekday
        func isNumber(_ number: Int, _ wanted: Weekday) -> Bool {
            weekday == wanted && (date.day - 1) / 7 + 1 == number
        }
        switch date.month {
        case 1:
            // One on a Saturday is not made up for: the last day of the year stays open (Rule 7.2).
            return date.day == 1 || date.day == 2 && weekday == .monday
                || date.year >= 1998 && isNumber(3, .monday)  // Martin Luther King
        case 2: return isNumber(3, .monday)  // Washington
        case 3, 4: return weekday == .friday && day.daysSinceEpoch == easter(date.year).daysSinceEpoch - 2
        case 5: return weekday == .monday && date.day > 24  // Memorial Day
        case 6: return date.year >= 2022 && isObserved(19, date, weekday)  // Juneteenth
        case 7: return isObserved(4, date, weekday)
        case 9: return isNumber(1, .monday)  // Labor Day
        case 11: return isNumber(4, .thursday)  // Thanksgiving
        case 12: return isObserved(25, date, weekday)
        default: return false
        }
    }

    /// Closed beyond the rules: Nixon, the eleventh of September, Reagan, Ford, Sandy, Bush, Carter.
    static let unscheduled: Set<CalendarDay> = [
        day(1994, 4, 27), day(2001, 9, 11), day(2001, 9, 12), day(2001, 9, 13), day(2001, 9, 14), day(2004, 6, 11),
        day(2007, 1, 2), day(2012, 10, 29), day(2012, 10, 30), day(2018, 12, 5), day(2025, 1, 9),
    ]

    /// Minutes after midnight at which a session ends.
    static func close(of day: CalendarDay) -> Int {
        if let irregular = irregularCloses[day] { return irregular }
        let date = day.civil, weekday = day.weekday
        guard date.year >= 1993 else { return closing }
        let isEarly =
            switch (date.month, date.day) {
            case (7, 3): (1...4).contains(weekday.rawValue)
            case (11, 23...29): weekday == .friday
            case (12, 24): true
            default: false
            }
        return isEarly ? 780 : closing
    }

    /// Ends of sessions that the rules of today do not tell.
    private static let irregularCloses: [CalendarDay: Int] = [
        day(1990, 12, 24): 840, day(1991, 12, 24): 840, day(1992, 11, 27): 840, day(1992, 12, 24): 840,
        day(1996, 7, 3): closing, day(1996, 7, 5): 780, day(1997, 12, 26): 780, day(1999, 12, 31): 780,
        day(2002, 7, 3): closing, day(2002, 7, 5): 780, day(2003, 12, 26): 780,
    ]

    /// One of a fixed date that falls on a Saturday is kept the Friday before, on a Sunday the Monday after.
    private static func isObserved(_ fixed: Int, _ date: CivilDate, _ weekday: Weekday) -> Bool {
        date.day == fixed || date.day == fixed - 1 && weekday == .friday || date.day == fixed + 1 && weekday == .monday
    }

    /// Gregorian, after the anonymous author of Nature, 20 April 1876.
    static func easter(_ year: Int) -> CalendarDay {
        let a = year % 19, b = year / 100, c = year % 100
        let d = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30
        let e = (32 + 2 * (b % 4) + 2 * (c / 4) - d - c % 4) % 7
        let f = (a + 11 * d + 22 * e) / 451
        let g = d + e - 7 * f + 114
        return CalendarDay(year: year, month: g / 31, day: g % 31 + 1)!
    }

    private static func day(_ year: Int, _ month: Int, _ day: Int) -> CalendarDay {
        CalendarDay(year: year, month: month, day: day)!
    }
}
