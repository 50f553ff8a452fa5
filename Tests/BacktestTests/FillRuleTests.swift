import Backtest
import Market
import Strategy
import Testing

/// Each rule of the simulation on bars few enough to compute by hand: 10,000 of cash, all of it in each trade.
@Suite struct FillRuleTests {
    struct Case: Sendable {
        let name: String
        let candles: [Candle]
        var timing = ExecutionTiming.signalClose
        var stop: Double?
        var target: Double?
        /// `entry-exit bought→sold reason`, and `gap`.
        let trades: [String]
        let equity: [Double]
    }

    static let buy: Candle = (100, 101, 99, 100)

    static let atTheClose: [Case] = [
        Case(
            name: "a rule buys and sells at the close",
            candles: [(99, 101, 98, 100), (97, 98, 94, 95), (93, 94, 89, 90), (91, 96, 90, 95)],
            trades: ["0-2 100→90 rule"], equity: [10_000, 9_500, 9_000, 9_000]),
        Case(
            name: "a stop inside the bar sells at the stop", candles: [buy, (99, 99, 94, 96), (96, 97, 95, 96)],
            stop: 5, trades: ["0-1 100→95 stop_loss"], equity: [10_000, 9_500, 9_500]),
        Case(
            name: "a low exactly at the stop is enough", candles: [buy, (99, 99, 95, 96), (96, 97, 95, 96)], stop: 5,
            trades: ["0-1 100→95 stop_loss"], equity: [10_000, 9_500, 9_500]),
        Case(
            name: "an open below the stop sells at the open", candles: [buy, (91, 99, 91, 96), (96, 97, 95, 96)],
            stop: 5, trades: ["0-1 100→91 stop_loss gap"], equity: [10_000, 9_100, 9_100]),
        Case(
            name: "an open at the stop is no gap", candles: [buy, (95, 99, 95, 96), (96, 97, 95, 96)], stop: 5,
            trades: ["0-1 100→95 stop_loss"], equity: [10_000, 9_500, 9_500]),
        Case(
            name: "a target inside the bar sells at the target",
            candles: [buy, (101, 106, 101, 103), (96, 97, 95, 96)],
            target: 5, trades: ["0-1 100→105 take_profit"], equity: [10_000, 10_500, 10_500]),
        Case(
            name: "an open above the target sells at the open",
            candles: [buy, (107, 108, 101, 103), (96, 97, 95, 96)], target: 5,
            trades: ["0-1 100→107 take_profit gap"], equity: [10_000, 10_700, 10_700]),
        Case(
            name: "stop and target in one bar: the stop wins", candles: [buy, (100, 120, 80, 103), (96, 97, 95, 96)],
            stop: 5, target: 5, trades: ["0-1 100→95 stop_loss"], equity: [10_000, 9_500, 9_500]),
        Case(
            name: "an open above the target wins over a low below the stop",
            candles: [buy, (106, 120, 80, 103), (96, 97, 95, 96)], stop: 5, target: 5,
            trades: ["0-1 100→106 take_profit gap"], equity: [10_000, 10_600, 10_600]),
        Case(
            name: "the bar that is bought at its close cannot stop the position",
            candles: [(100, 150, 50, 100), (100, 101, 99, 101), (101, 102, 100, 102)], stop: 5, target: 5,
            trades: ["0-2 100→102 end_of_data"], equity: [10_000, 10_100, 10_200]),
        Case(
            name: "levels come before the exit rule", candles: [buy, (99, 99, 85, 90), (90, 91, 89, 89)], stop: 5,
            trades: ["0-1 100→95 stop_loss"], equity: [10_000, 9_500, 9_500]),
        Case(
            name: "no entry on the bar of an exit", candles: [buy, (100, 101, 94, 100), (101, 102, 100, 101)], stop: 5,
            trades: ["0-1 100→95 stop_loss"], equity: [10_000, 9_500, 9_500]),
        Case(
            name: "an entry on the bar after an exit",
            candles: [buy, (99, 99, 94, 96), (99, 101, 98, 100), (100, 111, 99, 110)], stop: 5,
            trades: ["0-1 100→95 stop_loss", "2-3 100→110 end_of_data"], equity: [10_000, 9_500, 9_500, 10_450]),
        Case(
            name: "no entry on the last bar", candles: [(99, 99, 98, 99), buy], trades: [], equity: [10_000, 10_000]),
        Case(
            name: "a rule on the last bar is a rule", candles: [buy, (95, 96, 89, 90)], trades: ["0-1 100→90 rule"],
            equity: [10_000, 9_000]),
        Case(
            name: "a stop on the last bar is a stop", candles: [buy, (99, 99, 94, 96)], stop: 5,
            trades: ["0-1 100→95 stop_loss"], equity: [10_000, 9_500]),
        Case(
            name: "an exit rule without a position does nothing", candles: [(90, 91, 89, 90), (91, 91, 90, 91)],
            trades: [], equity: [10_000, 10_000]),
        Case(
            name: "one position at a time", candles: [buy, buy, buy, (100, 103, 99, 102)],
            trades: ["0-3 100→102 end_of_data"], equity: [10_000, 10_000, 10_000, 10_200]),
    ]

