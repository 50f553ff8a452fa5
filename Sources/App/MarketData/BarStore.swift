import Market
import Postgres

/// The one way of bars into the database: symbol, bars and series in one transaction, so that nobody ever sees half of
/// it, and in the memory of one batch however many there are.
///
/// What is kept of a series in its row (count, ends, tick exponent) follows from what it was and what comes in. Only
/// after a correction the series is looked at anew, because the bar that was corrected may have been the one that
/// needed so fine a tick.
public struct BarStore: Sendable {
    /// For a new symbol the ticker when nil; an old one's is only changed when given.
    public var name: String?
    public var exchange: String?
    /// What prices are in; nil: a pair's quote asset, else USD.
    public var currency: String?

    public init(name: String? = nil, exchange: String? = nil, currency: String? = nil) {
        (self.name, self.exchange, self.currency) = (name, exchange, currency)
    }

    /// Why nothing was stored.
    public enum Refusal: Error, Equatable, Sendable, CustomStringConvertible {
        case badSymbol(String)
        /// CRYPTO needs `BASE-QUOTE`.
        case notAPair(String)
        case otherKind(symbol: String, is: AssetType)
        /// A name, exchange, currency or provider that the tables refuse.
        case badField(String)

        public var description: String {
            switch self {
            case .badSymbol(let symbol): "\"\(symbol)\" is no symbol: letters, digits, points and dashes, at most 32"
            case .notAPair(let symbol): "\"\(symbol)\" is no pair: CRYPTO symbols look like BTC-USD"
            case .otherKind(let symbol, let kind): "\(symbol) is stored as \(kind.rawValue)"
            case .badField(let field): "the \(field) is empty, too long or has characters that do not belong there"
            }
        }
    }

    /// What was done.
    public struct Outcome: Equatable, Sendable {
        public let symbol: String
        public let isNewSymbol: Bool
        public let added: Int, changed: Int, unchanged: Int
        /// Of the series, afterwards; raised only when anything changed.
        public let revision: Int
        /// What is stored of the series now: starts of the first and last bar in Unix microseconds, and how many.
        public let first: Int64, last: Int64, count: Int
        /// Decimal places of the grid that all stored prices lie on; nil: there is none.
        public let tickExponent: Int?
    }

    /// A statement of an import may take longer than one of a request.
    private static let statementMilliseconds = 600_000
    /// How many bars a full look at a series reads at once.
    private static let stretch = 65_536

    /// Stores all batches, or nothing.
    ///
    /// - Parameter next: gives the batches, all of one series and source; nil after the last one. What it throws undoes
    ///   everything.
    /// - Returns: nil when there was no bar.
    /// - Throws: ``Refusal``, `PostgresError`, what `next` throws.
    public func store(in db: inout Connection, next: () throws -> BarBatch?) throws -> Outcome? {
        // One without bars says nothing of the series.
        func nextWithBars() throws -> BarBatch? {
            while let batch = try next() {
                if batch.bars.count > 0 { return batch }
            }
            return nil
        }
        guard let first = try nextWithBars() else { return nil }
        let names = try SymbolNames(first.series, self)
        let before = db.timeouts
        try db.setTimeouts(
            statementMilliseconds: Self.statementMilliseconds, lockMilliseconds: before.lockMilliseconds)
        defer {
            try? db.setTimeouts(
                statementMilliseconds: before.statementMilliseconds, lockMilliseconds: before.lockMilliseconds)
        }
        do {
            return try db.transaction { db in
                let symbol = try db.symbol(names, self)
                return try store(first, nextWithBars, names, symbol.id, isNew: symbol.isNew, in: &db)
            }
        } catch let error as PostgresError {
            // The tables know what a name may look like; say which one it was.
            guard case .checkViolation(let constraint) = error.code,
                let field = ["name", "exchange", "currency", "provider"].first(where: {
                    constraint == "symbols_\($0)" || constraint.hasSuffix("_provider") && $0 == "provider"
                })
            else { throw error }
            throw Refusal.badField(field)
        }
    }

