import Foundation
import Postgres
import TestSupport
import Testing

/// `V0463__add_indexes_covering_bars.sql` to V0466 on a database that has bars already.
@Suite struct BarKeyTests {
    @Test func `the key of bars is exchanged once those who read let it, and they stay as they are`() throws {
        let database = try TestDatabase.lacking { (463...466).contains(Int($0.dropFirst().prefix(4)) ?? 0) }
        var db = try database.connect(), reader = try database.connect()
        let bars = """
            INSERT INTO crypto_hourly_bars (symbol_id, ts, open, high, low, close, volume, provider)
              SELECT id, '2020-01-01Z'::timestamptz + i * interval '1 hour', 2, 3, 1, 2, i, 'test'
              FROM symbols, generate_series(1, 1000) i
            """
        try db.script(
            """
            INSERT INTO symbols (symbol, name, asset_type, base_asset, quote_asset)
              VALUES ('A-USD', 'A', 'CRYPTO', 'A', 'USD'), ('B-USD', 'B', 'CRYPTO', 'B', 'USD');
            \(bars)
            """)
        // As one has read the table and goes on with something else.
        try reader.script("BEGIN")
        try reader.script("LOCK TABLE crypto_hourly_bars IN ACCESS SHARE MODE")
        var patience = Migrator.Patience(), tries = 0
        (patience.lockMilliseconds, patience.pauseMilliseconds, patience.wholeMilliseconds) = (20, 1, 60_000)
        let applied = try Migrator(directory: Repository.migrations).apply(to: &db, patience: patience) { migration in
            guard migration.version == 466 else { return }
            tries += 1
            if tries == 2 { try? reader.script("COMMIT") }
        }
        #expect(applied.map(\.version) == [463, 464, 465, 466] && tries >= 2)
        #expect(try db.query("SELECT sum(volume)::bigint FROM crypto_hourly_bars").int(0, 0) == 1_001_000)
        #expect(try db.execute(bars + " ON CONFLICT (symbol_id, ts) DO NOTHING") == 0)
        #expect(refusal(of: bars, in: &db) == .uniqueViolation(constraint: "crypto_hourly_bars_pkey"))
        let indexes = try db.query(
            "SELECT count(*) FROM pg_indexes WHERE tablename = ANY ('{equity_daily_bars,crypto_daily_bars,crypto_hourly_bars}')"
        )
        #expect(try indexes.int(0, 0) == 3, "the old one is gone")
    }
}
