import Foundation
import Postgres
import TestSupport
import Testing

/// `V0327__count_strategies.sql` on a database that has strategies already.
@Suite struct StrategyCountTests {
    @Test func `strategies that are there are counted, deleted ones with what they keep`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "migrations-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.copyItem(atPath: Repository.migrations, toPath: folder.path)
        // V0331 looks through what V0327 adds.
        for file in ["V0327__count_strategies.sql", "V0331__validate_excess_and_usage.sql"] {
            try FileManager.default.removeItem(at: folder.appending(path: file))
        }
        let database = try TestDatabase(migrated: false)
        var db = try database.connect()
        try Migrator(directory: folder.path).apply(to: &db)
        try db.script(
            """
            INSERT INTO users (display_name) VALUES ('many'), ('none'), ('ran');
            INSERT INTO strategies (user_id, lineage_id, name, description, asset_type, timeframe, is_active)
              SELECT id, gen_random_uuid(), 's' || i, repeat('é', i), 'EQUITY', '1d', i <> 2
              FROM users, generate_series(1, 3) i WHERE display_name = 'many';
            INSERT INTO strategy_versions (strategy_id, version_number, definition_json, definition_hash)
              SELECT id, i, jsonb_build_object('a', i), repeat('ab', 32) FROM strategies, generate_series(1, 4) i
              WHERE name <> 's3';
            INSERT INTO user_usage (user_id, runs, equity_points) SELECT id, 5, 6 FROM users WHERE display_name = 'ran'
            """)
        try Migrator(directory: Repository.migrations).apply(to: &db)
        let rows = try db.run(
            Query<[String]>.values(
                """
                SELECT display_name || ' ' || runs || ' ' || strategies || ' ' || strategy_versions || ' ' || strategy_bytes
                FROM user_usage JOIN users ON users.id = user_id ORDER BY 1
                """))
        // Names of 2 bytes, descriptions of 2, 4 and 6, and eight times {"a": 1}.
        #expect(rows == ["many 0 2 8 82", "ran 5 0 0 0"])
    }
}
