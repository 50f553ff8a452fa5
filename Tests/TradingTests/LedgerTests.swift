import Market
import SeededNumbers
import Testing
import Trading

@Suite struct LedgerTests {
    private let free = Costs<ExactNumbers>(slippage: .zero, commission: .zero)

    private func fill(
        _ side: OrderSide, _ quantity: String, at price: String, of instrument: String = "A",
        _ costs: Costs<ExactNumbers>? = nil
    ) throws -> Execution {
        try Execution(
            side, #require(Quantity(quantity)), of: instrument, at: #require(Price(price)), costs ?? free)
    }

    @Test func `a purchase and a sale by hand`() throws {
        let costs = Costs<ExactNumbers>(slippage: .zero, commission: Rate(basisPoints: "10")!)
        var ledger = Ledger(startingBalance: Money(cents: 100_000))
        try ledger.enter(fill(.buy, "10", at: "27.44", costs))
        #expect(ledger.cash == Money(cents: 72_533) && ledger.fees == Money(cents: 27))
        #expect(ledger.holdings["A"]?.cost == Money(cents: 27_440))
        try ledger.enter(fill(.buy, "5", at: "30", costs))
        #expect(ledger.holdings["A"]?.cost == Money(cents: 42_440))
        // A third of the cost goes out with a third of the quantity.
        try ledger.enter(fill(.sell, "5", at: "31", costs))
        #expect(ledger.holdings["A"]?.cost == Money(cents: 28_293))
        #expect(ledger.realised == Money(cents: 15_500 - 14_147 - 27 - 15 - 16))
        try ledger.enter(fill(.sell, "10", at: "20", costs))
        #expect(ledger.holdings.isEmpty)
        #expect(try ledger.equity(at: [:]) == ledger.cash)
    }

    @Test func `what there is not enough of is refused, and nothing has moved`() throws {
        var ledger = Ledger(startingBalance: Money(cents: 10_000))
        try ledger.enter(fill(.buy, "1", at: "60"))
        let before = ledger
        #expect(throws: LedgerError.insufficientFunds(cash: Money(cents: 4_000))) {
            try ledger.enter(fill(.buy, "1", at: "40.01"))
        }
        #expect(throws: LedgerError.insufficientQuantity(held: Quantity("1")!)) {
            try ledger.enter(fill(.sell, "1.00000001", at: "40"))
        }
        #expect(throws: LedgerError.insufficientQuantity(held: .zero)) {
            try ledger.enter(fill(.sell, "1", at: "40", of: "B"))
        }
        #expect(throws: LedgerError.nothingTraded) { try ledger.enter(fill(.buy, "0", at: "40")) }
        let dear = Costs<ExactNumbers>(slippage: .zero, commission: .zero, minimumCommission: Money(cents: 9_000))
        #expect(throws: LedgerError.insufficientFunds(cash: Money(cents: 4_000))) {
            try ledger.enter(fill(.sell, "1", at: "40", dear))
        }
        #expect(ledger == before)
        try ledger.enter(fill(.buy, "1", at: "40"))
        #expect(ledger.cash == .zero)
    }

    @Test func `a sum that is too large is refused, and nothing has moved`() throws {
        var ledger = Ledger(startingBalance: try #require(Money("9999999999999999.99")))
        try ledger.enter(fill(.buy, "1", at: "0.01"))
        let before = ledger
        #expect(throws: LedgerError.amount(.overflow)) {
            try ledger.enter(fill(.sell, "1", at: "9999999999999999.99"))
        }
        #expect(ledger == before)
        #expect(throws: AmountError.overflow) { try fill(.sell, "10", at: "9999999999999999.99") }
    }

    /// Random fills against an oracle in plain whole numbers: cents, and quantities in 10^-8.
    @Test(arguments: [UInt64(1), 2, 3, 4, 5])
    func `every cent is where it belongs`(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        let costs = Costs<ExactNumbers>(
            slippage: .zero, commission: Rate(basisPoints: "7")!, minimumCommission: Money(cents: 35))
        for _ in 0..<40 {
            let start = Int64.random(in: 0...5_000_000, using: &random)
            var ledger = Ledger(startingBalance: Money(cents: start))
            var cash = Int(start), realised = 0
            var held: [String: (quantity: Int, cost: Int)] = [:]
            func nearest(_ a: Int128, over b: Int128) -> Int { Int((a * 2 + b) / (b * 2)) }
            for _ in 0..<60 {
                let instrument = ["A", "B", "C"].randomElement(using: &random)!
                let owned = held[instrument] ?? (0, 0)
                let isSale = Bool.random(using: &random)
                let quantity =
                    isSale && owned.quantity > 0 && Bool.random(using: &random)
                    ? owned.quantity : Int.random(in: 1...10_000_000_000, using: &random)
                let price = Int.random(in: 1...9_999_999, using: &random)  // ten-thousandths
                let notional = nearest(Int128(quantity) * Int128(price), over: 10_000_000_000)
                let fee = max(nearest(Int128(notional) * 7, over: 10_000), 35)
                let execution = try Execution(
                    isSale ? .sell : .buy,
                    #require(Quantity("\(quantity / 100_000_000).\(digits(quantity % 100_000_000, 8))")),
                    of: instrument, at: #require(Price("\(price / 10_000).\(digits(price % 10_000, 4))")), costs)
                #expect(execution.notional.cents == notional && execution.fee.cents == fee)
                let isPossible =
                    isSale ? quantity <= owned.quantity && cash + notional - fee >= 0 : notional + fee <= cash
                if isPossible {
                    try ledger.enter(execution)
                    let cost = isSale ? nearest(Int128(owned.cost) * Int128(quantity), over: Int128(owned.quantity)) : 0
                    cash += isSale ? notional - fee : -notional - fee
                    realised += isSale ? notional - cost - fee : -fee
                    held[instrument] =
                        isSale
                        ? (owned.quantity - quantity, owned.cost - cost)
                        : (owned.quantity + quantity, owned.cost + notional)
                } else {
                    let before = ledger
                    #expect(throws: LedgerError.self) { try ledger.enter(execution) }
                    #expect(ledger == before)
                }
                #expect(ledger.cash.cents == cash && ledger.realised.cents == realised)
                for (instrument, owned) in held {
                    let holding = ledger.holdings[instrument]
                    #expect(holding?.cost.cents ?? 0 == owned.cost)
                    #expect((holding == nil) == (owned.quantity == 0))
                }
                try checkInvariants(ledger, &random)
            }
        }
    }

    private func checkInvariants(_ ledger: Ledger, _ random: inout SplitMix) throws {
        #expect(try ledger.cash == ledger.startingBalance - ledger.bought + ledger.sold - ledger.fees)
        #expect(ledger.cash >= .zero)
        var prices: [String: Price] = [:]
        var unrealised = Money.zero
        for (instrument, holding) in ledger.holdings {
            let price = try #require(Price("\(Int.random(in: 0...500, using: &random)).125"))
            prices[instrument] = price
            unrealised = try unrealised + holding.value(at: price) - holding.cost
        }
        #expect(try ledger.equity(at: prices) == ledger.startingBalance + ledger.realised + unrealised)
        if !prices.isEmpty { #expect(try ledger.equity(at: [:]) == nil) }
    }

    private func digits(_ number: Int, _ places: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: places - text.count) + text
    }
}
