import Daemon
import JSON
import Jobs
import Postgres
import Synchronization
import System

/// `backtestd`: takes queued runs from Postgres, computes them on worker threads, and tells waiting responders.
///
/// The main thread owns the socket and its clients; each worker owns one database session. They share only the list of
/// jobs that have just ended. A responder's message is a doorbell: work is found in the table `jobs`, so a lost message
/// costs at most the second until the next look.
public final class BacktestDaemon: Sendable {
    private let configuration: Configuration
    private let log: Log
    /// This process among all daemons: NAME/pid/random. NAME alone is what the lock of ``Queue`` stands for.
    private let worker: String
    private let cache: BarCache
    private let endedJobs = Mutex<[String]>([])
    /// Wakes the main thread when a job has ended.
    private let ended: WakeEvent
    /// Sets one worker to work for each ring.
    private let rung: WakeEvent
    private let running = RunningJobs()
    /// Whether the main thread looks for wishes to stop; a worker that begins a job while it does not wakes it.
    private let isWatching = Atomic(false)
    private let isStopping = Atomic(false)
    private let mayLease = Atomic(false)

    public init(_ configuration: Configuration, log: Log) throws {
        self.configuration = configuration
        self.log = log
        worker = Queue.workerName(configuration.backtestName)
        cache = BarCache(bytes: configuration.backtestCacheBytes)
        ended = try WakeEvent()
        rung = try WakeEvent(countsWakes: true)
    }

    /// Serves until told to stop; a run under way is finished first.
    ///
    /// - Parameter listening: the descriptor of a listening Unix socket.
    public func run(listening: Int32, stop: borrowing StopSignal, notify: Notify) throws {
        var server = FrameServer(listening: listening)
        var desk = WaitingDesk()
        var keeper = Keeper(configuration, worker: worker, log: log)
        let workers = try (0..<configuration.backtestWorkers).map { _ in try WorkerThread.start { self.work() } }
        log.info("daemon started", ["worker": .string(worker), "threads": .number(Number(workers.count))])
        notify.ready()
        var hasRung = false
        serving: while true {
            notify.watchdog()
            mayLease.store(keeper.holdsName(), ordering: .relaxed)
            if running.isAny(olderThanMilliseconds: Self.look) { stopWished(&keeper) }
            isWatching.store(hasRung, ordering: .sequentiallyConsistent)
            if !running.isEmpty { isWatching.store(true, ordering: .sequentiallyConsistent) }
            let limit = isWatching.load(ordering: .sequentiallyConsistent) ? Int(Self.look) : 1_000
            hasRung = false
            for event in try server.wait(milliseconds: desk.patience(atMost: limit), wake: ended, stop: stop) {
                switch event {
                case .stop: break serving
                case .woken: desk.finish(endedJobs.withLock { jobs in exchangeEmpty(&jobs) }, &server)
                case .left(let client): desk.forget(client)
                case .asked(let client, let question):
                    switch desk.take(question, from: client, &server) {
                    case .nothing: break
                    case .ring:
                        rung.wake()
                        hasRung = true
                    case .stop: stopWished(&keeper)
                    }
                }
            }
            desk.dismissLate(&server)
        }
        notify.stopping()
        isStopping.store(true, ordering: .relaxed)
        for _ in workers { rung.wake() }
        for worker in workers { worker.join() }
        log.info("daemon stopped", ["worker": .string(worker)])
    }

    /// Whoever wishes a job to stop says so in its row, wherever they are; on this host they ring, too. Workers cannot
    /// look themselves while their sessions are busy with a COPY.
    private func stopWished(_ keeper: inout Keeper) {
        for job in keeper.wishedToStop() { running.stop(job) }
    }

    /// How often the rows are looked at while a job is under way, in milliseconds: often enough that a wish to stop is
    /// followed within 100, from any host.
    private static let look: Int64 = 50

    /// Whether a daemon listens at this path and answers.
    public static func answers(at path: String) -> Bool { Doorbell.ping(path) }

    /// The life of a worker thread: one job after another, a look at the queue every second when none is rung for.
    private func work() {
        var database = Database(configuration.databaseURL, sessionSettings, log: log)
        var interrupted: Lease?
        var nextGivingUp: Int64 = 0
        while !isStopping.load(ordering: .relaxed) {
            let hadJob = mayLease.load(ordering: .relaxed) && runOne(&database, &interrupted)
            let now = SystemClock.monotonicNanoseconds()
            if now >= nextGivingUp, mayLease.load(ordering: .relaxed) {
                nextGivingUp = now + 1_000_000_000
                giveUp(&database)
            }
            if !hadJob { rung.wait(milliseconds: 1_000) }
        }
    }

    /// Ends what was tried too often; after a job, never before it, because nobody waits for that.
    private func giveUp(_ database: inout Database) {
        do { try database.use { db in try BacktestJob.giveUp(in: &db) } } catch {
            log.warning("runs that failed too often not ended", ["detail": .string("\(error)")])
        }
    }

    /// No statement takes longer than a run may, and a worker that stops in the middle of storing (its host sleeps, or is
    /// cut off) does not hold up the one that takes the job after its lease.
    private var sessionSettings: SessionSettings {
        SessionSettings(
            applicationName: "backtestd", connectTimeoutSeconds: 3,
            statementTimeoutMilliseconds: min(
                configuration.databaseStatementTimeoutMilliseconds,
                max(1_000, configuration.backtestTimeoutMilliseconds)),
            idleInTransactionMilliseconds: configuration.backtestLeaseMilliseconds / 2, plansOnce: true)
    }

