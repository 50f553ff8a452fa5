import HTTP
import JSON
import Market
import Postgres
import TestSupport
import Testing

@testable import App

@Suite struct WatchlistTests {
    /// An installation with a few instruments: 40 days of AAA, 40 days and 50 hours of BBB-USD, 3 hours of CCC-USD, one
    /// day of ONE, none of NONE, and OLD, which is no longer traded.
    private struct Market {
        let installation: Installation
        let browser: TestBrowser

        init() throws {
            installation = try Installation()
            browser = try installation.user().browser
            var db = try installation.database.connect()
            for (symbol, type, timeframe, count) in [
                ("AAA", AssetType.equity, Timeframe.day, 40), ("BBB-USD", .crypto, .day, 40),
                ("BBB-USD", .crypto, .hour, 50), ("CCC-USD", .crypto, .hour, 3), ("ONE", .equity, .day, 1),
            ] {
                try Self.store(symbol, type, timeframe, count, in: &db)
            }
            try db.script(
                """
                INSERT INTO symbols (symbol, name, asset_type, is_active)
                  VALUES ('NONE', 'Nothing stored', 'EQUITY', true), ('OLD', 'Gone', 'EQUITY', false)
                """)
        }

        /// Bars from 2020-01-01 on whose closes count from 100.
        static func store(
            _ symbol: String, _ type: AssetType, _ timeframe: Timeframe, _ count: Int, in db: inout Connection
        ) throws {
            let start = CalendarDay(daysSinceEpoch: 18_262)!.start.microseconds
            // It is a Wednesday, and exchanges are closed on two days of the week.
            let open = (0...).lazy.filter { type == .crypto || ($0 + 2) % 7 < 5 }.prefix(count)
            let lines = open.enumerated().map { index, bar in
                "\(timeframe.label(start + Int64(bar) * timeframe.microseconds)),99,1000,1,\(100 + index),1"
            }
            let file = try TestPrices.file(Array(lines), type, timeframe, now: .max)
            _ = try BarImport(symbol: symbol).run(file, in: &db)
        }

        func put(_ symbols: [String], _ browser: TestBrowser? = nil) throws -> HTTPClient.Answer {
            try (browser ?? self.browser).send(
                "PUT", "/api/me/watchlist", ["symbols": .array(symbols.map { .string($0) })])
        }

        func key(_ scope: String) throws -> String {
            let made = try browser.send(
                "POST", "/api/me/api-keys", ["name": .string(scope), "scopes": .array([.string(scope)])])
            return try #require(made.object?["key"]?.stringValue)
        }

        func shown(_ browser: TestBrowser? = nil) throws -> [String] {
            WatchlistTests.symbols(of: try (browser ?? self.browser).send("GET", "/api/me/watchlist"))
        }
    }

    /// As a script does it.
    private static func put(_ symbols: [String], _ key: String, in process: Installation) throws -> HTTPClient.Answer {
        let body: Value = ["symbols": .array(symbols.map { .string($0) })]
        let fields = [("Authorization", "Bearer \(key)"), ("Content-Type", "application/json")]
        return try process.send("PUT", "/api/me/watchlist", fields, body.bytes)
    }

    private static func symbols(of answer: HTTPClient.Answer) -> [String] {
        (answer.object?["symbols"]?.arrayValue ?? []).compactMap { $0.objectValue?["symbol"]?.stringValue }
    }

    @Test func `a list is what was put, in its order`() throws {
        let market = try Market()
        #expect(try market.shown() == [])
        for list in [
            ["CCC-USD", "AAA"], ["AAA", "CCC-USD", "NONE"], ["NONE", "BBB-USD", "AAA"], ["ONE"], [], ["aaa"],
        ] {
            let put = try market.put(list)
            #expect(put.status == 200, "\(put.text)")
            #expect(Self.symbols(of: put) == list.map { $0.uppercased() })
            #expect(try market.shown() == list.map { $0.uppercased() })
        }
    }

