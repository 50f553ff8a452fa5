import Daemon
import Glibc
import JSON
import Jobs
import Postgres
import System

extension Configuration {
    /// Holds a job for crash tests when it has come to the stage of the test pause, until the time is over or its worker
    /// stops (architecture.md, "backtestd").
    ///
    /// - Parameter check: called every few milliseconds; what it throws ends the pause early.
    func hold(_ stage: Stage, _ job: RunningJob, log: Log, _ check: () throws -> Void) throws {
        guard let testPause, testPause.stage == stage else { return }
        log.info("test pause", ["stage": .string(stage.rawValue), "job": .string(job.id)])
        let end = Deadline(milliseconds: testPause.milliseconds)
        while end.remainingMilliseconds > 0, !job.isWorkerStopping {
            try check()
            usleep(5_000)
        }
    }

    /// The same where the session is free, so that the lease is renewed meanwhile.
    func hold(
        _ stage: Stage, _ job: inout RunningJob, _ done: Double, log: Log, in db: inout Connection
    ) throws {
        let held = job
        try hold(stage, held, log: log) { try job.check(done, in: &db) }
        try job.check()
    }
}
