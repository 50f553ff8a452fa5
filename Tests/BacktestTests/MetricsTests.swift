import Market
import SeededNumbers
import Strategy
import Testing

@testable import Backtest

@Suite struct MetricsTests {
    @Test func `figures of trades by hand`() throws {
        let profits: [Double] = [120, -50, 80, -60, 200, -40, -30, 90]
        let trades = profits.enumerated().map { i, profit in
            Trade(
                entryIndex: i * 3, exitIndex: i * 3 + 2, entryTime: 0, exitTime: 0, entryPrice: 10, exitPrice: 10,
                quantity: 100, profit: profit, profitPercent: profit / 10, exitReason: .rule, isGap: false)
        }
        let metrics = try measure(equity: Array(repeating: 10_000, count: 32), trades: trades, stop: 5)
        #expect(near(metrics[.profitFactor], 2.722222222, 1e-9))
        #expect(metrics[.tradeCount] == .number(8))
        #expect(metrics[.winRate] == .number(50))
        #expect(near(metrics[.averageWin], 12.25, 1e-12))
        #expect(near(metrics[.averageLoss], -4.5, 1e-12))
        #expect(near(metrics[.expectancy], 3.875, 1e-12))
        #expect(metrics[.bestTrade] == .number(20))
        #expect(metrics[.worstTrade] == .number(-6))
        #expect(metrics[.averageBarsHeld] == .number(2))
        #expect(metrics[.exposure] == .number(50))
        #expect(metrics[.fillsWithoutVolume] == .number(16))
        // R = profit / (100 * 0.5): mean 0.775, sd 1.9344619 over 8 trades.
        #expect(near(metrics[.systemQuality], 8.0.squareRoot() * 0.775 / 1.9344619, 1e-6))
    }

