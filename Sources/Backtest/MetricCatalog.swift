/// Every figure of a result that does not depend on how many variants were tried: the one table of names, formulas,
/// units and sources behind the API, the page's "how computed" and the tests. The raw value is the name everywhere.
public enum Metric: String, Sendable, CaseIterable {
    case finalEquity = "final_equity"
    case totalReturn = "total_return_pct"
    case maxDrawdown = "max_drawdown_pct"
    case winRate = "win_rate_pct"
    case tradeCount = "num_trades"
    case averageWin = "avg_win_pct"
    case averageLoss = "avg_loss_pct"
    case sharpe = "sharpe_ratio"
    case sharpePerBar = "sharpe_per_bar"
    case sortino = "sortino_ratio"
    case cagr = "cagr_pct"
    case calmar = "calmar_ratio"
    case volatility = "volatility_pct"
    case longestUnderwater = "longest_underwater_days"
    case profitFactor = "profit_factor"
    case expectancy = "expectancy_pct"
    case exposure = "exposure_pct"
    case systemQuality = "sqn"
    case bestTrade = "best_trade_pct"
    case worstTrade = "worst_trade_pct"
    case averageBarsHeld = "avg_bars_held"
    case fillsWithoutVolume = "fills_without_volume"
    case benchmarkReturn = "benchmark_return_pct"
    case benchmarkMaxDrawdown = "benchmark_max_drawdown_pct"
    case excessReturn = "excess_return_pct"
    case beta
    case alpha = "alpha_annual_pct"
    case probabilisticSharpe = "psr"
    case probabilisticExcessSharpe = "psr_excess"
    case minimumTrackRecord = "min_track_record_bars"
}

/// What is told about a figure beside the figure.
public struct MetricDescription: Sendable, Equatable {
    public enum Unit: String, Sendable {
        case currency, percent, percentagePoints = "percentage points", ratio, count, bars, days, probability
    }

    public let metric: Metric
    public let unit: Unit
    /// E_0 is the initial equity, r the T returns from bar to bar, P the periods a year.
    public let formula: String
    /// Where the definition comes from; nil for plain arithmetic.
    public let source: String?
}

extension Metric {
    public static let catalog: [MetricDescription] = allCases.map(\.description)

    public var description: MetricDescription {
        switch self {
        case .finalEquity: entry(.currency, "E_T: cash + quantity * close after the last bar")
        case .totalReturn: entry(.percent, "(E_T / E_0 - 1) * 100")
        case .maxDrawdown:
            entry(.percent, "max over t of (1 - E_t / max(E_0..E_t)) * 100", "Magdon-Ismail & Atiya 2004")
        case .winRate: entry(.percent, "trades with pnl > 0 / trades * 100")
        case .tradeCount: entry(.count, "closed trades")
        case .averageWin: entry(.percent, "mean pnl_pct of trades with pnl > 0")
        case .averageLoss: entry(.percent, "mean pnl_pct of trades with pnl < 0, a negative number")
        case .sharpe:
            entry(.ratio, "mean(r) / sd(r) * sqrt(P), sd divides by T-1, risk-free rate 0", "Sharpe 1994; Lo 2002")
        case .sharpePerBar: entry(.ratio, "mean(r) / sd(r), sd divides by T-1, risk-free rate 0", "Sharpe 1994")
        case .sortino:
            entry(.ratio, "mean(r) / sqrt(sum(min(0, r)^2) / T) * sqrt(P), over all T", "Sortino & Price 1994")
        case .cagr:
            entry(
                .percent,
                "((E_T / E_0)^(1/Y) - 1) * 100, Y = calendar days from the first to the last bar / 365.25; "
                    + "none under 90 days")
        case .calmar: entry(.ratio, "cagr_pct / max_drawdown_pct", "Young 1991")
        case .volatility: entry(.percent, "sd(r) * sqrt(P) * 100")
        case .longestUnderwater:
            entry(
                .days, "longest span from a peak's bar to its recovery; an open span runs to the end",
                "Magdon-Ismail & Atiya 2004")
        case .profitFactor: entry(.ratio, "sum of winning pnl_abs / |sum of losing pnl_abs|")
        case .expectancy: entry(.percent, "mean pnl_pct of the trades")
        case .exposure: entry(.percent, "bars that end with a position / bars * 100")
        case .systemQuality:
            entry(
                .ratio,
                "sqrt(min(n, 100)) * mean(R) / sd(R), R = pnl_abs / (quantity * (entry - stop)), sd divides by n-1",
                "Tharp 2008")
        case .bestTrade: entry(.percent, "largest pnl_pct of the trades")
        case .worstTrade: entry(.percent, "smallest pnl_pct of the trades")
        case .averageBarsHeld: entry(.bars, "mean of exit index - entry index")
        case .fillsWithoutVolume: entry(.count, "purchases and sales on bars with volume 0")
        case .benchmarkReturn:
            entry(.percent, "return of buying at the run's first possible fill and holding, same costs; no dividends")
        case .benchmarkMaxDrawdown: entry(.percent, "max_drawdown_pct of the benchmark's equity")
        case .excessReturn: entry(.percentagePoints, "total_return_pct - benchmark_return_pct")
        case .beta: entry(.ratio, "Cov(r, b) / Var(b), b = the benchmark's returns", "Jensen 1968")
        case .alpha: entry(.percent, "P * (mean(r) - beta * mean(b)) * 100; none under 90 days", "Jensen 1968")
        case .probabilisticSharpe:
            entry(
                .probability, "Phi(SR * sqrt(T-1) / sqrt(1 - g3*SR + (g4-1)/4 * SR^2)), SR = sharpe_per_bar",
                "Bailey & Lopez de Prado 2012")
        case .probabilisticExcessSharpe:
            entry(.probability, "psr of r - beta * b: what is left after the market", "Bailey & Lopez de Prado 2012")
        case .minimumTrackRecord:
            entry(
                .bars, "1 + (1 - g3*SR + (g4-1)/4 * SR^2) * (Phi^-1(0.95) / SR)^2, for SR > 0",
                "Bailey & Lopez de Prado 2012")
        }
    }

    private func entry(
        _ unit: MetricDescription.Unit, _ formula: String, _ source: String? = nil
    ) -> MetricDescription {
        MetricDescription(metric: self, unit: unit, formula: formula, source: source)
    }
}
