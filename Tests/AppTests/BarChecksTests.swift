import Foundation
import HTTP
import JSON
import Jobs
import Market
import Postgres
import TestSupport
import Testing

@testable import App

@Suite struct BarChecksTests {
    /// An installation that bars can be stored in.
    private final class Store {
        let installation: Installation
        var db: Connection

        init() throws {
            installation = try Installation()
            db = try installation.database.connect()
        }

        /// Bars in these slots since 2020-01-01, with prices that no check minds.
        func put(
            _ symbol: String, _ type: AssetType, _ timeframe: Timeframe, _ slots: some Sequence<Int>,
            price: (Int) -> Double = { 100 + Double($0 % 4) / 4 }
        ) throws {
            let start = CalendarDay("2020-01-01")!.start.microseconds
            var bars = CandleSeries()
            for slot in slots {
                let close = price(slot), open = price(slot - 1)
                bars.append(
                    time: start + Int64(slot) * timeframe.microseconds, open: open, high: max(open, close),
                    low: min(open, close), close: close, volume: Double(1_000 + slot))
            }
            _ = try BarStore().store(
                BarSeries(symbol: symbol, assetType: type, timeframe: timeframe), from: BarSource(provider: "test"),
                in: &db
            ) { put in try put(bars) }
        }

        /// What the worker would do now.
        @discardableResult
        func work() throws -> Int {
            var done = 0
            while try CheckBars().runNext(
                as: "test", in: &db,
                report: { event in
                    if case .refused(_, let detail) = event { Issue.record("\(detail)") }
                })
            { done += 1 }
            return done
        }

        /// The findings of a symbol: "interval check severity count", with a star when dismissed.
        func found(_ symbol: String) throws -> [String] {
            try db.run(
                .values(
                    """
                    SELECT concat_ws(' ', interval, check_name, severity, count) || CASE WHEN dismissed_at IS NULL THEN '' ELSE '*' END
                    FROM data_findings JOIN symbols ON symbols.id = symbol_id WHERE symbol = $1
                    ORDER BY interval, first, check_name
                    """, symbol))
        }

        func id(_ symbol: String) throws -> Int {
            try #require(BarChecks.symbols(symbol, in: &db).first)
        }

        func get(_ path: String) throws -> Object {
            let answer = try installation.send("GET", path, [], nil)
            #expect(answer.status == 200)
            return try #require(answer.object)
        }
    }

    /// 100 days of a coin without some of them.
    private static func days(without missing: Set<Int> = []) -> [Int] { (0..<100).filter { !missing.contains($0) } }

    @Test func `bars that change are checked, and what is no longer so is forgotten`() throws {
        let store = try Store()
        try store.put("AAA-USD", .crypto, .day, Self.days(without: [10, 20, 21]))
        #expect(try store.found("AAA-USD") == [])
        #expect(try store.work() == 1)
        #expect(try store.found("AAA-USD") == ["1d coverage warning 3", "1d gap info 1", "1d gap info 2"])
        #expect(try store.work() == 0)
        try store.put("AAA-USD", .crypto, .day, [20, 21])
        #expect(try store.work() == 1)
        #expect(try store.found("AAA-USD") == ["1d gap info 1"])
        try store.put("AAA-USD", .crypto, .day, Self.days(without: [10]))
        #expect(try store.work() == 0, "nothing has changed")
        try store.put("AAA-USD", .crypto, .day, [10])
        try store.work()
        #expect(try store.found("AAA-USD") == [])
    }

