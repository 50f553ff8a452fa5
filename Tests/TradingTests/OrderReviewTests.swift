import Market
import Testing

@testable import Trading

/// What an order would come to, with figures that were worked out by hand.
@Suite struct OrderReviewTests {
    /// At 30: equity is 10,000 + 20 * 30 + 4,500 = 15,100.
    private static let standing = AccountStanding(
        cash: Money("10000.00")!, promisedCash: Money("1000.00")!, promisedPurchases: Money("300.00")!,
        holding: Holding(quantity: Quantity("20")!, cost: Money("500.00")!), promisedQuantity: Quantity("5")!,
        otherHoldings: Money("4500.00")!, restingOrders: 3)
    private static let limits = TradingLimits(
        maximumOrderNotional: Money("8000.00")!, maximumPosition: Rate("0.25")!, minimumCash: Money("2000.00")!,
        maximumResting: 4)
    private static let costs = Costs<ExactNumbers>(slippage: .zero, commission: Rate(basisPoints: "10")!)

    private static func review(
        _ side: OrderSide, _ quantity: String, _ kind: OrderKind<Price> = .market,
        _ standing: AccountStanding = standing
    ) -> OrderReview {
        OrderReview(
            of: OrderTicket(side: side, kind: kind, size: .quantity(Quantity(quantity)!)), at: Price("30")!,
            for: standing, limits, costs)
    }

    private static func money(_ allowed: String, _ used: String) -> LimitCheck.Measure {
        .money(allowed: Money(allowed)!, used: Money(used)!)
    }

    private static func check(
        _ refusal: OrderRefusal, _ measure: LimitCheck.Measure, _ isMet: Bool = true
    ) -> LimitCheck { LimitCheck(refusal: refusal, measure: measure, isMet: isMet) }

    @Test func `a purchase is held against every limit`() {
        let review = Self.review(.buy, "50")
        #expect(review.notional == Money("1500.00") && review.fee == Money("1.50") && review.refusal == nil)
        #expect(review.cashAfter == Money("8498.50") && review.positionAfter == Quantity("70"))
        #expect(review.equity == Money("15100.00") && review.valueAfter == Money("2100.00"))
        #expect(
            review.limits == [
                Self.check(.maximumOrderNotional, Self.money("8000.00", "1500.00")),
                Self.check(.minimumNotional, .minimum(Money("1.00")!, used: Money("1500.00")!)),
                // What rests for it already is to be part of the position.
                Self.check(.maximumPosition, Self.money("3775.00", "2400.00")),
                Self.check(.insufficientCash, Self.money("9000.00", "1501.50")),
                Self.check(.minimumCash, Self.money("7000.00", "1501.50")),
                Self.check(.tooManyOrders, .orders(allowed: 4, used: 3)),
            ])
    }

    @Test func `a purchase that rests is measured at its own price, and counts among those that rest`() throws {
        let review = Self.review(.buy, "250", .limit(Price("29")!))
        #expect(try review.refusal == .maximumPosition && review.heldCash == Money("7257.25"))
        #expect(
            review.limits == [
                Self.check(.maximumOrderNotional, Self.money("8000.00", "7250.00")),
                Self.check(.minimumNotional, .minimum(Money("1.00")!, used: Money("7250.00")!)),
                Self.check(.maximumPosition, Self.money("3775.00", "8130.00"), false),
                Self.check(.insufficientCash, Self.money("9000.00", "7257.25")),
                Self.check(.minimumCash, Self.money("7000.00", "7257.25"), false),
                Self.check(.tooManyOrders, .orders(allowed: 4, used: 4)),
            ])
    }

    @Test func `a sale is held against every limit of a sale`() {
        let review = Self.review(.sell, "16")
        #expect(review.notional == Money("480.00") && review.fee == Money("0.48"))
        #expect(review.cashAfter == Money("10479.52") && review.positionAfter == Quantity("4"))
        #expect(review.valueAfter == Money("120.00") && review.refusal == .insufficientPosition)
        #expect(
            review.limits == [
                Self.check(.maximumOrderNotional, Self.money("8000.00", "480.00")),
                Self.check(.insufficientPosition, .quantity(allowed: Quantity("15")!, used: Quantity("16")!), false),
                Self.check(.minimumNotional, .minimum(Money("1.00")!, used: Money("480.00")!)),
                Self.check(.tooManyOrders, .orders(allowed: 4, used: 3)),
            ])
    }

    @Test func `all that is left may be sold, however little it is`() {
        let little = AccountStanding(cash: .zero, holding: Holding(quantity: Quantity("0.02")!, cost: Money("1.00")!))
        let review = Self.review(.sell, "0.02", .market, little)
        #expect(review.refusal == nil && review.cashAfter == Money("0.60"))
        #expect(review.limits.contains(Self.check(.minimumNotional, .minimum(Money("1.00")!, used: Money("0.60")!))))
        #expect(Self.review(.sell, "0.01", .market, little).refusal == .minimumNotional)
    }

    @Test func `too little cash is told before the cash that has to be left, and so is one order too many`() {
        let rich = AccountStanding(cash: Money("7000.00")!, otherHoldings: Money("90000.00")!, restingOrders: 4)
        #expect(Self.review(.buy, "234", .market, rich).refusal == .insufficientCash)
        #expect(Self.review(.buy, "167", .market, rich).refusal == .minimumCash)
        // 166 * 30 and 4.98 of fee leave 2,015.02.
        let last = Self.review(.buy, "166", .market, rich)
        #expect(last.refusal == nil && last.cashAfter == Money("2015.02"))
        #expect(Self.review(.buy, "1", .limit(Price("29")!), rich).refusal == .tooManyOrders)
    }

    @Test func `what is priced in another currency is sold, and not bought`() {
        let foreign = AccountStanding(
            cash: Money("10000.00")!, holding: Holding(quantity: Quantity("20")!, cost: Money("500.00")!),
            isInCurrency: false)
        let purchase = Self.review(.buy, "3", .market, foreign)
        #expect(purchase.refusal == .otherCurrency && purchase.quantity == Quantity("3") && purchase.limits == [])
        #expect(purchase.cashAfter == Money("10000.00") && purchase.positionAfter == Quantity("20"))
        #expect(Self.review(.sell, "20", .market, foreign).refusal == nil)
        #expect(foreign.after(Holding(), cash: .zero).isInCurrency == false)
    }
}
