import Trading

/// The state of one run, long only, one position at a time. Each step does what engine.md says in the order it says.
struct Simulation {
    /// A position, and where it ends by itself.
    private struct Position {
        let index: Int
        let price: Double
        let quantity: Double
        let stop: Double?
        let target: Double?
    }

    private enum Pending { case nothing, entry, exit }

    /// Below this much money no position is opened any more.
    static let leastEquity = 0.01

    let options: SimulationOptions
    let stopFactor: Double?
    let targetFactor: Double?
    let buyFactor: Double
    let sellFactor: Double
    let commission: Double

    private(set) var cash: Double
    private(set) var trades: [Trade] = []
    private var position: Position?
    private var pending = Pending.nothing

    init(_ options: SimulationOptions, stopLossPercent: Double?, takeProfitPercent: Double?) {
        self.options = options
        stopFactor = stopLossPercent.map { 1 - $0 / 100 }
        targetFactor = takeProfitPercent.map { 1 + $0 / 100 }
        buyFactor = 1 + options.slippageBasisPoints / 1e4
        sellFactor = 1 - options.slippageBasisPoints / 1e4
        commission = options.commissionBasisPoints / 1e4
        cash = options.initialEquity
    }

    var isRuined: Bool { cash < Self.leastEquity && position == nil }

    /// Trades the bars `first..<count` and writes one equity point for each of them.
    mutating func run(
        _ bars: BarPointers, from first: Int, entry: Rule, exit: Rule, equity: UnsafeMutablePointer<Double>,
        checkpoint: Checkpoint
    ) throws(BacktestRefusal) {
        for start in stride(from: first, to: bars.count, by: checkpointBars) {
            try checkpoint()
            for i in start..<min(start + checkpointBars, bars.count) {
                step(bars, i, first, entry, exit)
                equity[i - first] = equityPoint(at: bars.close[i])
            }
        }
    }

    @inline(__always)
    private mutating func step(_ bars: BarPointers, _ i: Int, _ first: Int, _ entry: Rule, _ exit: Rule) {
        let isLast = i == bars.count - 1
        var hasExited = false
        switch pending {
        case .nothing: break
        case .entry: buy(at: bars.open[i], i)
        case .exit:
            sell(at: bars.open[i], i, first, bars, .rule)
            hasExited = true
        }
        pending = .nothing

        if let held = position {
            let level = FillModel.level(
                open: bars.open[i], high: bars.high[i], low: bars.low[i], stop: held.stop, target: held.target)
            if let level {
                let price =
                    switch level {
                    case .stopAtOpen, .targetAtOpen: bars.open[i]
                    case .stop: held.stop!
                    case .target: held.target!
                    }
                sell(at: price, i, first, bars, level.isStop ? .stopLoss : .takeProfit, isGap: level.isGap)
                hasExited = true
            } else if exit.holds(at: i) {
                switch options.executionTiming {
                case .signalClose:
                    sell(at: bars.close[i], i, first, bars, .rule)
                    hasExited = true
                case .nextOpen: pending = isLast ? .nothing : .exit
                }
            }
        }
        if position == nil {
            switch options.executionTiming {
            case .signalClose:
                if !hasExited, !isLast, entry.holds(at: i) { buy(at: bars.close[i], i) }
            case .nextOpen:
                // An exit on this bar does not stand in the way: the fill is a bar later.
                if !isLast, entry.holds(at: i) { pending = .entry }
            }
        } else if isLast {
            sell(at: bars.close[i], i, first, bars, .endOfData)
        }
    }

    @inline(__always)
    private func equityPoint(at close: Double) -> Double {
        guard let position else { return cash }
        return cash + position.quantity * close
    }

    private mutating func buy(at quoted: Double, _ i: Int) {
        guard cash >= Self.leastEquity else { return }
        let price = quoted * buyFactor
        // Flat, so the equity is the cash; the commission comes out of the budget.
        let quantity = cash * options.allocationPercent / 100 / (price * (1 + commission))
        cash -= quantity * price * (1 + commission)
        position = Position(
            index: i, price: price, quantity: quantity, stop: stopFactor.map { price * $0 },
            target: targetFactor.map { price * $0 })
    }

    private mutating func sell(
        at quoted: Double, _ i: Int, _ first: Int, _ bars: BarPointers, _ reason: ExitReason, isGap: Bool = false
    ) {
        guard let held = position else { return }
        let price = quoted * sellFactor
        let quantity = held.quantity
        cash += quantity * price * (1 - commission)
        let profit =
            quantity * (price - held.price) - quantity * held.price * commission - quantity * price * commission
        trades.append(
            Trade(
                entryIndex: held.index - first, exitIndex: i - first, entryTime: bars.times[held.index],
                exitTime: bars.times[i], entryPrice: held.price, exitPrice: price, quantity: quantity, profit: profit,
                profitPercent: profit / (quantity * held.price) * 100, exitReason: reason, isGap: isGap))
        position = nil
    }
}
