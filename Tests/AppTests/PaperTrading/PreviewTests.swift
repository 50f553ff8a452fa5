import JSON
import Market
import Postgres
import TestSupport
import Testing

@testable import App

/// What a ticket is said to come to, and what it then comes to; the figures were worked out by hand.
@Suite struct PreviewTests {
    private static func preview(_ desk: TradingDesk, _ side: Value, _ ticket: Object) throws -> Object {
        var body: Object = ["symbol": "STK", "side": side]
        for (name, value) in ticket.members { body[name] = value }
        let answer = try desk.browser.send("POST", "/api/trading/orders/preview", .object(body))
        #expect(answer.status == 200, "\(answer.text)")
        return answer.object ?? [:]
    }

    /// "CODE used/allowed room UNIT", with a mark where it is not met.
    private static func limits(_ preview: Object) -> [String] {
        (preview["limits"]?.arrayValue?.compactMap(\.objectValue) ?? []).map { limit in
            func text(_ name: String) -> String { limit[name]?.stringValue ?? "?" }
            let figures = "\(text("used"))/\(text("allowed")) \(text("room")) \(text("unit"))"
            return "\(text("code")) \(figures)\(limit["is_met"] == true ? "" : " !")"
        }
    }

    /// 10 STK at 100 and 20 COIN-USD at 50, each with 1.00 of fee: 97,998.00 is left, and the equity is 99,998.00.
    private static func desk() throws -> TradingDesk {
        let desk = try TradingDesk()
        _ = try desk.browser.send("PATCH", "/api/paper-account", ["fee_bps": 10])
        try desk.order("BUY", ["quantity": "10"])
        try desk.order("BUY", ["symbol": "COIN-USD", "quantity": "20"])
        return desk
    }

