import Market
import Strategy

/// The version of everything that decides trades and equity. It goes into every content hash: whatever changes a bit of
/// a result raises it.
public let engineVersion = "2"

/// Runs a definition over bars. Pure: the same arguments give the same bits on every machine; clock and cancellation
/// are handed in.
///
///     let bars = try PreparedBars(series)
///     let report = try Engine.run(definition, on: bars, options: options, periodsPerYear: 252)
///     let preview = try Engine.preview(definition, on: bars)     // signals only
public enum Engine {
    /// Periods a year that a run takes: up to bars of half a minute.
    private static let periodsPerYearBounds = 1...1_000_000

    /// Nil when a run takes so many.
    public static func error(inPeriodsPerYear periods: Int) -> OptionError? {
        let bounds = periodsPerYearBounds
        if bounds.contains(periods) { return nil }
        return OptionError("periods_per_year", .outOfRange, "must be \(bounds.lowerBound) to \(bounds.upperBound)")
    }

    /// Trades the bars from `first` to the last; those before it only warm the indicators up.
    ///
    /// - Parameters:
    ///   - bars: all loaded bars; callers load ``StrategyDefinition/warmUpBars`` before the range if there are as many.
    ///   - first: index of the first bar of the range among `bars`.
    ///   - periodsPerYear: what makes figures annual, ``Timeframe/periodsPerYear(of:)``.
    ///   - isCancelled: asked before any 4,096 bars that any step of the run handles.
    ///   - now: a monotonic clock in nanoseconds.
    public static func run(
        _ definition: StrategyDefinition, on bars: PreparedBars, from first: Int = 0,
        options: SimulationOptions = .standard, periodsPerYear: Int, limits: EngineLimits = EngineLimits(),
        isCancelled: () -> Bool = { false }, now: () -> UInt64 = { 0 }
    ) throws(BacktestRefusal) -> Report {
        try check(definition, bars, first, options, limits)
        if let error = error(inPeriodsPerYear: periodsPerYear) { throw .invalidOptions([error]) }
        let begin = now()
        let pace = Pace()
        func checkpoint(_ bars: Int) throws(BacktestRefusal) {
            guard pace.isDue(before: bars) else { return }
            try limits.look(isCancelled: isCancelled(), begin: begin, now: now())
        }
        var simulation = Simulation(options, definition.risk, on: bars.tickScale)
        var equity: [Double] = []
        var trades: [Trade] = []
        try CompiledRules.with(definition, over: bars, checkpoint: checkpoint) {
            columns, rules throws(BacktestRefusal) in
            equity = try [Double](count: bars.count - first) { points throws(BacktestRefusal) in
                try simulation.run(
                    columns, from: first, entry: rules.entry, exit: rules.exit, equity: points, checkpoint: checkpoint)
            }
            trades = try simulation.trades(columns, from: first, checkpoint: checkpoint)
        }
        guard simulation.isRepresentable else { throw .notRepresentable }
        var notices: [Notice] = []
        if simulation.isRuined { notices.append(.ruined) }
        if options.executionTiming == .signalClose { notices.append(.signalCloseTiming) }
        if bars.tickScale == nil, !definition.indicators.isEmpty { notices.append(.noTickScale) }
        let benchmark = Benchmark(bars.series, from: first, options: options)
        let evidence = Evidence(
            series: bars.series, first: first, equity: equity, trades: trades, benchmark: benchmark,
            initialEquity: options.initialEquity, periodsPerYear: periodsPerYear,
            stopLossPercent: definition.risk.stopLossPercent)
        let measured = try Metrics.measure(evidence, checkpoint: checkpoint)
        return Report(
            times: first == 0 ? bars.series.times : Array(bars.series.times[first...]), equity: equity, trades: trades,
            metrics: measured.metrics, moments: measured.moments, excess: measured.excess,
            notices: notices, tickExponent: bars.tickScale?.exponent, periodsPerYear: periodsPerYear, options: options)
    }

    /// The values of one indicator at every bar, as a run computes them; nil where there is none yet.
    public static func values(of indicator: Indicator, on bars: PreparedBars) -> [Double?] {
        guard bars.count > 0 else { return [] }
        let condition = Condition(.indicator(indicator), .equal, .indicator(indicator))
        var values = [Double?](repeating: nil, count: bars.count)
        do throws(BacktestRefusal) {
            let plan = ColumnPlan([[condition]], bars: bars.count, tickScale: bars.tickScale)
            try BarColumns.with(bars.series) { columns throws(BacktestRefusal) in
                try ColumnArena.with(cells: IndicatorWalk.cells(plan)) { arena throws(BacktestRefusal) in
                    var walk = IndicatorWalk(plan, over: columns, in: &arena)
                    let one = walk.one.values(of: Line(indicator)), eight = walk.eight?.values(of: Line(indicator))
                    try walk.forEachBlock(checkpoint: { _ in }) { block in
                        guard !block.isRunUp else { return }
                        let cells = block.lanes == 1 ? one : eight!
                        for lane in 0..<block.lanes {
                            for i in 0..<block.count where !cells[i * block.lanes + lane].isNaN {
                                values[block.begin + lane * block.pitch + i] = cells[i * block.lanes + lane]
                            }
                        }
                    }
                }
            }
        } catch {
            preconditionFailure("only a checkpoint refuses, and this one does not: \(error)")
        }
        return values
    }

    /// - Parameter options: nil when nothing is traded.
    static func check(
        _ definition: StrategyDefinition, _ bars: PreparedBars, _ first: Int, _ options: SimulationOptions?,
        _ limits: EngineLimits
    ) throws(BacktestRefusal) {
        precondition(first >= 0, "the range starts before the bars")
        if let options {
            let mistaken = definition.errors, errors = options.errors(with: definition)
            guard mistaken.isEmpty else { throw .invalidDefinition(mistaken) }
            guard errors.isEmpty else { throw .invalidOptions(errors) }
        }
        let inRange = max(0, bars.count - first)
        guard inRange <= limits.bars else { throw .barLimitExceeded(bars: inRange, limit: limits.bars) }
        let needed = definition.longestPeriod + 2
        guard bars.count >= needed, inRange > 0 else {
            throw .insufficientBars(loaded: bars.count, inRange: inRange, needed: needed)
        }
        let bytes = EngineLimits.bytes(for: definition, bars: bars.count)
        guard bytes <= limits.bytes else { throw .resourceLimitExceeded(bytes: bytes, limit: limits.bytes) }
    }
}
