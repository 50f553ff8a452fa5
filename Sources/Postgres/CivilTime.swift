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
        var text: [UInt8] = []
        let era = put(day: Int(days), &text)
        return String(decoding: text, as: UTF8.self) + era
    }

    /// `YYYY-MM-DD HH:MM:SS.ffffff+00`
    static func timestampText(microseconds: Int64) -> String {
        let (days, rest) = CivilDate.split(microseconds: microseconds)
        var text: [UInt8] = []
        text.reserveCapacity(32)
        let era = put(day: days, &text), seconds = rest / 1_000_000
        put(seconds / 3600, 2, after: " ", &text)
        put(seconds / 60 % 60, 2, after: ":", &text)
        put(seconds % 60, 2, after: ":", &text)
        put(rest % 1_000_000, 6, after: ".", &text)
        return String(decoding: text, as: UTF8.self) + "+00" + era
    }

    /// - Returns: the era, for the end of the text.
    private static func put(day: Int, _ text: inout [UInt8]) -> String {
        let date = CivilDate(daysSinceEpoch: day)
        put(date.year > 0 ? date.year : 1 - date.year, 4, after: nil, &text)
        put(date.month, 2, after: "-", &text)
        put(date.day, 2, after: "-", &text)
        return date.year > 0 ? "" : " BC"
    }

    /// A number that is not negative, with zeros before it where it has less digits.
    private static func put(_ number: Int, _ digits: Int, after separator: UnicodeScalar?, _ text: inout [UInt8]) {
        if let separator { text.append(UInt8(ascii: separator)) }
        var power = 1
        for _ in 1..<digits { power *= 10 }
        while number / power >= 10 { power *= 10 }
        while power > 0 {
            text.append(UInt8(ascii: "0") + UInt8(number / power % 10))
            power /= 10
        }
    }
}
