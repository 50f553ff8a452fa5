import Market

/// From a day to a day, both included.
struct DayRange: Sendable {
    let start: CalendarDay
    let end: CalendarDay
}

extension Field where Content == DayRange {
    /// Two days of the body, the second not before the first.
    static let days = Field.group(
        Field<CalendarDay>.body("start_date", .day.example("2022-01-03"), "The first day"),
        Field<CalendarDay>.body("end_date", .day.example("2022-12-30"), "The last day, included"), make: range)

    private static func range(_ reader: inout FieldReader, _ start: CalendarDay, _ end: CalendarDay) -> DayRange? {
        if start <= end { return DayRange(start: start, end: end) }
        let path = reader.path("end_date", .body)
        reader.mistakes.add(path, "OUT_OF_RANGE", "\(path) lies before start_date.")
        return nil
    }
}
