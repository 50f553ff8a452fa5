/// Days and moments as the server reads and writes them: proleptic Gregorian calendar, UTC.
enum CivilTime {
    /// Days from 1970-01-01 to 2000-01-01, where the server starts counting.
    static let epochDays: Int32 = 10_957
    /// The same in microseconds.
    static let epochMicroseconds: Int64 = 946_684_800_000_000
    private static let dayMicroseconds: Int64 = 86_400_000_000

    /// `YYYY-MM-DD`, with ` BC` where the server wants it.
    static func dayText(_ days: Int64) -> String {
        let (year, month, day) = date(days)
        let shown = year > 0 ? year : 1 - year
        return "\(padded(shown, 4))-\(padded(month, 2))-\(padded(day, 2))" + (year > 0 ? "" : " BC")
    }

    /// `YYYY-MM-DD HH:MM:SS.ffffff+00`
    static func timestampText(microseconds: Int64) -> String {
        var days = microseconds / dayMicroseconds
        var rest = microseconds % dayMicroseconds
        if rest < 0 {
            rest += dayMicroseconds
            days -= 1
        }
        let (year, month, day) = date(days)
        let seconds = rest / 1_000_000
        let clock = [seconds / 3600, seconds / 60 % 60, seconds % 60].map { padded($0, 2) }.joined(separator: ":")
        let shown = year > 0 ? year : 1 - year
        return "\(padded(shown, 4))-\(padded(month, 2))-\(padded(day, 2)) \(clock).\(padded(rest % 1_000_000, 6))+00"
            + (year > 0 ? "" : " BC")
    }

    /// Howard Hinnant's `civil_from_days`: years are counted from March, so the leap day comes last.
    private static func date(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let fromMarch = (5 * dayOfYear + 2) / 153
        let month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * fromMarch + 2) / 5 + 1)
    }

    private static func padded(_ value: Int64, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
