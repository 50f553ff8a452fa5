import Backtest
import JSON
import Market
import Postgres
import Quality
import TestSupport
import Testing

@testable import App

/// What a run says against its own bars.
@Suite struct RunWarningsTests {
    private let run = try! CompletedRun()

    /// Checks the bars as they are now, and puts findings of one day each in the place of what that found: check, severity, day.
    private func find(_ findings: (check: String, severity: String, day: String)...) throws {
        var db = try run.connect()
        for id in try BarChecks.symbols(nil, in: &db) { _ = try BarChecks.check(symbol: id, always: true, in: &db) }
        try db.script("DELETE FROM data_findings")
        for (check, severity, day) in findings {
            try db.run(
                Query<Int>.change(
                    """
                    INSERT INTO data_findings (symbol_id, interval, check_name, severity, first, last, count, detail)
                    SELECT symbol_id, interval, $1, $2, $3::date AT TIME ZONE 'UTC', $3::date AT TIME ZONE 'UTC', 1, $1 || ' of ' || $3
                    FROM series_checks
                    """, check, severity, day))
        }
    }

    /// A second run, of these days.
    private func order(from start: String = "2019-04-14", to end: String = "2019-12-31") throws -> String {
        let queued = try run.user.send(
            "POST", "/api/backtests",
            [
                "strategy_id": run.told()["strategy_id"] ?? .null, "symbol": "OLD-USD", "timeframe": "1d",
                "start_date": .string(start), "end_date": .string(end),
            ])
        try run.simulate()
        return queued.object?["id"]?.stringValue ?? ""
    }

    private func told(_ id: String, _ file: String = "") throws -> Object {
        try #require(try run.user.send("GET", "/api/backtests/\(id)\(file)").object)
    }

    private func details(_ answer: Object) -> [String] {
        answer["warnings"]?.arrayValue?.compactMap { $0.objectValue?["detail"]?.stringValue } ?? ["no warnings"]
    }

    /// Stores the last of the bars anew, higher.
    private func correct() throws {
        var db = try run.connect()
        _ = try BarImport(symbol: "OLD-USD").run(
            TestPrices.file(["2019-07-22,100,200,99,150,1000"], .crypto), in: &db)
    }

