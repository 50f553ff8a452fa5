public import Postgres
import Synchronization
import System

/// Takes jobs of some kinds from the queue and does them on threads, each with its own session.
///
/// The main thread owns it and calls ``tend()`` between two waits. Work is found in the table `jobs`; ``ring()`` only says
/// that it is worth looking, so a ring that is lost costs at most the second until the next look.
public struct Worker: ~Copyable {
    public struct Settings: Sendable {
        /// Stands for this worker among all: a second process of the name waits until the first is gone.
        public let name: String
        public let threads: Int
        /// How long a thread may be silent before others may take its job.
        public let leaseSeconds: Double
        /// How long jobs under way may go on when the worker is to stop; then they are given back.
        public let stopSeconds: Double

        public init(
            name: String, threads: Int, leaseSeconds: Double = Queue.leaseSeconds, stopSeconds: Double = 8
        ) {
            (self.name, self.threads) = (name, threads)
            (self.leaseSeconds, self.stopSeconds) = (leaseSeconds, stopSeconds)
        }
    }

    /// How often the rows are looked at for wishes to stop while a job is under way, in milliseconds: often enough that
    /// one is followed within 100, from any host.
    private static let look: Int64 = 50
    /// How long the main thread may wait when nothing is under way, in milliseconds.
    private static let idle = 1_000

    private let crew: Crew
    private var keeper: NameKeeper
    private let threads: [WorkerThread.Handle]
    private var hasRung = false
    /// As it was at the last ``tend()``.
    public private(set) var standing = WorkerStanding.waitsForDatabase

    /// Starts the threads; they take no job before ``tend()`` has got hold of the name.
    ///
    /// - Parameters:
    ///   - kinds: in the order in which they are served; the turns of users hold within a kind.
    ///   - session: makes the session of a thread. Its settings bound what a thread that is cut off holds up: an
    ///     idle-in-transaction time-out below the lease.
    ///   - keeperSession: makes the one that holds the name. The main thread waits for it: a time-out of a few seconds.
    ///   - obstacle: why jobs must not be taken from the database as it is; nil when they may. Asked every few seconds, for
    ///     the schema may change under a process that runs.
    ///   - wake: ends the wait of the main thread, from any thread: a job has begun or ended.
    ///   - report: told what an operator should know, on any thread.
    public init(
        _ settings: Settings, kinds: [any JobKind], session: @escaping @Sendable () -> Session,
        keeperSession: () -> Session, obstacle: @escaping NameKeeper.Obstacle = { _ in nil },
        wake: @escaping @Sendable () -> Void, report: @escaping @Sendable (WorkerEvent) -> Void
    ) throws {
        let crew = try Crew(settings, kinds.map { RegisteredKind($0) }, session, wake, report)
        let threads = try (0..<settings.threads).map { _ in try WorkerThread.start { crew.work() } }
        (self.crew, self.threads) = (crew, threads)
        keeper = NameKeeper(
            keeperSession(), name: settings.name, worker: crew.worker, obstacle: obstacle, report: report)
        report(.started(worker: crew.worker, threads: settings.threads))
    }

    /// What the main thread does between two waits: holds the name, and follows wishes to stop.
    ///
    /// - Returns: how many milliseconds it may wait at most.
    public mutating func tend() -> Int {
        standing = keeper.look()
        for kind in keeper.takeRings() where crew.does(kind) { ring() }
        crew.mayLease.store(standing == .doesJobs, ordering: .relaxed)
        if crew.underWay.isAny(olderThanMilliseconds: Self.look) { followWishes() }
        crew.isWatched.store(hasRung, ordering: .sequentiallyConsistent)
        if !crew.underWay.isEmpty { crew.isWatched.store(true, ordering: .sequentiallyConsistent) }
        hasRung = false
        return crew.isWatched.load(ordering: .sequentiallyConsistent) ? Int(Self.look) : Self.idle
    }

    /// Where the main thread waits, besides all else, for the database to ring; then comes ``tend()``. Nil while it is away.
    public var bell: Int32? { keeper.bell }

    /// Sets a thread to work, because a job has been queued.
    public mutating func ring() {
        crew.bell.wake()
        hasRung = true
    }

    /// Whoever wishes a job to stop says so in its row, wherever they are; on this host they ring, too. Threads cannot look
    /// themselves while their sessions are busy with a COPY.
    public mutating func followWishes() {
        for job in keeper.cancelRequested() { crew.underWay.cancel(job) }
    }

    /// The ids of the jobs that have ended since the last call.
    public func takeEnded() -> [String] {
        crew.ended.withLock { jobs in
            defer { jobs = [] }
            return jobs
        }
    }

    /// Takes no more jobs, and returns when those under way are done or given back.
    public consuming func stop() {
        crew.stop()
        for _ in threads { crew.bell.wake() }
        for thread in threads { thread.join() }
        crew.report(.stopped(worker: crew.worker))
    }
}

