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
    /// Index of the first bar of the range; the bars before it only warm up indicators.
    let firstTradable: Int
    let revision: Int

    /// What is stored is not valid for this release.
    struct Fault: Error { let message: String }

    /// The run was deleted.
    struct Gone: Error {}

    /// Marks the run as running and reads what it needs.
    ///
    /// - Returns: nil when the run is gone.
    /// - Throws: ``Fault`` when what is stored can no longer be run.
    static func load(_ lease: Lease, in db: inout Connection) throws -> RunInput? {
        try db.execute(
            """
            UPDATE backtest_runs SET status = 'running', started_at = coalesce(started_at, clock_timestamp()),
                   updated_at = clock_timestamp()
            WHERE job_id = $1::uuid AND status IN ('pending', 'running')
            """, [.text(lease.id)])
        return try db.transaction(.repeatableReadReadOnly) { db in
            try read("r.job_id = $1::uuid AND r.status = 'running'", lease.id, in: &db)
        }
    }

    /// What a run needs to be computed again, with the bars as they are stored now. For a transaction of one snapshot.
    ///
    /// - Returns: nil when the run is gone.
    /// - Throws: ``Fault`` when what is stored can no longer be run.
    static func ofRun(_ id: String, in db: inout Connection) throws -> RunInput? {
        try read("r.id = $1::uuid", id, in: &db)
    }

    private static func read(_ condition: String, _ id: String, in db: inout Connection) throws -> RunInput? {
        let rows = try db.query(
            """
            SELECT r.id, r.user_id, s.lineage_id, r.symbol_id, y.asset_type, r.timeframe, r.start_date, r.end_date,
                   v.definition_json, r.initial_equity, r.options_json, r.periods_per_year
            FROM backtest_runs r JOIN strategies s ON s.id = r.strategy_id
            JOIN strategy_versions v ON v.id = r.strategy_version_id JOIN symbols y ON y.id = r.symbol_id
            WHERE \(condition)
            """, [.text(id)])
        guard rows.count == 1 else { return nil }
        let definition = StrategyDefinition.read(try parse(Array(rows.string(0, 8).utf8))).0
        let simulation = try parse(Array(rows.string(0, 10).utf8))
        let options = try? SimulationOptions(simulation: simulation, initialEquity: Double(rows.string(0, 9)) ?? 0)
        guard let definition, let options, let assetType = AssetType(rawValue: try rows.string(0, 4)),
            let timeframe = Timeframe(rawValue: try rows.string(0, 5))
        else { throw Fault(message: "The stored definition or options are no longer valid.") }
        let start = try rows.calendarDay(0, 6), end = try rows.calendarDay(0, 7), symbolID = try rows.int(0, 3)
        let loaded = try db.barsWithWarmUp(
            BarTable(assetType, timeframe), symbol: symbolID, from: start.start.microseconds,
            to: timeframe.lastBar(of: end), warmUp: definition.warmUpBars)
        let bars: PreparedBars
        do throws(UnusableBar) { bars = try PreparedBars(loaded.bars) } catch {
            throw Fault(message: "Stored bar \(error.index) cannot be used: \(error.fault).")
        }
        return RunInput(
            runID: try rows.string(0, 0), userID: try rows.string(0, 1), lineageID: try rows.string(0, 2),
            symbolID: symbolID, assetType: assetType, timeframe: timeframe, startDate: start, endDate: end,
            definition: definition,
            options: options, periodsPerYear: try rows.int(0, 11), bars: bars,
            firstTradable: loaded.firstTradable, revision: try db.revision(ofSymbol: symbolID, timeframe) ?? 0)
    }
}
