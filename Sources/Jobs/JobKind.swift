public import JSON
public import Postgres

/// One kind of work: what it is called, what it is told, how often and how long it is tried, and what does it.
///
/// ```swift
/// struct SendReminder: JobKind {
///     static let name = "reminder"
///     static let retry: Retry? = Retry(firstSeconds: 30, maximumSeconds: 3_600)
///     let timeoutMilliseconds = 10_000
///
///     func run(_ payload: NoPayload, _ job: inout RunningJob, in db: inout Connection) throws -> JobResult {
///         .completed(nil)
///     }
/// }
///
/// try SendReminder.enqueue(in: &db)
/// ```
public protocol JobKind: Sendable {
    associatedtype Payload: JobPayload

    /// The column `jobs.job_type`: lower case, digits and underscores.
    static var name: String { get }
    /// What those call it who asked for it, in messages: "The run took longer than 5000 ms."
    static var noun: String { get }
    /// How many workers it may end, or how often it may fail where it is tried again; 3 at most.
    static var attempts: Int { get }
    /// How long it waits after a failure that may pass; nil: such a failure is final.
    static var retry: Retry? { get }
    /// The code of a job whose time was over.
    static var timeoutCode: String { get }
    /// How long finished jobs are kept.
    static var retentionDays: Int { get }
    /// Whether it counts among the unfinished jobs of which a user may have only so many.
    static var isRationed: Bool { get }
    /// Whether it waits for others, who may be slow: such jobs never take the last thread of a worker that has several.
    static var waitsForOthers: Bool { get }
    /// Whether somebody looks for what it does: such kinds come before the others, but for every fourth job.
    static var isUrgent: Bool { get }
    /// Whether its end waits until it is on the disk. It need not where all that a job does is in the same database and nobody
    /// is told that it is over: a crash of the server then takes the end back before it takes anything that came earlier, and
    /// the job is done again.
    static var waitsForDisk: Bool { get }

    /// The wall clock that one attempt may take.
    var timeoutMilliseconds: Int { get }

    /// Does the work, on a thread and a session of its own.
    ///
    /// A wish to cancel it, and its time-out, end the statement that is under way on `db`; between statements
    /// ``RunningJob/check()`` tells of both. Work that takes long says how far it is: that renews the lease.
    ///
    /// - Throws: ``JobError`` to end the job; what `job` and `db` throw may be passed on.
    func run(_ payload: Payload, _ job: inout RunningJob, in db: inout Connection) throws -> JobResult

    /// Called in the transaction in which a worker ends a job without a result, for what hangs on the job.
    func ended(_ job: String, _ end: JobEnd, in db: inout Connection) throws

    /// The same of one that somebody cancels while it waits: no worker ever has it.
    static func cancelled(_ job: String, in db: inout Connection) throws
}

extension JobKind {
    public static var noun: String { "job" }
    public static var attempts: Int { Queue.maximumAttempts }
    public static var retry: Retry? { nil }
    public static var timeoutCode: String { "JOB_TIMEOUT" }
    public static var retentionDays: Int { Queue.standardRetentionDays }
    public static var isRationed: Bool { true }
    public static var waitsForOthers: Bool { false }
    public static var isUrgent: Bool { false }
    public static var waitsForDisk: Bool { true }

    public func ended(_ job: String, _ end: JobEnd, in db: inout Connection) throws {}
    public static func cancelled(_ job: String, in db: inout Connection) throws {}
}

/// What a job is told when it is queued. A trigger that queues jobs writes the same in SQL of its own.
public protocol JobPayload: Sendable {
    var json: Object { get }

    /// - Throws: anything for what is no such payload; the job fails.
    init(json: Object) throws
}

/// Of a kind whose name says it all.
public struct NoPayload: JobPayload {
    public init() {}
    public init(json: Object) {}
    public var json: Object { [:] }
}

/// What came out of a job.
public enum JobResult: Sendable {
    /// The worker finishes the job, with a JSON object for whoever asked; nil when it left what it did elsewhere.
    case completed([UInt8]?)
    /// The kind has finished it, with ``Queue/finishing(_:result:)`` in the transaction that stored what came out.
    case stored
}

/// How long a job waits after each failure: twice as long every time.
public struct Retry: Sendable, Equatable {
    public let firstSeconds: Double
    public let maximumSeconds: Double

    public init(firstSeconds: Double, maximumSeconds: Double) {
        (self.firstSeconds, self.maximumSeconds) = (firstSeconds, maximumSeconds)
    }

    /// - Parameter attempt: the one that failed, from 1.
    func seconds(after attempt: Int) -> Double {
        var seconds = firstSeconds
        for _ in 1..<max(1, attempt) where seconds < maximumSeconds { seconds *= 2 }
        return min(seconds, maximumSeconds)
    }
}

extension JobKind {
    /// Queues a job, in the caller's transaction where there is one.
    ///
    /// - Parameters:
    ///   - userID: who asked for it; nil: the system.
    ///   - dedupeKey: at most one unfinished job may have it.
    ///   - seconds: it is not begun before these are over.
    /// - Throws: ``PostgresError`` `.uniqueViolation` of ``Queue/dedupeConstraint`` when an unfinished job has the key.
    /// - Returns: the job's id.
    @discardableResult
    public static func enqueue(
        _ payload: Payload, userID: String? = nil, dedupeKey: String? = nil, requestID: String? = nil,
        afterSeconds seconds: Double = 0, in db: inout Connection
    ) throws -> String {
        try db.run(
            Queue.enqueuing(
                nil, name, payload: text(payload), userID: userID, dedupeKey: dedupeKey, requestID: requestID,
                afterSeconds: seconds))
    }

    /// Queues a job, unless an unfinished one has its key.
    ///
    /// - Returns: the id of the one that is there now, and whether this call has queued it.
    public static func enqueueOnce(
        _ payload: Payload, dedupeKey: String, userID: String? = nil, requestID: String? = nil,
        in db: inout Connection
    ) throws -> (id: String, isNew: Bool) {
        while true {
            let queued = try db.run(
                Queue.enqueuingOnce(
                    name, payload: text(payload), dedupeKey: dedupeKey, userID: userID, requestID: requestID))
            // Else the one in the way began or ended in this very moment.
            if let queued { return queued }
        }
    }

    /// Queues a job under an id of the caller's, for a transaction that opens with it.
    ///
    /// - Parameter id: a random UUID.
    public static func enqueuing(
        _ id: String, _ payload: Payload, userID: String? = nil, requestID: String? = nil
    ) -> Query<String> {
        Queue.enqueuing(id, name, payload: text(payload), userID: userID, requestID: requestID)
    }

    private static func text(_ payload: Payload) -> String {
        String(decoding: Value.object(payload.json).bytes, as: UTF8.self)
    }
}

extension JobKind where Payload == NoPayload {
    @discardableResult
    public static func enqueue(
        userID: String? = nil, dedupeKey: String? = nil, afterSeconds seconds: Double = 0, in db: inout Connection
    ) throws -> String {
        try enqueue(NoPayload(), userID: userID, dedupeKey: dedupeKey, afterSeconds: seconds, in: &db)
    }
}
