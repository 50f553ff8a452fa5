import Glibc
import JSON
import Jobs
import Postgres

/// A kind that knows nothing of trading: what it is told to do is what can go well or wrong in any work.
struct Errand: JobKind {
    static let name = "errand"
    static let noun = "errand"
    static let retry: Retry? = Retry(firstSeconds: 0.2, maximumSeconds: 0.2)
    static let timeoutCode = "ERRAND_TIMEOUT"

    let timeoutMilliseconds: Int

    struct Payload: JobPayload {
        enum Task: String {
            /// Stores a row in the transaction that finishes the job, after it has held the job twice on the way.
            case store
            case answer
            /// Works until it is told to stop, between statements or in one.
            case work, sleep
            /// Succeeds at the third attempt.
            case flaky
            /// Never succeeds, for a while or for good.
            case hopeless, refuse
            /// What the database does not take.
            case violate
            /// What the database has no room for, twice; what it stops by itself.
            case crowded, stopped
            /// Ends its worker.
            case crash
        }

        let task: Task
        let holdMilliseconds: Int

        init(json: Object) throws {
            struct Unreadable: Error {}
            guard let task = json["task"]?.stringValue.flatMap(Task.init) else { throw Unreadable() }
            self.task = task
            holdMilliseconds = json["hold_ms"]?.numberValue?.int ?? 0
        }

        var json: Object { ["task": .string(task.rawValue), "hold_ms": .number(Number(holdMilliseconds))] }
    }

    func run(_ errand: Payload, _ job: inout RunningJob, in db: inout Connection) throws -> JobResult {
        report("begun \(job.id)")
        switch errand.task {
        case .store: return try store(errand, &job, in: &db)
        case .answer: return .completed(Array("{\"attempt\":\(job.lease.attempt)}".utf8))
        case .work:
            while true {
                try job.check(0.5, in: &db)
                usleep(1_000)
            }
        case .sleep:
            try db.run(.change("SELECT pg_sleep(600)"))
            return .completed(nil)
        case .flaky where job.lease.attempt == 3: return .completed(nil)
        case .flaky, .hopeless: throw JobError(JobEnd(.failed, code: "AWAY", "Nobody was there."), mayPass: true)
        case .refuse: throw JobError(JobEnd(.failed, code: "REFUSED", "No."))
        case .violate:
            try db.run(.change("SELECT 1 / 0"))
            return .completed(nil)
        case .crowded where job.lease.fence < 3:
            try db.run(.change("DO $$ BEGIN RAISE EXCEPTION 'full' USING ERRCODE = 'disk_full'; END $$"))
            return .completed(nil)
        case .crowded: return .completed(nil)
        case .stopped:
            try db.run(.change("SELECT pg_cancel_backend(pg_backend_pid()), pg_sleep(60)"))
            return .completed(nil)
        case .crash:
            kill(getpid(), SIGKILL)
            return .completed(nil)
        }
    }

    private func store(_ errand: Payload, _ job: inout RunningJob, in db: inout Connection) throws -> JobResult {
        for step in 0..<errand.holdMilliseconds {
            try job.check(Double(step) / Double(errand.holdMilliseconds), in: &db)
            usleep(1_000)
        }
        let id = job.id
        try db.transaction(
            opening: .change("INSERT INTO errands (job) VALUES ($1::uuid)", id)
        ) { (db: inout Connection, _) in
            usleep(UInt32(errand.holdMilliseconds) * 1_000)
            db.interrupt = nil
            try db.run(Queue.finishing(job.lease))
        }
        return .stored
    }

    func ended(_ job: String, _ end: JobEnd, in db: inout Connection) throws {
        try db.run(
            .change(
                "INSERT INTO errands_ended (job, status, code) VALUES ($1::uuid, $2, $3)", job, end.status.rawValue,
                end.code))
    }
}

/// Waits for somebody who never comes, until it is told to stop.
struct Vigil: JobKind {
    static let name = "vigil"
    static let waitsForOthers = true
    let timeoutMilliseconds = 600_000

    func run(_ payload: NoPayload, _ job: inout RunningJob, in db: inout Connection) throws -> JobResult {
        while true {
            try job.check(0.5, in: &db)
            usleep(1_000)
        }
    }
}
