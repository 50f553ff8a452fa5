import HTTP
import JSON
import Jobs
import Market
import Postgres
import System

/// `/api/backtests` (api.md, "Backtests").
enum Backtests {
    static let finished = Answer(200, "The finished run", BacktestDetail.form)
    static let queued = Answer(202, "Queued; `Location` tells where to look", BacktestRow.form)
        .with(.location, .retryAfter)

    static let create = Route(
        .post, "/api/backtests", .signedIn(.research),
        "Runs a strategy over stored bars. Finished in time: 200 with the result; else 202 and a place to look.",
        takes: BacktestForm.field, answers: [finished, queued],
        errors: [
            .strategyNotFound, .strategyVersionNotFound, .backtestInvalidDefinition, .backtestInsufficientBars,
            .backtestBarLimitExceeded, .backtestResourceLimitExceeded, .backtestNotFound, .conflict, .quotaExceeded,
        ],
        limit: .runs
    ) { call, db, form in
        let userID = try call.userID()
        var stages = StageClock()
        let run = try stored(form, call, for: userID, in: &db)
        let ordering = stages.end()
        // The run of an earlier request may be over, and its job long gone.
        if let job = run.job { DaemonClient(call.configuration).wait(forJob: job) }
        let waiting = stages.end()
        guard let detail = try db.detail(ofBacktest: run.id, of: userID) else { throw Thing.backtest.missing(run.id) }
        var response = answer(detail)
        response.fields.append(
            "Server-Timing", "order;dur=\(ordering.text), run;dur=\(waiting.text), read;dur=\(stages.end().text)")
        return response
    }

    /// The run for a form: a new one, or that of an earlier request with the same key.
    ///
    /// - Returns: `job` only while there is something to wait for.
    private static func stored(_ form: BacktestForm, _ call: Call, for userID: String, in db: inout Connection) throws
        -> (id: String, job: String?)
    {
        if let earlier = try RunStore.earlier(form.idempotencyKey, hash: form.hash, of: userID, in: &db) {
            return earlier
        }
        let request = try RunRequest(form, for: userID, requestID: call.requestID, call.configuration, in: &db)
        return try RunStore.order(request, call.configuration, in: &db)
    }

    /// A run that is over with its result; of one that is not, where to look for it.
    static func answer(_ detail: BacktestDetail) -> Response {
        if detail.run.status.isFinal {
            return finished(detail, capacity: min(200_000, 8_192 + min(detail.points, detail.curve.times.count) * 64))
        }
        return queued(detail.run).at("/api/backtests/\(detail.run.id)", retryAfterSeconds: 1)
    }

    static let pageForm = Form<Page<ListedBacktest>>.page(of: "backtests", ListedBacktest.form)
    private static let page = Answer(200, "A page", pageForm)

    static let list = Route(
        .get, "/api/backtests", .signedIn(.read), "Own runs with their figures, newest first.",
        takes: Field<BacktestFilter>.group(
            .query(optional: "strategy_id", Form<String>.uuid, "Only runs of this strategy"),
            .query(optional: "symbol", Form<String>.ticker, "Only runs on this symbol"),
            .query(optional: "status", Form<JobStatus>.choice(), "Only runs in this state")
        ) { BacktestFilter(strategyID: $1, symbol: $2, status: $3) }, .window(), answers: [page]
    ) { call, db, filter, window in
        try page(Page(window, db.run(.backtests(of: call.userID(), filter, window))))
    }

    private static let found = Answer(200, "The run", BacktestDetail.form)

    static let get = Route(
        .get, "/api/backtests/{id}", .signedIn(.read),
        "One run: settings, results, a page of trades, the equity curve thinned to `points` with its extremes.",
        takes: .id(.backtest),
        Field<Window>.group(
            .query("trades_limit", .integer(0...1_000), default: 100, "Trades to answer"),
            .query("trades_offset", .integer(0...1_000_000), default: 0, "Trades to skip")
        ) { Window(limit: $1, offset: $2) },
        .query("points", .integer(2...10_000), default: EquityCurve.drawn, "Most points of the equity curve"),
        answers: [found]
    ) { call, db, id, trades, points in
        guard let detail = try db.detail(ofBacktest: id, of: call.userID(), trades: trades, points: points) else {
            throw Thing.backtest.missing(id)
        }
        return found(detail, capacity: min(200_000, 8_192 + min(points, detail.curve.times.count) * 64))
    }
}

/// A run with all that is known of it.
struct BacktestDetail: Sendable {

    let run: BacktestRow
    let warnings: RunWarnings
    let results: BacktestFigures?
    let statistics: RunStatistics?
    let curve: EquityCurve
    let points: Int
    let trades: Page<ShownTrade>

    static let form = Form<BacktestDetail>.object(
        "Backtest",
        BacktestRow.members.map { $0.of(\.run) } + BarWarnings.members.map { $0.of(\.told) } + [
            .nullable(
                "stored_revision",
                Form<Int>.integer.described(
                    "Of the bars as they are now: above `bar_revision` they were changed since"),
                \.warnings.storedRevision),
            .nullable("results", BacktestFigures.form, \.results),
            .nullable("statistics", RunStatistics.form, \.statistics), .member("equity", ShownCurve.form, \.shownCurve),
            // After the curve, because a page of a list ends early where an answer would grow too large.
            .member("trades", .page(of: "trades", ShownTrade.form), \.trades),
        ])

    private var told: (timeframe: Timeframe, warnings: BarWarnings) { (run.settings.timeframe, warnings.bars) }
    var shownCurve: ShownCurve { ShownCurve(curve: curve, timeframe: run.settings.timeframe, points: points) }
}

extension Connection {
    /// A user's run, or nil. One snapshot, or a run that ends between two looks would be shown as running and with its
    /// results; and one trip to the database.
    mutating func detail(
        ofBacktest id: String, of userID: String, trades window: Window = Window(limit: 100, offset: 0),
        points: Int = EquityCurve.drawn
    ) throws -> BacktestDetail? {
        let (facts, ledger) = RunStatistics.parts(ofRun: id)
        let found = try snapshot(
            .backtest(id, of: userID), .warnings(ofRun: id), .figures(ofRun: id), facts, ledger,
            .equity(ofRun: id, drawing: points),
            .trades(ofRun: id, limit: window.probe, offset: window.offset))
        guard let run = found.0, let warnings = found.1 else { return nil }
        return BacktestDetail(
            run: run, warnings: warnings, results: found.2, statistics: found.3.map { RunStatistics($0, found.4) },
            curve: found.5, points: points,
            trades: Page(window, found.6.map { ShownTrade(trade: $0, timeframe: run.settings.timeframe) }))
    }
}
