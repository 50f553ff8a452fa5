import HTTP
import JSON
import Market
import Postgres

/// `/api/backtests` (api.md, "Backtests").
enum Backtests {
    static let create = Route(
        method: .post, path: "/api/backtests", access: .signedIn(.research),
        about: "Runs a strategy over stored bars. Finished in time: 200 with the result; else 202 and a place to look.",
        parameters: [
            .header(
                "Idempotency-Key", .text, "A request with the key and content of an earlier one answers its run")
        ],
        body: .object([
            ("strategy_id", .uuid), ("strategy_version_id?", .integer()), ("symbol", .text),
            ("timeframe", .oneOf(["1d", "1h"])), ("start_date", .day), ("end_date", .day), ("initial_equity?", .money),
            (
                "simulation?",
                .object([
                    ("allocation_pct?", .number), ("commission_bps?", .number), ("slippage_bps?", .number),
                    ("execution_timing?", .oneOf(["signal_close", "next_open"])),
                ])
            ),
        ]),
        answers: [
            .init(status: 200, about: "The finished run", schema: .named("Backtest")),
            .init(status: 202, about: "Queued; `Location` tells where to look", schema: .named("Backtest")),
        ],
        errors: [
            .validationError, .strategyNotFound, .strategyVersionNotFound, .notFound, .backtestInsufficientBars,
            .backtestBarLimitExceeded, .backtestResourceLimitExceeded, .conflict, .quotaExceeded, .unsupportedMediaType,
            .payloadTooLarge,
        ],
        limit: .runs,
        handler: .database { call, db in
            let userID = try call.userID()
            var stages = StageClock()
            let run = try stored(BacktestForm(call.request), call, for: userID, in: &db)
            let ordering = stages.end()
            // The run of an earlier request may be over, and its job long gone.
            if let job = run.job {
                InlineWaiting.wait(forJob: job, call.configuration)
            }
            let waiting = stages.end()
            guard let (row, json) = try found(run.id, of: userID, Page(), in: &db) else {
                throw Problem(.backtestNotFound)
            }
            var response = row.isFinal ? Response.json(json) : queued(row)
            response.fields.append(
                "Server-Timing",
                "order;dur=\(ordering.text), run;dur=\(waiting.text), read;dur=\(stages.end().text)")
            return response
        })

    /// The run for a form: a new one, or that of an earlier request with the same key.
    ///
    /// - Returns: `job` only while there is something to wait for.
    private static func stored(_ form: BacktestForm, _ call: Call, for userID: String, in db: inout Connection) throws
        -> (id: String, job: String?)
    {
        if let earlier = try db.earlierRun(form, of: userID) { return earlier }
        let order = try BacktestOrder(
            form, for: userID, requestID: call.request.requestID, call.configuration, in: &db)
        do { return try order.store(call.configuration, in: &db) } catch let error as PostgresError {
            guard error.code == .uniqueViolation(constraint: BacktestOrder.keyConstraint),
                let earlier = try db.earlierRun(form, of: userID)
            else { throw error }
            return earlier
        }
    }

    /// 202: where to look for a run that is not over yet.
    static func queued(_ row: BacktestRow) -> Response {
        var json = Writer()
        json.beginObject()
        row.write(into: &json)
        json.endObject()
        var response = Response.json(json, status: 202)
        response.fields.append("Location", "/api/backtests/\(row.id)")
        response.fields.append("Retry-After", "1")
        return response
    }

    static let list = Route(
        method: .get, path: "/api/backtests", access: .signedIn(.read),
        about: "Own runs with their figures, newest first.",
        parameters: [
            .query("strategy_id", .uuid, "Only runs of this strategy"),
            .query("symbol", .text, "Only runs on this symbol"),
            .query("status", .oneOf(RunStatus.allCases.map(\.rawValue)), "Only runs in this state"),
            .query("limit", .integer(1...100, default: 50), "Page size"),
            .query("offset", .integer(0...100_000, default: 0), "How many to skip"),
        ],
        answers: [.init(status: 200, about: "A page", schema: .page(of: "backtests", .named("Backtest")))],
        errors: [.validationError],
        handler: .database { call, db in
            var query = QueryReader(call)
            let limit = query.integer("limit", 1...100, default: 50)
            let offset = query.integer("offset", 0...100_000, default: 0)
            let filter = BacktestFilter(
                strategyID: query.identifier("strategy_id")?.text,
                symbol: query.text("symbol") == nil ? nil : query.symbol("symbol"),
                status: query.choice("status", RunStatus.self)?.rawValue)
            try query.mistakes.check()
            let found = try db.backtests(of: call.userID(), filter, limit: limit + 1, offset: offset)
            var json = Writer()
            json.page("backtests", found, limit: limit, offset: offset) { item, json in
                json.beginObject()
                item.run.write(into: &json)
                json.key("results")
                if let results = item.results { json.value(.object(results)) } else { json.null() }
                json.endObject()
            }
            return .json(json)
        })

