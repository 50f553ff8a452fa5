import Backtest
import Crypto
import Daemon
import Glibc
import JSON
import Jobs
import Market
import Postgres
import Strategy

/// One leased run, from its row in `jobs` to its stored result.
///
/// Result, trades, equity, trial, run and job commit in one transaction that first makes sure that the lease is still
/// ours: killed at any point before, nothing is stored and the job is taken up again; after it, the run is complete.
struct BacktestJob {
    static let type = "backtest"

    private let configuration: Configuration
    private let lease: Lease
    private let log: Log
    private let isStopping: () -> Bool

    init(_ configuration: Configuration, _ lease: Lease, log: Log, isStopping: @escaping () -> Bool) {
        self.configuration = configuration
        self.lease = lease
        self.log = log
        self.isStopping = isStopping
    }

    /// Ends the runs whose jobs were tried too often, together with those jobs.
    static func giveUp(in db: inout Connection) throws {
        try db.transaction { db in
            for job in try Queue.giveUp(type, in: &db) {
                try endRun(
                    ofJob: job, .failed, ErrorCode.internalError.rawValue,
                    "The run was tried \(Queue.maxAttempts) times and never ended.", in: &db)
            }
        }
    }

    /// - Throws: ``PostgresError`` when the database fails; the job then stays leased and is taken up again later.
    func run(in db: inout Connection) throws {
        hold(.leased)
        do {
            guard let input = try RunInput.load(lease, in: &db) else {
                return try Queue.fail(lease, .cancelled, code: nil, message: "the run was deleted", in: &db)
            }
            hold(.loaded)
            guard try Queue.progress(lease, 0.2, in: &db) else { throw Ended.cancelled }
            let report = try compute(input, in: &db)
            hold(.computed)
            guard try Queue.progress(lease, 0.7, in: &db) else { throw Ended.cancelled }
            try RunOutput(input, report).store(lease, in: &db, pause: hold)
        } catch let refusal as BacktestRefusal {
            let isLate = if case .timeout = refusal { true } else { false }
            try end(isLate ? .timedOut : .failed, refusal.code, refusal.message, in: &db)
        } catch let fault as RunInput.Fault {
            try end(.failed, ErrorCode.backtestInvalidDefinition.rawValue, fault.message, in: &db)
        } catch Ended.cancelled {
            try end(.cancelled, nil, "Cancelled on request.", in: &db)
        } catch is LeaseLost {
            log.warning("lease lost: another worker has the job", ["job": .string(lease.id)])
        } catch let error as PostgresError where !error.isLostSession && !error.isRetryable {
            // The same rows would be refused again: the run ends here, and the log says why.
            log.error(
                "result refused by the database", ["job": .string(lease.id), "detail": .string(error.description)])
            try end(.failed, ErrorCode.internalError.rawValue, "The result could not be stored.", in: &db)
        }
    }

    private enum Ended: Error { case cancelled }

    private func compute(_ input: RunInput, in db: inout Connection) throws -> Report {
        var lastLook = SystemClock.monotonicNanoseconds()
        var isCancelled = false, trouble: (any Error)?
        let limits = EngineLimits(
            bars: configuration.backtestMaxBars,
            nanoseconds: UInt64(configuration.backtestTimeoutMilliseconds) * 1_000_000,
            bytes: configuration.backtestMaxMemoryBytes)
        do {
            return try Engine.run(
                input.definition, on: input.bars, from: input.firstTradable, options: input.options,
                periodsPerYear: input.periodsPerYear, limits: limits,
                isCancelled: {
                    // A look at the row every half second: progress for who watches, the lease renewed, a wish to stop.
                    let now = SystemClock.monotonicNanoseconds()
                    guard now - lastLook >= 500_000_000 else { return isCancelled }
                    lastLook = now
                    do { isCancelled = try !Queue.progress(lease, 0.4, in: &db) } catch {
                        trouble = error
                        isCancelled = true
                    }
                    return isCancelled
                }, now: { UInt64(SystemClock.monotonicNanoseconds()) })
        } catch {
            guard error == .cancelled else { throw error }
            throw trouble ?? Ended.cancelled
        }
    }

    private func end(_ status: JobStatus, _ code: String?, _ message: String, in db: inout Connection) throws {
        try db.transaction { db in
            try Queue.fail(lease, status, code: code, message: message, in: &db)
            try Self.endRun(ofJob: lease.id, status, code, message, in: &db)
        }
    }

    private static func endRun(
        ofJob job: String, _ status: JobStatus, _ code: String?, _ message: String, in db: inout Connection
    ) throws {
        try db.execute(
            """
            UPDATE backtest_runs SET status = $2, error_code = $3, error_message = $4, finished_at = clock_timestamp(),
              updated_at = clock_timestamp()
            WHERE job_id = $1::uuid AND status IN ('pending', 'running')
            """, [.text(job), .text(status.rawValue), Parameter(code), .text(message)])
    }

    /// The test pause of architecture.md: holds the run at a stage until the time is over or the daemon stops.
    private func hold(_ stage: Configuration.Stage) {
        guard let pause = configuration.testPause, pause.stage == stage else { return }
        log.info("test pause", ["stage": .string(stage.rawValue), "job": .string(lease.id)])
        let until = SystemClock.monotonicNanoseconds() + Int64(pause.milliseconds) * 1_000_000
        while SystemClock.monotonicNanoseconds() < until, !isStopping() { usleep(5_000) }
    }
}

/// What a run needs, read in one snapshot.
struct RunInput {
    let runID: String
    let userID: String
    let lineageID: String
    let symbolID: Int
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
        return try db.transaction(.repeatableReadReadOnly) { db -> RunInput? in
            let rows = try db.query(
                """
                SELECT r.id, r.user_id, s.lineage_id, r.symbol_id, y.asset_type, r.timeframe, r.start_date, r.end_date,
                       v.definition_json, r.initial_equity, r.options_json, r.periods_per_year
                FROM backtest_runs r JOIN strategies s ON s.id = r.strategy_id
                JOIN strategy_versions v ON v.id = r.strategy_version_id JOIN symbols y ON y.id = r.symbol_id
                WHERE r.job_id = $1::uuid AND r.status = 'running'
                """, [.text(lease.id)])
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
                symbolID: symbolID, timeframe: timeframe, startDate: start, endDate: end, definition: definition,
                options: options, periodsPerYear: try rows.int(0, 11), bars: bars,
                firstTradable: loaded.firstTradable, revision: try db.revision(ofSymbol: symbolID, timeframe) ?? 0)
        }
    }
}
