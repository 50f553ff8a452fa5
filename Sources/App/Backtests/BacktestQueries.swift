import JSON
import Jobs
import Market
import Postgres

/// A run as it is stored, without its results.
struct BacktestRow: Sendable {
    let id: String
    let strategyID: String
    let strategyName: String
    let strategyVersionID: Int
    let versionNumber: Int
    let settings: RunSettings
    let status: JobStatus
    let progress: Double
    let jobID: String?
    let contentHash: String?
    let resultHash: String?
    let barsHash: String?
    let barRevision: Int?
    let engineVersion: String?
    let failure: Failure?
    let createdAt: Instant
    let startedAt: Instant?
    let finishedAt: Instant?

    static let members: [Member<BacktestRow>] = [
        .member("id", .uuid, \.id), .member("strategy_id", .uuid, \.strategyID),
        .member("strategy_name", .text, \.strategyName), .member("strategy_version_id", .integer, \.strategyVersionID),
        .member("version_number", .integer, \.versionNumber), .member("symbol", .text, \.settings.ticker),
        .member("timeframe", .choice(), \.settings.timeframe), .member("start_date", .day, \.settings.start),
        .member("end_date", .day, \.settings.end), .member("initial_equity", .money, \.settings.initialEquity),
        .member("simulation", .simulation, \.settings.simulation), .member("status", .choice(), \.status),
        .member("progress", .number, \.progress), .nullable("job_id", .uuid, \.jobID),
        .nullable("content_hash", .text, \.contentHash), .nullable("result_hash", .text, \.resultHash),
        .nullable("bars_hash", .text, \.barsHash), .nullable("bar_revision", .integer, \.barRevision),
        .nullable("engine_version", .text, \.engineVersion), .nullable("error", Failure.form, \.failure),
        .member("created_at", .time, \.createdAt), .nullable("started_at", .time, \.startedAt),
        .nullable("finished_at", .time, \.finishedAt),
    ]

    static let form = Form<BacktestRow>.object("BacktestRun", members)

    fileprivate static let columns = """
        r.id, r.strategy_id, s.name, r.strategy_version_id, v.version_number, \(RunSettings.columns),
        r.status, coalesce(j.progress, 0), r.job_id, r.content_hash, r.result_hash, r.bars_hash, r.bar_revision,
        r.engine_version, r.error_code, r.error_message, r.created_at, r.started_at, r.finished_at
        """

    fileprivate static let tables = """
        backtest_runs r JOIN strategies s ON s.id = r.strategy_id
        JOIN strategy_versions v ON v.id = r.strategy_version_id JOIN symbols y ON y.id = r.symbol_id
        LEFT JOIN jobs j ON j.id = r.job_id
        """

    fileprivate init(_ row: inout RowReader) throws {
        (id, strategyID, strategyName) = (try row.next(), try row.next(), try row.next())
        (strategyVersionID, versionNumber, settings) = (try row.next(), try row.next(), try RunSettings(&row))
        (status, progress, jobID) = (try row.next(), try row.next(), try row.next())
        (contentHash, resultHash, barsHash) = (try row.next(), try row.next(), try row.next())
        (barRevision, engineVersion, failure) = (try row.next(), try row.next(), try Failure(&row))
        (createdAt, startedAt, finishedAt) = (try row.next(), try row.next(), try row.next())
    }
}

/// Which of a user's runs a list shows; nil takes all.
struct BacktestFilter: Sendable {
    var strategyID: String?
    var symbol: String?
    var status: JobStatus?
}

/// A run in a list.
struct ListedBacktest: Sendable {
    let run: BacktestRow
    let results: BacktestFigures?

    static let form = Form<ListedBacktest>.object(
        "ListedBacktest",
        BacktestRow.members.map { $0.of(\.run) } + [.nullable("results", BacktestFigures.form, \.results)])
}

extension Query {
    /// A user's run.
    static func backtest(_ id: String, of userID: String) -> Query<BacktestRow?> {
        .first(
            "SELECT \(BacktestRow.columns) FROM \(BacktestRow.tables) WHERE r.id = $1::uuid AND r.user_id = $2::uuid",
            id, userID, read: BacktestRow.init)
    }

    /// Anybody's run.
    static func backtest(_ id: String) -> Query<BacktestRow?> {
        .first(
            "SELECT \(BacktestRow.columns) FROM \(BacktestRow.tables) WHERE r.id = $1::uuid", id,
            read: BacktestRow.init)
    }

    /// A user's runs, newest first, each with its headline results.
    static func backtests(of userID: String, _ filter: BacktestFilter, _ window: Window) -> Query<[ListedBacktest]> {
        var parameters: [any ParameterValue] = [userID, window.probe, window.offset]
        var conditions = "user_id = $1::uuid"
        // Only what is asked for, so that the plan for a whole list can follow the index and stop after a page.
        func require(_ condition: (String) -> String, _ value: (any ParameterValue)?) {
            guard let value else { return }
            parameters.append(value)
            conditions += " AND " + condition("$\(parameters.count)")
        }
        require({ "strategy_id = \($0)::uuid" }, filter.strategyID)
        require({ "symbol_id IN (SELECT id FROM symbols WHERE symbol = \($0))" }, filter.symbol)
        require({ "status = \($0)" }, filter.status)
        // The page first: all that belongs to its rows is fetched for them alone.
        return .all(
            """
            WITH page AS MATERIALIZED (
              SELECT id AS run_id FROM backtest_runs WHERE \(conditions)
              ORDER BY created_at DESC, id LIMIT $2::int OFFSET $3::int)
            SELECT \(BacktestRow.columns), to_jsonb(b) FROM page JOIN (\(BacktestRow.tables)) ON r.id = page.run_id
            LEFT JOIN backtest_results b ON b.backtest_run_id = r.id
            ORDER BY r.created_at DESC, r.id
            """, with: parameters
        ) { row in ListedBacktest(run: try BacktestRow(&row), results: try row.next()) }
    }

    /// The stored figures of a run; nil before completion.
    static func figures(ofRun id: String) -> Query<BacktestFigures?> {
        .first("SELECT to_jsonb(b) FROM backtest_results b WHERE b.backtest_run_id = $1::uuid", id)
    }
}
