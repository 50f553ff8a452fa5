import Backtest
import Market
import Postgres

/// What a run needs to be computed: what was ordered, and bars of one snapshot.
struct RunInput {
    /// A series up to this many bars is read whole, so that every other range of it is in memory too.
    private static let shortSeries = 25_000

    let run: StoredRun
    let bars: PreparedBars
    /// SHA-256, hex, of the loaded bars.
    let barsHash: String
    /// Index of the first bar of the range; the bars before it only warm up indicators.
    let firstTradable: Int
    let revision: Int
    /// Whether the bars were in the daemon's memory.
    let isFromCache: Bool

    /// Reads bars only when the cache lacks them.
    ///
    /// - Throws: ``StoredRunError`` when a bar cannot be used.
    static func load(_ run: StoredRun, _ cache: BarCache, in db: inout Connection) throws -> RunInput {
        try checked {
            if let found = try cache.bars(for: run, revision: run.revision) {
                return RunInput(run, found.prepared, found.firstTradable, run.revision, isFromCache: true)
            }
            let (stretch, revision) = try read(run, in: &db)
            cache.keep(stretch, run.cacheKey(revision: revision))
            // Through the cache, so that it also keeps what is prepared for this range.
            if let kept = try cache.bars(for: run, revision: revision) {
                return RunInput(run, kept.prepared, kept.firstTradable, revision, isFromCache: false)
            }
            return try RunInput(run, stretch, revision)
        }
    }

    /// What a run needs to be computed again, with the bars as they are stored now. For a transaction of one snapshot.
    ///
    /// - Returns: nil when the run is gone.
    /// - Throws: ``StoredRunError`` when what is stored can no longer be run.
    static func ofRun(_ id: String, in db: inout Connection) throws -> RunInput? {
        guard let run = try db.run(StoredRun.query(id)) else { return nil }
        let settings = run.settings
        let bars = try db.run(
            .bars(
                settings.table, symbol: settings.symbolID, from: settings.from, to: settings.to,
                warmUp: run.definition.warmUpBars))
        return try checked {
            try RunInput(run, BarCache.Stretch(bars: bars, from: .min, to: settings.to), run.revision)
        }
    }

    /// Bars and revision in one snapshot, which need not be that of the order: a correction may have come in between.
    private static func read(
        _ run: StoredRun, in db: inout Connection
    ) throws -> (stretch: BarCache.Stretch, revision: Int) {
        let settings = run.settings, warmUp = run.definition.warmUpBars, isWhole = run.seriesCount <= shortSeries
        let (series, bars) = try db.snapshot(
            .revision(ofSymbol: settings.symbolID, settings.timeframe),
            .bars(
                settings.table, symbol: settings.symbolID, from: isWhole ? nil : settings.from,
                to: isWhole ? nil : settings.to, warmUp: warmUp))
        let revision = series ?? 0
        guard !isWhole else { return (BarCache.Stretch(bars: bars, from: .min, to: .max), revision) }
        // Fewer than asked for: there are no more before.
        let isFromStart = bars.index(atOrAfter: settings.from) < warmUp
        return (
            BarCache.Stretch(bars: bars, from: isFromStart ? .min : settings.from, to: settings.to), revision
        )
    }

    private static func checked(_ body: () throws -> RunInput) throws -> RunInput {
        do { return try body() } catch let error as BarError {
            throw StoredRunError(message: error.sentence)
        }
    }

    private init(_ run: StoredRun, _ stretch: BarCache.Stretch, _ revision: Int) throws {
        let settings = run.settings
        let range =
            stretch.range(from: settings.from, to: settings.to, warmUp: run.definition.warmUpBars)
            ?? 0..<stretch.bars.count
        let isWhole = range.count == stretch.bars.count
        let prepared = try BarCache.Prepared(isWhole ? stretch.bars : stretch.bars.slice(range))
        self.init(run, prepared, prepared.bars.series.index(atOrAfter: settings.from), revision, isFromCache: false)
    }

    private init(
        _ run: StoredRun, _ prepared: BarCache.Prepared, _ firstTradable: Int, _ revision: Int, isFromCache: Bool
    ) {
        (self.run, bars, barsHash) = (run, prepared.bars, prepared.hash)
        (self.firstTradable, self.revision, self.isFromCache) = (firstTradable, revision, isFromCache)
    }
}

extension BarCache {
    fileprivate func bars(
        for run: StoredRun, revision: Int
    ) throws(BarError) -> (prepared: Prepared, firstTradable: Int)? {
        try bars(
            run.cacheKey(revision: revision), from: run.settings.from, to: run.settings.to,
            warmUp: run.definition.warmUpBars)
    }
}

extension StoredRun {
    fileprivate func cacheKey(revision: Int) -> BarCache.Key {
        BarCache.Key(symbolID: settings.symbolID, timeframe: settings.timeframe, revision: revision)
    }
}

extension BarError {
    /// Of bars that are stored.
    var sentence: String { "Stored bar \(index) cannot be used: \(reason)." }
}
