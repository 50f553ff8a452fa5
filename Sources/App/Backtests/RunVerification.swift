import Backtest
import Crypto
import HTTP
import JSON
import Jobs
import Postgres
import System

/// A stored run computed again from what is stored, and held against what it said. Stores nothing.
public struct RunVerification: Sendable {
    public enum Outcome: String, Sendable, CaseIterable {
        case match
        case mismatch
        /// The bars were corrected since: nothing can be said about the result.
        case inputChanged = "INPUT_CHANGED"
    }

    /// What the run says and what is so now; nil where there is nothing to say.
    public struct Pair: Sendable, Equatable {
        public let name: String
        public let run: String?
        public let now: String?
    }

    public let id: String
    public let outcome: Outcome
    /// Bars before result: a result can only be compared on the same bars.
    public let resultHash: Pair
    public let barsHash: Pair
    public let barRevision: Pair
    public let engineVersion: Pair

    public var pairs: [Pair] { [engineVersion, barRevision, barsHash, resultHash] }

    /// Why a run cannot be verified; ``message`` is for people.
    public struct Refusal: Error, Sendable, CustomStringConvertible {
        public enum Reason: Sendable { case noSuchRun, notCompleted, notRunnable(code: String) }
        public let reason: Reason
        public let message: String
        public var description: String { message }

        var code: String {
            switch reason {
            case .noSuchRun: ErrorCode.backtestNotFound.rawValue
            case .notCompleted: ErrorCode.backtestInvalidState.rawValue
            case .notRunnable(let code): code
            }
        }
    }

    /// Verifies any user's run, for an operator.
    ///
    /// - Parameter id: the run's UUID as text; what is none names no run.
    /// - Throws: ``Refusal``, ``PostgresError``.
    public init(of id: String, _ configuration: Configuration, in db: inout Connection) throws {
        guard let id = UUID(id)?.text else { throw Self.noRun(id) }
        let (row, input) = try Self.read(id, in: &db)
        try self.init(row, input) { try Self.compute(input, configuration) }
    }

    /// Whether a text could be the id of a run.
    public static func isID(_ text: String) -> Bool { UUID(text) != nil }

    /// What a run said, and what it needs to be computed again, in one snapshot.
    ///
    /// - Throws: ``Refusal``, ``PostgresError``.
    static func read(_ id: String, in db: inout Connection) throws -> (BacktestRow, RunInput) {
        try db.transaction(.repeatableReadReadOnly, opening: .backtest(id)) { db, row in
            guard let row else { throw noRun(id) }
            guard row.status == .completed else {
                throw Refusal(reason: .notCompleted, message: "Only a completed run can be verified.")
            }
            do {
                guard let input = try RunInput.ofRun(id, in: &db) else { throw noRun(id) }
                return (row, input)
            } catch let fault as StoredRunError {
                throw Refusal(
                    reason: .notRunnable(code: ErrorCode.backtestInvalidDefinition.rawValue), message: fault.message)
            }
        }
    }

    /// - Parameter compute: runs the input; not called when the bars were corrected.
    init(_ row: BacktestRow, _ input: RunInput, _ compute: () throws -> Report) rethrows {
        let bars = input.barsHash
        var result: String?
        if bars == row.barsHash {
            result = try hex(Digest.sha256(Encodings.result(compute())))
            outcome = result == row.resultHash ? .match : .mismatch
        } else {
            outcome = .inputChanged
        }
        id = row.id
        resultHash = Pair(name: "result_hash", run: row.resultHash, now: result)
        barsHash = Pair(name: "bars_hash", run: row.barsHash, now: bars)
        barRevision = Pair(name: "bar_revision", run: row.barRevision.map { String($0) }, now: String(input.revision))
        engineVersion = Pair(name: "engine_version", run: row.engineVersion, now: Backtest.engineVersion)
    }

    private static func noRun(_ id: String) -> Refusal {
        Refusal(reason: .noSuchRun, message: "There is no backtest \(id).")
    }

    private static func compute(_ input: RunInput, _ configuration: Configuration) throws -> Report {
        do {
            return try Engine.run(
                input.run.definition, on: input.bars, from: input.firstTradable, options: input.run.settings.options,
                periodsPerYear: input.run.settings.periodsPerYear, limits: EngineLimits(configuration),
                isCancelled: { false },
                now: { UInt64(SystemClock.monotonicNanoseconds()) })
        } catch {
            throw Refusal(reason: .notRunnable(code: error.code), message: error.message)
        }
    }

    /// The JSON object of the API and of the command line.
    public func write(into json: inout Writer) { Self.form.write(&json, self) }

    static let form = Form<RunVerification>.object(
        "BacktestVerification",
        [
            .member("id", .uuid, \.id), .member("outcome", .choice(), \.outcome),
            .member("result_hash", texts, \.resultHash), .member("bars_hash", texts, \.barsHash),
            .member("bar_revision", numbers, \.barRevision), .member("engine_version", texts, \.engineVersion),
        ])

    private static let texts = Form<Pair>.object([
        .nullable("run", .text, \.run), .nullable("now", .text, \.now),
    ])

    private static let numbers = Form<Pair>.object([
        .nullable("run", .integer) { $0.run.flatMap { Int($0) } },
        .nullable("now", .integer) { $0.now.flatMap { Int($0) } },
    ])
}
