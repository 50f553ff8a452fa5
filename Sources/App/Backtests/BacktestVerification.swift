import HTTP
import JSON
import Jobs
import Postgres

/// `POST /api/backtests/{id}/verify`: the run computed again from what is stored, and held against what it said.
///
/// A job of the daemon like the run itself, so that no request computes: it has no table of its own, and its result is
/// the answer. As long as it is not over, asking again waits for the same job.
enum BacktestVerification {
    static let verify = Route(
        method: .post, path: "/api/backtests/{id}/verify", access: .signedIn(.research),
        about: "Computes a completed run again and compares the result bit by bit. Stores nothing.",
        parameters: [.path("id", .uuid, "The run")],
        answers: [
            .init(status: 200, about: "What came out", schema: schema),
            .init(status: 202, about: "Queued; `Location` tells where to look", schema: .named("Job")),
        ],
        errors: [
            .validationError, .backtestNotFound, .backtestInvalidState, .backtestInvalidDefinition, .backtestTimeout,
            .backtestBarLimitExceeded, .backtestResourceLimitExceeded, .quotaExceeded,
        ],
        limit: .runs,
        handler: .database { call, db in
            let id = try BacktestChanges.identifier(call), userID = try call.userID()
            guard let row = try db.backtest(id, of: userID) else { throw BacktestChanges.notFound(id) }
            guard row.status == JobStatus.completed.rawValue else {
                throw BacktestChanges.invalidState("Only a completed run can be verified.")
            }
            let jobID = try job(for: id, of: userID, call, in: &db)
            InlineWaiting.wait(forJob: jobID, call.configuration)
            guard let job = try db.job(jobID, of: userID) else { throw Problem(.jobNotFound) }
            switch job.status {
            case .pending, .running: return job.queued
            case .completed: return .json { $0.raw(Array((job.result ?? "null").utf8)) }
            case .failed, .timedOut:
                throw Problem(job.errorCode.flatMap(ErrorCode.init) ?? .internalError, job.errorMessage)
            case .cancelled: throw BacktestChanges.invalidState(job.errorMessage ?? "The verification was cancelled.")
            }
        })

    /// The unfinished verification of the run, or a new one.
    private static func job(for run: String, of userID: String, _ call: Call, in db: inout Connection) throws -> String
    {
        let key = "verify/\(run)"
        while true {
            if let job = try Queue.unfinished(dedupeKey: key, in: &db) { return job }
            var payload = Writer(capacity: 64)
            payload.object { $0.member("verify", run) }
            do {
                return try db.transaction { db in
                    let job = try Queue.enqueue(
                        BacktestJob.type, payload: String(decoding: payload.bytes, as: UTF8.self), userID: userID,
                        dedupeKey: key, requestID: call.request.requestID.isEmpty ? nil : call.request.requestID,
                        in: &db)
                    try Quotas.check(userID, call.configuration, in: &db)
                    return job
                }
            } catch let error as PostgresError where error.code == .uniqueViolation(constraint: Queue.dedupeConstraint)
            {
                continue  // another request was a moment earlier
            }
        }
    }

    /// The run that a job is to verify; nil when it is another kind of job.
    static func run(of lease: Lease) -> String? {
        (try? parse(Array(lease.payload.utf8)))?.objectValue?["verify"]?.stringValue
    }

    private static let schema = Schema.object([
        ("id", .uuid), ("outcome", .oneOf(RunVerification.Outcome.allCases.map(\.rawValue))),
        ("result_hash", comparison(.text.orNull)), ("bars_hash", comparison(.text.orNull)),
        ("bar_revision", comparison(.integer().orNull)), ("engine_version", comparison(.text.orNull)),
    ])

    private static func comparison(_ schema: Schema) -> Schema { .object([("run", schema), ("now", schema)]) }
}