    static let get = Route(
        method: .get, path: "/api/backtests/{id}", access: .signedIn(.read),
        about: "One run: settings, results, a page of trades, the equity curve thinned to `points` with its extremes.",
        parameters: [
            .path("id", .uuid, "The run"),
            .query("trades_limit", .integer(0...1_000, default: 100), "Trades to answer"),
            .query("trades_offset", .integer(0...1_000_000, default: 0), "Trades to skip"),
            .query("points", .integer(2...10_000, default: 2_000), "Most points of the equity curve"),
        ],
        answers: [.init(status: 200, about: "The run", schema: .named("Backtest"))],
        errors: [.validationError, .backtestNotFound],
        handler: .database { call, db in
            var query = QueryReader(call)
            var page = Page()
            page.tradesLimit = query.integer("trades_limit", 0...1_000, default: page.tradesLimit)
            page.tradesOffset = query.integer("trades_offset", 0...1_000_000, default: 0)
            page.points = query.integer("points", 2...10_000, default: page.points)
            try query.mistakes.check()
            let id = call.parameter("id")
            let userID = try call.userID()
            guard let id = UUIDText(id)?.text, let found = try found(id, of: userID, page, in: &db) else {
                throw Problem(.backtestNotFound, "There is no backtest \(id).")
            }
            return .json(found.json)
        })

    enum RunStatus: String, CaseIterable {
        case pending, running, completed, failed, cancelled
        case timedOut = "timed_out"
    }

    /// How much of a run's trades and curve an answer holds.
    struct Page {
        var tradesLimit = 100
        var tradesOffset = 0
        var points = 2_000
    }

    /// A user's run with its figures, or nil. One snapshot, or a run that ends between two looks would be shown as running
    /// and with its results; and one trip to the database.
    static func found(
        _ id: String, of userID: String, _ page: Page, in db: inout Connection
    ) throws -> (row: BacktestRow, json: Writer)? {
        let statements: [Statement] =
            [.backtest(id, of: userID), .trades(ofRun: id, limit: page.tradesLimit + 1, offset: page.tradesOffset)]
            + Figures.statements(ofRun: id) + [Statement("COMMIT")]
        return try db.transaction(.repeatableReadReadOnly, opening: statements) { _, answers in
            guard let row = try BacktestRow(answers.next()) else { return nil }
            let trades = try TradeRow.all(answers.next())
            let figures = try Figures(&answers)
            var json = Writer(capacity: min(200_000, 8_192 + figures.curve.times.count * 64))
            json.beginObject()
            row.write(into: &json)
            figures.write(into: &json, row.timeframe, points: page.points)
            // After the curve, because a page of a list ends early where an answer would grow too large.
            json.key("trades")
            json.page("trades", trades, limit: page.tradesLimit, offset: page.tradesOffset) { trade, json in
                trade.write(into: &json, row.timeframe)
            }
            json.endObject()
            return (row, json)
        }
    }

    /// The members `results`, `statistics` and `equity` of a run.
    struct Figures {
        let results: Object?
        let statistics: RunStatistics?
        let curve: EquityCurve

        static func statements(ofRun id: String) -> [Statement] {
            [.results(ofRun: id)] + RunStatistics.statements(ofRun: id) + [.equity(ofRun: id)]
        }

        /// From the answers to ``statements(ofRun:)``.
        init(_ answers: inout Answers) throws {
            results = try answers.next().results()
            statistics = try RunStatistics(&answers)
            curve = try EquityCurve(answers.next())
        }

        func write(into json: inout Writer, _ timeframe: Timeframe, points: Int) {
            json.key("results")
            if let results { json.value(.object(results)) } else { json.null() }
            json.key("statistics")
            if let statistics { statistics.write(into: &json) } else { json.null() }
            json.key("equity")
            json.beginArray()
            for index in Downsample.indices(of: curve.equity, limit: points) {
                json.beginObject()
                json.member("time", timeframe.label(curve.times[index]))
                json.member("equity", curve.equity[index])
                json.endObject()
            }
            json.endArray()
        }
    }
}
