import Market

/// A date, a time or both as a file writes them. What the numbers of `01/05/2015` mean is not decided here.
struct TimeText {
    /// How dates are written; a file has one way.
    enum Shape: Equatable {
        /// 2015-01-05 or 2015/1/5
        case yearFirst
        /// 05.01.2015
        case points
        /// 01/05/2015 or 01-05-15
        case numbers
        /// Jan 05, 2015 or 5-Jan-2015
        case named
        /// 20150105
        case compact
        /// A count since 1970, its unit unknown yet.
        case epoch
    }

    private(set) var shape = Shape.epoch
    /// As written; of an epoch the count.
    private(set) var first = 0, second = 0, third = 0
    /// Microseconds since midnight; nil: no time is written.
    private(set) var time: Int64?
    /// Microseconds that the written time is ahead of UTC; nil: not written.
    private(set) var offset: Int64?

    /// nil for what is none of these.
    init?(_ bytes: borrowing [UInt8], _ cell: Range<Int>, timeOfDay: Range<Int>? = nil) {
        guard !cell.isEmpty, cell.count <= 64 else { return nil }
        // Nothing but digits takes no walking about, unless a time may be among them.
        if timeOfDay == nil, cell.count <= 11, let count = Self.count(bytes, cell) {
            if cell.count != 8 || !readCompact(count / 10_000, count / 100 % 100, count % 100) { first = count }
            return
        }
        var reader = ByteReader(copy bytes, cell)
        guard readDate(&reader) else { return nil }
        if let timeOfDay {
            guard reader.isAtEnd else { return nil }
            reader = ByteReader(copy bytes, timeOfDay)
            if reader.isAtEnd { return }
        } else {
            if reader.isAtEnd { return }
            guard shape != .epoch, reader.skipGap() else { return nil }
        }
        guard readTime(&reader) else { return nil }
        guard readZone(&reader), reader.isAtEnd else { return nil }
    }

    /// Of a cell of digits alone, so few that they make a number.
    private static func count(_ bytes: borrowing [UInt8], _ cell: Range<Int>) -> Int? {
        let bytes = bytes.span
        var value = 0
        for at in cell {
            guard bytes[at] &- 0x30 <= 9 else { return nil }
            value = value &* 10 &+ Int(bytes[at] &- 0x30)
        }
        return value
    }

    /// Whether a cell has a time and no date.
    static func isTimeAlone(_ bytes: [UInt8], _ cell: Range<Int>) -> Bool {
        var reader = ByteReader(bytes, cell)
        guard let hour = reader.digits(1...2), hour < 24, reader.skip(":"), reader.digits(2...2) != nil else {
            return false
        }
        return true
    }

    // MARK: Dates

    private mutating func readDate(_ reader: inout ByteReader) -> Bool {
        if let byte = reader.peek, byte == UInt8(ascii: "-") { return readEpoch(&reader) }
        if let byte = reader.peek, byte &- 0x30 > 9 {
            reader.skipWeekday()
            if let month = reader.month() {
                // Jan 05, 2015
                reader.skipAny(" .-/,")
                guard let day = reader.digits(1...2) else { return false }
                reader.skipAny(" ,-/")
                guard let year = reader.year() else { return false }
                (shape, first, second, third) = (.named, year, month, day)
                return true
            }
        }
        let count = reader.countDigits()
        guard count > 0 else { return false }
        let start = reader.mark
        switch count {
        case 4 where reader.peek(after: 4).map({ "-/.".utf8.contains($0) }) == true:
            guard let year = reader.digits(4...4), let separator = reader.next(), let month = reader.digits(1...2),
                reader.next() == separator, let day = reader.digits(1...2)
            else { return false }
            (shape, first, second, third) = (.yearFirst, year, month, day)
            return true
        case 1, 2:
            guard let one = reader.digits(1...2), let separator = reader.next() else { break }
            if let month = reader.month() {
                reader.skipAny(" .-/,")
                guard let year = reader.year() else { return false }
                (shape, first, second, third) = (.named, year, month, one)
                return true
            }
            guard "-/.".utf8.contains(separator), let two = reader.digits(1...2), reader.next() == separator,
                let year = reader.year()
            else { break }
            (shape, first, second, third) = (separator == UInt8(ascii: ".") ? .points : .numbers, one, two, year)
            return true
        case 8, 12, 14:
            if let year = reader.digits(4...4), let month = reader.digits(2...2), let day = reader.digits(2...2),
                readCompact(year, month, day)
            {
                if count == 8 { return true }
                return readTime(&reader)
            }
        default: break
        }
        reader.goBack(to: start)
        return readEpoch(&reader)
    }

