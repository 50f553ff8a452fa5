/// A date of the proleptic Gregorian calendar, without a time zone: 0001-01-01 to 9999-12-31.
public struct CalendarDay: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Days since 1970-01-01, negative before it.
    public let daysSinceEpoch: Int

    public static let first = CalendarDay(daysSinceEpoch: -719_162)!
    public static let last = CalendarDay(daysSinceEpoch: 2_932_896)!

    /// Nil outside the years 1 to 9999.
    public init?(daysSinceEpoch: Int) {
        guard (-719_162...2_932_896).contains(daysSinceEpoch) else { return nil }
        self.daysSinceEpoch = daysSinceEpoch
    }

    /// Nil for a day that does not exist, such as 2023-02-29.
    public init?(year: Int, month: Int, day: Int) {
        guard (1...9999).contains(year), (1...12).contains(month),
            day >= 1, day <= Self.length(ofMonth: month, in: year)
        else { return nil }
        self.daysSinceEpoch = Self.days(year: year, month: month, day: day)
    }

    /// Reads exactly `YYYY-MM-DD`: no spaces, no signs, no shorter years, no days that do not exist.
    public init?(_ text: String) {
        self.init(ascii: text.utf8)
    }

    /// Reads the same from the bytes of a file or a request.
    public init?(ascii bytes: some Collection<UInt8>) {
        var reader = DigitReader(bytes)
        guard let year = reader.number(digits: 4), reader.skip("-"),
            let month = reader.number(digits: 2), reader.skip("-"),
            let day = reader.number(digits: 2), reader.isAtEnd
        else { return nil }
        self.init(year: year, month: month, day: day)
    }

    /// `YYYY-MM-DD`.
    public var description: String {
        DigitWriter.text(count: 10) { write(into: &$0) }
    }

    func write(into text: inout DigitWriter) {
        let (year, month, day) = components
        text.put(year, digits: 4, then: "-")
        text.put(month, digits: 2, then: "-")
        text.put(day, digits: 2)
    }

    /// The midnight UTC this day starts with.
    public var start: Instant { Instant(microseconds: Int64(daysSinceEpoch) * Timeframe.day.microseconds) }

    /// Year, month 1...12 and day 1...31.
    public var components: (year: Int, month: Int, day: Int) {
        // Years here run from March to February, so a leap day is the last of its year; 146,097 days are 400 years.
        let shifted = daysSinceEpoch + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    public static func < (a: Self, b: Self) -> Bool { a.daysSinceEpoch < b.daysSinceEpoch }

    private static func days(year: Int, month: Int, day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    private static func length(ofMonth month: Int, in year: Int) -> Int {
        switch month {
        case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}
