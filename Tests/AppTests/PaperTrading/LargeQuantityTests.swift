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
        // More than there can be, by themselves or with those that are held.
        func refusal() throws -> Value? {
            let order = try practice.order("BUY", ["notional": "90000000"])
            #expect(order["status"] == (order["reject_reason"] == .null ? "FILLED" : "REJECTED"))
            return order["reject_reason"]
        }
        let order = try practice.order("BUY", ["notional": "1000000000000"])
        #expect(order["status"] == "REJECTED" && order["reject_reason"] == "AMOUNT_TOO_LARGE", "\(order)")
        #expect(try refusal() == .null)
        #expect(try practice.position()["quantity"] == "90000000000000000000.00000000")
        #expect(try refusal() == "AMOUNT_TOO_LARGE")
        #expect(try practice.position()["quantity"] == "90000000000000000000.00000000")
    }
}
