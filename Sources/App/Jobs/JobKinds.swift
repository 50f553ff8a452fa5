import Jobs
import Postgres

/// What the whole product must know of its kinds of jobs; a process only registers those it does.
enum JobKinds {
    static let all: [any JobKind.Type] = [
        SimulateRun.self, VerifyRun.self, Maintenance.self, CheckBars.self, ImportBars.self, IngestBars.self,
        PlanIngestion.self, FillOrders.self, AdvanceRunners.self, CheckAlerts.self, DeliverWebhook.self,
    ]

    /// Of which a user may have only so many unfinished ones.
    static let rationed = all.filter { $0.isRationed }.map { $0.name }

    /// Cancels a job, or tells the worker that has it to stop, together with what hangs on it.
    ///
    /// - Returns: the status it has now; nil when there is no such job.
    static func cancel(_ job: String, of type: String, in db: inout Connection) throws -> JobStatus? {
        try db.transaction { db in try cancelWithinTransaction(job, of: type, in: &db) }
    }

    static func cancelWithinTransaction(
        _ job: String, of type: String, in db: inout Connection
    ) throws -> JobStatus? {
        let status = try Queue.cancel(job, in: &db)
        if status == .cancelled { try all.first { $0.name == type }?.cancelled(job, in: &db) }
        return status
    }
}
