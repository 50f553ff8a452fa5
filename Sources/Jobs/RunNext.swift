public import Postgres
import System

extension JobKind {
    /// Does the next job of this kind on the caller's own session, for where no worker runs: one that waits, or one whose
    /// worker has gone silent.
    ///
    /// - Parameters:
    ///   - name: stands for the caller in the queue.
    ///   - report: told what an operator should know: why a job failed stands nowhere else.
    /// - Returns: whether there was one.
    /// - Throws: ``PostgresError`` when the database fails; the job is then taken up again after its lease.
    public func runNext(
        as name: String, in db: inout Connection, report: (WorkerEvent) -> Void
    ) throws -> Bool {
        let kind = RegisteredKind(self)
        try RegisteredKind.giveUp([kind], in: &db)
        let start = SystemClock.monotonicNanoseconds()
        guard let lease = try Queue.lease([kind.wanted], worker: Queue.workerName(name), in: &db) else { return false }
        var job = RunningJob(
            lease, leasingNanoseconds: SystemClock.monotonicNanoseconds() - start, CancellationFlag(),
            timeoutMilliseconds: timeoutMilliseconds, stopDeadline: { .max })
        _ = try kind.attempt(&job, in: &db, report: report)
        return true
    }
}
