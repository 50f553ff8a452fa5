import HTTP
import JSON
import Postgres
import TestSupport
import Testing

@testable import App

/// How many orders an account may have, over all its lives.
@Suite struct OrderQuotaTests {
    private static func full(_ quota: Int) -> Value {
        .string(
            """
            You have \(quota) paper orders, as many as you may: what you hold can still be sold at the market, and whoever \
            runs this server can raise QUOTA_PAPER_ORDERS.
            """)
    }

    private static func limit(_ price: String) -> Object {
        ["quantity": "1", "order_type": "LIMIT", "limit_price": .string(price)]
    }

    @Test func `at the quota what is held is sold, what rests goes on, and nothing else is stored`() throws {
        let desk = try TradingDesk(["QUOTA_PAPER_ORDERS": "4"])
        let first = try desk.order("BUY", ["quantity": "10", "client_order_id": "first"])
        var bracket = Self.limit("90")
        for (name, price) in [("stop_loss", "80"), ("take_profit", "120")] { bracket[name] = .string(price) }
        let resting = try desk.order("BUY", bracket)
        #expect(try desk.order("BUY", ["quantity": "1000"])["status"] == "REJECTED")
        try desk.order("BUY", ["quantity": "1"])

        func refused(_ side: String, _ ticket: Object) throws {
            let problem = try desk.order(side, ticket, status: 429)
            #expect(problem["code"] == "QUOTA_EXCEEDED" && problem["detail"] == Self.full(4), "\(problem)")
        }
        try refused("BUY", ["quantity": "1"])
        try refused("BUY", ["quantity": "1", "client_order_id": "another"])
        try refused("BUY", ["quantity": "1000"])
        try refused("SELL", ["quantity": "1000"])
        try refused("SELL", Self.limit("110"))
        func preview(_ side: Value) throws -> Object? {
            try desk.browser.send(
                "POST", "/api/trading/orders/preview", ["symbol": "STK", "side": side, "quantity": "1"]
            ).object
        }
        let purchase = try preview("BUY")
        #expect(purchase?["would"] == "REJECT" && purchase?["reject_reason"] == "TOO_MANY_ORDERS")
        #expect(purchase?["detail"] == Self.full(4))
        #expect(try preview("SELL")?["would"] == "FILL")

        // What was stored is answered again, and is still no other.
        #expect(try desk.order("BUY", ["quantity": "10", "client_order_id": "first"]) == first)
        try desk.order("BUY", ["quantity": "9", "client_order_id": "first"], status: 409)

        let path = "/api/trading/orders/\(resting["id"]?.stringValue ?? "")"
        #expect(try desk.browser.send("PATCH", path, ["limit_price": "95"]).status == 200)
        try desk.next((96, 97, 94, 96))
        #expect(try desk.shown(resting)["avg_fill_price"] == "95.000000000000")
        #expect(try desk.rows("/api/trading/orders?status=PENDING", "orders").count == 2, "its exits")
        #expect(try desk.order("SELL", ["quantity": "11"])["status"] == "FILLED")
        try desk.verify()

        #expect(try desk.browser.send("POST", "/api/trading/reset", ["confirm": "RESET"]).status == 200)
        try refused("BUY", ["quantity": "1"])
        try desk.order("BUY", ["symbol": "NONE", "quantity": "1"], status: 400)
        try desk.verify()

        let roomy = try Contest(desk.installation.database).rival(
            of: desk.browser, ["PAPER_STALE_PRICES": "allow", "QUOTA_PAPER_ORDERS": "8"])
        let taken = try (0..<2).map { _ in
            try roomy.send("POST", "/api/trading/orders", ["symbol": "STK", "side": "BUY", "quantity": "1"]).status
        }
        #expect(taken == [200, 429], "of eight there were seven")
    }

    @Test func `of many that come at once exactly as many are stored as the quota says`() throws {
        let desk = try TradingDesk(["QUOTA_PAPER_ORDERS": "20"]), contest = Contest(desk.installation.database)
        let rivals = try (0..<16).map { _ in
            try contest.rival(of: desk.browser, ["PAPER_STALE_PRICES": "allow", "QUOTA_PAPER_ORDERS": "20"])
        }
        nonisolated(unsafe) let browsers = rivals
        let statuses = inParallel(rivals.count) { number in
            (0..<3).map { _ in
                let answer = try? browsers[number].send(
                    "POST", "/api/trading/orders", ["symbol": "STK", "side": "BUY", "quantity": "1"])
                return answer?.status ?? 0
            }
        }.flatMap { $0 }
        #expect(statuses.filter { $0 == 200 }.count == 20 && statuses.filter { $0 == 429 }.count == 28, "\(statuses)")
        #expect(try desk.db.run(Query<Int>.value("SELECT count(*) FROM orders")) == 20)
        try desk.verify()
    }

    @Test func `a runner at the quota sells what it holds, and then waits`() throws {
        let floor = try RunnerFloor(RunnerFloor.above, ["QUOTA_PAPER_ORDERS": "1"])
        let runner = try floor.start()
        try floor.next(101, 101)
        #expect(try floor.performance(runner)["waiting"] == .null, "its exit is not in the way of anything")
        try floor.next(94)
        // Sold at its open, and bought no more at that of the bar after it.
        try floor.next(101, 101)
        #expect(try floor.fills(runner) == ["BUY 99.00990099 at 101", "SELL 99.00990099 at 101"])
        try floor.next(101)
        let waiting = "It waits. " + (Self.full(1).stringValue ?? "")
        #expect(try floor.shown(runner)["detail"] == .string(waiting))
        #expect(try floor.performance(runner)["waiting"] == .string(waiting))
        #expect(try floor.orders(runner).count == 2 && floor.shown(runner)["status"] == "RUNNING")
        let another = try floor.start(
            ["strategy_version_id": .number(Number(try floor.save(RunnerFloor.above, as: "other")))], status: 429)
        #expect(another["detail"] == Self.full(1))
        try floor.desk.verify()
    }

    @Test func `an account that has ended has all of its orders, and still counts them`() throws {
        let desk = try TradingDesk()
        try desk.order("BUY", ["quantity": "1"])
        try desk.order("BUY", Self.limit("90"))
        #expect(try desk.browser.send("DELETE", "/api/me", ["email": "ada@example.org"]).status == 204)
        #expect(try LedgerVerification.verify(in: &desk.db).faults == [])
        try desk.db.script("UPDATE paper_accounts SET orders = orders + 1")
        let faults = try LedgerVerification.verify(in: &desk.db).faults
        #expect(faults.first?.hasSuffix("it has -1 orders more than it counts.") == true, "\(faults)")
    }
}