/// What the threads of a worker share.
private final class Crew: Sendable {
    /// NAME/pid/random.
    let worker: String
    let report: @Sendable (WorkerEvent) -> Void
    let underWay = JobsUnderWay()
    let ended = Mutex<[String]>([])
    /// Sets one thread to work for each ring.
    let bell: WakeEvent
    /// Whether the main thread looks for wishes to stop; a thread that begins a job while it does not wakes it.
    let isWatched = Atomic(false)
    /// Until when jobs under way may go on, on the monotonic clock; `Int64.max` while nobody wishes us to stop.
    private let stopDeadline = Atomic(Int64.max)
    let mayLease = Atomic(false)
    /// How many more threads may be at jobs that wait for others.
    private let waitingPlaces: Atomic<Int>
    private let settings: Worker.Settings
    private let kinds: [RegisteredKind]
    private let session: @Sendable () -> Session
    private let wake: @Sendable () -> Void

    init(
        _ settings: Worker.Settings, _ kinds: [RegisteredKind], _ session: @escaping @Sendable () -> Session,
        _ wake: @escaping @Sendable () -> Void, _ report: @escaping @Sendable (WorkerEvent) -> Void
    ) throws {
        worker = Queue.workerName(settings.name)
        bell = try WakeEvent(countsWakes: true)
        waitingPlaces = Atomic(max(1, settings.threads - 1))
        (self.settings, self.kinds, self.session, self.wake, self.report) = (settings, kinds, session, wake, report)
    }

    func does(_ kind: String) -> Bool { kinds.contains { $0.wanted.name == kind } }

    func stop() {
        let now = SystemClock.monotonicNanoseconds()
        stopDeadline.store(now + Int64(settings.stopSeconds * 1e9), ordering: .relaxed)
    }

    /// The life of a thread: one job after another, a look at the queue every second when none is rung for.
    func work() {
        var session = session()
        /// The job in which the database went away, given back as soon as it is there again; its lease would let it wait
        /// for half a minute, while this process, being alive, proves nothing to anyone.
        var interrupted: Lease?
        var turns = Turns(kinds, isUrgent: \.isUrgent)
        var nextGivingUp: Int64 = 0
        while stopDeadline.load(ordering: .relaxed) == .max {
            let kind = mayLease.load(ordering: .relaxed) ? runOne(&session, turns.order, &interrupted) : nil
            if let kind { turns.serve { $0.wanted.name == kind.wanted.name } }
            let now = SystemClock.monotonicNanoseconds()
            if now >= nextGivingUp, mayLease.load(ordering: .relaxed) {
                nextGivingUp = now + 1_000_000_000
                giveUp(&session)
            }
            if kind == nil { bell.wait(milliseconds: 1_000) }
        }
        // Else whoever takes the name next would believe that the job has ended this process.
        if let interrupted { try? session.use { db in try Queue.giveBackInterrupted(interrupted, in: &db) } }
    }

    /// - Returns: the kind of the job that was done; nil where there was none.
    private func runOne(
        _ session: inout Session, _ order: [RegisteredKind], _ interrupted: inout Lease?
    ) -> RegisteredKind? {
        do {
            return try session.use { db in
                if let lease = interrupted { try Queue.giveBackInterrupted(lease, in: &db) }
                interrupted = nil
                var hasPlace = order.contains(where: \.waitsForOthers) && takeWaitingPlace()
                defer { if hasPlace { waitingPlaces.wrappingAdd(1, ordering: .relaxed) } }
                let wanted = hasPlace ? order : order.filter { !$0.waitsForOthers }
                let start = SystemClock.monotonicNanoseconds()
                let leased = try Queue.lease(
                    wanted.map(\.wanted), worker: worker, seconds: settings.leaseSeconds, in: &db)
                guard let lease = leased, let kind = kinds.first(where: { $0.wanted.name == lease.kind }) else {
                    return nil
                }
                if hasPlace, !kind.waitsForOthers {
                    waitingPlaces.wrappingAdd(1, ordering: .relaxed)
                    hasPlace = false
                }
                interrupted = lease
                let flag = underWay.enter(lease.id)
                defer { underWay.leave(lease.id) }
                if !isWatched.load(ordering: .sequentiallyConsistent) { wake() }
                var job = RunningJob(
                    lease, leasingNanoseconds: SystemClock.monotonicNanoseconds() - start, flag,
                    timeoutMilliseconds: kind.timeoutMilliseconds,
                    stopDeadline: { self.stopDeadline.load(ordering: .relaxed) })
                let hasEnded = try kind.attempt(&job, in: &db, report: report)
                interrupted = nil
                if hasEnded { tell([lease.id]) }
                return kind
            }
        } catch {
            // The job keeps its lease until it is given back, it ends, or this worker starts anew.
            report(.interrupted(detail: "\(error)"))
            return nil
        }
    }

    /// - Returns: false when all places are taken.
    private func takeWaitingPlace() -> Bool {
        guard waitingPlaces.wrappingSubtract(1, ordering: .relaxed).newValue < 0 else { return true }
        waitingPlaces.wrappingAdd(1, ordering: .relaxed)
        return false
    }

    /// Lets the main thread tell whoever waits that these jobs have ended.
    private func tell(_ jobs: [String]) {
        guard !jobs.isEmpty else { return }
        ended.withLock { $0 += jobs }
        wake()
    }

    /// Ends what was tried too often; after a job, never before it, because nobody waits for that.
    private func giveUp(_ session: inout Session) {
        do { tell(try session.use { db in try RegisteredKind.giveUp(kinds, in: &db) }) } catch {
            report(.notGivenUp(detail: "\(error)"))
        }
    }
}
