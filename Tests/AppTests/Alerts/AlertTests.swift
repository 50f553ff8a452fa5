import HTTP
import JSON
import Market
import Postgres
import TestSupport
import Testing

@testable import App

@Suite struct AlertTests {
    @Test func `a price is told once, by the first bar that reaches it, and again when it is armed again`() throws {
        let desk = try TradingDesk()
        let alert = try desk.setAlert(["kind": "price_above", "symbol": "STK", "level": "104"])
        #expect(alert["is_armed"] == true && alert["fired_at"] == .null && alert["level"] == "104.000000000000")
        try desk.next((open: 100, high: 103.5, low: 99, close: 103))
        #expect(try desk.checkAlerts() == 1)
        #expect(try desk.told().isEmpty, "it was not reached")
        try desk.next(
            (open: 103, high: 104, low: 102, close: 103), (open: 105, high: 106.25, low: 104, close: 106))
        #expect(try desk.checkAlerts() == 1)
        #expect(try desk.told() == ["price_above STK rose to 104.00: the bar of 1 Feb 2024 went up to 104.00."])
        let fired = try desk.alerts()[0]
        #expect(fired["is_armed"] == false && fired["fired_at"] != .null)
        // A job that is done again, as after a kill, and more bars: nothing.
        try desk.db.script(
            """
            INSERT INTO jobs (job_type, payload_json)
              SELECT 'check_alerts', jsonb_build_object('symbol_id', id, 'interval', '1d') FROM symbols WHERE symbol = 'STK'
            """)
        #expect(try desk.checkAlerts() == 1)
        try desk.next((open: 106, high: 110, low: 105, close: 109))
        #expect(try desk.checkAlerts() == 0, "nobody waits for STK")
        #expect(try desk.told().count == 1)
        // Armed again it waits for a bar that is not there yet.
        let path = "/api/alerts/\(alert["id"]?.stringValue ?? "")/arm"
        #expect(try desk.browser.send("POST", path).object?["alert"]?.objectValue?["is_armed"] == true)
        try desk.db.script("UPDATE bar_series SET revision = revision + 1")
        #expect(try desk.checkAlerts() == 1)
        #expect(try desk.told().count == 1)
        try desk.next((open: 106, high: 108, low: 105, close: 107))
        #expect(try desk.checkAlerts() == 1)
        #expect(try desk.told().count == 2)
    }

    @Test func `a bar that was there when an alert was set reaches nothing, however it is corrected`() throws {
        let desk = try TradingDesk()
        _ = try desk.setAlert(["kind": "price_below", "symbol": "STK", "level": "98"])
        let last = TradingDesk.sessions(from: "2024-01-30", count: 1)
        try desk.put("STK", .equity, [(last[0], 100, 101, 90, 100)])
        #expect(try desk.checkAlerts() == 1)
        #expect(try desk.told().isEmpty)
        try desk.next((open: 100, high: 101, low: 97.5, close: 100))
        #expect(try desk.checkAlerts() == 1)
        #expect(try desk.told() == ["price_below STK fell to 98.00: the bar of 31 Jan 2024 went down to 97.50."])
    }

    @Test func `hours and days of a coin are met each once`() throws {
        let desk = try TradingDesk()
        _ = try desk.setAlert(["kind": "price_above", "symbol": "COIN-USD", "level": "60"])
        let hours = (0..<3).map { "2024-02-01T0\($0):00:00Z,50,\(55 + $0),49,50,1" }
        _ = try BarImport(symbol: "COIN-USD").run(TestPrices.file(hours, .crypto, .hour, now: .max), in: &desk.db)
        #expect(try desk.checkAlerts() == 1)
        // Its first hours have been looked at: of the day nobody knows when it went so high.
        try desk.put("COIN-USD", .crypto, [(CalendarDay("2024-02-01")!, 50, 61, 49, 50)])
        #expect(try desk.checkAlerts() == 1)
        #expect(try desk.told().isEmpty)
        try desk.put("COIN-USD", .crypto, [(CalendarDay("2024-02-02")!, 50, 62, 49, 50)])
        #expect(try desk.checkAlerts() == 1)
        #expect(try desk.told() == ["price_above COIN-USD rose to 60.00: the bar of 2 Feb 2024 went up to 62.00."])
    }

