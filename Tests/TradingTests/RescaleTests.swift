import Market
import SeededNumbers
import Testing
import Trading

/// What a split makes of units.
@Suite struct RescaleTests {
    @Test(arguments: [
        (4.0, 4.0, 4, 1), (3.9992, 4.0009, 4, 1), (1.5, 1.5, 3, 2), (1.4998, 1.5003, 3, 2), (0.1, 0.1, 1, 10),
        (0.09998, 0.10003, 1, 10), (0.001, 0.001, 1, 1_000), (1.1, 1.1, 11, 10), (1.05, 1.05, 21, 20),
        (20.0, 20.0, 20, 1), (1.25, 1.25, 5, 4), (1000.0, 1000.0, 1_000, 1),
    ])
    func `what splits are is told exactly`(_ low: Double, _ high: Double, _ numerator: Int, _ denominator: Int) throws {
        #expect(UnitScale(between: low, and: high) == UnitScale(numerator, for: denominator))
    }

    @Test func `what is no simple fraction is kept as it was measured`() throws {
        let dividend = try #require(UnitScale(between: 1.0050251256281406, and: 1.0050251256281410))
        #expect(
            (Double(dividend.numerator) / Double(dividend.denominator) - 1.0050251256281408).magnitude < 1e-7)
        let odd = try #require(UnitScale(between: 1.0372, and: 1.0391))
        #expect(odd.numerator == 1_038_150_000_000 && odd.denominator == 1_000_000_000_000 && !odd.isSimple)
        #expect(UnitScale(between: 1, and: 1) == nil && UnitScale(between: 1e7, and: 1e7) == nil)
        #expect(
            UnitScale(between: 1e-9, and: 1e-9) == nil && UnitScale(3, for: 3) == nil && UnitScale(0, for: 1) == nil)
    }

    @Test(arguments: [
        ("10", 4, 1, "40"), ("10", 1, 10, "1"), ("1", 1, 3, "0.33333333"), ("0.00000005", 1, 10, "0.00000001"),
        ("99999999999999999999", 4, 1, "99999999999999999999.99999999"), ("0", 4, 1, "0"),
        ("99.00990099", 3, 2, "148.51485148"),
    ])
    func `units are rounded down, and never to nothing or beyond a ledger`(
        _ before: String, _ numerator: Int, _ denominator: Int, _ after: String
    ) throws {
        let scale = try #require(UnitScale(numerator, for: denominator))
        #expect(try #require(Quantity(before)).scaled(by: scale).description == after)
    }

    @Test func `a ledger keeps its cash, its cost and its worth`() throws {
        var random = SplitMix(seed: 7)
        for _ in 0..<2_000 {
            let cents = Int64.random(in: 1_00...1_000_00, using: &random)
            let price = try #require(Price("\(Money(cents: cents))"))
            let numerator = Int.random(in: 1...20, using: &random)
            let denominator = Int.random(in: 1...20, using: &random)
            guard let scale = UnitScale(numerator, for: denominator) else { continue }
            var ledger = Ledger(startingBalance: Money(cents: 100_000_000_00))
            let free = Costs<ExactNumbers>(slippage: .zero, commission: .zero)
            let quantity = try #require(
                Quantity("\(Int.random(in: 1...5_000, using: &random)).\(Int.random(in: 1...9, using: &random))"))
            try ledger.enter(Execution(.buy, quantity, of: "A", at: price, free))
            let before = ledger, after = ledger.rescale("A", by: scale)
            #expect(after == ledger.holdings["A"] && after?.cost == before.holdings["A"]?.cost)
            #expect(ledger.cash == before.cash && ledger.realised == before.realised)
            // The price that goes with the new units, to its twelfth place.
            let units = Double(cents) / 100 * Double(denominator) / Double(numerator)
            let restated = try #require(Price(nearest: units))
            let worth = try #require(try ledger.equity(at: ["A": restated]))
            #expect(abs(worth.cents - (try before.equity(at: ["A": price])?.cents ?? 0)) <= 1)
        }
        var empty = Ledger(startingBalance: .zero)
        #expect(empty.rescale("A", by: try #require(UnitScale(4, for: 1))) == nil && empty.holdings.isEmpty)
    }
}
