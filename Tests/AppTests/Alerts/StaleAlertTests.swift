import Market
import Postgres
import TestSupport
import Testing

@testable import App

@Suite struct StaleAlertTests {
    /// STK, whose last bar is that of 2024-01-30, watched; COIN-USD held; and somebody who wants to know of neither.
    @Test func `a series that is followed and gets no bars is told once, and again after bars came and stopped`() throws
    {
        let desk = try TradingDesk()
        func plan(_ moment: String) throws {
            _ = try PlanIngestion.request(in: &desk.db)
            let plan = PlanIngestion(desk.installation.configuration.priceProviders) { Instant(moment)! }
            #expect(try plan.runNext(as: "test", in: &desk.db) { if case .refused = $0 { Issue.record("\($0)") } })
        }
        _ = try desk.installation.user("eve@example.org")
        _ = try desk.browser.send("PUT", "/api/me/watchlist", ["symbols": ["STK"]])
        try desk.order("BUY", ["symbol": "COIN-USD", "quantity": "1"])
        try plan("2024-02-05T12:00:00Z")
        #expect(try desk.told().isEmpty, "nobody wants to know")
        _ = try desk.setAlert(["kind": "data_stale"])
        // The bar of the 31st is due six hours after its close at 21:00, and has six hours more.
        try plan("2024-02-01T08:59:59Z")
        #expect(try desk.told().isEmpty)
        try plan("2024-02-01T09:00:01Z")
        let stale = "data_stale No daily bar of STK has come since that of 30 Jan 2024."
        #expect(try desk.told() == [stale])
        try plan("2024-02-05T12:00:00Z")
        #expect(try desk.told() == [stale, "data_stale No daily bar of COIN-USD has come since that of 31 Jan 2024."])
        try desk.next((open: 100, high: 101, low: 99, close: 100))
        try plan("2024-02-05T12:00:00Z")
        #expect(try desk.told().last == "data_stale No daily bar of STK has come since that of 31 Jan 2024.")
        #expect(try desk.installation.scalar("SELECT count(*) FROM notifications") == 3)
    }
}
