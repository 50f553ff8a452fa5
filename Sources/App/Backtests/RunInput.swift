import Backtest
import JSON
import Jobs
import Market
import Postgres
import Strategy

/// What a run needs, read in one snapshot.
struct RunInput {
    let runID: String
    let userID: String
    let lineageID: String
    let symbolID: Int
    let assetType: AssetType
    let timeframe: Timeframe
    let startDate: CalendarDay
    let endDate: CalendarDay
    let definition: StrategyDefinition
    let options: SimulationOptions
    let periodsPerYear: Int
    let bars: PreparedBars
    /// SHA-256, hex, of the loaded bars.
    let barsHash: String
    /// Index of the first bar of the range; the bars before it only warm up indicators.
    let firstTradable: Int
    let revision: Int
    /// Whether the bars were in the daemon's memory.
    let isFromCache: Bool

    /// What is stored is not valid for this release.
    struct Fault: Error { let message: String }

    /// The run was deleted.
    struct Gone: Error {}

    /// Marks the run as running and gives what it needs; reads bars only when the cache lacks them.
    ///
    /// - Returns: nil when the run is gone.
    /// - Throws: ``Fault`` when what is stored can no longer be run.
    static func load(_ lease: Lease, _ cache: BarCache, in db: inout Connection) throws -> RunInput? {
        var answers = try db.batch([
            // A start that is lost in a crash of the server is begun again, like the lease it belongs to.
            .withoutWaitingForDisk,
            Statement(
                """
                UPDATE backtest_runs r SET status = 'running', started_at = coalesce(r.started_at, clock_timestamp()),
                       updated_at = clock_timestamp()
                FROM strategies s, strategy_versions v, symbols y
                WHERE r.job_id = $1::uuid AND r.status IN ('pending', 'running')
                  AND s.id = r.strategy_id AND v.id = r.strategy_version_id AND y.id = r.symbol_id
                RETURNING \(Order.columns)
                """, [.text(lease.id)]),
        ])
        _ = answers.nextCount()
        let rows = answers.next()
        guard rows.count == 1 else { return nil }
        let order = try Order(rows)
        return try loaded {
            if let found = try cache.bars(
                order.key(revision: order.revision), from: order.from, to: order.to, warmUp: order.warmUp)
            {
                return RunInput(order, found.prepared, found.firstTradable, order.revision, isFromCache: true)
            }
            let (stretch, revision) = try read(order, order.isShortSeries, in: &db)
            let key = order.key(revision: revision)
            cache.keep(stretch, key)
            // Through the cache, so that it also keeps what is prepared for this range.
            if let kept = try cache.bars(key, from: order.from, to: order.to, warmUp: order.warmUp) {
                return RunInput(order, kept.prepared, kept.firstTradable, revision, isFromCache: false)
            }
            return try RunInput(order, stretch, revision)
        }
    }

    /// What a run needs to be computed again, with the bars as they are stored now. For a transaction of one snapshot.
    ///
    /// - Returns: nil when the run is gone.
    /// - Throws: ``Fault`` when what is stored can no longer be run.
    static func ofRun(_ id: String, in db: inout Connection) throws -> RunInput? {
        let rows = try db.query(
            """
            SELECT \(Order.columns) FROM backtest_runs r JOIN strategies s ON s.id = r.strategy_id
            JOIN strategy_versions v ON v.id = r.strategy_version_id JOIN symbols y ON y.id = r.symbol_id
            WHERE r.id = $1::uuid
            """, [.text(id)])
        guard rows.count == 1 else { return nil }
        let order = try Order(rows)
        return try loaded {
            let bars = try db.run(
                .bars(order.table, symbol: order.symbolID, from: order.from, to: order.to, warmUp: order.warmUp))
            return try RunInput(
                order, BarCache.Stretch(bars: bars, from: .min, to: order.to), order.revision)
        }
    }

    /// Bars and revision in one snapshot, which need not be that of the order: a correction may have come in between.
    ///
    /// - Parameter whole: the series whole, or what this run needs.
    private static func read(
        _ order: Order, _ whole: Bool, in db: inout Connection
    ) throws -> (stretch: BarCache.Stretch, revision: Int) {
        let (series, bars) = try db.snapshot(
            .revision(ofSymbol: order.symbolID, order.timeframe),
            .bars(
                order.table, symbol: order.symbolID, from: whole ? nil : order.from, to: whole ? nil : order.to,
                warmUp: order.warmUp))
        let revision = series ?? 0
        guard !whole else { return (BarCache.Stretch(bars: bars, from: .min, to: .max), revision) }
        // Fewer than asked for: there are no more before.
        let isFromStart = bars.index(atOrAfter: order.from) < order.warmUp
        return (BarCache.Stretch(bars: bars, from: isFromStart ? .min : order.from, to: order.to), revision)
    }

