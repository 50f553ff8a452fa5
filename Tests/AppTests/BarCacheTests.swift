import Jobs
import Market
import Postgres
import System
import TestSupport
import Testing

@testable import App

@Suite struct BarCacheTests {
    private static let database = try! TestDatabase()

    private static let definition = """
        {"indicators": [{"id": "fast", "type": "SMA", "params": {"period": 3}, "source": "close"}],
         "entry": {"logic": "AND", "conditions": [{"left": {"price": "close"}, "op": "gt", "right": {"indicator": "fast"}}]},
         "exit": {"logic": "AND", "conditions": [{"left": {"price": "close"}, "op": "lt", "right": {"indicator": "fast"}}]}, "risk": {}}
        """

    /// A series of forty days from 2020-01-01 whose closes are 101, 102, ..., and a strategy to run on it.
    private struct Desk: ~Copyable {
        var db: Connection
        let user: String
        let symbol: Int
        let strategy: String
        let version: Int

        init(_ ticker: String) throws {
            var db = try BarCacheTests.database.connect()
            let user = try db.query("INSERT INTO users DEFAULT VALUES RETURNING id").string(0, 0)
            let symbol = try db.query(
                "INSERT INTO symbols (symbol, name, asset_type) VALUES ($1, $1, 'EQUITY') RETURNING id", [.text(ticker)]
            ).int(0, 0)
            try db.execute(
                """
                INSERT INTO equity_daily_bars (symbol_id, date, open, high, low, close, volume, provider)
                SELECT $1::int, date '2020-01-01' + n, 100 + n, 105 + n, 95 + n, 101 + n, 1000, 'test'
                FROM generate_series(0, 39) n
                """, [Parameter(symbol)])
            try db.execute(
                """
                INSERT INTO bar_series (symbol_id, interval, first, last, count, provider)
                VALUES ($1::int, '1d', '2020-01-01Z', '2020-02-09Z', 40, 'test')
                """, [Parameter(symbol)])
            let strategy = try db.query(
                """
                INSERT INTO strategies (user_id, lineage_id, name, asset_type, timeframe)
                VALUES ($1::uuid, gen_random_uuid(), 'cached', 'EQUITY', '1d') RETURNING id
                """, [.text(user)]
            ).string(0, 0)
            let version = try db.query(
                """
                INSERT INTO strategy_versions (strategy_id, version_number, definition_json, definition_hash)
                VALUES ($1::uuid, 1, $2::jsonb, repeat('ab', 32)) RETURNING id
                """, [.text(strategy), .text(BarCacheTests.definition)]
            ).int(0, 0)
            (self.user, self.symbol, self.strategy, self.version) = (user, symbol, strategy, version)
            self.db = db
        }

        /// What a run of these days is loaded with.
        mutating func load(_ from: String, _ to: String, _ cache: BarCache) throws -> RunInput {
            let job = UUID.random().text
            try db.run(SimulateRun.enqueuing(job, NoPayload(), userID: user))
            try db.execute(
                """
                INSERT INTO backtest_runs (user_id, strategy_id, strategy_version_id, symbol_id, timeframe, start_date,
                  end_date, initial_equity, options_json, periods_per_year, job_id)
                VALUES ($1::uuid, $2::uuid, $3::int, $4::int, '1d', $5::date, $6::date, 10000, '{}', 252, $7::uuid)
                """,
                [
                    .text(user), .text(strategy), Parameter(version), Parameter(symbol), .text(from), .text(to),
                    .text(job),
                ])
            let run = try #require(try RunStore.start(job: job, in: &db))
            return try RunInput.load(run, cache, in: &db)
        }

        mutating func correct(_ sql: String) throws {
            try db.script(sql.replacing("$series", with: "symbol_id = \(symbol)"))
        }
    }

    @Test func `a second run on a series reads no bars, and a new revision is seen at once`() throws {
        var desk = try Desk("CACHED")
        let cache = BarCache(bytes: 1 << 20)
        let first = try desk.load("2020-01-05", "2020-01-31", cache)
        #expect(first.isFromCache == false && first.revision == 1 && first.bars.count == 27 + first.firstTradable)
        // Whoever changes bars raises the revision; without that, only one who reads rows could see it.
        try desk.correct("UPDATE equity_daily_bars SET close = close + 1 WHERE $series")
        let second = try desk.load("2020-01-05", "2020-01-31", cache)
        #expect(second.isFromCache == true)
        #expect(second.bars.series == first.bars.series)
        #expect(second.barsHash == first.barsHash && second.firstTradable == first.firstTradable)
        // Another range of a short series is there, too.
        let other = try desk.load("2020-01-01", "2020-02-09", cache)
        #expect(other.isFromCache == true && other.bars.count == 40 && other.firstTradable == 0)
        #expect(other.bars.series.close[0] == 101)
        try desk.correct("DELETE FROM equity_daily_bars WHERE $series")
        #expect(try desk.load("2020-01-07", "2020-01-31", cache).bars.count == 25 + first.firstTradable)

        try desk.correct(
            """
            INSERT INTO equity_daily_bars (symbol_id, date, open, high, low, close, volume, provider)
            SELECT symbol_id, date '2020-01-01' + n, 200, 210, 190, 205, 1, 'test' FROM symbols s
            JOIN bar_series ON symbol_id = s.id, generate_series(0, 39) n WHERE $series;
            UPDATE bar_series SET revision = revision + 1 WHERE $series
            """)
        let corrected = try desk.load("2020-01-05", "2020-01-31", cache)
        #expect(corrected.isFromCache == false && corrected.revision == 2)
        #expect(corrected.bars.series.close.allSatisfy { $0 == 205 })
        #expect(corrected.barsHash != first.barsHash)
        #expect(try desk.load("2020-01-05", "2020-01-31", cache).isFromCache == true)
    }