    private func store(
        _ first: BarBatch, _ next: () throws -> BarBatch?, _ names: SymbolNames, _ id: Int, isNew: Bool,
        in db: inout Connection
    ) throws -> Outcome {
        let (series, source) = (first.series, first.source)
        let table = BarTable(series.assetType, series.timeframe)
        let known = try db.run(.state(ofSymbol: id, series.timeframe))
        var progress = Progress(known)
        var batch: BarBatch? = first
        while let incoming = batch {
            precondition(incoming.series == series && incoming.source == source, "batches of several series")
            let stored = try db.run(.storing(incoming.bars, into: table, symbol: id, provider: source.provider))
            progress.add(incoming.bars, stored)
            batch = try next()
        }
        let state = try state(after: progress, series, id, in: &db)
        let isChanged = progress.added + progress.changed > 0
        let revision =
            try db.run(.updating(state, ofSymbol: id, series.timeframe, source, isChanged: isChanged))
            ?? known?.revision ?? 1
        return Outcome(
            symbol: names.symbol, isNewSymbol: isNew, added: progress.added, changed: progress.changed,
            unchanged: progress.incoming - progress.added - progress.changed, revision: revision, first: state.first,
            last: state.last, count: state.count, tickExponent: state.tickExponent)
    }

    /// What a series' row says when everything is stored.
    private func state(
        after progress: Progress, _ series: BarSeries, _ id: Int, in db: inout Connection
    ) throws -> SeriesState {
        guard var state = progress.state else { return try Self.fullLook(series, id, in: &db) }
        if progress.needsHighest {
            let highest = try db.run(.highest(BarTable(series.assetType, series.timeframe), symbol: id)) ?? 0
            state.tickExponent = TickSearch(exponent: progress.finest, highest: highest).exponent(ofBars: state.count)
        }
        return state
    }

    /// Reads the whole series, stretch by stretch.
    private static func fullLook(_ series: BarSeries, _ id: Int, in db: inout Connection) throws -> SeriesState {
        let table = BarTable(series.assetType, series.timeframe)
        var search = TickSearch(), count = 0
        var ends: (first: Int64, last: Int64)?
        while true {
            let bars = try db.run(
                .bars(
                    table, symbol: id, from: ends.map { $0.last + series.timeframe.microseconds }, to: nil,
                    limit: stretch, newest: false))
            guard let first = bars.times.first, let last = bars.times.last else { break }
            search.add(bars)
            count += bars.count
            ends = (ends?.first ?? first, last)
        }
        guard let ends else { throw PostgresError(.unexpectedResult, "a series without a bar just after it got some") }
        return SeriesState(
            first: ends.first, last: ends.last, count: count, tickExponent: search.exponent(ofBars: count), revision: 0)
    }
}

/// What is counted while batches come in.
private struct Progress {
    private let known: SeriesState?
    private var search: TickSearch
    private var first = Int64.max, last = Int64.min
    private(set) var incoming = 0, added = 0, changed = 0

    init(_ known: SeriesState?) {
        self.known = known
        search = known.map { TickSearch(exponent: $0.tickExponent) } ?? TickSearch()
    }

    mutating func add(_ bars: CandleSeries, _ stored: (added: Int, changed: Int)) {
        incoming += bars.count
        added += stored.added
        changed += stored.changed
        search.add(bars)
        first = min(first, bars.times[0])
        last = max(last, bars.times[bars.count - 1])
    }

    /// What the series' row should say; nil when only a full look can tell.
    var state: SeriesState? {
        // Bars that were there, and no row that knows of them: somebody else's doing, put right here.
        let isUnknown = known == nil && added < incoming
        guard changed == 0, !isUnknown else { return nil }
        let count = (known?.count ?? 0) + added
        return SeriesState(
            first: min(known?.first ?? .max, first), last: max(known?.last ?? .min, last), count: count,
            tickExponent: search.exponent(ofBars: count), revision: known?.revision ?? 0)
    }

    /// The exponent that the prices ask for, whatever their sums.
    var finest: Int? { search.exponent(ofBars: 1) }

    /// Whether it takes the highest price of the bars that were there to tell whether sums are exact: they were with a
    /// coarser tick, or in shorter windows.
    var needsHighest: Bool {
        guard let known, added > 0, let exponent = search.exponent(ofBars: known.count + added) else { return false }
        return exponent != known.tickExponent || known.count < TickScale.longestWindow
    }
}
