import HTTP
import JSON
import Market
import Postgres
import TestSupport
import Testing

@testable import App

@Suite struct MarketOrderTests {
    @Test func `a market order fills at the last close and moves all of it at once`() throws {
        let desk = try TradingDesk()
        let order = try desk.order("BUY", ["quantity": "10.5", "client_order_id": "first"])
        #expect(
            order["status"] == "FILLED" && order["avg_fill_price"] == "100.000000000000"
                && order["notional"] == "1050.00")
        #expect(order["price_as_of"] == "2024-01-30T21:00:00.000Z", "the close of the session in New York")
        #expect(order["detail"] == "Bought 10.5 STK at 100.00, the close of 30 Jan 2024.")
        #expect(try desk.get("/api/paper-account")["cash_balance"] == "98950.00")
        let position = try #require(try desk.rows("/api/trading/positions", "positions").first)
        #expect(
            position["quantity"] == "10.50000000" && position["cost_basis"] == "1050.00" && position["is_stale"] == true
        )
        #expect(position["avg_cost"] == "100.000000000000")
        let sale = try desk.order("SELL", ["quantity": "10.5"])
        #expect(sale["realized_pnl"] == "0.00")
        #expect(try desk.rows("/api/trading/positions", "positions").isEmpty)
        try desk.verify()
        #expect(try desk.rows("/api/trading/executions", "executions").count == 2)
        let types = try desk.rows("/api/me/audit", "events").compactMap { $0["type"]?.stringValue }
        #expect(types.prefix(2) == ["order.filled", "order.filled"])
    }

    @Test(
        arguments: [
            (["quantity": "0.009"], "MIN_NOTIONAL"), (["quantity": "250.01"], "MAX_ORDER_NOTIONAL"),
            (["notional": "25000.01"], "MAX_ORDER_NOTIONAL"), (["quantity": "999999999999999"], "AMOUNT_TOO_LARGE"),
            (["quantity": "1", "order_type": "LIMIT", "limit_price": "100"], "WOULD_FILL_AT_ONCE"),
            (["quantity": "1", "order_type": "STOP", "stop_price": "100"], "WOULD_FILL_AT_ONCE"),
            (["quantity": "1", "stop_loss": "100"], "BRACKET_WRONG_SIDE"),
            (["quantity": "1", "take_profit": "99.99"], "BRACKET_WRONG_SIDE"),
            (["quantity": "1", "symbol": "GONE"], "SYMBOL_INACTIVE"),
            (["quantity": "1", "symbol": "EMPTY"], "NO_MARKET_PRICE"),
        ] as [(Object, String)])
    func `what cannot be bought is refused, kept, and moves nothing`(_ ticket: Object, _ reason: String) throws {
        let desk = try TradingDesk()
        try desk.db.script(
            """
            INSERT INTO symbols (symbol, name, asset_type, is_active)
              VALUES ('GONE', 'Gone', 'EQUITY', false), ('EMPTY', 'No prices', 'EQUITY', true)
            """)
        let order = try desk.order("BUY", ticket)
        #expect(order["status"] == "REJECTED" && order["reject_reason"] == .string(reason), "\(order)")
        #expect(order["detail"]?.stringValue?.isEmpty == false)
        let preview = try desk.browser.send(
            "POST", "/api/trading/orders/preview",
            .object(
                Object(
                    [("symbol", "STK"), ("side", "BUY")].filter { ticket[$0.0] == nil }
                        + ticket.members.map { ($0.name, $0.value) })))
        #expect(
            preview.object?["would"] == "REJECT" && preview.object?["reject_reason"] == .string(reason),
            "\(preview.text)")
        #expect(preview.object?["detail"] == order["detail"])
        #expect(try desk.get("/api/paper-account")["cash_balance"] == "100000.00")
        #expect(try desk.rows("/api/trading/orders?status=REJECTED", "orders").count == 1)
        try desk.verify()
    }

    @Test(
        arguments: [
            (["quantity": "0"], "quantity"), (["quantity": "-1"], "quantity"), (["quantity": "1e30"], "quantity"),
            (["quantity": "0.123456789"], "quantity"), (["quantity": "1000000000000000"], "quantity"),
            ([:], "quantity"),
            (["quantity": 1], "quantity"), (["quantity": "1", "notional": "1"], "quantity"),
            (["quantity": "1", "order_type": "LIMIT"], "limit_price"),
            (["quantity": "1", "limit_price": "1"], "limit_price"),
            (["quantity": "1", "order_type": "STOP"], "stop_price"),
            (["quantity": "1", "reduce_only": true], "reduce_only"),
            (["risk_pct": 1], "risk_pct"), (["risk_pct": 0.001, "stop_loss": "90"], "risk_pct"),
            (["quantity": "1", "order_type": "LIMIT", "limit_price": "0"], "limit_price"),
            (["quantity": "1", "symbol": "NOPE"], "symbol"),
            (["quantity": "1", "client_order_id": ""], "client_order_id"),
        ] as [(Object, String)])
    func `a ticket that is none is refused with its field`(_ ticket: Object, _ field: String) throws {
        let desk = try TradingDesk()
        let problem = try desk.order("BUY", ticket, status: 400)
        let fields = problem["field_errors"]?.arrayValue?.compactMap { $0.objectValue?["field"]?.stringValue }
        #expect(fields == [field], "\(problem)")
        #expect(try desk.rows("/api/trading/orders", "orders").isEmpty)
    }

    @Test func `old prices are none where they are not allowed`() throws {
        let desk = try TradingDesk(["PAPER_STALE_PRICES": "refuse"])
        #expect(try desk.order("BUY", ["quantity": "1"])["reject_reason"] == "NO_MARKET_PRICE")
    }

    @Test func `the same name is the same order, and with another content a conflict`() throws {
        let desk = try TradingDesk()
        let first = try desk.order("BUY", ["quantity": "1", "client_order_id": "once"])
        let again = try desk.order("BUY", ["quantity": "1.00000000", "client_order_id": "once"])
        #expect(first == again)
        try desk.order("BUY", ["quantity": "2", "client_order_id": "once"], status: 409)
        #expect(try desk.rows("/api/trading/orders", "orders").count == 1)
        // A refused one, too.
        let refused = try desk.order("SELL", ["quantity": "2", "client_order_id": "no"])
        #expect(try desk.order("SELL", ["quantity": "2", "client_order_id": "no"]) == refused)
        // A reset, in another tab maybe, makes it no second order.
        let reset = try desk.browser.send("POST", "/api/trading/reset", ["confirm": "RESET"])
        #expect(reset.object?["generation"]?.numberValue?.int == 2 && reset.object?["cash_balance"] == "100000.00")
        #expect(try desk.order("BUY", ["quantity": "1", "client_order_id": "once"]) == first)
        try desk.order("BUY", ["quantity": "2", "client_order_id": "once"], status: 409)
        #expect(try desk.rows("/api/trading/orders", "orders").isEmpty)
        for (days, isKept) in [(89, true), (91, false)] {
            try desk.db.script(
                """
                ALTER TABLE paper_generations DISABLE TRIGGER paper_generations_append_only;
                UPDATE paper_generations SET ended_at = now() - interval '\(days) days'
                """)
            let order = try desk.order("BUY", ["quantity": "1", "client_order_id": "once"])
            #expect((order == first) == isKept && order["status"] == "FILLED", "\(order)")
        }
        // From then on the newer one has the name.
        try desk.db.script("UPDATE paper_generations SET ended_at = now()")
        #expect(try desk.order("BUY", ["quantity": "1", "client_order_id": "once"])["generation"] == 2)
        try desk.verify()
        let lives = try desk.rows("/api/trading/generations", "generations")
        #expect(
            lives.count == 2 && lives[1]["orders"]?.numberValue?.int == 2 && lives[1]["final_equity"] == "100000.00")
    }

    @Test func `an account is begun anew so often, and no more`() throws {
        let desk = try TradingDesk()
        try desk.db.script("UPDATE paper_accounts SET generation = 999")
        let last = try desk.browser.send("POST", "/api/trading/reset", ["confirm": "RESET"])
        #expect(last.object?["generation"]?.numberValue?.int == 1_000)
        let refused = try desk.browser.send("POST", "/api/trading/reset", ["confirm": "RESET"])
        #expect(refused.status == 429 && refused.object?["code"] == "QUOTA_EXCEEDED")
        #expect(try desk.get("/api/paper-account")["generation"]?.numberValue?.int == 1_000)
    }

    @Test func `sizes by amount and by risk are rounded down, fees are paid and shown`() throws {
        let desk = try TradingDesk()
        let fees = try desk.browser.send("PATCH", "/api/paper-account", ["fee_bps": 12.5, "min_fee": "1"])
        #expect(fees.object?["fee_bps"]?.numberValue?.double == 12.5 && fees.object?["min_fee"] == "1.00")
        let small = try desk.order("BUY", ["notional": "33.33"])
        #expect(small["quantity"] == "0.33330000" && small["fee"] == "1.00")
        // 33.33 / 0.3333.
        #expect(try desk.rows("/api/trading/positions", "positions").first?["avg_cost"] == "100.000000000000")
        // 1 % of 99,999 lost over a distance of 8.
        let risk = try desk.order("BUY", ["risk_pct": 1, "stop_loss": "92"])
        #expect(risk["quantity"] == "124.99875000" && risk["fee"] == "15.62", "\(risk)")
        // 33.33 and 12,499.88 over 125.33205.
        let position = try desk.rows("/api/trading/positions", "positions").first
        #expect(position?["cost_basis"] == "12533.21" && position?["avg_cost"] == "100.000039894026")
        let summary = try desk.get("/api/trading/portfolio-summary")
        #expect(summary["fees_total"] == "16.62" && summary["realized_pnl_total"] == "-16.62")
        let activity = try desk.rows("/api/trading/activity", "activity")
        let fills = activity.filter { $0["kind"] == "FILL" }
            .map { [$0["fee"]?.stringValue, $0["amount"]?.stringValue] }
        #expect(fills == [["15.62", "-12515.50"], ["1.00", "-34.33"]], "\(activity)")
        let asked = activity.filter { $0["kind"] == "ORDER" }
        #expect(asked.map { $0["fee"] } == [.null], "the exit has cost nothing yet")
        #expect(asked.first?["text"] == "Sell 124.99875 STK stop order, stop 92.00")
        try desk.verify()
    }

    @Test func `a day's gain begins with the purchase, not with the close before it`() throws {
        let desk = try TradingDesk()
        func day() throws -> [String?] {
            let position = try desk.rows("/api/trading/positions", "positions").first
            let summary = try desk.get("/api/trading/portfolio-summary")
            return [summary["day_pnl"]?.stringValue, position?["day_change"]?.stringValue]
        }
        try desk.next((100, 106, 99, 105))
        try desk.order("BUY", ["quantity": "10"])
        #expect(try day() == ["0.00", "0.00"])
        try desk.next((105, 111, 104, 110))
        #expect(try day() == ["50.00", "50.00"])
        // What is traded at the last close changes nothing of what the day has brought.
        try desk.order("BUY", ["quantity": "2"])
        try desk.order("SELL", ["quantity": "4"])
        #expect(try day() == ["50.00", "50.00"])
        try desk.next((110, 113, 109, 112))
        #expect(try day() == ["16.00", "16.00"])
        try desk.verify()
    }

    @Test func `a day's gain has what was sold in it, up to what it brought`() throws {
        let desk = try TradingDesk()
        func day() throws -> String? { try desk.get("/api/trading/portfolio-summary")["day_pnl"]?.stringValue }
        try desk.order("BUY", ["quantity": "10"])
        try desk.order("BUY", ["symbol": "COIN-USD", "quantity": "4"])
        let stop = try desk.order("SELL", ["quantity": "6", "order_type": "STOP", "stop_price": "95"])
        try desk.next((94, 96, 90, 90))
        #expect(try desk.shown(stop)["avg_fill_price"] == "94.000000000000")
        // 6 * (94 - 100) and 4 * (90 - 100).
        #expect(try day() == "-76.00")
        try desk.order("SELL", ["quantity": "4"])
        #expect(try desk.rows("/api/trading/positions", "positions").count == 1)
        #expect(try day() == "-76.00")
        // Bought and sold on one day, with the fees apart: nothing but the difference of the two prices.
        _ = try desk.browser.send("PATCH", "/api/paper-account", ["fee_bps": 10])
        try desk.order("BUY", ["quantity": "5"])
        try desk.order("SELL", ["quantity": "5"])
        #expect(try day() == "-76.00")
        let widget = try desk.get("/api/dashboard/summary")["portfolio"]?.objectValue
        #expect(widget?["data"]?.objectValue?["day_pnl"] == "-76.00", "\(widget ?? [:])")
        let summary = try desk.get("/api/trading/portfolio-summary")
        #expect(summary["positions"] == 1 && summary["total_position_value"] == "200.00")
        // What was sold at a price that no newer one follows is of that day for a week, and not for ever.
        try desk.db.script(
            """
            ALTER TABLE executions DISABLE TRIGGER executions_append_only;
            UPDATE executions SET executed_at = executed_at - interval '8 days'
            """)
        #expect(try day() == "0.00")
        try desk.db.script("UPDATE executions SET executed_at = executed_at + interval '8 days'")
        #expect(try day() == "-76.00")
        // The next session is another day.
        try desk.next((91, 92, 89, 90))
        #expect(try day() == "0.00")
        try desk.verify()
    }

    @Test func `an account that is worth more than can be stored goes on`() throws {
        let desk = try TradingDesk(["PAPER_MAX_POSITION_PCT": "100", "PAPER_MAX_ORDER_NOTIONAL": "1000000"])
        try desk.next((1, 1, 1, 1))
        #expect(try desk.order("BUY", ["quantity": "50000"])["status"] == "FILLED")
        let resting = try desk.order("SELL", ["quantity": "1", "order_type": "LIMIT", "limit_price": "2"])
        // A file in a wrong unit: 50,000 of it are more than a column holds.
        try desk.next((1e12, 1e12, 1e12, 1e12))
        #expect(try desk.shown(resting)["notional"] == "1000000000000.00")
        let refused = try desk.order("SELL", ["quantity": "1"])
        #expect(refused["status"] == "REJECTED" && refused["reject_reason"] == "AMOUNT_TOO_LARGE", "\(refused)")
        try desk.next((2, 2, 2, 2))
        #expect(try desk.order("SELL", ["quantity": "1"])["status"] == "FILLED")
        try desk.verify()
    }

    @Test func `one position may be a quarter of the account`() throws {
        let desk = try TradingDesk()
        #expect(try desk.order("BUY", ["quantity": "249"])["status"] == "FILLED")
        let order = try desk.order("BUY", ["quantity": "2"])
        #expect(order["reject_reason"] == "MAX_POSITION_PCT")
        #expect(order["detail"] == "With it STK would make up 25,100.00 of the account; 25,000.00 is allowed.")
        // A sale never fails because of another holding.
        try desk.order("BUY", ["symbol": "COIN-USD", "quantity": "1"])
        try desk.db.script(
            "UPDATE bar_series SET count = 0, first = NULL, last = NULL FROM symbols s WHERE s.id = symbol_id AND s.symbol = 'COIN-USD'"
        )
        #expect(try desk.order("SELL", ["quantity": "9"])["status"] == "FILLED")
        #expect(try desk.order("BUY", ["quantity": "1"])["reject_reason"] == "NO_MARKET_PRICE")
        let summary = try desk.browser.send("GET", "/api/trading/portfolio-summary")
        #expect(summary.status == 422 && summary.object?["code"] == "TRADING_NO_MARKET_PRICE")
    }

    @Test func `other people's orders do not exist`() throws {
        let desk = try TradingDesk()
        let order = try desk.order("BUY", ["quantity": "1", "order_type": "LIMIT", "limit_price": "90"])
        let other = try desk.installation.user("eve@example.org").browser
        let path = "/api/trading/orders/\(order["id"]?.stringValue ?? "")"
        #expect(try other.send("GET", path).status == 404)
        #expect(try other.send("DELETE", path).status == 404)
        #expect(try other.send("PATCH", path, ["quantity": "2"]).status == 404)
        #expect(try other.send("GET", "/api/trading/orders").object?["orders"] == [])
    }

    @Test func `files and activity tell what happened`() throws {
        let desk = try TradingDesk()
        try desk.order("BUY", ["quantity": "10"])
        try desk.next((open: 110, high: 111, low: 109, close: 110))
        try desk.order("SELL", ["quantity": "4"])
        let file = try desk.browser.send("GET", "/api/trading/executions.csv").text.split(separator: "\r\n")
        #expect(file.count == 3 && file[1].contains(",STK,SELL,4.00000000,110.000000000000,440.00,0.00,40.00,"))
        let profits = try desk.browser.send("GET", "/api/trading/realized-pnl.csv").text.split(separator: "\r\n")
        #expect(profits.count == 2 && profits[1].hasSuffix(",STK,1,440.00,40.00,0.00"))
        let points = try desk.rows("/api/trading/equity-curve", "points")
        #expect(points.compactMap { $0["kind"]?.stringValue } == ["start", "fill", "fill"])
        #expect(points.last?["equity"] == "100100.00")
        let activity = try desk.rows("/api/trading/activity", "activity")
        #expect(activity.compactMap { $0["amount"]?.stringValue } == ["440.00", "-1000.00"])
        try desk.verify()
    }
}
