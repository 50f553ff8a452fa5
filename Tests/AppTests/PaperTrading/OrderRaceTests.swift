import Foundation
import HTTP
import JSON
import Market
import Postgres
import SeededNumbers
import TestSupport
import Testing

@testable import App

/// Many processes at one account.
@Suite struct OrderRaceTests {
    /// So many processes, each with its own session of the database, on one trader's behalf.
    private static func rivals(_ desk: TradingDesk, _ count: Int) throws -> [TestBrowser] {
        let contest = Contest(desk.installation.database)
        return try (0..<count).map { _ in try contest.rival(of: desk.browser, ["PAPER_STALE_PRICES": "allow"]) }
    }

    @Test func `orders that come at once never overspend and never oversell`() throws {
        let desk = try TradingDesk(["PAPER_MAX_POSITION_PCT": "100"])
        let rivals = try Self.rivals(desk, 6), failures = Box([String]())
        nonisolated(unsafe) let browsers = rivals
        inParallel(rivals.count) { number in
            var random = SplitMix(seed: UInt64(number))
            for _ in 0..<20 {
                let isBuy = Int.random(in: 0..<5, using: &random) < 3
                let quantity = Int.random(in: 1...250, using: &random)
                var ticket: Object = [
                    "symbol": "STK", "side": isBuy ? "BUY" : "SELL", "quantity": .string("\(quantity)"),
                ]
                if Int.random(in: 0..<4, using: &random) == 0 {
                    ticket["order_type"] = "LIMIT"
                    ticket["limit_price"] = isBuy ? "95" : "105"
                }
                let answer = try? browsers[number].send("POST", "/api/trading/orders", .object(ticket))
                if answer?.status != 200 { failures.withLock { $0.append(answer?.text ?? "nothing") } }
            }
        }
        #expect(failures.withLock { $0 } == [])
        try desk.verify()
        let (orders, filled, promised) = try desk.db.run(
            Query<Int>.value("SELECT count(*) FROM orders"),
            Query<Int>.value("SELECT count(*) FROM orders WHERE status = 'FILLED'"), Self.keepsItsPromises)
        #expect(orders == 120 && filled > 3 && promised)
    }

    /// Whether there is what resting orders are to pay and to sell.
    private static let keepsItsPromises = Query<Bool>.value(
        """
        SELECT coalesce((SELECT sum(held_cash) FROM orders WHERE status = 'PENDING'), 0) <= a.cash_balance
          AND coalesce((SELECT sum(quantity) FROM orders WHERE status = 'PENDING' AND side = 'SELL'), 0)
            <= coalesce((SELECT sum(quantity) FROM positions), 0)
        FROM paper_accounts a
        """)

    @Test func `orders are placed, changed and cancelled while bars fill them`() throws {
        let desk = try TradingDesk(["PAPER_MAX_POSITION_PCT": "100"])
        let rivals = try Self.rivals(desk, 4), failures = Box([String]())
        nonisolated(unsafe) let browsers = rivals, worker = desk
        _ = try besideOthers(1) { _, isOver in
            // Each fills what rests near its open, and leaves what is further away.
            while !isOver() { try worker.next((open: 100, high: 104, low: 96, close: 100)) }
        } body: {
            inParallel(rivals.count) { number in
                var random = SplitMix(seed: UInt64(number)), ids: [String] = []
                func send(_ method: String, _ path: String, _ body: Object?, _ allowed: Set<Int>) -> Object? {
                    let answer = try? browsers[number].send(
                        method, "/api/trading/orders" + path, body.map { .object($0) })
                    if !allowed.contains(answer?.status ?? 0) {
                        failures.withLock { $0.append("\(method) \(answer?.text ?? "nothing")") }
                    }
                    return answer?.object?["order"]?.objectValue
                }
                for _ in 0..<40 {
                    let path = "/" + (ids.randomElement(using: &random) ?? "")
                    let price = Int.random(in: 1...8, using: &random)
                    switch Int.random(in: 0..<6, using: &random) {
                    case 0 where !ids.isEmpty: _ = send("DELETE", path, nil, [200, 409])
                    case 1 where !ids.isEmpty:
                        let change: Object = ["limit_price": .string("\(100 - price)"), "quantity": "7"]
                        _ = send("PATCH", path, change, [200, 400, 409, 422])
                    default:
                        let isBuy = Int.random(in: 0..<3, using: &random) > 0
                        let order = send(
                            "POST", "",
                            [
                                "symbol": "STK", "side": isBuy ? "BUY" : "SELL", "quantity": "5", "order_type": "LIMIT",
                                "limit_price": .string("\(isBuy ? 100 - price : 100 + price)"),
                            ], [200])
                        if let id = order?["id"]?.stringValue { ids.append(id) }
                    }
                }
            }
        }
        #expect(failures.withLock { $0 } == [])
        try desk.verify()
        let (isKept, ways) = try desk.db.run(
            Self.keepsItsPromises, Query<[String]>.values("SELECT DISTINCT status FROM orders ORDER BY status"))
        #expect(isKept && Set(["CANCELLED", "FILLED"]).isSubset(of: ways), "\(ways)")
    }

