public import Market
public import Strategy
public import Trading

/// What a definition has done on the bars up to now, and what it is about to do: a run without an end.
///
/// A run closes what is open at its last bar and takes no entry there, because nothing comes after it. Here a bar does: one
/// more is added that stands still at the last close, and what would fill at its open is what is about to be done.
///
///     let bars = try ForwardBars(series)
///     let forward = try Engine.follow(definition, on: bars, from: first, options: options, periodsPerYear: 252)
///     forward.moves.last     // the newest fill
///     forward.next           // .buy, .sell or nil: at the open of the bar to come
public struct ForwardRun: Equatable, Sendable {
    /// A fill.
    public struct Move: Equatable, Sendable {
        /// Counts from the first bar of the range.
        public let bar: Int
        public let side: OrderSide
        /// Of one unit, slippage included.
        public let price: Double
        /// Why it was sold; nil for a purchase.
        public let reason: ExitReason?
    }

    /// Cash plus the value of the position at the close, one point a bar of the range.
    public let equity: [Double]
    /// In the order in which they happened; bought and sold in turn.
    public let moves: [Move]
    /// What is pending for the open of the next bar.
    public let next: OrderSide?

    private init(equity: [Double], moves: [Move], next: OrderSide?) {
        (self.equity, self.moves, self.next) = (equity, moves, next)
    }

    fileprivate init(_ report: Report) {
        let bars = report.equity.count - 1
        equity = Array(report.equity[..<bars])
        var moves: [Move] = [], next: OrderSide?
        for trade in report.trades {
            let bought = Move(bar: trade.entryIndex, side: .buy, price: trade.entryPrice, reason: nil)
            if trade.entryIndex < bars { moves.append(bought) } else { next = .buy }
            let sold = Move(bar: trade.exitIndex, side: .sell, price: trade.exitPrice, reason: trade.exitReason)
            if trade.exitIndex < bars {
                moves.append(sold)
            } else if trade.exitReason != .endOfData {
                next = .sell
            }
        }
        (self.moves, self.next) = (moves, next)
    }

    /// Whether something is held after so many bars of the range.
    public func isHolding(after bars: Int) -> Bool { moves.last { $0.bar < bars }?.side == .buy }
}

/// Bars, and one more that is yet to come.
public struct ForwardBars: Sendable {
    let prepared: PreparedBars

    /// - Throws: for bars that an engine cannot take.
    public init(_ series: CandleSeries) throws(BarError) {
        var series = series
        if let time = series.times.last, let close = series.close.last {
            series.append(time: time + 1, open: close, high: close, low: close, close: close, volume: 0)
        }
        prepared = try PreparedBars(series)
    }
}

extension Engine {
    /// Trades the bars from `first` to the last, without ending there.
    ///
    /// - Parameters:
    ///   - first: index of the first bar of the range; there need be none in it yet.
    ///   - options: of next-open timing, since at a close that is over nobody trades any more.
    public static func follow(
        _ definition: StrategyDefinition, on bars: ForwardBars, from first: Int, options: SimulationOptions,
        periodsPerYear: Int, limits: EngineLimits = EngineLimits(), isCancelled: () -> Bool = { false },
        now: () -> UInt64 = { 0 }
    ) throws(BacktestRefusal) -> ForwardRun {
        precondition(options.executionTiming == .nextOpen, "fills at a close that is over")
        return ForwardRun(
            try run(
                definition, on: bars.prepared, from: first, options: options, periodsPerYear: periodsPerYear,
                limits: limits, isCancelled: isCancelled, now: now))
    }
}

extension ForwardRun {
    /// The same, as if only so many bars of the range had come.
    public func until(bars: Int) -> ForwardRun {
        ForwardRun(
            equity: Array(equity.prefix(bars)), moves: moves.filter { $0.bar < bars },
            next: bars >= equity.count ? next : moves.first { $0.bar == bars }?.side)
    }
}
