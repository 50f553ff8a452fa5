import Market

/// The figures of one result, each a number or the reason why there is none.
public struct Metrics: Equatable, Sendable {
    private let figures: [Metric: Figure]
    /// False when the longest time under water runs to the end of the range.
    public let hasRecovered: Bool

    public subscript(_ metric: Metric) -> Figure { figures[metric]! }

    /// All in the order of the catalog.
    public var all: [(metric: Metric, figure: Figure)] { Metric.allCases.map { ($0, self[$0]) } }
}

/// What figures are made from: the equity curve and the closed trades, nothing else.
struct Evidence {
    let series: CandleSeries
    let first: Int
    let equity: [Double]
    let trades: [Trade]
    /// One point a bar of the range; nil when there was no time to hold anything.
    let benchmark: [Double]?
    let initialEquity: Double
    let periodsPerYear: Int
    let stopLossPercent: Double?

    /// From the first to the last bar of the range.
    var calendarDays: Double {
        Double(series.times[series.count - 1] - series.times[first]) / Double(Timeframe.day.microseconds)
    }
}

extension Metrics {
    /// Annual figures of less than this many calendar days would be extrapolations.
    private static let leastDays = 90.0

    static func measure(
        _ evidence: Evidence, checkpoint: Checkpoint
    ) throws(BacktestRefusal) -> (Metrics, ReturnMoments) {
        let returns = EquityCurve.returns(evidence.equity)
        try checkpoint()
        let moments = ReturnMoments(returns)
        try checkpoint()
        var figures = ofTrades(evidence)
        figures.merge(ofReturns(returns, moments, evidence)) { $1 }
        try checkpoint()
        let underwater = EquityCurve.longestUnderwater(
            evidence.equity, from: evidence.initialEquity, times: evidence.series.times[evidence.first...])
        figures[.longestUnderwater] = .number(underwater.days)
        figures.merge(ofBenchmark(returns, figures[.totalReturn]!, evidence)) { $1 }
        try checkpoint()
        return (Metrics(figures: figures, hasRecovered: underwater.hasRecovered), moments)
    }

    private static func ofReturns(
        _ returns: [Double], _ moments: ReturnMoments, _ evidence: Evidence
    ) -> [Metric: Figure] {
        let annual = Double(evidence.periodsPerYear).squareRoot()
        let drawdown = EquityCurve.maxDrawdown(evidence.equity, from: evidence.initialEquity)
        let final = evidence.equity.last ?? evidence.initialEquity
        let cagr: Figure
        if evidence.calendarDays < leastDays {
            cagr = .missing(.sampleTooShort)
        } else {
            let growth = max(0, final / evidence.initialEquity)
            cagr = .number((Elementary.pow(growth, 365.25 / evidence.calendarDays) - 1) * 100)
        }
        return [
            .finalEquity: .number(final),
            .totalReturn: .number((final / evidence.initialEquity - 1) * 100),
            .maxDrawdown: .number(drawdown * 100),
            .sharpePerBar: moments.sharpePerBar,
            .sharpe: moments.sharpePerBar.map { $0 * annual },
            .sortino: EquityCurve.sortinoPerBar(returns).map { $0 * annual },
            .volatility: Figure(moments.standardDeviation, else: .sampleTooShort).map { $0 * annual * 100 },
            .cagr: cagr,
            .calmar: drawdown > 0 ? cagr.map { $0 / (drawdown * 100) } : .missing(cagr.reason ?? .noLosses),
            .probabilisticSharpe: moments.probabilisticSharpe(),
            .minimumTrackRecord: moments.minimumTrackRecord,
        ]
    }

