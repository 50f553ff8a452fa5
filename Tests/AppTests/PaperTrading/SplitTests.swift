import Daemon
import HTTP
import JSON
import Jobs
import Market
import Postgres
import TestSupport
import Testing

@testable import App

extension TradingDesk {
    /// Puts what is stored of a series in its own place, as after a split, with what comes after it.
    @discardableResult
    func restate(
        _ symbol: String = "STK", _ assetType: AssetType = .equity, _ timeframe: Timeframe = .day, by factor: Double,
        _ source: BarSource = BarSource(provider: "test"), then close: Double? = nil,
        over session: inout Connection
    ) throws -> BarStore.Outcome? {
        let id = try #require(try session.run(.symbol(symbol))).id
        let old = try session.run(.bars(BarTable(assetType, timeframe), symbol: id, from: nil, to: nil, warmUp: 0))
        var bars = CandleSeries()
        for index in 0..<old.count {
            bars.append(
                time: old.times[index], open: old.open[index] * factor, high: old.high[index] * factor,
                low: old.low[index] * factor, close: old.close[index] * factor, volume: 1)
        }
        if let close, let last = old.times.last {
            let step = timeframe == .hour ? timeframe.microseconds : 2 * timeframe.microseconds
            bars.append(time: last + step, open: close, high: close, low: close, close: close, volume: 1)
        }
        var store = BarStore()
        (store.replaces, store.auditLog) = (true, installation.configuration.auditLog)
        return try store.store(
            BarSeries(symbol: symbol, assetType: assetType, timeframe: timeframe), from: source, in: &session
        ) { put in try put(bars) }
    }

    @discardableResult
    func restate(
        _ symbol: String = "STK", _ assetType: AssetType = .equity, _ timeframe: Timeframe = .day, by factor: Double,
        _ source: BarSource = BarSource(provider: "test"), then close: Double? = nil
    ) throws -> BarStore.Outcome? {
        try restate(symbol, assetType, timeframe, by: factor, source, then: close, over: &db)
    }

    func position(_ symbol: String = "STK") throws -> [String] {
        let row = try rows("/api/trading/positions", "positions").first { $0["symbol"]?.stringValue == symbol }
        return [row?["quantity"]?.short ?? "-"] + ["cost_basis", "value"].map { row?[$0]?.stringValue ?? "-" }
    }

    fileprivate func equity() throws -> String {
        try get("/api/trading/portfolio-summary")["total_equity"]?.stringValue ?? ""
    }
}

