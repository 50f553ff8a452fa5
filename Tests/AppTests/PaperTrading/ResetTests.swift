import HTTP
import JSON
import TestSupport
import Testing

@testable import App

@Suite struct ResetTests {
    @Test func `a reset that is sent again, because its answer was lost, resets nothing`() throws {
        let desk = try TradingDesk()
        func reset(_ more: Object = [:]) throws -> HTTPClient.Answer {
            try desk.browser.send(
                "POST", "/api/trading/reset",
                .object(Object([("confirm", "RESET")] + more.members.map { ($0.name, $0.value) })))
        }
        try desk.order("BUY", ["quantity": "10"])
        let first = try reset(["generation": 1, "starting_balance": "5000"])
        #expect(first.object?["generation"] == 2 && first.object?["cash_balance"] == "5000.00", "\(first.text)")
        #expect(try reset(["generation": 1, "starting_balance": "5000.00"]).object == first.object)
        // What was traded since then stays.
        try desk.order("BUY", ["quantity": "1"])
        let again = try reset(["generation": 1, "starting_balance": "5000"])
        #expect(again.status == 200 && again.object?["cash_balance"] == "4900.00", "\(again.text)")
        // It was another one: with other money, of a life long over, or of none that has begun.
        for other: Object in [["generation": 1], ["generation": 3]] {
            let refused = try reset(other)
            #expect(refused.status == 409 && refused.object?["code"] == "CONFLICT", "\(refused.text)")
        }
        #expect(try reset(["generation": 0]).status == 400)
        #expect(try desk.rows("/api/trading/generations", "generations").count == 2)
        #expect(try desk.rows("/api/trading/positions", "positions").count == 1)
        #expect(try reset(["generation": 2]).object?["generation"] == 3)
        #expect(try reset().object?["generation"] == 4, "who names none begins anew each time")
        #expect(try reset(["generation": 1, "starting_balance": "5000"]).status == 409)
        try desk.verify()
    }
}