    @Test func `bars from memory are those of the table`() throws {
        var desk = try Desk("SAME")
        let cache = BarCache(bytes: 1 << 20), none = BarCache(bytes: 0)
        _ = try desk.load("2020-01-01", "2020-02-09", cache)
        for (from, to) in [
            ("2020-01-01", "2020-01-01"), ("2020-01-02", "2020-02-09"), ("2020-01-20", "2020-01-25"),
            ("2019-12-01", "2020-01-10"), ("2020-02-01", "2021-01-01"), ("2021-01-01", "2021-02-01"),
            ("2019-01-01", "2019-02-01"),
        ] {
            let cached = try desk.load(from, to, cache), read = try desk.load(from, to, none)
            #expect(cached.isFromCache == true && read.isFromCache == false)
            #expect(cached.bars.series == read.bars.series && cached.barsHash == read.barsHash, "\(from) \(to)")
            #expect(cached.firstTradable == read.firstTradable, "\(from) \(to)")
        }
        #expect(none.bytes == 0)
    }

    private static func series(_ count: Int, from first: Int = 0) -> CandleSeries {
        var series = CandleSeries()
        for number in first..<(first + count) {
            series.append(time: Int64(number), open: 10, high: 12, low: 9, close: 11, volume: 1)
        }
        return series
    }

    private static func key(_ symbol: Int, _ revision: Int = 1) -> BarCache.Key {
        BarCache.Key(symbolID: symbol, timeframe: .day, revision: revision)
    }

    @Test func `the series that was used longest ago goes first`() throws {
        let one = 100 * 48 + 4_096
        let cache = BarCache(bytes: 3 * one)
        func has(_ symbol: Int) throws -> Bool { try cache.bars(Self.key(symbol), from: 0, to: 99, warmUp: 0) != nil }
        let stretch = BarCache.Stretch(bars: Self.series(100), from: .min, to: .max)
        for symbol in 1...3 { cache.keep(stretch, Self.key(symbol)) }
        #expect(cache.bytes == 3 * one)
        #expect(try has(1) == true)
        cache.keep(stretch, Self.key(4))
        #expect(try [has(1), has(2), has(3), has(4)] == [true, false, true, true])
        #expect(cache.bytes == 3 * one)
        cache.keep(BarCache.Stretch(bars: Self.series(1_000), from: .min, to: .max), Self.key(5))
        #expect(try has(5) == false)
        #expect(cache.bytes <= 3 * one)
    }

    @Test func `an older revision goes when a newer one comes, and never the other way round`() throws {
        let cache = BarCache(bytes: 1 << 20)
        let stretch = BarCache.Stretch(bars: Self.series(10), from: .min, to: .max)
        func kept() throws -> [Int] {
            try (1...3).filter { try cache.bars(Self.key(7, $0), from: 0, to: 9, warmUp: 0) != nil }
        }
        for revision in [2, 1] { cache.keep(stretch, Self.key(7, revision)) }
        #expect(try kept().contains(2))
        cache.keep(stretch, Self.key(7, 3))
        #expect(try kept() == [3])
    }

    @Test(arguments: [
        ("whole", Int64.min, Int64.max, 0, 29, 5, 0..<30), ("whole", .min, .max, 10, 19, 5, 5..<20),
        ("whole", .min, .max, 2, 19, 5, 0..<20), ("whole", .min, .max, 40, 50, 5, 25..<30),
        ("from its start", .min, 29, 2, 29, 5, 0..<30), ("from its start", .min, 29, 2, 30, 5, nil),
        ("a part", 10, 29, 15, 29, 5, 0..<20), ("a part", 10, 29, 14, 29, 5, nil),
        ("a part", 10, 29, 9, 29, 0, nil), ("a part", 10, 29, 10, 29, 0, 0..<20),
    ])
    func `a range is found when all of it and its warm-up are there`(
        _ name: String, _ from: Int64, _ to: Int64, _ start: Int64, _ end: Int64, _ warmUp: Int, _ expected: Range<Int>?
    ) {
        let bars = from == .min ? Self.series(30) : Self.series(20, from: Int(from))
        let found = BarCache.Stretch(bars: bars, from: from, to: to).range(from: start, to: end, warmUp: warmUp)
        #expect(found == expected, "\(name) \(start) \(end)")
    }
}
