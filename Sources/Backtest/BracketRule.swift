import Market
import Strategy
import Trading

/// Where to look closer whether a position ends by itself: a bar that stays between these two prices reaches neither level,
/// whatever noise prices carry. An infinite one spares every bar a question.
struct LevelsInSight {
    let stop: Double
    let target: Double
}

/// How a run brackets its positions.
struct BracketRule {
    private let stop: LevelRule?
    private let target: LevelRule?
    /// nil: the prices lie on no grid.
    private let ticksPerUnit: Double?
    /// Prices are within a billionth of what they stand for, that of the entry and that of the bar.
    private static let noise = 3e-9

    /// - Precondition: the definition has no ``StrategyDefinition/errors``, and the options fit together with it,
    ///   ``SimulationOptions/errors(with:)``.
    init(_ options: SimulationOptions, _ risk: StrategyDefinition.Risk, on grid: TickScale?) {
        func rule(_ percent: Double?, isBelow: Bool) -> LevelRule? {
            guard let percent else { return nil }
            guard let slippage = TenThousandths(options.slippageBasisPoints), let distance = TenThousandths(percent)
            else { preconditionFailure("a slippage or a level of more than four decimal places") }
            return LevelRule(slippage: slippage, distance: distance, isBelow: isBelow, on: grid)
        }
        stop = rule(risk.stopLossPercent, isBelow: true)
        target = rule(risk.takeProfitPercent, isBelow: false)
        ticksPerUnit = grid?.ticksPerUnit
    }

    /// - Parameter quoted: the price of the entry before slippage.
    @inline(__always)
    func levelsInSight(from quoted: Double) -> LevelsInSight {
        LevelsInSight(
            stop: stop.map { $0.nearby(quoted) * (1 + Self.noise) } ?? -.infinity,
            target: target.map { $0.nearby(quoted) * (1 - Self.noise) } ?? .infinity)
    }

    /// What fills on a bar, decided by numbers that are compared exactly.
    ///
    /// - Parameter quoted: of the entry.
    @inline(__always)
    func level(of quoted: Double, open: Double, high: Double, low: Double) -> FilledLevel? {
        FillModel.level(
            open: exact(open), high: exact(high), low: exact(low), stop: stop?.level(from: quoted),
            target: target?.level(from: quoted))
    }

    /// The price of the fill before slippage.
    ///
    /// - Parameter quoted: of the entry.
    func fill(_ level: FilledLevel, of quoted: Double, open: Double) -> Double {
        level.price(open: open, stop: stop?.fill(from: quoted), target: target?.fill(from: quoted))
    }

    @inline(__always)
    private func exact(_ price: Double) -> Level {
        Level(ticksPerUnit.map { TickScale.nearestWhole(price * $0) } ?? price)
    }
}
