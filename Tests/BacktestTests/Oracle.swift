import Backtest
import Strategy

/// Bars as whole numbers of ticks, from which an engine's doubles are made: what is equal here is equal in truth.
struct TickBars {
    var open: [Int] = []
    var high: [Int] = []
    var low: [Int] = []
    var close: [Int] = []
    /// Decimal places of a tick.
    let places: Int
    /// Ticks in one unit of the currency.
    let scale: Double
    /// What stored prices are too high by, as a fraction. Orders fill at these; rules see what they stand for.
    var noise = 0.0

    init(places: Int) {
        self.places = places
        scale = (0..<places).reduce(1.0) { power, _ in power * 10 }
    }

    func ticks(_ source: PriceSource) -> [Int] {
        switch source {
        case .open: open
        case .high: high
        case .low: low
        case .close: close
        }
    }

    /// As stored.
    func prices(_ source: PriceSource) -> [Double] { ticks(source).map { Double($0) / scale * (1 + noise) } }
}

/// engine.md once more, bar by bar, written for reading only: optionals, arrays, sums from scratch. It shares nothing
/// with the engine but the types that describe a strategy and a trade's numbers.
struct Oracle {
    struct Result: Equatable {
        struct Sale: Equatable {
            var entry: Int, exit: Int
            var bought: Double, sold: Double, quantity: Double, profit: Double, percent: Double
            var reason: String, gap: Bool
        }
        var trades: [Sale] = []
        var equity: [Double] = []
    }

    let bars: TickBars
    let definition: StrategyDefinition
    private var lines: [String: [Double?]] = [:]

    init(_ bars: TickBars, _ definition: StrategyDefinition) {
        self.bars = bars
        self.definition = definition
        for indicator in definition.indicators { lines[indicator.id] = line(indicator) }
    }

    func run(from first: Int, _ options: SimulationOptions) -> Result {
        var result = Result()
        let c = options.commissionBasisPoints / 1e4
        let buying = 1 + options.slippageBasisPoints / 1e4
        let selling = 1 - options.slippageBasisPoints / 1e4
        let open = bars.prices(.open)
        let close = bars.prices(.close)
        let last = close.count - 1
        let isNext = options.executionTiming == .nextOpen
        var cash = options.initialEquity
        var quantity = 0.0
        var entryPrice = 0.0
        var entryTicks = 0
        var entryBar: Int?
        var boughtAtClose = false
        var buyNext = false
        var sellNext = false

        func enter(_ price: Double, _ ticks: Int, _ i: Int) {
            if cash < 0.01 { return }
            entryPrice = price * buying
            entryTicks = ticks
            quantity = cash * options.allocationPercent / 100 / (entryPrice * (1 + c))
            cash = cash - quantity * entryPrice * (1 + c)
            entryBar = i
        }
        func leave(_ price: Double, _ i: Int, _ reason: String, gap: Bool = false) {
            let sold = price * selling
            cash = cash + quantity * sold * (1 - c)
            var profit = quantity * (sold - entryPrice) - quantity * entryPrice * c - quantity * sold * c
            if abs(profit) < 1e-12 * (quantity * entryPrice) { profit = 0 }
            result.trades.append(
                .init(
                    entry: entryBar! - first, exit: i - first, bought: entryPrice, sold: sold, quantity: quantity,
                    profit: profit, percent: profit / (quantity * entryPrice) * 100, reason: reason, gap: gap))
            quantity = 0
            entryBar = nil
        }

        for i in first...last {
            var exited = false
            boughtAtClose = false
            // 1
            if buyNext { enter(open[i], bars.open[i], i) }
            if sellNext {
                leave(open[i], i, "rule")
                exited = true
            }
            buyNext = false
            sellNext = false
            // 2
            if entryBar != nil {
                let stop = definition.risk.stopLossPercent.map {
                    ExactLevel(entryTicks, options.slippageBasisPoints, -$0)
                }
                let target = definition.risk.takeProfitPercent.map {
                    ExactLevel(entryTicks, options.slippageBasisPoints, $0)
                }
                if stop != nil && ExactLevel(bars.open[i]) < stop! {
                    leave(open[i], i, "stop_loss", gap: true)
                    exited = true
                } else if target != nil && ExactLevel(bars.open[i]) > target! {
                    leave(open[i], i, "take_profit", gap: true)
                    exited = true
                } else if stop != nil && ExactLevel(bars.low[i]) <= stop! {
                    leave(stop!.price(places: bars.places), i, "stop_loss")
                    exited = true
                } else if target != nil && ExactLevel(bars.high[i]) >= target! {
                    leave(target!.price(places: bars.places), i, "take_profit")
                    exited = true
                }
            }
            // 3
            if entryBar != nil && all(definition.exit, i) {
                if !isNext {
                    leave(close[i], i, "rule")
                    exited = true
                } else if i < last {
                    sellNext = true
                }
            }
            // 4
            if entryBar == nil && i < last && all(definition.entry, i) {
                if isNext {
                    buyNext = true
                } else if !exited {
                    enter(close[i], bars.close[i], i)
                    boughtAtClose = true
                }
            }
            // 5
            if entryBar != nil && i == last && !boughtAtClose { leave(close[i], i, "end_of_data") }
            // 6
            result.equity.append(entryBar == nil ? cash : cash + quantity * close[i])
        }
        return result
    }

