import Market
import Strategy
import Trading

/// One run: long only, one position at a time.
///
/// engine.md tells what happens bar by bar; between two events nothing does, so the run jumps from event to event: from
/// the next bar on which the entry rule holds to the first bar that reaches stop or target, on which the exit rule
/// holds, or that is the last.
struct Simulation {
    /// Below this much money no position is opened any more.
    private static let minimumEquity = 0.01
    /// A profit of a smaller share of what was bought is none: the trade is neither won nor lost.
    private static let minimumProfit = 1e-12

    private let timing: ExecutionTiming
    private let costs: Costs<DoubleNumbers>
    private let sizing: Sizing<DoubleNumbers>
    private let brackets: BracketRule

    /// Beside an open position, and all there is without one.
    private var cash: Double
    private var closed: [ClosedPosition] = []

    init(_ options: SimulationOptions, _ risk: StrategyDefinition.Risk, on grid: TickScale?) {
        timing = options.executionTiming
        costs = options.costs
        sizing = options.sizing
        brackets = BracketRule(options, risk, on: grid)
        cash = options.initialEquity
    }

    /// After the last bar, when every position is closed.
    var isRuined: Bool { cash < Self.minimumEquity }

    /// After the last bar. What overflowed once never becomes a number again.
    var isRepresentable: Bool { cash.isFinite }

    /// How many bars after its signal an order fills: at that close, or at the open of the next.
    private var delay: Int { timing == .nextOpen ? 1 : 0 }

    /// Trades the bars `first..<count` and writes one equity point for each of them.
    mutating func run(
        _ bars: BarColumns, from first: Int, entry: Signals, exit: Signals, equity points: MutableColumn<Double>,
        checkpoint: Checkpoint
    ) throws(BacktestRefusal) {
        var equity = CurveWriter(points.counted(from: -first), bars, from: first)
        var position: Position?
        // The next bar on which something can happen.
        var bar = first
        closed.reserveCapacity(16 + (bars.count - first) / 32)
        for begin in stride(from: first, to: bars.count, by: checkpointBars) {
            let end = min(begin + checkpointBars, bars.count)
            try checkpoint(end - begin)
            while bar < end {
                if let held = position {
                    guard let exit = nextExit(of: held, exit, bars, bar..<end) else { break }
                    equity.follow(cash: held.cash, quantity: held.quantity, until: exit.bar)
                    close(held, exit)
                    equity.stay(at: cash, until: exit.bar + 1)
                    position = nil
                    bar = nextChance(after: exit, bars)
                } else {
                    guard let purchase = nextEntry(entry, bars, bar..<end) else { break }
                    equity.stay(at: cash, until: purchase)
                    position = open(bars, purchase)
                    // A position bought at a close cannot end on that bar any more.
                    bar = timing == .nextOpen ? purchase : purchase + 1
                }
            }
            if let held = position {
                equity.follow(cash: held.cash, quantity: held.quantity, until: end)
            } else {
                equity.stay(at: cash, until: end)
            }
            bar = max(bar, end)
        }
    }

    /// The bar on which a position is bought after the first signal among these; nil without one. None is taken on the
    /// last bar, and money that is gone does not come back.
    @inline(__always)
    private func nextEntry(_ rule: Signals, _ bars: BarColumns, _ range: Range<Int>) -> Int? {
        let end = min(range.upperBound, bars.count - 1)
        let signal = rule.next(from: range.lowerBound, before: end)
        guard signal < end, cash >= Self.minimumEquity else { return nil }
        return signal + delay
    }

    /// How the position ends on one of these bars, or right after the last of them; nil when it goes on.
    @inline(__always)
    private func nextExit(of position: Position, _ rule: Signals, _ bars: BarColumns, _ range: Range<Int>) -> Exit? {
        let end = range.upperBound
        let last = bars.count - 1
        let signal = rule.next(from: range.lowerBound, before: end)
        if let (bar, level) = firstHit(bars, range.lowerBound..<min(signal + 1, end), position) {
            return Exit(
                bar: bar, quoted: brackets.fill(level, of: position.quoted, open: bars.open[bar]),
                reason: level.isStop ? .stopLoss : .takeProfit, isGap: level.isGap)
        }
        if signal < end, signal + delay <= last {
            return Exit(bar: signal + delay, quoted: quote(bars, signal + delay), reason: .rule, isGap: false)
        }
        guard end == bars.count else { return nil }
        return Exit(bar: last, quoted: bars.close[last], reason: .endOfData, isGap: false)
    }

