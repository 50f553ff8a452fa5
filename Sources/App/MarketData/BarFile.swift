import Market

/// A file of bars in the uniform form `timestamp,open,high,low,close,volume`, oldest first: `YYYY-MM-DD` for days,
/// `YYYY-MM-DDTHH:MM:SSZ` for hours. Reading it touches nothing; what cannot be a bar is refused line by line.
public struct BarFile: Sendable {
    public static let header = "timestamp,open,high,low,close,volume"

    /// A line that is no bar, and why.
    public struct RefusedLine: Equatable, Sendable, CustomStringConvertible {
        public let file: String
        /// The header is line 1.
        public let line: Int
        public let reason: String

        public var description: String { "\(file):\(line): \(reason)" }
    }

    /// The file as a whole is not of this form.
    public struct LoadError: Error, Equatable, Sendable, CustomStringConvertible {
        public let file: String
        /// nil when it is not about a line.
        public let line: Int?
        public let reason: String

        public var description: String { line.map { "\(file):\($0): \(reason)" } ?? "\(file): \(reason)" }
    }

    public let name: String
    public let assetType: AssetType
    public let timeframe: Timeframe
    /// The accepted bars, in order.
    public let bars: CandleSeries
    public let refused: [RefusedLine]
    /// Lines after the header, empty last ones apart.
    public let lineCount: Int
    /// What was taken for float noise and rounded; nil when there was none.
    public let noise: FloatNoise.Report?

    /// Reads the whole of a file.
    ///
    /// - Parameters:
    ///   - name: how messages call the file.
    ///   - now: Unix microseconds; a bar that ends later is still forming, and refused. nil for bars that are not going
    ///     to be stored, made-up ones perhaps: then neither the clock nor the exchange's calendar matters, and prices
    ///     are taken to the last bit as they are written.
    public static func read(
        _ bytes: [UInt8], name: String, assetType: AssetType, timeframe: Timeframe, now: Int64?
    ) throws(LoadError) -> BarFile {
        guard assetType.timeframes.contains(timeframe) else {
            throw LoadError(file: name, line: nil, reason: "\(assetType.rawValue) has no bars of \(timeframe.rawValue)")
        }
        var reader = BarFileReader(name: name, assetType: assetType, timeframe: timeframe, now: now)
        var lines = LineCursor(bytes)
        guard let first = lines.next() else { throw LoadError(file: name, line: nil, reason: "the file is empty") }
        guard first.elementsEqual(header.utf8) else {
            let reason =
                first.starts(with: [0xEF, 0xBB, 0xBF])
                ? "the file begins with a byte order mark; save it as plain UTF-8" : "the first line must be \(header)"
            throw LoadError(file: name, line: 1, reason: reason)
        }
        while let line = lines.next() { reader.read(line, number: lines.number) }
        guard lines.number > 1 else {
            throw LoadError(file: name, line: nil, reason: "the file has no line after the header")
        }
        return BarFile(
            name: name, assetType: assetType, timeframe: timeframe, bars: reader.bars, refused: reader.refused,
            lineCount: lines.number - 1, noise: reader.noise)
    }
}

/// Walks over the lines of a file, ended by LF or CRLF. An empty rest after the last line end is no line.
private struct LineCursor {
    private let bytes: [UInt8]
    private var position = 0
    /// Of the line last given, from 1.
    private(set) var number = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func next() -> ArraySlice<UInt8>? {
        guard position < bytes.count else { return nil }
        let end = bytes[position...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
        var line = bytes[position..<end]
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        position = end + 1
        number += 1
        return line
    }
}

/// Reads line after line and keeps what holds between them.
private struct BarFileReader {
    let name: String
    let assetType: AssetType
    let timeframe: Timeframe
    let now: Int64?
    private(set) var bars = CandleSeries()
    private(set) var refused: [BarFile.RefusedLine] = []
    private(set) var noise: FloatNoise.Report?
    private var lineOfLastBar = 0

    private struct Refusal: Error {
        let reason: String
    }

