import JSON
import Market
import Postgres
import TestSupport
import Testing

@testable import App

/// An account is kept in dollars: what is priced in anything else is none of its money.
@Suite struct CurrencyTests {
    /// ETH-BTC closes at 0.05, COIN-USDT at 50, and YEN, a share that is priced in yen, at 3,000.
    private static func desk() throws -> TradingDesk {
        let desk = try TradingDesk(), days = TradingDesk.days(from: "2024-01-01", count: 31)
        try desk.put("ETH-BTC", .crypto, days.map { ($0, 0.05, 0.06, 0.04, 0.05) })
        try desk.put("COIN-USDT", .crypto, days.map { ($0, 50, 51, 49, 50) })
        try desk.put(
            "YEN", .equity,
            TradingDesk.sessions(from: "2024-01-02", count: 20).map { ($0, 3_000, 3_010, 2_990, 3_000) })
        try desk.db.script("UPDATE symbols SET currency = 'JPY' WHERE symbol = 'YEN'")
        return desk
    }

    @Test(
        arguments: [
            ["symbol": "ETH-BTC", "quantity": "500000"], ["symbol": "ETH-BTC", "notional": "25000"],
            ["symbol": "YEN", "quantity": "1"],
            ["symbol": "YEN", "quantity": "1", "order_type": "LIMIT", "limit_price": "2000"],
            ["symbol": "YEN", "risk_pct": 1, "stop_loss": "2900"],
        ] as [Object])
    func `what is priced in another currency is not bought`(_ ticket: Object) throws {
        let desk = try Self.desk()
        let order = try desk.order("BUY", ticket), symbol = ticket["symbol"]?.stringValue ?? ""
        #expect(order["status"] == "REJECTED" && order["reject_reason"] == "OTHER_CURRENCY", "\(order)")
        #expect(
            order["detail"]
                == .string("\(symbol) is not priced in the currency of this account, so it cannot be bought."))
        #expect(order["quantity"]?.short == (ticket["quantity"]?.short ?? "0"))
        let preview = try desk.browser.send(
            "POST", "/api/trading/orders/preview",
            .object(Object([("side", "BUY")] + ticket.members.map { ($0.name, $0.value) }))
        ).object
        #expect(preview?["would"] == "REJECT" && preview?["reject_reason"] == "OTHER_CURRENCY", "\(preview ?? [:])")
        #expect(preview?["detail"] == order["detail"] && preview?["cash_after"] == "100000.00")
        #expect(preview?["limits"] == [], "no figure in another currency is held against one in dollars")
        #expect(try desk.get("/api/paper-account")["cash_balance"] == "100000.00")
        try desk.verify()
    }

    @Test func `coins that stand for a dollar each are dollars`() throws {
        let desk = try Self.desk()
        let order = try desk.order("BUY", ["symbol": "COIN-USDT", "quantity": "10"])
        #expect(order["status"] == "FILLED" && order["notional"] == "500.00", "\(order)")
        try desk.verify()
    }

    @Test func `what was bought before can be sold, and what rests is refused when it should fill`() throws {
        let desk = try TradingDesk()
        try desk.order("BUY", ["quantity": "10"])
        let resting = try desk.order("BUY", ["quantity": "1", "order_type": "LIMIT", "limit_price": "95"])
        try desk.db.script("UPDATE symbols SET currency = 'EUR' WHERE symbol = 'STK'")
        let path = "/api/trading/orders/\(resting["id"]?.stringValue ?? "")"
        let changed = try desk.browser.send("PATCH", path, ["limit_price": "96"])
        #expect(changed.status == 422 && changed.text.contains("not priced in the currency"), "\(changed.text)")
        try desk.next((96, 97, 94, 96))
        let refused = try desk.shown(resting)
        #expect(refused["status"] == "REJECTED" && refused["reject_reason"] == "OTHER_CURRENCY", "\(refused)")
        #expect(refused["held_cash"] == "0.00")
        #expect(try desk.order("BUY", ["quantity": "1"])["reject_reason"] == "OTHER_CURRENCY")
        let sale = try desk.order("SELL", ["quantity": "10"])
        #expect(sale["status"] == "FILLED" && sale["realized_pnl"] == "-40.00", "\(sale)")
        try desk.verify()
    }

    @Test func `a runner is not started on it, and one that runs buys nothing`() throws {
        let floor = try RunnerFloor(), runner = try floor.start()
        try floor.desk.db.script("UPDATE symbols SET currency = 'EUR' WHERE symbol = 'STK'")
        try floor.next(101, 102)
        let order = try #require(floor.orders(runner).first)
        #expect(order["status"] == "REJECTED" && order["reject_reason"] == "OTHER_CURRENCY", "\(order)")
        let version = try floor.save(RunnerFloor.above, as: "another")
        let refused = try floor.start(["strategy_version_id": .number(Number(version))], status: 422)
        #expect(
            refused["detail"] == "STK is not priced in the currency of this account, so it cannot be bought.",
            "\(refused)")
        #expect(try floor.desk.get("/api/paper-account")["cash_balance"] == "100000.00")
        try floor.desk.verify()
    }
}
