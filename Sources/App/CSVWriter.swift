import JSON

/// Writes comma separated values as RFC 4180 has them: CRLF, quotes where they are needed.
///
/// A text that a spreadsheet would take for a formula gets an apostrophe in front; numbers stay numbers.
struct CSVWriter: PieceWriter {
    private(set) var bytes: [UInt8] = []
    private var isRowStart = true

    init(header: [String]) {
        for name in header { text(name) }
        endRow()
    }

    mutating func removeWritten() { bytes.removeAll(keepingCapacity: true) }

    mutating func text(_ text: String) {
        separate()
        var cell = Array(text.utf8)
        if let first = cell.first, Self.startsFormula(first) { cell.insert(UInt8(ascii: "'"), at: 0) }
        guard cell.contains(where: Self.needsQuotes) else {
            bytes += cell
            return
        }
        bytes.append(UInt8(ascii: "\""))
        for byte in cell {
            if byte == UInt8(ascii: "\"") { bytes.append(byte) }
            bytes.append(byte)
        }
        bytes.append(UInt8(ascii: "\""))
    }

    mutating func number(_ value: Int) {
        separate()
        bytes += String(value).utf8
    }

    /// Shortest digits that read back as the same double.
    mutating func number(_ value: Double) {
        separate()
        var json = Writer(capacity: 24)
        json.double(value)
        bytes += json.bytes
    }

    /// An exact decimal, with all of its places.
    mutating func decimal(_ value: some DecimalValue) {
        separate()
        bytes += value.inFull.utf8
    }

    mutating func endRow() {
        bytes += [UInt8(ascii: "\r"), UInt8(ascii: "\n")]
        isRowStart = true
    }

    private mutating func separate() {
        if !isRowStart { bytes.append(UInt8(ascii: ",")) }
        isRowStart = false
    }

    private static func startsFormula(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "@"), UInt8(ascii: "\t"),
            UInt8(ascii: "\r"):
            true
        default: false
        }
    }

    private static func needsQuotes(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: ","), UInt8(ascii: "\""), UInt8(ascii: "\r"), UInt8(ascii: "\n"): true
        default: false
        }
    }
}
