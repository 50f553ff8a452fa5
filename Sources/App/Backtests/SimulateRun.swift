import Backtest
public import Daemon
import JSON
public import Jobs
public import Postgres
import System

/// The job of a run, from its row to its stored result.
///
/// Result, trades, equity, trial, run and job commit in one transaction that first makes sure that the lease is still
/// ours: killed at any point before, nothing is stored and the job is taken up again; after it, the run is complete.
public struct SimulateRun: JobKind {
    public static let name = "backtest"
    public static let noun = "run"
    public static let timeoutCode = ErrorCode.backtestTimeout.rawValue

    private let configuration: Configuration
    private let cache: BarCache
    private let log: Log

    public init(_ configuration: Configuration, log: Log) {
        (self.configuration, self.log) = (configuration, log)
        cache = BarCache(bytes: configuration.backtestCacheBytes)
    }

    public var timeoutMilliseconds: Int { configuration.backtestTimeoutMilliseconds }

    public func run(_ payload: NoPayload, _ job: inout RunningJob, in db: inout Connection) throws -> JobResult {
        do {
            try simulate(&job, in: &db)
            return .stored
        } catch let error as StoredRunError {
            throw JobError(JobEnd(.failed, code: ErrorCode.backtestInvalidDefinition.rawValue, error.message))
        } catch let refusal as BacktestRefusal {
            throw JobError(JobEnd(.failed, code: refusal.code, refusal.message))
        }
    }

    public static func cancelled(_ job: String, in db: inout Connection) throws {
        try RunStore.end(ofJob: job, JobEnd(.cancelled, code: nil, Queue.cancelledOnRequest), in: &db)
    }

    public func ended(_ job: String, _ end: JobEnd, in db: inout Connection) throws {
        guard end.code == Queue.attemptsExhausted else { return try RunStore.end(ofJob: job, end, in: &db) }
        let message = "The run was tried \(Self.attempts) times and never ended."
        try RunStore.end(ofJob: job, JobEnd(.failed, code: ErrorCode.internalError.rawValue, message), in: &db)
    }

    private func simulate(_ job: inout RunningJob, in db: inout Connection) throws {
        try configuration.hold(.leased, &job, 0, log: log, in: &db)
        var stages = StageClock()
        guard let run = try RunStore.start(job: job.id, in: &db) else {
            throw JobError(JobEnd(.cancelled, code: nil, "The run was deleted."))
        }
        let input = try RunInput.load(run, cache, in: &db)
        Meters.current.lookedInCache(wasThere: input.isFromCache)
        let loading = stages.end()
        try configuration.hold(.loaded, &job, 0.1, log: log, in: &db)
        try job.check(0.2, in: &db)
        let began = SystemClock.monotonicNanoseconds()
        let report = try input.compute(configuration, &job, in: &db)
        let took = SystemClock.monotonicNanoseconds() - began
        let computing = stages.end()
        try configuration.hold(.computed, &job, 0.6, log: log, in: &db)
        try job.check(0.7, in: &db)
        let final = job
        try RunOutput(input, report).store(job.lease, in: &db, check: { try final.check() }) { stage in
            // Once the job's row is locked, nobody can wish it to stop any more.
            try configuration.hold(stage, final, log: log) { if stage == .copying { try final.check() } }
        }
        Meters.current.computed(bars: input.bars.count, nanoseconds: took)
        log.info(
            "run completed",
            [
                "job": .string(job.id), "run": .string(run.id), "attempt": .number(Number(job.lease.attempt)),
                "bars": .number(Number(input.bars.count)), "from_cache": .bool(input.isFromCache),
                "trades": .number(Number(report.trades.count)),
                "lease_ms": .number(StageClock.milliseconds(job.leasingNanoseconds)), "load_ms": .number(loading),
                "compute_ms": .number(computing), "store_ms": .number(stages.end()),
            ])
    }
}

extension RunInput {
    /// What comes out, while the job is watched.
    ///
    /// - Throws: ``BacktestRefusal``, but ``EarlyEndError`` when its time is over; what the job's check throws.
    func compute(
        _ configuration: Configuration, _ job: inout RunningJob, in db: inout Connection
    ) throws -> Report {
        var stopError: (any Error)?
        do {
            return try Engine.run(
                run.definition, on: bars, from: firstTradable, options: run.options,
                periodsPerYear: run.settings.periodsPerYear, limits: EngineLimits(configuration),
                isCancelled: {
                    do { try job.check(0.4, in: &db) } catch { stopError = error }
                    return stopError != nil
                }, now: { UInt64(SystemClock.monotonicNanoseconds()) })
        } catch {
            if let stopError { throw stopError }
            if case .timeout = error { throw EarlyEndError.late }
            throw error
        }
    }
}
