import Market
import Strategy

@testable import Backtest

typealias Candle = (open: Double, high: Double, low: Double, close: Double)

/// Daily bars from 2020-01-01 on.
func prepared(_ candles: [Candle], volume: Double = 1) throws -> PreparedBars {
    var series = CandleSeries()
    for (i, candle) in candles.enumerated() {
        series.append(
            time: 1_577_836_800_000_000 + Int64(i) * Timeframe.day.microseconds, open: candle.open, high: candle.high,
            low: candle.low, close: candle.close, volume: volume)
    }
    return try PreparedBars(series)
}

/// Bars that open and close at one price.
func prepared(closes: [Double]) throws -> PreparedBars {
    try prepared(closes.map { ($0, $0, $0, $0) })
}

func prepared(_ bars: TickBars) throws -> PreparedBars {
    let columns = PriceSource.allCases.map(bars.prices)
    return try prepared((0..<bars.close.count).map { (columns[0][$0], columns[1][$0], columns[2][$0], columns[3][$0]) })
}

/// Buys when a bar closes at 100 and sells when one closes at 90, unless told otherwise.
func strategy(
    entry: [Condition] = [Condition(.price(.close), .equal, .literal(100))],
    exit: [Condition] = [Condition(.price(.close), .equal, .literal(90))], stop: Double? = nil, target: Double? = nil
) -> StrategyDefinition {
    var indicators: [Indicator] = []
    for operand in (entry + exit).flatMap({ [$0.left, $0.right] }) {
        if case .indicator(let indicator) = operand, !indicators.contains(indicator) { indicators.append(indicator) }
    }
    return StrategyDefinition(
        indicators: indicators, entry: entry, exit: exit, risk: .init(stopLossPercent: stop, takeProfitPercent: target))
}

/// The points of holding beside a run.
func benchmarkPoints(of report: Report, on bars: PreparedBars) throws -> [Double] {
    let first = bars.count - report.equity.count
    return try Benchmark(bars.series, from: first, options: report.options)?.points(bars.series) ?? []
}

func indicator(_ type: IndicatorType, _ period: Int, of source: PriceSource = .close) -> Indicator {
    Indicator(id: "\(type.rawValue)\(period)\(source.rawValue)", type: type, period: period, source: source)
}
