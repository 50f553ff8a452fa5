public import Daemon
public import JSON
public import Jobs
public import Postgres
import System

/// The job that computes a completed run again from what is stored and holds it against what it said. Its result is the
/// answer; nothing else is stored.
public struct VerifyRun: JobKind {
    public static let name = "verify"
    public static let noun = "run"
    public static let timeoutCode = ErrorCode.backtestTimeout.rawValue

    public struct Payload: JobPayload {
        let run: String

        init(run: String) { self.run = run }

        public init(json: Object) throws {
            guard let run = json["run"]?.stringValue, UUID(run) != nil else {
                throw PostgresError(.unexpectedResult, "a verification of no run")
            }
            self.run = run
        }

        public var json: Object { ["run": .string(run)] }
    }

    private let configuration: Configuration
    private let log: Log

    public init(_ configuration: Configuration, log: Log) { (self.configuration, self.log) = (configuration, log) }

    public var timeoutMilliseconds: Int { configuration.backtestTimeoutMilliseconds }

    public func run(_ payload: Payload, _ job: inout RunningJob, in db: inout Connection) throws -> JobResult {
        try configuration.hold(.leased, &job, 0, log: log, in: &db)
        do {
            let stored = try RunVerification.read(payload.run, in: &db)
            try configuration.hold(.loaded, &job, 0.1, log: log, in: &db)
            let verification = try RunVerification(stored) { try $0.compute(configuration, &job, in: &db) }
            try configuration.hold(.computed, &job, 0.6, log: log, in: &db)
            var json = Writer()
            verification.write(into: &json)
            return .completed(json.bytes)
        } catch let refusal as RunVerification.Refusal {
            throw JobError(JobEnd(.failed, code: refusal.code, refusal.message))
        }
    }

    /// The unfinished verification of a run, or a new one.
    ///
    /// - Throws: ``Problem`` 401 when the account was deleted meanwhile, 429 when the user has as much as the quotas allow.
    static func job(
        for run: String, of userID: String, requestID: String?, _ configuration: Configuration,
        in db: inout Connection
    ) throws -> String {
        let key = "verify/\(run)"
        while true {
            if let job = try db.run(Queue.unfinished(dedupeKey: key)) { return job }
            do {
                return try db.transaction(opening: .holdingUser(userID)) { (db: inout Connection, _) in
                    let job = try enqueue(
                        Payload(run: run), userID: userID, dedupeKey: key, requestID: requestID, in: &db)
                    try db.run(.lockingUsage(of: userID), .usage(of: userID)).1?.checkJobs(configuration)
                    return job
                }
            } catch let error as PostgresError where error.code == .uniqueViolation(constraint: Queue.dedupeConstraint)
            {
                continue  // another request was a moment earlier
            }
        }
    }
}
