public import Postgres
import System

/// Holds the name of a worker in the database, so that no second one takes it, and gives back to the queue what an
/// earlier process of this name left unfinished. It also looks whether schema and code still go together.
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
    /// Nil until it was looked at.
    private var isFit: Bool?
    private var nextLook: Int64 = 0

    /// - Parameter worker: NAME/pid/random.
    init(
        _ session: consuming Session, name: String, worker: String, obstacle: @escaping Obstacle,
        report: @escaping @Sendable (WorkerEvent) -> Void
    ) {
        self.session = session
        (self.name, self.worker, self.obstacle, self.report) = (name, worker, obstacle, report)
    }

    /// Whether jobs may be taken: the name is ours, and nothing is in the way.
    mutating func mayLease() -> Bool {
        guard holdsName() else { return false }
        let now = SystemClock.monotonicNanoseconds(), obstacle = obstacle
        guard now >= nextLook else { return isFit == true }
        // While the database is away it is asked again at the next call.
        guard let found = try? session.use({ db in Found(try obstacle(&db)) }) else { return false }
        nextLook = now + Self.fitness
        if let detail = found.obstacle, isFit != false { report(.unfit(detail: detail)) }
        if found.obstacle == nil, isFit == false { report(.fit) }
        isFit = found.obstacle == nil
        return isFit == true
    }

    private struct Found {
        let obstacle: String?
        init(_ obstacle: String?) { self.obstacle = obstacle }
    }

    /// Which of this process's jobs somebody wishes to stop; none while the database is away.
    mutating func cancelRequested() -> [String] {
        let worker = worker
        return (try? session.use { db in try db.run(Queue.cancelRequested(of: worker)) }) ?? []
    }

    /// Whether the name is ours; taken again after the session was lost. False while another worker has it.
    private mutating func holdsName() -> Bool {
        if isHeld, session.isAlive() { return true }
        let name = name, worker = worker, report = report
        isHeld =
            (try? session.use { db in
                guard try db.run(Queue.holdingName(name)) else {
                    report(.nameTaken(name))
                    return false
                }
                let taken = try db.run(Queue.reclaiming(name: name, for: worker))
                if taken > 0 { report(.tookUp(taken)) }
                return true
            }) ?? false
        return isHeld
    }
}
