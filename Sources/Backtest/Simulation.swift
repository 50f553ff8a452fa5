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
        /// The cash beside it.
        let rest: Double
        let stop: Double?
        let target: Double?
    }

    /// A position that was sold, with what the next one depends on.
    private struct Sale {
        let position: Position
        let index: Int
        let price: Double
        let reason: ExitReason
        let isGap: Bool
    }

    /// Below this much money no position is opened any more.
    static let minimumEquity = 0.01

    let options: SimulationOptions
    let stopFactor: Double?
    let targetFactor: Double?
    let buyFactor: Double
    let sellFactor: Double
    let commission: Double

    private(set) var cash: Double
    private var sales: [Sale] = []

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
    var isRuined: Bool { cash < Self.minimumEquity }

    /// Trades the bars `first..<count` and writes one equity point for each of them; up to seven cells behind them may
    /// be written, too.
    mutating func run(
        _ bars: BarColumns, from first: Int, entry: Signals, exit: Signals, equity: MutableColumn<Double>,
        checkpoint: Checkpoint
    ) throws(BacktestRefusal) {
        let last = bars.count - 1
        let points = equity.counted(from: -first)
        // How many bars after its signal an order fills: at that close, or at the open of the next.
        let delay = options.executionTiming == .nextOpen ? 1 : 0
        var held: Position?
        // The next bar on which a signal or a level counts, and the first without an equity point.
        var next = first
        var written = first
        sales.reserveCapacity(16 + (bars.count - first) / 64)
        for begin in stride(from: first, to: bars.count, by: checkpointBars) {
            let end = min(begin + checkpointBars, bars.count)
            try checkpoint(end - begin)
            while next < end {
                guard let position = held else {
                    // None on the last bar, and no money does not come back.
                    let signal = entry.next(from: next, before: min(end, last))
                    guard signal < min(end, last), cash >= Self.minimumEquity else { break }
                    let bought = signal + delay
                    fill(points, written..<bought, with: cash)
                    written = bought
                    held = buy(at: delay == 1 ? bars.open[bought] : bars.close[bought], bought)
                    // A position bought at a close cannot end on that bar any more.
                    next = delay == 1 ? bought : bought + 1
                    continue
                }
                let rule = exit.next(from: next, before: end)
                let sold: Int
                if let (index, level) = firstHit(bars, next..<min(rule + 1, end), position) {
                    sold = index
                    let price =
                        switch level {
                        case .stopAtOpen, .targetAtOpen: bars.open[sold]
                        case .stop: position.stop!
                        case .target: position.target!
                        }
                    fill(points, written..<sold, with: position, bars)
                    sell(position, at: price, sold, level.isStop ? .stopLoss : .takeProfit, isGap: level.isGap)
                } else if rule < end, rule + delay <= last {
                    sold = rule + delay
                    fill(points, written..<sold, with: position, bars)
                    sell(position, at: delay == 1 ? bars.open[sold] : bars.close[sold], sold, .rule)
                } else if end == bars.count {
                    sold = last
                    fill(points, written..<sold, with: position, bars)
                    sell(position, at: bars.close[sold], sold, .endOfData)
                    // Nothing can be bought on the last bar.
                    next = bars.count
                } else {
                    next = end
                    break
                }
                points[sold] = cash
                written = sold + 1
                held = nil
                // At an open there is the whole bar left to see a signal on; at a close, none is taken on this bar.
                next = max(next, delay == 1 ? sold : sold + 1)
            }
            if written >= end { continue }
            if let held {
                fill(points, written..<end, with: held, bars)
            } else {
                fill(points, written..<end, with: cash)
            }
            written = end
            next = max(next, end)
        }
    }

    /// Writes eights: what is too much is written over by what comes next.
    @inline(__always)
    private func fill(_ points: MutableColumn<Double>, _ range: Range<Int>, with cash: Double) {
        let cash = Eight(repeating: cash)
        for i in stride(from: range.lowerBound, to: range.upperBound, by: 8) { points.store(cash, at: i) }
    }

    @inline(__always)
    private func fill(
        _ points: MutableColumn<Double>, _ range: Range<Int>, with held: Position, _ bars: BarColumns
    ) {
        var i = range.lowerBound
        while i < range.upperBound, i + 8 <= bars.count {
            points.store(held.rest + held.quantity * bars.close.eight(at: i), at: i)
            i += 8
        }
        while i < range.upperBound {
            points[i] = held.rest + held.quantity * bars.close[i]
            i += 1
        }
    }

    /// The first bar that reaches stop or target, and which of them fills.
    @inline(__always)
    private func firstHit(
        _ bars: BarColumns, _ range: Range<Int>, _ held: Position
    ) -> (index: Int, level: FilledLevel)? {
        // A bar that opens beyond a level reaches it, too, so the extremes say where to look closer.
        let stop = held.stop ?? -.infinity
        let target = held.target ?? .infinity
        var i = range.lowerBound
        while i < range.upperBound {
            if i + 8 <= bars.count {
                let quiet = firstFalse((bars.low.eight(at: i) .> stop) .& (bars.high.eight(at: i) .< target))
                i += quiet
                if quiet == 8 { continue }
            } else if bars.low[i] > stop, bars.high[i] < target {
                i += 1
                continue
            }
            guard i < range.upperBound else { return nil }
            return FillModel.level(
                open: bars.open[i], high: bars.high[i], low: bars.low[i], stop: held.stop, target: held.target
            ).map { (i, $0) }
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
            index: i, price: price, quantity: quantity, rest: cash, stop: stopFactor.map { price * $0 },
            target: targetFactor.map { price * $0 })
    }

    @inline(__always)
    private mutating func sell(
        _ held: Position, at quoted: Double, _ i: Int, _ reason: ExitReason, isGap: Bool = false
    ) {
        let price = quoted * sellFactor
        cash += held.quantity * price * (1 - commission)
        sales.append(Sale(position: held, index: i, price: price, reason: reason, isGap: isGap))
    }

    /// In order. Made after the run, because no bar waits for what else there is to tell of a trade: its times lie
    /// where nothing else of a run is, and many are fetched at once.
    func trades(_ bars: BarColumns, from first: Int, checkpoint: Checkpoint) throws(BacktestRefusal) -> [Trade] {
        var trades: [Trade] = []
        trades.reserveCapacity(sales.count)
        for (number, sale) in sales.enumerated() {
            if number % 1024 == 0 { try checkpoint(1024) }
            let held = sale.position
            let quantity = held.quantity
            let bought = quantity * held.price
            let profit =
                quantity * (sale.price - held.price) - bought * commission - quantity * sale.price * commission
            trades.append(
                Trade(
                    entryIndex: held.index - first, exitIndex: sale.index - first, entryTime: bars.times[held.index],
                    exitTime: bars.times[sale.index], entryPrice: held.price, exitPrice: sale.price,
                    quantity: quantity, profit: profit, profitPercent: profit / bought * 100,
                    exitReason: sale.reason, isGap: sale.isGap))
        }
        return trades
    }
}
