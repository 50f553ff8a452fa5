import Backtest
import Crypto
import Market
import Postgres
import System

/// The bars of a run while a file is made of them. They come from the database by rows, are hashed and told by columns, and
/// are too many to be held: few stay in memory, more wait in a file without a name.
final class SpooledBars {
    enum Column: String, CaseIterable { case open, high, low, close, volume }

    private static let blockBars = 4_096
    /// Of each column in a block, the times first.
    private static let columnBytes = blockBars * MemoryLayout<Int64>.stride
    /// Of all columns, the times first.
    private static let blockBytes = (Column.allCases.count + 1) * columnBytes

    let run: StoredRun
    private(set) var count = 0
    /// Index of the first bar of the range; the bars before it only warm up indicators.
    private(set) var firstTradable = 0
    /// SHA-256, hex, of all of them.
    private(set) var hash = ""
    /// Those that were read last: all of them where they are few.
    private var block = CandleSeries()
    /// Of so many bars, all but those of the block.
    private var file: UnnamedFile?
    private var lastTime: Int64?
    private var error: BarError?

    /// What a run needs to be computed again, as it is stored now. For a transaction of one snapshot.
    ///
    /// - Returns: nil when the run is gone.
    /// - Throws: ``StoredRunError`` when what is stored can no longer be run.
    static func ofRun(_ id: String, in db: inout Connection) throws -> SpooledBars? {
        guard let run = try db.run(StoredRun.query(id)) else { return nil }
        return try SpooledBars(run, in: &db)
    }

    private init(_ run: StoredRun, in db: inout Connection) throws {
        self.run = run
        let settings = run.settings
        block.reserveCapacity(Self.blockBars)
        try db.eachPart(
            .bars(
                settings.table, symbol: settings.symbolID, from: settings.from, to: settings.to,
                warmUp: run.definition.warmUpBars)
        ) { (bar: CandleSeries) in
            // Who stops reading ends the transaction.
            guard error == nil else { return }
            if block.count == Self.blockBars { try spoolBlock() }
            block.append(bar)
        }
        checkBlock()
        if let error { throw StoredRunError(message: error.sentence) }
        var hash = SHA256()
        hash.update(Encodings.barsHead(count: count))
        try eachTimes { hash.update(Encodings.column($0)) }
        for column in Column.allCases { try each(column) { hash.update(Encodings.column($0)) } }
        self.hash = hex(hash.finish())
    }

    /// Hands over when the bars begin, in stretches.
    func eachTimes(_ body: ([Int64]) throws -> Void) throws {
        for range in stretches { try body(part(0, range, of: block.times)) }
    }

    /// Hands over a column in stretches.
    func each(_ column: Column, _ body: ([Double]) throws -> Void) throws {
        for range in stretches { try body(values(column, range)) }
    }

    func values(_ column: Column, _ range: Range<Int>) throws -> [Double] {
        try part(column.place, range, of: block[column])
    }

    func value(_ column: Column, _ index: Int) throws -> Double { try values(column, index..<index + 1)[0] }

    // MARK: -

    private var stretches: some Sequence<Range<Int>> {
        stride(from: 0, to: count, by: Self.blockBars).lazy.map { [count] in $0..<min($0 + Self.blockBars, count) }
    }

    private func part<Number: BitwiseCopyable>(
        _ column: Int, _ range: Range<Int>, of kept: [Number]
    ) throws -> [Number] {
        let firstKept = count - kept.count
        if range.lowerBound >= firstKept {
            return range.count == kept.count
                ? kept : Array(kept[range.lowerBound - firstKept..<range.upperBound - firstKept])
        }
        // A range may begin in one block and end in another.
        var found: [Number] = [], next = range.lowerBound
        found.reserveCapacity(range.count)
        while next < min(range.upperBound, firstKept) {
            let place = next % Self.blockBars, some = min(range.upperBound - next, Self.blockBars - place)
            found += try file!.read(
                some,
                at: next / Self.blockBars * Self.blockBytes + column * Self.columnBytes
                    + place * MemoryLayout<Number>.stride)
            next += some
        }
        if next < range.upperBound { found += try part(column, next..<range.upperBound, of: kept) }
        return found
    }

    private func spoolBlock() throws {
        let start = count / Self.blockBars * Self.blockBytes
        checkBlock()
        if file == nil { file = try UnnamedFile() }
        try file!.write(block.times, at: start)
        for column in Column.allCases {
            try file!.write(block[column], at: start + column.place * Self.columnBytes)
        }
        block = CandleSeries()
        block.reserveCapacity(Self.blockBars)
    }

    /// Counts the bars that were read last, and looks for the first that cannot stand where it does.
    private func checkBlock() {
        guard error == nil, let first = block.times.first else { return }
        if let (index, found) = block.firstError() {
            error = BarError(index: count + index, reason: found)
        } else if let found = CandleSeries.error(time: first, after: lastTime) {
            error = BarError(index: count, reason: found)
        }
        firstTradable += block.index(atOrAfter: run.settings.from)
        lastTime = block.times.last
        count += block.count
    }
}

extension SpooledBars.Column {
    /// Behind the times.
    fileprivate var place: Int {
        switch self {
        case .open: 1
        case .high: 2
        case .low: 3
        case .close: 4
        case .volume: 5
        }
    }
}

extension CandleSeries {
    fileprivate subscript(column: SpooledBars.Column) -> [Double] {
        switch column {
        case .open: open
        case .high: high
        case .low: low
        case .close: close
        case .volume: volume
        }
    }
}
