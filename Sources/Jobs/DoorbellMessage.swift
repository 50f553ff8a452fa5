import JSON

/// What is said at the doorbell of a worker: one JSON object each way.
///
/// `{"job": id, "wait_ms": n, "places": m}` is answered `{"job": id, "finished": true}` when the job has ended, or
/// `{"job": id, "finished": false}` when the time is over, and at once when m others wait already; with `"cancel": true`
/// it is the news that the row says to stop the job; `{"ping": true}` is answered `{"pong": true, "standing": "does_jobs"}`.
/// The row in `jobs` is the truth, the message only the doorbell: whatever fails here, the job stays queued.
public enum DoorbellQuestion: Sendable, Equatable {
    case ping
    /// - Parameters:
    ///   - waitMilliseconds: 0 rings and goes away.
    ///   - places: how many may wait at once. The worker counts, so nobody needs the database for it, and a responder that
    ///     dies gives its place back with its connection.
    ///   - isCancelled: the job is to stop, and its row says so already.
    case job(String, waitMilliseconds: Int, places: Int, isCancelled: Bool)

    /// Why bytes are no question.
    struct DoorbellError: Error, Equatable { let reason: String }

    init(_ bytes: [UInt8]) throws(DoorbellError) {
        guard let question = (try? parse(bytes))?.objectValue else { throw DoorbellError(reason: "not a JSON object") }
        if question["ping"] == .bool(true) {
            self = .ping
            return
        }
        guard let job = question["job"]?.stringValue, let wait = question["wait_ms"]?.numberValue?.int, wait >= 0 else {
            throw DoorbellError(reason: "expected job and wait_ms")
        }
        self = .job(
            job, waitMilliseconds: wait, places: question["places"]?.numberValue?.int ?? .max,
            isCancelled: question["cancel"] == .bool(true))
    }

    public var bytes: [UInt8] {
        switch self {
        case .ping: return Value.object(["ping": true]).bytes
        case .job(let job, let wait, let places, let isCancelled):
            var members: [(String, Value)] = [
                ("job", .string(job)), ("wait_ms", .number(Number(wait))), ("places", .number(Number(places))),
            ]
            if isCancelled { members.append(("cancel", true)) }
            return Value.object(Object(members)).bytes
        }
    }
}

public enum DoorbellAnswer: Sendable, Equatable {
    case pong(WorkerStanding)
    case job(String, isFinished: Bool)
    case refused(String)

    /// Nil for what is no answer.
    public init?(_ bytes: [UInt8]) {
        guard let answer = (try? parse(bytes))?.objectValue else { return nil }
        if answer["pong"] == .bool(true) {
            // A daemon of an earlier release says no more than that it is there.
            self = .pong(answer["standing"]?.stringValue.flatMap(WorkerStanding.init) ?? .doesJobs)
        } else if let job = answer["job"]?.stringValue, let isFinished = answer["finished"]?.boolValue {
            self = .job(job, isFinished: isFinished)
        } else if let reason = answer["error"]?.stringValue {
            self = .refused(reason)
        } else {
            return nil
        }
    }

    public var bytes: [UInt8] {
        let members: Object =
            switch self {
            case .pong(let standing): ["pong": true, "standing": .string(standing.rawValue)]
            case .job(let job, let isFinished): ["job": .string(job), "finished": .bool(isFinished)]
            case .refused(let reason): ["error": .string(reason)]
            }
        return Value.object(members).bytes
    }
}
