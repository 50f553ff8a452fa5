import HTTP
import JSON
import Jobs
import Market
import Postgres
import System

/// `GET /api/jobs/{id}`: how work that outlasts its request stands (api.md, "Jobs, health, metrics").
enum JobRoutes {
    private static let found = Answer(200, "The job", JobRow.form)

    static let get = Route(
        .get, "/api/jobs/{id}", .signedIn(.read), "One of your own jobs, with its result when it has one of its own.",
        takes: .id(.job), answers: [found]
    ) { call, db, id in
        guard let job = try db.run(.job(id, of: call.userID())) else { throw Thing.job.missing(id) }
        return found(job)
    }
}

/// A job as its owner sees it.
struct JobRow: Sendable {
    let id: String
    let type: String
    let status: JobStatus
    let progress: Double
    let failure: Failure?
    /// What came out, of a job that has no table of its own for it.
    let result: Value?
    let createdAt: Instant
    let startedAt: Instant?
    let finishedAt: Instant?

    static let form = Form<JobRow>.object(
        "Job",
        [
            .member("id", .uuid, \.id), .member("job_type", .text, \.type), .member("status", .choice(), \.status),
            .member("progress", .number, \.progress), .nullable("error", Failure.form, \.failure),
            .nullable("result", .json, \.result), .member("created_at", .time, \.createdAt),
            .nullable("started_at", .time, \.startedAt), .nullable("finished_at", .time, \.finishedAt),
        ])

    /// 202: where to look for a job that is not over yet.
    static let queued = Answer(202, "Queued; `Location` tells where to look", form).with(.location, .retryAfter)

    var whereToLook: Response { Self.queued(self).at("/api/jobs/\(id)", retryAfterSeconds: 1) }

    fileprivate init(_ row: inout RowReader) throws {
        (id, type, status, progress) = (try row.next(), try row.next(), try row.next(), try row.next())
        (failure, result) = (try Failure(&row), try row.next())
        (createdAt, startedAt, finishedAt) = (try row.next(), try row.next(), try row.next())
    }
}

extension Query {
    /// A user's job.
    static func job(_ id: String, of userID: String) -> Query<JobRow?> where Output == JobRow? {
        .first(
            """
            SELECT id, job_type, status, progress, error_code, error_message, result_json, created_at, started_at,
              finished_at
            FROM jobs WHERE id = $1::uuid AND user_id = $2::uuid
            """, id, userID, read: JobRow.init)
    }
}