    private mutating func readCompact(_ year: Int, _ month: Int, _ day: Int) -> Bool {
        guard (1700...2200).contains(year), CalendarDay(year: year, month: month, day: day) != nil else { return false }
        (shape, first, second, third) = (.compact, year, month, day)
        return true
    }

    private mutating func readEpoch(_ reader: inout ByteReader) -> Bool {
        let isNegative = reader.skip("-")
        guard let number = reader.count() else { return false }
        // 1646092800.0 comes from a table of floats.
        if reader.skip(".") {
            guard reader.peek == UInt8(ascii: "0") else { return false }
            reader.skipAny("0")
        }
        (shape, first) = (.epoch, isNegative ? -number : number)
        return reader.isAtEnd
    }

    // MARK: Times

    private mutating func readTime(_ reader: inout ByteReader) -> Bool {
        var hour = 0, minute = 0, second = 0, micro = 0
        switch reader.countDigits() {
        case 6:
            guard let h = reader.digits(2...2), let m = reader.digits(2...2), let s = reader.digits(2...2) else {
                return false
            }
            (hour, minute, second) = (h, m, s)
        case 4:
            guard let h = reader.digits(2...2), let m = reader.digits(2...2) else { return false }
            (hour, minute) = (h, m)
        case 1, 2:
            guard let h = reader.digits(1...2) else { return false }
            hour = h
            if reader.skip(":") {
                guard let m = reader.digits(2...2) else { return false }
                minute = m
                if reader.skip(":") {
                    guard let s = reader.digits(2...2) else { return false }
                    second = s
                    if reader.skip(".") || reader.skip(",") {
                        guard let fraction = reader.fraction() else { return false }
                        micro = fraction
                    }
                }
            } else if !reader.isBeforeHalf {
                return false
            }
        default: return false
        }
        if let half = reader.half() {
            guard (1...12).contains(hour) else { return false }
            hour = hour % 12 + (half ? 12 : 0)
        }
        guard hour < 24, minute < 60, second < 60 else { return false }
        time = (Int64(hour) * 3600 + Int64(minute) * 60 + Int64(second)) * 1_000_000 + Int64(micro)
        return true
    }

    private mutating func readZone(_ reader: inout ByteReader) -> Bool {
        reader.skipAny(" ")
        if reader.isAtEnd { return true }
        if reader.skip("Z") || reader.skip("z") {
            offset = 0
            return true
        }
        if reader.skip(word: "UTC") || reader.skip(word: "GMT") {
            offset = 0
            if reader.isAtEnd { return true }
        }
        let isBehind = reader.peek == UInt8(ascii: "-")
        guard reader.skip("-") || reader.skip("+"), let hours = reader.digits(2...2), hours < 24 else { return false }
        _ = reader.skip(":")
        var minutes = 0
        if !reader.isAtEnd {
            guard let written = reader.digits(2...2), written < 60 else { return false }
            minutes = written
        }
        let ahead = Int64(hours * 60 + minutes) * 60_000_000
        offset = isBehind ? -ahead : ahead
        return true
    }

    // MARK: What it means

    /// The day meant, when its numbers come in this order; nil for a day that does not exist, and for an epoch.
    func day(_ order: DateOrder) -> CalendarDay? {
        switch shape {
        case .yearFirst, .named, .compact: CalendarDay(year: first, month: second, day: third)
        case .points: CalendarDay(year: third, month: second, day: first)
        case .numbers:
            order == .dayFirst
                ? CalendarDay(year: third, month: second, day: first)
                : CalendarDay(year: third, month: first, day: second)
        case .epoch: nil
        }
    }
}