    @Test func `without trades there is a reason for every figure`() throws {
        let metrics = try measure(equity: [10_000, 10_000, 10_000], trades: [], stop: 2)
        #expect(metrics[.tradeCount] == .number(0))
        #expect(metrics[.totalReturn] == .number(0))
        #expect(metrics[.maxDrawdown] == .number(0))
        #expect(metrics[.exposure] == .number(0))
        #expect(metrics[.volatility] == .number(0))
        let missing: [(Metric, MetricValue.Reason)] = [
            (.winRate, .noTrades), (.averageWin, .noTrades), (.averageLoss, .noTrades), (.profitFactor, .noTrades),
            (.expectancy, .noTrades), (.bestTrade, .noTrades), (.worstTrade, .noTrades), (.averageBarsHeld, .noTrades),
            (.systemQuality, .noTrades), (.sharpe, .zeroVariance), (.sharpePerBar, .zeroVariance),
            (.sortino, .noLosses), (.cagr, .sampleTooShort), (.calmar, .sampleTooShort),
            (.probabilisticSharpe, .zeroVariance), (.minimumTrackRecord, .zeroVariance), (.beta, .sampleTooShort),
            (.alpha, .sampleTooShort), (.benchmarkReturn, .sampleTooShort),
        ]
        for (metric, reason) in missing { #expect(metrics[metric] == .missing(reason), "\(metric)") }
        #expect(try measure(equity: [1, 1], trades: [], stop: nil)[.systemQuality] == .missing(.noStop))
        #expect(metrics.all.count == Metric.allCases.count)
    }

    @Test func `annual figures wait for ninety days`() throws {
        for (bars, exists) in [(90, false), (91, true)] {
            let equity = (0..<bars).map { 10_000 + Double($0 % 7) * 10 + Double($0) }
            let metrics = try measure(equity: equity, trades: [], stop: nil)
            #expect((metrics[.cagr].value != nil) == exists)
            #expect((metrics[.calmar].value != nil) == exists)
        }
    }

    @Test func `growth is annual over calendar days`() throws {
        // 731 bars are 730 days: two years less half a day.
        let equity = (0..<731).map { $0 == 365 ? 9_000.0 : $0 == 730 ? 12_100 : 10_000 }
        let metrics = try measure(equity: equity, trades: [], stop: nil)
        #expect(near(metrics[.cagr], 10.007181, 1e-5))
        #expect(near(metrics[.maxDrawdown], 10, 1e-12))
        #expect(near(metrics[.calmar], 1.0007181, 1e-6))
        #expect(metrics[.longestUnderwater] == .number(2))
        #expect(metrics.hasRecovered)
    }

    @Test func `the benchmark is bought by the run's own rule`() throws {
        let bars = try prepared([(98, 102, 97, 100), (101, 112, 100, 110), (111, 125, 110, 120)])
        let definition = strategy(entry: [Condition(.price(.close), .less, .literal(1))])
        func metrics(_ options: SimulationOptions, from first: Int = 0) throws -> Metrics {
            try Engine.run(definition, on: bars, from: first, options: options, periodsPerYear: 252).metrics
        }
        let atClose = try metrics(.standard)
        #expect(near(atClose[.benchmarkReturn], 20, 1e-9))
        #expect(near(atClose[.excessReturn], -20, 1e-9))
        let atOpen = try metrics(SimulationOptions(executionTiming: .nextOpen))
        #expect(near(atOpen[.benchmarkReturn], (120.0 / 101 - 1) * 100, 1e-9))
        // Half of the money, 1 % of slippage and half a percent of commission on each side.
        let costly = try metrics(
            SimulationOptions(allocationPercent: 50, commissionBasisPoints: 50, slippageBasisPoints: 100))
        let quantity = 5_000 / (101 * 1.005)
        #expect(near(costly[.benchmarkReturn], (quantity * 118.8 * 0.995 - 5_000) / 100, 1e-9))
        #expect(near(costly[.benchmarkMaxDrawdown], (5_000 - quantity * 100) / 100, 1e-9))
        #expect(try metrics(.standard, from: 2)[.benchmarkReturn] == .missing(.sampleTooShort))
    }

    @Test func `holding the market is the market`() throws {
        var random = SplitMix(seed: 5)
        var closes = [100.0]
        for _ in 1..<200 {
            closes.append((closes.last! * Double.random(in: 0.98...1.022, using: &random) * 100).rounded() / 100)
        }
        let metrics = try Engine.run(
            strategy(
                entry: [Condition(.price(.close), .greater, .literal(0))],
                exit: [Condition(.price(.close), .less, .literal(0))]), on: prepared(closes: closes),
            periodsPerYear: 252
        ).metrics
        #expect(near(metrics[.beta], 1, 1e-12))
        #expect(near(metrics[.alpha], 0, 1e-10))
        #expect(near(metrics[.excessReturn], 0, 1e-10))
        #expect(metrics[.probabilisticExcessSharpe] == .missing(.zeroVariance))
        #expect(near(metrics[.exposure], 199.0 / 200 * 100, 1e-12))
    }

    @Test func `the catalog names every figure once`() {
        #expect(Metric.catalog.map(\.metric) == Metric.allCases)
        #expect(Set(Metric.catalog.map(\.formula)).count == Metric.allCases.count)
        for word in [
            "final_equity", "total_return_pct", "max_drawdown_pct", "win_rate_pct", "num_trades", "avg_win_pct",
            "avg_loss_pct", "sharpe_ratio",
        ] {
            #expect(Metric(rawValue: word) != nil)
        }
    }

    private func measure(equity: [Double], trades: [Trade], stop: Double?) throws -> Metrics {
        let bars = try prepared(closes: Array(repeating: 10, count: equity.count))
        var series = CandleSeries()
        for i in 0..<bars.count {
            series.append(time: bars.series.times[i], open: 10, high: 10, low: 10, close: 10, volume: 0)
        }
        return try Metrics.measure(
            Evidence(
                series: series, first: 0, equity: equity, trades: trades, benchmark: nil, initialEquity: 10_000,
                periodsPerYear: 252, stopLossPercent: stop), checkpoint: { _ in }
        ).metrics
    }

    private func near(_ figure: MetricValue, _ expected: Double, _ tolerance: Double) -> Bool {
        figure.value.map { abs($0 - expected) <= tolerance } ?? false
    }
}
