import JSON
import Market
import Postgres
import System
import TestSupport
import Testing

@testable import App

/// A coin whose hours come later than the day after them.
@Suite struct LateHoursTests {
    private static func day(_ offset: Int) throws -> CalendarDay {
        try #require(Instant(microseconds: SystemClock.unixMicroseconds()).day?.advanced(by: offset))
    }

    /// A purchase at 48 that has met the hours of a day up to 15:00, and then the day after it, whose low is 40.
    private static func desk(hoursUntil offset: Int) throws -> (desk: TradingDesk, order: Object) {
        let desk = try TradingDesk()
        try desk.putHours(of: day(offset).description, 0...14)
        let order = try desk.order(
            "BUY", ["symbol": "COIN-USD", "quantity": "1", "order_type": "LIMIT", "limit_price": "48"])
        #expect(order["status"] == "PENDING", "\(order)")
        try desk.put("COIN-USD", .crypto, [(day(offset + 1), 50, 51, 40, 50)])
        try desk.work()
        return (desk, order)
    }

    @Test(arguments: [47.0, 49])
    func `a day waits for the hours before it`(_ low: Double) throws {
        let (desk, order) = try Self.desk(hoursUntil: -2)
        #expect(try desk.shown(order)["status"] == "PENDING")
        // Nor does anything else that happens to the account let the day come first.
        try desk.order("BUY", ["symbol": "COIN-USD", "quantity": "1"])
        #expect(try desk.shown(order)["status"] == "PENDING")
        try desk.putHours(of: Self.day(-2).description, 15...23, low: low)
        try desk.work()
        let filled = try desk.shown(order), execution = try desk.rows("/api/trading/executions", "executions").first
        #expect(filled["avg_fill_price"] == "48.000000000000", "\(filled)")
        let start = try (low < 48 ? Self.day(-2).description + "T15:00:00Z" : Self.day(-1).description)
        #expect(execution?["bar_start"] == .string(start), "the hours that were late, and then the day")
        try desk.verify()
    }

    @Test func `nothing waits for hours that do not come`() throws {
        let (desk, order) = try Self.desk(hoursUntil: -4)
        #expect(try desk.shown(order)["status"] == "FILLED")
        try desk.verify()
    }

    @Test func `an order that waits is not cancelled once the day has reached it`() throws {
        let (desk, order) = try Self.desk(hoursUntil: -2)
        let answer = try desk.browser.send("DELETE", "/api/trading/orders/\(order["id"]?.stringValue ?? "")")
        #expect(answer.status == 409, "\(answer.text)")
        #expect(try desk.shown(order)["avg_fill_price"] == "48.000000000000")
        try desk.verify()
    }
}
