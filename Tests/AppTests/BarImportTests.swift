import Market
import Postgres
import TestSupport
import Testing

@testable import App

@Suite struct BarImportTests {
    private static let database = try! TestDatabase()

    private func connect() throws -> Connection { try Self.database.connect() }

    private static func equity(_ lines: [String]) throws -> BarFile { try BarFileTests.read(lines) }

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
        ).run(
            Self.equity(Self.week), in: &db)
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
        let again = try request.run(Self.equity(Self.week), in: &db)
        #expect(!again.isNewSymbol)
        #expect([again.added, again.changed, again.unchanged, again.revision] == [0, 0, 3, 1])
        #expect(try revision("SAME", &db) == 1)
    }

    @Test func `new and corrected bars raise the revision once`() throws {
        var db = try connect()
        let request = BarImport(symbol: "GROW")
        _ = try request.run(Self.equity(Self.week), in: &db)
        let more = try request.run(
            Self.equity(["2024-03-01,9,10,8,9.125,1", Self.week[0], "2024-03-06,10.75,12,10.5,11.98,300"]), in: &db)
        #expect([more.added, more.changed, more.unchanged, more.revision] == [1, 1, 1, 2])
        #expect([more.count, more.tickExponent] == [4, 3])
        #expect(Instant(microseconds: more.first).textInSeconds == "2024-03-01T00:00:00Z")
        #expect(Instant(microseconds: more.last).textInSeconds == "2024-03-06T00:00:00Z")
    }

    @Test func `another adjustment of the same prices is a new revision`() throws {
        var db = try connect()
        _ = try BarImport(symbol: "BASIS").run(Self.equity(Self.week), in: &db)
        let split = BarImport(
            symbol: "BASIS",
            source: BarSource(provider: "file", adjustment: .split, priceBasisDate: CalendarDay("2024-03-06")))
        #expect(try split.run(Self.equity(Self.week), in: &db).revision == 2)
        #expect(try split.run(Self.equity(Self.week), in: &db).revision == 2)
    }

    @Test func `pairs have a base, a quote and both kinds of bars`() throws {
        var db = try connect()
        let hours = try BarFileTests.read(
            ["2024-03-09T22:00:00Z,1,2,0.5,1.5,10", "2024-03-09T23:00:00Z,1.5,2,1,1.25,0"], .crypto, .hour)
        let days = try BarFileTests.read(["2024-03-09,1,2,0.5,1.25,10"], .crypto, .day)
        _ = try BarImport(symbol: "abc-usdt").run(hours, in: &db)
        let outcome = try BarImport(symbol: "ABC-USDT", store: BarStore(exchange: "Venue")).run(days, in: &db)
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
        #expect(refusal == .refusedLines(file.refused))
        #expect(try db.query("SELECT FROM symbols WHERE symbol = 'HALF'").count == 0)
        let outcome = try BarImport(symbol: "HALF", skipInvalid: true).run(file, in: &db)
        #expect(outcome.added == 3)
    }

    @Test(arguments: [
        ("", AssetType.equity, BarStore.Refusal.badSymbol("")), ("A B", .equity, .badSymbol("A B")),
        ("-A", .equity, .badSymbol("-A")),
        (String(repeating: "A", count: 33), .equity, .badSymbol(String(repeating: "A", count: 33))),
        ("ÄÖ", .equity, .badSymbol("ÄÖ")), ("BTCUSD", .crypto, .notAPair("BTCUSD")),
        ("BTC-", .crypto, .notAPair("BTC-")),
        ("A-B-C", .crypto, .notAPair("A-B-C")), ("A-B", .crypto, .notAPair("A-B")),
        ("USD-USD", .crypto, .notAPair("USD-USD")),
    ])
    func `a symbol of another form is refused`(_ symbol: String, _ assetType: AssetType, _ expected: BarStore.Refusal)
        throws
    {
        var db = try connect()
        let file = try BarFileTests.read(["2024-03-08,1,1,1,1,1"], assetType)
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
        let days = try BarFileTests.read(["2024-03-08,1,1,1,1,1"], .crypto)
        let kind = #expect(throws: BarStore.Refusal.self) { try BarImport(symbol: "XX-YY").run(days, in: &db) }
        #expect(kind == .otherKind(symbol: "XX-YY", is: .equity))
        let bad = try Self.equity(["nonsense"])
        let none = #expect(throws: BarImport.Refusal.self) {
            try BarImport(symbol: "NONE", skipInvalid: true).run(bad, in: &db)
        }
        #expect(none == .noBars(file: "f.csv"))
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
        let file = try BarFileTests.read(lines, .crypto, .hour)
        let outcome = try BarImport(symbol: "BIG-USD").run(file, in: &db) { done, total in
            #expect(total == 10_000)
            seen.append(done)
        }
        #expect(seen == [0, 4096, 8192, 10_000])
        #expect([outcome.added, outcome.count, outcome.tickExponent] == [10_000, 10_000, 1])
    }

    @Test func `two imports of one new symbol at once become one symbol`() async throws {
        let outcomes = try await withThrowingTaskGroup(of: BarStore.Outcome.self) { group in
            for number in 0..<4 {
                group.addTask {
                    var db = try Self.database.connect()
                    return try BarImport(symbol: "RACE").run(Self.equity(["2024-03-0\(number + 4),1,1,1,1,1"]), in: &db)
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.filter(\.isNewSymbol).count == 1)
        #expect(outcomes.map(\.revision).sorted() == [1, 2, 3, 4])
        #expect(outcomes.map(\.count).max() == 4)
    }
}
