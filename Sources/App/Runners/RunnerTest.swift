import Backtest
import Market
import Postgres
import Strategy
import Trading

/// What the version of a runner does on the bars since its start, by the engine's own code.
struct RunnerTest: Sendable {
    /// All that were loaded.
    let bars: CandleSeries
    /// Index of the first bar after the start.
    let first: Int
    let run: ForwardRun
    let options: SimulationOptions

    /// - Throws: ``RunnerRefusal`` where the version cannot be run on what is stored.
    static func load(_ runner: Runner, _ configuration: Configuration, in db: inout Connection) throws -> RunnerTest {
        guard let definition = runner.definition else {
            throw RunnerRefusal(sentence: "This release does not take its version of the strategy any more.")
        }
        let start = runner.afterBar.microseconds + runner.timeframe.microseconds
        let end =
            runner.stoppedAt == nil
            ? try db.run(.tradesUntil(of: runner.symbolID, runner.timeframe))?.microseconds
            : runner.seenBar.microseconds
        let bars = try db.run(
            .bars(
                BarTable(runner.assetType, runner.timeframe), symbol: runner.symbolID, from: start,
                to: end, warmUp: definition.warmUpBars))
        guard let options = runner.options, let periods = runner.timeframe.periodsPerYear(of: runner.assetType) else {
            throw RunnerRefusal(sentence: "This release does not take its options any more.")
        }
        let first = bars.index(atOrAfter: start)
        do {
            let run = try Engine.follow(
                definition, on: ForwardBars(bars), from: first, options: options, periodsPerYear: periods,
                limits: EngineLimits(configuration))
            return RunnerTest(bars: bars, first: first, run: run, options: options)
        } catch let error as BarError {
            throw RunnerRefusal(sentence: error.sentence)
        } catch let refusal as BacktestRefusal {
            throw RunnerRefusal(sentence: refusal.message)
        }
    }

    /// Starts of the bars since its start.
    var times: ArraySlice<Int64> { bars.times[first...] }

    /// The bars that a runner has not seen; the index counts from the first bar after the start.
    func unseen(by runner: Runner) -> [(index: Int, start: Int64)] {
        zip(0..., times).filter { $1 > runner.seenBar.microseconds }.map { (index: $0, start: $1) }
    }

    /// What a runner with so much is worth at the close of a bar; nil where that is more than an account can hold.
    func point(_ index: Int, _ start: Int64, _ cash: Money, _ quantity: Quantity) -> RunnerPoint? {
        if quantity == .zero { return RunnerPoint(start: start, equity: cash) }
        return Price(kept: bars.close[first + index]).flatMap { price in
            (try? cash + .value(of: quantity, at: price)).map { RunnerPoint(start: start, equity: $0) }
        }
    }

    /// Above this much, as a share, no correction moves a close, but a split or a dividend.
    private static let correction = 0.02

    /// Whether the last bar that a runner has seen is another by now, or gone.
    func isAdjusted(since runner: Runner) -> Bool {
        guard let then = runner.seenClose.flatMap({ Double($0.description) }) else { return false }
        let index = bars.index(atOrAfter: runner.seenBar.microseconds)
        guard index < bars.count, bars.times[index] == runner.seenBar.microseconds else {
            // Of a version without averages only the bars since the start are loaded.
            return runner.seenBar > runner.afterBar
        }
        return (bars.close[index] / then - 1).magnitude > Self.correction
    }

    /// What is due on a bar for a runner that holds something, or does not, when the bar begins.
    func fills(onBar index: Int, holding: Bool) -> [DueFill] {
        var fills = run.moves.filter { $0.bar == index }.map {
            DueFill(side: $0.side, price: $0.price, reason: $0.reason, isLate: false)
        }
        if holding, !run.isHolding(after: index) {
            fills.insert(DueFill(side: .sell, price: bars.open[first + index], reason: .rule, isLate: true), at: 0)
        }
        return fills
    }

    /// What comes at the open of the next bar, of what the runner can still do.
    func next(isHolding: Bool) -> OrderSide? {
        switch run.next {
        case .buy: isHolding ? nil : .buy
        case .sell: isHolding ? .sell : nil
        case nil: isHolding && !run.isHolding(after: run.equity.count) ? .sell : nil
        }
    }
}

/// Why a runner cannot be followed.
struct RunnerRefusal: Error {
    /// For its owner.
    let sentence: String
}

/// What a runner was worth at the close of a bar.
struct RunnerPoint: Sendable {
    let start: Int64
    let equity: Money
}

/// A fill that is due on a bar.
struct DueFill: Sendable {
    let side: OrderSide
    let price: Double
    fileprivate let reason: ExitReason?
    /// The version was out of the market when the runner could act again.
    fileprivate let isLate: Bool

    /// Of an order: one bar may sell late what was held, buy, and sell again.
    func name(_ start: Int64) -> String { "\(start / 1_000_000)" + (isLate ? "L" : "") }

    /// What the price is.
    func words(_ bar: String) -> String {
        switch reason {
        case _ where isLate: "the open of \(bar), because the strategy was out of the market already"
        case .stopLoss: "its stop or a worse open, in the bar of \(bar)"
        case .takeProfit: "its target or a better open, in the bar of \(bar)"
        default: "the open of \(bar)"
        }
    }
}

extension Runner {
    /// Of the backtest it is compared with.
    var options: SimulationOptions? {
        try? SimulationOptions(
            initialEquity: capital.asDouble, allocationPercent: (allocation.asDouble * 100).rounded(places: 4),
            commissionBasisPoints: (commission.asDouble * 10_000).rounded(places: 4), executionTiming: .nextOpen)
    }
}
