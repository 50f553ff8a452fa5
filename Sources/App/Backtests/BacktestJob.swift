import Backtest
import Crypto
import Daemon
import Glibc
import JSON
import Jobs
import Market
import Postgres
import Strategy
import System

/// One leased job: a run, from its row in `jobs` to its stored result, or the verification of an earlier one.
///
/// Result, trades, equity, trial, run and job commit in one transaction that first makes sure that the lease is still
/// ours: killed at any point before, nothing is stored and the job is taken up again; after it, the run is complete.
struct BacktestJob {
    static let type = "backtest"

    private let configuration: Configuration
    private let lease: Lease
    /// Milliseconds that it took to get the lease.
    private let leasing: Number
    private let brake: RunningJobs.Brake
    private let cache: BarCache
    private let log: Log
    private let isStopping: () -> Bool

    init(
        _ configuration: Configuration, _ lease: Lease, leasing: Number, _ brake: RunningJobs.Brake, _ cache: BarCache,
        log: Log, isStopping: @escaping () -> Bool
    ) {
        self.configuration = configuration
        self.lease = lease
        self.leasing = leasing
        self.brake = brake
        self.cache = cache
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
        do {
            guard let (status, code, message) = try outcome(in: &db) else { return }
            try end(status, code, message, in: &db)
        } catch is LeaseLost {
            log.warning("lease lost: another worker has the job", ["job": .string(lease.id)])
        }
    }

    /// Does the work and stores what came out.
    ///
    /// - Returns: why there is nothing to store, for trader and API; nil when all is done.
    private func outcome(in db: inout Connection) throws -> (JobStatus, code: String?, message: String)? {
        var watch = JobWatch(lease, brake, limitMilliseconds: configuration.backtestTimeoutMilliseconds)
        let late = "The run took longer than \(configuration.backtestTimeoutMilliseconds) ms."
        let cancelled = "Cancelled on request."
        db.interrupt = watch.interrupt
        defer { db.interrupt = nil }
        do {
            try hold(.leased, &watch, in: &db)
            if let verified = BacktestVerification.run(of: lease) {
                try verify(verified, &watch, in: &db)
            } else {
                try simulate(&watch, in: &db)
            }
            return nil
        } catch let refusal as BacktestRefusal {
            if case .timeout = refusal { return (.timedOut, refusal.code, late) }
            return (.failed, refusal.code, refusal.message)
        } catch let fault as RunInput.Fault {
            return (.failed, ErrorCode.backtestInvalidDefinition.rawValue, fault.message)
        } catch let refusal as RunVerification.Refusal {
            return (.failed, refusal.code, refusal.message)
        } catch is RunInput.Gone {
            return (.cancelled, nil, "The run was deleted.")
        } catch EarlyEnd.cancelled {
            return (.cancelled, nil, cancelled)
        } catch EarlyEnd.late {
            return (.timedOut, ErrorCode.backtestTimeout.rawValue, late)
        } catch let error as PostgresError where error.code == .queryCancelled {
            if brake.isPulled { return (.cancelled, nil, cancelled) }
            return (.timedOut, ErrorCode.backtestTimeout.rawValue, late)
        } catch let error as PostgresError where !error.isLostSession && !error.isRetryable {
            // The same rows would be refused again: the run ends here, and the log says why.
            log.error(
                "result refused by the database", ["job": .string(lease.id), "detail": .string(error.description)])
            return (.failed, ErrorCode.internalError.rawValue, "The result could not be stored.")
        }
    }

    private func simulate(_ watch: inout JobWatch, in db: inout Connection) throws {
        var stages = StageClock()
        guard let input = try RunInput.load(lease, cache, in: &db) else { throw RunInput.Gone() }
        let loading = stages.end()
        try hold(.loaded, &watch, in: &db)
        try watch.check(0.2, in: &db)
        let report = try compute(input, &watch, in: &db)
        let computing = stages.end()
        try hold(.computed, &watch, in: &db)
        try watch.check(0.7, in: &db)
        let output = RunOutput(input, report), final = watch
        try output.store(lease, in: &db, check: final.check) { stage in
            // Once the job's row is locked, nobody can wish it to stop any more.
            try hold(stage) { if stage == .copying { try final.check() } }
        }
        log.info(
            "run completed",
            [
                "job": .string(lease.id), "run": .string(input.runID), "attempt": .number(Number(lease.attempt)),
                "bars": .number(Number(input.bars.count)), "from_cache": .bool(input.isFromCache),
                "trades": .number(Number(report.trades.count)), "lease_ms": .number(leasing),
                "load_ms": .number(loading), "compute_ms": .number(computing), "store_ms": .number(stages.end()),
            ])
    }

    private func verify(_ run: String, _ watch: inout JobWatch, in db: inout Connection) throws {
        let (row, input) = try RunVerification.read(run, in: &db)
        try hold(.loaded, &watch, in: &db)
        let verification = try RunVerification(row, input) { try compute(input, &watch, in: &db) }
        try hold(.computed, &watch, in: &db)
        var json = Writer()
        verification.write(into: &json)
        try Queue.finish(lease, result: String(decoding: json.bytes, as: UTF8.self), in: &db)
    }

    private func compute(_ input: RunInput, _ watch: inout JobWatch, in db: inout Connection) throws -> Report {
        var trouble: (any Error)?
        do {
            return try Engine.run(
                input.definition, on: input.bars, from: input.firstTradable, options: input.options,
                periodsPerYear: input.periodsPerYear, limits: EngineLimits(configuration),
                isCancelled: {
                    do { try watch.check(in: &db) } catch { trouble = error }
                    return trouble != nil
                }, now: { UInt64(SystemClock.monotonicNanoseconds()) })
        } catch {
            throw trouble ?? error
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
    ///
    /// - Parameter check: called every few milliseconds; what it throws ends the pause early.
    private func hold(_ stage: Configuration.Stage, _ check: () throws -> Void) throws {
        guard let pause = configuration.testPause, pause.stage == stage else { return }
        log.info("test pause", ["stage": .string(stage.rawValue), "job": .string(lease.id)])
        let until = SystemClock.monotonicNanoseconds() + Int64(pause.milliseconds) * 1_000_000
        while SystemClock.monotonicNanoseconds() < until, !isStopping() {
            try check()
            usleep(5_000)
        }
    }

    /// The same where the session is free, so that the lease is renewed meanwhile.
    private func hold(_ stage: Configuration.Stage, _ watch: inout JobWatch, in db: inout Connection) throws {
        try hold(stage) { try watch.check(in: &db) }
        try watch.check()
    }
}

/// Tells how long stages of work take.
struct StageClock {
    private var last = SystemClock.monotonicNanoseconds()

    /// Ends a stage, and the next begins.
    ///
    /// - Returns: its milliseconds, to the microsecond, as JSON writes them.
    mutating func end() -> Number {
        let now = SystemClock.monotonicNanoseconds()
        defer { last = now }
        return Number(Double((now - last) / 1_000) / 1_000)
    }
}