    @Test func `of bars that nobody has checked it says so, and what is known once they are`() throws {
        let before = try run.told()
        #expect(before["bars_checked"] == false && before["warnings"] == [] && before["warnings_omitted"] == 0)
        try find(
            ("spike", "info", "2019-05-01"), ("bad_tick", "warning", "2019-05-03"),
            ("unit_error", "error", "2019-05-04"))
        let after = try run.told()
        #expect(
            after["bars_checked"] == true && details(after) == ["unit_error of 2019-05-04", "bad_tick of 2019-05-03"])
        #expect(
            after["warnings"]?.arrayValue?.first == [
                "check": "unit_error", "severity": "error", "from": "2019-05-04", "to": "2019-05-04", "count": 1,
                "detail": "unit_error of 2019-05-04",
            ])
        try correct()
        #expect(try run.told()["bars_checked"] == true, "what was checked is what it saw")
        try find()
        #expect(try run.told()["bars_checked"] == false, "other bars than those are checked now")
    }

    @Test func `what was known when it ended stays with it, until somebody says that it is all right`() throws {
        try find(("bad_tick", "warning", "2019-05-03"), ("unit_error", "error", "2019-05-04"))
        let id = try order()
        try correct()
        try find()
        #expect(details(try run.told()) == [], "the run before kept nothing")
        let kept = try told(id)
        #expect(
            details(kept) == ["unit_error of 2019-05-04", "bad_tick of 2019-05-03"] && kept["bars_checked"] == true)
        #expect(kept["bar_revision"] == 1 && kept["stored_revision"] == 2)
        let file = try told(id, "/report.json")
        for member in ["warnings", "warnings_omitted", "bars_checked"] { #expect(file[member] == kept[member]) }
        #expect(try RunVerification.Outcome.match == verify(try order()))
    }

    private func verify(_ id: String) throws -> RunVerification.Outcome {
        var db = try run.connect()
        return try RunVerification(of: id, run.installation.configuration, in: &db).outcome
    }

    @Test func `a dismissed finding counts neither before nor after the run`() throws {
        try find(("bad_tick", "warning", "2019-05-03"), ("unit_error", "error", "2019-05-04"))
        var db = try run.connect()
        func dismiss(_ check: String) throws {
            let id = try db.run(Query<Int>.value("SELECT id FROM data_findings WHERE check_name = $1", check))
            _ = try BarChecks.dismiss(finding: id, in: &db)
        }
        try dismiss("bad_tick")
        let id = try order()
        #expect(details(try told(id)) == ["unit_error of 2019-05-04"])
        try dismiss("unit_error")
        #expect(details(try told(id)) == [])
    }

    @Test func `it is of the days that the run covers, and of those that warm it up`() throws {
        try find(
            ("gap", "warning", "2019-05-31"), ("stale", "warning", "2019-06-01"), ("bad_tick", "warning", "2019-06-30"),
            ("spike", "warning", "2019-07-01"), ("unit_error", "error", "2019-04-20"))
        #expect(
            details(try told(order(from: "2019-06-01", to: "2019-06-30")))
                == ["gap of 2019-05-31", "stale of 2019-06-01", "bad_tick of 2019-06-30"])
    }

    @Test func `the command line hears the same of stored bars`() throws {
        try find(
            ("gap", "warning", "2019-05-31"), ("stale", "warning", "2019-06-01"), ("bad_tick", "warning", "2019-07-01"),
            ("unit_error", "error", "2019-04-20"))
        var db = try run.connect()
        func load() throws -> BarWarnings {
            let days = ["2019-06-01", "2019-06-30"].map { CalendarDay($0)! }
            let loaded = try StoredBars.load("old-usd", .day, from: days[0], to: days[1], warmUp: 5, in: &db)
            return try #require(loaded).warnings
        }
        #expect(try load().listed.map(\.check) == ["gap", "stale"] && load().areChecked)
        try correct()
        #expect(try !load().areChecked)
    }

    @Test func `that much of the series is missing counts where a bar of these days is`() throws {
        try find(("gap", "info", "2019-05-20"))
        var db = try run.connect()
        try db.script(
            """
            INSERT INTO data_findings (symbol_id, interval, check_name, severity, first, last, count, detail)
            SELECT symbol_id, interval, 'coverage', 'error', '2019-04-15Z', '2019-07-20Z', 30, 'much' FROM series_checks
            """)
        #expect(details(try told(order(from: "2019-07-10", to: "2019-07-22"))) == [])
        #expect(details(try told(order(from: "2019-05-15", to: "2019-05-25"))) == ["much", "gap of 2019-05-20"])
    }

    @Test func `short gaps are told as one, after what is worse`() throws {
        try find(
            ("gap", "info", "2019-05-20"), ("gap", "info", "2019-05-23"), ("gap", "warning", "2019-06-05"),
            ("spike", "info", "2019-05-21"))
        func answer(_ start: String, _ end: String) throws -> [Value] {
            try #require(try told(order(from: start, to: end))["warnings"]?.arrayValue)
        }
        let words =
            "bars are missing in 2 places of these days: nothing was filled in, and what was held then had no price."
        let gaps: Value = [
            "check": "gap", "severity": "info", "from": "2019-05-20", "to": "2019-05-23", "count": 2,
            "detail": .string("2 \(words)"),
        ]
        let whole = try answer("2019-05-15", "2019-06-20")
        #expect(whole.map { $0.objectValue?["severity"] } == ["warning", "info"] && whole.last == gaps)
        #expect(try answer("2019-05-15", "2019-05-25") == [gaps])
        #expect(try details(told(order(from: "2019-05-15", to: "2019-05-21"))) == ["gap of 2019-05-20"])
        #expect(try answer("2019-07-10", "2019-07-20") == [])
        var db = try run.connect()
        try db.script("UPDATE data_findings SET first = '2019-04-01Z', count = 50 WHERE first = '2019-05-20Z'")
        #expect(
            try details(told(order(from: "2019-05-15", to: "2019-05-25"))) == ["At least 2 \(words)"],
            "how many of the fifty are of these days is not known")
        try db.script("UPDATE data_findings SET dismissed_at = now() WHERE check_name = 'gap' AND severity = 'info'")
        #expect(try answer("2019-05-15", "2019-05-25") == [])
    }

    @Test func `the worst twenty are told, and how many more there are`() throws {
        try find(("unit_error", "error", "2019-07-20"))
        var db = try run.connect()
        try db.script(
            """
            INSERT INTO data_findings (symbol_id, interval, check_name, severity, first, last, count, detail)
            SELECT symbol_id, interval, 'bad_tick', 'warning', day, day, 1, to_char(day AT TIME ZONE 'UTC', 'YYYY-MM-DD')
            FROM series_checks, generate_series('2019-05-01Z'::timestamptz, '2019-05-30Z', '1 day') AS day
            """)
        for answer in [try told(order()), try run.told()] {
            #expect(answer["warnings_omitted"] == 11)
            #expect(
                details(answer).count == 20 && details(answer).prefix(2) == ["unit_error of 2019-07-20", "2019-05-01"])
        }
    }

    @Test func `what an inspection found is told in the same way`() {
        let time = CalendarDay("2019-05-01")!.start.microseconds
        var bars = CandleSeries()
        for day in 0..<40 where day != 20 {
            bars.append(
                time: time + Int64(day) * Timeframe.day.microseconds, open: 100, high: 100, low: 100, close: 100,
                volume: 0)
        }
        let warnings = BarWarnings(Inspection(of: bars, .crypto, .day, calendar: TradingCalendar()))
        #expect(warnings.areChecked && warnings.omitted == 0)
        #expect(warnings.listed.map(\.check).contains("coverage") && !warnings.listed.map(\.check).contains("gap"))
    }
}