    @Test(arguments: [
        ("AAA", "1d", 139.0, 138.0, "2020-02-25", 110.0, 30), ("BBB-USD", "1d", 139, 138, "2020-02-09", 110, 30),
        ("CCC-USD", "1h", 102, 101, "2020-01-01T02:00:00Z", 100, 3), ("ONE", "1d", 100, nil, "2020-01-01", nil, 1),
        ("NONE", nil, nil, nil, nil, nil, 0),
    ])
    func `a symbol comes with its last closes, and the change over exactly them`(
        _ symbol: String, _ interval: String?, _ last: Double?, _ previous: Double?, _ asOf: String?, _ first: Double?,
        _ count: Int
    ) throws {
        let market = try Market()
        let object = try #require(try market.put([symbol]).object?["symbols"]?.arrayValue?.first?.objectValue)
        func number(_ name: String) -> Double? { object[name]?.numberValue?.double }
        #expect(object["interval"]?.stringValue == interval && object["as_of"]?.stringValue == asOf)
        #expect(number("last") == last && number("previous") == previous)
        let spark = (object["spark"]?.arrayValue ?? []).compactMap { $0.numberValue?.double }
        #expect(spark == (0..<count).map { (last ?? 0) - Double(count - 1 - $0) })
        #expect(number("change_pct") == first.flatMap { first in last.map { ($0 / first - 1) * 100 } })
    }

