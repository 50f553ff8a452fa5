import HTTP
import JSON
import Jobs
import Market
import Postgres
import Quality
import TestSupport
import Testing

@testable import App

/// A split whose first bar is stored before the bars of before it are restated.
@Suite struct HeldTradesTests {
    private let desk: TradingDesk
    private let days = TradingDesk.sessions(from: "2024-01-31", count: 4)

    init() throws { desk = try TradingDesk() }

    /// The first bar after a split of 4 for 1, with what its shares are traded in by then.
    private func split(volume: Double = 4, _ more: [TradingDesk.Bar] = []) throws {
        try desk.put("STK", .equity, [(days[0], 25, 26, 24, 25)] + more, volume: volume)
        try work()
    }

    private func work() throws {
        try desk.work()
        while try CheckAlerts().runNext(as: "test", in: &desk.db, report: { _ in }) {}
        while try CheckBars().runNext(as: "test", in: &desk.db, report: { _ in }) {}
        try desk.work()
        while try CheckAlerts().runNext(as: "test", in: &desk.db, report: { _ in }) {}
    }

    /// The bars before a day in the units after it; later ones as they were stored.
    private func restate(_ factor: Double = 0.25) throws {
        let id = try #require(try desk.db.run(.symbol("STK"))).id, split = days[0].start.microseconds
        let old = try desk.db.run(.bars(BarTable(.equity, .day), symbol: id, from: nil, to: nil, warmUp: 0))
        var bars = CandleSeries()
        for index in 0..<old.count {
            let factor = old.times[index] < split ? factor : 1
            bars.append(
                time: old.times[index], open: old.open[index] * factor, high: old.high[index] * factor,
                low: old.low[index] * factor, close: old.close[index] * factor, volume: old.volume[index] / factor)
        }
        var store = BarStore()
        (store.replaces, store.auditLog) = (true, desk.installation.configuration.auditLog)
        _ = try store.store(
            BarSeries(symbol: "STK", assetType: .equity, timeframe: .day), from: BarSource(provider: "test"),
            in: &desk.db
        ) { put in try put(bars) }
    }

    private func tradesUntil() throws -> Value? {
        try desk.rows("/api/market-data/series?symbol=STK", "series").first?["trades_until"]
    }

    private func armedAlerts() throws -> Int {
        try desk.rows("/api/alerts", "alerts").count { $0["is_armed"] == true }
    }

    private func alert() throws {
        let answer = try desk.browser.send(
            "POST", "/api/alerts", ["kind": "price_below", "symbol": "STK", "level": "60"])
        #expect(answer.status == 200, "\(answer.text)")
    }

    private func stop() throws -> Object {
        try desk.order("BUY", ["quantity": "10"])
        return try desk.order("SELL", ["quantity": "10", "order_type": "STOP", "stop_price": "95"])
    }

    @Test func `nothing is priced or filled by it until the bars before are restated, and then in new units`() throws {
        let stop = try stop()
        try alert()
        let summary = try desk.get("/api/trading/portfolio-summary")
        try split([(days[1], 25, 26, 24, 25.5)])
        #expect(try tradesUntil() == "2024-01-30")
        #expect(try desk.shown(stop)["status"] == "PENDING" && armedAlerts() == 1)
        #expect(try desk.position() == ["10", "1000.00", "1000.00"])
        #expect(try desk.get("/api/trading/portfolio-summary")["total_equity"] == summary["total_equity"])
        // Whose prices may be old trades on in the units of before.
        #expect(try desk.order("BUY", ["quantity": "1"])["avg_fill_price"]?.short == "100")
        let rival = try Contest(desk.installation.database).rival(of: desk.browser, ["PAPER_STALE_PRICES": "refuse"])
        let order: Value = ["symbol": "STK", "side": "BUY", "quantity": "1"]
        let preview = try rival.send("POST", "/api/trading/orders/preview", order).object
        #expect(
            preview?["detail"]
                == "The newest prices of STK look like those after a split, and the ones before were not restated: nothing is traded at them until they are. Operators can fetch the prices anew, or dismiss the finding.",
            "\(preview ?? [:])")
        try desk.verify()

