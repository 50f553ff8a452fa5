import Market
import Postgres
import PriceFiles
import TestSupport
import Testing

@testable import App

@Suite struct BarImportTests {
    private static let database = try! TestDatabase()

    private func connect() throws -> Connection { try Self.database.connect() }

    private static func equity(_ lines: [String]) throws -> PriceFile { try TestPrices.file(lines) }

    private func revision(_ symbol: String, _ db: inout Connection) throws -> Int? {
        let rows = try db.query(
            "SELECT revision FROM bar_series JOIN symbols ON symbols.id = symbol_id WHERE symbol = $1", [.text(symbol)])
        return rows.isEmpty ? nil : try rows.int(0, 0)
    }

    private static let week = [
        "2024-03-04,10,11,9,10.5,100", "2024-03-05,10.5,11,10,10.75,200", "2024-03-06,10.75,12,10.5,11.99,300",
    ]

    @Test func `a first import makes symbol, bars and series`() throws {
        var db = try connect()
        let outcome = try BarImport(
            symbol: "first", source: BarSource(provider: "test"), store: BarStore(name: "First Inc")
        ).run(Self.equity(Self.week), in: &db).outcome
        #expect(outcome.symbol == "FIRST")
        #expect(outcome.isNewSymbol)
        #expect([outcome.added, outcome.changed, outcome.unchanged] == [3, 0, 0])
        #expect([outcome.revision, outcome.count, outcome.tickExponent] == [1, 3, 2])
        let rows = try db.query(
            """
            SELECT s.name, s.asset_type, s.exchange, s.currency, b.first, b.last, b.count, b.tick_exponent, b.provider,
                b.adjustment
            FROM symbols s JOIN bar_series b ON b.symbol_id = s.id AND b.interval = '1d' WHERE s.symbol = 'FIRST'
            """)
        #expect(try rows.string(0, 0) == "First Inc")
        #expect(try rows.string(0, 1) == "EQUITY")
        #expect(rows.isNull(0, 2) == true)
        #expect(try rows.string(0, 3) == "USD")
        #expect(try rows.microseconds(0, 4) == outcome.first)
        #expect(try rows.microseconds(0, 5) == outcome.last)
        #expect(try rows.int(0, 6) == 3)
        #expect(try rows.string(0, 8) == "test")
        #expect(try rows.string(0, 9) == "raw")
        let bars = try db.query(
            """
            SELECT date, open, high, low, close, volume FROM equity_daily_bars
            WHERE symbol_id = (SELECT id FROM symbols WHERE symbol = 'FIRST') ORDER BY date
            """)
        #expect(try bars.dayColumn(0) == [19_786, 19_787, 19_788])
        #expect(try bars.doubles(4) == [10.5, 10.75, 11.99])
        #expect(try bars.doubles(5) == [100, 200, 300])
    }

    @Test func `the same file again changes nothing, not even the revision`() throws {
        var db = try connect()
        let request = BarImport(symbol: "SAME")
        _ = try request.run(Self.equity(Self.week), in: &db)
        let again = try request.run(Self.equity(Self.week), in: &db).outcome
        #expect(!again.isNewSymbol)
        #expect([again.added, again.changed, again.unchanged, again.revision] == [0, 0, 3, 1])
        #expect(try revision("SAME", &db) == 1)
    }

    @Test func `new and corrected bars raise the revision once`() throws {
        var db = try connect()
        let request = BarImport(symbol: "GROW")
        _ = try request.run(Self.equity(Self.week), in: &db)
        let more = try request.run(
            Self.equity(["2024-03-01,9,10,8,9.125,1", Self.week[0], "2024-03-06,10.75,12,10.5,11.98,300"]), in: &db
        ).outcome
        #expect([more.added, more.changed, more.unchanged, more.revision] == [1, 1, 1, 2])
        #expect([more.count, more.tickExponent] == [4, 3])
        let kept: [Double] = try db.run(
            .values("SELECT close FROM replaced_bars JOIN symbols ON id = symbol_id WHERE symbol = 'GROW'"))
        #expect(kept == [11.99], "what the corrected bar was")
        #expect(Instant(microseconds: more.first).textInSeconds == "2024-03-01T00:00:00Z")
        #expect(Instant(microseconds: more.last).textInSeconds == "2024-03-06T00:00:00Z")
    }

