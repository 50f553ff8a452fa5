/// What a worker has to tell an operator.
public enum WorkerEvent: Sendable {
    case started(worker: String, threads: Int)
    case stopped(worker: String)
    /// Another process of the name is alive: this one waits.
    case nameTaken(String)
    /// An earlier process of the name had left this many jobs.
    case tookUp(Int)
    /// The job waits or runs elsewhere again.
    case leaseLost(job: String)
    /// The job is given back as soon as the database is there.
    case interrupted(detail: String)
    /// The kind or the database would refuse the job again: it has failed.
    case refused(job: String, detail: String)
    /// The database has no room, memory or time for the job: it waits, and the attempt is not counted.
    case postponed(job: String, afterSeconds: Double, detail: String)
    /// The schema is not one that this code can work with, or the host is to be left alone: no job is taken until then.
    case unfit(detail: String)
    case fit
    case retrying(job: String, afterSeconds: Double, detail: String)
    case notGivenUp(detail: String)
    case attempted(kind: String, AttemptOutcome, nanoseconds: Int64)
}

/// How an attempt at a job ended.
public enum AttemptOutcome: String, Sendable, CaseIterable {
    case completed, failed, cancelled
    case timedOut = "timed_out"
    /// It failed and waits to be tried again.
    case retried
    /// Its worker was to stop, and gave it back.
    case givenBack = "given_back"
    /// The database had no room, memory or time for it; it waits.
    case postponed
    /// The job waits or runs elsewhere again.
    case leaseLost = "lease_lost"
    /// The session with the database was lost; the job is taken up again.
    case interrupted

    /// Whether the job is over.
    var isEnd: Bool {
        switch self {
        case .completed, .failed, .cancelled, .timedOut: true
        case .retried, .givenBack, .postponed, .leaseLost, .interrupted: false
        }
    }

    init(_ end: JobEnd) {
        self =
            switch end.status {
            case .cancelled: .cancelled
            case .timedOut: .timedOut
            case .pending, .running, .completed, .failed: .failed
            }
    }
}