    /// Whether every condition holds on bar `i`.
    func all(_ conditions: [Condition], _ i: Int) -> Bool {
        for condition in conditions {
            guard let l = value(condition.left, i), let r = value(condition.right, i) else { return false }
            let factor = 1 + error(condition.left) + error(condition.right)
            func isAbove(_ one: Double, _ other: Double) -> Bool { one > other * factor }
            let holds: Bool
            switch condition.comparison {
            case .greater: holds = isAbove(l, r)
            case .greaterOrEqual: holds = !isAbove(r, l)
            case .less: holds = isAbove(r, l)
            case .lessOrEqual: holds = !isAbove(l, r)
            case .equal: holds = abs(l - r) <= 1e-9 * max(abs(l), abs(r))
            case .crossesAbove, .crossesBelow:
                guard i > 0, let before = value(condition.left, i - 1), let other = value(condition.right, i - 1)
                else { return false }
                holds =
                    condition.comparison == .crossesAbove
                    ? !isAbove(before, other) && isAbove(l, r) : !isAbove(other, before) && isAbove(r, l)
            }
            if !holds { return false }
        }
        return true
    }

    /// How far a value may be from the exact one, as a share of it.
    private func error(_ operand: Operand) -> Double {
        guard case .indicator(let indicator) = operand else { return 0 }
        return switch indicator.type {
        case .sma: 0
        case .ema: Double(20 * (indicator.period + 20)) * 0x1p-53
        case .rsi: Double(80 * (indicator.period + 10)) * 0x1p-53
        }
    }

    private func value(_ operand: Operand, _ i: Int) -> Double? {
        switch operand {
        case .indicator(let indicator): lines[indicator.id]![i]
        case .price(let source): Double(bars.ticks(source)[i]) / bars.scale
        case .literal(let number): number
        }
    }

    func line(_ indicator: Indicator) -> [Double?] {
        let ticks = bars.ticks(indicator.source)
        let n = indicator.period
        func mean(_ i: Int) -> Double { Double(ticks[(i - n + 1)...i].reduce(0, +)) / (Double(n) * bars.scale) }
        var line: [Double?] = Array(repeating: nil, count: ticks.count)
        switch indicator.type {
        case .sma:
            for i in ticks.indices where i >= n - 1 { line[i] = mean(i) }
        case .ema:
            for i in ticks.indices where i >= n - 1 {
                let price = Double(ticks[i]) / bars.scale
                line[i] = i == n - 1 ? mean(i) : line[i - 1]! + 2 / Double(n + 1) * (price - line[i - 1]!)
            }
        case .rsi:
            var gain = 0.0
            var loss = 0.0
            let fading = Double(n - 1) / Double(n)
            var flatBars = fading
            for i in ticks.indices where i >= n {
                if i == n {
                    let changes = (1...n).map { ticks[$0] - ticks[$0 - 1] }
                    gain = Double(changes.filter { $0 > 0 }.reduce(0, +))
                    loss = Double(-changes.filter { $0 < 0 }.reduce(0, +))
                } else if ticks[i] == ticks[i - 1] {
                    flatBars *= fading
                } else {
                    let change = Double(ticks[i] - ticks[i - 1])
                    gain = gain * flatBars + max(change, 0)
                    loss = loss * flatBars + max(-change, 0)
                    flatBars = fading
                }
                line[i] = gain == 0 && loss == 0 ? 50 : 100 * (gain / (gain + loss))
            }
        }
        return line
    }
}

/// A level of a bracket, or a price, as a whole number of 10^-14 ticks.
struct ExactLevel: Comparable {
    private let units: Int128

    init(_ ticks: Int) { units = Int128(ticks) * 100_000_000_000_000 }

    /// - Parameters: of four decimal places; a stop is below zero.
    init(_ ticks: Int, _ slippageBasisPoints: Double, _ percent: Double) {
        let slippage = Int128((slippageBasisPoints * 1e4).rounded())
        units = Int128(ticks) * (100_000_000 + slippage) * (1_000_000 + Int128((percent * 1e4).rounded()))
    }

    /// The nearest double: what a decimal is read as.
    func price(places: Int) -> Double { Double("\(units)e-\(14 + places)")! }

    static func < (a: Self, b: Self) -> Bool { a.units < b.units }
}

extension Report {
    /// In the shape of the oracle, to compare bit for bit.
    var asOracleResult: Oracle.Result {
        Oracle.Result(
            trades: trades.map {
                .init(
                    entry: $0.entryIndex, exit: $0.exitIndex, bought: $0.entryPrice, sold: $0.exitPrice,
                    quantity: $0.quantity, profit: $0.profit, percent: $0.profitPercent,
                    reason: $0.exitReason.rawValue, gap: $0.isGap)
            }, equity: equity)
    }
}
