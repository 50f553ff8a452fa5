import Postgres

/// Holds the name of a worker in the database, so that no second one takes it, and gives back to the queue what an
/// earlier process of this name left unfinished.
struct NameKeeper: ~Copyable {
    private var session: Session
    private let name: String
    private let worker: String
    private let report: @Sendable (WorkerEvent) -> Void
    private var isHeld = false

    /// - Parameter worker: NAME/pid/random.
    init(
        _ session: consuming Session, name: String, worker: String, report: @escaping @Sendable (WorkerEvent) -> Void
    ) {
        self.session = session
        (self.name, self.worker, self.report) = (name, worker, report)
    }

    /// Which of this process's jobs somebody wishes to stop; none while the database is away.
    mutating func cancelRequested() -> [String] {
        let worker = worker
        return (try? session.use { db in try db.run(Queue.cancelRequested(of: worker)) }) ?? []
    }

    /// Whether the name is ours; taken again after the session was lost. False while another worker has it.
    mutating func holdsName() -> Bool {
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
