/// A date of the proleptic Gregorian calendar. The arithmetic alone: which years are meant, and how they are written,
/// is the caller's matter.
///
///     CivilDate(daysSinceEpoch: 19_782)  // 2024-02-29
///     CivilDate(year: 2023, month: 2, day: 29)  // nil: there is no such day
public struct CivilDate: Equatable, Sendable {
    /// Astronomical: 0 is the year before the year 1.
    public let year: Int
    /// 1...12
    public let month: Int
    /// 1...31
    public let day: Int

    /// - Parameter days: since 1970-01-01, negative before it.
    public init(daysSinceEpoch days: Int) {
        // Howard Hinnant's `civil_from_days`: years here run from March to February, so a leap day is the last of its
        // year; 146,097 days are 400 years.
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
        month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// Nil for a day that does not exist, such as 2023-02-29.
    public init?(year: Int, month: Int, day: Int) {
        guard (1...12).contains(month), day >= 1, day <= Self.length(ofMonth: month, in: year) else { return nil }
        self.year = year
        self.month = month
        self.day = day
    }

    /// Since 1970-01-01, negative before it.
    public var daysSinceEpoch: Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// `YYYY-MM-DD`, for the years 0 to 9999.
    public var text: String { DigitWriter.text(count: 10) { write(into: &$0) } }

    /// A moment in UTC as RFC 3339 writes it, for the years 0 to 9999: `2024-02-29T12:00:00.000Z`.
    ///
    /// - Parameters:
    ///   - microseconds: since 1970-01-01T00:00:00Z; leap seconds do not exist.
    ///   - fractionDigits: 0 to 6; what is finer is cut off, towards the past.
    public static func timestamp(microseconds: Int64, fractionDigits: Int) -> String {
        let (days, rest) = split(microseconds: microseconds)
        let second = rest / 1_000_000
        return DigitWriter.text(count: fractionDigits == 0 ? 20 : 21 + fractionDigits) { text in
            CivilDate(daysSinceEpoch: days).write(into: &text)
            text.put("T")
            text.put(second / 3600, digits: 2, then: ":")
            text.put(second / 60 % 60, digits: 2, then: ":")
            text.put(second % 60, digits: 2)
            if fractionDigits > 0 {
                text.put(".")
                text.put(rest % 1_000_000, digits: 6, keeping: fractionDigits)
            }
            text.put("Z")
        }
    }

    /// Whole days since 1970-01-01, and the microseconds from that midnight on: never negative.
    public static func split(microseconds: Int64) -> (days: Int, rest: Int) {
        let (quotient, remainder) = microseconds.quotientAndRemainder(dividingBy: 86_400_000_000)
        return remainder < 0 ? (Int(quotient) - 1, Int(remainder) + 86_400_000_000) : (Int(quotient), Int(remainder))
    }

    private func write(into text: inout DigitWriter) {
        text.put(year, digits: 4, then: "-")
        text.put(month, digits: 2, then: "-")
        text.put(day, digits: 2)
    }

    private static func length(ofMonth month: Int, in year: Int) -> Int {
        switch month {
        case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}
