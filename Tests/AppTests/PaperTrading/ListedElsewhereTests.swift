import JSON
import Market
import Postgres
import System
import TestSupport
import Testing

@testable import App

/// Shares that are not listed in the United States keep neither New York's hours nor its holidays (``TradingHours``).
@Suite struct ListedElsewhereTests {
    /// With bars of LON, at 100 on weekdays.
    private static func desk(_ days: [CalendarDay], _ environment: [String: String] = [:]) throws -> TradingDesk {
        let desk = try TradingDesk(environment)
        try put(days.map { ($0, 100, 101, 99, 100) }, desk)
        try desk.db.script("UPDATE symbols SET exchange = 'LSE' WHERE symbol = 'LON'")
        return desk
    }

    private static func put(_ bars: [TradingDesk.Bar], _ desk: TradingDesk) throws {
        try desk.put("LON", .equity, bars)
        try desk.work()
    }

    private static func weekdays(_ first: String, _ count: Int) -> [CalendarDay] {
        TradingDesk.days(from: first, count: count).filter { ![.saturday, .sunday].contains($0.weekday) }
    }

    @Test func `orders meet the bar of New York's holiday, and a day order lasts a weekday`() throws {
        let desk = try Self.desk(Self.weekdays("2024-06-24", 10))
        func rest() throws -> Object {
            try desk.order(
                "BUY",
                [
                    "symbol": "LON", "quantity": "10", "order_type": "LIMIT", "limit_price": "95",
                    "time_in_force": "DAY",
                ])
        }
        let filled = try rest()
        #expect(filled["expires_at"] == "2024-07-04T21:00:00.000Z", "\(filled)")
        try Self.put([(CalendarDay("2024-07-04")!, 96, 97, 94, 96)], desk)
        #expect(try desk.shown(filled)["status"] == "FILLED")
        let execution = try desk.rows("/api/trading/executions", "executions").first
        #expect(execution?["bar_start"] == "2024-07-04" && execution?["price_as_of"] == "2024-07-04T21:00:00.000Z")
        let missed = try rest()
        #expect(missed["expires_at"] == "2024-07-05T21:00:00.000Z", "\(missed)")
        try Self.put([(CalendarDay("2024-07-05")!, 96, 97, 95, 96)], desk)
        #expect(try desk.shown(missed)["status"] == "EXPIRED")
        try desk.verify()
    }

    @Test func `the close of the last weekday is traded at, and an older one is not`() throws {
        let today = try #require(Instant(microseconds: SystemClock.unixMicroseconds()).day)
        let before = { try #require(today.advanced(by: -$0)).description }
        let ticket: Object = ["symbol": "LON", "quantity": "1"]
        let desk = try Self.desk(Self.weekdays(before(7), 7), ["PAPER_STALE_PRICES": "refuse"])
        #expect(try desk.order("BUY", ticket)["status"] == "FILLED")
        #expect(try desk.rows("/api/trading/positions", "positions").first?["is_stale"] == false)
        let late = try Self.desk(Self.weekdays(before(17), 10), ["PAPER_STALE_PRICES": "refuse"])
        #expect(try late.order("BUY", ticket)["reject_reason"] == "NO_MARKET_PRICE")
    }

    @Test func `a replay goes from one of its days to the next`() throws {
        let desk = try Self.desk(Self.weekdays("2024-07-01", 5))
        let answer = try desk.browser.send(
            "POST", "/api/trading/replays",
            ["symbol": "LON", "timeframe": "1d", "from": "2024-07-03", "starting_balance": "10000"])
        let path = "/api/trading/replays/\(answer.object?["replay"]?.objectValue?["id"]?.stringValue ?? "")"
        let order = try desk.browser.send(
            "POST", path + "/orders",
            [
                "symbol": "LON", "side": "BUY", "quantity": "1", "order_type": "LIMIT", "limit_price": "99.5",
                "time_in_force": "DAY",
            ]
        ).object?["order"]?.objectValue
        #expect(order?["expires_at"] == "2024-07-04T21:00:00.000Z", "\(order ?? [:])")
        #expect(try desk.browser.send("POST", path + "/step", ["bars": 1, "clock": "2024-07-03"]).status == 200)
        let filled = try desk.get(path)["orders"]?.arrayValue?.first?.objectValue
        #expect(
            filled?["status"] == "FILLED" && filled?["price_as_of"] == "2024-07-04T21:00:00.000Z", "\(filled ?? [:])")
    }

    @Test func `a runner's fills are of its days`() throws {
        let floor = try RunnerFloor()
        try floor.desk.db.script("UPDATE symbols SET exchange = 'LSE' WHERE symbol = 'STK'")
        try floor.desk.put(
            "STK", .equity, TradingDesk.sessions(from: "2024-01-31", count: 105).map { ($0, 100, 101, 99, 100) })
        let runner = try floor.start()
        try floor.next(101, 101)
        #expect(try floor.fills(runner).count == 1)
        let execution = try floor.desk.rows("/api/trading/executions", "executions").first
        let day = try #require(execution?["bar_start"]?.stringValue)
        #expect(day.hasPrefix("2024-07") && execution?["price_as_of"] == .string(day + "T21:00:00.000Z"))
    }
}
