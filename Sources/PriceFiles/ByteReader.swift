/// Walks over the bytes of one cell; everything it reads has a bound.
struct ByteReader {
    private let bytes: [UInt8]
    private var position: Int
    private let end: Int

    init(_ bytes: [UInt8], _ cell: Range<Int>) {
        (self.bytes, position, end) = (bytes, cell.lowerBound, cell.upperBound)
    }

    /// Where it stands, to come back to: a copy of the reader costs more.
    var mark: Int { position }

    mutating func goBack(to mark: Int) { position = mark }

    var isAtEnd: Bool { position == end }
    var peek: UInt8? { position < end ? bytes[position] : nil }

    func peek(after count: Int) -> UInt8? { position + count < end ? bytes[position + count] : nil }

    mutating func next() -> UInt8? {
        guard position < end else { return nil }
        defer { position += 1 }
        return bytes[position]
    }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard let byte = peek, UInt32(byte) == character.value else { return false }
        position += 1
        return true
    }

    mutating func skipAny(_ characters: StaticString) {
        while let byte = peek, characters.withUTF8Buffer({ $0.contains(byte) }) { position += 1 }
    }

    /// In either case.
    mutating func skip(word: StaticString) -> Bool {
        let count = word.utf8CodeUnitCount
        guard position + count <= end,
            word.withUTF8Buffer({ $0.elementsEqual(bytes[position..<position + count].lazy.map { $0 & 0xDF }) })
        else { return false }
        position += count
        return true
    }

    /// What stands between a date and a time; false when there is nothing.
    mutating func skipGap() -> Bool {
        let start = position
        if !skip("T"), !skip("t") { skipAny(" ,;") }
        return position > start
    }

    /// Digits from here on.
    func countDigits() -> Int {
        var count = 0
        while position + count < end, bytes[position + count] &- 0x30 <= 9 { count += 1 }
        return count
    }

    /// A number of so many digits, at most 18; more that follow stay.
    mutating func digits(_ counts: ClosedRange<Int>) -> Int? {
        var value = 0, count = 0
        while count < counts.upperBound, let byte = peek, byte &- 0x30 <= 9 {
            value = value * 10 + Int(byte &- 0x30)
            count += 1
            position += 1
        }
        return count < counts.lowerBound ? nil : value
    }

    /// A number of as many digits as there are; nil when there are none, or more than a number has.
    mutating func count() -> Int? {
        guard let first = peek, first &- 0x30 <= 9 else { return nil }
        var value = 0
        while let byte = peek, byte &- 0x30 <= 9 {
            let (tenfold, isOver) = value.multipliedReportingOverflow(by: 10)
            let (sum, isOverToo) = tenfold.addingReportingOverflow(Int(byte &- 0x30))
            guard !isOver, !isOverToo else { return nil }
            value = sum
            position += 1
        }
        return value
    }

    /// Microseconds; finer digits are read and dropped.
    mutating func fraction() -> Int? {
        var value = 0, count = 0
        while let byte = peek, byte &- 0x30 <= 9 {
            if count < 6 { value = value * 10 + Int(byte &- 0x30) }
            count += 1
            position += 1
        }
        guard count > 0 else { return nil }
        while count < 6 { (value, count) = (value * 10, count + 1) }
        return value
    }

    /// Four digits, or two of 1970 to 2069.
    mutating func year() -> Int? {
        switch countDigits() {
        case 4: return digits(4...4)
        case 2: return digits(2...2).map { $0 < 70 ? 2000 + $0 : 1900 + $0 }
        default: return nil
        }
    }

    /// 1...12 for an English month, whole or its first three letters.
    mutating func month() -> Int? { name(of: Self.months).map { $0 + 1 } }

    mutating func skipWeekday() {
        if name(of: Self.weekdays) != nil { skipAny(" ,") }
    }

    private mutating func name(of names: [[UInt8]]) -> Int? {
        var count = 0
        while position + count < end, count < 10, 65...90 ~= bytes[position + count] & 0xDF { count += 1 }
        guard count >= 3 else { return nil }
        let word = bytes[position..<position + count].map { $0 | 0x20 }
        guard let index = names.firstIndex(where: { $0.starts(with: word) }) else { return nil }
        position += count
        return index
    }

    private static let months = [
        "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
        "december",
    ].map { Array($0.utf8) }
    private static let weekdays = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"].map {
        Array($0.utf8)
    }

    /// Whether AM or PM follows.
    var isBeforeHalf: Bool {
        var copy = self
        return copy.half() != nil
    }

    /// true for PM, false for AM, nil when neither stands here.
    mutating func half() -> Bool? {
        let start = position
        skipAny(" -")
        if skip(word: "PM") { return true }
        if skip(word: "AM") { return false }
        position = start
        return nil
    }
}
