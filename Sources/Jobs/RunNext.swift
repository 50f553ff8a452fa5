public import Postgres
import System

extension JobKind {
    /// Does the next job of this kind on the caller's own session, for where no worker runs: one that waits, or one whose
    /// worker has gone silent.
    ///
    /// - Parameter name: stands for the caller in the queue.
    /// - Returns: whether there was one.
    /// - Throws: ``PostgresError`` when the database fails; the job is then taken up again after its lease.
    public func runNext(as name: String, in db: inout Connection) throws -> Bool {
        let kind = RegisteredKind(self)
        try RegisteredKind.giveUp([kind], in: &db)
        let start = SystemClock.monotonicNanoseconds()
        guard let lease = try Queue.lease([kind.wanted], worker: Queue.workerName(name), in: &db) else { return false }
        var job = RunningJob(
            lease, leasingNanoseconds: SystemClock.monotonicNanoseconds() - start, CancellationFlag(),
            timeoutMilliseconds: timeoutMilliseconds, stopDeadline: { .max })
        try kind.attempt(&job, in: &db) { _ in }
        return true
    }
}
