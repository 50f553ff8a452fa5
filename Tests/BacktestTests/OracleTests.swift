import Backtest
import Market
import SeededNumbers
import Strategy
import Testing

/// The engine against the plain interpreter, bit for bit, on worlds no one would think of.
@Suite struct OracleTests {
    @Test(arguments: UInt64(0)..<32)
    func `engine and oracle agree to the last bit`(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        var trades = 0
        for _ in 0..<40 {
            let bars = randomBars(&random)
            let definition = randomDefinition(&random, bars)
            trades += try compare(bars, definition, &random)
        }
        #expect(trades > 50, "a world without trades proves nothing")
    }

    /// Long enough for lanes side by side, and for bars, blocks and words that end at different places.
    @Test(arguments: UInt64(0)..<4)
    func `long runs agree too`(seed: UInt64) throws {
        var random = SplitMix(seed: 1_000 + seed)
        var trades = 0
        for _ in 0..<12 {
            let bars = randomBars(&random, count: Int.random(in: 1_025...9_000, using: &random))
            let definition = randomDefinition(
                &random, bars, periods: [2...4, 2...12, 2...40].randomElement(using: &random)!)
            trades += try compare(bars, definition, &random)
        }
        #expect(trades > 50, "a world without trades proves nothing")
    }

    /// How many trades both found.
    private func compare(_ bars: TickBars, _ definition: StrategyDefinition, _ random: inout SplitMix) throws -> Int {
        let options = try randomOptions(&random, definition)
        // Mostly nearly all bars are traded, sometimes only the last ones.
        let most = Bool.random(using: &random) ? bars.close.count : min(bars.close.count, 40)
        let first = Int.random(in: 0..<most, using: &random)
        guard bars.close.count >= definition.longestPeriod + 2 else { return 0 }
        let prepared = try prepared(bars)
        try #require(bars.noise == 0 || prepared.tickScale?.isExact == false)
        let report = try Engine.run(definition, on: prepared, from: first, options: options, periodsPerYear: 252)
        let expected = Oracle(bars, definition).run(from: first, options)
        let found = report.asOracleResult
        if found != expected {
            let bar = zip(found.equity, expected.equity).enumerated().first { $1.0 != $1.1 }?.offset ?? -1
            Issue.record("\(definition.summary) \(options) from \(first) of \(bars.close.count): bar \(bar)")
        }
        return expected.trades.count
    }

    @Test(arguments: UInt64(100)..<112)
    func `a preview shows exactly the bars on which the rules hold`(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        var signals = 0
        for _ in 0..<40 {
            let bars = randomBars(&random)
            let definition = randomDefinition(&random, bars)
            let first = Int.random(in: 0..<bars.close.count, using: &random)
            guard bars.close.count >= definition.longestPeriod + 2 else { continue }
            let preview = try Engine.preview(definition, on: prepared(bars), from: first)
            let oracle = Oracle(bars, definition)
            let range = first..<bars.close.count
            #expect(preview.entries == range.filter { oracle.all(definition.entry, $0) }, "\(definition.summary)")
            #expect(preview.exits == range.filter { oracle.all(definition.exit, $0) }, "\(definition.summary)")
            signals += preview.entries.count
        }
        #expect(signals > 50, "a world without signals proves nothing")
    }

    @Test func `a preview has the limits of a run`() throws {
        let bars = try prepared(closes: Array(repeating: 100, count: 5_000))
        func refusal(_ limits: EngineLimits = EngineLimits(), from first: Int = 0, _ isCancelled: Bool = false)
            -> BacktestRefusal?
        {
            do throws(BacktestRefusal) {
                _ = try Engine.preview(
                    strategy(entry: [Condition(.indicator(indicator(.sma, 10)), .greater, .literal(1))]), on: bars,
                    from: first, limits: limits, isCancelled: { isCancelled })
                return nil
            } catch { return error }
        }
        #expect(refusal() == nil)
        #expect(refusal(EngineLimits(bars: 4_999)) == .barLimitExceeded(bars: 5_000, limit: 4_999))
        #expect(refusal(EngineLimits(bytes: 39_999)) == .resourceLimitExceeded(bytes: 40_000, limit: 39_999))
        #expect(refusal(from: 5_000) == .insufficientBars(loaded: 5_000, inRange: 0, needed: 12))
        #expect(refusal(EngineLimits(), true) == .cancelled)
    }

