/// How a job stands. The raw values are those of the column `jobs.status`.
public enum JobStatus: String, Sendable, CaseIterable {
    case pending, running, completed, failed, cancelled
    case timedOut = "timed_out"

    public var isFinal: Bool { self != .pending && self != .running }
}

/// A job that one worker has until its lease ends. Only the holder of the newest lease can finish the job.
public struct Lease: Sendable, Equatable {
    public let id: String
    public let type: String
    /// The JSON object the job was queued with, as text.
    public let payload: String
    public let worker: String
    /// 1 for the first try. One that was given back is not counted.
    public let attempt: Int
    /// Which lease of the job this is, whatever became of those before: what tells it from the next.
    public let fence: Int
    /// How long the worker may be silent.
    public let seconds: Double
}

/// The job is no longer ours: another worker has it, or it has ended. What we did for it must not be stored.
public struct LeaseLost: Error, Equatable {
    public let id: String

    public init(id: String) { self.id = id }
}
