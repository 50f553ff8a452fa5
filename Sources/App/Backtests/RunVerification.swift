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
        /// Another version of the engine made the run, and decides some things otherwise: both results are told, where
        /// this one has one at all, and this one neither confirms nor refutes that one.
        case engineChanged = "ENGINE_CHANGED"
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
    /// The results in short.
    public let figures: [Pair]

    public var pairs: [Pair] { [engineVersion, barRevision, barsHash, resultHash] + figures }

    /// What tells at a glance how far two results are apart.
    public static let shownFigures: [Metric] = [.finalEquity, .totalReturn, .tradeCount]

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
        let stored = try Self.read(id, in: &db)
        try self.init(stored) { try Self.compute($0, configuration) }
    }

    /// Whether a text could be the id of a run.
    public static func isID(_ text: String) -> Bool { UUID(text) != nil }

    /// What a run said, and what it needs to be computed again.
    struct Stored {
        let row: BacktestRow
        let figures: BacktestFigures?
        let input: Result<RunInput, StoredRunError>
    }

    /// In one snapshot.
    ///
    /// - Throws: ``Refusal``, ``PostgresError``.
    static func read(_ id: String, in db: inout Connection) throws -> Stored {
        try db.transaction(.repeatableReadReadOnly, opening: .backtest(id)) { db, row in
            guard let row else { throw noRun(id) }
            guard row.status == .completed else {
                throw Refusal(reason: .notCompleted, message: "Only a completed run can be verified.")
            }
            let figures = try db.run(.figures(ofRun: id))
            do {
                guard let input = try RunInput.ofRun(id, in: &db) else { throw noRun(id) }
                return Stored(row: row, figures: figures, input: .success(input))
            } catch let error as StoredRunError {
                return Stored(row: row, figures: figures, input: .failure(error))
            }
        }
    }

    /// - Parameter compute: runs the input; not called when the bars were corrected.
    /// - Throws: ``Refusal`` for what cannot be computed, unless another engine made it; what `compute` throws besides.
    init(_ stored: Stored, _ compute: (RunInput) throws -> Report) throws {
        let row = stored.row, input = try? stored.input.get()
        let isOfThisEngine = row.engineVersion == Backtest.engineVersion
        var report: Report?
        do {
            let input = try stored.input.get()
            if input.barsHash == row.barsHash { report = try compute(input) }
        } catch let error as StoredRunError {
            guard !isOfThisEngine else {
                throw Refusal(
                    reason: .notRunnable(code: ErrorCode.backtestInvalidDefinition.rawValue), message: error.message)
            }
        } catch let refusal as BacktestRefusal {
            var hasTime = true
            if case .timeout = refusal { hasTime = false }
            guard !isOfThisEngine, hasTime else {
                throw Refusal(reason: .notRunnable(code: refusal.code), message: refusal.message)
            }
        }
        let result = report.map { hex(Digest.sha256(Encodings.result($0))) }
        outcome =
            input.map { $0.barsHash != row.barsHash } ?? false
            ? .inputChanged : !isOfThisEngine ? .engineChanged : result == row.resultHash ? .match : .mismatch
        figures = Self.shownFigures.map { metric in
            Pair(
                name: metric.rawValue,
                // jsonb has its own way of writing numbers, and the two are compared as texts.
                run: stored.figures?.object[metric.rawValue]?.numberValue?.double.map { Number($0).text },
                now: report?.metrics[metric].value.map { Number($0).text })
        }
        id = row.id
        resultHash = Pair(name: "result_hash", run: row.resultHash, now: result)
        barsHash = Pair(name: "bars_hash", run: row.barsHash, now: input?.barsHash)
        barRevision = Pair(
            name: "bar_revision", run: row.barRevision.map { String($0) }, now: input.map { String($0.revision) })
        engineVersion = Pair(name: "engine_version", run: row.engineVersion, now: Backtest.engineVersion)
    }

    private static func noRun(_ id: String) -> Refusal {
        Refusal(reason: .noSuchRun, message: "There is no backtest \(id).")
    }

    private static func compute(_ input: RunInput, _ configuration: Configuration) throws -> Report {
        try Engine.run(
            input.run.definition, on: input.bars, from: input.firstTradable, options: input.run.options,
            periodsPerYear: input.run.settings.periodsPerYear, limits: EngineLimits(configuration),
            isCancelled: { false }, now: { UInt64(SystemClock.monotonicNanoseconds()) })
    }

    /// The JSON object of the API and of the command line.
    public func write(into json: inout Writer) { Self.form.write(&json, self) }

    static let form = Form<RunVerification>.object(
        "BacktestVerification",
        [
            .member("id", .uuid, \.id), .member("outcome", .choice(), \.outcome),
            .member("result_hash", texts, \.resultHash), .member("bars_hash", texts, \.barsHash),
            .member("bar_revision", numbers, \.barRevision), .member("engine_version", texts, \.engineVersion),
            .member("final_equity", decimals) { $0.figure(.finalEquity) },
            .member("total_return_pct", decimals) { $0.figure(.totalReturn) },
            .member("num_trades", numbers) { $0.figure(.tradeCount) },
        ])

    /// - Parameter metric: one of ``shownFigures``.
    private func figure(_ metric: Metric) -> Pair { figures.first { $0.name == metric.rawValue }! }

    private static let texts = Form<Pair>.object([
        .nullable("run", .text, \.run), .nullable("now", .text, \.now),
    ])

    private static let decimals = Form<Pair>.object([
        .nullable("run", .number) { $0.run.flatMap { Double($0) } },
        .nullable("now", .number) { $0.now.flatMap { Double($0) } },
    ])

    private static let numbers = Form<Pair>.object([
        .nullable("run", .integer) { $0.run.flatMap { Int($0) } },
        .nullable("now", .integer) { $0.now.flatMap { Int($0) } },
    ])
}