    @Test func `where a share is listed decides what is told of its days`() throws {
        let store = try Store()
        // Weekdays from Monday, 2020-01-06 on, without Tuesday of the second week; New York rests on Monday of the third.
        let days = (5..<60).filter { ($0 - 5) % 7 < 5 && $0 != 13 }
        try store.put("LISTED", .equity, .day, days)
        try store.work()
        let here = try store.found("LISTED")
        #expect(here.contains("1d gap info 1") && here.contains { $0.hasPrefix("1d extra_bar") }, "\(here)")
        func list(_ exchange: String) throws {
            let change = Query<Int>.change("UPDATE symbols SET exchange = $1 WHERE symbol = 'LISTED'", exchange)
            #expect(try store.db.run(change) == 1)
        }
        try list("LSE")
        #expect(try store.work() == 1, "what is learned of the exchange is checked")
        #expect(try store.found("LISTED") == ["1d coverage info \(days.count)"])
        try list("LSE")
        #expect(try store.work() == 0, "nothing has changed")
        try list("NASDAQ")
        try store.work()
        #expect(try store.found("LISTED") == here)
    }

    @Test func `prices that their source corrects are told with what they were, volumes are not`() throws {
        let store = try Store()
        func replaced() throws -> [Double] {
            try store.db.run(.values("SELECT close FROM replaced_bars ORDER BY replaced_at"))
        }
        try store.put("REV-USD", .crypto, .day, 0..<100)
        try store.work()
        #expect(try replaced() == [])
        try store.put("REV-USD", .crypto, .day, 99..<100) { _ in 101 }
        try store.work()
        #expect(try store.found("REV-USD") == ["1d revision info 1"])
        #expect(try replaced() == [100.75])
        let words = try store.db.run(Query<String>.value("SELECT detail FROM data_findings"))
        #expect(
            words.contains("1 bar had other prices before, on 9 Apr 2020, a close by 0.2 % at the most"), "\(words)")
        // Back again: it is what it was at first, but in between somebody may have had the other.
        try store.put("REV-USD", .crypto, .day, 99..<100)
        try store.work()
        #expect(try replaced() == [100.75, 101])
        #expect(try store.found("REV-USD") == ["1d revision info 1"])
        try store.db.script("DELETE FROM replaced_bars WHERE close = 101; UPDATE crypto_daily_bars SET volume = 1")
        _ = try BarChecks.check(symbol: store.id("REV-USD"), always: true, in: &store.db)
        #expect(try store.found("REV-USD").filter { $0.contains("revision") } == [])
    }

    @Test func `a check is queued with the bars or not at all`() throws {
        let store = try Store()
        struct Stop: Error {}
        #expect(throws: Stop.self) {
            try store.db.transaction { db in
                try db.script(
                    """
                    INSERT INTO symbols (symbol, name, asset_type) VALUES ('GONE', 'Gone', 'EQUITY');
                    INSERT INTO bar_series (symbol_id, interval, provider, first, last, count)
                      SELECT id, '1d', 'test', '2020-01-02Z', '2020-01-02Z', 1 FROM symbols WHERE symbol = 'GONE'
                    """)
                throw Stop()
            }
        }
        #expect(try store.work() == 0)
    }

    @Test func `two changes before the worker comes are one check`() throws {
        let store = try Store()
        try store.put("BBB-USD", .crypto, .day, Self.days(without: [5]))
        try store.put("BBB-USD", .crypto, .day, [100, 101])
        #expect(try store.work() == 2)
        #expect(try store.db.run(Query<Int>.value("SELECT revision FROM series_checks")) == 2)
        let before = try store.db.run(Query<Instant>.value("SELECT checked_at FROM series_checks"))
        #expect(try BarChecks.check(symbol: store.id("BBB-USD"), in: &store.db).isEmpty)
        #expect(try store.db.run(Query<Instant>.value("SELECT checked_at FROM series_checks")) == before)
        #expect(try BarChecks.check(symbol: store.id("BBB-USD"), always: true, in: &store.db).count == 1)
    }

    @Test func `what was dismissed stays so while it is the same`() throws {
        let store = try Store()
        try store.put("CCC-USD", .crypto, .day, (0..<300).filter { $0 != 10 && $0 != 50 })
        try store.work()
        let findings = try BarChecks.check(symbol: store.id("CCC-USD"), always: true, in: &store.db)[0].findings
        #expect(findings.map(\.check) == ["gap", "gap"])
        let dismissed = try BarChecks.dismiss(finding: findings[0].id, in: &store.db)
        #expect(dismissed?.finding.isDismissed == true)
        #expect(try store.found("CCC-USD") == ["1d gap info 1*", "1d gap info 1"])
        #expect(try store.db.run(Query<Int>.value("SELECT infos FROM series_checks")) == 1)
        try store.put("CCC-USD", .crypto, .day, [300])
        try store.work()
        #expect(try store.found("CCC-USD") == ["1d gap info 1*", "1d gap info 1"], "the same findings")
        try store.put("CCC-USD", .crypto, .day, [302])
        try store.work()
        #expect(
            try store.found("CCC-USD") == ["1d gap info 1*", "1d gap info 1", "1d gap info 1"], "one of another day")
        #expect(try BarChecks.dismiss(finding: findings[0].id, false, in: &store.db)?.finding.isDismissed == false)
        #expect(try store.db.run(Query<Int>.value("SELECT infos FROM series_checks")) == 3)
        #expect(try BarChecks.dismiss(finding: 0, in: &store.db) == nil)
    }

    @Test func `a dismissal and a check at once both come through`() throws {
        let store = try Store(), database = store.installation.database
        try store.put("HHH-USD", .crypto, .day, (0..<300).filter { $0 != 10 })
        try store.work()
        let finding = try BarChecks.check(symbol: store.id("HHH-USD"), always: true, in: &store.db)[0].findings[0]
        // A check has noted its series and comes to the findings.
        try store.db.script("BEGIN; SELECT 1 FROM bar_series FOR SHARE; SELECT 1 FROM series_checks FOR UPDATE")
        let outcome = Box(Result<Bool?, any Error>?.none), group = DispatchGroup()
        group.enter()
        Thread.detachNewThread {
            let result = Result {
                var db = try database.connect()
                return try BarChecks.dismiss(finding: finding.id, in: &db)?.finding.isDismissed
            }
            outcome.withLock { $0 = result }
            group.leave()
        }
        try Contest(database).wait(for: 1) { outcome.withLock { $0 == nil ? 0 : 1 } }
        try store.db.script("UPDATE data_findings SET detail = detail; COMMIT")
        _ = group.wait(timeout: .now() + 60)
        #expect(try #require(outcome.withLock { $0 }, "it waits for ever").get() == true)
    }

    @Test func `a dismissed finding that grows counts again`() throws {
        let store = try Store()
        // Volume 0 in the first and the last bar: one finding, whose ends stay.
        try store.put("DDD", .equity, .day, [1, 2, 5, 6, 7])
        try store.db.script("UPDATE equity_daily_bars SET volume = 0 WHERE date IN ('2020-01-02', '2020-01-08')")
        let first = try BarChecks.check(symbol: store.id("DDD"), always: true, in: &store.db)[0].findings
        #expect(first.map { "\($0.check) \($0.count)" } == ["zero_volume 2"])
        _ = try BarChecks.dismiss(finding: first[0].id, in: &store.db)
        try store.db.script("UPDATE equity_daily_bars SET volume = 0 WHERE date = '2020-01-03'")
        let second = try BarChecks.check(symbol: store.id("DDD"), always: true, in: &store.db)[0].findings
        #expect(second.map { "\($0.id == first[0].id) \($0.count) \($0.isDismissed)" } == ["true 3 false"])
    }

    @Test func `a closure that nobody foresaw is a row`() throws {
        let store = try Store()
        // 2020-01-02 to 2020-01-09 without Monday the sixth.
        try store.put("EEE", .equity, .day, [1, 2, 6, 7, 8])
        try store.work()
        #expect(try store.found("EEE") == ["1d coverage error 1", "1d gap info 1"])
        // Neither reaches over it.
        try store.put("EEF", .equity, .day, [6, 7, 8])
        try store.put("EEE-USD", .crypto, .day, 0..<8)
        try store.work()
        let day = CalendarDay("2020-01-06")!
        func jobs() throws -> [String] {
            try store.db.run(
                .values(
                    """
                    SELECT s.symbol || ' ' || j.status FROM jobs j JOIN symbols s ON s.id = (payload_json->>'symbol_id')::int
                    WHERE job_type = 'check_bars' AND finished_at IS NULL ORDER BY j.created_at, j.id
                    """))
        }
        var told = 0
        #expect(try MarketClosures.add(day, reason: "Made up", in: &store.db) { _ in told += 1 } == 1)
        #expect(try MarketClosures.add(day, reason: "Again", in: &store.db) { _ in told += 1 } == nil)
        #expect(try jobs() == ["EEE pending"] && told == 1)
        try store.work()
        #expect(try store.found("EEE") == [])
        #expect(try MarketClosures.remove(day, in: &store.db) { _ in told += 1 } == 1)
        #expect(try MarketClosures.remove(day, in: &store.db) { _ in told += 1 } == nil)
        #expect(try jobs() == ["EEE pending"])
        // What is under way may have read the calendar before.
        #expect(try MarketClosures.add(day, reason: "Made up", in: &store.db) { _ in } == 1)
        #expect(try MarketClosures.remove(day, in: &store.db) { _ in } == 1)
        #expect(try jobs() == ["EEE pending", "EEE pending", "EEE pending"])
        try store.work()
        #expect(try store.found("EEE") == ["1d coverage error 1", "1d gap info 1"] && told == 2)
    }

    @Test(arguments: [
        ("2020-01-04", "A Saturday"), ("2020-01-01", "New Year"), ("1989-12-28", "Before all that is known"),
        ("2012-10-29", "Known already"), ("2020-01-06", ""), ("2020-01-06", String(repeating: "a", count: 256)),
    ])
    func `what is no closure is refused`(_ day: String, _ reason: String) throws {
        let store = try Store()
        #expect(throws: MarketClosures.Refusal.self) {
            try MarketClosures.add(CalendarDay(day)!, reason: reason, in: &store.db)
        }
    }

    @Test func `hours are held against days, whichever come last`() throws {
        for isDaysFirst in [true, false] {
            let store = try Store()
            func price(ofHour hour: Int) -> Double { 100 + Double(hour) / 512 }
            func days() throws {
                try store.put("FFF-USD", .crypto, .day, 0..<30) { price(ofHour: $0 * 24 + 23) }
            }
            // Labelled four hours too early.
            func hours() throws {
                try store.put("FFF-USD", .crypto, .hour, 0..<720) { price(ofHour: $0 + 4) }
            }
            if isDaysFirst { try days() } else { try hours() }
            try store.work()
            if isDaysFirst { try hours() } else { try days() }
            try store.work()
            #expect(try store.found("FFF-USD").filter { $0.contains("slip") } == ["1h time_zone_slip error 30"])
        }
    }

    @Test func `what is stored is listed, with what is known against it`() throws {
        let store = try Store()
        try store.put("GGG-USD", .crypto, .day, Self.days(without: [10, 20, 21]))
        try store.put("GGG-USD", .crypto, .hour, 0..<50)
        try store.work()
        try store.put("HHH", .equity, .day, [1, 2, 5])
        let series = try #require(try store.get("/api/market-data/series")["series"]?.arrayValue).compactMap(
            \.objectValue)
        #expect(
            series.map { "\($0["symbol"]?.stringValue ?? "") \($0["interval"]?.stringValue ?? "")" } == [
                "GGG-USD 1d", "GGG-USD 1h", "HHH 1d",
            ])
        let first = series[0]
        #expect(first["first"] == "2020-01-01")
        #expect(first["bars"] == 97 && first["expected_bars"] == 100 && first["missing_bars"] == 3)
        #expect(first["provider"] == "test" && first["adjustment"] == "raw" && first["price_basis_date"] == .null)
        #expect(first["findings"] == ["error": 0, "warning": 1, "info": 2])
        #expect(first["is_checked"] == true)
        let shown = (first["findings_shown"]?.arrayValue ?? []).compactMap(\.objectValue)
        #expect(shown.map { $0["check"]?.stringValue } == ["coverage", "gap", "gap"], "the worst first")
        #expect(shown[2]["from"] == "2020-01-21" && shown[2]["to"] == "2020-01-22" && shown[2]["count"] == 2)
        #expect(series[2]["is_checked"] == false && series[2]["missing_bars"] == .null)
        #expect(try store.get("/api/market-data/series?symbol=ggg-usd&limit=1")["has_more"] == true)
        try store.put("KKK-USD", .crypto, .day, Self.days(without: Set((0..<40).map { 1 + 2 * $0 })))
        try store.work()
        for (query, count) in [("", 3), ("?symbol=KKK-USD", 41)] {
            let last = try store.get("/api/market-data/series\(query)")["series"]?.arrayValue?.last?.objectValue
            #expect(last?["findings_shown"]?.arrayValue?.count == count)
        }
        #expect(try store.get("/api/market-data/series?symbol=NONE")["series"] == [])
        let detail = try #require(try store.get("/api/symbols/GGG-USD")["series"]?.arrayValue?.first?.objectValue)
        #expect(detail["findings"] == ["error": 0, "warning": 1, "info": 2])
    }

    @Test func `health is that of the worst series`() throws {
        let store = try Store()
        #expect(try store.get("/api/market-data/health")["status"] == "unhealthy", "there are no prices at all")
        // Up to yesterday, and every hour.
        let now = Int(try store.db.run(Query<Instant>.value("SELECT now()")).microseconds)
        let start = Int(CalendarDay("2020-01-01")!.start.microseconds)
        let today = (now - start) / Int(Timeframe.day.microseconds)
        try store.put("III-USD", .crypto, .day, (today - 50)..<today)
        func health() throws -> (Object, [Object]) {
            let all = try store.get("/api/market-data/health")
            return (all, (all["worst"]?.objectValue?["items"]?.arrayValue ?? []).compactMap(\.objectValue))
        }
        #expect(try health().0["status"] == "degraded", "not checked yet")
        try store.work()
        #expect(try health().0["status"] == "ok")
        try store.put("JJJ", .equity, .day, [1, 2, 5])
        try store.work()
        let (all, items) = try health()
        #expect(all["status"] == "degraded" && all["stale"] == 1 && all["series"] == 2)
        #expect(items.map { $0["symbol"]?.stringValue } == ["JJJ", "III-USD"])
        #expect(items.map { $0["status"]?.stringValue } == ["degraded", "ok"])
        #expect(items[0]["last"] == "2020-01-06" && items[0]["is_stale"] == true && items[0]["coverage"] == 1)
        #expect((items[0]["bars_behind"]?.numberValue?.int ?? 0) > 1_000)
        #expect(items[1]["bars_behind"] == 0)
        // Of one symbol alone.
        for (symbol, status, count) in [("jjj", "degraded", 1), ("III-USD", "ok", 1), ("NONE", "unhealthy", 0)] {
            let one = try store.get("/api/market-data/health?symbol=\(symbol)")
            #expect(one["status"]?.stringValue == status && one["series"]?.numberValue?.int == count, "\(symbol)")
            #expect(one["worst"]?.objectValue?["items"]?.arrayValue?.count == count, "\(symbol)")
        }
        // A hole of more than 250 days.
        try store.put("III-USD", .crypto, .day, [today - 400])
        try store.work()
        #expect(try health().0["status"] == "unhealthy")
        #expect(try health().1[0]["symbol"] == "III-USD")
        #expect(try health().0["with_errors"] == 1)
    }
}
