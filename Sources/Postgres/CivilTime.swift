import System

/// Days and moments as the server reads and writes them: proleptic Gregorian calendar, UTC.
enum CivilTime {
    /// Days from 1970-01-01 to 2000-01-01, where the server starts counting.
    static let epochDays: Int32 = 10_957
    /// The same in microseconds.
    static let epochMicroseconds: Int64 = 946_684_800_000_000

    /// Unix microseconds of a `timestamptz` in binary form; nil for an infinity, and for what is beyond counting.
    @inline(__always)
    static func unixMicroseconds(_ stored: Int64) -> Int64? {
        let (value, isBeyond) = stored.addingReportingOverflow(epochMicroseconds)
        return isBeyond || stored == .min ? nil : value
    }

    /// Days since 1970-01-01 of a `date` in binary form; nil for an infinity, and for what is beyond counting.
    static func unixDays(_ stored: Int32) -> Int32? {
        let (value, isBeyond) = stored.addingReportingOverflow(epochDays)
        return isBeyond || stored == .min ? nil : value
    }

    /// `YYYY-MM-DD`, with ` BC` where the server wants it.
    static func dayText(_ days: Int64) -> String {
        let (text, era) = dayAndEra(Int(days))
        return text + era
    }

    /// `YYYY-MM-DD HH:MM:SS.ffffff+00`
    static func timestampText(microseconds: Int64) -> String {
        let (days, rest) = CivilDate.split(microseconds: microseconds)
        let (day, era) = dayAndEra(days)
        let seconds = rest / 1_000_000
        let clock = [seconds / 3600, seconds / 60 % 60, seconds % 60].map { padded($0, 2) }.joined(separator: ":")
        return "\(day) \(clock).\(padded(rest % 1_000_000, 6))+00" + era
    }

    private static func dayAndEra(_ days: Int) -> (day: String, era: String) {
        let date = CivilDate(daysSinceEpoch: days)
        let shown = date.year > 0 ? date.year : 1 - date.year
        return (
            "\(padded(shown, 4))-\(padded(date.month, 2))-\(padded(date.day, 2))", date.year > 0 ? "" : " BC"
        )
    }

    private static func padded(_ value: Int, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
