/// The values of a JSON record where they stand: nearly all records of prices are arrays of numbers and short texts, or
/// objects of the same members as the one before, of which no values need be built.
enum PlainRecord {
    /// Adds a cell for each value, as the parser would read it.
    ///
    /// - Parameters:
    ///   - text: the record, from its opening bracket to the closing one.
    ///   - names: of the members, in order; nil: an array is expected.
    /// - Returns: false for anything else, well-formed or not: the parser knows.
    static func cut(_ text: [UInt8], names: [[UInt8]]?, into cells: inout [Range<Int>]) -> Bool {
        let record = text.span, end = record.count - 1
        var at = 1, index = 0
        while true {
            skipSpace(record, &at)
            if let names {
                guard index < names.count, skip(names[index], record, &at) else { return false }
            }
            guard let cell = value(record, &at) else { return false }
            cells.append(cell)
            index += 1
            skipSpace(record, &at)
            if at == end { return names.map { $0.count == index } ?? true }
            guard record[at] == UInt8(ascii: ",") else { return false }
            at += 1
        }
    }

    /// Moves on from the start of a value to its end, no further than to the bracket that closes the record.
    @inline(__always)
    private static func value(_ record: Span<UInt8>, _ at: inout Int) -> Range<Int>? {
        switch record[at] {
        case UInt8(ascii: "\""):
            at += 1
            let start = at
            while record[at] != UInt8(ascii: "\"") {
                guard 0x20...0x7E ~= record[at], record[at] != UInt8(ascii: "\\"), at < record.count - 1 else {
                    return nil
                }
                at += 1
            }
            defer { at += 1 }
            return start..<at
        case UInt8(ascii: "n"):
            for byte in "null".utf8 {
                guard record[at] == byte else { return nil }
                at += 1
            }
            return at..<at
        default:
            let start = at
            return skipNumber(record, &at) ? start..<at : nil
        }
    }

    @inline(__always)
    private static func skipNumber(_ record: Span<UInt8>, _ at: inout Int) -> Bool {
        if record[at] == UInt8(ascii: "-") { at += 1 }
        if record[at] == UInt8(ascii: "0") { at += 1 } else if !skipDigits(record, &at) { return false }
        if record[at] == UInt8(ascii: ".") {
            at += 1
            guard skipDigits(record, &at) else { return false }
        }
        if record[at] | 0x20 == UInt8(ascii: "e") {
            at += 1
            if record[at] == UInt8(ascii: "+") || record[at] == UInt8(ascii: "-") { at += 1 }
            guard skipDigits(record, &at) else { return false }
        }
        return true
    }

    private static func skipDigits(_ record: Span<UInt8>, _ at: inout Int) -> Bool {
        let start = at
        while record[at] &- 0x30 <= 9 { at += 1 }
        return at > start
    }

    /// A name in quotes, and the colon behind it.
    private static func skip(_ name: [UInt8], _ record: Span<UInt8>, _ at: inout Int) -> Bool {
        guard record[at] == UInt8(ascii: "\""), at + name.count + 1 < record.count else { return false }
        for byte in name {
            at += 1
            guard record[at] == byte else { return false }
        }
        at += 1
        guard record[at] == UInt8(ascii: "\"") else { return false }
        at += 1
        skipSpace(record, &at)
        guard record[at] == UInt8(ascii: ":") else { return false }
        at += 1
        skipSpace(record, &at)
        return true
    }

    @inline(__always)
    private static func skipSpace(_ record: Span<UInt8>, _ at: inout Int) {
        // What is no space is above it.
        while record[at] <= 0x20, record[at] == 0x20 || record[at] &- 0x09 <= 1 || record[at] == 0x0D { at += 1 }
    }
}
