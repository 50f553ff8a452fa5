import Backtest
import JSON
import Market
import Postgres

/// A run as it is stored, without its results.
struct BacktestRow: Sendable {
    let id: String
    let strategyID: String
    let strategyName: String
    let strategyVersionID: Int
    let versionNumber: Int
    let symbol: String
    let timeframe: Timeframe
    let startDate: CalendarDay
    let endDate: CalendarDay
    let initialEquity: String
    let options: Value
    let status: String
    let progress: Double
    let jobID: String?
    let contentHash: String?
    let resultHash: String?
    let barsHash: String?
    let barRevision: Int?
    let engineVersion: String?
    let errorCode: String?
    let errorMessage: String?
    let createdAt: Int64
    let startedAt: Int64?
    let finishedAt: Int64?

    var isFinal: Bool { status != "pending" && status != "running" }

    static let schema = Schema.object([
        ("id", .uuid), ("strategy_id", .uuid), ("strategy_name", .text), ("strategy_version_id", .integer()),
        ("version_number", .integer()), ("symbol", .text), ("timeframe", .oneOf(["1d", "1h"])), ("start_date", .day),
        ("end_date", .day), ("initial_equity", .money),
        (
            "simulation",
            .object([
                ("allocation_pct", .number), ("commission_bps", .number), ("slippage_bps", .number),
                ("execution_timing", .oneOf(["signal_close", "next_open"])),
            ])
        ),
        ("status", .oneOf(["pending", "running", "completed", "failed", "timed_out", "cancelled"])),
        ("progress", .number), ("job_id", Schema.uuid.orNull), ("content_hash", Schema.text.orNull),
        ("result_hash", Schema.text.orNull), ("bars_hash", Schema.text.orNull),
        ("bar_revision", Schema.integer().orNull),
        ("engine_version", Schema.text.orNull),
        ("error", Schema.object([("code", .text), ("message", .text)]).orNull), ("created_at", .time),
        ("started_at", Schema.time.orNull), ("finished_at", Schema.time.orNull), ("results?", Schema.anything.orNull),
        ("statistics?", RunStatistics.schema.orNull),
        ("definition?", .anything), ("summary?", Schema.text.orNull), ("trades?", .anything), ("equity?", .anything),
    ])

    /// Members of the run's JSON object, without the braces.
    func write(into json: inout Writer) {
        json.member("id", id)
        json.member("strategy_id", strategyID)
        json.member("strategy_name", strategyName)
        json.member("strategy_version_id", strategyVersionID)
        json.member("version_number", versionNumber)
        json.member("symbol", symbol)
        json.member("timeframe", timeframe.rawValue)
        json.member("start_date", startDate.description)
        json.member("end_date", endDate.description)
        json.member("initial_equity", initialEquity)
        json.key("simulation")
        json.value(options)
        json.member("status", status)
        json.member("progress", progress)
        json.member("job_id", jobID)
        json.member("content_hash", contentHash)
        json.member("result_hash", resultHash)
        json.member("bars_hash", barsHash)
        json.member("bar_revision", barRevision)
        json.member("engine_version", engineVersion)
        json.key("error")
        if let errorCode {
            json.beginObject()
            json.member("code", errorCode)
            json.member("message", errorMessage)
            json.endObject()
        } else {
            json.null()
        }
        json.member("created_at", Instant(microseconds: createdAt).description)
        json.member("started_at", startedAt.map { Instant(microseconds: $0).description })
        json.member("finished_at", finishedAt.map { Instant(microseconds: $0).description })
    }
}

/// Which of a user's runs a list shows; nil takes all.
struct BacktestFilter: Sendable {
    var strategyID: String?
    var symbol: String?
    var status: String?
}

extension Connection {
    fileprivate static let runColumns = """
        r.id, r.strategy_id, s.name, r.strategy_version_id, v.version_number, y.symbol, r.timeframe, r.start_date,
        r.end_date, r.initial_equity, r.options_json, r.status, coalesce(j.progress, 0), r.job_id, r.content_hash,
        r.result_hash, r.bars_hash, r.bar_revision, r.engine_version, r.error_code, r.error_message, r.created_at,
        r.started_at, r.finished_at
        """

    fileprivate static let runTables = """
        backtest_runs r JOIN strategies s ON s.id = r.strategy_id
        JOIN strategy_versions v ON v.id = r.strategy_version_id JOIN symbols y ON y.id = r.symbol_id
        LEFT JOIN jobs j ON j.id = r.job_id
        """

    /// A user's run, nil when there is none of that id.
    mutating func backtest(_ id: String, of userID: String) throws -> BacktestRow? {
        let statement = Statement.backtest(id, of: userID)
        return try BacktestRow(query(statement.sql, statement.parameters))
    }

