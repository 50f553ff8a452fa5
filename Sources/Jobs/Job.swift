public import Postgres

/// How a job stands. The raw values are those of the column `jobs.status`.
public enum JobStatus: String, Sendable, CaseIterable {
    case pending, running, completed, failed, cancelled
    case timedOut = "timed_out"

    public var isFinal: Bool { self != .pending && self != .running }
}

extension JobStatus: ColumnValue, ParameterValue {}

/// A job that one worker has until its lease ends. Only the holder of the newest lease can finish the job.
public struct Lease: Sendable, Equatable {
    public let id: String
    /// The name of its ``JobKind``.
    public let kind: String
    /// The JSON object the job was queued with, as text.
    public let payload: String
    public let worker: String
    /// 1 for the first try. One that was given back is not counted.
    public let attempt: Int
    /// Which lease of the job this is, whatever became of those before: what tells it from the next.
    public let fence: Int
    /// How long the worker may be silent.
    public let seconds: Double
    /// Somebody wished the job to stop before it was leased.
    public let isStopWished: Bool
}

/// The job is no longer ours: another worker has it, or it has ended. What we did for it must not be stored.
public struct LeaseLostError: Error, Equatable {
    public let id: String

    public init(id: String) { self.id = id }
}

/// How a job ends without a result.
public struct JobEnd: Sendable, Equatable {
    /// `failed`, `timedOut` or `cancelled`.
    public let status: JobStatus
    /// A stable code; only what was cancelled has none.
    public let code: String?
    /// For whoever asked for the job.
    public let message: String

    public init(_ status: JobStatus, code: String?, _ message: String) {
        precondition(status.isFinal && status != .completed, "not an end without a result")
        precondition((code == nil) == (status == .cancelled), "a code for all but what was cancelled")
        (self.status, self.code, self.message) = (status, code, message)
    }
}

/// What a kind throws when its work comes to nothing.
public struct JobError: Error, Sendable, Equatable {
    public let end: JobEnd
    /// The same may succeed later: the job is tried again when its kind says so (``JobKind/retry``).
    public let mayPass: Bool
    /// It is not worth trying before so many seconds are over, whatever the kind says.
    public let notBeforeSeconds: Double
    /// Nothing was tried: the job waits its seconds and has as many attempts left as before, however often.
    public let isNoAttempt: Bool

    public init(_ end: JobEnd, mayPass: Bool = false, notBeforeSeconds: Double = 0, isNoAttempt: Bool = false) {
        (self.end, self.mayPass) = (end, mayPass)
        (self.notBeforeSeconds, self.isNoAttempt) = (notBeforeSeconds, isNoAttempt)
    }
}
