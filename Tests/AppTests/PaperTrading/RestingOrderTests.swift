import HTTP
import JSON
import Market
import Postgres
import TestSupport
import Testing

@testable import App

@Suite struct RestingOrderTests {
    private static func limit(_ price: String, _ more: Object = [:]) -> Object {
        var ticket: Object = ["quantity": "10", "order_type": "LIMIT", "limit_price": .string(price)]
        for (name, value) in more.members { ticket[name] = value }
        return ticket
    }

    @Test(arguments: [("DAY", 49, "EXPIRED"), ("DAY", 47, "FILLED"), ("GTC", 49, "PENDING"), ("GTC", 47, "FILLED")])
    func `the day of a coin, come before its last hour, does not stand for it`(
        _ time: Value, _ low: Double, _ status: Value
    ) throws {
        let desk = try TradingDesk()
        try desk.putHours(of: "2024-01-31", 0...23)
        let order = try desk.order(
            "BUY",
            [
                "symbol": "COIN-USD", "quantity": "1", "order_type": "LIMIT", "limit_price": "48",
                "time_in_force": time,
            ])
        #expect(order["status"] == "PENDING", "\(order)")
        try desk.putHours(of: "2024-02-01", 0...22)
        try desk.work()
        try desk.put("COIN-USD", .crypto, [(CalendarDay("2024-02-01")!, 50, 51, 40, 50)])
        try desk.work()
        #expect(try desk.shown(order)["status"] == "PENDING")
        try desk.putHours(of: "2024-02-01", 23...23, low: low)
        try desk.work()
        #expect(try desk.shown(order)["status"] == status)
        try desk.verify()
    }

