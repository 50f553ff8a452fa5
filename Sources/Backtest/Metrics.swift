import Market

/// The figures of one result, each a number or the reason why there is none.
public struct Metrics: Equatable, Sendable {
    private let figures: FigureList
    /// False when the longest time under water runs to the end of the range.
    public let hasRecovered: Bool

    public subscript(_ metric: Metric) -> Figure { figures[metric]! }

    /// All in the order of the catalog.
    public var all: [(metric: Metric, figure: Figure)] { Metric.allCases.map { ($0, self[$0]) } }
}

/// Figures by name: a list to search, because with so few of them hashing the names would take longer than all
/// arithmetic of a short run.
private struct FigureList: Equatable, Sendable {
    private struct Entry: Equatable, Sendable {
        let metric: Metric
        let figure: Figure
    }

    private var entries: [Entry] = []

    init() { entries.reserveCapacity(Metric.allCases.count) }

    /// Each is told once; nil before.
    subscript(_ metric: Metric) -> Figure? {
        get { entries.first { $0.metric == metric }?.figure }
        set { entries.append(Entry(metric: metric, figure: newValue!)) }
    }
}

/// What figures are made from: the equity curve and the closed trades, nothing else.
struct Evidence {
    let series: CandleSeries
    let first: Int
    let equity: [Double]
    let trades: [Trade]
    /// nil when there was no time to hold anything.
    let benchmark: Benchmark?
    let initialEquity: Double
    let periodsPerYear: Int
    let stopLossPercent: Double?

    /// From the first to the last bar of the range.
    var calendarDays: Double {
        Double(series.times[series.count - 1] - series.times[first]) / Double(Timeframe.day.microseconds)
    }
}

/// What a report says of its evidence.
struct Measured {
    let metrics: Metrics
    let moments: ReturnMoments
    /// One point a bar of the range.
    let benchmarkEquity: [Double]?
}

extension Metrics {
    /// Annual figures of less than this many calendar days would be extrapolations.
    private static let leastDays = 90.0

    static func measure(_ evidence: Evidence, checkpoint: Checkpoint) throws(BacktestRefusal) -> Measured {
        let curves = try CurveMeasures(evidence, checkpoint)
        var figures = FigureList()
        try ofTrades(evidence, &figures, checkpoint)
        ofReturns(curves.statistics, curves.fall, evidence, &figures)
        ofBenchmark(curves, evidence, &figures)
        return Measured(
            metrics: Metrics(figures: figures, hasRecovered: curves.fall.hasRecovered),
            moments: curves.statistics.moments, benchmarkEquity: curves.benchmark)
    }

    private static func ofReturns(
        _ statistics: CurveStatistics, _ fall: CurveFall, _ evidence: Evidence, _ figures: inout FigureList
    ) {
        let moments = statistics.moments
        let annual = Double(evidence.periodsPerYear).squareRoot()
        let final = evidence.equity.last ?? evidence.initialEquity
        let cagr: Figure
        if evidence.calendarDays < leastDays {
            cagr = .missing(.sampleTooShort)
        } else {
            let growth = max(0, final / evidence.initialEquity)
            cagr = .number((Elementary.pow(growth, 365.25 / evidence.calendarDays) - 1) * 100)
        }
        figures[.finalEquity] = .number(final)
        figures[.totalReturn] = .number((final / evidence.initialEquity - 1) * 100)
        figures[.maxDrawdown] = .number(fall.deepest * 100)
        figures[.longestUnderwater] = .number(fall.longestDays)
        figures[.sharpePerBar] = moments.sharpePerBar
        figures[.sharpe] = moments.sharpePerBar.map { $0 * annual }
        figures[.sortino] = statistics.sortinoPerBar.map { $0 * annual }
        figures[.volatility] = Figure(moments.standardDeviation, else: .sampleTooShort).map { $0 * annual * 100 }
        figures[.cagr] = cagr
        figures[.calmar] =
            fall.deepest > 0 ? cagr.map { $0 / (fall.deepest * 100) } : .missing(cagr.reason ?? .noLosses)
        figures[.probabilisticSharpe] = moments.probabilisticSharpe()
        figures[.minimumTrackRecord] = moments.minimumTrackRecord
    }

