import Backtest
import HTTP
import JSON
import Jobs
import Postgres
import Strategy
import System

/// `GET /api/backtests/compare`: runs side by side, and what stands in the way of comparing them.
enum BacktestComparison {
    fileprivate static let count = 2...6
    fileprivate static let countWords = "\(count.lowerBound) to \(count.upperBound)"
    private static let compared = Answer(200, "The comparison", Comparison.form)

    static let compare = Route(
        .get, "/api/backtests/compare", .signedIn(.read),
        "\(countWords) own runs side by side in the order asked for, with warnings where they cannot be compared.",
        takes: .query("ids", .ids, "Ids of runs, with commas between them"),
        .query("points", .integer(2...2_000), default: 500, "Most points of each equity curve"), answers: [compared],
        errors: [.backtestNotFound]
    ) { call, db, ids, points in
        let userID = try call.userID()
        return try db.transaction(.repeatableReadReadOnly) { db in
            let runs = try ids.map { id in
                guard let run = try db.run(.backtest(id, of: userID)) else { throw Thing.backtest.missing(id) }
                return run
            }
            let shown = try runs.map { run in
                let (facts, ledger) = RunStatistics.parts(ofRun: run.id)
                let found = try db.run(
                    .figures(ofRun: run.id), facts, ledger, .equity(ofRun: run.id, drawing: points),
                    .definition(ofVersion: run.strategyVersionID))
                return ComparedBacktest(
                    run: run, definition: found.4, results: found.0,
                    statistics: found.1.map { RunStatistics($0, found.2) },
                    curve: ShownCurve(curve: found.3, timeframe: run.settings.timeframe, points: points))
            }
            return compared(Comparison(runs: shown, warnings: Warning.all(about: runs)), capacity: 200_000)
        }
    }

    private struct ComparedBacktest: Sendable {
        let run: BacktestRow
        let definition: StoredDefinition
        let results: BacktestFigures?
        let statistics: RunStatistics?
        let curve: ShownCurve

        static let form = Form<ComparedBacktest>.object(
            "ComparedBacktest",
            BacktestRow.members.map { $0.of(\.run) } + [
                .member("definition", .definition, \.definition.json),
                .nullable("summary", .text, \.definition.summary),
                .nullable("results", BacktestFigures.form, \.results),
                .nullable("statistics", RunStatistics.form, \.statistics), .member("equity", ShownCurve.form, \.curve),
            ])
    }

    private struct Comparison: Sendable {
        let runs: [ComparedBacktest]
        let warnings: [Warning]

        static let form = Form<Comparison>.object([
            .member("backtests", .list(of: ComparedBacktest.form), \.runs),
            .member(
                "warnings",
                .list(of: .object([.member("code", .choice()) { $0 }, .member("message", .text, \.message)])),
                \.warnings),
        ])
    }

    /// Why figures side by side may mislead.
    enum Warning: String, CaseIterable {
        case notCompleted = "NOT_COMPLETED"
        case symbols = "DIFFERENT_SYMBOLS"
        case timeframes = "DIFFERENT_TIMEFRAMES"
        case ranges = "DIFFERENT_RANGES"
        case simulations = "DIFFERENT_SIMULATIONS"
        case equity = "DIFFERENT_INITIAL_EQUITY"
        case bars = "DIFFERENT_BAR_REVISIONS"
        case engines = "DIFFERENT_ENGINE_VERSIONS"

        var message: String {
            switch self {
            case .notCompleted: "Not every run has a result."
            case .symbols: "The runs are on different symbols."
            case .timeframes: "The runs are on bars of different lengths: figures per bar do not compare."
            case .ranges: "The runs cover different ranges of days."
            case .simulations: "Costs, timing or allocation differ."
            case .equity: "The runs began with different amounts: compare percentages, not money."
            case .bars: "The bars of a symbol were corrected between the runs."
            case .engines: "The runs were computed by different versions of the engine."
            }
        }

        static func all(about rows: [BacktestRow]) -> [Warning] { allCases.filter { $0.applies(to: rows) } }

        private func applies(to rows: [BacktestRow]) -> Bool {
            func differ<T: Hashable>(_ property: (BacktestRow) -> T) -> Bool { Set(rows.map(property)).count > 1 }
            switch self {
            case .notCompleted: return rows.contains { $0.status != .completed }
            case .symbols: return differ(\.settings.ticker)
            case .timeframes: return differ(\.settings.timeframe)
            case .ranges: return differ { [$0.settings.start.description, $0.settings.end.description] }
            case .simulations: return differ { $0.settings.simulation.json.bytes }
            case .equity: return differ(\.settings.initialEquity)
            case .bars:
                // Revisions count for each series by itself.
                let seen = rows.filter { $0.barRevision != nil }
                let series = Set(seen.map { [$0.settings.ticker, $0.settings.timeframe.rawValue] })
                return series.count
                    < Set(seen.map { [$0.settings.ticker, $0.settings.timeframe.rawValue, "\($0.barRevision ?? 0)"] })
                    .count
            case .engines: return Set(rows.compactMap(\.engineVersion)).count > 1
            }
        }
    }
}

extension Form where Content == [String] {
    /// Different UUIDs with commas between them.
    fileprivate static let ids = text(
        .type("string").with("x-minItems", .number(Number(BacktestComparison.count.lowerBound)))
            .with("x-maxItems", .number(Number(BacktestComparison.count.upperBound))),
        "UUIDs with commas between them", write: { $0.joined(separator: ",") },
        parse: { text in
            let parts = text.split(separator: ",", omittingEmptySubsequences: false)
            let ids = parts.compactMap { UUID(String($0))?.text }
            return ids.count == parts.count ? ids : nil
        }
    ).checked { ids, path, mistakes in
        if BacktestComparison.count.contains(ids.count), Set(ids).count == ids.count { return ids }
        mistakes.add(
            path, "OUT_OF_RANGE", "\(path) must name \(BacktestComparison.countWords) different runs.")
        return nil
    }
}

extension Query {
    /// The definition of a strategy's version, also of a deleted strategy.
    static func definition(ofVersion id: Int) -> Query<StoredDefinition> {
        .value("SELECT definition_json FROM strategy_versions WHERE id = $1::int", id)
    }
}