    /// A walk in ticks with flat stretches, gaps, doji and bars that touch everything.
    func randomBars(_ random: inout SplitMix, count: Int? = nil) -> TickBars {
        let places = Int.random(in: 0...6, using: &random)
        var bars = TickBars(places: places)
        let counts = [5, 60, 63, 64, 65, 129, 300, 512, 513, 1024, 1200]
        let count = count ?? counts.randomElement(using: &random)!
        let step = [1, 3, 40].randomElement(using: &random)!
        let flatness = [0, 0, 20, 400].randomElement(using: &random)!
        if Int.random(in: 0..<4, using: &random) == 0 { bars.noise = 1e-12 }
        var price = Int.random(in: 300...3000, using: &random)
        var flat = 0
        for _ in 0..<count {
            if flat > 0 {
                flat -= 1
            } else if flatness > 0, Int.random(in: 0..<200, using: &random) == 0 {
                flat = Int.random(in: 1...flatness, using: &random)
            }
            let gap =
                Int.random(in: 0..<8, using: &random) == 0 ? Int.random(in: -5 * step...5 * step, using: &random) : 0
            let open = flat > 0 ? price : max(1, price + gap)
            let isDoji = flat > 0 || Int.random(in: 0..<4, using: &random) == 0
            let close = isDoji ? open : max(1, open + Int.random(in: -step...step, using: &random))
            bars.open.append(open)
            bars.close.append(close)
            bars.high.append(max(open, close) + (isDoji ? 0 : Int.random(in: 0...step, using: &random)))
            bars.low.append(max(1, min(open, close) - (isDoji ? 0 : Int.random(in: 0...step, using: &random))))
            price = close
        }
        return bars
    }

    func randomDefinition(
        _ random: inout SplitMix, _ bars: TickBars, periods: ClosedRange<Int> = 2...12
    ) -> StrategyDefinition {
        let indicators = (0..<Int.random(in: 0...4, using: &random)).map { id in
            Indicator(
                id: "i\(id)", type: IndicatorType.allCases.randomElement(using: &random)!,
                period: Int.random(in: periods, using: &random),
                source: PriceSource.allCases.randomElement(using: &random)!)
        }
        func operand() -> Operand {
            switch Int.random(in: 0..<(indicators.isEmpty ? 3 : 6), using: &random) {
            case 0: return .literal([30, 50, 70].randomElement(using: &random)!)
            case 1: return .literal(Double(bars.close.randomElement(using: &random)!) / bars.scale)
            case 2: return .price(PriceSource.allCases.randomElement(using: &random)!)
            default: return .indicator(indicators.randomElement(using: &random)!)
            }
        }
        func rule() -> [Condition] {
            (0..<[1, 1, 2, 2, 3].randomElement(using: &random)!).map { _ in
                Condition(operand(), Comparison.allCases.randomElement(using: &random)!, operand())
            }
        }
        func level() -> Double? { [nil, 0.1, 0.5, 2, 7.5].randomElement(using: &random)! }
        return StrategyDefinition(
            indicators: indicators, entry: rule(), exit: rule(),
            risk: .init(stopLossPercent: level(), takeProfitPercent: level()))
    }

    func randomOptions(
        _ random: inout SplitMix, _ definition: StrategyDefinition
    ) throws -> SimulationOptions {
        let bound = min(50, (definition.risk.stopLossPercent ?? 50) * 100)
        return try SimulationOptions(
            initialEquity: [10_000, 1, 123_456.78].randomElement(using: &random)!,
            allocationPercent: [100, 50, 33.3, 0.01].randomElement(using: &random)!,
            commissionBasisPoints: [0, 5, 12.5, 1000].randomElement(using: &random)!,
            slippageBasisPoints: Bool.random(using: &random)
                ? 0 : Double(Int.random(in: 0..<Int(bound * 1e4), using: &random)) / 1e4,
            executionTiming: ExecutionTiming.allCases.randomElement(using: &random)!)
    }
}