    private static func ofTrades(
        _ evidence: Evidence, _ figures: inout FigureList, _ checkpoint: Checkpoint
    ) throws(BacktestRefusal) {
        let trades = evidence.trades
        let sums = try TradeSums(evidence, checkpoint)
        func mean(_ sum: Double, of count: Int, else reason: Figure.Reason) -> Figure {
            guard !trades.isEmpty else { return .missing(.noTrades) }
            guard count > 0 else { return .missing(reason) }
            return .number(sum / Double(count))
        }
        figures[.tradeCount] = .number(Double(trades.count))
        figures[.winRate] = Figure(ratio(sums.wins, trades.count).map { $0 * 100 }, else: .noTrades)
        figures[.averageWin] = mean(sums.winPercents, of: sums.wins, else: .noWins)
        figures[.averageLoss] = mean(sums.lossPercents, of: sums.losses, else: .noLosses)
        figures[.expectancy] = mean(sums.percents, of: trades.count, else: .noTrades)
        figures[.profitFactor] =
            sums.lost > 0 ? .number(sums.won / sums.lost) : .missing(trades.isEmpty ? .noTrades : .noLosses)
        figures[.bestTrade] = trades.isEmpty ? .missing(.noTrades) : .number(sums.best)
        figures[.worstTrade] = trades.isEmpty ? .missing(.noTrades) : .number(sums.worst)
        figures[.averageBarsHeld] = Figure(ratio(sums.heldBars, trades.count), else: .noTrades)
        // A position is held at the end of every bar from its purchase up to the bar before its sale.
        figures[.exposure] = .number(Double(sums.heldBars) / Double(evidence.equity.count) * 100)
        figures[.fillsWithoutVolume] = .number(Double(sums.fillsWithoutVolume))
        figures[.systemQuality] = try systemQuality(trades, evidence, checkpoint)
    }

    private static func systemQuality(
        _ trades: [Trade], _ evidence: Evidence, _ checkpoint: Checkpoint
    ) throws(BacktestRefusal) -> Figure {
        guard let stopLossPercent = evidence.stopLossPercent else { return .missing(.noStop) }
        guard !trades.isEmpty else { return .missing(.noTrades) }
        let multiples = trades.map {
            $0.profit / ($0.quantity * ($0.entryPrice - $0.entryPrice * (1 - stopLossPercent / 100)))
        }
        let moments = try CurveStatistics(returns: multiples, market: nil, checkpoint).moments
        return moments.sharpePerBar.map { Double(min(trades.count, 100)).squareRoot() * $0 }
    }

    private static func ofBenchmark(
        _ curves: CurveMeasures, _ evidence: Evidence, _ figures: inout FigureList
    ) {
        let statistics = curves.statistics
        guard let last = curves.benchmark?.last, let fall = curves.benchmarkFall else {
            for metric in [
                Metric.benchmarkReturn, .benchmarkMaxDrawdown, .excessReturn, .beta, .alpha, .probabilisticExcessSharpe,
            ] {
                figures[metric] = .missing(.sampleTooShort)
            }
            return
        }
        let benchmarkReturn = (last / evidence.initialEquity - 1) * 100
        let line = statistics.line
        let alpha = line.map { (line) -> Figure in
            guard evidence.calendarDays >= leastDays else { return .missing(.sampleTooShort) }
            return .number(Double(evidence.periodsPerYear) * line.intercept * 100)
        }
        let reason: Figure.Reason = evidence.equity.count < 3 ? .sampleTooShort : .zeroVariance
        figures[.benchmarkReturn] = .number(benchmarkReturn)
        figures[.benchmarkMaxDrawdown] = .number(fall.deepest * 100)
        figures[.excessReturn] = figures[.totalReturn]!.map { $0 - benchmarkReturn }
        figures[.beta] = Figure(line?.slope, else: reason)
        figures[.alpha] = alpha ?? .missing(reason)
        figures[.probabilisticExcessSharpe] = statistics.excess?.probabilisticSharpe() ?? .missing(reason)
    }

    private static func ratio(_ part: Int, _ whole: Int) -> Double? {
        whole == 0 ? nil : Double(part) / Double(whole)
    }
}
