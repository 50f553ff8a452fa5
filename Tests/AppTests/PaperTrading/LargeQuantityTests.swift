import JSON
import Testing

@testable import App

/// What a ledger could not hold is refused before it gets there, however much money a hindsight has made.
@Suite struct LargeQuantityTests {
    @Test func `more units than a ledger holds are never bought`() throws {
        let prices = [1e-6, 1e5, 1e5, 1e-12, 1e-12, 1e-12]
        let practice = try Practice(prices.map { ($0, $0, $0, $0) })
        while try practice.position()["last_price"] != "0.000001000000" { try practice.step() }
        #expect(try practice.order("BUY", ["notional": "9000"])["status"] == "FILLED")
        try practice.step()
        #expect(try practice.order("SELL", ["quantity": "9000000000"])["status"] == "FILLED")
        #expect(try practice.replay()["cash"] == "900000000001000.00")
        try practice.step(2)
        // As many as the cash would buy there cannot be, and nothing is bought in their stead.
        let order = try practice.order("BUY", ["notional": "1000000000000"])
        #expect(order["status"] == "REJECTED" && order["reject_reason"] == "AMOUNT_TOO_LARGE", "\(order)")
        #expect(try practice.position()["quantity"] == "0.00000000")
        // What all of it would buy is only a bound: an amount that buys no more than can be held is filled.
        let filled = try practice.order("BUY", ["notional": "90000000"])
        #expect(filled["status"] == "FILLED", "\(filled)")
        #expect(try practice.position()["quantity"] == "90000000000000000000.00000000")
        #expect(try practice.replay()["cash"] == "899999910001000.00")
    }
}