    static let atTheNextOpen: [Case] = [
        Case(
            name: "signals fill at the next open",
            candles: [(99, 101, 98, 100), (97, 98, 88, 90), (80, 94, 79, 91), (91, 96, 90, 95)], timing: .nextOpen,
            trades: ["1-2 97→80 rule"],
            equity: [10_000, 10_000 / 97 * 90, 10_000 / 97 * 80, 10_000 / 97 * 80]),
        Case(
            name: "a stop may end a position on the bar it was bought",
            candles: [buy, (100, 101, 94, 96), (96, 97, 95, 96)], timing: .nextOpen, stop: 5,
            trades: ["1-1 100→95 stop_loss"], equity: [10_000, 9_500, 9_500]),
        Case(
            name: "a target may end a position on the bar it was bought",
            candles: [buy, (100, 106, 99, 101), (96, 97, 95, 96)], timing: .nextOpen, target: 5,
            trades: ["1-1 100→105 take_profit"], equity: [10_000, 10_500, 10_500]),
        Case(
            name: "a pending exit comes before the stop it gaps through",
            candles: [buy, (100, 100, 90, 90), (50, 60, 40, 55), (55, 56, 54, 55)], timing: .nextOpen, stop: 20,
            trades: ["1-2 100→50 rule"], equity: [10_000, 9_000, 5_000, 5_000]),
        Case(
            name: "the levels are those of the fill, not of the signal",
            candles: [buy, (110, 112, 105, 111), (111, 111, 104, 105), (105, 106, 104, 105)], timing: .nextOpen,
            stop: 5, trades: ["1-2 110→104.5 stop_loss"],
            equity: [10_000, 10_000 / 110 * 111, 9_500, 9_500]),
        Case(
            name: "an entry signal on the bar of a stop fills a bar later",
            candles: [buy, (100, 101, 94, 100), (98, 103, 97, 102), (102, 103, 101, 103)], timing: .nextOpen, stop: 5,
            trades: ["1-1 100→95 stop_loss", "2-3 98→103 end_of_data"],
            equity: [10_000, 9_500, 9_500 / 98 * 102, 9_500 / 98 * 103]),
        Case(
            name: "an entry signal on the bar of an exit at the open fills a bar later",
            candles: [buy, (100, 100, 90, 90), (95, 101, 94, 100), (98, 99, 97, 98), (98, 99, 97, 99)],
            timing: .nextOpen, trades: ["1-2 100→95 rule", "3-4 98→99 end_of_data"],
            equity: [10_000, 9_000, 9_500, 9_500, 9_500 / 98 * 99]),
        Case(
            name: "a signal on the last bar but one fills at the open and ends at the close of the last",
            candles: [(99, 99, 98, 99), buy, (102, 104, 101, 103)], timing: .nextOpen,
            trades: ["2-2 102→103 end_of_data"], equity: [10_000, 10_000, 10_000 / 102 * 103]),
        Case(
            name: "no signal of the last bar is pending", candles: [(99, 99, 98, 99), buy], timing: .nextOpen,
            trades: [], equity: [10_000, 10_000]),
        Case(
            name: "an exit rule on the last bar ends at the end of the data",
            candles: [buy, (100, 101, 99, 100), (95, 96, 89, 90)], timing: .nextOpen,
            trades: ["1-2 100→90 end_of_data"], equity: [10_000, 10_000, 9_000]),
        Case(
            name: "an exit signal on the bar of the entry fill is pending for the next open",
            candles: [buy, (95, 96, 89, 90), (92, 93, 91, 92), (93, 94, 92, 93)], timing: .nextOpen,
            trades: ["1-2 95→92 rule"],
            equity: [10_000, 10_000 / 95 * 90, 10_000 / 95 * 92, 10_000 / 95 * 92]),
    ]

