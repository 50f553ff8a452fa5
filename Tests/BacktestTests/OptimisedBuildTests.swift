import Market
import SeededNumbers
import Strategy
import Testing

@testable import Backtest

/// What only an optimised build gets wrong; `make test` runs this suite as one, too. Twice the compiler gave memory of the
/// engine back that was not its own, or once too often: of definitions that compare with numbers, and of those none of
/// whose indicators follows from its value before.
@Suite struct OptimisedBuildTests {
    @Test(arguments: [UInt64(1), 2, 3])
    func `every run gives its memory back once`(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        let oracle = OracleTests()
        let kinds = [[], [IndicatorType.sma], [.ema], [.rsi], IndicatorType.allCases]
        for _ in 0..<40 {
            let bars = oracle.randomBars(&random, count: [65, 700, 3_000].randomElement(using: &random)!)
            let prepared = try prepared(bars)
            for kinds in kinds {
                let line = kinds.randomElement(using: &random).map { Operand.indicator(indicator($0, 5)) }
                let left = line ?? .price(.close)
                let level = Double(bars.close.randomElement(using: &random)!) / bars.scale
                let definition = strategy(
                    entry: [
                        Condition(left, .greater, .literal(level)), Condition(.literal(level), .lessOrEqual, left),
                    ],
                    exit: [Condition(left, .crossesBelow, .literal(level * 1.01))], stop: 2)
                let first = try Engine.run(definition, on: prepared, periodsPerYear: 252)
                // Memory that was given back too often is somebody else's by now.
                let others = (1...8).map { Array(repeating: Double($0), count: $0 * 64) }
                let again = try Engine.run(definition, on: prepared, periodsPerYear: 252)
                #expect(first == again)
                #expect(others.map { Set($0) } == (1...8).map { [Double($0)] })
                let preview = try Engine.preview(definition, on: prepared)
                #expect(preview.entries.count <= bars.close.count)
            }
        }
    }
}