    /// The first bar after an exit whose signals count. After an exit at an open there is the whole bar left to see one
    /// on; after one at a close, none is taken on that bar; nothing is bought on the last.
    @inline(__always)
    private func nextChance(after exit: Exit, _ bars: BarColumns) -> Int {
        exit.reason == .endOfData ? bars.count : timing == .nextOpen ? exit.bar : exit.bar + 1
    }

    /// What an order that fills on this bar is quoted.
    @inline(__always)
    private func quote(_ bars: BarColumns, _ bar: Int) -> Double {
        timing == .nextOpen ? bars.open[bar] : bars.close[bar]
    }

    /// The first bar that reaches stop or target, and which of them fills.
    @inline(__always)
    private func firstHit(
        _ bars: BarColumns, _ range: Range<Int>, _ position: Position
    ) -> (index: Int, level: FilledLevel)? {
        // A bar that opens beyond a level reaches it, too, so the extremes say where to look closer.
        let (stop, target) = (position.inSight.stop, position.inSight.target)
        var bar = range.lowerBound
        while bar < range.upperBound {
            bar = Vectors.reach(bars, below: stop, above: target, bar..<range.upperBound)
            guard bar < range.upperBound else { return nil }
            if let level = brackets.level(
                of: position.quoted, open: bars.open[bar], high: bars.high[bar], low: bars.low[bar])
            {
                return (bar, level)
            }
            bar += 1
        }
        return nil
    }

    /// Buys. There is money, and nothing is held, so the equity is the cash.
    @inline(__always)
    private mutating func open(_ bars: BarColumns, _ bar: Int) -> Position {
        let quoted = quote(bars, bar)
        let price = costs.purchasePrice(at: quoted)
        let quantity = sizing.quantity(equity: cash, price: price, stop: nil, costs: costs) ?? 0
        cash -= costs.spent(on: quantity, at: price)
        return Position(
            bar: bar, quoted: quoted, price: price, quantity: quantity, cash: cash,
            inSight: brackets.levelsInSight(from: quoted))
    }

    /// Sells all of it.
    @inline(__always)
    private mutating func close(_ position: Position, _ exit: Exit) {
        let price = costs.salePrice(at: exit.quoted)
        cash += costs.received(for: position.quantity, at: price)
        closed.append(
            ClosedPosition(
                entryBar: position.bar, exitBar: exit.bar, entryPrice: position.price, exitPrice: price,
                quantity: position.quantity, reason: exit.reason, isGap: exit.isGap))
    }

    /// In order. Made after the run, because no bar waits for what else there is to tell of a trade: its times lie
    /// where nothing else of a run is, and many are fetched at once.
    func trades(_ bars: BarColumns, from first: Int, checkpoint: Checkpoint) throws(BacktestRefusal) -> [Trade] {
        var trades: [Trade] = []
        trades.reserveCapacity(closed.count)
        for (number, closed) in closed.enumerated() {
            if number % 1024 == 0 { try checkpoint(1024) }
            if number + Trade.ahead < self.closed.count {
                let soon = self.closed[number + Trade.ahead]
                bars.times.fetch(soon.entryBar)
                bars.times.fetch(soon.exitBar)
            }
            let notional = closed.quantity * closed.entryPrice
            let earned = costs.profit(of: closed.quantity, bought: closed.entryPrice, sold: closed.exitPrice)
            // As little as this is what rounding leaves of nothing.
            let profit = earned.magnitude < Self.minimumProfit * notional ? 0 : earned
            trades.append(
                Trade(
                    entryIndex: closed.entryBar - first, exitIndex: closed.exitBar - first,
                    entryTime: bars.times[closed.entryBar], exitTime: bars.times[closed.exitBar],
                    entryPrice: closed.entryPrice, exitPrice: closed.exitPrice, quantity: closed.quantity,
                    profit: profit, profitPercent: profit / notional * 100, exitReason: closed.reason,
                    isGap: closed.isGap))
        }
        return trades
    }
}
