import Crypto
import JSON
import Market
import Postgres
import TestSupport
import Testing

@testable import App

@Suite struct ReplayTests {
    @Test func `it begins at a close, moves on bar by bar, and ends where bars end`() throws {
        let practice = try Practice([(101, 103, 100, 102), (103, 104, 99, 100)])
        // The 27th was a Saturday.
        let begun = try practice.replay()
        #expect(begun["clock"] == "2024-01-29" && begun["first_bar"] == "2024-01-29" && begun["equity"] == "10000.00")
        let bought = try practice.order("BUY", ["quantity": "50"])
        #expect(
            bought["status"] == "FILLED" && bought["avg_fill_price"] == "100.000000000000"
                && bought["notional"] == "5000.00")
        #expect(bought["detail"] == "Bought 50 STK at 100.00, the close of 29 Jan 2024.")
        #expect(bought["price_as_of"] == "2024-01-29T21:00:00.000Z")
        try practice.step()
        #expect(try practice.replay()["clock"] == "2024-01-30" && practice.replay()["bars"] == 1)
        let moved = try practice.step()["replay"]?.objectValue
        #expect(moved?["clock"] == "2024-01-31" && moved?["equity"] == "10100.00" && moved?["is_over"] == false)
        #expect(moved?["return_pct"] == 1)
        let last = try practice.step(5)
        #expect(
            last["replay"]?.objectValue?["is_over"] == true && last["replay"]?.objectValue?["clock"] == "2024-02-01")
        func points(_ detail: Object) -> [String] {
            detail["points"]?.arrayValue?.compactMap { $0.objectValue?["equity"]?.stringValue } ?? []
        }
        // A step tells of its own bars.
        #expect(points(last) == ["10000.00"])
        #expect(try points(practice.shown()) == ["10000.00", "10000.00", "10100.00", "10000.00"])
        #expect(try practice.step()["replay"]?.objectValue?["clock"] == "2024-02-01")
        // Nothing of it is the paper account's.
        #expect(try practice.desk.rows("/api/trading/orders", "orders").isEmpty)
        #expect(try practice.desk.get("/api/trading/portfolio-summary")["total_equity"] == "100000.00")
    }

    @Test func `nothing after the clock is answered, and the clock never goes back`() throws {
        let practice = try Practice([(101, 103, 100, 102), (103, 104, 99, 100)])
        let path = "/api/trading/replays/\(practice.id)/bars"
        func days() throws -> Int { try practice.desk.get(path)["bars_since_1970"]?.arrayValue?.count ?? 0 }
        let before = try days()
        try practice.step(1, clock: "2024-01-29")
        #expect(try days() == before + 1)
        // The same step sent again, from a second tab or a line that was lost.
        #expect(try practice.step(1, clock: "2024-01-29", status: 409)["code"] == "CONFLICT")
        #expect(try practice.replay()["clock"] == "2024-01-30" && days() == before + 1)
        for body in [["bars": -1, "clock": "2024-01-30"], ["bars": 0, "clock": "2024-01-30"], ["bars": 1]] as [Object] {
            #expect(
                try practice.desk.browser.send("POST", "/api/trading/replays/\(practice.id)/step", .object(body)).status
                    == 400)
        }
        let database = try #require(
            throws: PostgresError.self,
            performing: {
                try practice.desk.db.script("UPDATE replays SET clock = '2024-01-29', first_bar = first_bar")
            })
        #expect("\(database)".contains("replays_clock_goes_on"))
    }

    @Test func `what rests meets the bars as in the paper account`() throws {
        let practice = try Practice([(101, 103, 100, 102), (103, 104, 94, 95), (95, 96, 90, 91)], ["fee_bps": 10])
        let limit = try practice.order("BUY", ["quantity": "10", "order_type": "LIMIT", "limit_price": "99"])
        #expect(limit["status"] == "PENDING" && limit["held_cash"] == "990.99")
        let entry = try practice.order("BUY", ["quantity": "10", "stop_loss": "96", "take_profit": "120"])
        #expect(entry["role"] == "ENTRY" && entry["fee"] == "1.00")
        #expect(try practice.order("BUY", ["notional": "9000"])["reject_reason"] == "INSUFFICIENT_CASH")
        #expect(try practice.order("SELL", ["quantity": "1"])["reject_reason"] == "INSUFFICIENT_POSITION")
        func told(_ detail: Object) -> [String] {
            let orders = detail["orders"]?.arrayValue?.compactMap(\.objectValue) ?? []
            return orders.map { "\($0["role"]?.stringValue ?? "-") \($0["status"]?.stringValue ?? "")" }
        }
        // A step tells of what rested before it.
        #expect(try told(practice.step(3)) == ["TAKE_PROFIT CANCELLED", "STOP_LOSS FILLED", "- FILLED"])
        #expect(
            try told(practice.shown()) == [
                "- REJECTED", "- REJECTED", "TAKE_PROFIT CANCELLED", "STOP_LOSS FILLED", "ENTRY FILLED", "- FILLED",
            ])
        let export = try practice.desk.get("/api/me/export")
        func exported(_ name: String) -> [Object] { export[name]?.arrayValue?.compactMap(\.objectValue) ?? [] }
        #expect(exported("replays").map { $0["id"]?.stringValue } == [practice.id])
        #expect(exported("replay_orders").compactMap { $0["status"]?.stringValue }.sorted().last == "REJECTED")
        #expect(exported("replay_orders").count == 6)
        #expect(exported("replay_orders").allSatisfy { $0["symbol"] == "STK" })
        #expect(exported("replay_holdings").map { $0["symbol"] } == ["STK"])
        #expect(try exported("replay_points").count == practice.shown()["points"]?.arrayValue?.count)
        let stopped = try practice.orders()[3]
        #expect(
            stopped["avg_fill_price"] == "96.000000000000" && stopped["realized_pnl"] == "-35.00"
                && stopped["fee"] == "0.96")
        let replay = try practice.replay()
        // 10,000 - 1,001 + 959.04 - 990.99 = 8,967.05, and 10 at 91 once the last bar has come.
        let position = try practice.position()
        #expect(replay["cash"] == "8967.05" && replay["equity"] == "9917.05")
        #expect(
            position["quantity"] == "10.00000000" && position["cost_basis"] == "995.00"
                && position["last_price"] == "95.000000000000")
        #expect(position["value"] == "950.00" && position["unrealized_pnl"] == "-45.00")
        #expect(try practice.step()["replay"]?.objectValue?["equity"] == "9877.05")
    }

    @Test func `practice goes on where its worth cannot be told`() throws {
        let practice = try Practice(
            [(1, 1, 1, 1), (1e12, 1e12, 1e12, 1e12), (2, 2, 2, 2)],
            ["from": "2024-01-31", "starting_balance": "100000"])
        #expect(try practice.order("BUY", ["quantity": "50000"])["status"] == "FILLED")
        #expect(try practice.step()["replay"]?.objectValue?["equity"] == .null)
        #expect(try practice.order("SELL", ["quantity": "1"])["reject_reason"] == "AMOUNT_TOO_LARGE")
        #expect(try practice.step()["replay"]?.objectValue?["equity"] == "150000.00")
    }

    @Test func `an order is placed once, changed never, and cancelled`() throws {
        let practice = try Practice()
        let ticket: Object = ["quantity": "1", "order_type": "LIMIT", "limit_price": "90", "client_order_id": "a"]
        let first = try practice.order("BUY", ticket)
        #expect(try practice.order("BUY", ticket)["id"] == first["id"] && practice.orders().count == 1)
        _ = try practice.order("BUY", ["quantity": "2", "client_order_id": "a"], status: 409)
        _ = try practice.order("BUY", ["quantity": "2", "symbol": "COIN-USD"], status: 400)
        let path = "/api/trading/replays/\(practice.id)/orders/\(first["id"]?.stringValue ?? "")"
        for _ in 0..<2 {
            let answer = try practice.desk.browser.send("DELETE", path)
            #expect(answer.status == 200 && answer.object?["order"]?.objectValue?["status"] == "CANCELLED")
        }
        let filled = try practice.order("BUY", ["quantity": "1"])
        let again = "/api/trading/replays/\(practice.id)/orders/\(filled["id"]?.stringValue ?? "")"
        #expect(try practice.desk.browser.send("DELETE", again).status == 409)
    }

    @Test func `it is its owner's, who may forget it`() throws {
        let practice = try Practice()
        _ = try practice.order("BUY", ["quantity": "1", "stop_loss": "90"])
        let stranger = try practice.desk.installation.user().browser, path = "/api/trading/replays/\(practice.id)"
        for (method, target, body) in [
            ("GET", path, nil), ("GET", path + "/bars", nil), ("DELETE", path, nil),
            ("PATCH", path, ["speed": 1]), ("POST", path + "/step", ["clock": "2024-01-29"]),
            ("POST", path + "/orders", ["symbol": "STK", "side": "BUY", "quantity": "1"]),
        ] as [(String, String, Value?)] {
            #expect(try stranger.send(method, target, body).status == 404, "\(method) \(target)")
        }
        #expect(try practice.desk.browser.send("DELETE", path).status == 204)
        #expect(try practice.desk.browser.send("GET", path).status == 404)
        for table in ["replays", "replay_holdings", "replay_orders", "replay_points"] {
            #expect(try practice.desk.installation.scalar("SELECT count(*) FROM \(table)") == 0, "\(table)")
        }
    }

    @Test func `opened again under one key it is the same one, and the key is of nothing else`() throws {
        let desk = try TradingDesk()
        func open(_ more: Object = [:], key: String? = "mine", status: Int = 201) throws -> Value? {
            var body: Object = ["symbol": "STK", "timeframe": "1d", "from": "2024-01-27"]
            for (name, value) in more.members { body[name] = value }
            let answer = try desk.browser.send(
                "POST", "/api/trading/replays", .object(body), fields: key.map { [("Idempotency-Key", $0)] } ?? [])
            #expect(answer.status == status, "\(answer.text)")
            return answer.object?["replay"]?.objectValue?["id"]
        }
        let first = try open()
        #expect(try first != nil && open() == first)
        // Written otherwise it is the same request.
        #expect(try open(["symbol": "stk", "starting_balance": "100000.00", "fee_bps": 0, "speed": 4]) == first)
        #expect(try open(["symbol": .null, "symbols": ["STK"]]) == first)
        for other in [["starting_balance": "5000"], ["speed": 1], ["symbol": .null, "symbols": ["STK", "COIN-USD"]]]
            as [Object]
        {
            _ = try open(other, status: 409)
        }
        // As the release before has remembered it.
        let hash = hex(
            Digest.sha256(
                Array(
                    #"{"symbol":"STK","timeframe":"1d","from":"2024-01-27","starting_balance":"100000.00","fee_bps":"0"}"#
                        .utf8)))
        #expect(
            try desk.installation.scalar("SELECT count(*) FROM replays WHERE request_hash = '\(hash)'") == 1)
        #expect(try open(key: nil) != open(key: "other"))
        #expect(try desk.rows("/api/trading/replays", "replays").count == 3)
        // Nobody else has that key.
        let stranger = try desk.installation.user("stranger@example.org").browser
        let theirs = try stranger.send(
            "POST", "/api/trading/replays", ["symbol": "STK", "timeframe": "1d", "from": "2024-01-26"],
            fields: [("Idempotency-Key", "mine")])
        #expect(theirs.status == 201)
    }

    @Test(
        arguments: [
            (["symbol": "NONE"], 400), (["timeframe": "1h"], 400), (["from": "2030-01-01"], 400), (["from": "x"], 400),
            (["starting_balance": "1"], 400), (["fee_bps": -1], 400), (["speed": 0], 400), (["speed": 5], 400),
            (["symbol": .null], 400), (["symbols": ["COIN-USD"]], 400), (["symbol": .null, "symbols": []], 400),
            (["symbol": .null, "symbols": ["STK", "stk"]], 400), (["symbol": .null, "symbols": ["STK", "NONE"]], 400),
            (["symbol": .null, "symbols": .array((0...10).map { .string("S\($0)") })], 400),
            (["symbol": .null, "symbols": ["STK", "COIN-USD"], "timeframe": "1h"], 400),
            (["symbol": .null, "symbols": ["STK", "COIN-USD"], "from": "2024-01-31"], 400),
        ] as [(Object, Int)])
    func `what cannot be is refused`(_ wish: Object, _ status: Int) throws {
        let desk = try TradingDesk()
        var body: Object = ["symbol": "STK", "timeframe": "1d", "from": "2024-01-27"]
        for (name, value) in wish.members { body[name] = value }
        #expect(try desk.browser.send("POST", "/api/trading/replays", .object(body)).status == status)
        #expect(try desk.rows("/api/trading/replays", "replays").isEmpty)
    }
}
