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
        var watch = Watch(lease)
        do {
            try hold(.leased, watch: &watch, in: &db)
            guard let input = try RunInput.load(lease, in: &db) else {
                return try Queue.fail(lease, .cancelled, code: nil, message: "the run was deleted", in: &db)
            }
            try hold(.loaded, watch: &watch, in: &db)
            guard try Queue.progress(lease, 0.2, in: &db) else { throw Ended.cancelled }
            let report = try compute(input, watch: &watch, in: &db)
            try hold(.computed, watch: &watch, in: &db)
            guard try Queue.progress(lease, 0.7, in: &db) else { throw Ended.cancelled }
            try RunOutput(input, report).store(lease, in: &db, pause: { hold($0) })
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

    private func compute(_ input: RunInput, watch: inout Watch, in db: inout Connection) throws -> Report {
        var trouble: (any Error)?
        let limits = EngineLimits(
            bars: configuration.backtestMaxBars,
            nanoseconds: UInt64(configuration.backtestTimeoutMilliseconds) * 1_000_000,
            bytes: configuration.backtestMaxMemoryBytes)
        do {
            return try Engine.run(
                input.definition, on: input.bars, from: input.firstTradable, options: input.options,
                periodsPerYear: input.periodsPerYear, limits: limits,
                isCancelled: {
                    do { return try watch.wantsStop(in: &db) } catch {
                        trouble = error
                        return true
                    }
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
    ///
    /// - Parameter isOver: asked every few milliseconds; ends the pause early.
    private func hold(_ stage: Configuration.Stage, isOver: () -> Bool = { false }) {
        guard let pause = configuration.testPause, pause.stage == stage else { return }
        log.info("test pause", ["stage": .string(stage.rawValue), "job": .string(lease.id)])
        let until = SystemClock.monotonicNanoseconds() + Int64(pause.milliseconds) * 1_000_000
        while SystemClock.monotonicNanoseconds() < until, !isStopping(), !isOver() { usleep(5_000) }
    }

    /// The same where the run may still be cancelled: outside the transaction that stores it.
    private func hold(_ stage: Configuration.Stage, watch: inout Watch, in db: inout Connection) throws {
        var looked = Result<Bool, any Error>.success(false)
        hold(stage) {
            looked = Result { try watch.wantsStop(in: &db) }
            return (try? looked.get()) ?? true
        }
        if try looked.get() { throw Ended.cancelled }
    }
}

/// A worker's eye on the row of its job while it computes.
private struct Watch {
    /// Often enough that a wish to stop is followed within 100 ms, and seldom enough to cost nothing.
    private static let look: Int64 = 50_000_000
    /// Progress for who watches, and the lease renewed.
    private static let renewal: Int64 = 500_000_000

    private let lease: Lease
    private var nextLook: Int64
    private var nextRenewal: Int64
    private var isWished = false

    init(_ lease: Lease) {
        self.lease = lease
        let now = SystemClock.monotonicNanoseconds()
        nextLook = now + Self.look
        nextRenewal = now + Self.renewal
    }

    /// Cheap to ask: mostly only the clock is read.
    ///
    /// - Throws: ``LeaseLost``, ``PostgresError``.
    mutating func wantsStop(in db: inout Connection) throws -> Bool {
        let now = SystemClock.monotonicNanoseconds()
        guard now >= nextLook else { return isWished }
        nextLook = now + Self.look
        if now >= nextRenewal {
            nextRenewal = now + Self.renewal
            isWished = try !Queue.progress(lease, 0.4, in: &db)
        } else {
            isWished = try Queue.isCancelRequested(lease, in: &db)
        }
        return isWished
    }
}
