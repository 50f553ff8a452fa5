import HTTP
import JSON
import Postgres
import System

/// A part of an answer that may fail by itself.
enum Part<Content: Sendable>: Sendable {
    case found(Content)
    case failed(Problem)

    /// Something of what was found, which may have a problem of its own.
    func map<Other: Sendable>(_ transform: (Content) throws(Problem) -> Other) -> Part<Other> {
        switch self {
        case .found(let content):
            do throws(Problem) { return .found(try transform(content)) } catch { return .failed(error) }
        case .failed(let problem): return .failed(problem)
        }
    }

    fileprivate var content: Content? { if case .found(let content) = self { content } else { nil } }
    fileprivate var problem: Problem? { if case .failed(let problem) = self { problem } else { nil } }
}

extension Form {
    /// What a part holds, or why it could not be had: one of the two is null.
    static func part<Whole: Sendable>(_ form: Form<Whole>) -> Form<Part<Whole>> where Content == Part<Whole> {
        .object([.nullable("data", form, \.content), .nullable("error", .partProblem, \.problem)])
    }
}

extension Form where Content == Problem {
    fileprivate static let partProblem = Form<Problem>.object(
        "PartProblem",
        [
            .member("code", .choice(ErrorCode.self)) { ErrorCode(rawValue: $0.code) ?? .internalError },
            .member("message", .text) { $0.detail ?? $0.title },
        ])
}

/// Asks for the parts of one answer, one after another.
struct Parts {
    /// A slow database may take its time for every statement; the web server waits for the whole answer.
    private static let begunWithinSeconds: Int64 = 10

    private let call: Call
    private let end = SystemClock.monotonicNanoseconds() + begunWithinSeconds * 1_000_000_000

    init(_ call: Call) { self.call = call }

    /// - Throws: what fails the whole answer: a session that is lost would fail every part, and is opened anew.
    func ask<Content: Sendable>(
        _ name: String, _ db: inout Connection, _ body: (inout Connection) throws -> Content
    ) throws -> Part<Content> {
        guard SystemClock.monotonicNanoseconds() < end else { return .failed(Database.busy) }
        do { return .found(try body(&db)) } catch let problem as Problem {
            return .failed(problem)
        } catch {
            if let error = error as? PostgresError, error.isLostSession { throw error }
            call.log.error(
                "part of an answer failed",
                [
                    "request_id": .string(call.request.requestID), "part": .string(name),
                    "detail": .string("\(error)"),
                ])
            return .failed(Application.problem(for: error))
        }
    }
}
