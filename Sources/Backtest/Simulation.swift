import Trading

/// The state of one run, long only, one position at a time.
///
/// engine.md tells what happens bar by bar; between two events nothing does, so the run jumps from event to event: from
/// the next bar on which the entry rule holds to the first bar that reaches stop or target, on which the exit rule
/// holds, or that is the last.
struct Simulation {
    /// A position, and where it ends by itself.
    private struct Position {
        let index: Int
        let price: Double
        let quantity: Double
        let stop: Double?
        let target: Double?
    }

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

    init(_ options: SimulationOptions, stopLossPercent: Double?, takeProfitPercent: Double?) {
        self.options = options
        stopFactor = stopLossPercent.map { 1 - $0 / 100 }
        targetFactor = takeProfitPercent.map { 1 + $0 / 100 }
        buyFactor = 1 + options.slippageBasisPoints / 1e4
        sellFactor = 1 - options.slippageBasisPoints / 1e4
        commission = options.commissionBasisPoints / 1e4
        cash = options.initialEquity
    }

    /// After the last bar, when every position is closed.
    var isRuined: Bool { cash < Self.leastEquity }

    /// Trades the bars `first..<count` and writes one equity point for each of them.
    mutating func run(
        _ bars: BarPointers, from first: Int, entry: Signals, exit: Signals, equity: UnsafeMutablePointer<Double>,
        checkpoint: Checkpoint
    ) throws(BacktestRefusal) {
        let last = bars.count - 1
        let points = equity - first
        // How many bars after its signal an order fills: at that close, or at the open of the next.
        let delay = options.executionTiming == .nextOpen ? 1 : 0
        // All before this bar is done, and nothing is held as it begins to look for an entry.
        var flat = first
        // The first bar without an equity point.
        var written = first
        var nextCheckpoint = first
        trades.reserveCapacity((bars.count - first) / 64)
        while true {
            if flat >= nextCheckpoint {
                try checkpoint()
                nextCheckpoint = flat + checkpointBars
            }
            let signal = entry.next(from: flat, before: last)
            // Flat to the end: no signal, none on the last bar, or no money, which does not come back.
            guard signal < last, cash >= Self.leastEquity else { break }
            let bought = signal + delay
            for i in written..<bought { points[i] = cash }
            let held = buy(at: delay == 1 ? bars.open[bought] : bars.close[bought], bought)
            let rest = cash
            // A position bought at a close cannot end on that bar any more.
            let from = delay == 1 ? bought : bought + 1
            let rule = exit.next(from: from, before: bars.count)
            let hit = firstHit(bars, from..<min(rule + 1, bars.count), held)
            let sold: Int
            if let (index, level) = hit {
                sold = index
                flat = delay == 1 ? sold : sold + 1
                let price =
                    switch level {
                    case .stopAtOpen, .targetAtOpen: bars.open[sold]
                    case .stop: held.stop!
                    case .target: held.target!
                    }
                sell(held, at: price, sold, first, bars, level.isStop ? .stopLoss : .takeProfit, isGap: level.isGap)
            } else if rule + delay <= last {
                sold = rule + delay
                // At an open there is the whole bar left to see a signal on; at a close, none is taken on this bar.
                flat = delay == 1 ? sold : sold + 1
                sell(held, at: delay == 1 ? bars.open[sold] : bars.close[sold], sold, first, bars, .rule)
            } else {
                sold = last
                flat = bars.count
                sell(held, at: bars.close[sold], sold, first, bars, .endOfData)
            }
            for i in bought..<sold { points[i] = rest + held.quantity * bars.close[i] }
            points[sold] = cash
            written = sold + 1
        }
        for i in written..<bars.count { points[i] = cash }
    }

    /// The first bar that reaches stop or target, and which of them fills.
    @inline(__always)
    private func firstHit(
        _ bars: BarPointers, _ range: Range<Int>, _ held: Position
    ) -> (index: Int, level: FilledLevel)? {
        // A bar that opens beyond a level reaches it, too, so the extremes say where to look closer.
        let stop = held.stop ?? -.infinity
        let target = held.target ?? .infinity
        var i = range.lowerBound
        while i + 8 <= range.upperBound,
            all((bars.low.eight(at: i) .> stop) .& (bars.high.eight(at: i) .< target))
        {
            i += 8
        }
        while i < range.upperBound {
            if bars.low[i] <= stop || bars.high[i] >= target,
                let level = FillModel.level(
                    open: bars.open[i], high: bars.high[i], low: bars.low[i], stop: held.stop, target: held.target)
            {
                return (i, level)
            }
            i += 1
        }
        return nil
    }

    /// There is money, and nothing is held.
    @inline(__always)
    private mutating func buy(at quoted: Double, _ i: Int) -> Position {
        let price = quoted * buyFactor
        // Flat, so the equity is the cash; the commission comes out of the budget.
        let quantity = cash * options.allocationPercent / 100 / (price * (1 + commission))
        cash -= quantity * price * (1 + commission)
        return Position(
            index: i, price: price, quantity: quantity, stop: stopFactor.map { price * $0 },
            target: targetFactor.map { price * $0 })
    }

    private mutating func sell(
        _ held: Position, at quoted: Double, _ i: Int, _ first: Int, _ bars: BarPointers, _ reason: ExitReason,
        isGap: Bool = false
    ) {
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
    }
}