    @Test(arguments: atTheClose + atTheNextOpen)
    func `trades`(_ example: Case) throws {
        let report = try Engine.run(
            strategy(stop: example.stop, target: example.target), on: prepared(example.candles),
            options: SimulationOptions(executionTiming: example.timing), periodsPerYear: 252)
        let told = report.trades.map {
            "\($0.entryIndex)-\($0.exitIndex) \(short($0.entryPrice))→\(short($0.exitPrice)) "
                + $0.exitReason.rawValue + ($0.isGap ? " gap" : "")
        }
        #expect(told == example.trades, "\(example.name)")
        #expect(report.equity.count == example.candles.count)
        for (found, expected) in zip(report.equity, example.equity) {
            #expect(abs(found - expected) < 1e-8, "\(example.name)")
        }
    }

    private func short(_ price: Double) -> String {
        let text = ((price * 1e6).rounded() / 1e6).description
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    @Test func `costs are taken as written`() throws {
        // 50 % of 10,000 at 100 * 1.01 with half a percent on top; sold at 110 * 0.99 less half a percent.
        let options = try SimulationOptions(allocationPercent: 50, commissionBasisPoints: 50, slippageBasisPoints: 100)
        let report = try Engine.run(
            strategy(), on: prepared(closes: [100, 110]), options: options, periodsPerYear: 252)
        let trade = try #require(report.trades.first)
        #expect(trade.entryPrice == 101)
        #expect(abs(trade.exitPrice - 108.9) < 1e-12)
        #expect(abs(trade.quantity - 49.258657209) < 1e-9)
        // 49.258657209 * 7.9 = 389.143391951, less 24.875621891 and 26.821338850
        #expect(abs(trade.profit - 337.446431210) < 1e-8)
        #expect(abs(trade.profitPercent - 6.782673267) < 1e-8)
        #expect(abs(report.equity[0] - (5_000 + 4_925.865720900)) < 1e-8)
        #expect(abs(report.equity[1] - 10_337.446431210) < 1e-8)
    }

    @Test func `stop and target fills slip too`() throws {
        let options = try SimulationOptions(slippageBasisPoints: 100)
        let report = try Engine.run(
            strategy(stop: 10, target: 10), on: prepared([Self.buy, (100, 115, 99, 112), (112, 113, 111, 112)]),
            options: options, periodsPerYear: 252)
        #expect(abs(report.trades[0].exitPrice - 101 * 1.1 * 0.99) < 1e-9)
        #expect(report.trades[0].exitReason == .takeProfit)
    }

    @Test func `the run goes on flat once it is ruined`() throws {
        let closes: [Double] = [100, 0.00009, 100, 100, 0.00009, 100]
        let definition = strategy(exit: [Condition(.price(.close), .less, .literal(1))])
        for timing in ExecutionTiming.allCases {
            let report = try Engine.run(
                definition, on: prepared(closes: [100] + closes),
                options: SimulationOptions(executionTiming: timing), periodsPerYear: 252)
            #expect(report.notices.contains(.ruined) == (timing == .signalClose), "\(timing)")
        }
        let report = try Engine.run(definition, on: prepared(closes: closes), periodsPerYear: 252)
        #expect(report.trades.count == 1)
        #expect(report.notices.first == .ruined)
        #expect(abs(report.equity[5] - 0.009) < 1e-12)
    }

    @Test func `a slippage of as much as the stop is refused`() throws {
        for (slippage, stop, isRefused) in [(200.0, 2.0, true), (199, 2, false), (7, 0.07, true), (1000, 9.99, true)] {
            let definition = strategy(stop: stop)
            let options = try SimulationOptions(slippageBasisPoints: slippage)
            #expect(options.errors(with: definition).map(\.field) == (isRefused ? ["slippage_bps"] : []))
            let bars = try prepared(closes: [1, 2, 3])
            if isRefused {
                #expect(throws: BacktestRefusal.self) {
                    try Engine.run(definition, on: bars, options: options, periodsPerYear: 252)
                }
            }
        }
    }

