import Market

/// The figures of one result, each a number or the reason why there is none.
public struct Metrics: Equatable, Sendable {
    private let values: MetricValues
    /// False when the longest time under water runs to the end of the range.
    public let hasRecovered: Bool

    public subscript(_ metric: Metric) -> MetricValue { values[metric]! }

    /// All in the order of the catalog.
    public var all: [(metric: Metric, value: MetricValue)] { Metric.allCases.map { ($0, self[$0]) } }
}

/// Figures by name: a list to search, because with so few of them hashing the names would take longer than all
/// arithmetic of a short run.
private struct MetricValues: Equatable, Sendable {
    private struct Entry: Equatable, Sendable {
        let metric: Metric
        let value: MetricValue
    }

    private var entries: [Entry] = []

    init() { entries.reserveCapacity(Metric.allCases.count) }

    /// Each is told once; nil before.
    subscript(_ metric: Metric) -> MetricValue? {
        get { entries.first { $0.metric == metric }?.value }
        set { entries.append(Entry(metric: metric, value: newValue!)) }
    }

    var areFinite: Bool { entries.allSatisfy { $0.value.value?.isFinite ?? true } }
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
    /// Of what is left after the market; nil without a line through its returns.
    let excess: ReturnMoments?
}

extension Metrics {
    /// Annual figures of less than this many calendar days would be extrapolations.
    private static let minimumDays = 90.0

    static func measure(_ evidence: Evidence, checkpoint: Checkpoint) throws(BacktestRefusal) -> Measured {
        let curves = try CurveMeasures(evidence, checkpoint)
        guard curves.drawdown.peak.isFinite, curves.benchmarkDrawdown?.peak.isFinite ?? true else {
            throw .notRepresentable
        }
        var values = MetricValues()
        try ofTrades(evidence, &values, checkpoint)
        ofReturns(curves.statistics, curves.drawdown, evidence, &values)
        ofBenchmark(curves, evidence, &values)
        guard values.areFinite, curves.statistics.moments.areFinite,
            curves.statistics.excess?.areFinite ?? true
        else { throw .notRepresentable }
        return Measured(
            metrics: Metrics(values: values, hasRecovered: curves.drawdown.hasRecovered),
            moments: curves.statistics.moments, excess: curves.statistics.excess)
    }

    private static func ofReturns(
        _ statistics: CurveStatistics, _ drawdown: Drawdown, _ evidence: Evidence, _ values: inout MetricValues
    ) {
        let moments = statistics.moments
        let annual = Double(evidence.periodsPerYear).squareRoot()
        let final = evidence.equity.last ?? evidence.initialEquity
        let cagr: MetricValue
        if evidence.calendarDays < minimumDays {
            cagr = .missing(.sampleTooShort)
        } else {
            let growth = max(0, final / evidence.initialEquity)
            cagr = .number((Elementary.pow(growth, 365.25 / evidence.calendarDays) - 1) * 100)
        }
        values[.finalEquity] = .number(final)
        values[.totalReturn] = .number((final / evidence.initialEquity - 1) * 100)
        values[.maxDrawdown] = .number(drawdown.maximum * 100)
        values[.longestUnderwater] = .number(drawdown.underwaterDays)
        values[.sharpePerBar] = moments.sharpePerBar
        values[.sharpe] = moments.sharpePerBar.map { $0 * annual }
        values[.sortino] = statistics.sortinoPerBar.map { $0 * annual }
        values[.volatility] = MetricValue(moments.standardDeviation, else: .sampleTooShort).map { $0 * annual * 100 }
        values[.cagr] = cagr
        values[.calmar] =
            drawdown.maximum > 0 ? cagr.map { $0 / (drawdown.maximum * 100) } : .missing(cagr.reason ?? .noLosses)
        values[.probabilisticSharpe] = moments.probabilisticSharpe()
        values[.minimumTrackRecord] = moments.minimumTrackRecord
    }

