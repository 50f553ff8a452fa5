public import Daemon
import JSON
public import Jobs
import Postgres
public import System

/// A process that does jobs: a ``Worker``, a doorbell where there is a socket for one, and what systemd wants to hear.
///
/// The main thread owns all of it; the worker's threads only wake it. What is said at the doorbell is in
/// ``DoorbellQuestion``.
public struct JobService: Sendable {
    /// As it is called in the log and in `pg_stat_activity`.
    private let program: Program
    private let worker: Worker.Settings
    private let databaseURL: String
    private let session: SessionSettings
    private let schema: ReleaseSchema
    private let drain: Drain
    private let metricsFile: String
    private let log: Log

    /// No statement takes longer than a run may, and a thread that stops in the middle of storing (its host sleeps, or is
    /// cut off) does not hold up the one that takes the job after its lease.
    private init(
        _ program: Program, _ worker: Worker.Settings, _ configuration: Configuration,
        statementMilliseconds: Int,
        _ log: Log
    ) {
        (self.program, self.worker, self.log) = (program, worker, log)
        databaseURL = configuration.databaseDirectURL
        schema = ReleaseSchema(directory: configuration.migrationsDirectory)
        metricsFile = configuration.metricsFile
        drain = configuration.drain
        session = SessionSettings(
            applicationName: program.rawValue, connectTimeoutSeconds: 3,
            statementTimeoutMilliseconds: statementMilliseconds,
            // Who waits for a lock renews no lease: another thread would take the job and wait beside it.
            lockTimeoutMilliseconds: Int(worker.leaseSeconds * 300),
            idleInTransactionMilliseconds: Int(worker.leaseSeconds * 500), plansOnce: true)
    }

    /// The one that computes.
    public static func backtestd(_ configuration: Configuration, log: Log) -> JobService {
        JobService(
            .backtestd,
            Worker.Settings(
                name: configuration.backtestName, threads: configuration.backtestWorkers,
                leaseSeconds: Double(configuration.backtestLeaseMilliseconds) / 1_000), configuration,
            statementMilliseconds: min(
                configuration.databaseStatementTimeoutMilliseconds,
                max(1_000, configuration.backtestTimeoutMilliseconds)), log)
    }

    /// The one for everything else.
    public static func worker(_ configuration: Configuration, log: Log) -> JobService {
        JobService(
            .worker, Worker.Settings(name: configuration.workerName, threads: configuration.workerThreads),
            configuration, statementMilliseconds: Configuration.patientStatementMilliseconds, log)
    }

    /// Serves until told to stop; jobs under way are finished first.
    ///
    /// - Parameter socket: the descriptor of a listening Unix socket; nil: nobody rings but the database.
    public func run(
        _ kinds: [any JobKind], socket: Int32? = nil, stop: borrowing StopSignal, notify: Notify
    ) throws {
        let databaseURL = databaseURL, session = session, schema = schema, drain = drain, log = log
        var keeper = session
        keeper.applicationName = program.rawValue + " keeper"
        // The main thread waits for it, and the watchdog for the main thread.
        keeper.statementTimeoutMilliseconds = min(session.statementTimeoutMilliseconds, 5_000)
        let life = Meters.Life(program, sharing: metricsFile, log)
        let wake = try WakeEvent()
        var server = try FrameServer(listening: socket)
        var waiters = Waiters()
        var worker = try Worker(
            worker, kinds: kinds, session: { .logged(databaseURL, session, log) },
            keeperSession: { .logged(databaseURL, keeper, log) },
            obstacle: { db in try drain.isOn ? Drain.sentence : schema.obstacle(&db)?.message },
            wake: { wake.wake() }, report: { $0.write(to: log) })
        notify.ready()
        serving: while true {
            notify.watchdog()
            let patience = waiters.patience(maximum: worker.tend())
            for event in try server.wait(milliseconds: patience, wake: wake, or: worker.bell, stop: stop) {
                switch event {
                case .stop: break serving
                case .woken: Self.answer(waiters.finish(worker.takeEnded()), &server)
                case .left(let client): waiters.forget(client)
                case .asked(let client, let question):
                    let (answer, task) = waiters.take(question, from: client, standing: worker.standing)
                    if let answer { server.answer(client, answer.bytes) }
                    switch task {
                    case .nothing: break
                    case .ring: worker.ring()
                    case .followWishes: worker.followWishes()
                    }
                }
            }
            Self.answer(waiters.dismissLate(), &server)
        }
        notify.stopping()
        worker.stop()
        life.end(.signal)
    }

    private static func answer(_ replies: [Waiters.Reply], _ server: inout FrameServer) {
        for reply in replies { server.answer(reply.client, reply.answer.bytes) }
    }
}

extension WorkerEvent {
    public func write(to log: Log) {
        switch self {
        case .started(let worker, let threads):
            log.info("daemon started", ["worker": .string(worker), "threads": .number(Number(threads))])
        case .stopped(let worker): log.info("daemon stopped", ["worker": .string(worker)])
        case .nameTaken(let name):
            log.warning("another daemon of this name is running: waiting", ["name": .string(name)])
        case .tookUp(let jobs):
            log.info("took up unfinished jobs of an earlier process", ["jobs": .number(Number(jobs))])
        case .leaseLost(let job):
            log.warning("lease lost: another worker has the job", ["job": .string(job)])
        case .interrupted(let detail): log.error("job interrupted", ["detail": .string(detail)])
        case .refused(let job, let detail):
            log.error("job failed", ["job": .string(job), "detail": .string(detail)])
        case .postponed(let job, let seconds, let detail):
            log.warning(
                "job postponed: the database has no room, memory or time for it",
                ["job": .string(job), "after_s": .number(Number(seconds)), "detail": .string(detail)])
        case .unfit(let detail):
            // Nothing is wrong where somebody has asked for it.
            if detail == Drain.sentence {
                log.info("no job is taken", ["detail": .string(detail)])
            } else {
                log.error("no job is taken", ["detail": .string(detail)])
            }
        case .fit: log.info("jobs are taken again", [:])
        case .retrying(let job, let seconds, let detail):
            log.warning(
                "job failed: trying again",
                ["job": .string(job), "after_s": .number(Number(seconds)), "detail": .string(detail)])
        case .notGivenUp(let detail):
            log.warning("runs that failed too often not ended", ["detail": .string(detail)])
        case .attempted(let kind, let outcome, let nanoseconds):
            Meters.current.attempted(kind, outcome, nanoseconds: nanoseconds)
        }
    }
}