    @Test func `a slippage of as much as the stop is found on decimals, not on what rounding leaves of them`() throws {
        var accepted: [Int] = []
        for count in 100...100_000 {
            let definition = strategy(stop: Double(count) / 1e4)
            // The same distance, a hundred times as many basis points as percent; and one step less.
            let bounds = [Double(count) / 100, Double(count * 100 - 1) / 1e4]
            for (slippage, isRefused) in zip(bounds, [true, false]) {
                let options = try SimulationOptions(slippageBasisPoints: slippage)
                if options.errors(with: definition).isEmpty == isRefused { accepted.append(count) }
            }
        }
        #expect(accepted.isEmpty, "\(accepted.count), the first \(accepted.first ?? 0)")
    }

    @Test(arguments: [
        (2.12345 as Double?, nil as Double?, "risk.stop_loss.value"), (nil, 33.33333, "risk.take_profit.value"),
    ])
    func `levels of more than four decimal places are refused, not run`(
        stop: Double?, target: Double?, path: String
    ) throws {
        let bars = try prepared(closes: [100, 90, 100, 90])
        let refusal = #expect(throws: BacktestRefusal.self) {
            try Engine.run(strategy(stop: stop, target: target), on: bars, periodsPerYear: 252)
        }
        #expect(refusal?.code == "BACKTEST_INVALID_DEFINITION" && refusal?.message.contains(path) == true)
    }

    @Test(arguments: [
        (0.0001, 0.0, []), (12.34567, 0, ["commission_bps"]), (1.00001, 0.00001, ["commission_bps", "slippage_bps"]),
    ])
    func `basis points of more than four decimal places are refused`(
        commission: Double, slippage: Double, fields: [String]
    ) throws {
        let options = try SimulationOptions(commissionBasisPoints: commission, slippageBasisPoints: slippage)
        let errors = options.errors(with: strategy(stop: 5))
        #expect(errors.map(\.field) == fields)
        #expect(errors.allSatisfy { $0.code == .tooManyPlaces })
    }

    @Test func `a cross on the first bar of the range looks at the bar before`() throws {
        let bars = try prepared(closes: [1, 2, 3, 5, 8])
        let definition = strategy(
            entry: [Condition(.price(.close), .crossesAbove, .literal(2.5))],
            exit: [Condition(.price(.close), .equal, .literal(5))])
        let cut = try Engine.run(definition, on: bars, from: 2, periodsPerYear: 252)
        #expect(cut.trades.map { [$0.entryIndex, $0.exitIndex] } == [[0, 1]])
        #expect(cut.equity.count == 3)
        #expect(cut.times.first == bars.series.times[2])
        // Without the bar before there is nothing it could have crossed from.
        let alone = try Engine.run(definition, on: prepared(closes: [3, 5, 8]), periodsPerYear: 252)
        #expect(alone.trades.isEmpty)
    }

    @Test func `nothing before the range is traded`() throws {
        let bars = try prepared(closes: [100, 100, 99, 99, 101])
        for timing in ExecutionTiming.allCases {
            let report = try Engine.run(
                strategy(), on: bars, from: 2, options: SimulationOptions(executionTiming: timing), periodsPerYear: 252)
            #expect(report.trades.isEmpty)
            #expect(report.equity == [10_000, 10_000, 10_000])
        }
    }

    @Test func `indicators are computed over the bars before the range`() throws {
        let average = Operand.indicator(indicator(.sma, 3))
        let bars = try prepared(closes: [10, 10, 10, 11, 12])
        let definition = strategy(
            entry: [Condition(.price(.close), .crossesAbove, average)],
            exit: [Condition(.price(.close), .less, .literal(0.5))])
        let report = try Engine.run(definition, on: bars, from: 3, periodsPerYear: 252)
        #expect(report.trades.map(\.entryIndex) == [0])
    }
}
