import Market

/// Lines cut into cells. Quotes around a cell are taken off, with white space around them; a line end inside quotes ends
/// the line all the same, so that one stray quote costs one line and not the rest of the file.
struct TextRows: Rows {
    private var lines: LineReader
    private let delimiter: UInt8
    private(set) var cells: [Range<Int>] = []

    init(_ source: any ByteSource, delimiter: UInt8) throws {
        lines = try LineReader(source)
        self.delimiter = delimiter
    }

    var bytes: [UInt8] { lines.buffer }
    var line: Int { lines.number }
    var names: [String]? { nil }

    /// False after the last row. Empty lines and comments are passed over.
    mutating func next() throws -> Bool {
        while let range = try lines.next() {
            guard !Self.isComment(lines.buffer, range) else { continue }
            Self.cut(lines.buffer, range, at: delimiter, into: &cells)
            return true
        }
        return false
    }

    /// A line without anything in it, or after `#` or `//`.
    static func isComment(_ bytes: [UInt8], _ range: Range<Int>) -> Bool {
        guard let first = range.first(where: { !isSpace(bytes[$0]) }) else { return true }
        if bytes[first] == UInt8(ascii: "#") { return true }
        return bytes[first] == UInt8(ascii: "/") && first + 1 < range.upperBound && bytes[first + 1] == bytes[first]
    }

    static func cut(_ line: [UInt8], _ range: Range<Int>, at delimiter: UInt8, into cells: inout [Range<Int>]) {
        let bytes = line.span
        var at = range.lowerBound, count = 0
        // Nearly all lines have as many cells as the one before.
        var before = cells.mutableSpan
        while count < before.count, let cell = cell(bytes, &at, range.upperBound, delimiter) {
            before[count] = cell
            count += 1
        }
        cells.removeLast(cells.count - count)
        while let cell = cell(bytes, &at, range.upperBound, delimiter) { cells.append(cell) }
    }

    /// The next one, and on to where the one after it begins; nil beyond the end.
    @inline(__always)
    private static func cell(
        _ bytes: Span<UInt8>, _ at: inout Int, _ end: Int, _ delimiter: UInt8
    ) -> Range<Int>? {
        guard at <= end else { return nil }
        let start = at
        var isQuoted = false
        while at < end, bytes[at] != delimiter || isQuoted {
            if bytes[at] == UInt8(ascii: "\"") { isQuoted.toggle() }
            at += 1
        }
        let cell = start..<at
        at += 1
        // Several spaces are one gap of a table.
        if delimiter == UInt8(ascii: " ") { while at < end, bytes[at] == delimiter { at += 1 } }
        return trimmed(bytes, cell)
    }

    private static func trimmed(_ bytes: Span<UInt8>, _ cell: Range<Int>) -> Range<Int> {
        let quote = UInt8(ascii: "\"")
        // Nearly all cells begin and end with what is neither.
        if !cell.isEmpty, bytes[cell.lowerBound] > quote, bytes[cell.upperBound - 1] > quote { return cell }
        let outer = withoutSpace(bytes, cell)
        guard outer.count >= 2, bytes[outer.lowerBound] == quote, bytes[outer.upperBound - 1] == quote else {
            return outer
        }
        return withoutSpace(bytes, outer.lowerBound + 1..<outer.upperBound - 1)
    }

    private static func withoutSpace(_ bytes: Span<UInt8>, _ cell: Range<Int>) -> Range<Int> {
        var (low, high) = (cell.lowerBound, cell.upperBound)
        while low < high, isSpace(bytes[low]) { low += 1 }
        while high > low, isSpace(bytes[high - 1]) { high -= 1 }
        return low..<high
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}

/// What separates the cells of a text, seen in its first lines.
struct Delimiter {
    let byte: UInt8
    /// Cells that most lines have.
    let columns: Int

    private static let candidates = [UInt8](",;\t|^~!\u{1F}\u{1}".utf8)
    /// What stands in times, too.
    private static let lastResorts = [UInt8](" :".utf8)
    private static let looked = 64

    /// - Throws: ``ReadingRefusal`` for a text that is no table.
    init(_ source: any ByteSource) throws {
        let all = Self.candidates + Self.lastResorts
        var lines = try LineReader(source)
        var counts: [[Int: Int]] = Array(repeating: [:], count: all.count)
        var cells: [Range<Int>] = [], seen = 0, first = ""
        while seen < Self.looked, let range = try lines.next() {
            guard !TextRows.isComment(lines.buffer, range) else { continue }
            if seen == 0 {
                first = quoted(lines.buffer[range])
                if Self.isMarkup(lines.buffer, range) {
                    throw ReadingRefusal("this is a page of the web (HTML) and no prices", line: lines.number)
                }
            }
            seen += 1
            let there = Self.there(lines.buffer, range)
            for (number, delimiter) in all.enumerated() where there[Int(delimiter)] {
                TextRows.cut(lines.buffer, range, at: delimiter, into: &cells)
                counts[number][cells.count, default: 0] += 1
            }
        }
        guard seen > 0 else { throw ReadingRefusal("the file is empty") }
        // Most lines with one count of columns decide, then the most columns; the last resorts only where nothing else does.
        var best: (byte: UInt8, columns: Int, lines: Int)?
        for (number, byte) in all.enumerated() {
            guard
                let (columns, lines) = counts[number].filter({ $0.key >= 2 }).max(by: {
                    ($0.value, $0.key) < ($1.value, $1.key)
                })
            else { continue }
            let isEnough = columns >= Self.fewest, wasEnough = (best?.columns ?? 0) >= Self.fewest
            if Self.lastResorts.contains(byte), wasEnough { continue }
            let isBetter = best.map { (lines, columns) > ($0.lines, $0.columns) } ?? true
            if isEnough == wasEnough ? isBetter : isEnough { best = (byte, columns, lines) }
        }
        guard let best, best.columns >= Self.fewest else {
            throw ReadingRefusal(
                "a time and four prices are needed, and the lines have \(counted(best?.columns ?? 1, "column")); the first is \(first)"
            )
        }
        (byte, columns) = (best.byte, best.columns)
    }

    /// Which bytes stand in a line.
    private static func there(_ line: [UInt8], _ range: Range<Int>) -> [Bool] {
        let bytes = line.span
        var there = [Bool](repeating: false, count: 256)
        for at in range { there[Int(bytes[at])] = true }
        return there
    }

    /// A time and four prices.
    private static let fewest = 5

    private static func isMarkup(_ bytes: [UInt8], _ range: Range<Int>) -> Bool {
        let start = bytes[range].drop { $0 == 0x20 || $0 == 0x09 }.prefix(9).map { $0 | 0x20 }
        return start.starts(with: "<!doctype".utf8) || start.starts(with: "<html".utf8)
            || start.starts(with: "<?xml".utf8)
    }

    var name: String {
        switch byte {
        case UInt8(ascii: ","): "comma"
        case UInt8(ascii: ";"): "semicolon"
        case UInt8(ascii: "\t"): "tab"
        case UInt8(ascii: "|"): "bar"
        case UInt8(ascii: "^"): "caret"
        case UInt8(ascii: "~"): "tilde"
        case UInt8(ascii: "!"): "exclamation mark"
        case UInt8(ascii: ":"): "colon"
        case 0x1F, 0x01: "control character \(byte)"
        default: "space"
        }
    }
}
