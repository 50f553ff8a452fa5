import HTTP
import JSON

/// `POST /api/backtests/{id}/verify`.
enum BacktestVerification {
    static let verify = Route(
        method: .post, path: "/api/backtests/{id}/verify", access: .signedIn(.research),
        about: "Computes a completed run again and compares the result bit by bit. Stores nothing.",
        parameters: [.path("id", .uuid, "The run")],
        answers: [.init(status: 200, about: "What came out", schema: schema)],
        errors: [
            .validationError, .backtestNotFound, .backtestInvalidState, .backtestInvalidDefinition, .backtestTimeout,
            .backtestBarLimitExceeded, .backtestResourceLimitExceeded,
        ],
        limit: .runs,
        handler: .database { call, db in
            let id = try BacktestChanges.identifier(call)
            do {
                let verification = try RunVerification(of: id, ownedBy: call.userID(), call.configuration, in: &db)
                var json = Writer()
                verification.write(into: &json)
                return .json(json)
            } catch let refusal as RunVerification.Refusal {
                throw problem(refusal)
            }
        })

    private static let schema = Schema.object([
        ("id", .uuid), ("outcome", .oneOf(RunVerification.Outcome.allCases.map(\.rawValue))),
        ("result_hash", comparison(.text.orNull)), ("bars_hash", comparison(.text.orNull)),
        ("bar_revision", comparison(.integer().orNull)), ("engine_version", comparison(.text.orNull)),
    ])

    private static func comparison(_ schema: Schema) -> Schema { .object([("run", schema), ("now", schema)]) }

    private static func problem(_ refusal: RunVerification.Refusal) -> Problem {
        let code: ErrorCode =
            switch refusal.reason {
            case .noSuchRun: .backtestNotFound
            case .notCompleted: .backtestInvalidState
            case .notRunnable(let code): ErrorCode(rawValue: code) ?? .internalError
            }
        return Problem(code, refusal.message)
    }
}