    @Test func `a purchase comes to what was said, and every limit tells its room`() throws {
        let desk = try Self.desk(), found = try Self.preview(desk, "BUY", ["quantity": "30"])
        #expect(found["would"] == "FILL" && found["notional"] == "3000.00" && found["fee"] == "3.00")
        #expect(found["cash_after"] == "94995.00" && found["position_after"] == "40.00000000")
        // 4,000 of 99,998.
        #expect(found["equity"] == "99998.00" && found["equity_pct_after"] == 4.0001, "\(found)")
        #expect(
            Self.limits(found) == [
                "MAX_ORDER_NOTIONAL 3000.00/25000.00 22000.00 MONEY", "MIN_NOTIONAL 3000.00/1.00 2999.00 MONEY",
                "MAX_POSITION_PCT 4000.00/24999.50 20999.50 MONEY", "INSUFFICIENT_CASH 3003.00/97998.00 94995.00 MONEY",
                "MIN_CASH_REMAINING 3003.00/97998.00 94995.00 MONEY", "TOO_MANY_ORDERS 0/200 200 ORDERS",
            ])
        #expect(try desk.get("/api/paper-account")["cash_balance"] == "97998.00")
        #expect(try desk.order("BUY", ["quantity": "30"])["status"] == "FILLED")
        #expect(try desk.get("/api/paper-account")["cash_balance"] == "94995.00")
        let position = try #require(try desk.rows("/api/trading/positions", "positions").first)
        #expect(position["quantity"] == "40.00000000" && position["equity_pct"] == 4.0002, "of 99,995: the fee is paid")
        try desk.verify()
    }

    @Test func `a sale comes to what was said`() throws {
        let desk = try Self.desk(), found = try Self.preview(desk, "SELL", ["quantity": "4"])
        #expect(found["cash_after"] == "98397.60" && found["position_after"] == "6.00000000")
        #expect(found["equity_pct_after"] == 0.6, "\(found)")
        #expect(
            Self.limits(found) == [
                "MAX_ORDER_NOTIONAL 400.00/25000.00 24600.00 MONEY",
                "INSUFFICIENT_POSITION 4.00000000/10.00000000 6.00000000 UNITS",
                "MIN_NOTIONAL 400.00/1.00 399.00 MONEY", "TOO_MANY_ORDERS 0/200 200 ORDERS",
            ])
        try desk.order("SELL", ["quantity": "4"])
        #expect(try desk.get("/api/paper-account")["cash_balance"] == "98397.60")
        let beyond = Self.limits(try Self.preview(desk, "SELL", ["quantity": "7"]))
        #expect(beyond.contains("INSUFFICIENT_POSITION 7.00000000/6.00000000 0.00000000 UNITS !"), "\(beyond)")
        try desk.verify()
    }

    @Test func `orders that rest are counted`() throws {
        let desk = try TradingDesk(["PAPER_MAX_RESTING_ORDERS": "2"])
        let ticket: Object = ["quantity": "1", "order_type": "LIMIT", "limit_price": "95"]
        for line in ["1/2 1 ORDERS", "2/2 0 ORDERS", "3/2 0 ORDERS !"] {
            let limits = Self.limits(try Self.preview(desk, "BUY", ticket))
            #expect(limits.last == "TOO_MANY_ORDERS \(line)")
            try desk.order("BUY", ticket)
        }
        #expect(Self.limits(try Self.preview(desk, "BUY", ["quantity": "1"])).last == "TOO_MANY_ORDERS 2/2 0 ORDERS")
    }

    @Test func `the least cash is kept`() throws {
        let desk = try TradingDesk(["PAPER_MIN_CASH": "90000"])
        let words = "It needs 10,100.00, and only 10,000.00 may be spent without going below the least cash."
        let found = try Self.preview(desk, "BUY", ["quantity": "101"])
        #expect(found["would"] == "REJECT" && found["reject_reason"] == "MIN_CASH_REMAINING")
        #expect(found["detail"] == .string(words) && found["cash_after"] == "89900.00")
        #expect(Self.limits(found).contains("MIN_CASH_REMAINING 10100.00/10000.00 0.00 MONEY !"), "\(found)")
        let refused = try desk.order("BUY", ["quantity": "101"])
        #expect(refused["reject_reason"] == "MIN_CASH_REMAINING" && refused["detail"] == .string(words))
        // What rests counts as spent.
        let resting = try desk.order("BUY", ["quantity": "10", "order_type": "LIMIT", "limit_price": "99"])
        #expect(resting["status"] == "PENDING" && resting["held_cash"] == "990.00")
        #expect(try desk.order("BUY", ["quantity": "90.11"])["reject_reason"] == "MIN_CASH_REMAINING")
        #expect(try desk.order("BUY", ["quantity": "90.1"])["status"] == "FILLED")
        let path = "/api/trading/orders/\(resting["id"]?.stringValue ?? "")"
        let changed = try desk.browser.send("PATCH", path, ["quantity": "11"])
        #expect(changed.status == 422 && changed.object?["code"] == "TRADING_INSUFFICIENT_CASH", "\(changed.text)")
        #expect(try desk.get("/api/paper-account")["cash_balance"] == "90990.00")
        // A sale is never in its way.
        #expect(try desk.order("SELL", ["quantity": "90.1"])["status"] == "FILLED")
        try desk.verify()
    }

    @Test func `who only reduces sells what nobody else has been promised`() throws {
        let desk = try TradingDesk()
        try desk.order("BUY", ["quantity": "10"])
        let resting = try desk.order("SELL", ["quantity": "4", "order_type": "LIMIT", "limit_price": "110"])
        let ticket: Object = ["quantity": "25", "reduce_only": true]
        let found = try Self.preview(desk, "SELL", ticket)
        #expect(
            found["quantity"] == "6.00000000" && found["position_after"] == "4.00000000"
                && found["cash_after"] == "99600.00")
        let sold = try desk.order("SELL", ticket)
        #expect(
            sold["status"] == "FILLED" && sold["quantity"] == "6.00000000" && sold["reduce_only"] == true, "\(sold)")
        let nothing = try desk.order("SELL", ticket)
        #expect(
            nothing["reject_reason"] == "INSUFFICIENT_POSITION" && nothing["quantity"] == "0.00000000", "\(nothing)")
        #expect(try desk.shown(resting)["status"] == "PENDING")
        // One that rests sells what is left when it fills.
        try desk.order("BUY", ["quantity": "2"])
        let last = try desk.order(
            "SELL", ["quantity": "9", "reduce_only": true, "order_type": "STOP", "stop_price": "95"])
        #expect(last["quantity"] == "2.00000000" && last["status"] == "PENDING", "\(last)")
        try desk.next((96, 97, 94, 95))
        #expect(try desk.shown(last)["notional"] == "190.00")
        #expect(try desk.rows("/api/trading/positions", "positions").first?["quantity"] == "4.00000000")
        try desk.verify()
    }
}
