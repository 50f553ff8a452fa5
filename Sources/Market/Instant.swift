internal import struct System.CivilDate

/// A moment in UTC, as microseconds since 1970-01-01T00:00:00Z; leap seconds do not exist.
public struct Instant: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let microseconds: Int64

    public init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    /// Reads `YYYY-MM-DDTHH:MM:SSZ`, with one to six digits of a fraction if any. Only `Z`, only upper case.
    public init?(_ text: String) {
        self.init(ascii: Array(text.utf8)[...])
    }

    /// Reads the same from the bytes of a file or a request.
    public init?(ascii bytes: ArraySlice<UInt8>) {
        var reader = DigitReader(bytes)
        guard let year = reader.number(digits: 4), reader.skip("-"),
            let month = reader.number(digits: 2), reader.skip("-"),
            let day = reader.number(digits: 2), reader.skip("T"),
            let date = CalendarDay(year: year, month: month, day: day),
            let hour = reader.number(digits: 2), hour < 24, reader.skip(":"),
            let minute = reader.number(digits: 2), minute < 60, reader.skip(":"),
            let second = reader.number(digits: 2), second < 60
        else { return nil }
        var fraction = 0
        if reader.skip(".") {
            guard let read = reader.fraction(digits: 6) else { return nil }
            fraction = read
        }
        guard reader.skip("Z"), reader.isAtEnd else { return nil }
        let seconds = Int64(hour * 3600 + minute * 60 + second)
        self.microseconds = date.start.microseconds + seconds * 1_000_000 + Int64(fraction)
    }

    /// `YYYY-MM-DDTHH:MM:SS.mmmZ`; what is finer than a millisecond is cut off, towards the past.
    public var description: String { text(fractionDigits: 3) }

    /// `YYYY-MM-DDTHH:MM:SSZ`, for bar times, which are whole seconds.
    public var textInSeconds: String { text(fractionDigits: 0) }

    /// The UTC day alone, `YYYY-MM-DD`.
    public var dayText: String { day?.description ?? description }

    /// The date in UTC; nil outside the years 1 to 9999.
    public var day: CalendarDay? { CalendarDay(daysSinceEpoch: CivilDate.split(microseconds: microseconds).days) }

    public static func < (a: Self, b: Self) -> Bool { a.microseconds < b.microseconds }

    /// All days of the calendar by their microseconds, worked out once: an answer of candles has thousands of times.
    public static let known =
        CalendarDay.first.start.microseconds..<(CalendarDay.last.start.microseconds + Timeframe.day.microseconds)

    private func text(fractionDigits: Int) -> String {
        Self.known.contains(microseconds)
            ? CivilDate.timestamp(microseconds: microseconds, fractionDigits: fractionDigits) : "\(microseconds) us"
    }
}
