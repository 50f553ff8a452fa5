import Backtest
import JSON
import Market
import Strategy

/// What one trader tries on one series: a family of trials, judged as the product judges it.
struct Family {
    private var reports: [Report] = []

    /// - Parameter costs: slippage a side in basis points.
    mutating func add(_ definition: StrategyDefinition, on bars: PreparedBars, costs: Double = 0) {
        do {
            let options = try SimulationOptions(initialEquity: 10_000, slippageBasisPoints: costs)
            reports.append(try Engine.run(definition, on: bars, options: options, periodsPerYear: 252))
        } catch {
            fatalError("a simulation does not run: \(error)")
        }
    }

    /// The verdicts of all, each with N and V of the whole family.
    var verdicts: [Verdict] {
        let sharpes = reports.compactMap { $0.moments.sharpePerBar.value }
        let excesses = reports.compactMap { $0.excess?.sharpePerBar.value }
        return reports.map { report in
            report.verdict(
                trials: reports.count,
                variance: Significance.trialVariance(sharpes, returns: report.moments.count),
                excessVariance: Significance.trialVariance(excesses, returns: report.moments.count))
        }
    }

    /// The one that a trader would show: the highest Sharpe ratio.
    var best: Int {
        let sharpes = reports.map { $0.moments.sharpePerBar.value ?? -.infinity }
        return sharpes.indices.max { sharpes[$0] < sharpes[$1] } ?? 0
    }

    /// Whether the best one survives, and whether any does.
    var survival: (best: Bool, any: Bool) {
        let verdicts = verdicts
        return (verdicts[best] == .survivesDeflation, verdicts.contains(.survivesDeflation))
    }
}

enum Definitions {
    /// Fifty variants of what people try first, all of which trade often enough to be judged.
    static let fifty: [StrategyDefinition] = {
        var list: [StrategyDefinition] = []
        for fast in [3, 5, 8, 10, 12] {
            for slow in [15, 20, 25, 30, 40] { list.append(crossing("SMA", fast, slow, risk: "{}")) }
        }
        for fast in [4, 7, 10] {
            for slow in [15, 22, 30] {
                let risk =
                    #"{"stop_loss":{"type":"percent","value":4},"take_profit":{"type":"percent","value":8}}"#
                list.append(crossing("EMA", fast, slow, risk: risk))
            }
        }
        for period in [5, 9] {
            for low in [30, 35, 40, 45] { for high in [55, 65] { list.append(strength(period, low, high)) } }
        }
        precondition(list.count == 50)
        return list
    }()

    /// Buys and sells as the coin says, see ``Coin``.
    static let coin = read(
        """
        {"indicators":[],"entry":{"logic":"AND","conditions":[{"left":{"price":"open"},"op":"gte","right":{"price":"high"}}]},\
        "exit":{"logic":"AND","conditions":[{"left":{"price":"open"},"op":"lte","right":{"price":"low"}}]},"risk":{}}
        """)

    private static func crossing(_ type: String, _ fast: Int, _ slow: Int, risk: String) -> StrategyDefinition {
        read(
            """
            {"indicators":[{"id":"f","type":"\(type)","params":{"period":\(fast)},"source":"close"},\
            {"id":"s","type":"\(type)","params":{"period":\(slow)},"source":"close"}],\
            "entry":{"logic":"AND","conditions":[{"left":{"indicator":"f"},"op":"crosses_above","right":{"indicator":"s"}}]},\
            "exit":{"logic":"AND","conditions":[{"left":{"indicator":"f"},"op":"crosses_below","right":{"indicator":"s"}}]},\
            "risk":\(risk)}
            """)
    }

    private static func strength(_ period: Int, _ low: Int, _ high: Int) -> StrategyDefinition {
        read(
            """
            {"indicators":[{"id":"r","type":"RSI","params":{"period":\(period)},"source":"close"}],\
            "entry":{"logic":"AND","conditions":[{"left":{"indicator":"r"},"op":"lt","right":{"literal":\(low)}}]},\
            "exit":{"logic":"AND","conditions":[{"left":{"indicator":"r"},"op":"gt","right":{"literal":\(high)}}]},"risk":{}}
            """)
    }

    private static func read(_ text: String) -> StrategyDefinition {
        let (definition, errors) = StrategyDefinition.read(bytes: Array(text.utf8))
        guard let definition else { fatalError("a simulation's own definition is wrong: \(errors)") }
        return definition
    }
}

/// Signals that hang on nothing, through the engine as it is: a run that fills at closes and has no stop looks at no
/// opening price, so that column is free to carry them. Open at the high: buy. Open at the low: sell. Between: nothing.
enum Coin {
    enum Side { case buy, sell, nothing }

    static func bars(_ series: CandleSeries, _ side: (_ bar: Int) -> Side) -> PreparedBars {
        var carrying = CandleSeries()
        for i in 0..<series.count {
            // A bar without room between its prices gets some above and below, which no fill looks at either.
            let high = series.high[i] == series.low[i] ? series.high[i] + 0.01 : series.high[i]
            let open: Double =
                switch side(i) {
                case .buy: high
                case .sell: series.low[i]
                case .nothing: (high + series.low[i]) / 2
                }
            carrying.append(
                time: series.times[i], open: open, high: high, low: series.low[i], close: series.close[i],
                volume: series.volume[i])
        }
        do { return try PreparedBars(carrying) } catch { fatalError("bar \(error.index): \(error.reason)") }
    }

    /// Buys when flat and sells when not, each with one chance in ten a day: about 120 trades in ten years.
    static func flips(_ series: CandleSeries, _ random: inout Seeded) -> PreparedBars {
        let sides = (0..<series.count).map { bar -> Side in
            // In or out at the start: who always begins outside has missed whatever came first.
            if bar == 0 { return random.unit() < 0.5 ? .buy : .nothing }
            let number = random.unit()
            return number < 0.1 ? .buy : number < 0.2 ? .sell : .nothing
        }
        return bars(series) { sides[$0] }
    }
}
