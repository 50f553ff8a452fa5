import HTTP
import JSON
import Jobs
import Market
import Postgres
import System

/// `/api/jobs`: how work that outlasts its request stands (api.md, "Jobs, health, metrics"). People see their own; who may
/// order imports sees everybody's and the system's.
enum JobRoutes {
    private static let found = Answer(200, "The job", JobRow.form)

    static let get = Route(
        .get, "/api/jobs/{id}", .signedIn(.read),
        "One of your own jobs, with its result when it has one of its own; an operator's look finds any.",
        takes: .id(.job), answers: [found]
    ) { call, db, id in
        guard let job = try db.run(.job(id, seenBy: JobSight(call))) else { throw Thing.job.missing(id) }
        return found(job)
    }

    private static let page = Answer(200, "A page", .page(of: "jobs", JobRow.form))

    static let list = Route(
        .get, "/api/jobs", .signedIn(.read), "Your own jobs, an operator's look finds all of them, newest first.",
        takes: .query(optional: "job_type", Form<String>.text(1...64), "Only of this type"),
        .query(optional: "status", Form<JobStatus>.choice(), "Only in this state"), .window(), answers: [page]
    ) { call, db, type, status, window in
        try page(Page(window, db.run(.jobs(seenBy: JobSight(call), type: type, status, window))))
    }

    private static let cancelled = Answer(200, "The cancelled job", JobRow.form)
    private static let stopping = Answer(202, "Still under way, but told to stop", JobRow.form)
        .with(.location, .retryAfter)

    static let cancel = Route(
        .post, "/api/jobs/{id}/cancel", .signedIn(.research),
        "Cancels a job: at once while it waits, within a moment when it is under way.", takes: .id(.job),
        answers: [cancelled, stopping], errors: [.conflict]
    ) { call, db, id in
        let sight = try JobSight(call)
        guard let before = try db.run(.job(id, seenBy: sight)) else { throw Thing.job.missing(id) }
        guard !before.status.isFinal else { throw Self.isOver(before.status) }
        let status = try JobKinds.cancel(id, of: before.type, in: &db)
        if status == .running, Self.isDoneByBacktestd(before.type) {
            DaemonClient(call.configuration).wait(forJob: id, isCancelled: true)
        }
        guard let job = try db.run(.job(id, seenBy: sight)) else { throw Thing.job.missing(id) }
        switch job.status {
        case .cancelled: return cancelled(job)
        case .pending, .running: return stopping(job).at("/api/jobs/\(id)", retryAfterSeconds: 1)
        // It may have ended between the look at it and the wish.
        case .completed, .failed, .timedOut: throw Self.isOver(job.status)
        }
    }

    private static func isOver(_ status: JobStatus) -> Problem {
        Problem(.conflict, "It is already \(status.words).")
    }

    /// Who has the doorbell need not wait for the next look at the queue.
    private static func isDoneByBacktestd(_ type: String) -> Bool { [SimulateRun.name, VerifyRun.name].contains(type) }
}

/// Whose jobs somebody sees.
struct JobSight: Sendable {
    let userID: String
    /// Of everybody, and those that nobody has asked for.
    let seesAll: Bool

    init(_ call: Call) throws {
        let caller = try call.signedIn()
        (userID, seesAll) = (caller.userID, caller.scopes.contains(.ingest))
    }
}

/// A job as those see it who may.
struct JobRow: Sendable {
    let id: String
    let type: String
    let payload: Value
    let status: JobStatus
    let progress: Double
    let failure: Failure?
    /// What came out, of a job that has no table of its own for it.
    let result: Value?
    let createdAt: Instant
    let startedAt: Instant?
    let finishedAt: Instant?
    /// It waits until then to be tried again.
    let notBefore: Instant?

    static let form = Form<JobRow>.object(
        "Job",
        [
            .member("id", .uuid, \.id), .member("job_type", .text, \.type), .member("status", .choice(), \.status),
            .nullable("symbol", Form<String>.text.described("Whose bars it fetches; null for other work")) {
                $0.payload.objectValue?["symbol"]?.stringValue
            }, .member("payload", Form<Value>.json.described("What it was told"), \.payload),
            .member("progress", .number, \.progress), .nullable("error", Failure.form, \.failure),
            .nullable("result", .json, \.result), .member("created_at", .time, \.createdAt),
            .nullable("started_at", .time, \.startedAt), .nullable("finished_at", .time, \.finishedAt),
            .nullable(
                "not_before", Form<Instant>.time.described("When it is tried again, of one that waits for that"),
                \.notBefore),
        ])

    /// 202: where to look for a job that is not over yet.
    static let queued = Answer(202, "Queued; `Location` tells where to look", form).with(.location, .retryAfter)

    var whereToLook: Response { Self.queued(self).at("/api/jobs/\(id)", retryAfterSeconds: 1) }

    fileprivate static let columns = """
        id, job_type, payload_json, status, progress, error_code, error_message, result_json, created_at, started_at,
        finished_at, CASE WHEN status = 'pending' AND run_after > clock_timestamp() THEN run_after END
        """

    fileprivate init(_ row: inout RowReader) throws {
        (id, type, payload) = (try row.next(), try row.next(), try row.next())
        (status, progress) = (try row.next(), try row.next())
        (failure, result) = (try Failure(&row), try row.next())
        (createdAt, startedAt, finishedAt) = (try row.next(), try row.next(), try row.next())
        notBefore = try row.next()
    }
}

extension Query {
    /// One that somebody may see.
    static func job(_ id: String, seenBy sight: JobSight) -> Query<JobRow?> {
        .first(
            "SELECT \(JobRow.columns) FROM jobs WHERE id = $1::uuid AND (user_id = $2::uuid OR $3::boolean)", id,
            sight.userID, sight.seesAll, read: JobRow.init)
    }

    /// A user's job.
    static func job(_ id: String, of userID: String) -> Query<JobRow?> {
        .first(
            "SELECT \(JobRow.columns) FROM jobs WHERE id = $1::uuid AND user_id = $2::uuid", id, userID,
            read: JobRow.init)
    }

    /// Jobs by their ids, in that order.
    static func jobs(_ ids: [String]) -> Query<[JobRow]> {
        .all(
            """
            SELECT \(JobRow.columns) FROM unnest($1::uuid[]) WITH ORDINALITY AS wanted (id, position) JOIN jobs USING (id)
            ORDER BY position
            """, ids, read: JobRow.init)
    }

    /// Newest first.
    fileprivate static func jobs(
        seenBy sight: JobSight, type: String?, _ status: JobStatus?, _ window: Window
    ) -> Query<[JobRow]> {
        // Each has an index of its own.
        let whose = sight.seesAll ? "$1::uuid IS NOT NULL" : "user_id = $1::uuid"
        return .all(
            """
            SELECT \(JobRow.columns) FROM jobs
            WHERE \(whose) AND ($2::text IS NULL OR job_type = $2) AND ($3::text IS NULL OR status = $3)
            ORDER BY created_at DESC, id LIMIT $4 OFFSET $5
            """, sight.userID, type, status, window.probe, window.offset, read: JobRow.init)
    }
}