    private static func loaded(_ body: () throws -> RunInput) throws -> RunInput {
        do { return try body() } catch let error as BarError {
            throw Fault(message: "Stored bar \(error.index) cannot be used: \(error.fault).")
        }
    }

    private init(_ order: Order, _ stretch: BarCache.Stretch, _ revision: Int) throws {
        let range = stretch.range(from: order.from, to: order.to, warmUp: order.warmUp) ?? 0..<stretch.bars.count
        let isWhole = range.count == stretch.bars.count
        let prepared = try BarCache.Prepared(isWhole ? stretch.bars : stretch.bars.slice(range))
        self.init(
            order, prepared, prepared.bars.series.index(atOrAfter: order.from), revision, isFromCache: false)
    }

    private init(
        _ order: Order, _ prepared: BarCache.Prepared, _ firstTradable: Int, _ revision: Int, isFromCache: Bool
    ) {
        (runID, userID, lineageID, symbolID) = (order.runID, order.userID, order.lineageID, order.symbolID)
        (assetType, timeframe, startDate, endDate) = (order.assetType, order.timeframe, order.start, order.end)
        (definition, options, periodsPerYear) = (order.definition, order.options, order.periodsPerYear)
        (bars, barsHash, self.firstTradable, self.revision) = (prepared.bars, prepared.hash, firstTradable, revision)
        self.isFromCache = isFromCache
    }
}

/// A run as it was ordered, without the bars.
private struct Order {
    /// A series up to this many bars is read whole, so that every other range of it is in memory too.
    private static let shortSeries = 25_000

    static let columns = """
        r.id, r.user_id, s.lineage_id, r.symbol_id, y.asset_type, r.timeframe, r.start_date, r.end_date,
        v.definition_json, r.initial_equity, r.options_json, r.periods_per_year,
        (SELECT b.revision FROM bar_series b WHERE b.symbol_id = r.symbol_id AND b.interval = r.timeframe),
        (SELECT b.count FROM bar_series b WHERE b.symbol_id = r.symbol_id AND b.interval = r.timeframe)
        """

    let runID: String
    let userID: String
    let lineageID: String
    let symbolID: Int
    let assetType: AssetType
    let timeframe: Timeframe
    let start: CalendarDay
    let end: CalendarDay
    let definition: StrategyDefinition
    let options: SimulationOptions
    let periodsPerYear: Int
    let revision: Int
    let isShortSeries: Bool

    /// - Throws: ``RunInput/Fault``
    init(_ rows: borrowing Rows) throws {
        let definition = StrategyDefinition.read(try parse(rows.bytes(0, 8))).0
        let simulation = try parse(rows.bytes(0, 10))
        let options = try? SimulationOptions(simulation: simulation, initialEquity: Double(rows.string(0, 9)) ?? 0)
        guard let definition, let options, let assetType = AssetType(rawValue: try rows.string(0, 4)),
            let timeframe = Timeframe(rawValue: try rows.string(0, 5))
        else { throw RunInput.Fault(message: "The stored definition or options are no longer valid.") }
        (self.definition, self.options, self.assetType, self.timeframe) = (definition, options, assetType, timeframe)
        (runID, userID, lineageID) = (try rows.string(0, 0), try rows.string(0, 1), try rows.string(0, 2))
        (symbolID, periodsPerYear) = (try rows.int(0, 3), try rows.int(0, 11))
        (start, end) = (try rows.calendarDay(0, 6), try rows.calendarDay(0, 7))
        revision = try rows.optionalInt(0, 12) ?? 0
        isShortSeries = try rows.optionalInt(0, 13) ?? 0 <= Self.shortSeries
    }

    var table: BarTable { BarTable(assetType, timeframe) }
    var from: Int64 { start.start.microseconds }
    var to: Int64 { timeframe.lastBar(of: end) }
    var warmUp: Int { definition.warmUpBars }

    func key(revision: Int) -> BarCache.Key {
        BarCache.Key(symbolID: symbolID, timeframe: timeframe, revision: revision)
    }
}

extension Rows {
    fileprivate func calendarDay(_ row: Int, _ column: Int) throws -> CalendarDay {
        guard let day = CalendarDay(daysSinceEpoch: Int(try day(row, column))) else {
            throw PostgresError(.unexpectedResult, "a date outside the years 1 to 9999")
        }
        return day
    }
}
