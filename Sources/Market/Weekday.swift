/// A day of the week, as ISO 8601 numbers them.
public enum Weekday: Int, Sendable, CaseIterable {
    case monday = 1
    case tuesday, wednesday, thursday, friday, saturday, sunday
}

extension CalendarDay {
    public var weekday: Weekday {
        // 1970-01-01 was a Thursday.
        let sinceMonday = (daysSinceEpoch + 3) % 7
        return Weekday(rawValue: (sinceMonday + 7) % 7 + 1)!
    }

    /// So many days later, or earlier when negative; nil outside the years 1 to 9999.
    public func advanced(by days: Int) -> CalendarDay? {
        let (day, isOver) = daysSinceEpoch.addingReportingOverflow(days)
        return isOver ? nil : CalendarDay(daysSinceEpoch: day)
    }
}