    @Test func `an order that is changed while bars are looked at meets them as it is then`() throws {
        let desk = try TradingDesk(), database = desk.installation.database
        let order = try desk.order("BUY", ["quantity": "10", "order_type": "LIMIT", "limit_price": "90"])
        var other = try database.connect(), asking = try database.connect()
        nonisolated(unsafe) let worker = desk
        try besideOthers(1) { _, isOver in
            while try worker.work() == 0, !isOver() {}
        } body: {
            try other.transaction { db in
                // The look comes as far as the bars, with the order as it was.
                try db.script("LOCK TABLE equity_daily_bars IN ACCESS EXCLUSIVE MODE")
                try asking.script(TradingDesk.look)
                try Contest(database).wait(for: 1)
                try db.script(
                    """
                    UPDATE orders SET limit_price = 97 WHERE status = 'PENDING';
                    INSERT INTO equity_daily_bars (symbol_id, date, open, high, low, close, volume, provider)
                      SELECT id, '2024-01-31', 98, 99, 96, 98, 1, 'test' FROM symbols WHERE symbol = 'STK'
                    """)
            }
        }
        #expect(try desk.shown(order)["status"] == "PENDING")
        try desk.db.script(TradingDesk.look)
        #expect(try desk.work() == 1)
        #expect(try desk.shown(order)["avg_fill_price"] == "97.000000000000")
        try desk.verify()
    }

    private static let cutOff = """
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name LIKE '%responder%'
        ORDER BY random() LIMIT 1
        """

    @Test func `an order whose session is cut off is there once or not at all, and its name answers it`() throws {
        let desk = try TradingDesk()
        let rivals = try Self.rivals(desk, 4), database = desk.installation.database
        let unanswered = Box([String]()), cut = Box(0)
        nonisolated(unsafe) let browsers = rivals
        inParallel(rivals.count) { number in
            var random = SplitMix(seed: UInt64(number)), killer = try? database.connect()
            for order in 0..<25 {
                let body: Value = [
                    "symbol": "STK", "side": "BUY", "quantity": "1", "client_order_id": .string("\(number)/\(order)"),
                ]
                // A client that hears nothing, or of a fault, asks again.
                let isAnswered = (0..<200).contains { _ in
                    // Whoever is in the middle of something right now.
                    if Int.random(in: 0..<3, using: &random) == 0, let found = try? killer?.query(Self.cutOff) {
                        cut.withLock { $0 += found.count }
                    }
                    return (try? browsers[number].send("POST", "/api/trading/orders", body))?.status == 200
                }
                if !isAnswered { unanswered.withLock { $0.append("\(number)/\(order)") } }
            }
        }
        #expect(unanswered.withLock { $0 } == [] && cut.withLock { $0 } >= 10)
        try desk.verify()
        let executions = try desk.db.run(Query<Int>.value("SELECT count(*) FROM executions"))
        #expect(executions == 100)
    }
}
