import Backtest
import HTTP
import JSON
import Jobs
import Postgres
import Strategy

/// `GET /api/backtests/compare`: runs side by side, and what stands in the way of comparing them.
enum BacktestComparison {
    private static let count = 2...6

    static let compare = Route(
        method: .get, path: "/api/backtests/compare", access: .signedIn(.read),
        about: "2 to 6 own runs side by side in the order asked for, with warnings where they cannot be compared.",
        parameters: [
            .query("ids", .text, "Ids of runs, with commas between them", required: true),
            .query("points", .integer(2...2_000, default: 500), "Most points of each equity curve"),
        ],
        answers: [
            .init(
                status: 200, about: "The comparison",
                schema: .object([
                    ("backtests", .list(.named("Backtest"))),
                    (
                        "warnings",
                        .list(
                            .object([
                                ("code", .oneOf(Warning.allCases.map(\.rawValue))), ("message", .text),
                            ]))
                    ),
                ]))
        ],
        errors: [.validationError, .backtestNotFound],
        handler: .database { call, db in
            var query = QueryReader(call)
            let points = query.integer("points", 2...2_000, default: 500)
            let ids = query.identifiers("ids", count)
            try query.mistakes.check()
            let userID = try call.userID()
            let json = try db.transaction(.repeatableReadReadOnly) { db in
                let rows = try ids.map { id in
                    guard let row = try db.backtest(id, of: userID) else { throw BacktestChanges.notFound(id) }
                    return row
                }
                return try comparison(of: rows, points: points, in: &db)
            }
            return .json(json)
        })

    private static func comparison(of rows: [BacktestRow], points: Int, in db: inout Connection) throws -> Writer {
        var json = Writer(capacity: 200_000)
        json.beginObject()
        json.key("backtests")
        json.beginArray()
        for row in rows {
            json.beginObject()
            row.write(into: &json)
            let definition = try db.definition(ofVersion: row.strategyVersionID)
            let read = StrategyDefinition.read(definition).0
            json.member("definition", read?.json ?? definition)
            json.member("summary", read?.summary)
            var answers = try db.batch(Backtests.Figures.statements(ofRun: row.id))
            try Backtests.Figures(&answers).write(into: &json, row.timeframe, points: points)
            json.endObject()
        }
        json.endArray()
        json.key("warnings")
        json.array(Warning.all(about: rows)) { json, warning in
            json.object { json in
                json.member("code", warning.rawValue)
                json.member("message", warning.message)
            }
        }
        json.endObject()
        return json
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
            case .notCompleted: return rows.contains { $0.status != JobStatus.completed.rawValue }
            case .symbols: return differ(\.symbol)
            case .timeframes: return differ(\.timeframe)
            case .ranges: return differ { [$0.startDate.description, $0.endDate.description] }
            case .simulations: return differ { $0.options.bytes }
            case .equity: return differ(\.initialEquity)
            case .bars:
                // Revisions count for each series by itself.
                let seen = rows.filter { $0.barRevision != nil }
                let series = Set(seen.map { [$0.symbol, $0.timeframe.rawValue] })
                return series.count
                    < Set(seen.map { [$0.symbol, $0.timeframe.rawValue, "\($0.barRevision ?? 0)"] }).count
            case .engines: return Set(rows.compactMap(\.engineVersion)).count > 1
            }
        }
    }
}

extension QueryReader {
    /// A list of different UUIDs with commas between them.
    fileprivate mutating func identifiers(_ name: String, _ count: ClosedRange<Int>) -> [String] {
        guard let text = text(name) else {
            mistakes.add(name, "MISSING_PARAMETER", "\(name) is required.")
            return []
        }
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        let ids = parts.compactMap { UUIDText(String($0))?.text }
        if ids.count < parts.count {
            mistakes.add(name, "INVALID_FORMAT", "\(name) must be UUIDs with commas between them.")
        } else if !count.contains(Set(ids).count) || Set(ids).count < ids.count {
            mistakes.add(
                name, "OUT_OF_RANGE", "\(name) must name \(count.lowerBound) to \(count.upperBound) different runs.")
        }
        return ids
    }
}

extension Connection {
    /// The definition of a strategy's version as it is stored, also of a deleted strategy.
    fileprivate mutating func definition(ofVersion id: Int) throws -> Value {
        try parse(
            Array(
                query("SELECT definition_json FROM strategy_versions WHERE id = $1::int", [Parameter(id)]).string(0, 0)
                    .utf8))
    }
}