    @Test func `a limit rests until a bar trades through it, and says which`() throws {
        let desk = try TradingDesk()
        let order = try desk.order("BUY", Self.limit("95"))
        #expect(order["status"] == "PENDING" && order["held_cash"] == "950.00")
        #expect(order["detail"] == "Buys 10 STK at 95.00 or better, once a bar trades below it.")
        #expect(try desk.get("/api/trading/portfolio-summary")["promised_cash"] == "950.00")
        try desk.next((open: 97, high: 98, low: 95, close: 96))
        #expect(try desk.shown(order)["status"] == "PENDING", "a touch fills nothing")
        try desk.next((open: 96, high: 97, low: 94, close: 95))
        let filled = try desk.shown(order)
        #expect(
            filled["status"] == "FILLED" && filled["avg_fill_price"] == "95.000000000000"
                && filled["held_cash"] == "0.00")
        #expect(
            filled["detail"] == "Bought 10 STK at 95.00, its limit, which the bar of 1 Feb 2024 traded through.")
        let execution = try desk.rows("/api/trading/executions", "executions").first
        #expect(execution?["bar_start"] == "2024-02-01" && execution?["price_as_of"] == "2024-02-01T21:00:00.000Z")
        // A job that is done again, as after a kill, moves nothing again.
        let resting = try desk.order("BUY", Self.limit("90"))
        try desk.db.script(TradingDesk.look)
        #expect(try desk.work() == 1)
        #expect(try desk.shown(resting)["status"] == "PENDING")
        #expect(try desk.rows("/api/trading/executions", "executions").count == 1)
        try desk.verify()
    }

    @Test func `nothing fills at a bar that was there when it was placed`() throws {
        let desk = try TradingDesk()
        try desk.next((open: 90, high: 91, low: 80, close: 90))
        let order = try desk.order("BUY", Self.limit("85"))
        // The same bars again, corrected: their revision grows, and they are still old.
        let day = TradingDesk.sessions(from: "2024-01-31", count: 1)
        try desk.put("STK", .equity, [(day[0], 90, 91, 70, 90)])
        #expect(try desk.work() == 1)
        #expect(try desk.shown(order)["status"] == "PENDING")
    }

    @Test func `a bracket sells at its stop or target, and the other exit goes`() throws {
        let desk = try TradingDesk()
        let entry = try desk.order("BUY", ["quantity": "10", "stop_loss": "95", "take_profit": "110"])
        #expect(entry["status"] == "FILLED" && entry["role"] == "ENTRY")
        let exits = try desk.rows("/api/trading/orders?status=PENDING", "orders")
        #expect(Set(exits.compactMap { $0["role"]?.stringValue }) == ["STOP_LOSS", "TAKE_PROFIT"])
        #expect(exits.allSatisfy { $0["entry_order_id"] == entry["id"] && $0["expires_at"] == .null })
        // What the exits are to sell is promised.
        #expect(try desk.order("SELL", ["quantity": "1"])["reject_reason"] == "INSUFFICIENT_POSITION")
        try desk.next((open: 101, high: 112, low: 94, close: 100))
        let ended = try desk.rows("/api/trading/orders", "orders").filter { $0["entry_order_id"] == entry["id"] }
        let stop = ended.first { $0["role"] == "STOP_LOSS" }, target = ended.first { $0["role"] == "TAKE_PROFIT" }
        #expect(
            stop?["status"] == "FILLED" && stop?["avg_fill_price"] == "95.000000000000",
            "a bar that reaches both: the stop")
        #expect(target?["status"] == "CANCELLED" && stop?["realized_pnl"] == "-50.00")
        try desk.verify()
    }

    @Test func `an exit can be moved, and sells what its entry has bought`() throws {
        let desk = try TradingDesk()
        try desk.order("BUY", ["quantity": "10", "stop_loss": "95", "take_profit": "110"])
        let exits = try desk.rows("/api/trading/orders?status=PENDING", "orders")
        let stop = try #require(exits.first { $0["role"] == "STOP_LOSS" })
        let path = "/api/trading/orders/\(stop["id"]?.stringValue ?? "")"
        let moved = try desk.browser.send("PATCH", path, ["stop_price": "97"]).object?["order"]?.objectValue
        #expect(moved?["stop_price"] == "97.000000000000" && moved?["quantity"] == "10.00000000")
        #expect(moved?["detail"] == "Sells 10 STK once a bar falls to 97.00; the other exit goes then.")
        #expect(try desk.browser.send("PATCH", path, ["quantity": "5"]).status == 400)
        #expect(try desk.browser.send("PATCH", path, ["stop_price": "101"]).status == 422, "it would fill at once")
        try desk.next((open: 98, high: 99, low: 96, close: 98))
        #expect(try desk.shown(stop)["avg_fill_price"] == "97.000000000000")
        try desk.verify()
    }

    @Test func `the exits of a resting entry come with its fill, and wait for the next bar`() throws {
        let desk = try TradingDesk()
        let entry = try desk.order("BUY", Self.limit("95", ["stop_loss": "90", "take_profit": "100"]))
        try desk.next((open: 96, high: 101, low: 89, close: 96))
        #expect(try desk.shown(entry)["avg_fill_price"] == "95.000000000000")
        #expect(try desk.rows("/api/trading/orders?status=PENDING", "orders").count == 2)
        try desk.next((open: 102, high: 103, low: 101, close: 102))
        let sold = try desk.rows("/api/trading/executions", "executions").first
        #expect(
            sold?["price"] == "102.000000000000" && sold?["realized_pnl"] == "70.00", "the open was beyond the target")
        #expect(try desk.rows("/api/trading/orders?status=PENDING", "orders").isEmpty)
        try desk.verify()
    }

    @Test func `several bars at once are met in their order`() throws {
        let desk = try TradingDesk()
        try desk.order("BUY", Self.limit("95", ["stop_loss": "90"]))
        try desk.next(
            (open: 96, high: 97, low: 94, close: 95), (open: 95, high: 96, low: 91, close: 92),
            (open: 88, high: 89, low: 87, close: 88))
        let prices = try desk.rows("/api/trading/executions", "executions").compactMap { $0["price"]?.short }
        #expect(prices == ["88", "95"], "a gap below the stop sells at the open")
        try desk.verify()
    }

    @Test func `a day order is over after the next session`() throws {
        let desk = try TradingDesk()
        let order = try desk.order("BUY", Self.limit("95", ["time_in_force": "DAY"]))
        #expect(order["expires_at"] == "2024-01-31T21:00:00.000Z")
        // Its own bar ends it: what it held back is free before another one comes.
        try desk.next((open: 100, high: 101, low: 99, close: 100))
        let ended = try desk.shown(order)
        #expect(ended["status"] == "EXPIRED" && ended["held_cash"] == "0.00", "\(ended)")
        #expect(ended["detail"] == "Its time was over by the end of the bar of 31 Jan 2024.")
        #expect(try desk.get("/api/trading/portfolio-summary")["promised_cash"] == "0.00")
        try desk.next((open: 94, high: 95, low: 90, close: 94))
        #expect(try desk.shown(order) == ended)
        try desk.verify()
    }

    @Test func `an order that no bar can fill any more is not changed, and the round of a day ends it`() throws {
        let desk = try TradingDesk()
        let order = try desk.order("BUY", Self.limit("95", ["time_in_force": "DAY"]))
        let path = "/api/trading/orders/\(order["id"]?.stringValue ?? "")"
        #expect(try desk.browser.send("PATCH", path, ["limit_price": "94"]).status == 200)
        // As earlier releases have left them.
        try desk.db.script("UPDATE orders SET active_from = expires_at")
        let refused = try desk.browser.send("PATCH", path, ["limit_price": "93"])
        #expect(refused.status == 409 && refused.text.contains("is over"), "\(refused.text)")
        #expect(try desk.shown(order)["limit_price"] == "94.000000000000")
        try desk.sweep()
        let ended = try desk.shown(order)
        #expect(ended["status"] == "EXPIRED" && ended["held_cash"] == "0.00", "\(ended)")
    }

    /// What happens when an order is changed that waits from a moment on.
    private func change(_ order: Object, at moment: String, on desk: TradingDesk) throws -> Int {
        try desk.db.script("UPDATE orders SET active_from = '\(moment)' WHERE status = 'PENDING'")
        let path = "/api/trading/orders/\(order["id"]?.stringValue ?? "")"
        return try desk.browser.send("PATCH", path, ["quantity": "9"]).status
    }

    @Test func `an order for the day is changed while a bar may still begin that fills it`() throws {
        let desk = try TradingDesk()
        let share = try desk.order("BUY", Self.limit("95", ["time_in_force": "DAY"]))
        #expect(try change(share, at: "2024-01-31T14:30:00Z", on: desk) == 200, "its session has not begun")
        #expect(try change(share, at: "2024-01-31T14:30:01Z", on: desk) == 409, "the day's only bar has begun")
        #expect(try desk.shown(share)["status"] == "PENDING", "that bar may fill it as it was")
        // No session, so no bar: the exchange stays closed on the day for which it was placed.
        try desk.db.script(
            "INSERT INTO market_closures (market, date, reason) VALUES ('XNYS', '2024-01-31', 'Day of mourning')")
        #expect(try change(share, at: "2024-01-30T21:00:00Z", on: desk) == 409)
        #expect(try desk.browser.send("DELETE", "/api/trading/orders/\(share["id"]?.stringValue ?? "")").status == 200)

        let coin = try desk.order("BUY", Self.limit("45", ["symbol": "COIN-USD", "time_in_force": "DAY"]))
        #expect(coin["expires_at"] == "2024-02-02T00:00:00.000Z", "\(coin)")
        #expect(try change(coin, at: "2024-02-01T10:30:00Z", on: desk) == 409, "there are only days of it")
        try desk.putHours(of: "2024-02-01", 0...9)
        #expect(try change(coin, at: "2024-02-01T10:30:00Z", on: desk) == 200, "there are hours, too")
        #expect(try change(coin, at: "2024-02-01T23:00:00Z", on: desk) == 200)
        #expect(try change(coin, at: "2024-02-01T23:00:01Z", on: desk) == 409)
    }

    @Test func `an account that cannot be filled holds up no other, and misses no bar`() throws {
        let desk = try TradingDesk()
        let first = try desk.order("BUY", Self.limit("95"))
        let other = try desk.installation.user("other@example.org").browser
        var ticket = Self.limit("95", ["symbol": "STK", "side": "BUY"])
        let second = try other.send("POST", "/api/trading/orders", .object(ticket)).object?["order"]?.objectValue
        ticket["limit_price"] = "90"
        _ = try other.send("POST", "/api/trading/orders", .object(ticket))
        let account = try desk.db.run(
            Query<Int>.value("SELECT paper_account_id FROM orders ORDER BY requested_at LIMIT 1"))
        try desk.db.script(
            """
            CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS
              $$ BEGIN RAISE EXCEPTION 'too much' USING ERRCODE = 'numeric_value_out_of_range'; END $$;
            CREATE TRIGGER spoiled BEFORE INSERT ON positions FOR EACH ROW WHEN (NEW.paper_account_id = \(account))
              EXECUTE FUNCTION spoil()
            """)
        let day = TradingDesk.sessions(from: "2024-01-31", count: 1)[0]
        try desk.put("STK", .equity, [(day, 96, 97, 94, 96)])
        var refused = 0
        while try FillOrders(desk.installation.configuration).runNext(
            as: "test", in: &desk.db, report: { event in if case .refused = event { refused += 1 } })
        {}
        #expect(refused == 1)
        let path = "/api/trading/orders/\(second?["id"]?.stringValue ?? "")"
        let filled = try other.send("GET", path).object?["order"]?.objectValue
        #expect(filled?["status"] == "FILLED" && filled?["avg_fill_price"] == "95.000000000000", "\(filled ?? [:])")
        let advanced = try desk.db.run(
            Query<Int>.value("SELECT count(*) FROM orders WHERE status = 'PENDING' AND active_from > '2024-01-31'"))
        #expect(advanced == 1, "the other's second order, which the bar did not reach")
        #expect(try desk.shown(first)["status"] == "PENDING")
        try desk.db.script("DROP TRIGGER spoiled ON positions")
        try desk.db.script(TradingDesk.look)
        #expect(try desk.work() == 1)
        #expect(try desk.shown(first)["avg_fill_price"] == "95.000000000000")
        try desk.verify()
    }

    @Test func `promised cash is not spent twice`() throws {
        let desk = try TradingDesk(["PAPER_MAX_POSITION_PCT": "100", "PAPER_MAX_ORDER_NOTIONAL": "100000"])
        try desk.order("BUY", Self.limit("95", ["quantity": "1000"]))
        let refused = try desk.order("BUY", ["symbol": "COIN-USD", "quantity": "101"])
        #expect(refused["reject_reason"] == "INSUFFICIENT_CASH")
        #expect(refused["detail"] == "It needs 5,050.00, and 5,000.00 is free.")
        #expect(try desk.order("BUY", ["symbol": "COIN-USD", "quantity": "100"])["status"] == "FILLED")
        // A stop that opens far beyond what was held back for it is refused when it should fill.
        try desk.verify()
    }

    @Test func `a stop that a gap makes too dear is refused when it should fill, and says so`() throws {
        let desk = try TradingDesk(["PAPER_MAX_POSITION_PCT": "100", "PAPER_MAX_ORDER_NOTIONAL": "100000"])
        let order = try desk.order("BUY", ["quantity": "950", "order_type": "STOP", "stop_price": "105"])
        #expect(order["status"] == "PENDING")
        try desk.next((open: 120, high: 121, low: 119, close: 120))
        let ended = try desk.shown(order)
        #expect(ended["status"] == "REJECTED" && ended["reject_reason"] == "INSUFFICIENT_CASH")
        #expect(
            ended["detail"] == "It should have filled at 120.00 with the bar of 31 Jan 2024. There is not enough cash.")
        try desk.verify()
    }

    @Test func `a resting order can be changed and cancelled, and an ended one neither`() throws {
        let desk = try TradingDesk()
        let order = try desk.order("BUY", Self.limit("95"))
        let path = "/api/trading/orders/\(order["id"]?.stringValue ?? "")"
        let changed = try desk.browser.send("PATCH", path, ["limit_price": "90", "quantity": "20"])
        #expect(changed.object?["order"]?.objectValue?["held_cash"] == "1800.00", "\(changed.text)")
        let refused = try desk.browser.send("PATCH", path, ["limit_price": "101"])
        #expect(refused.status == 422 && refused.object?["code"] == "TRADING_RISK_LIMIT")
        #expect(try desk.browser.send("PATCH", path, ["stop_price": "1"]).status == 400)
        #expect(try desk.browser.send("PATCH", path, [:]).status == 400)
        try desk.next((open: 96, high: 97, low: 92, close: 95))
        #expect(try desk.shown(order)["status"] == "PENDING", "the old limit is gone")
        #expect(try desk.browser.send("DELETE", path).object?["order"]?.objectValue?["status"] == "CANCELLED")
        #expect(try desk.browser.send("DELETE", path).status == 200)
        #expect(try desk.browser.send("PATCH", path, ["quantity": "1"]).status == 409)
        try desk.verify()
        // Nor does one that has ended otherwise go on.
        for order in [try desk.order("BUY", ["quantity": "1"]), try desk.order("SELL", ["quantity": "100"])] {
            let path = "/api/trading/orders/\(order["id"]?.stringValue ?? "")"
            let status = order["status"]?.stringValue ?? ""
            let answers = [
                try desk.browser.send("PATCH", path, ["quantity": "1"]), try desk.browser.send("DELETE", path),
            ]
            for answer in answers { #expect(answer.status == 409 && answer.text.contains("is \(status) already")) }
        }
    }

    @Test func `a stop-limit waits for its limit once its stop was reached`() throws {
        let desk = try TradingDesk()
        let order = try desk.order(
            "BUY", ["quantity": "1", "order_type": "STOP_LIMIT", "stop_price": "105", "limit_price": "106"])
        try desk.next((open: 107, high: 108, low: 106, close: 107))
        #expect(
            try desk.shown(order)["detail"]
                == "Its stop was reached by the bar of 31 Jan 2024; it waits for its limit now.")
        #expect(
            try desk.rows("/api/trading/activity", "activity").first?["text"]
                == "Buy 1 STK stop-limit order, stop 105.00, limit 106.00")
        // What is changed now is a limit order, and stays one.
        let path = "/api/trading/orders/\(order["id"]?.stringValue ?? "")"
        let changed = try desk.browser.send("PATCH", path, ["limit_price": "105.5"]).object?["order"]?.objectValue
        #expect(
            changed?["limit_price"] == "105.500000000000" && changed?["stop_price"] == "105.000000000000",
            "\(changed ?? [:])")
        try desk.next((open: 107, high: 108, low: 104, close: 105))
        #expect(try desk.shown(order)["avg_fill_price"] == "105.500000000000")
        try desk.verify()
    }

    @Test func `an order for a ticker that another symbol has now is not changed, and can be cancelled`() throws {
        let desk = try TradingDesk()
        let order = try desk.order("BUY", Self.limit("95"))
        try desk.db.script("UPDATE symbols SET is_active = false WHERE symbol = 'STK'")
        try desk.put("STK", .equity, TradingDesk.sessions(from: "2024-01-02", count: 5).map { ($0, 10, 11, 9, 10) })
        let path = "/api/trading/orders/\(order["id"]?.stringValue ?? "")"
        let refused = try desk.browser.send("PATCH", path, ["limit_price": "9"])
        #expect(refused.status == 422 && refused.object?["detail"] == "STK is no longer traded here.")
        #expect(try desk.shown(order)["limit_price"] == "95.000000000000")
        #expect(try desk.browser.send("DELETE", path).status == 200)
    }

    @Test func `only so many may rest, and a closed account keeps none`() throws {
        let desk = try TradingDesk(["PAPER_MAX_RESTING_ORDERS": "2"])
        for _ in 0..<2 { try desk.order("BUY", Self.limit("95")) }
        #expect(try desk.order("BUY", Self.limit("95"))["reject_reason"] == "TOO_MANY_ORDERS")
        let gone = try desk.browser.send("DELETE", "/api/me", ["email": "ada@example.org"])
        #expect(gone.status < 300, "\(gone.text)")
        let left = try desk.db.run(
            Query<Int>.value("SELECT count(*) FROM orders WHERE status = 'PENDING' OR held_cash > 0"))
        #expect(left == 0)
    }

    @Test func `exits of a bracket rest as well, and need room before their entry fills`() throws {
        let desk = try TradingDesk(["PAPER_MAX_RESTING_ORDERS": "3"])
        let exits: Object = ["stop_loss": "50", "take_profit": "150"]
        func bought(_ more: Object) throws -> Object {
            var ticket: Object = ["quantity": "1"]
            for (name, value) in more.members { ticket[name] = value }
            return try desk.order("BUY", ticket)
        }
        #expect(try bought(exits)["status"] == "FILLED")
        #expect(try bought(exits)["reject_reason"] == "TOO_MANY_ORDERS", "two more than there is room for")
        #expect(try bought(["stop_loss": "50"])["status"] == "FILLED")
        #expect(try bought(["stop_loss": "50"])["reject_reason"] == "TOO_MANY_ORDERS")
        #expect(try bought([:])["status"] == "FILLED", "nothing of it rests")
        try desk.verify()
    }

    @Test func `the round of a day notes the equity, ends what is long over, and finds what does not add up`() throws {
        let desk = try TradingDesk()
        try desk.order("BUY", ["quantity": "10"])
        _ = try desk.db.run(.notingDailyEquity())
        #expect(try desk.db.run(.notingDailyEquity()) == 0)
        #expect(try desk.rows("/api/trading/equity-curve", "points").last?["kind"] == "day")
        let order = try desk.order("BUY", Self.limit("95"))
        try desk.sweep()
        #expect(try desk.shown(order)["status"] == "PENDING")
        try desk.db.script(
            """
            ALTER TABLE orders DISABLE TRIGGER orders_question_is_final;
            UPDATE orders SET requested_at = now() - interval '98 days' WHERE status = 'PENDING'
            """)
        try desk.sweep()
        #expect(try desk.shown(order)["status"] == "EXPIRED")
        #expect(try LedgerVerification.verify(in: &desk.db).faults == [])
        for (damage, words) in [
            ("UPDATE paper_accounts SET cash_balance = cash_balance + 0.01", "cash"),
            (
                "UPDATE paper_accounts SET cash_balance = cash_balance - 0.01; UPDATE positions SET cost_basis = 1",
                "position"
            ),
        ] {
            try desk.db.script(damage)
            let faults = try LedgerVerification.verify(in: &desk.db).faults
            #expect(faults.count == 1 && faults[0].contains(words), "\(faults)")
        }
        // The round fails with it, and the trail tells.
        let job = try Maintenance.request(in: &desk.db),
            key = try desk.installation.configuration.requiredServerSecret()
        _ = try Maintenance(key.auditKey) { _ in
        } warn: { _ in
        }.runNext(as: "test", in: &desk.db) { _ in }
        guard case .ended(let code, let message) = try Maintenance.round(job, in: &desk.db) else {
            Issue.record("the round did not fail")
            return
        }
        #expect(code == Maintenance.ledgerFault && message.contains("1 paper account does not add up. Account 1: "))
        let told = try desk.db.run(
            Query<Value>.value("SELECT payload_json FROM audit_events WHERE event_type = 'ledger.verified'"))
        #expect(told.objectValue?["faults"]?.arrayValue?.count == 1)
    }
}