    init(name: String, assetType: AssetType, timeframe: Timeframe, now: Int64?) {
        (self.name, self.assetType, self.timeframe, self.now) = (name, assetType, timeframe, now)
    }

    mutating func read(_ line: ArraySlice<UInt8>, number: Int) {
        do throws(Refusal) {
            try append(line, number)
            lineOfLastBar = number
        } catch {
            refused.append(BarFile.RefusedLine(file: name, line: number, reason: error.reason))
        }
    }

    private mutating func append(_ line: ArraySlice<UInt8>, _ number: Int) throws(Refusal) {
        guard !line.isEmpty else { throw Refusal(reason: "the line is empty") }
        let cells = line.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        guard cells.count == 6 else { throw Refusal(reason: "6 columns are needed, this line has \(cells.count)") }
        let time = try time(cells[0])
        var values: [Double] = []
        var rounded: [(from: Double, to: Double)] = []
        for (column, cell) in zip(["open", "high", "low", "close", "volume"], cells.dropFirst()) {
            guard let value = DecimalText.read(cell) else {
                throw Refusal(reason: "\(column) \(Self.quoted(cell)) is not a number")
            }
            // Volumes are sums of many trades: there is no precision to go back to.
            if now != nil, column != "volume",
                let exact = FloatNoise.removed(from: value, digits: DecimalText.significantDigits(cell))
            {
                rounded.append((value, exact))
                values.append(exact)
            } else {
                values.append(value)
            }
        }
        let fault = CandleSeries.fault(
            open: values[0], high: values[1], low: values[2], close: values[3], volume: values[4])
        if let fault { throw Refusal(reason: fault.description) }
        bars.append(
            time: time, open: values[0], high: values[1], low: values[2], close: values[3], volume: values[4])
        for (from, to) in rounded { FloatNoise.note(from, to, line: number, in: &noise) }
    }

    /// The start of the bar, checked against the grid, the calendar, the clock and the bar before.
    private func time(_ cell: ArraySlice<UInt8>) throws(Refusal) -> Int64 {
        let time: Int64
        switch timeframe {
        case .day:
            guard let day = CalendarDay(ascii: cell) else {
                throw Refusal(reason: "timestamp \(Self.quoted(cell)) is not a day, YYYY-MM-DD")
            }
            if now != nil, assetType == .equity, Self.isClosed(on: day) {
                throw Refusal(reason: "\(day) is on a weekend, when no exchange is open")
            }
            time = day.start.microseconds
        case .hour:
            guard cell.count == 20, let instant = Instant(ascii: cell) else {
                throw Refusal(reason: "timestamp \(Self.quoted(cell)) is not an hour, YYYY-MM-DDTHH:00:00Z")
            }
            time = instant.microseconds
        }
        if let fault = CandleSeries.fault(time: time, after: nil, timeframe: timeframe) {
            throw Refusal(reason: fault.description)
        }
        if let now, time > now || timeframe.microseconds > now - time {
            throw Refusal(reason: "the bar ends after now, \(Instant(microseconds: now).textInSeconds)")
        }
        switch CandleSeries.fault(time: time, after: bars.times.last) {
        case nil: return time
        case .duplicateTime: throw Refusal(reason: "the time is the same as in line \(lineOfLastBar)")
        default: throw Refusal(reason: "the time is before that of line \(lineOfLastBar): bars go from old to new")
        }
    }

    /// Sundays, and Saturdays since New York's exchange gave them up.
    private static func isClosed(on day: CalendarDay) -> Bool {
        // 1970-01-01 was a Thursday.
        switch ((day.daysSinceEpoch % 7) + 7) % 7 {
        case 2: day >= firstFreeSaturday
        case 3: true
        default: false
        }
    }

    private static let firstFreeSaturday = CalendarDay(year: 1952, month: 5, day: 31)!

    private static func quoted(_ cell: ArraySlice<UInt8>) -> String {
        let shown = cell.prefix(40).map { 32...126 ~= $0 ? Character(UnicodeScalar($0)) : "?" }
        return "\"\(String(shown))\(cell.count > 40 ? "..." : "")\""
    }
}
