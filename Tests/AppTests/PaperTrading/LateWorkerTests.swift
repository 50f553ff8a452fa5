import HTTP
import JSON
import Market
import Postgres
import TestSupport
import Testing

@testable import App

/// What is asked of an account whose resting orders have yet to meet bars that are stored already, because the worker is behind:
/// they meet them first, so that nobody chooses between a fill and what comes after it.
@Suite struct LateWorkerTests {
    /// Holds 10 that were bought at 100, with an order that sells them at 95; then a bar opened at 90 and closed at 100, and
    /// nobody has looked at it.
    private static func desk() throws -> (desk: TradingDesk, stop: Object, path: String) {
        let desk = try TradingDesk()
        try desk.order("BUY", ["quantity": "10"])
        let stop = try desk.order("SELL", ["quantity": "10", "order_type": "STOP", "stop_price": "95"])
        #expect(stop["status"] == "PENDING", "\(stop)")
        try store(desk, (90, 101, 89, 100))
        return (desk, stop, "/api/trading/orders/\(stop["id"]?.stringValue ?? "")")
    }

    private static func store(
        _ desk: TradingDesk, _ bar: (open: Double, high: Double, low: Double, close: Double)
    ) throws {
        let day = TradingDesk.sessions(from: "2024-01-31", count: 1)[0]
        try desk.put("STK", .equity, [(day, bar.open, bar.high, bar.low, bar.close)])
    }

    private static func isSold(_ desk: TradingDesk, _ stop: Object) throws -> Bool {
        let shown = try desk.shown(stop), prices = try desk.rows("/api/trading/executions", "executions")
        let told = try desk.db.run(
            Query<[String]>.values(
                "SELECT event_type FROM audit_events WHERE payload_json ->> 'order_id' = $1 ORDER BY id",
                stop["id"]?.stringValue))
        #expect(told == ["order.placed", "order.filled"])
        return shown["status"] == "FILLED" && shown["avg_fill_price"] == "90.000000000000" && prices.count == 2
            && shown["detail"] == "Sold 10 STK at 90.00, the open of the bar of 31 Jan 2024, which was beyond it."
    }

    @Test(arguments: ["DELETE", "PATCH"]) func `a stop that a stored bar has reached is neither cancelled nor moved`(
        _ method: String
    ) throws {
        let (desk, stop, path) = try Self.desk()
        for _ in 0..<2 {
            let answer = try desk.browser.send(method, path, method == "PATCH" ? ["stop_price": "80"] : nil)
            #expect(answer.status == 409 && answer.text.contains("is FILLED already"), "\(answer.text)")
        }
        #expect(try Self.isSold(desk, stop))
        // What the worker finds then has happened.
        #expect(try desk.work() == 1)
        #expect(try Self.isSold(desk, stop))
        try desk.verify()
    }

    @Test func `nor does a sale at the last price come before it`() throws {
        let (desk, stop, _) = try Self.desk()
        let sale = try desk.order("SELL", ["quantity": "10"])
        #expect(sale["reject_reason"] == "INSUFFICIENT_POSITION", "\(sale)")
        #expect(try Self.isSold(desk, stop))
        // A purchase with the money that it has brought finds the account as it is.
        #expect(try desk.order("BUY", ["quantity": "10"])["status"] == "FILLED")
        let position = try desk.rows("/api/trading/positions", "positions").first
        #expect(position?["quantity"] == "10.00000000")
        try desk.verify()
    }

    @Test func `a reset ends a life that has met all its bars`() throws {
        let (desk, stop, _) = try Self.desk()
        #expect(try desk.browser.send("POST", "/api/trading/reset", ["confirm": "RESET"]).status == 200)
        #expect(try desk.shown(stop)["avg_fill_price"] == "90.000000000000")
        let lives = try desk.rows("/api/trading/generations", "generations")
        #expect(lives.last?["final_equity"] == "99900.00" && lives.last?["realized_pnl"] == "-100.00", "\(lives)")
        try desk.verify()
    }

    @Test func `an order that a stored bar has not reached is cancelled and changed as ever`() throws {
        let desk = try TradingDesk()
        let orders = try ["90", "91"].map { price in
            try desk.order("BUY", ["quantity": "1", "order_type": "LIMIT", "limit_price": .string(price)])
        }
        let paths = orders.map { "/api/trading/orders/\($0["id"]?.stringValue ?? "")" }
        try Self.store(desk, (100, 101, 95, 100))
        #expect(try desk.browser.send("PATCH", paths[0], ["limit_price": "94"]).status == 200)
        #expect(try desk.browser.send("DELETE", paths[1], nil).status == 200)
        // The bar that was there when it was changed is none of the new price's.
        #expect(try desk.work() == 1)
        #expect(try desk.shown(orders[0])["status"] == "PENDING")
        #expect(try desk.shown(orders[1])["status"] == "CANCELLED")
        try desk.verify()
    }

    @Test func `hours and days are met in the order in which they ended`() throws {
        let desk = try TradingDesk()
        try desk.putHours(of: "2024-01-31", 0...23)
        let order = try desk.order(
            "BUY", ["symbol": "COIN-USD", "quantity": "1", "order_type": "LIMIT", "limit_price": "48"])
        try desk.put("COIN-USD", .crypto, [(CalendarDay("2024-02-02")!, 45, 46, 40, 45)])
        try desk.putHours(of: "2024-02-01", 0...23)
        try desk.putHours(of: "2024-02-02", 0...3, low: 47)
        _ = try desk.browser.send("DELETE", "/api/trading/orders/\(order["id"]?.stringValue ?? "")", nil)
        let filled = try desk.shown(order)
        #expect(filled["avg_fill_price"] == "48.000000000000", "an hour before the day was over: \(filled)")
        #expect(filled["detail"]?.stringValue?.contains("00:00") == true, "\(filled)")
        try desk.verify()
    }
}
