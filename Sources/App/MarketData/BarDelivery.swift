import Market
import Postgres
import Quality

/// One series while its bars come in.
struct BarDelivery {
    /// How many bars a full look at a series reads at once.
    private static let stretch = 65_536

    private let store: BarStore
    private let series: BarSeries, source: BarSource, table: BarTable, names: SymbolNames
    private let symbol: String, id: Int, isNew: Bool
    private let known: SeriesState?
    private var progress: Progress
    private let tolerance: CloseTolerance
    private var ratios: ClosedRatios
    private var closes: NewestCloses
    private var last: Int64?, removed = 0
    /// What is stored of it as partial, and was not put anew.
    private var partial: Set<Int64> = [], wasPartial: Set<Int64> = []

    /// - Throws: ``BarStore/Refusal`` for a series that is stored from elsewhere.
    init(_ first: BarBatch, _ names: SymbolNames, _ store: BarStore, in db: inout Connection) throws {
        (series, self.store, symbol) = (first.series, store, names.symbol)
        (table, self.names) = (BarTable(series.assetType, series.timeframe), names)
        (id, isNew) = store.isTrial ? try db.storedSymbol(names) : try db.symbol(names, store)
        known = try db.run(.state(ofSymbol: id, series.timeframe))
        let source = first.source
        if let stored = known?.source, !store.replaces {
            do throws(BarStore.Refusal) { try stored.check(takes: source, symbol: symbol) } catch {
                throw error.compared(try db.run(.comparison(of: first.bars, with: table, symbol: id)))
            }
            // Where nothing is said, nothing else is meant.
            self.source = BarSource(
                provider: source.provider, adjustment: source.adjustment,
                priceBasisDate: source.priceBasisDate ?? stored.priceBasisDate)
        } else {
            self.source = source
        }
        progress = Progress(known)
        closes = NewestCloses(upTo: known?.tradesUntil)
        tolerance = CloseTolerance(source.adjustment)
        ratios = ClosedRatios(tolerance)
        if known != nil {
            wasPartial = Set(try db.run(.partialBars(ofSymbol: id, series.timeframe)))
            if !store.replaces { partial = wasPartial }
        }
    }

    mutating func put(_ batch: BarBatch, in db: inout Connection) throws {
        let bars = batch.bars
        if store.replaces {
            precondition(last.map { $0 < bars.times[0] } ?? true, "a series is replaced in order")
            removed += try db.run(
                .removing(allBut: bars.times, of: table, symbol: id, after: last, isTrial: store.isTrial))
            last = bars.times[bars.count - 1]
        }
        let stored = try merge(bars, in: &db)
        progress.add(bars, stored)
        ratios.add(stored)
        if !partial.isEmpty { partial.subtract(bars.times) }
    }

    private mutating func merge(_ bars: CandleSeries, in db: inout Connection) throws -> StoredCounts {
        // To read what is there takes half as long as to let the server compare. Nobody else writes: the symbol is locked.
        let maximum = 2 * bars.count
        let old = try db.run(
            .bars(table, symbol: id, from: bars.times[0], to: bars.times[bars.count - 1], limit: maximum, newest: false)
        )
        if store.replaces || known?.tradesUntil != nil { closes.add(bars, over: old) }
        if old.count == 0 {
            // Where nothing is in the way COPY takes half the time.
            return .allNew(
                store.isTrial ? bars.count : try db.copy(bars, into: table, symbol: id, provider: source.provider))
        }
        // Few bars may come among many.
        let news = old.count < maximum ? bars.without(old) : bars
        if news.count == 0 { return .allNew(0) }
        return try db.run(
            store.isTrial
                ? .comparing(news, with: table, symbol: id, tolerance)
                : .storing(
                    news, into: table, symbol: id, provider: source.provider,
                    keptAs: store.replaces ? nil : series.timeframe, tolerance))
    }

