internal import struct System.CivilDate

/// A date of the proleptic Gregorian calendar, without a time zone: 0001-01-01 to 9999-12-31.
public struct CalendarDay: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Days since 1970-01-01, negative before it.
    public let daysSinceEpoch: Int

    /// Those of all days: the years 1 to 9999.
    public static let known = -719_162...2_932_896
    public static let first = CalendarDay(daysSinceEpoch: known.lowerBound)!
    public static let last = CalendarDay(daysSinceEpoch: known.upperBound)!

    /// Nil outside the years 1 to 9999.
    public init?(daysSinceEpoch: Int) {
        guard Self.known.contains(daysSinceEpoch) else { return nil }
        self.daysSinceEpoch = daysSinceEpoch
    }

    /// Nil for a day that does not exist, such as 2023-02-29.
    public init?(year: Int, month: Int, day: Int) {
        guard (1...9999).contains(year), let date = CivilDate(year: year, month: month, day: day) else { return nil }
        daysSinceEpoch = date.daysSinceEpoch
    }

    /// Reads exactly `YYYY-MM-DD`: no spaces, no signs, no shorter years, no days that do not exist.
    public init?(_ text: String) {
        self.init(ascii: Array(text.utf8)[...])
    }

    /// Reads the same from the bytes of a file or a request.
    public init?(ascii bytes: ArraySlice<UInt8>) {
        var reader = DigitReader(bytes)
        guard let year = reader.number(digits: 4), reader.skip("-"),
            let month = reader.number(digits: 2), reader.skip("-"),
            let day = reader.number(digits: 2), reader.isAtEnd
        else { return nil }
        self.init(year: year, month: month, day: day)
    }

    /// `YYYY-MM-DD`.
    public var description: String { civil.text }

    /// The midnight UTC this day starts with.
    public var start: Instant { Instant(microseconds: Int64(daysSinceEpoch) * Timeframe.day.microseconds) }

    var civil: CivilDate { CivilDate(daysSinceEpoch: daysSinceEpoch) }

    public static func < (a: Self, b: Self) -> Bool { a.daysSinceEpoch < b.daysSinceEpoch }
}
