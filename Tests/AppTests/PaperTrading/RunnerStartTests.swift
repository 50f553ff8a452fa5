import JSON
import Market
import Postgres
import System
import TestSupport
import Testing

@testable import App

/// Runners that begin, or go on, while the newest bars are not stored yet: what has begun by then is no news to whoever asks.
@Suite struct RunnerStartTests {
    private static let now = Instant(microseconds: SystemClock.unixMicroseconds())

    /// The last sessions of New York that have begun by now, and as many that have not.
    private static func sessions() throws -> (begun: [CalendarDay], next: [CalendarDay]) {
        let first = try #require(now.day?.advanced(by: -60)?.description)
        let sessions = TradingDesk.sessions(from: first, count: 60)
        let begun = sessions.filter { TradingCalendar().session(on: $0).map { $0.open < now } ?? false }
        return (begun, Array(sessions.dropFirst(begun.count)))
    }

    private static func put(_ floor: RunnerFloor, _ days: some Sequence<CalendarDay>, _ price: Double) throws {
        try floor.desk.put("NEW", .equity, days.map { ($0, price, price, price, price) })
        try floor.work()
    }

    @Test func `bars that had begun before the start are stored later, and are not traded on`() throws {
        let floor = try RunnerFloor(RunnerFloor.above, ["PAPER_STALE_PRICES": "refuse"])
        let (begun, next) = try Self.sessions(), last = try #require(begun.last)
        try Self.put(floor, begun.dropLast(2), 100)
        let runner = try floor.start(["symbol": "NEW"])
        let words = Timeframe.day.written(last.start.microseconds)
        #expect(runner["detail"] == .string("Waits for the bar after that of \(words), which has begun already."))
        #expect(runner["after_bar"] == .string(last.description))
        // The close of the one says to buy at the open of the other.
        for day in begun.suffix(2) { try Self.put(floor, [day], 102) }
        #expect(try floor.orders(runner).isEmpty && floor.shown(runner)["bars"] == 0)
        try Self.put(floor, next.prefix(1), 103)
        #expect(try floor.orders(runner).isEmpty && floor.shown(runner)["next"] == "BUY")
        try Self.put(floor, next.dropFirst().prefix(1), 104)
        #expect(try floor.fills(runner) == ["BUY 96.15384615 at 104"])
        let comparison = try floor.performance(runner)["comparison"]?.objectValue
        #expect(abs(comparison?["difference"]?.numberValue?.double ?? 9) < 0.011, "\(comparison ?? [:])")
        try floor.desk.verify()
    }

    @Test func `nor on those that had begun before it was resumed`() throws {
        let floor = try RunnerFloor()
        let (begun, next) = try Self.sessions(), missing = begun.suffix(2)
        try Self.put(floor, begun.dropLast(2), 100)
        let runner = try floor.start(["symbol": "NEW"]), path = "/\(runner["id"]?.stringValue ?? "")"
        #expect(runner["detail"] == "Waits for the next bar.", "with old prices the clock has stopped")
        _ = try floor.send(path + "/pause")
        let strict = try Contest(floor.desk.installation.database).rival(
            of: floor.desk.browser, ["PAPER_STALE_PRICES": "refuse"])
        let answer = try strict.send("POST", "/api/trading/runners\(path)/resume", .object([:]))
        let words = missing.map { Timeframe.day.written($0.start.microseconds) }
        #expect(
            answer.object?["runner"]?.objectValue?["detail"]
                == .string("Goes on with the bar after that of \(words[1]), which has begun already."), "\(answer.text)"
        )
        try Self.put(floor, missing.prefix(1), 101)
        var seen = try floor.shown(runner)
        #expect(seen["detail"] == .string("The bar of \(words[0]) had begun before it went on, and passed."))
        #expect(seen["next"] == .null && seen["bars"] == 1, "the bar after it passes as well")
        try Self.put(floor, missing.suffix(1), 99)
        seen = try floor.shown(runner)
        #expect(seen["detail"] == .string("The bar of \(words[1]) had begun before it went on, and passed."))
        #expect(try floor.orders(runner).isEmpty && seen["bars"] == 2)
        // It was to be in since the first of them: that it missed, and it takes the next entry.
        try Self.put(floor, next.prefix(1), 94)
        try Self.put(floor, next.dropFirst().prefix(2), 101)
        try Self.put(floor, next.dropFirst(3).prefix(1), 104)
        #expect(try floor.fills(runner) == ["BUY 99.00990099 at 101"])
        try floor.desk.verify()
    }

    /// Of a file in a wrong unit.
    @Test func `nor where the newest price is none that an account can hold`() throws {
        let floor = try RunnerFloor(RunnerFloor.above, ["PAPER_STALE_PRICES": "refuse"])
        let (begun, _) = try Self.sessions(), last = try #require(begun.last)
        try Self.put(floor, begun.dropLast(2), 100)
        let path = "/\(try floor.start(["symbol": "NEW"])["id"]?.stringValue ?? "")"
        _ = try floor.send(path + "/pause")
        try Self.put(floor, begun.suffix(2).prefix(1), 1e16)
        let words = Timeframe.day.written(last.start.microseconds)
        #expect(
            try floor.send(path + "/resume")["detail"]
                == .string("Goes on with the bar after that of \(words), which has begun already."))
    }

    /// Where old prices are traded at the clock of the bars counts, and not that of the wall.
    @Test func `where time stops with the newest bar it does so without a price, too`() throws {
        let floor = try RunnerFloor(), desk = floor.desk
        let path = "/\(try floor.start()["id"]?.stringValue ?? "")"
        _ = try floor.send(path + "/pause")
        try floor.next(1e16)
        #expect(try floor.send(path + "/resume")["detail"] == "Goes on with the next bar.")
        let passed = Query<Bool>.value(
            "SELECT bool_and(passes_until = b.last) FROM paper_runners r JOIN bar_series b USING (symbol_id, interval)")
        #expect(try desk.db.run(passed))
    }
}
