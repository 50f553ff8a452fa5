import Postgres
import TestSupport
import Testing

@testable import App

@Suite struct BacktestListTests {
    private static let database = try! TestDatabase()

    @Test func `a list holds what every filter asks for, newest first, a page at a time`() throws {
        var db = try Self.database.connect()
        try db.script(
            """
            INSERT INTO users (id) VALUES ('00000000-0000-4000-8000-000000000001'), ('00000000-0000-4000-8000-000000000002');
            INSERT INTO symbols (symbol, name, asset_type) VALUES ('ONE', 'One', 'EQUITY'), ('TWO', 'Two', 'EQUITY');
            INSERT INTO strategies (id, user_id, lineage_id, name, asset_type, timeframe)
              SELECT ('00000000-0000-4000-8000-00000000001' || i)::uuid,
                     ('00000000-0000-4000-8000-00000000000' || least(i, 2))::uuid, gen_random_uuid(), 'S' || i, 'EQUITY', '1d'
              FROM generate_series(1, 3) i;
            INSERT INTO strategy_versions (strategy_id, version_number, definition_json, definition_hash)
              SELECT id, 1, '{}', repeat('ab', 32) FROM strategies;
            -- Of the second user: 12 runs, every strategy, symbol and status in turn, the newest last.
            INSERT INTO backtest_runs (user_id, strategy_id, strategy_version_id, symbol_id, timeframe, start_date, end_date,
                initial_equity, options_json, periods_per_year, status, finished_at, created_at)
              SELECT s.user_id, s.id, v.id, y.id, '1d', date '2020-01-01' + i, '2020-12-31', 1, '{}', 252,
                     CASE i % 3 WHEN 0 THEN 'pending' ELSE 'cancelled' END, CASE i % 3 WHEN 0 THEN NULL ELSE now() END,
                     timestamptz '2026-01-01Z' + i * interval '1 hour'
              FROM generate_series(1, 12) i
              JOIN strategies s ON s.name = CASE i % 2 WHEN 0 THEN 'S2' ELSE 'S3' END
              JOIN strategy_versions v ON v.strategy_id = s.id
              JOIN symbols y ON y.symbol = CASE WHEN i <= 6 THEN 'ONE' ELSE 'TWO' END;
            """)
        let user = "00000000-0000-4000-8000-000000000002", strategy = "00000000-0000-4000-8000-000000000012"
        func list(_ filter: BacktestFilter, limit: Int = 50, offset: Int = 0, of user: String = user) throws -> [Int] {
            try db.run(.backtests(of: user, filter, Window(limit: limit, offset: offset))).prefix(limit).map {
                $0.run.settings.start.daysSinceEpoch - 18_262
            }
        }
        #expect(try list(.init()) == Array((1...12).reversed()))
        #expect(try list(.init(), limit: 3, offset: 2) == [10, 9, 8])
        #expect(try list(.init(strategyID: strategy)) == [12, 10, 8, 6, 4, 2])
        #expect(try list(.init(symbol: "ONE")) == [6, 5, 4, 3, 2, 1])
        #expect(try list(.init(status: .pending)) == [12, 9, 6, 3])
        #expect(try list(.init(strategyID: strategy, symbol: "TWO", status: .pending)) == [12])
        #expect(try list(.init(symbol: "TWO", status: .cancelled), limit: 2, offset: 1) == [10, 8])
        #expect(try list(.init(symbol: "NONE")) == [])
        #expect(try list(.init(strategyID: strategy), of: "00000000-0000-4000-8000-000000000001") == [])
    }
}
