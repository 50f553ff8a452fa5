import Market
import SeededNumbers
import Testing
import Trading

@Suite struct CostsTests {
    private let exact = Costs<ExactNumbers>(slippage: Rate(basisPoints: "5")!, commission: Rate(basisPoints: "10")!)
    private let doubles = Costs<DoubleNumbers>(slippage: 0.0005, commission: 0.001)

    @Test func `both kinds of number follow one rule`() throws {
        let price = try exact.purchasePrice(at: #require(Price("100")))
        #expect(price == Price("100.05") && doubles.purchasePrice(at: 100) == 100.05)
        #expect(try exact.salePrice(at: #require(Price("100"))) == Price("99.95"))
        #expect(doubles.salePrice(at: 100) == 99.95)
        #expect(try exact.spent(on: #require(Quantity("2")), at: price) == Money(cents: 20_030))
        #expect(abs(doubles.spent(on: 2, at: 100.05) - 200.3001) < 1e-12)
        #expect(try exact.received(for: #require(Quantity("2")), at: price) == Money(cents: 19_990))
        #expect(abs(doubles.received(for: 2, at: 100.05) - 199.8999) < 1e-12)
        #expect(try exact.quantity(for: Money(cents: 20_030), at: price) == Quantity("1.99999900"))
        #expect(abs(doubles.quantity(for: 200.3001, at: 100.05) - 2) < 1e-12)
    }

    @Test func `a least commission is paid by small fills only`() throws {
        let costs = Costs<ExactNumbers>(
            slippage: .zero, commission: Rate(basisPoints: "10")!, minimumCommission: Money(cents: 100))
        let price = try #require(Price("10"))
        #expect(try costs.spent(on: #require(Quantity("1")), at: price) == Money(cents: 1_100))
        #expect(try costs.spent(on: #require(Quantity("200")), at: price) == Money(cents: 200_200))
        #expect(try costs.received(for: #require(Quantity("0.05")), at: price) == Money(cents: -50))
        #expect(try costs.quantity(for: Money(cents: 1_100), at: price) == Quantity("1"))
        #expect(try costs.quantity(for: Money(cents: 50), at: price) == .zero)
    }

    @Test func `a budget is never overspent and hardly ever left`() throws {
        var random = SplitMix(seed: 1)
        for _ in 0..<3_000 {
            let minimum = Bool.random(using: &random) ? nil : Money(cents: Int64.random(in: 0...300, using: &random))
            let costs = Costs<ExactNumbers>(
                slippage: .zero,
                commission: try #require(Rate(basisPoints: "\(Int.random(in: 0...1000, using: &random))")),
                minimumCommission: minimum)
            let price = try #require(Price("\(Int.random(in: 1...9_999, using: &random)).\(Int.random(in: 1...9))"))
            let budget = Money(cents: Int64.random(in: 0...10_000_000, using: &random))
            let quantity = try costs.quantity(for: budget, at: price)
            guard quantity > .zero else { continue }
            let left = try budget - costs.spent(on: quantity, at: price)
            #expect(left >= .zero && left <= Money(cents: 2), "\(budget) at \(price): \(left)")
        }
    }

    @Test func `sizes`() throws {
        let price = 100.0, free = Costs<DoubleNumbers>(slippage: 0, commission: 0)
        func size(_ sizing: Sizing<DoubleNumbers>, stop: Double?) -> Double? {
            sizing.quantity(equity: 10_000, price: price, stop: stop, costs: free)
        }
        #expect(size(.allocation(50), stop: nil) == 50)
        #expect(size(.risk(1), stop: 95) == 20)
        #expect(size(.risk(10), stop: 99) == 100, "never more than the equity pays for")
        #expect(size(.risk(1), stop: nil) == nil)
        #expect(size(.risk(1), stop: 100) == nil)
        #expect(size(.notional(2_500), stop: nil) == 25)
        #expect(size(.notional(25_000), stop: nil) == 100)
        let exact = Sizing<ExactNumbers>.risk(Rate(percent: "1")!)
        #expect(
            try exact.quantity(
                equity: Money(cents: 1_000_000), price: Price("100")!, stop: Price("97")!,
                costs: Costs(slippage: .zero, commission: .zero)) == Quantity("33.33333333"))
    }
}
