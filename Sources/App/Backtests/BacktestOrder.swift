import Backtest
import HTTP
import JSON
import Jobs
import Market
import Postgres
import Strategy

/// A run that a visitor asked for, checked as far as that is possible before it is queued.
struct BacktestOrder {
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
    private let requestID: String?

    /// - Throws: ``Problem`` with every mistake of the request; strategy and symbol that are not there; too few or too
    ///   many bars.
    init(_ request: Request, for userID: String, _ configuration: Configuration, in db: inout Connection) throws {
        var form = try Form(request)
        self.userID = userID
        requestID = request.requestID.isEmpty ? nil : request.requestID
        guard let strategyID = form.strategyID,
            let strategy = try db.strategy(strategyID, of: userID, versionID: form.versionID)
        else {
            if let strategyID = form.strategyID, form.versionID != nil,
                try db.strategy(strategyID, of: userID, version: nil) != nil
            {
                throw Problem(.strategyVersionNotFound, "The strategy has no such version.")
            }
            throw Problem(.strategyNotFound, "There is no strategy \(form.strategyID ?? "").")
        }
        guard let symbol = try db.symbol(form.symbol) else {
            throw Problem.invalid("symbol", "UNKNOWN_SYMBOL", "No active symbol \(form.symbol) is stored.")
        }
        let (definition, errors) = StrategyDefinition.read(strategy.definition)
        guard let definition else {
            throw Problem(.backtestInvalidDefinition, errors.first.map { "\($0.path): \($0.message)" })
        }
        form.check(against: strategy, symbol, definition)
        try form.mistakes.check()
        guard let options = form.options, let periods = form.timeframe.periodsPerYear(of: symbol.assetType) else {
            throw Problem(.validationError)
        }
        self.strategyID = strategyID
        versionID = strategy.versionID
        self.symbol = symbol
        (timeframe, start, end) = (form.timeframe, form.start, form.end)
        (initialEquity, self.options, periodsPerYear) = (form.initialEquity, options, periods)
        try checkBars(definition, configuration, in: &db)
    }

    /// Counts before anything is stored: what cannot run leaves no row.
    private func checkBars(_ definition: StrategyDefinition, _ configuration: Configuration, in db: inout Connection)
        throws
    {
        let table = BarTable(symbol.assetType, timeframe)
        let from = start.start.microseconds
        let inRange = try db.barCount(table, symbol: symbol.id, from: from, to: timeframe.lastBar(of: end))
        let before = try db.barCount(table, symbol: symbol.id, from: nil, to: from - 1)
        let loaded = inRange + min(before, definition.warmUpBars), needed = definition.longestPeriod + 2
        if inRange > configuration.backtestMaxBars {
            throw Problem(
                .backtestBarLimitExceeded,
                "The range has \(inRange) bars; at most \(configuration.backtestMaxBars) are allowed in one run.")
        }
        if inRange == 0 || loaded < needed {
            let series = try db.series(ofSymbol: symbol.id).first { $0.interval == timeframe }
            let stored =
                series.map { "Stored are \(timeframe.label($0.first)) to \(timeframe.label($0.last))." }
                ?? "None are stored."
            throw Problem(
                .backtestInsufficientBars,
                inRange == 0
                    ? "There is no bar of \(symbol.symbol) from \(start) to \(end). \(stored)"
                    : "There are \(loaded) bars up to \(end); this strategy needs at least \(needed). \(stored)")
        }
    }

    /// Queues the run: its row and its job, or neither.
    func store(in db: inout Connection) throws -> (id: String, job: String) {
        let simulation = String(decoding: options.simulationJSON.bytes, as: UTF8.self)
        return try db.transaction { db in
            let job = try Queue.enqueue(BacktestJob.type, userID: userID, requestID: requestID, in: &db)
            let id = try db.query(
                """
                INSERT INTO backtest_runs (user_id, strategy_id, strategy_version_id, symbol_id, timeframe, start_date,
                  end_date, initial_equity, options_json, periods_per_year, status, job_id)
                VALUES ($1::uuid, $2::uuid, $3::int, $4::int, $5, $6::date, $7::date, $8::numeric, $9::jsonb, $10::int,
                  'pending', $11::uuid)
                RETURNING id
                """,
                [
                    .text(userID), .text(strategyID), Parameter(versionID), Parameter(symbol.id),
                    .text(timeframe.rawValue),
                    .text(start.description), .text(end.description), .text(initialEquity), .text(simulation),
                    Parameter(periodsPerYear), .text(job),
                ]
            ).string(0, 0)
            return (id, job)
        }
    }
}