    /// A user's runs, newest first, each with its headline results as a JSON object (nil before completion).
    mutating func backtests(
        of userID: String, _ filter: BacktestFilter, limit: Int, offset: Int
    ) throws -> [(run: BacktestRow, results: Object?)] {
        var parameters: [Parameter] = [.text(userID), .int(Int64(limit)), .int(Int64(offset))]
        var conditions = "user_id = $1::uuid"
        // Only what is asked for, so that the plan for a whole list can follow the index and stop after a page.
        func require(_ condition: (String) -> String, _ value: String?) {
            guard let value else { return }
            parameters.append(.text(value))
            conditions += " AND " + condition("$\(parameters.count)")
        }
        require({ "strategy_id = \($0)::uuid" }, filter.strategyID)
        require({ "symbol_id IN (SELECT id FROM symbols WHERE symbol = \($0))" }, filter.symbol)
        require({ "status = \($0)" }, filter.status)
        // The page first: all that belongs to its rows is fetched for them alone.
        let rows = try query(
            """
            WITH page AS MATERIALIZED (
              SELECT id AS run_id FROM backtest_runs WHERE \(conditions)
              ORDER BY created_at DESC, id LIMIT $2::int OFFSET $3::int)
            SELECT \(Self.runColumns), to_jsonb(b) FROM page JOIN (\(Self.runTables)) ON r.id = page.run_id
            LEFT JOIN backtest_results b ON b.backtest_run_id = r.id
            ORDER BY r.created_at DESC, r.id
            """, parameters)
        return try (0..<rows.count).map { row in
            (try Self.backtest(rows, row), try rows.optionalString(row, 24).flatMap { try Self.object($0) })
        }
    }

    /// The stored figures of a run as a JSON object; nil before completion.
    mutating func results(ofRun id: String) throws -> Object? {
        let statement = Statement.results(ofRun: id)
        return try query(statement.sql, statement.parameters).results()
    }

    /// The figures in the order of the catalog, then what else there is to know of them; jsonb has an order of its own.
    fileprivate static func object(_ text: String) throws -> Object? {
        guard let stored = try parse(Array(text.utf8)).objectValue else { return nil }
        let names =
            Metric.allCases.map(\.rawValue) + [
                "recovered", "returns_count", "returns_mean", "returns_sd", "skewness", "kurtosis", "tick_exponent",
                "null_reasons", "notices",
            ]
        return Object(names.map { ($0, stored[$0] ?? .null) })
    }

    private static func options(_ text: String) throws -> Value {
        let stored = try parse(Array(text.utf8))
        return (try? SimulationOptions(simulation: stored, initialEquity: 1))?.simulationJSON ?? stored
    }

    fileprivate static func backtest(_ rows: borrowing Rows, _ row: Int) throws -> BacktestRow {
        BacktestRow(
            id: try rows.string(row, 0), strategyID: try rows.string(row, 1), strategyName: try rows.string(row, 2),
            strategyVersionID: try rows.int(row, 3), versionNumber: try rows.int(row, 4),
            symbol: try rows.string(row, 5),
            timeframe: Timeframe(rawValue: try rows.string(row, 6)) ?? .day,
            startDate: try rows.calendarDay(row, 7),
            endDate: try rows.calendarDay(row, 8), initialEquity: try rows.string(row, 9),
            options: try options(rows.string(row, 10)), status: try rows.string(row, 11),
            progress: try rows.double(row, 12), jobID: try rows.optionalString(row, 13),
            contentHash: try rows.optionalString(row, 14), resultHash: try rows.optionalString(row, 15),
            barsHash: try rows.optionalString(row, 16), barRevision: try rows.optionalInt(row, 17),
            engineVersion: try rows.optionalString(row, 18), errorCode: try rows.optionalString(row, 19),
            errorMessage: try rows.optionalString(row, 20), createdAt: try rows.microseconds(row, 21),
            startedAt: try rows.optionalMicroseconds(row, 22), finishedAt: try rows.optionalMicroseconds(row, 23))
    }
}

extension Statement {
    /// A user's run; read with ``BacktestRow/init(_:)``.
    static func backtest(_ id: String, of userID: String) -> Statement {
        Statement(
            """
            SELECT \(Connection.runColumns) FROM \(Connection.runTables)
            WHERE r.id = $1::uuid AND r.user_id = $2::uuid
            """, [.text(id), .text(userID)])
    }

    /// The stored figures of a run; read with ``Postgres/Rows/results()``.
    static func results(ofRun id: String) -> Statement {
        Statement("SELECT to_jsonb(b) FROM backtest_results b WHERE b.backtest_run_id = $1::uuid", [.text(id)])
    }
}

extension BacktestRow {
    /// From the answer to the statement for one; nil when there is none.
    init?(_ rows: borrowing Rows) throws {
        guard rows.count == 1 else { return nil }
        self = try Connection.backtest(rows, 0)
    }
}

extension Rows {
    /// The figures as a JSON object in the order of the catalog; nil before completion.
    func results() throws -> Object? { count == 0 ? nil : try Connection.object(string(0, 0)) }

    func calendarDay(_ row: Int, _ column: Int) throws -> CalendarDay {
        guard let day = CalendarDay(daysSinceEpoch: Int(try day(row, column))) else {
            throw PostgresError(.unexpectedResult, "a date outside the years 1 to 9999")
        }
        return day
    }
}