    /// - Parameter more: starts of bars among those put that are partial.
    mutating func finish(partial more: [Int64], in db: inout Connection) throws -> BarStore.Outcome {
        if store.replaces {
            removed += try db.run(.removing(allBut: [], of: table, symbol: id, after: last, isTrial: store.isTrial))
        }
        if !store.replaces {
            // Of a series that waits for it the bars before a split are restated as a whole, however few come.
            if known?.tradesUntil != nil, let ratio = closes.far(tolerance) {
                throw BarStore.Refusal.split(symbol: symbol, ratio: ratio, bars: ratios.count)
            }
            if let ratio = ratios.split {
                throw BarStore.Refusal.split(symbol: symbol, ratio: ratio, bars: ratios.count)
            }
            if ratios.areOfOtherPrices {
                throw BarStore.Refusal.otherPrices(
                    symbol: symbol, bars: ratios.far, of: progress.incoming - progress.added, lowest: ratios.lowest,
                    highest: ratios.highest)
            }
        }
        let isChanged = progress.added + progress.changed + removed > 0
        let state: SeriesState, revision: Int
        if store.isTrial {
            // The tables judge what a new one is called; nobody waits for it.
            if isNew { _ = try db.symbol(names, store) }
            state = progress.expected(removed: removed)
            let isRaised = isChanged || known?.source?.adjustment != source.adjustment
            revision = (known?.revision ?? 0) + (isRaised ? 1 : 0)
        } else {
            state = try self.state(in: &db)
            revision =
                try db.run(.updating(state, ofSymbol: id, series.timeframe, source, isChanged: isChanged))
                ?? known?.revision ?? 1
            partial.formUnion(more)
            if partial != wasPartial {
                try db.run(.notingPartial(partial.sorted(), ofSymbol: id, series.timeframe))
                // New bars are checked anyway.
                if !isChanged {
                    _ = try CheckBars.enqueueOnce(
                        .init(symbol: id, always: true), dedupeKey: "\(CheckBars.name)/\(id)/partial", in: &db)
                }
            }
        }
        return BarStore.Outcome(
            symbol: symbol, symbolID: id, isNewSymbol: isNew, added: progress.added, changed: progress.changed,
            unchanged: progress.incoming - progress.added - progress.changed, removed: removed, revision: revision,
            first: state.first, last: state.last, count: state.count, tickExponent: state.tickExponent)
    }

    /// - Returns: what the audit trail is to be told of a series that was replaced by one of another scale.
    func settleScale(of outcome: BarStore.Outcome, in db: inout Connection) throws -> [AuditEvent] {
        let events =
            store.replaces
            ? try SeriesScale(
                symbolID: id, symbol: symbol, timeframe: series.timeframe, revision: outcome.revision,
                scale: closes.scale(tolerance)
            ).settle(in: &db) : []
        if let last = try lastBeforeSplit(outcome, in: &db) {
            try db.run(.holdingTrades(of: id, series.timeframe, after: last))
        }
        return events
    }

    /// What the volume before a split is told by is of a month.
    private static let before = 60 * Timeframe.day.microseconds

    /// The last bar that accounts may trade at, where new ones show a split that it was not restated for.
    private func lastBeforeSplit(_ outcome: BarStore.Outcome, in db: inout Connection) throws -> Int64? {
        guard series.assetType == .equity, let known else { return nil }
        // Also where it had been told of before, and what came in the place of the series leaves it there.
        let last = known.tradesUntil ?? known.last
        guard outcome.last > last else { return nil }
        let bars = try db.run(
            .bars(table, symbol: id, from: last - Self.before, to: nil, limit: Self.stretch, newest: false))
        return Inspection.lastBarBeforeSplit(in: bars, series.assetType, series.timeframe, after: last)
    }

    /// What a series' row says when everything is stored.
    private func state(in db: inout Connection) throws -> SeriesState {
        guard removed == 0, var state = progress.state else { return try Self.fullLook(series, id, in: &db) }
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

extension CandleSeries {
    /// The bars that another series has not, or with other values.
    fileprivate func without(_ other: CandleSeries) -> CandleSeries {
        var rest = CandleSeries(), place = 0
        guard self != other else { return rest }
        for index in times.indices {
            while place < other.count, other.times[place] < times[index] { place += 1 }
            if place < other.count, other.times[place] == times[index], other.open[place] == open[index],
                other.high[place] == high[index], other.low[place] == low[index], other.close[place] == close[index],
                other.volume[place] == volume[index]
            {
                continue
            }
            rest.append(
                time: times[index], open: open[index], high: high[index], low: low[index], close: close[index],
                volume: volume[index])
        }
        return rest
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

    mutating func add(_ bars: CandleSeries, _ stored: StoredCounts) {
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
            tickExponent: search.exponent(ofBars: count), revision: known?.revision ?? 0, source: known?.source)
    }

    /// The same as far as it is known before anything is stored.
    ///
    /// - Parameter removed: how many stored bars would go.
    func expected(removed: Int) -> SeriesState {
        let stays = removed == 0 ? known : nil
        return SeriesState(
            first: min(stays?.first ?? .max, first), last: max(stays?.last ?? .min, last),
            count: (known?.count ?? 0) + added - removed, tickExponent: removed == 0 ? state?.tickExponent : nil,
            revision: known?.revision ?? 0, source: known?.source)
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
