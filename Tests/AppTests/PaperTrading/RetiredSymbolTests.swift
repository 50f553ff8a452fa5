import JSON
import Market
import Postgres
import System
import TestSupport
import Testing

@testable import App

/// What is held of a symbol that is no longer traded is sold at its last price, whatever its ticker stands for by now.
@Suite struct RetiredSymbolTests {
    private static let retiring = "UPDATE symbols SET is_active = false WHERE is_active AND symbol = "

    @Test func `what is held is sold at the last close, however old, and nothing is bought`() throws {
        let desk = try TradingDesk(["PAPER_STALE_PRICES": "refuse"])
        let today = try #require(Instant(microseconds: SystemClock.unixMicroseconds()).day)
        let days = (1...4).reversed().compactMap { today.advanced(by: -$0) }
        try desk.put("NOW-USD", .crypto, days.map { ($0, 20, 21, 19, 20) })
        func sale(_ quantity: Value, _ more: Object = [:]) throws -> Object {
            try desk.order(
                "SELL",
                Object([("symbol", "NOW-USD"), ("quantity", quantity)] + more.members.map { ($0.name, $0.value) }))
        }
        #expect(try desk.order("BUY", ["symbol": "NOW-USD", "quantity": "10"])["status"] == "FILLED")
        try desk.db.script(
            """
            UPDATE crypto_daily_bars b SET date = date - 30 FROM symbols s WHERE s.id = b.symbol_id AND s.symbol = 'NOW-USD';
            UPDATE bar_series b SET first = first - interval '30 days', last = last - interval '30 days'
              FROM symbols s WHERE s.id = b.symbol_id AND s.symbol = 'NOW-USD'
            """)
        #expect(try sale("1")["reject_reason"] == "NO_MARKET_PRICE", "a newer price may come yet")
        try desk.db.script(Self.retiring + "'NOW-USD'")
        #expect(
            try desk.order("BUY", ["symbol": "NOW-USD", "quantity": "1"])["reject_reason"] == "SYMBOL_INACTIVE")
        #expect(
            try sale("1", ["order_type": "LIMIT", "limit_price": "30"])["reject_reason"] == "SYMBOL_INACTIVE",
            "no bar would come for it")
        #expect(try sale("11")["reject_reason"] == "INSUFFICIENT_POSITION")
        let sold = try sale("4")
        #expect(
            sold["status"] == "FILLED" && sold["avg_fill_price"] == "20.000000000000" && sold["notional"] == "80.00",
            "\(sold)")
        #expect(try sale("99", ["reduce_only": true])["quantity"] == "6.00000000")
        #expect(try desk.rows("/api/trading/positions", "positions").isEmpty)
        #expect(try sale("1")["reject_reason"] == "SYMBOL_INACTIVE")
        #expect(try desk.get("/api/paper-account")["cash_balance"] == "100000.00")
        try desk.verify()
    }

    @Test func `of two symbols that had one ticker the one is sold that is meant`() throws {
        let desk = try TradingDesk()
        try desk.order("BUY", ["quantity": "10"])
        try desk.db.script(Self.retiring + "'STK'")
        try desk.put("STK", .equity, TradingDesk.sessions(from: "2024-01-02", count: 5).map { ($0, 10, 11, 9, 10) })
        let old = try #require(try desk.rows("/api/trading/positions", "positions").first)
        #expect(
            old["symbol"] == "STK" && old["is_active"] == false && old["last_price"] == "100.000000000000", "\(old)")
        let id = try #require(old["symbol_id"])
        #expect(try desk.order("SELL", ["quantity": "1"])["reject_reason"] == "INSUFFICIENT_POSITION")
        #expect(try desk.order("BUY", ["quantity": "3"])["notional"] == "30.00")
        let preview = try desk.browser.send(
            "POST", "/api/trading/orders/preview",
            ["symbol": "STK", "symbol_id": id, "side": "SELL", "quantity": "10"]
        ).object
        #expect(
            preview?["price"] == "100.000000000000" && preview?["position_after"] == "0.00000000", "\(preview ?? [:])")
        #expect(try desk.order("BUY", ["symbol_id": id, "quantity": "1"])["reject_reason"] == "SYMBOL_INACTIVE")
        let ticket: Object = ["symbol_id": id, "quantity": "10", "client_order_id": "close"]
        let sold = try desk.order("SELL", ticket)
        #expect(sold["status"] == "FILLED" && sold["notional"] == "1000.00", "\(sold)")
        #expect(try desk.order("SELL", ticket) == sold)
        try desk.order("SELL", ["quantity": "10", "client_order_id": "close"], status: 409)
        let left = try desk.rows("/api/trading/positions", "positions")
        #expect(left.count == 1 && left[0]["quantity"] == "3.00000000" && left[0]["is_active"] == true)
        #expect(left[0]["symbol_id"] != id)
        try desk.order("SELL", ["symbol": "COIN-USD", "symbol_id": id, "quantity": "1"], status: 400)
        try desk.verify()
    }

    @Test func `a runner that is stopped sells what it holds of it`() throws {
        let floor = try RunnerFloor(), runner = try floor.start()
        try floor.next(101, 102)
        #expect(try floor.fills(runner).count == 1)
        try floor.desk.db.script(Self.retiring + "'STK'")
        try floor.desk.put(
            "STK", .equity, TradingDesk.sessions(from: "2024-01-02", count: 5).map { ($0, 10, 11, 9, 10) })
        _ = try floor.send("/\(runner["id"]?.stringValue ?? "")/stop", ["position": "close"])
        #expect(try floor.fills(runner).last == "SELL 98.03921568 at 102")
        #expect(try floor.desk.get("/api/paper-account")["cash_balance"] == "100000.00")
        try floor.desk.verify()
    }
}
