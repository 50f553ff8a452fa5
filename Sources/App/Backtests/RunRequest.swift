import Backtest
import HTTP
import Market
import Postgres
import Strategy
import System

/// A run that a visitor asked for, checked as far as that is possible before it is queued.
struct RunRequest: Sendable {
    let userID: String
    let strategyID: String
    let versionID: Int
    let settings: RunSettings
    let idempotencyKey: String?
    /// SHA-256, hex, of what was asked for.
    let hash: String
    let requestID: String?
    /// Bars in the range, and so points of the equity curve.
    let barCount: Int

    /// - Throws: ``Problem`` with every mistake that the form makes together with what is stored; strategy and symbol
    ///   that are not there; too few or too many bars.
    init(
        _ form: BacktestForm, for userID: String, requestID: String?, _ configuration: Configuration,
        in db: inout Connection
    ) throws {
        (self.userID, self.requestID) = (userID, requestID)
        (idempotencyKey, hash, strategyID) = (form.idempotencyKey, form.hash, form.strategyID)
        let (strategy, symbol) = try db.run(
            .strategy(strategyID, of: userID, form.versionID.map { .id($0) } ?? .newest), .symbol(form.symbol))
        guard let strategy else {
            if form.versionID != nil, try db.run(.strategy(strategyID, of: userID)) != nil {
                throw Problem(.strategyVersionNotFound, "The strategy has no such version.")
            }
            throw Thing.strategy.missing(strategyID)
        }
        guard let symbol else { throw Problem.unknownSymbol(form.symbol) }
        let definition = try strategy.runnableDefinition()
        try form.mistakes(with: strategy, symbol, definition).check()
        guard let periods = form.timeframe.periodsPerYear(of: symbol.assetType) else { throw Problem(.validationError) }
        versionID = strategy.version.id
        settings = RunSettings(
            symbol, form.timeframe, from: form.days.start, to: form.days.end, initialEquity: form.initialEquity,
            form.options,
            periodsPerYear: periods)
        barCount = try Self.countBars(
            of: symbol, form.timeframe, from: form.days.start, to: form.days.end, definition, configuration, in: &db)
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
                "The range has \(counted(inRange, "bar")); at most \(configuration.backtestMaxBars) are allowed in one run."
            )
        }
        let bytes = EngineLimits.bytes(for: definition, bars: loaded), limit = configuration.backtestMaxMemoryBytes
        if bytes > limit {
            throw Problem(
                .backtestResourceLimitExceeded,
                "The indicators of this strategy need \(bytes) bytes over \(counted(loaded, "bar")); at most \(limit) are allowed."
            )
        }
        if inRange == 0 || loaded < needed {
            let bar = "\(timeframe.adjective) bar", has = "\(symbol.symbol) has"
            guard inRange == 0 else {
                throw Problem(
                    .backtestInsufficientBars,
                    "\(has) \(counted(loaded, bar)) up to \(end.written); this strategy needs at least \(needed).")
            }
            let series = try db.run(.series(ofSymbol: symbol.id)).first { $0.interval == timeframe }
            guard let series else { throw Problem(.backtestInsufficientBars, "\(has) no \(bar)s here.") }
            throw Problem(
                .backtestInsufficientBars,
                "\(has) no \(bar) from \(start.written) to \(end.written), only from "
                    + "\(timeframe.written(series.first)) to \(timeframe.written(series.last)).")
        }
        return inRange
    }
}