        try restate()
        try work()
        #expect(try tradesUntil() == .null)
        #expect(try desk.shown(stop)["status"] == "CANCELLED" && armedAlerts() == 0)
        #expect(try desk.position() == ["44", "1100.00", "1122.00"])
        let told = try desk.rows("/api/notifications", "notifications").compactMap { $0["detail"]?.stringValue }
        #expect(told.contains { $0.hasPrefix("STK was split 4 for 1: 11 became 44.") }, "\(told)")
        #expect(try desk.order("SELL", ["quantity": "44"])["avg_fill_price"]?.short == "25.5")
        try desk.verify()
    }

    @Test func `who dismisses the finding lets everything meet what came, in its order`() throws {
        let stop = try stop()
        try alert()
        try split([(days[1], 30, 31, 29, 30)])
        let finding = try desk.rows("/api/market-data/series?symbol=STK", "series").first?["findings_shown"]?
            .arrayValue?.compactMap(\.objectValue).first { $0["check"] == "split_suspect" }
        #expect(finding?["severity"] == "error", "\(finding ?? [:])")
        let dismissed = try BarChecks.dismiss(finding: finding?["id"]?.numberValue?.int ?? 0, in: &desk.db)
        #expect(dismissed != nil)
        try work()
        #expect(try tradesUntil() == .null && armedAlerts() == 0)
        let filled = try desk.shown(stop)
        #expect(filled["status"] == "FILLED" && filled["avg_fill_price"]?.short == "25", "\(filled)")
        // Checked anew, it stays as somebody said.
        _ = try BarChecks.check(symbol: try #require(try desk.db.run(.symbol("STK"))).id, always: true, in: &desk.db)
        #expect(try tradesUntil() == .null)
        try desk.verify()
    }

    @Test func `a correction that leaves no split lets everything go on`() throws {
        let stop = try stop()
        try split()
        #expect(try tradesUntil() == "2024-01-30")
        try desk.put("STK", .equity, [(days[0], 100, 101, 96, 100), (days[1], 100, 101, 94, 100)])
        try work()
        #expect(try tradesUntil() == .null)
        #expect(try desk.shown(stop)["status"] == "FILLED" && desk.shown(stop)["avg_fill_price"]?.short == "95")
    }

    @Test(arguments: [
        // After a true fall far more is traded, and where nobody tells the volume, nobody knows.
        (25.0, 25.0, 40.0), (25, 25, 0), (60, 60, 1.7), (25, 60, 4),
    ])
    func `a fall that only might be a split is traded on`(_ open: Double, _ close: Double, _ volume: Double) throws {
        let stop = try stop()
        try desk.put(
            "STK", .equity, [(days[0], open, max(open, close), min(open, close), close)], volume: volume)
        try work()
        #expect(try tradesUntil() == .null)
        #expect(try desk.shown(stop)["status"] == "FILLED")
    }

    @Test func `a reverse split holds trades, too, and one of long ago does not`() throws {
        try desk.put("NEW", .equity, (days.prefix(2).map { ($0, 10, 10, 10, 10) }), volume: 100)
        try desk.put(
            "NEW", .equity, [(days[2], 100, 100, 100, 100), (days[3], 100, 100, 100, 100)], volume: 10)
        let held = try desk.rows("/api/market-data/series?symbol=NEW", "series").first?["trades_until"]
        #expect(held == .string(days[1].description))
        // A history that comes as a whole is nobody's.
        try desk.put(
            "OLD", .equity, days.enumerated().map { $0 < 2 ? ($1, 10, 10, 10, 10) : ($1, 100, 100, 100, 100) },
            volume: 10)
        #expect(
            try desk.rows("/api/market-data/series?symbol=OLD", "series").first?["trades_until"] == .null)
    }

    /// Two or one of the bars before tell of it as all of them would.
    @Test(arguments: [1, 2])
    func `a few restated bars are no corrections while it is waited for`(_ count: Int) throws {
        let stop = try stop()
        try split()
        let before = TradingDesk.sessions(from: "2024-01-02", count: 20).suffix(count)
        #expect(throws: BarStore.Refusal.self) {
            try desk.put("STK", .equity, before.map { ($0, 25, 25.25, 24.75, 25) }, volume: 4)
        }
        try work()
        #expect(try tradesUntil() == "2024-01-30" && desk.shown(stop)["status"] == "PENDING")
        try restate()
        #expect(try desk.position()[0] == "40" && tradesUntil() == .null)
        try desk.verify()
    }

    @Test func `what is restated for a dividend, and leaves the split, is waited for on`() throws {
        _ = try stop()
        try split([(days[1], 25, 26, 24, 25.5)])
        try restate(0.973)
        try work()
        #expect(try tradesUntil() == "2024-01-30")
        #expect(try desk.position()[0].hasPrefix("10.277"))
        try restate(0.25 / 0.973)
        try work()
        // Each restatement rounds down.
        let quantity = try Double(desk.position()[0]) ?? 0
        #expect(try tradesUntil() == .null && (quantity - 40).magnitude < 1e-6, "\(quantity)")
        try desk.verify()
    }

    @Test func `a runner is priced by no bar of it, and says that it waits`() throws {
        let floor = try RunnerFloor(), desk = floor.desk
        let runner = try floor.start()
        try floor.next(101, 101)
        let before = try floor.shown(runner)
        let day = try desk.db.run(Query<CalendarDay>.value("SELECT max(date) FROM equity_daily_bars"))
        let next = TradingDesk.sessions(from: day.advanced(by: 1)!.description, count: 1)[0]
        try desk.put("STK", .equity, [(next, 25.25, 25.5, 25, 25.25)], volume: 4)
        while try CheckBars().runNext(as: "test", in: &desk.db, report: { _ in }) {}
        try floor.work()
        let after = try floor.shown(runner)
        #expect(after["equity"] == before["equity"] && after["bars"] == before["bars"], "\(after)")
        try desk.verify()
    }

    @Test func `practice ends before it`() throws {
        let practice = try Practice([(101, 103, 100, 102)])
        let next = TradingDesk.sessions(from: "2024-02-01", count: 1)
        try practice.desk.put("STK", .equity, [(next[0], 25.5, 26, 25, 25.5)], volume: 4)
        try practice.step(10)
        let replay = try practice.replay()
        #expect(replay["clock"] == "2024-01-31", "\(replay)")
        #expect(try practice.position()["last_price"]?.short == "102")
    }
}
