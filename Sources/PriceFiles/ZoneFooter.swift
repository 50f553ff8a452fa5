import Market

/// What clocks do after the last change that a table of a zone lists, as its last line says it (RFC 8536, 3.3, and POSIX):
/// `EST5EDT,M3.2.0,M11.1.0`.
///
/// Tables may list the changes of decades to come, or none of those that a rule gives: it depends on how a system's were
/// made.
struct ZoneFooter {
    /// How far local time is ahead of UTC, microseconds; nil where it stays as the last change left it.
    private let summerTime: (standard: Int64, summer: Int64, begin: Day, end: Day)?

    /// As of ``Zone/newYork``.
    private static let lastYear = 2200
    private static let second: Int64 = 1_000_000

    /// - Returns: nil for bytes that are none, and for the rare days that are counted from the beginning of a year.
    init?(_ bytes: [UInt8]) {
        var reader = ByteReader(bytes, 0..<bytes.count)
        guard !reader.isAtEnd else {
            summerTime = nil
            return
        }
        guard Self.skipName(&reader), let behind = Self.time(&reader) else { return nil }
        guard !reader.isAtEnd else {
            summerTime = nil
            return
        }
        guard Self.skipName(&reader) else { return nil }
        var summerBehind = behind - 3_600 * Self.second
        if reader.peek != UInt8(ascii: ",") {
            guard let told = Self.time(&reader) else { return nil }
            summerBehind = told
        }
        guard let begin = Day(&reader), let end = Day(&reader), reader.isAtEnd else { return nil }
        summerTime = (-behind, -summerBehind, begin, end)
    }

    /// What comes after the last change that is listed, in order.
    func changes(after last: Int64?) -> [(start: Int64, offset: Int64)] {
        guard let (standard, summer, begin, end) = summerTime else { return [] }
        let year = 1969 + (last ?? 0) / (31_556_952 * Self.second)
        let years = Int(max(1, min(year, Int64(Self.lastYear))))...Self.lastYear
        let changes = years.flatMap { year -> [(start: Int64, offset: Int64)] in
            [(begin.time(in: year) - standard, summer), (end.time(in: year) - summer, standard)]
        }
        return changes.filter { $0.start > last ?? .min }.sorted { $0.start < $1.start }
    }

    /// The nth weekday of a month, and a time of it.
    private struct Day {
        let month: Int, week: Int
        /// Sunday is 0.
        let weekday: Int
        let time: Int64

        init?(_ reader: inout ByteReader) {
            guard reader.skip(","), reader.skip("M"), let month = reader.digits(1...2), (1...12).contains(month),
                reader.skip("."), let week = reader.digits(1...1), (1...5).contains(week), reader.skip("."),
                let weekday = reader.digits(1...1), weekday < 7
            else { return nil }
            (self.month, self.week, self.weekday) = (month, week, weekday)
            guard reader.skip("/") else {
                time = 7_200 * ZoneFooter.second
                return
            }
            guard let told = ZoneFooter.time(&reader) else { return nil }
            time = told
        }

        /// As a clock on the wall shows it, microseconds since 1970.
        func time(in year: Int) -> Int64 {
            let first = CalendarDay(year: year, month: month, day: 1)!
            let number = 1 + (weekday - first.weekday.rawValue + 7) % 7 + 7 * (week - 1)
            // The fifth is the last, of four also the fourth.
            let day = CalendarDay(year: year, month: month, day: number)
            return first.start.microseconds
                + Int64(day == nil ? number - 8 : number - 1) * Timeframe.day.microseconds + time
        }
    }

    /// Three letters or more, or in angle brackets what else.
    private static func skipName(_ reader: inout ByteReader) -> Bool {
        let isQuoted = reader.skip("<")
        var count = 0
        while let byte = reader.peek,
            65...90 ~= byte & 0xDF || isQuoted && (48...57 ~= byte || "+-".utf8.contains(byte))
        {
            _ = reader.next()
            count += 1
        }
        return count >= 3 && (!isQuoted || reader.skip(">"))
    }

    /// `5`, `-3:30`, `167:59:59`, microseconds.
    private static func time(_ reader: inout ByteReader) -> Int64? {
        let isNegative = reader.skip("-")
        if !isNegative { _ = reader.skip("+") }
        guard let hours = reader.digits(1...3), hours < 168 else { return nil }
        var seconds = hours * 3_600
        for unit in [60, 1] where reader.skip(":") {
            guard let more = reader.digits(2...2), more < 60 else { return nil }
            seconds += more * unit
        }
        return Int64(isNegative ? -seconds : seconds) * second
    }
}