    private static func ofTrades(_ evidence: Evidence) -> [Metric: Figure] {
        let trades = evidence.trades
        let volume = evidence.series.volume
        let fills = trades.flatMap { [$0.entryIndex, $0.exitIndex] }
        let heldBars = trades.reduce(0) { $0 + $1.barsHeld }
        let wins = trades.filter { $0.profit > 0 }
        let losses = trades.filter { $0.profit < 0 }
        func mean(_ trades: [Trade], else reason: Figure.Reason) -> Figure {
            guard !evidence.trades.isEmpty else { return .missing(.noTrades) }
            guard !trades.isEmpty else { return .missing(reason) }
            return .number(trades.reduce(0) { $0 + $1.profitPercent } / Double(trades.count))
        }
        let won = wins.reduce(0) { $0 + $1.profit }
        let lost = losses.reduce(0) { $0 - $1.profit }
        let percents = trades.map(\.profitPercent)
        return [
            .tradeCount: .number(Double(trades.count)),
            .winRate: Figure(ratio(wins.count, trades.count).map { $0 * 100 }, else: .noTrades),
            .averageWin: mean(wins, else: .noWins),
            .averageLoss: mean(losses, else: .noLosses),
            .expectancy: mean(trades, else: .noTrades),
            .profitFactor: lost > 0 ? .number(won / lost) : .missing(trades.isEmpty ? .noTrades : .noLosses),
            .bestTrade: Figure(percents.max(), else: .noTrades),
            .worstTrade: Figure(percents.min(), else: .noTrades),
            .averageBarsHeld: Figure(ratio(heldBars, trades.count), else: .noTrades),
            // A position is held at the end of every bar from its purchase up to the bar before its sale.
            .exposure: .number(Double(heldBars) / Double(evidence.equity.count) * 100),
            .fillsWithoutVolume: .number(Double(fills.filter { volume[evidence.first + $0] == 0 }.count)),
            .systemQuality: systemQuality(trades, stopLossPercent: evidence.stopLossPercent),
        ]
    }

    private static func systemQuality(_ trades: [Trade], stopLossPercent: Double?) -> Figure {
        guard let stopLossPercent else { return .missing(.noStop) }
        guard !trades.isEmpty else { return .missing(.noTrades) }
        let multiples = ReturnMoments(
            trades.map { $0.profit / ($0.quantity * ($0.entryPrice - $0.entryPrice * (1 - stopLossPercent / 100))) })
        return multiples.sharpePerBar.map { Double(min(trades.count, 100)).squareRoot() * $0 }
    }

    private static func ofBenchmark(
        _ returns: [Double], _ totalReturn: Figure, _ evidence: Evidence
    ) -> [Metric: Figure] {
        guard let benchmark = evidence.benchmark, let last = benchmark.last else {
            let metrics: [Metric] = [
                .benchmarkReturn, .benchmarkMaxDrawdown, .excessReturn, .beta, .alpha, .probabilisticExcessSharpe,
            ]
            return Dictionary(uniqueKeysWithValues: metrics.map { ($0, .missing(.sampleTooShort)) })
        }
        let benchmarkReturn = (last / evidence.initialEquity - 1) * 100
        let drawdown = EquityCurve.maxDrawdown(benchmark, from: evidence.initialEquity)
        let market = EquityCurve.returns(benchmark)
        let line = EquityCurve.regression(of: returns, on: market)
        let alpha = line.map { (line) -> Figure in
            guard evidence.calendarDays >= leastDays else { return .missing(.sampleTooShort) }
            return .number(Double(evidence.periodsPerYear) * line.intercept * 100)
        }
        let excess = line.map { line in
            ReturnMoments(zip(returns, market).map { $0 - line.slope * $1 }).probabilisticSharpe()
        }
        let reason: Figure.Reason = returns.count < 2 ? .sampleTooShort : .zeroVariance
        return [
            .benchmarkReturn: .number(benchmarkReturn),
            .benchmarkMaxDrawdown: .number(drawdown * 100),
            .excessReturn: totalReturn.map { $0 - benchmarkReturn },
            .beta: Figure(line?.slope, else: reason),
            .alpha: alpha ?? .missing(reason),
            .probabilisticExcessSharpe: excess ?? .missing(reason),
        ]
    }

    private static func ratio(_ part: Int, _ whole: Int) -> Double? {
        whole == 0 ? nil : Double(part) / Double(whole)
    }
}
