import HTTP
import JSON
import Jobs
import Market
import Postgres

/// `GET /api/jobs/{id}`: how work that outlasts its request stands (api.md, "Jobs, health, metrics").
enum JobRoutes {
    static let get = Route(
        method: .get, path: "/api/jobs/{id}", access: .signedIn(.read),
        about: "One of your own jobs, with its result when it has one of its own.",
        parameters: [.path("id", .uuid, "The job")],
        answers: [.init(status: 200, about: "The job", schema: .named("Job"))],
        errors: [.validationError, .jobNotFound],
        handler: .database { call, db in
            let written = call.parameter("id")
            guard let id = UUIDText(written)?.text, let job = try db.job(id, of: call.userID()) else {
                throw Problem(.jobNotFound, "There is no job \(written).")
            }
            return .json { job.write(into: &$0) }
        })
}

/// A job as its owner sees it.
struct JobRow: Sendable {
    let id: String
    let type: String
    let status: JobStatus
    let progress: Double
    let errorCode: String?
    let errorMessage: String?
    /// A JSON object as text.
    let result: String?
    let createdAt: Int64
    let startedAt: Int64?
    let finishedAt: Int64?

    static let schema = Schema.object([
        ("id", .uuid), ("job_type", .text), ("status", .oneOf(JobStatus.allCases.map(\.rawValue))),
        ("progress", .number), ("error", Schema.object([("code", .text), ("message", .text)]).orNull),
        ("result", Schema.anything.orNull), ("created_at", .time), ("started_at", Schema.time.orNull),
        ("finished_at", Schema.time.orNull),
    ])

    func write(into json: inout Writer) {
        json.object { json in
            json.member("id", id)
            json.member("job_type", type)
            json.member("status", status.rawValue)
            json.member("progress", progress)
            json.key("error")
            if let errorCode {
                json.object { json in
                    json.member("code", errorCode)
                    json.member("message", errorMessage)
                }
            } else {
                json.null()
            }
            json.key("result")
            if let result { json.raw(Array(result.utf8)) } else { json.null() }
            json.member("created_at", Instant(microseconds: createdAt).description)
            json.member("started_at", startedAt.map { Instant(microseconds: $0).description })
            json.member("finished_at", finishedAt.map { Instant(microseconds: $0).description })
        }
    }

    /// 202: where to look for a job that is not over yet.
    var queued: Response {
        var response = Response.json(202) { write(into: &$0) }
        response.fields.append("Location", "/api/jobs/\(id)")
        response.fields.append("Retry-After", "1")
        return response
    }
}

extension Connection {
    /// A user's job, nil when there is none of that id.
    mutating func job(_ id: String, of userID: String) throws -> JobRow? {
        let rows = try query(
            """
            SELECT id, job_type, status, progress, error_code, error_message, result_json, created_at, started_at,
              finished_at
            FROM jobs WHERE id = $1::uuid AND user_id = $2::uuid
            """, [.text(id), .text(userID)])
        guard rows.count == 1, let status = JobStatus(rawValue: try rows.string(0, 2)) else { return nil }
        return JobRow(
            id: try rows.string(0, 0), type: try rows.string(0, 1), status: status, progress: try rows.double(0, 3),
            errorCode: try rows.optionalString(0, 4), errorMessage: try rows.optionalString(0, 5),
            result: try rows.optionalString(0, 6), createdAt: try rows.microseconds(0, 7),
            startedAt: try rows.optionalMicroseconds(0, 8), finishedAt: try rows.optionalMicroseconds(0, 9))
    }
}
