import Backtest
import HTTP
import Jobs
import Market
import Postgres
import Strategy
import System

/// A run that a visitor asked for, checked as far as that is possible before it is queued.
struct BacktestOrder {
    static let keyConstraint = "backtest_runs_idempotency_key_key"

    private let userID: String
    private let strategyID: String
    private let versionID: Int
    private let symbol: SymbolRow
    private let timeframe: Timeframe
    private let start: CalendarDay
    private let end: CalendarDay
    private let initialEquity: String
    private let options: SimulationOptions
    private let periodsPerYear: Int
    private let idempotencyKey: String?
    private let requestHash: String
    private let requestID: String?
    /// Bars in the range, and so points of the equity curve.
    private let barCount: Int

    /// - Throws: ``Problem`` with every mistake that the form makes together with what is stored; strategy and symbol
    ///   that are not there; too few or too many bars.
    init(
        _ form: BacktestForm, for userID: String, requestID: String?, _ configuration: Configuration,
        in db: inout Connection
    ) throws {
        self.userID = userID
        self.requestID = requestID
        (idempotencyKey, requestHash) = (form.idempotencyKey, form.hash)
        strategyID = form.strategyID
        let (strategy, symbol) = try db.run(
            .strategy(strategyID, of: userID, form.versionID.map { .id($0) } ?? .newest), .symbol(form.symbol))
        guard let strategy else {
            if form.versionID != nil, try db.run(.strategy(strategyID, of: userID)) != nil {
                throw Problem(.strategyVersionNotFound, "The strategy has no such version.")
            }
            throw Thing.strategy.missing(strategyID)
        }
        guard let symbol else {
            throw Problem.invalid("symbol", "UNKNOWN_SYMBOL", "No active symbol \(form.symbol) is stored.")
        }
        guard let definition = strategy.version.definition.definition else {
            throw Problem(.backtestInvalidDefinition, "This release does not take the stored definition any more.")
        }
        try form.mistakes(with: strategy, symbol, definition).check()
        guard let periods = form.timeframe.periodsPerYear(of: symbol.assetType) else { throw Problem(.validationError) }
        versionID = strategy.version.id
        self.symbol = symbol
        (timeframe, start, end) = (form.timeframe, form.days.start, form.days.end)
        (initialEquity, options, periodsPerYear) = (form.initialEquity, form.options, periods)
        barCount = try Self.countBars(
            of: symbol, timeframe, from: start, to: end, definition, configuration, in: &db)
    }

    /// Counts before anything is stored: what cannot run leaves no row.
    ///
    /// - Returns: how many bars the range has.
    static func countBars(
        of symbol: SymbolRow, _ timeframe: Timeframe, from start: CalendarDay, to end: CalendarDay,
        _ definition: StrategyDefinition, _ configuration: Configuration, in db: inout Connection
    ) throws -> Int {
        let table = BarTable(symbol.assetType, timeframe)
        let from = start.start.microseconds
        let counts = try db.run(
            .barCounts(
                table, timeframe, symbol: symbol.id, from: from, to: timeframe.lastBar(of: end),
                warmUp: definition.warmUpBars))
        let inRange = counts.inRange, loaded = counts.before + inRange, needed = definition.longestPeriod + 2
        if inRange > configuration.backtestMaxBars {
            throw Problem(
                .backtestBarLimitExceeded,
                "The range has \(inRange) bars; at most \(configuration.backtestMaxBars) are allowed in one run.")
        }
        let bytes = EngineLimits.bytes(for: definition, bars: loaded), limit = configuration.backtestMaxMemoryBytes
        if bytes > limit {
            throw Problem(
                .backtestResourceLimitExceeded,
                "The indicators of this strategy need \(bytes) bytes over \(loaded) bars; at most \(limit) are allowed."
            )
        }
        if inRange == 0 || loaded < needed {
            let series = try db.run(.series(ofSymbol: symbol.id)).first { $0.interval == timeframe }
            let stored =
                series.map { "Stored are \(timeframe.label($0.first)) to \(timeframe.label($0.last))." }
                ?? "None are stored."
            throw Problem(
                .backtestInsufficientBars,
                inRange == 0
                    ? "There is no bar of \(symbol.symbol) from \(start) to \(end). \(stored)"
                    : "There are \(loaded) bars up to \(end); this strategy needs at least \(needed). \(stored)")
        }
        return inRange
    }

    /// Queues the run: its row and its job, or neither.
    ///
    /// - Throws: ``Problem`` 429 when the user has as much as the quotas allow; ``PostgresError`` `.uniqueViolation` of ``keyConstraint`` when another request of the same
    ///   `Idempotency-Key` was a moment earlier.
    func store(_ configuration: Configuration, in db: inout Connection) throws -> (id: String, job: String) {
        let simulation = String(decoding: options.simulationJSON.bytes, as: UTF8.self)
        let job = UUIDText.random().text
        let run = Statement(
            """
            INSERT INTO backtest_runs (user_id, strategy_id, strategy_version_id, symbol_id, timeframe, start_date,
              end_date, initial_equity, options_json, periods_per_year, status, job_id, idempotency_key, request_hash,
              equity_points)
            VALUES ($1::uuid, $2::uuid, $3::int, $4::int, $5, $6::date, $7::date, $8::numeric, $9::jsonb, $10::int,
              'pending', $11::uuid, $12, $13, $14::int)
            RETURNING id
            """,
            [
                .text(userID), .text(strategyID), Parameter(versionID), Parameter(symbol.id),
                .text(timeframe.rawValue),
                .text(start.description), .text(end.description), .text(initialEquity), .text(simulation),
                Parameter(periodsPerYear), .text(job), Parameter(idempotencyKey),
                Parameter(idempotencyKey == nil ? nil : requestHash), Parameter(barCount),
            ])
        let opening = [
            Queue.enqueuing(job, BacktestJob.type, userID: userID, requestID: requestID), run, Quotas.usage(of: userID),
        ]
        // Committed and on the disk before anybody is told: what was acknowledged survives a crash.
        return try db.transaction(opening: opening) { _, answers in
            _ = answers.nextCount()
            let id = try answers.next().string(0, 0)
            try Quotas.check(answers.next(), configuration)
            return (id, job)
        }
    }
}
