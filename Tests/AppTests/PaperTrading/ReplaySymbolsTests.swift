import JSON
import Market
import Postgres
import SeededNumbers
import TestSupport
import Testing
import Trading

@testable import App

/// Practice on several symbols under one clock: of a share, which rests at weekends, and of a coin, which never does.
@Suite struct ReplaySymbolsTests {
    private static let both: Object = ["symbols": ["STK", "COIN-USD"]]

    @Test func `the clock goes over the days of all, and what has none that day keeps its close`() throws {
        let practice = try Practice([(101, 103, 100, 102)], Self.both)
        // A Saturday.
        #expect(try practice.replay()["clock"] == "2024-01-27")
        #expect(try practice.held() == ["STK 0 100 2024-01-26", "COIN-USD 0 50 2024-01-27"])
        #expect(
            try practice.order("BUY", ["quantity": "10"])["detail"]
                == "Bought 10 STK at 100.00, the close of 26 Jan 2024."
        )
        try practice.step()
        #expect(try practice.held() == ["STK 10 100 2024-01-26", "COIN-USD 0 50 2024-01-28"])
        try practice.step()
        #expect(try practice.held() == ["STK 10 100 2024-01-29", "COIN-USD 0 50 2024-01-29"])
        _ = try practice.order("BUY", ["symbol": "COIN-USD", "quantity": "20"])
        let last = try practice.step(2)["replay"]?.objectValue
        #expect(last?["clock"] == "2024-01-31" && last?["bars"] == 4 && last?["is_over"] == true)
        #expect(try practice.held() == ["STK 10 102 2024-01-31", "COIN-USD 20 50 2024-01-31"])
        #expect(last?["cash"] == "8000.00" && last?["equity"] == "10020.00" && last?["return_pct"] == 0.2)
        let points = try practice.shown()["points"]?.arrayValue?.compactMap { $0.objectValue?["time"]?.stringValue }
        #expect(points == ["2024-01-27", "2024-01-28", "2024-01-29", "2024-01-30", "2024-01-31"])
        #expect(try practice.desk.rows("/api/trading/replays", "replays").first?["positions"]?.arrayValue?.count == 2)
    }

    @Test func `what rests meets the bars of its own symbol, and all of it one cash`() throws {
        let practice = try Practice([], Self.both)
        let share = try practice.order("BUY", ["quantity": "90", "order_type": "LIMIT", "limit_price": "99.5"])
        #expect(share["held_cash"] == "8955.00")
        let coin: Object = ["symbol": "COIN-USD", "quantity": "10", "order_type": "LIMIT", "limit_price": "49.5"]
        #expect(try practice.order("BUY", coin)["status"] == "PENDING")
        // 10,000 less 8,955 and 495 is free.
        let large = try practice.order("BUY", ["symbol": "COIN-USD", "quantity": "12"])
        #expect(large["reject_reason"] == "INSUFFICIENT_CASH")
        #expect(try practice.order("SELL", ["quantity": "1"])["reject_reason"] == "INSUFFICIENT_POSITION")
        func told() throws -> [String] {
            try practice.orders().filter { $0["status"] == "FILLED" }.map { order in
                let (symbol, time) = (order["symbol"]?.stringValue ?? "", order["price_as_of"]?.stringValue ?? "")
                return "\(symbol) \(order["avg_fill_price"]?.short ?? "") \(time)"
            }
        }
        try practice.step()
        #expect(try told() == ["COIN-USD 49.5 2024-01-29T00:00:00.000Z"])
        try practice.step()
        #expect(
            try told() == ["COIN-USD 49.5 2024-01-29T00:00:00.000Z", "STK 99.5 2024-01-29T21:00:00.000Z"])
        #expect(try practice.replay()["cash"] == "550.00" && practice.replay()["equity"] == "10050.00")
        // One is sold, and nothing of the other.
        #expect(try practice.order("SELL", ["symbol": "COIN-USD", "quantity": "10"])["realized_pnl"] == "5.00")
        #expect(try practice.held() == ["STK 90 100 2024-01-29", "COIN-USD 0 50 2024-01-29"])
        let refused = try practice.order("BUY", ["symbol": "NONE", "quantity": "1"], status: 400)
        #expect(refused["detail"] == "NONE is none of the symbols here: STK, COIN-USD.")
    }

    @Test func `exits of one symbol do not wait for the other, and a day's order lasts to its own session`() throws {
        let practice = try Practice([], Self.both)
        _ = try practice.order("BUY", ["symbol": "COIN-USD", "quantity": "10", "take_profit": "50.5"])
        let day = try practice.order(
            "BUY", ["quantity": "1", "order_type": "LIMIT", "limit_price": "90", "time_in_force": "DAY"])
        #expect(day["expires_at"] == "2024-01-29T21:00:00.000Z")
        try practice.step()
        #expect(try practice.orders().map { $0["status"] } == ["PENDING", "FILLED", "FILLED"])
        try practice.step()
        #expect(try practice.orders().map { $0["status"] } == ["EXPIRED", "FILLED", "FILLED"])
        #expect(try practice.held().last == "COIN-USD 0 50 2024-01-29")
    }

    @Test func `bars are told of each symbol up to the clock, and of no other`() throws {
        let practice = try Practice([], Self.both)
        /// The last day of what is answered.
        func last(_ query: String) throws -> String? {
            let days = try practice.desk.get("/api/trading/replays/\(practice.id)/bars\(query)")["bars_since_1970"]
            let sum = days?.arrayValue?.reduce(0) { sum, value in
                if case .number(let number) = value { sum + (number.int ?? 0) } else { sum }
            }
            return sum.flatMap { CalendarDay(daysSinceEpoch: $0) }?.description
        }
        #expect(try last("") == "2024-01-26" && last("?symbol=STK") == "2024-01-26")
        #expect(try last("?symbol=COIN-USD") == "2024-01-27")
        try practice.step()
        #expect(try last("?symbol=stk") == "2024-01-26" && last("?symbol=COIN-USD&limit=2") == "2024-01-28")
        let other = "/api/trading/replays/\(practice.id)/bars?symbol=NONE"
        #expect(try practice.desk.browser.send("GET", other).status == 400)
    }

    @Test func `it begins once each has a price, goes on where one has ended, and none has ended before it`() throws {
        let desk = try TradingDesk()
        try desk.put("NEW-USD", .crypto, TradingDesk.days(from: "2024-01-20", count: 5).map { ($0, 7, 7, 7, 7) })
        try desk.put("OLD-USD", .crypto, TradingDesk.days(from: "2024-01-01", count: 8).map { ($0, 3, 3, 3, 3) })
        func open(_ symbols: Value, status: Int = 201) throws -> Object? {
            let answer = try desk.browser.send(
                "POST", "/api/trading/replays", ["symbols": symbols, "timeframe": "1d", "from": "2024-01-06"])
            #expect(answer.status == status, "\(answer.text)")
            return status == 201 ? answer.object?["replay"]?.objectValue : answer.object
        }
        #expect(try open(["STK", "NEW-USD"])?["clock"] == "2024-01-20")
        #expect(try open(["STK", "OLD-USD"])?["clock"] == "2024-01-06")
        let none = try open(["OLD-USD", "NEW-USD"], status: 400)
        #expect(none?["detail"] == "From 20 Jan 2024 on fewer than two daily bars of OLD-USD are stored.")
        let id = try desk.rows("/api/trading/replays", "replays").first?["id"]?.stringValue ?? ""
        let path = "/api/trading/replays/\(id)"
        let moved = try desk.browser.send("POST", path + "/step", ["bars": 3, "clock": "2024-01-06"]).object?["replay"]
        let old = moved?.objectValue?["positions"]?.arrayValue?[1].objectValue
        #expect(moved?.objectValue?["clock"] == "2024-01-09" && moved?.objectValue?["is_over"] == false)
        #expect(old?["last_bar"] == "2024-01-08" && old?["last_price"] == "3.000000000000")
        let late = try desk.browser.send(
            "POST", path + "/orders", ["symbol": "OLD-USD", "side": "BUY", "quantity": "1"])
        #expect(late.object?["order"]?.objectValue?["price_as_of"] == "2024-01-09T00:00:00.000Z", "\(late.text)")
    }

    @Test func `all of it is priced in one currency`() throws {
        let desk = try TradingDesk()
        try desk.db.script("UPDATE symbols SET currency = 'EUR' WHERE symbol = 'STK'")
        func open(_ symbols: Value) throws -> (status: Int, text: String) {
            let answer = try desk.browser.send(
                "POST", "/api/trading/replays", ["symbols": symbols, "timeframe": "1d", "from": "2024-01-26"])
            return (answer.status, answer.text)
        }
        let refused = try open(["STK", "COIN-USD"])
        #expect(
            refused.status == 400 && refused.text.contains("STK is priced in EUR, and COIN-USD in USD"), "\(refused)")
        #expect(try open(["STK"]).status == 201)
    }

    @Test func `how fast it plays is kept`() throws {
        let practice = try Practice([], ["speed": 1]), path = "/api/trading/replays/\(practice.id)"
        #expect(try practice.replay()["speed"] == 1)
        let changed = try practice.desk.browser.send("PATCH", path, ["speed": 3])
        #expect(changed.status == 200 && changed.object?["replay"]?.objectValue?["speed"] == 3)
        #expect(try practice.step()["replay"]?.objectValue?["speed"] == 3)
        #expect(try practice.desk.browser.send("PATCH", path, ["speed": 5]).status == 400)
        #expect(try Practice().replay()["speed"] == 4)
    }

    @Test func `10,000 orders are kept, and the exits of what is bought`() throws {
        let practice = try Practice()
        let ticket: Object = [
            "quantity": "1", "order_type": "LIMIT", "limit_price": "99.5", "stop_loss": "90", "take_profit": "110",
            "client_order_id": "first",
        ]
        let first = try practice.order("BUY", ticket)
        try practice.desk.db.script(
            """
            INSERT INTO replay_orders (replay_id, symbol_id, side, order_type, status, quantity, active_from, ended_at)
            SELECT replay_id, symbol_id, 'BUY', 'MARKET', 'CANCELLED', 1, now(), now()
            FROM replay_holdings, generate_series(1, 9998)
            """)
        _ = try practice.order("BUY", ["quantity": "1"])
        let refused = try practice.order("BUY", ["quantity": "1"], status: 429)
        #expect(refused["code"] == "QUOTA_EXCEEDED")
        #expect(refused["detail"] == "A practice holds at most 10,000 orders; begin another one.")
        #expect(try practice.order("BUY", ticket)["id"] == first["id"])
        try practice.step()
        #expect(try practice.desk.installation.scalar("SELECT count(*) FROM replay_orders") == 10_002)
        #expect(try practice.held().first?.hasPrefix("STK 2 ") == true)
    }

    @Test func `many at once move it one after another, and nothing is lost`() throws {
        let practice = try Practice([], Self.both), contest = Contest(practice.desk.installation.database)
        let browser = practice.desk.browser, path = "/api/trading/replays/\(practice.id)"
        nonisolated(unsafe) let browsers = try (0..<4).map { _ in try contest.rival(of: browser) }
        let faults = Box([String]())
        inParallel(browsers.count) { number in
            var random = SplitMix(seed: UInt64(number))
            for round in 0..<15 {
                let isBuy = Int.random(in: 0..<3, using: &random) > 0
                let ticket: Object = [
                    "symbol": Bool.random(using: &random) ? "STK" : "COIN-USD", "side": isBuy ? "BUY" : "SELL",
                    "quantity": .string("\(Int.random(in: 1...40, using: &random))"),
                ]
                let answer = try? browsers[number].send("POST", path + "/orders", .object(ticket))
                if answer?.status != 200 { faults.withLock { $0.append(answer?.text ?? "nothing") } }
                guard round == 7 else { continue }
                let moved = try? browsers[number].send("POST", path + "/step", ["clock": "2024-01-27"])
                if ![200, 409].contains(moved?.status) { faults.withLock { $0.append(moved?.text ?? "nothing") } }
            }
        }
        #expect(faults.withLock { $0 } == [])
        #expect(try practice.replay()["bars"] == 1)
        let (isRight, filled) = try practice.desk.db.run(
            Query<Bool>.value(
                """
                SELECT r.cash = 10000 - (SELECT coalesce(sum(CASE side WHEN 'BUY' THEN notional ELSE -notional END), 0)
                    FROM replay_orders WHERE status = 'FILLED')
                  AND NOT EXISTS (
                    SELECT FROM replay_holdings h WHERE h.quantity <> (
                      SELECT coalesce(sum(CASE side WHEN 'BUY' THEN quantity ELSE -quantity END), 0) FROM replay_orders o
                      WHERE o.status = 'FILLED' AND o.symbol_id = h.symbol_id))
                FROM replays r
                """), Query<Int>.value("SELECT count(*) FROM replay_orders WHERE status = 'FILLED'"))
        #expect(isRight && filled > 5)
    }

    @Test func `moments are those of all series in the order of time`() throws {
        func bars(_ days: [Int64]) -> [StoredExactBar] {
            days.map { day in
                let price = Price("1")!, start = Instant(microseconds: day)
                return StoredExactBar(
                    start: day,
                    bar: ExactBar(
                        span: BarSpan(begin: start, end: start), open: price, high: price, low: price, close: price))
            }
        }
        let moments = ReplayMoment.all(of: [bars([1, 4]), [], bars([2, 3, 4])])
        #expect(moments.map(\.start) == [1, 2, 3, 4])
        #expect(moments.map { $0.bars.map(\.place) } == [[0], [2], [2], [0, 2]])
        #expect(ReplayMoment.all(of: [[], []]).isEmpty)
    }
}