    @Test(arguments: [
        (#"{}"#, "symbols", "MISSING_KEY"), (#"{"symbols":null}"#, "symbols", "MISSING_KEY"),
        (#"{"symbols":"AAA"}"#, "symbols", "WRONG_TYPE"), (#"{"symbols":{"0":"AAA"}}"#, "symbols", "WRONG_TYPE"),
        (#"{"symbols":["AAA",3]}"#, "symbols[1]", "WRONG_TYPE"),
        (#"{"symbols":[["AAA"]]}"#, "symbols[0]", "WRONG_TYPE"),
        (#"{"symbols":["AAA",null]}"#, "symbols[1]", "WRONG_TYPE"),
        (#"{"symbols":["AAA","ONE","NONE","aaa"]}"#, "symbols[3]", "DUPLICATE"),
        (#"{"symbols":["AAA","ONE","NONE","WHAT"]}"#, "symbols[3]", "UNKNOWN_SYMBOL"),
        (#"{"symbols":["OLD"]}"#, "symbols[0]", "UNKNOWN_SYMBOL"),
        (#"{"symbols":["'; DROP TABLE users; --"]}"#, "symbols[0]", "INVALID_FORMAT"),
        (#"{"symbols":["AAA,ONE"]}"#, "symbols[0]", "INVALID_FORMAT"),
        (#"{"symbols":[""]}"#, "symbols[0]", "INVALID_FORMAT"),
        (#"{"symbols":["AAA"],"user_id":"x"}"#, "user_id", "UNKNOWN_KEY"),
    ])
    func `what is no list of known symbols is refused in its place, and the list stays`(
        _ body: String, _ field: String, _ code: String
    ) throws {
        let market = try Market()
        #expect(try market.put(["ONE", "AAA"]).status == 200)
        let answer = try market.browser.send("PUT", "/api/me/watchlist", parse(Array(body.utf8)))
        let error = answer.object?["field_errors"]?.arrayValue?.first?.objectValue
        #expect(answer.status == 400 && answer.code == "VALIDATION_ERROR", "\(answer.text)")
        #expect(error?["field"]?.stringValue == field && error?["code"]?.stringValue == code, "\(answer.text)")
        #expect(try market.shown() == ["ONE", "AAA"])
    }

    @Test func `every entry that is wrong is told at once`() throws {
        let market = try Market()
        let answer = try market.put(["WHAT", "AAA", "WHO"])
        let fields = answer.object?["field_errors"]?.arrayValue?.compactMap { $0.objectValue?["field"]?.stringValue }
        #expect(fields == ["symbols[0]", "symbols[2]"])
    }

    @Test func `a list holds a hundred symbols and no more`() throws {
        let market = try Market()
        var db = try market.installation.database.connect()
        try db.script(
            "INSERT INTO symbols (symbol, name, asset_type) SELECT 'S' || i, 's', 'EQUITY' FROM generate_series(1, 101) i"
        )
        let names = (1...101).map { "S\($0)" }
        let full = try market.put(Array(names.prefix(100)))
        #expect(full.status == 200 && Self.symbols(of: full).count == 100)
        let refused = try market.put(names)
        #expect(refused.status == 400 && refused.fieldCode == "OUT_OF_RANGE", "\(refused.text)")
        // All change their places at once.
        let turned = try market.put(names.prefix(100).reversed())
        #expect(Self.symbols(of: turned) == names.prefix(100).reversed())
    }

    @Test func `the same list again changes nothing`() throws {
        let market = try Market()
        #expect(try market.put(["ONE", "AAA", "NONE"]).status == 200)
        func rows() throws -> String {
            var db = try market.installation.database.connect()
            return try db.query(
                "SELECT string_agg(concat_ws(' ', ctid, xmin, symbol_id, position), ',' ORDER BY position) FROM watchlist_items"
            ).string(0, 0)
        }
        let before = try rows()
        #expect(try market.put(["ONE", "AAA", "NONE"]).status == 200)
        #expect(try rows() == before)
        // What stays on the list stays there since it came.
        #expect(try market.put(["AAA", "ONE"]).status == 200)
        #expect(try rows() != before)
    }

    @Test func `other people's lists do not exist`() throws {
        let market = try Market()
        let bob = try market.installation.user("bob@example.org").browser
        #expect(try market.put(["ONE", "AAA"]).status == 200)
        #expect(try market.shown(bob) == [])
        #expect(try market.put(["AAA"], bob).status == 200)
        #expect(try market.put([], bob).status == 200)
        #expect(try market.shown() == ["ONE", "AAA"])
        #expect(try market.installation.browser().send("GET", "/api/me/watchlist").status == 401)
        #expect(try market.put(["AAA"], market.installation.browser()).status == 401)
    }

    @Test func `a key reads with one scope and writes with another`() throws {
        let market = try Market()
        for (scope, reads, writes) in [("read", 200, 403), ("research", 403, 200)] {
            let key = try market.key(scope), fields = [("Authorization", "Bearer \(key)")]
            #expect(try market.installation.send("GET", "/api/me/watchlist", fields, nil).status == reads)
            #expect(try Self.put(["AAA"], key, in: market.installation).status == writes)
        }
    }

    @Test func `a symbol that is no longer traded is left out, and its letters may be another's`() throws {
        let market = try Market()
        #expect(try market.put(["AAA", "ONE"]).status == 200)
        var db = try market.installation.database.connect()
        try db.script(
            """
            UPDATE symbols SET is_active = false WHERE symbol = 'AAA';
            INSERT INTO symbols (symbol, name, asset_type) VALUES ('AAA', 'Another', 'EQUITY')
            """)
        #expect(try market.shown() == ["ONE"])
        let put = try market.put(["ONE", "AAA"])
        #expect(put.object?["symbols"]?.arrayValue?.last?.objectValue?["name"] == "Another")
        #expect(try market.installation.scalar("SELECT count(*) FROM watchlist_items") == 2)
    }

    @Test func `of lists put at once one is whole, never a mixture`() throws {
        let market = try Market()
        let lists = [["AAA", "ONE", "NONE"], ["CCC-USD", "BBB-USD"], ["NONE", "AAA", "CCC-USD", "ONE"]]
        let failed = Box<[String]>([])
        let database = market.installation.database, key = try market.key("research")
        inParallel(6) { number in
            do {
                let process = try Installation(database: database)
                for turn in 0..<10 {
                    let list = lists[(number + turn) % lists.count]
                    let replaced = Self.symbols(of: try Self.put(list, key, in: process))
                    if replaced != list { failed.withLock { $0.append("\(replaced) of \(list)") } }
                }
            } catch { failed.withLock { $0.append("\(error)") } }
        }
        #expect(failed.withLock { $0 } == [])
        #expect(lists.contains(try market.shown()))
    }

    @Test func `a list goes along with the export, and ends with the account`() throws {
        let market = try Market()
        _ = try market.installation.user("bob@example.org")
        #expect(try market.put(["ONE", "AAA"]).status == 200)
        let export = try market.browser.send("GET", "/api/me/export")
        let exported = export.object?["watchlist"]?.arrayValue ?? []
        #expect(exported.compactMap { $0.objectValue?["symbol"]?.stringValue } == ["ONE", "AAA"])
        var db = try market.installation.database.connect()
        try db.script("UPDATE users SET role = 'admin'")
        #expect(try market.browser.send("DELETE", "/api/me", ["email": "ada@example.org"]).status == 204)
        #expect(try market.installation.scalar("SELECT count(*) FROM watchlist_items") == 0)
    }
}