/// What a split makes of what is held, and of what waits.
@Suite struct SplitTests {
    @Test func `units grow with a split, and nothing that waited meets the new prices`() throws {
        let desk = try TradingDesk()
        try desk.order("BUY", ["quantity": "10"])
        let stop = try desk.order("SELL", ["quantity": "10", "order_type": "STOP", "stop_price": "95"])
        let limit = try desk.order("BUY", ["quantity": "3", "order_type": "LIMIT", "limit_price": "90"])
        let other = try desk.order(
            "BUY", ["symbol": "COIN-USD", "quantity": "1", "order_type": "LIMIT", "limit_price": "45"])
        let alert = try desk.browser.send(
            "POST", "/api/alerts", ["kind": "price_below", "symbol": "STK", "level": "60"])
        #expect(alert.status == 200)
        let cash = try desk.get("/api/paper-account")["cash_balance"], equity = try desk.equity()

        try desk.restate(by: 0.25, then: 25)
        try desk.work()
        while try CheckAlerts().runNext(as: "test", in: &desk.db, report: { _ in }) {}

        #expect(try desk.position() == ["40", "1000.00", "1000.00"])
        #expect(try desk.get("/api/paper-account")["cash_balance"] == cash)
        #expect(try desk.equity() == equity)
        for order in [stop, limit] {
            let shown = try desk.shown(order)
            #expect(shown["status"] == "CANCELLED" && shown["held_cash"] == "0.00", "\(shown)")
            #expect(
                shown["detail"]
                    == "Cancelled: STK was split 4 for 1, and its prices are of before that. Place it anew at the new prices."
            )
        }
        #expect(try desk.shown(other)["status"] == "PENDING")
        #expect(try desk.get("/api/trading/portfolio-summary")["promised_cash"] == "45.00")
        #expect(try desk.rows("/api/trading/corrections", "corrections").isEmpty)
        let told = try desk.rows("/api/notifications", "notifications").map { [$0["kind"], $0["detail"]] }
        #expect(
            told == [
                [
                    "position_rescaled",
                    "STK was split 4 for 1: 10 became 40. 2 orders that waited were cancelled: place what you still want anew, at the new prices. 1 alert for its price was switched off: set what you still want at the new prices.",
                ]
            ], "\(told)")
        #expect(try desk.rows("/api/alerts", "alerts").map { $0["is_armed"] } == [false])
        let activity = try desk.rows("/api/trading/activity", "activity").filter { $0["kind"] == "RESCALED" }
        #expect(activity.map { [$0["symbol"], $0["text"]] } == [["STK", "STK was split 4 for 1: 10 became 40."]])
        let events = try desk.installation.events().suffix(3)
        #expect(events.map(\.type) == ["position.rescaled", "order.cancelled", "order.cancelled"])
        #expect(events.first?.payload["quantity"] == "40.00000000" && events.first?.payload["numerator"] == 4)
        let export = try desk.get("/api/me/export")["position_rescalings"]?.arrayValue?.compactMap(\.objectValue)
        #expect(export?.map { [$0["quantity_before"], $0["quantity_after"]] } == [["10.00000000", "40.00000000"]])
        try desk.verify()

        // It goes on in the new units.
        let sale = try desk.order("SELL", ["quantity": "40"])
        #expect(sale["status"] == "FILLED" && sale["realized_pnl"] == "0.00", "\(sale)")
        try desk.order("BUY", ["quantity": "1"])
        #expect(try desk.browser.send("POST", "/api/trading/reset", ["confirm": "RESET"]).status == 200)
        try desk.verify()
    }

    @Test func `units shrink with a reverse split, twice if there are two, and never to nothing`() throws {
        let desk = try TradingDesk()
        try desk.order("BUY", ["quantity": "25.5"])
        try desk.restate(by: 10, then: 1000)
        #expect(try desk.position() == ["2.55", "2550.00", "2550.00"])
        try desk.order("BUY", ["quantity": "1"])
        try desk.restate(by: 1.0 / 1.5)
        #expect(try desk.position()[0] == "5.325")
        try desk.verify()
        try desk.order("SELL", ["quantity": "5.32499999"])
        try desk.restate(by: 100)
        #expect(try desk.position()[0] == "0.00000001")
        try desk.verify()
    }

    @Test func `a dividend in prices that have them grows units as if it were reinvested`() throws {
        let desk = try TradingDesk(), total = BarSource(provider: "test", adjustment: .total)
        try desk.restate(by: 1, total)
        try desk.order("BUY", ["quantity": "10"])
        #expect(try desk.position() == ["10", "1000.00", "1000.00"])
        try desk.restate(by: 0.993, total)
        let position = try desk.position()
        #expect(position[0].hasPrefix("10.0704") && position.dropFirst() == ["1000.00", "1000.00"], "\(position)")
        let told = try desk.rows("/api/notifications", "notifications").first?["detail"]?.stringValue ?? ""
        #expect(
            told.hasPrefix("The prices of STK were restated, as after a dividend: 10 became 10.0704"), "\(told)")
        try desk.verify()
    }

    @Test func `what changes long ago changes nobody's units, and neither does a correction`() throws {
        let desk = try TradingDesk()
        try desk.order("BUY", ["quantity": "10"])
        try desk.restate(by: 1.01)
        #expect(try desk.position()[0] == "10")
        #expect(try desk.rows("/api/notifications", "notifications").isEmpty)
        #expect(try desk.rows("/api/trading/corrections", "corrections").count == 1, "which is one")
        try desk.verify()
    }

    /// Of each series of COIN-USD whether everybody is told that it is set aside.
    private func setAside(_ desk: TradingDesk) throws -> [String: Bool] {
        let all = try desk.rows("/api/market-data/series?symbol=COIN-USD", "series")
        return Dictionary(
            uniqueKeysWithValues: all.map {
                ($0["interval"]?.stringValue ?? "", $0["is_out_of_scale"]?.boolValue ?? false)
            })
    }

    @Test(arguments: [[Timeframe.hour, .day], [.day, .hour]])
    func `two series of a coin tell one split once, whichever comes first`(_ order: [Timeframe]) throws {
        let desk = try TradingDesk()
        for day in TradingDesk.days(from: "2024-01-25", count: 7) { try desk.putHours(of: day.description, 0...23) }
        try desk.order("BUY", ["symbol": "COIN-USD", "quantity": "10"])
        let equity = try desk.equity()
        try desk.restate("COIN-USD", .crypto, order[0], by: 0.1)
        #expect(try desk.position("COIN-USD") == ["100", "500.00", "500.00"])
        #expect(try desk.equity() == equity, "the other is still of the old units, and prices nothing")
        #expect(try setAside(desk) == [order[1].rawValue: true, order[0].rawValue: false])
        let resting = try desk.order(
            "BUY", ["symbol": "COIN-USD", "quantity": "1", "order_type": "LIMIT", "limit_price": "4"])
        // Bars of the old units fill nothing, in either direction.
        let stop = try desk.order(
            "BUY", ["symbol": "COIN-USD", "quantity": "1", "order_type": "STOP", "stop_price": "6"])
        if order[1] == .hour {
            try desk.putHours(of: "2024-02-01", 0...23)
        } else {
            try desk.put("COIN-USD", .crypto, [(CalendarDay("2024-02-01")!, 50, 51, 49, 50)])
        }
        try desk.work()
        #expect(try desk.shown(stop)["status"] == "PENDING" && desk.shown(resting)["status"] == "PENDING")
        try desk.restate("COIN-USD", .crypto, order[1], by: 0.1)
        #expect(try desk.position("COIN-USD") == ["100", "500.00", "500.00"])
        #expect(try desk.shown(stop)["status"] == "PENDING")
        #expect(try setAside(desk) == ["1d": false, "1h": false])
        #expect(try desk.installation.scalar("SELECT count(*) FROM position_rescalings") == 1)
        try desk.verify()
    }

    @Test func `an import that fetches a whole series anew after a split tells it, too`() throws {
        let desk = try TradingDesk(), bench = try IngestionBench(desk.installation.database)
        func shares(_ factor: Double) -> CandleSeries {
            IngestionBench.bars(.day, from: "2023-01-02", 424) { place in
                place % 7 < 5 ? (100 + Double(place % 11)) * factor : nil
            }
        }
        bench.prices.put(shares(1), "AAPL", .day)
        #expect(try bench.fetch("AAPL", .day).status == .completed)
        try desk.order("BUY", ["symbol": "AAPL", "quantity": "10"])
        let stop = try desk.order(
            "SELL", ["symbol": "AAPL", "quantity": "10", "order_type": "STOP", "stop_price": "90"])
        bench.now = Instant("2024-03-05T12:00:00Z")!
        bench.prices.put(shares(0.25), "AAPL", .day)
        #expect(try bench.fetch("AAPL", .day).status == .completed)
        try desk.work()
        #expect(try desk.position("AAPL")[0] == "40" && desk.shown(stop)["status"] == "CANCELLED")
        try desk.verify()
    }

    /// What is done over a session of its own, in the form of a request.
    private func beside(
        _ desk: TradingDesk, _ body: @escaping (inout Connection) throws -> Void
    ) -> () throws -> HTTPClient.Answer {
        let database = desk.installation.database
        return {
            var session = try database.connect()
            try body(&session)
            return HTTPClient.Answer(status: 200, fields: [], body: [])
        }
    }

    @Test func `a runner that has looked before a split trades nothing after it`() throws {
        let floor = try RunnerFloor(), desk = floor.desk
        let runner = try floor.start()
        try floor.next(101, 101)
        // An exit, at the open of the second.
        try desk.next((90, 90, 90, 90), (88, 88, 88, 88))
        while try CheckBars().runNext(as: "test", in: &desk.db, report: { _ in }) {}
        let split = beside(desk) { db in try desk.restate(by: 0.25, over: &db) }
        let look = beside(desk) { db in
            let stored = try db.run(.storedRunner(runner["id"]?.stringValue ?? ""))
            try RunnerClock(desk.installation.configuration).advance(stored, in: &db)
        }
        var db = try desk.installation.database.connect()
        try db.script("BEGIN; SELECT 1 FROM audit_heads FOR UPDATE")
        _ = try Contest(desk.installation.database).answers(to: [split, look], besides: &db) { db in
            try db.script("COMMIT")
        }
        #expect(try floor.fills(runner).count == 1)
        try floor.work()
        #expect(try floor.fills(runner).count == 1 && floor.shown(runner)["quantity"] == "396.03960396")
        try desk.verify()
    }

    @Test(arguments: [true, false])
    func `an order beside a split is filled before it or after it`(_ isSplitFirst: Bool) throws {
        let desk = try TradingDesk(), contest = Contest(desk.installation.database)
        let rival = try contest.rival(of: desk.browser, ["PAPER_STALE_PRICES": "allow"])
        let split = beside(desk) { db in try desk.restate(by: 0.25, over: &db) }
        let order: () throws -> HTTPClient.Answer = {
            try rival.send("POST", "/api/trading/orders", ["symbol": "STK", "side": "BUY", "quantity": "10"])
        }
        try desk.order("BUY", ["quantity": "1"])
        // The first has done all its work, and wants to tell of it.
        var db = try desk.installation.database.connect()
        try db.script("BEGIN; SELECT 1 FROM audit_heads FOR UPDATE")
        let answers = try contest.answers(to: isSplitFirst ? [split, order] : [order, split], besides: &db) { db in
            try db.script("COMMIT")
        }
        #expect(answers.map(\.status) == [200, 200], "\(answers.map(\.text))")
        let filled = answers.compactMap { $0.object?["order"]?.objectValue }.first
        #expect(filled?["avg_fill_price"]?.short == (isSplitFirst ? "25" : "100"))
        #expect(try desk.position()[0] == (isSplitFirst ? "14" : "44"))
        try desk.verify()
    }

    @Test func `a runner's units grow with its account's, and whoever stops it sells those`() throws {
        let floor = try RunnerFloor(), desk = floor.desk
        let runner = try floor.start(), id = runner["id"]?.stringValue ?? ""
        try floor.next(101, 101)
        #expect(try floor.fills(runner) == ["BUY 99.00990099 at 101"])
        try desk.order("BUY", ["quantity": "1"])
        try desk.restate(by: 0.25)
        try floor.next(25.25)
        let waiting = try floor.shown(runner)
        #expect(waiting["quantity"] == "396.03960396" && waiting["equity"] == "10000.00", "\(waiting)")
        #expect(
            waiting["detail"]
                == "It waits: bars that it has seen were changed by more than a correction, as after a split. Stop it, and start anew."
        )
        #expect(try desk.position()[0] == "400.03960396")
        let price = try floor.performance(runner)["comparison"]?.objectValue?["difference"]?.numberValue?.double
        #expect((price ?? 99).magnitude < 0.02, "a fill's price is compared in the units of now")
        let ended = try floor.send("/\(id)/stop", ["position": "close"])
        #expect(ended["detail"] == "Stopped; 396.03960396 STK were sold." && ended["cash"] == "10000.00", "\(ended)")
        #expect(try desk.position()[0] == "4")
        try desk.verify()
    }

    @Test func `practice on a series that is restated goes on in new units`() throws {
        let practice = try Practice([(101, 103, 100, 102), (103, 104, 99, 100)]), desk = practice.desk
        _ = try practice.order("BUY", ["quantity": "50", "stop_loss": "99.5"])
        let limit = try practice.order("BUY", ["quantity": "3", "order_type": "LIMIT", "limit_price": "90"])
        let equity = try practice.replay()["equity"]
        try desk.restate(by: 0.25)
        let after = try practice.replay(), position = try practice.position()
        #expect(after["equity"] == equity && after["cash"] == "5000.00")
        #expect(
            [position["quantity"], position["cost_basis"], position["last_price"]]
                .map { Double($0?.stringValue ?? "") } == [200, 5000, 25])
        for order in try practice.orders() where order["status"] != "FILLED" {
            #expect(order["status"] == "CANCELLED" && order["held_cash"] == "0.00", "\(order)")
            #expect(
                order["detail"]
                    == "Cancelled: STK was split 4 for 1, and its prices are of before that. Place it anew at the new prices."
            )
        }
        #expect(try practice.orders().contains { $0["id"] == limit["id"] && $0["status"] == "CANCELLED" })
        let told = try desk.rows("/api/notifications", "notifications").map { $0["detail"] }
        #expect(
            told == [
                "STK was split 4 for 1: what you hold of it in practice is told in the new units, also on days before. 2 orders that waited there were cancelled."
            ], "\(told)")
        // Two bars on, nothing has fallen by three quarters, and the units of now are sold.
        try practice.step(2)
        #expect(try practice.replay()["equity"] == "10100.00")
        #expect(try practice.order("SELL", ["quantity": "200"])["realized_pnl"] == "100.00")
        try desk.verify()
    }

    @Test(arguments: [true, false])
    func `practice that begins beside a split begins before it or after it`(_ isSplitFirst: Bool) throws {
        let desk = try TradingDesk(), contest = Contest(desk.installation.database)
        let rival = try contest.rival(of: desk.browser)
        let split = beside(desk) { db in try desk.restate(by: 0.25, over: &db) }
        let opening: () throws -> HTTPClient.Answer = {
            try rival.send(
                "POST", "/api/trading/replays",
                ["symbol": "STK", "timeframe": "1d", "from": "2024-01-05", "starting_balance": "10000"])
        }
        try desk.order("BUY", ["quantity": "1"])
        // The first has read what it needs, and waits with it.
        var db = try desk.installation.database.connect()
        try db.script("BEGIN; SELECT 1 FROM \(isSplitFirst ? "audit_heads" : "users") FOR UPDATE")
        let answers = try contest.answers(
            to: isSplitFirst ? [split, opening] : [opening, split], besides: &db
        ) { db in try db.script("COMMIT") }
        let id = answers.compactMap { $0.object?["replay"]?.objectValue?["id"]?.stringValue }.first ?? ""
        let position = try desk.get("/api/trading/replays/\(id)")["replay"]?.objectValue?["positions"]?.arrayValue?
            .first?.objectValue
        #expect(position?["last_price"]?.short == "25", "\(answers.map(\.text))")
    }

    @Test func `whoever changes a rescaling is found out`() throws {
        let desk = try TradingDesk()
        try desk.order("BUY", ["quantity": "10"])
        try desk.restate(by: 0.25)
        for (tampering, fault) in [
            (
                "UPDATE position_rescalings SET numerator = 2, quantity_after = 20",
                "the position of symbol 1 is 40 for 1000.00 stored, and its executions come to 20 for 1000.00."
            ),
            (
                "UPDATE position_rescalings SET quantity_before = 5, quantity_after = 20",
                "begins with 5 of symbol 1, and there were 10."
            ),
            (
                "DELETE FROM position_rescalings",
                "the position of symbol 1 is 40 for 1000.00 stored, and its executions come to 10 for 1000.00."
            ),
            (
                "UPDATE position_rescalings SET generation = 2",
                "the position of symbol 1 is 40 for 1000.00 stored, and its executions come to 10 for 1000.00."
            ),
        ] {
            try desk.db.script(
                "BEGIN; ALTER TABLE position_rescalings DISABLE TRIGGER position_rescalings_append_only; \(tampering); COMMIT"
            )
            let faults = try LedgerVerification.verify(in: &desk.db).faults
            #expect(faults.count == 1 && faults[0].contains(fault), "\(faults)")
            if tampering.hasPrefix("DELETE") {
                try desk.db.script(
                    """
                    INSERT INTO position_rescalings VALUES (99999, 1, 1, 1, 4, 1, 10, 40, '1d', 2, 'STK was split.')
                    """)
            } else {
                try desk.db.script(
                    "UPDATE position_rescalings SET numerator = 4, quantity_before = 10, quantity_after = 40, generation = 1"
                )
            }
            try desk.verify()
        }
    }
}
