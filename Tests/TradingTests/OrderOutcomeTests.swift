import Testing
import Trading

@Suite struct OrderOutcomeTests {
    /// Open, high, low of the bar of all cases.
    private static let bar = (open: 100, high: 104, low: 97)

    static let cases: [(String, OrderSide, OrderKind<Int>, OrderOutcome<Int>)] = [
        ("a market order fills at the open", .buy, .market, .fills(at: 100)),
        ("a limit below the low waits", .buy, .limit(96), .rests),
        ("a limit at the low is only touched", .buy, .limit(97), .rests),
        ("a limit inside the range fills at the limit", .buy, .limit(98), .fills(at: 98)),
        ("a gap through the limit fills at the better open", .buy, .limit(101), .fills(at: 100)),
        ("a limit to sell above the high waits", .sell, .limit(105), .rests),
        ("a limit to sell at the high is only touched", .sell, .limit(104), .rests),
        ("a limit to sell inside the range fills at the limit", .sell, .limit(103), .fills(at: 103)),
        ("a gap through a limit to sell fills at the better open", .sell, .limit(99), .fills(at: 100)),
        ("a stop above the high waits", .buy, .stop(105), .rests),
        ("a stop at the high is reached", .buy, .stop(104), .fills(at: 104)),
        ("a stop inside the range fills at the stop", .buy, .stop(102), .fills(at: 102)),
        ("a gap through the stop fills at the worse open", .buy, .stop(99), .fills(at: 100)),
        ("a stop to sell below the low waits", .sell, .stop(96), .rests),
        ("a stop to sell at the low is reached", .sell, .stop(97), .fills(at: 97)),
        ("a stop to sell inside the range fills at the stop", .sell, .stop(98), .fills(at: 98)),
        ("a gap through a stop to sell fills at the worse open", .sell, .stop(101), .fills(at: 100)),
        ("a stop that is not reached leaves its limit alone", .buy, .stopLimit(stop: 105, limit: 106), .rests),
        (
            "a stop reached inside the bar fills within the limit", .buy, .stopLimit(stop: 102, limit: 103),
            .fills(at: 102)
        ),
        ("a limit better than the stop has to come back for it", .buy, .stopLimit(stop: 102, limit: 101), .triggered),
        ("a gap through stop but not limit fills at the open", .buy, .stopLimit(stop: 99, limit: 101), .fills(at: 100)),
        ("a gap through stop and limit may come back", .buy, .stopLimit(stop: 98, limit: 99), .fills(at: 99)),
        ("a gap through stop and limit may not come back", .buy, .stopLimit(stop: 96, limit: 97), .triggered),
        ("a stop-limit to sell is the mirror", .sell, .stopLimit(stop: 98, limit: 97), .fills(at: 98)),
        (
            "a gap through stop and limit to sell may come back", .sell, .stopLimit(stop: 102, limit: 101),
            .fills(at: 101)
        ),
        ("a limit to sell better than the stop has to come back", .sell, .stopLimit(stop: 98, limit: 99), .triggered),
    ]

    @Test(arguments: cases)
    func `a bar does to an order what its name says`(
        _ behaviour: String, _ side: OrderSide, _ kind: OrderKind<Int>, _ expected: OrderOutcome<Int>
    ) {
        let (open, high, low) = Self.bar
        #expect(FillModel.outcome(of: kind, side, open: open, high: high, low: low) == expected, "\(behaviour)")
    }

    /// The bracket of a backtest and resting orders are one rule: a stop to sell fills as the engine's stop does, and a
    /// target that is traded through as a limit to sell does.
    @Test func `resting orders agree with the engine's bracket`() {
        for (open, high, low) in [(100, 104, 97), (95, 99, 93), (110, 112, 105), (100, 100, 100), (98, 103, 98)] {
            for level in 92...113 {
                let stop = FillModel.level(open: open, high: high, low: low, stop: level, target: nil)
                let order = FillModel.outcome(of: .stop(level), .sell, open: open, high: high, low: low)
                #expect(
                    order == (stop.map { .fills(at: $0.price(open: open, stop: level, target: nil)) } ?? .rests))
                guard high != level else { continue }
                let target = FillModel.level(open: open, high: high, low: low, stop: nil, target: level)
                let limit = FillModel.outcome(of: .limit(level), .sell, open: open, high: high, low: low)
                #expect(
                    limit == (target.map { .fills(at: $0.price(open: open, stop: nil, target: level)) } ?? .rests))
            }
        }
    }
}
