import HTTP
import JSON
import Jobs
import Postgres

/// `POST /api/backtests/{id}/verify`: the run computed again from what is stored, and held against what it said.
///
/// A job of the daemon like the run itself, so that no request computes: it has no table of its own, and its result is
/// the answer. As long as it is not over, asking again waits for the same job.
enum BacktestVerification {
    /// As the job has stored it.
    private static let verified = Answer(
        200, "What came out", Form<Value>(RunVerification.form.schema) { json, value in json.value(value) })

    static let verify = Route(
        .post, "/api/backtests/{id}/verify", .signedIn(.research),
        "Computes a completed run again and compares the result bit by bit. Stores nothing.", takes: .id(.backtest),
        answers: [verified, JobRow.queued],
        errors: [
            .jobNotFound, .backtestInvalidState, .backtestInvalidDefinition, .backtestTimeout,
            .backtestBarLimitExceeded, .backtestResourceLimitExceeded, .quotaExceeded,
        ],
        limit: .runs
    ) { call, db, id in
        let userID = try call.userID()
        guard let run = try db.run(.backtest(id, of: userID)) else { throw Thing.backtest.missing(id) }
        guard run.status == .completed else {
            throw BacktestChanges.invalidState("Only a completed run can be verified.")
        }
        let jobID = try VerifyRun.job(for: id, of: userID, requestID: call.requestID, call.configuration, in: &db)
        DaemonClient(call.configuration).wait(forJob: jobID)
        guard let job = try db.run(.job(jobID, of: userID)) else { throw Thing.job.missing(jobID) }
        switch job.status {
        case .pending, .running: return job.whereToLook
        case .completed: return verified(job.result ?? .null)
        case .failed, .timedOut:
            throw Problem(job.failure.flatMap { ErrorCode(rawValue: $0.code) } ?? .internalError, job.failure?.message)
        case .cancelled: throw BacktestChanges.invalidState(job.failure?.message ?? "The verification was cancelled.")
        }
    }
}