    @Test(arguments: [
        BarSource(provider: "file", adjustment: .split, priceBasisDate: CalendarDay("2024-03-06")),
        BarSource(provider: "elsewhere"),
    ])
    func `another source or adjustment takes the place of the whole series, or is refused`(_ other: BarSource) throws {
        var db = try connect()
        let symbol = "BASIS-\(other.provider)-\(other.adjustment)"
        _ = try BarImport(symbol: symbol).run(Self.equity(Self.week), in: &db)
        var split = BarImport(symbol: symbol, source: other)
        let refusal = #expect(throws: BarStore.Refusal.self) { try split.run(Self.equity(Self.week), in: &db) }
        #expect(
            refusal
                == .otherSource(
                    symbol: symbol.uppercased(), stored: BarSource(provider: "file"), incoming: other,
                    comparison: SourceComparison(bars: 3, median: 0, beyond: 0, lowest: 1, highest: 1)))
        #expect(try revision(symbol.uppercased(), &db) == 1)
        split.store.replaces = true
        let lines = ["2024-03-01,5,6,4,5,1", Self.week[1], "2024-03-06,10.75,12,10.5,11.5,300"]
        let outcome = try split.run(Self.equity(lines), in: &db).outcome
        #expect(
            [outcome.added, outcome.changed, outcome.unchanged, outcome.removed, outcome.count, outcome.revision]
                == [1, 1, 1, 1, 3, 2])
        #expect(Instant(microseconds: outcome.first).textInSeconds == "2024-03-01T00:00:00Z")
        #expect(try split.run(Self.equity(lines), in: &db).outcome.revision == 2)
        split.store.replaces = false
        #expect(try split.run(Self.equity(lines), in: &db).outcome.revision == 2)
    }

    /// Half hours of days from 2024-03-01 on, of which some have only half of them.
    private static func halfHours(_ days: Range<Int>, half: Set<Int>) throws -> PriceFile {
        try TestPrices.file(
            days.flatMap { day in
                (0..<(half.contains(day) ? 24 : 48)).map { number in
                    let start = CalendarDay("2024-03-01")!.start.microseconds + Int64(day) * Timeframe.day.microseconds
                    let time = Instant(microseconds: start + Int64(number) * 1_800_000_000).textInSeconds
                    return "\(time),1,2,0.5,1.5,10"
                }
            }, .crypto)
    }

    @Test func `bars made of too few shorter ones are found in the series, until they are whole`() throws {
        var db = try connect()
        func found() throws -> [String] {
            let id = try #require(BarChecks.symbols("PART-USD", in: &db).first)
            let findings = try BarChecks.check(symbol: id, always: true, in: &db)[0].findings
            return findings.filter { $0.check == "partial_bar" }.map {
                "\($0.severity.rawValue) \(Timeframe.day.label($0.from)) \($0.count)"
            }
        }
        func jobs() throws -> Int {
            try db.run(
                .value("SELECT count(*) FROM jobs WHERE job_type = 'check_bars' AND dedupe_key LIKE '%/partial'"))
        }
        let request = BarImport(symbol: "PART-USD")
        let half = try Self.halfHours(0..<9, half: [2, 3, 6])
        #expect(try request.run(half, in: &db).report.rows.partial == 3)
        #expect(try found() == ["info 2024-03-03 2", "info 2024-03-07 1"])
        _ = try request.run(half, in: &db)
        #expect(try found() == ["info 2024-03-03 2", "info 2024-03-07 1"])
        #expect(try jobs() == 0)
        // The other halves come later; days that the file does not have stay as they were.
        _ = try request.run(Self.halfHours(0..<4, half: [3]), in: &db)
        #expect(try found() == ["info 2024-03-04 1", "info 2024-03-07 1"])
        var trial = request
        (trial.store.replaces, trial.store.isTrial) = (true, true)
        _ = try trial.run(Self.halfHours(0..<9, half: []), in: &db)
        #expect(try found() == ["info 2024-03-04 1", "info 2024-03-07 1"])
        trial.store.isTrial = false
        _ = try trial.run(Self.halfHours(0..<9, half: []), in: &db)
        #expect(try found() == [])
        // The same prices, which turn out to be made of too few: nothing else would have them checked.
        try db.script("UPDATE crypto_daily_bars SET volume = 240 WHERE date = '2024-03-05'")
        let before = try jobs()
        _ = try request.run(Self.halfHours(4..<6, half: [4]), in: &db)
        #expect(try found() == ["info 2024-03-05 1"])
        #expect(try jobs() == before + 1)
    }

    @Test func `prices that differ by one ratio from the stored ones are a split, and others are corrections`() throws {
        var db = try connect()
        let days = (0..<20).map { CalendarDay(daysSinceEpoch: 19_700 + $0)! }
        func lines(_ price: (Int) -> Double) -> [String] {
            days.enumerated().map { "\($1),\(price($0)),900,0.5,\(price($0)),1" }
        }
        var request = BarImport(symbol: "SPLIT")
        _ = try request.run(Self.equity(lines { 100 + Double($0) }), in: &db)
        let refusal = #expect(throws: BarStore.Refusal.self) {
            try request.run(Self.equity(lines { (100 + Double($0)) / 4 }), in: &db)
        }
        #expect(refusal == .split(symbol: "SPLIT", ratio: 0.25, bars: 20))
        #expect("\(refusal!)".contains("0.25 times the stored ones of SPLIT on 20 bars"))
        #expect(try revision("SPLIT", &db) == 1)
        // Only what was before the split differs.
        #expect(throws: BarStore.Refusal.self) {
            try request.run(Self.equity(lines { (100 + Double($0)) / ($0 < 5 ? 2 : 1) }), in: &db)
        }
        #expect(
            try request.run(Self.equity(lines { 100 + Double($0) + ($0 < 5 ? Double($0) : 0) }), in: &db).outcome
                .changed == 4)
        #expect(
            try request.run(Self.equity(lines { 100 + Double($0) + ($0 < 2 ? 100 : 0) }), in: &db).outcome.changed == 5)
        request.store.replaces = true
        #expect(try request.run(Self.equity(lines { (100 + Double($0)) / 4 }), in: &db).outcome.changed == 20)
    }

    @Test func `a trial says what would be done, and does nothing`() throws {
        var db = try connect()
        var request = BarImport(symbol: "TRIAL")
        request.store.isTrial = true
        let outcome = try request.run(Self.equity(Self.week), in: &db).outcome
        #expect([outcome.added, outcome.count, outcome.revision] == [3, 3, 1])
        #expect(try db.query("SELECT FROM symbols WHERE symbol = 'TRIAL'").count == 0)
        #expect(db.timeouts.statementMilliseconds == 10_000)
    }

    @Test(arguments: [
        ("^gspc", AssetType.equity, "^GSPC"), ("EURUSD=X", .equity, "EURUSD=X"), ("brk.b", .equity, "BRK.B"),
        ("BTC/USDT", .crypto, "BTC-USDT"), ("ethusdt", .crypto, "ETH-USDT"), ("xbt_eur", .crypto, "XBT-EUR"),
        ("SOL:USD", .crypto, "SOL-USD"), ("ethbtc", .crypto, "ETH-BTC"),
    ])
    func `symbols are taken as people write them`(_ written: String, _ assetType: AssetType, _ stored: String) throws {
        var db = try connect()
        let file = try TestPrices.file(["2024-03-08,1,1,1,1,1"], assetType)
        #expect(try BarImport(symbol: written).run(file, in: &db).outcome.symbol == stored)
    }

    @Test func `pairs have a base, a quote and both kinds of bars`() throws {
        var db = try connect()
        let hours = try TestPrices.file(
            ["2024-03-09T22:00:00Z,1,2,0.5,1.5,10", "2024-03-09T23:00:00Z,1.5,2,1,1.25,0"], .crypto, .hour)
        let days = try TestPrices.file(["2024-03-09,1,2,0.5,1.25,10"], .crypto, .day)
        _ = try BarImport(symbol: "abc-usdt").run(hours, in: &db)
        let outcome = try BarImport(symbol: "ABC-USDT", store: BarStore(exchange: "Venue")).run(days, in: &db).outcome
        #expect(!outcome.isNewSymbol)
        let rows = try db.query(
            """
            SELECT base_asset, quote_asset, currency, exchange, array_agg(interval || ' ' || count ORDER BY interval)
            FROM symbols JOIN bar_series ON symbol_id = id WHERE symbol = 'ABC-USDT' GROUP BY 1, 2, 3, 4
            """)
        #expect(try (0..<4).map { try rows.string(0, $0) } == ["ABC", "USDT", "USDT", "Venue"])
        #expect(try rows.strings(0, 4) == ["1d 1", "1h 2"])
    }

    @Test func `a file with a line that is no bar stores nothing, unless asked to skip`() throws {
        var db = try connect()
        let file = try Self.equity(Self.week + ["2024-03-07,10,9,8,10,1"])
        let refusal = #expect(throws: BarImport.Refusal.self) { try BarImport(symbol: "HALF").run(file, in: &db) }
        #expect(refusal?.report.refused.map(\.line) == [5])
        #expect("\(refusal!)" == "1 line is no bar, so nothing was stored: --skip-invalid stores the others")
        let two = try Self.equity(Self.week + ["2024-03-07,10,9,8,10,1", "2024-03-08,10,9,8,10,1"])
        let both = #expect(throws: BarImport.Refusal.self) { try BarImport(symbol: "HALF").run(two, in: &db) }
        #expect("\(both!)" == "2 lines are no bar, so nothing was stored: --skip-invalid stores the others")
        #expect(try db.query("SELECT FROM symbols WHERE symbol = 'HALF'").count == 0)
        let outcome = try BarImport(symbol: "HALF", skipInvalid: true).run(file, in: &db).outcome
        #expect(outcome.added == 3)
    }

    @Test(arguments: [
        ("", AssetType.equity, BarStore.Refusal.badSymbol("")), ("A B", .equity, .badSymbol("A B")),
        ("-A", .equity, .badSymbol("-A")),
        (String(repeating: "A", count: 33), .equity, .badSymbol(String(repeating: "A", count: 33))),
        ("ÄÖ", .equity, .badSymbol("ÄÖ")), ("BTCXYZ", .crypto, .notAPair("BTCXYZ")),
        ("A^B", .equity, .badSymbol("A^B")), ("=A", .equity, .badSymbol("=A")), ("A/B", .equity, .badSymbol("A/B")),
        ("BTC-", .crypto, .notAPair("BTC-")),
        ("A-B-C", .crypto, .notAPair("A-B-C")), ("A-B", .crypto, .notAPair("A-B")),
        ("USD-USD", .crypto, .notAPair("USD-USD")),
    ])
    func `a symbol of another form is refused`(_ symbol: String, _ assetType: AssetType, _ expected: BarStore.Refusal)
        throws
    {
        var db = try connect()
        let file = try TestPrices.file(["2024-03-08,1,1,1,1,1"], assetType)
        let refusal = #expect(throws: BarStore.Refusal.self) { try BarImport(symbol: symbol).run(file, in: &db) }
        #expect(refusal == expected)
    }

    @Test func `what the tables refuse is named and stores nothing`() throws {
        var db = try connect()
        let file = try Self.equity(Self.week)
        let requests = [
            ("name", BarImport(symbol: "BAD", store: BarStore(name: ""))),
            ("exchange", BarImport(symbol: "BAD", store: BarStore(exchange: ""))),
            ("currency", BarImport(symbol: "BAD", store: BarStore(currency: "us dollars"))),
            ("provider", BarImport(symbol: "BAD", source: BarSource(provider: ""))),
        ]
        for (field, request) in requests {
            let refusal = #expect(throws: BarStore.Refusal.self) { try request.run(file, in: &db) }
            #expect(refusal == .badField(field))
        }
        #expect(try db.query("SELECT FROM symbols WHERE symbol = 'BAD'").count == 0)
    }

    @Test func `a symbol keeps its kind, and a file without a bar is refused`() throws {
        var db = try connect()
        _ = try BarImport(symbol: "XX-YY").run(Self.equity(Self.week), in: &db)
        let days = try TestPrices.file(["2024-03-08,1,1,1,1,1"], .crypto)
        let kind = #expect(throws: BarStore.Refusal.self) { try BarImport(symbol: "XX-YY").run(days, in: &db) }
        #expect(kind == .otherKind(symbol: "XX-YY", is: .equity))
        let bad = try Self.equity(["2024-03-08,10,9,8,10,1"])
        let none = #expect(throws: BarImport.Refusal.self) {
            try BarImport(symbol: "NONE", skipInvalid: true).run(bad, in: &db)
        }
        #expect(none == .noBars(file: "f.csv", none?.report ?? ReadingReport()))
    }

    @Test func `an import that fails half-way leaves nothing`() throws {
        struct Stop: Error {}
        var db = try connect()
        try db.script(
            """
            CREATE FUNCTION fail_series() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                IF (SELECT symbol FROM symbols WHERE id = NEW.symbol_id) = 'CRASH' THEN RAISE disk_full; END IF;
                RETURN NEW;
            END $$;
            CREATE TRIGGER fail_series BEFORE INSERT ON bar_series FOR EACH ROW EXECUTE FUNCTION fail_series()
            """)
        let error = #expect(throws: PostgresError.self) {
            try BarImport(symbol: "CRASH").run(Self.equity(Self.week), in: &db)
        }
        #expect(error?.code == .diskFull)
        #expect(try db.query("SELECT FROM symbols WHERE symbol = 'CRASH'").count == 0)
        #expect(db.timeouts.statementMilliseconds == 10_000)
    }

    @Test func `progress goes from nothing to all`() throws {
        var db = try connect()
        var lines: [String] = []
        for hour in 0..<10_000 {
            let time = Instant(microseconds: Int64(hour) * Timeframe.hour.microseconds).textInSeconds
            lines.append("\(time),1,2,1,1.\(hour % 10),\(hour)")
        }
        var seen: [Int] = []
        let file = try TestPrices.file(lines, .crypto, .hour)
        let outcome = try BarImport(symbol: "BIG-USD").run(file, in: &db, progress: { seen.append($0) }).outcome
        #expect(seen == [8192, 10_000])
        #expect([outcome.added, outcome.count, outcome.tickExponent] == [10_000, 10_000, 1])
    }

    @Test func `two imports of one new symbol at once become one symbol`() throws {
        let outcomes = try inParallel(4) { number in
            var db = try Self.database.connect()
            return try BarImport(symbol: "RACE").run(Self.equity(["2024-03-0\(number + 4),1,1,1,1,1"]), in: &db).outcome
        }
        #expect(outcomes.filter(\.isNewSymbol).count == 1)
        #expect(outcomes.map(\.revision).sorted() == [1, 2, 3, 4])
        #expect(outcomes.map(\.count).max() == 4)
    }
}
