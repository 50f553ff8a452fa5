import Market
import TestSupport
import Testing

@testable import App
@testable import Postgres

/// Whoever reads a stretch of a series finds it in the index alone (V0463__add_indexes_covering_bars.sql): how long that takes
/// depends neither on how many bars there are nor on the order in which they came.
@Suite struct BarPlansTests {
    /// With 40 series in each table, bar by bar for all of them as hourly fetches bring them.
    private static let database: TestDatabase = {
        let database = try! TestDatabase()
        var db = try! database.connect()
        try! db.script(
            """
            SET session_replication_role = replica;
            INSERT INTO symbols (symbol, name, asset_type) SELECT 'S' || n, 'S', 'EQUITY' FROM generate_series(1, 40) n;
            INSERT INTO symbols (symbol, name, asset_type, base_asset, quote_asset)
              SELECT 'S' || n || '-USD', 'S', 'CRYPTO', 'S' || n, 'USD' FROM generate_series(1, 40) n;
            """)
        for (assetType, timeframe) in BarTable.kinds {
            let table = BarTable(assetType, timeframe), width = timeframe == .day ? "1 day" : "1 hour"
            try! db.script(
                """
                SET session_replication_role = replica;
                INSERT INTO \(table.name) (symbol_id, \(table.timeColumn), open, high, low, close, volume, provider)
                  SELECT s.id, t AT TIME ZONE 'UTC', 2, 3, 1, 2, 1, 'test' FROM generate_series(
                    timestamp '2010-01-01', timestamp '2010-01-01' + 1999 * interval '\(width)', '\(width)') t, symbols s
                  WHERE s.asset_type = '\(assetType.rawValue)' ORDER BY t, s.id;
                INSERT INTO bar_series (symbol_id, interval, first, last, count, provider)
                  SELECT symbol_id, '\(timeframe.rawValue)', min(t), max(t), count(*), 'test'
                  FROM (SELECT symbol_id, \(table.timestamp) AS t FROM \(table.name)) bars GROUP BY symbol_id
                """)
            try! db.script("VACUUM (ANALYZE) \(table.name)")
        }
        return database
    }()

    private static func readers(
        _ assetType: AssetType, _ timeframe: Timeframe, _ id: Int
    ) -> [(what: String, statement: Statement)] {
        let table = BarTable(assetType, timeframe), first = CalendarDay("2010-01-01")!.start.microseconds
        let from = first + 500 * timeframe.microseconds, to = first + 1_000 * timeframe.microseconds
        var bars = CandleSeries()
        for place in Int64(0)..<100 {
            bars.append(time: from + place * timeframe.microseconds, open: 2, high: 3, low: 1, close: 2, volume: 1)
        }
        func query<Output>(_ query: Query<Output>) -> Statement { query.statement }
        return [
            ("candles from a day on", query(.bars(table, symbol: id, from: from, to: nil, limit: 501, newest: false))),
            ("the newest candles", query(.bars(table, symbol: id, from: nil, to: nil, limit: 501, newest: true))),
            ("a backtest", query(.bars(table, symbol: id, from: from, to: to, warmUp: 200))),
            ("a backtest of all bars", query(.bars(table, symbol: id, from: nil, to: nil, warmUp: 0))),
            (
                "what a backtest counts",
                query(.barCounts(table, timeframe, symbol: id, from: from, to: to, warmUp: 200))
            ),
            ("the highest price", query(.highest(table, symbol: id))),
            (
                "what an import would change",
                query(.comparing(bars, with: table, symbol: id, CloseTolerance(.raw)))
            ),
            ("another source", query(.comparison(of: bars, with: table, symbol: id))),
            ("the price of an order", query(.quote(assetType == .equity ? "S7" : "S7-USD"))),
            ("a watchlist", query(.watchlist(of: "00000000-0000-0000-0000-000000000000"))),
            ("what was corrected", query(.revision(of: table, timeframe, symbol: id))),
            (
                "orders and replays",
                query(
                    .exactBars(
                        of: id, assetType, timeframe, startingFrom: from,
                        TradingHours(of: assetType, listedAt: nil, TradingCalendar()), maximum: 500))
            ),
        ]
    }

    @Test(arguments: BarTable.kinds.indices)
    func `a stretch of a series is read from the index alone`(_ kind: Int) throws {
        var db = try Self.database.connect()
        let (assetType, timeframe) = BarTable.kinds[kind]
        let id = try db.run(
            Query<Int>.value("SELECT id FROM symbols WHERE symbol = $1", assetType == .equity ? "S7" : "S7-USD"))
        for (what, statement) in Self.readers(assetType, timeframe, id) {
            let rows = try db.query("EXPLAIN (COSTS OFF) " + statement.sql, statement.parameters)
            let plan = try (0..<rows.count).map { try rows.string($0, 0) }
            let scans = plan.filter { $0.contains(" on \(BarTable(assetType, timeframe).name)") }
            #expect(!scans.isEmpty && scans.allSatisfy { $0.contains("Index Only Scan") }, "\(what): \(plan)")
        }
    }

    @Test(arguments: BarTable.kinds.indices)
    func `the key of bars has the whole of them, and a vacuum comes however many there are`(_ kind: Int) throws {
        var db = try Self.database.connect()
        let table = BarTable(BarTable.kinds[kind].0, BarTable.kinds[kind].1)
        let (key, options) = try db.run(
            Query<String>.value(
                "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = $1::regclass AND contype = 'p'",
                table.name),
            Query<[String]>.value("SELECT reloptions FROM pg_class WHERE oid = $1::regclass", table.name))
        #expect(key == "PRIMARY KEY (symbol_id, \(table.timeColumn)) INCLUDE (open, high, low, close, volume)")
        #expect(options.contains("autovacuum_vacuum_insert_scale_factor=0"))
    }
}
