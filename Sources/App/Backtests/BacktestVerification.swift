import Backtest
import Crypto
import Daemon
import HTTP
import JSON
import Jobs
import Postgres

/// `POST /api/backtests/{id}/verify`: the run computed again from what is stored, and held against what it said.
enum BacktestVerification {
    enum Outcome: String, CaseIterable {
        case match
        case mismatch
        /// The bars were corrected since: nothing can be said about the result.
        case inputChanged = "INPUT_CHANGED"
    }

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
            let id = try BacktestChanges.identifier(call), userID = try call.userID()
            let (row, input) = try db.transaction(.repeatableReadReadOnly) { db in
                guard let row = try db.backtest(id, of: userID) else { throw BacktestChanges.notFound(id) }
                guard row.status == JobStatus.completed.rawValue else {
                    throw BacktestChanges.invalidState("Only a completed run can be verified.")
                }
                do {
                    guard let input = try RunInput.ofRun(id, in: &db) else { throw BacktestChanges.notFound(id) }
                    return (row, input)
                } catch let fault as RunInput.Fault {
                    throw Problem(.backtestInvalidDefinition, fault.message)
                }
            }
            return .json(try answer(row, input, call.configuration))
        })

    private static let schema = Schema.object([
        ("id", .uuid), ("outcome", .oneOf(Outcome.allCases.map(\.rawValue))),
        ("result_hash", comparison(.text.orNull)), ("bars_hash", comparison(.text.orNull)),
        ("bar_revision", comparison(.integer().orNull)), ("engine_version", comparison(.text.orNull)),
    ])

    private static func comparison(_ schema: Schema) -> Schema { .object([("run", schema), ("now", schema)]) }

    private static func answer(_ row: BacktestRow, _ input: RunInput, _ configuration: Configuration) throws -> Writer {
        let barsHash = hex(Digest.sha256(Encodings.bars(input.bars.series)))
        var resultHash: String?
        let outcome: Outcome
        if barsHash == row.barsHash {
            resultHash = try hex(Digest.sha256(Encodings.result(compute(input, configuration))))
            outcome = resultHash == row.resultHash ? .match : .mismatch
        } else {
            outcome = .inputChanged
        }
        var json = Writer()
        json.object { json in
            json.member("id", row.id)
            json.member("outcome", outcome.rawValue)
            json.key("result_hash")
            json.object { json in
                json.member("run", row.resultHash)
                json.member("now", resultHash)
            }
            json.key("bars_hash")
            json.object { json in
                json.member("run", row.barsHash)
                json.member("now", barsHash)
            }
            json.key("bar_revision")
            json.object { json in
                json.member("run", row.barRevision)
                json.member("now", input.revision)
            }
            json.key("engine_version")
            json.object { json in
                json.member("run", row.engineVersion)
                json.member("now", engineVersion)
            }
        }
        return json
    }

    private static func compute(_ input: RunInput, _ configuration: Configuration) throws -> Report {
        do {
            return try Engine.run(
                input.definition, on: input.bars, from: input.firstTradable, options: input.options,
                periodsPerYear: input.periodsPerYear, limits: EngineLimits(configuration), isCancelled: { false },
                now: { UInt64(SystemClock.monotonicNanoseconds()) })
        } catch {
            throw Problem(ErrorCode(rawValue: error.code) ?? .internalError, error.message)
        }
    }
}