/// The fields of the request, each checked by itself.
private struct Form {
    var mistakes: Mistakes
    let strategyID: String?
    let versionID: Int?
    let symbol: String
    let timeframe: Timeframe
    let start: CalendarDay
    let end: CalendarDay
    let initialEquity: String
    private(set) var options: SimulationOptions?

    /// - Throws: ``Problem`` when a field that the further checks need is missing or unreadable.
    init(_ request: Request) throws {
        var body = try ObjectReader(body: request)
        strategyID = body.identifier("strategy_id")?.text
        versionID = body.integer("strategy_version_id", 1...Int(Int32.max), required: false)
        let ticker = body.string("symbol", 1...32).flatMap { text -> String? in
            let canonical = Ticker.canonical(text)
            if canonical == nil {
                body.mistakes.add("symbol", "INVALID_FORMAT", "symbol must be a ticker such as AAPL or BTC-USD.")
            }
            return canonical
        }
        let timeframe = body.choice("timeframe", Timeframe.self)
        let start = body.day("start_date"), end = body.day("end_date")
        if let start, let end, start > end {
            body.mistakes.add("end_date", "OUT_OF_RANGE", "end_date lies before start_date.")
        }
        let written = body.string("initial_equity", 1...20, required: false)
        let equity = written.flatMap(Self.money) ?? "10000.00"
        if written != nil, written.flatMap(Self.money) == nil {
            body.mistakes.add(
                "initial_equity", "INVALID_FORMAT", "initial_equity must be an amount such as \"10000.00\".")
        }
        do throws(InvalidOptions) {
            options = try SimulationOptions(simulation: body.value("simulation"), initialEquity: Double(equity) ?? 0)
        } catch {
            for mistake in error.errors { body.mistakes.add(mistake) }
        }
        body.refuseUnknown()
        mistakes = body.mistakes
        guard let ticker, let timeframe, let start, let end else {
            try mistakes.check()
            throw Problem(.validationError)
        }
        symbol = ticker
        (self.timeframe, self.start, self.end) = (timeframe, start, end)
        initialEquity = equity
        try mistakes.check()
    }

    /// What fits together and what does not.
    mutating func check(against strategy: StrategyRow, _ symbol: SymbolRow, _ definition: StrategyDefinition) {
        if symbol.assetType != strategy.assetType {
            mistakes.add(
                "symbol", "ASSET_TYPE_MISMATCH",
                "\(symbol.symbol) is \(symbol.assetType.rawValue); the strategy is for \(strategy.assetType.rawValue).")
        }
        if timeframe != strategy.timeframe {
            mistakes.add(
                "timeframe", "TIMEFRAME_MISMATCH",
                "The strategy is for \(strategy.timeframe.rawValue) bars, not \(timeframe.rawValue).")
        }
        for mistake in options?.errors(with: definition) ?? [] { mistakes.add(mistake) }
    }

    /// Whole units with at most two decimals, as the ledger writes them; nil when it is anything else.
    static func money(_ text: String) -> String? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, (1...13).contains(parts[0].utf8.count),
            parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { (48...57).contains($0) } })
        else { return nil }
        let cents = parts.count == 2 ? parts[1] : ""
        guard cents.utf8.count <= 2 else { return nil }
        return "\(parts[0])." + cents + String(repeating: "0", count: 2 - cents.utf8.count)
    }
}

extension Mistakes {
    mutating func add(_ error: OptionError) {
        let field =
            error.field == "initial_equity" || error.field == "simulation" ? error.field : "simulation." + error.field
        add(field, error.code.rawValue, "\(field) \(error.message).")
    }
}