    /// - Parameter interrupted: the job in which the database went away, given back as soon as it is there again; its
    ///   lease would let it wait for half a minute, while this process, being alive, proves nothing to anyone.
    /// - Returns: whether there was a job.
    private func runOne(_ database: inout Database, _ interrupted: inout Lease?) -> Bool {
        do {
            return try database.use { db in
                if let lease = interrupted { try Queue.giveBack(lease, in: &db) }
                interrupted = nil
                var stages = StageClock()
                guard
                    let lease = try Queue.lease(
                        BacktestJob.type, worker: self.worker,
                        seconds: Double(self.configuration.backtestLeaseMilliseconds) / 1_000, in: &db)
                else { return false }
                interrupted = lease
                let brake = self.running.enter(lease.id)
                defer { self.running.leave(lease.id) }
                if !self.isWatching.load(ordering: .sequentiallyConsistent) { self.ended.wake() }
                try BacktestJob(
                    self.configuration, lease, leasing: stages.end(), brake, self.cache, log: self.log,
                    isStopping: { self.isStopping.load(ordering: .relaxed) }
                )
                .run(in: &db)
                interrupted = nil
                self.endedJobs.withLock { $0.append(lease.id) }
                self.ended.wake()
                return true
            }
        } catch {
            // The job keeps its lease until it is given back, it ends, or this daemon starts anew.
            log.error("job interrupted", ["detail": .string("\(error)")])
            return false
        }
    }

    private func exchangeEmpty(_ jobs: inout [String]) -> [String] {
        defer { jobs = [] }
        return jobs
    }
}

/// Who waits for which job.
private struct WaitingDesk {
    private struct Waiter {
        let client: FrameServer.Client
        let job: String
        let until: Int64
    }

    private var waiters: [Waiter] = []
    /// Jobs that ended lately: a ring may come after the worker that found the row by itself was already done.
    private var recent: [String] = []

    /// Milliseconds until the first waiter must be answered, at most `limit`.
    func patience(atMost limit: Int) -> Int {
        guard let first = waiters.map(\.until).min() else { return limit }
        let now = SystemClock.monotonicNanoseconds()
        return first <= now ? 0 : min(limit, Int((first - now) / 1_000_000) + 1)
    }

    enum Task {
        case nothing
        /// A worker has to be woken.
        case ring
        /// Somebody wishes a job to stop.
        case stop
    }

    /// - Returns: what is to be done about it.
    mutating func take(_ question: [UInt8], from client: FrameServer.Client, _ server: inout FrameServer) -> Task {
        guard case .object(let question) = try? parse(question) else {
            server.answer(client, Self.answer([("error", "not a JSON object")]))
            return .nothing
        }
        if question["ping"] == .bool(true) {
            server.answer(client, Self.answer([("pong", true)]))
            return .nothing
        }
        guard let job = question["job"]?.stringValue, let wait = question["wait_ms"]?.numberValue?.int, wait >= 0 else {
            server.answer(client, Self.answer([("error", "expected job and wait_ms")]))
            return .nothing
        }
        if recent.contains(job) {
            server.answer(client, Self.answer([("job", .string(job)), ("finished", true)]))
            return .nothing
        }
        if wait > 0, waiters.count < question["places"]?.numberValue?.int ?? .max {
            let until = SystemClock.monotonicNanoseconds() + Int64(min(wait, 60_000)) * 1_000_000
            waiters.append(Waiter(client: client, job: job, until: until))
        } else {
            server.answer(client, Self.answer([("job", .string(job)), ("finished", false)]))
        }
        return question["cancel"] == .bool(true) ? .stop : .ring
    }

    mutating func finish(_ jobs: [String], _ server: inout FrameServer) {
        for job in jobs {
            for waiter in waiters where waiter.job == job {
                server.answer(waiter.client, Self.answer([("job", .string(job)), ("finished", true)]))
            }
            waiters.removeAll { $0.job == job }
        }
        recent = (recent + jobs).suffix(256)
    }

    mutating func forget(_ client: FrameServer.Client) { waiters.removeAll { $0.client == client } }

    mutating func dismissLate(_ server: inout FrameServer) {
        let now = SystemClock.monotonicNanoseconds()
        for waiter in waiters where waiter.until <= now {
            server.answer(waiter.client, Self.answer([("job", .string(waiter.job)), ("finished", false)]))
        }
        waiters.removeAll { $0.until <= now }
    }

    private static func answer(_ members: [(String, Value)]) -> [UInt8] { Value.object(Object(members)).bytes }
}

/// Holds the name of this daemon in the database, so that no second one takes it, and gives back to the queue what an
/// earlier process of this name left unfinished.
private struct Keeper: ~Copyable {
    private var database: Database
    private let name: String
    private let worker: String
    private let log: Log
    private var isHeld = false

    init(_ configuration: Configuration, worker: String, log: Log) {
        self.log = log
        database = Database(configuration, applicationName: "backtestd keeper", log: log)
        name = configuration.backtestName
        self.worker = worker
    }

    /// Which of this process's jobs somebody wishes to stop; none while the database is away.
    mutating func wishedToStop() -> [String] {
        let worker = worker
        return (try? database.use { db in try Queue.cancelRequested(of: worker, in: &db) }) ?? []
    }

    /// Whether the name is ours; taken again after the session was lost. False while another daemon has it.
    mutating func holdsName() -> Bool {
        if isHeld, database.isAlive() { return true }
        let name = name, worker = worker, log = log
        isHeld =
            (try? database.use { db in
                guard try Queue.holdName(name, in: &db) else {
                    log.warning("another daemon of this name is running: waiting", ["name": .string(name)])
                    return false
                }
                let taken = try Queue.reclaim(name: name, for: worker, in: &db)
                if taken > 0 {
                    log.info("took up unfinished jobs of an earlier process", ["jobs": .number(Number(taken))])
                }
                return true
            }) ?? false
        return isHeld
    }
}