    private static func ofTrades(
        _ evidence: Evidence, _ values: inout MetricValues, _ checkpoint: Checkpoint
    ) throws(BacktestRefusal) {
        let trades = evidence.trades
        let sums = try TradeSums(evidence, checkpoint)
        func mean(_ sum: Double, of count: Int, else reason: MetricValue.Reason) -> MetricValue {
            guard !trades.isEmpty else { return .missing(.noTrades) }
            guard count > 0 else { return .missing(reason) }
            return .number(sum / Double(count))
        }
        values[.tradeCount] = .number(Double(trades.count))
        values[.winRate] = MetricValue(ratio(sums.wins, trades.count).map { $0 * 100 }, else: .noTrades)
        values[.averageWin] = mean(sums.winPercents, of: sums.wins, else: .noWins)
        values[.averageLoss] = mean(sums.lossPercents, of: sums.losses, else: .noLosses)
        values[.expectancy] = mean(sums.percents, of: trades.count, else: .noTrades)
        values[.profitFactor] =
            sums.lost > 0 ? .number(sums.won / sums.lost) : .missing(trades.isEmpty ? .noTrades : .noLosses)
        values[.bestTrade] = trades.isEmpty ? .missing(.noTrades) : .number(sums.best)
        values[.worstTrade] = trades.isEmpty ? .missing(.noTrades) : .number(sums.worst)
        values[.averageBarsHeld] = MetricValue(ratio(sums.heldBars, trades.count), else: .noTrades)
        // A position is held at the end of every bar from its purchase up to the bar before its sale.
        values[.exposure] = .number(Double(sums.heldBars) / Double(evidence.equity.count) * 100)
        values[.fillsWithoutVolume] = .number(Double(sums.fillsWithoutVolume))
        values[.systemQuality] = try systemQuality(trades, evidence, checkpoint)
    }

    private static func systemQuality(
        _ trades: [Trade], _ evidence: Evidence, _ checkpoint: Checkpoint
    ) throws(BacktestRefusal) -> MetricValue {
        guard let stopLossPercent = evidence.stopLossPercent else { return .missing(.noStop) }
        guard !trades.isEmpty else { return .missing(.noTrades) }
        let multiples = trades.map {
            $0.profit / ($0.quantity * ($0.entryPrice - $0.entryPrice * (1 - stopLossPercent / 100)))
        }
        let moments = try CurveStatistics(returns: multiples, market: nil, checkpoint).moments
        return moments.sharpePerBar.map { Double(min(trades.count, 100)).squareRoot() * $0 }
    }

    private static func ofBenchmark(
        _ curves: CurveMeasures, _ evidence: Evidence, _ values: inout MetricValues
    ) {
        let statistics = curves.statistics
        guard let last = evidence.benchmark?.final, let drawdown = curves.benchmarkDrawdown else {
            for metric in [
                Metric.benchmarkReturn, .benchmarkMaxDrawdown, .excessReturn, .beta, .alpha, .probabilisticExcessSharpe,
            ] {
                values[metric] = .missing(.sampleTooShort)
            }
            return
        }
        let benchmarkReturn = (last / evidence.initialEquity - 1) * 100
        let line = statistics.line
        let alpha = line.map { (line) -> MetricValue in
            guard evidence.calendarDays >= minimumDays else { return .missing(.sampleTooShort) }
            return .number(Double(evidence.periodsPerYear) * line.intercept * 100)
        }
        let reason: MetricValue.Reason = evidence.equity.count < 3 ? .sampleTooShort : .zeroVariance
        values[.benchmarkReturn] = .number(benchmarkReturn)
        values[.benchmarkMaxDrawdown] = .number(drawdown.maximum * 100)
        values[.excessReturn] = values[.totalReturn]!.map { $0 - benchmarkReturn }
        values[.beta] = MetricValue(line?.slope, else: reason)
        values[.alpha] = alpha ?? .missing(reason)
        values[.probabilisticExcessSharpe] = statistics.excess?.probabilisticSharpe() ?? .missing(reason)
    }

    private static func ratio(_ part: Int, _ whole: Int) -> Double? {
        whole == 0 ? nil : Double(part) / Double(whole)
    }
}