    @Test func `what happens to orders is told to who wants to be told of it`() throws {
        let desk = try TradingDesk()
        try desk.order("BUY", ["quantity": "1"])
        for kind in ["order_filled", "order_rejected", "order_expired"] {
            _ = try desk.setAlert(["kind": .string(kind)])
        }
        try desk.order("BUY", ["quantity": "2"])
        try desk.order("SELL", ["quantity": "200"])
        try desk.order("BUY", ["quantity": "3", "order_type": "LIMIT", "limit_price": "95"])
        try desk.order(
            "BUY", ["quantity": "3", "order_type": "LIMIT", "limit_price": "90", "time_in_force": "DAY"])
        let cancelled = try desk.order("BUY", ["quantity": "1", "order_type": "LIMIT", "limit_price": "80"])
        _ = try desk.browser.send("DELETE", "/api/trading/orders/\(cancelled["id"]?.stringValue ?? "")")
        try desk.next((open: 96, high: 97, low: 94, close: 95), (open: 95, high: 96, low: 94, close: 95))
        let told = try desk.told()
        #expect(told.count == 4, "\(told)")
        #expect(told[0] == "order_filled Bought 2 STK at 100.00, the close of 30 Jan 2024.")
        #expect(told[1].hasPrefix("order_rejected Sell 200 STK: "))
        #expect(
            told[2] == "order_filled Bought 3 STK at 95.00, its limit, which the bar of 31 Jan 2024 traded through.")
        #expect(told[3].hasPrefix("order_expired Buy 3 STK: "))
        let rows = try desk.rows("/api/notifications", "notifications")
        let filled = try desk.rows("/api/trading/orders?status=FILLED", "orders").compactMap { $0["id"] }
        #expect(rows.last?["symbol"] == "STK" && filled.contains(rows.last?["subject_id"] ?? .null))
        try desk.verify()
    }

    @Test func `what one bar fills is told in the order of the ledger, whatever the plan`() throws {
        let desk = try TradingDesk()
        _ = try desk.setAlert(["kind": "order_filled"])
        let orders = try (1...6).map { number in
            try desk.order("BUY", ["quantity": .string("\(number)"), "order_type": "LIMIT", "limit_price": "95"])
        }
        // A plan that goes through the orders by their ids, which are random.
        try desk.db.script("SET enable_nestloop = off; SET enable_hashjoin = off")
        try desk.next((open: 96, high: 97, low: 94, close: 95))
        let ledger = try desk.db.run(
            Query<[String]>.values("SELECT order_id::text FROM executions ORDER BY sequence"))
        #expect(ledger == orders.compactMap { $0["id"]?.stringValue })
        let told = try desk.db.run(
            Query<[String]>.values("SELECT subject_id::text FROM notifications ORDER BY created_at"))
        #expect(told == ledger)
    }

    @Test func `a run that ends is told, one that is cancelled is not`() throws {
        let owned = try CompletedRun()
        #expect(try owned.user.send("POST", "/api/alerts", ["kind": "backtest_done"]).status == 200)
        let again = try owned.orderAgain()
        try owned.simulate()
        let cancelled = try owned.orderAgain().object?["id"]?.stringValue ?? ""
        #expect(try owned.user.send("POST", "/api/backtests/\(cancelled)/cancel").status == 200)
        let told = try owned.user.send("GET", "/api/notifications").object?["notifications"]?.arrayValue
        #expect(told?.count == 1)
        let row = told?.first?.objectValue
        #expect(row?["kind"] == "backtest_done" && row?["subject_id"] == again.object?["id"])
        #expect(row?["detail"] == "old on OLD-USD, 2019-04-14 to 2019-12-31: the result is there.")
    }

    @Test func `the same alert again is the one that is there, and there are only so many`() throws {
        let desk = try TradingDesk()
        let alert = try desk.setAlert(["kind": "price_above", "symbol": "stk", "level": "104.00"])
        #expect(try desk.setAlert(["kind": "price_above", "symbol": "STK", "level": "104"])["id"] == alert["id"])
        #expect(try desk.setAlert(["kind": "order_filled"])["id"] == desk.setAlert(["kind": "order_filled"])["id"])
        #expect(try desk.alerts().count == 2)
        try desk.db.script(
            """
            INSERT INTO alerts (user_id, kind, symbol_id, level, seen_until)
              SELECT u.id, 'price_below', s.id, i, now() FROM users u, symbols s, generate_series(1, \(Alerts.maximumOfUser - 2)) i
              WHERE s.symbol = 'STK'
            """)
        let refused = try desk.browser.send("POST", "/api/alerts", ["kind": "order_expired"])
        #expect(refused.status == 429 && refused.object?["code"] == "QUOTA_EXCEEDED")
        #expect(try desk.setAlert(["kind": "order_filled"])["kind"] == "order_filled", "one that is there")
    }

    @Test(
        arguments: [
            (["kind": "price_above", "symbol": "STK"], "level"), (["kind": "price_above", "level": "5"], "symbol"),
            (["kind": "order_filled", "symbol": "STK"], "symbol"), (["kind": "order_filled", "level": "5"], "level"),
            (["kind": "price_above", "symbol": "NOBODY", "level": "5"], "symbol"),
            (["kind": "price_above", "symbol": "STK", "level": "-5"], "level"), (["kind": "webhook_disabled"], "kind"),
        ] as [(Value, String)])
    func `what is no alert is refused by its field`(_ body: Value, _ field: String) throws {
        let desk = try TradingDesk()
        let answer = try desk.browser.send("POST", "/api/alerts", body)
        #expect(answer.status == 400, "\(answer.text)")
        #expect(answer.object?["field_errors"]?.arrayValue?.first?.objectValue?["field"] == .string(field))
    }

    @Test func `other people's alerts and notifications do not exist`() throws {
        let desk = try TradingDesk()
        let alert = try desk.setAlert(["kind": "order_filled"])["id"]?.stringValue ?? ""
        try desk.order("BUY", ["quantity": "1"])
        let told = try desk.rows("/api/notifications", "notifications").first?["id"]?.stringValue ?? ""
        let (eve, _) = try desk.installation.user("eve@example.org")
        #expect(try eve.send("GET", "/api/alerts").object?["alerts"] == [])
        #expect(try eve.send("GET", "/api/notifications").object?["notifications"] == [])
        #expect(try eve.send("GET", "/api/notifications/unread").object?["unread"] == 0)
        #expect(try eve.send("POST", "/api/notifications/read").object?["unread"] == 0)
        for (method, path) in [
            ("POST", "/api/alerts/\(alert)/arm"), ("DELETE", "/api/alerts/\(alert)"),
            ("POST", "/api/notifications/\(told)/read"),
        ] {
            #expect(try eve.send(method, path).status == 404, "\(method) \(path)")
        }
        #expect(try desk.get("/api/notifications/unread")["unread"] == 1)
        #expect(try desk.browser.send("DELETE", "/api/alerts/\(alert)").status == 204)
        #expect(try desk.browser.send("DELETE", "/api/alerts/\(alert)").status == 404)
        try desk.order("BUY", ["quantity": "1"])
        #expect(try desk.told().count == 1, "what was told stays, and nothing more is told")
    }

    @Test func `what was read is not counted`() throws {
        let desk = try TradingDesk()
        _ = try desk.setAlert(["kind": "order_filled"])
        for _ in 0..<3 { try desk.order("BUY", ["quantity": "1"]) }
        let rows = try desk.rows("/api/notifications", "notifications")
        #expect(rows.count == 3 && rows.allSatisfy { $0["is_read"] == false })
        let path = "/api/notifications/\(rows[1]["id"]?.stringValue ?? "")/read"
        for _ in 0..<2 { #expect(try desk.browser.send("POST", path).object?["unread"] == 2) }
        #expect(try desk.rows("/api/notifications?unread=true", "notifications").count == 2)
        #expect(try desk.browser.send("POST", "/api/notifications/read").object?["unread"] == 0)
        #expect(try desk.rows("/api/notifications?unread=true", "notifications").isEmpty)
        #expect(try desk.rows("/api/notifications", "notifications").count == 3)
    }

    @Test func `a key that may only read sets nothing`() throws {
        let desk = try TradingDesk()
        let made = try desk.browser.send("POST", "/api/me/api-keys", ["name": "k", "scopes": ["read"]])
        let key = [
            ("Authorization", "Bearer \(made.object?["key"]?.stringValue ?? "")"), ("Content-Type", "application/json"),
        ]
        #expect(try desk.installation.send("GET", "/api/alerts", key, nil).status == 200)
        #expect(
            try desk.installation.send("POST", "/api/alerts", key, Array(#"{"kind":"order_filled"}"#.utf8)).status
                == 403)
    }
}

extension TradingDesk {
    func setAlert(_ body: Object) throws -> Object {
        let answer = try browser.send("POST", "/api/alerts", .object(body))
        #expect(answer.status == 200, "\(answer.text)")
        return answer.object?["alert"]?.objectValue ?? [:]
    }

    func alerts() throws -> [Object] { try rows("/api/alerts", "alerts") }

    /// What the trader was told, oldest first.
    func told() throws -> [String] {
        try rows("/api/notifications", "notifications").reversed().map {
            "\($0["kind"]?.stringValue ?? "") \($0["detail"]?.stringValue ?? "")"
        }
    }

    /// What the worker does with new bars.
    ///
    /// - Returns: how many jobs there were.
    func checkAlerts() throws -> Int {
        var done = 0
        while try CheckAlerts().runNext(
            as: "test", in: &db,
            report: { event in if case .refused(_, let detail) = event { Issue.record("\(detail)") } })
        { done += 1 }
        return done
    }
}
