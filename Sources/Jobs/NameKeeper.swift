public import Postgres
import System

/// Whether a worker takes jobs, and if not why. The raw values are said at the doorbell.
public enum WorkerStanding: String, Sendable, CaseIterable {
    case doesJobs = "does_jobs"
    /// Another process has its name.
    case waitsForName = "waits_for_name"
    /// Something is in the way: the schema is not one that this code can work with, or its host is to be left alone.
    case heldBack = "held_back"
    /// It has not been seen yet, or is away.
    case waitsForDatabase = "waits_for_database"
}

/// Holds the name of a worker in the database, so that no second one takes it, and gives back to the queue what an
/// earlier process of this name left unfinished. It also looks whether schema and code still go together, and hears the
/// database's bell for jobs that nobody at a socket rings for (V0541__ring_for_jobs.sql).
public struct NameKeeper: ~Copyable {
    /// Why jobs must not be taken from the database as it is; nil when they may.
    public typealias Obstacle = @Sendable (inout Connection) throws -> String?

    /// How long an answer about the schema holds, in nanoseconds.
    private static let fitness: Int64 = 5_000_000_000

    private var session: Session
    private let name: String
    private let worker: String
    private let report: @Sendable (WorkerEvent) -> Void
    private let obstacle: Obstacle
    private var isHeld = false
    private var standing = WorkerStanding.waitsForDatabase
    private var nextLook: Int64 = 0

    /// - Parameter worker: NAME/pid/random.
    init(
        _ session: consuming Session, name: String, worker: String, obstacle: @escaping Obstacle,
        report: @escaping @Sendable (WorkerEvent) -> Void
    ) {
        self.session = session
        (self.name, self.worker, self.obstacle, self.report) = (name, worker, obstacle, report)
    }

    /// Takes the name where it is free, and looks every few seconds whether anything is in the way.
    mutating func look() -> WorkerStanding {
        do {
            guard try holdsName() else {
                standing = .waitsForName
                return standing
            }
            let now = SystemClock.monotonicNanoseconds(), obstacle = obstacle, before = standing
            let isKnown = standing == .doesJobs || standing == .heldBack
            guard !isKnown || now >= nextLook else { return standing }
            let found = try session.use { db in try obstacle(&db) }
            nextLook = now + Self.fitness
            standing = found == nil ? .doesJobs : .heldBack
            if let found, before != .heldBack { report(.unfit(detail: found)) }
            if found == nil, before == .heldBack { report(.fit) }
        } catch {
            standing = .waitsForDatabase
        }
        return standing
    }

    /// Of which kinds jobs were queued since the last call, as far as it was told by the time of ``look()``.
    mutating func takeRings() -> Set<String> { Set(session.takeNotifications()) }

    /// Where the next ring is waited for; nil while the database is away.
    var bell: Int32? { session.socket }

    /// Which of this process's jobs somebody wishes to stop; none while the database is away.
    mutating func cancelRequested() -> [String] {
        let worker = worker
        return (try? session.use { db in try db.run(Queue.cancelRequested(of: worker)) }) ?? []
    }

    /// Whether the name is ours; taken again after the session was lost. False while another worker has it.
    private mutating func holdsName() throws -> Bool {
        if isHeld, session.isAlive() { return true }
        isHeld = false
        let name = name, worker = worker, report = report
        isHeld = try session.use { db in
            guard try db.run(Queue.holdingName(name)) else {
                report(.nameTaken(name))
                return false
            }
            try db.run(Queue.listening)
            let taken = try db.run(Queue.reclaiming(name: name, for: worker))
            if taken > 0 { report(.tookUp(taken)) }
            return true
        }
        return isHeld
    }
}
