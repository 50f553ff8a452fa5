import Postgres
import TestSupport
import Testing

@Suite struct UsageCountTests {
    /// `V0530__count_trials.sql` on a database that has trials already, and what comes after it.
    @Test func `trials that are there are counted, and so are those that come`() throws {
        let database = try TestDatabase.lacking { $0 >= "V0530" }
        var db = try database.connect()
        func add(_ numbers: ClosedRange<Int>, to owner: String) throws {
            try db.script(
                """
                INSERT INTO trials (owner_id, lineage_id, definition_hash, settings_hash, symbol_id, timeframe,
                  window_start, window_end, returns_count, block_counts, block_sums, block_squares)
                SELECT u.id, CASE WHEN u.id IS NOT NULL THEN gen_random_uuid() END, repeat('ab', 32), repeat('ab', 32), s.id,
                  '1d', '2020-01-01', '2020-12-31', 0, array_fill(0, ARRAY[16]), array_fill(0::float8, ARRAY[16]),
                  array_fill(0::float8, ARRAY[16])
                FROM generate_series(\(numbers.lowerBound), \(numbers.upperBound)) i CROSS JOIN symbols s
                LEFT JOIN users u ON u.display_name = '\(owner)'
                """)
        }
        try db.script(
            """
            INSERT INTO symbols (symbol, name, asset_type) VALUES ('X', 'X', 'EQUITY');
            INSERT INTO users (display_name) VALUES ('many'), ('none'), ('ran');
            INSERT INTO user_usage (user_id, runs, equity_points) SELECT id, 5, 6 FROM users WHERE display_name = 'ran'
            """)
        try add(1...3, to: "many")
        try add(1...2, to: "ran")
        try add(1...4, to: "who has left")
        try Migrator(directory: Repository.migrations).apply(to: &db)
        try add(5...9, to: "ran")
        try add(5...5, to: "none")
        try add(5...5, to: "who has left")
        let rows: [String] = try db.run(
            .values(
                """
                SELECT display_name || ' ' || runs || ' ' || trials FROM user_usage JOIN users ON users.id = user_id
                ORDER BY 1
                """))
        #expect(rows == ["many 0 3", "none 0 1", "ran 5 7"])
    }

    /// `V0327__count_strategies.sql` on a database that has strategies already.
    @Test func `strategies that are there are counted, deleted ones with what they keep`() throws {
        let database = try TestDatabase.lacking { $0 >= "V0327" }
        var db = try database.connect()
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

    /// A count of every row would cost the square of their number: a transaction passes all versions of the row it counts in.
    @Test func `a statement counts once, however many rows it changes`() throws {
        let database = try TestDatabase()
        var db = try database.connect()
        let users = "SELECT id FROM users WHERE display_name = 'many'"
        try db.script(
            """
            INSERT INTO users (display_name) VALUES ('many'), ('few');
            INSERT INTO strategies (user_id, lineage_id, name, asset_type, timeframe)
              SELECT id, gen_random_uuid(), 'mine', 'EQUITY', '1d' FROM users WHERE display_name = 'few'
            """)
        for statement in [
            """
            INSERT INTO strategies (user_id, lineage_id, name, description, asset_type, timeframe)
              SELECT (\(users)), gen_random_uuid(), 's' || i, 'é', 'EQUITY', '1d' FROM generate_series(1, 3000) i
            """,
            """
            INSERT INTO strategy_versions (strategy_id, version_number, definition_json, definition_hash)
              SELECT id, i, jsonb_build_object('a', i), repeat('ab', 32) FROM strategies, generate_series(1, 2) i
            """, "UPDATE strategies SET name = name || '!', is_active = name LIKE '%1' WHERE user_id = (\(users))",
            "UPDATE strategies SET updated_at = now()", "DELETE FROM strategy_versions WHERE version_number = 2",
            "DELETE FROM strategy_versions", "DELETE FROM strategies WHERE user_id = (\(users))",
        ] {
            let written = try db.transaction { db in
                let counts = Query<Int>.value(
                    "SELECT n_tup_ins + n_tup_upd FROM pg_stat_xact_user_tables WHERE relname = 'user_usage'")
                let before = try db.run(counts)
                try db.execute(statement)
                return try db.run(counts) - before
            }
            #expect(written <= 2, "once for each of two users: \(statement)")
            let differing = try db.query(
                """
                SELECT u.display_name FROM users u JOIN user_usage c ON c.user_id = u.id
                WHERE (c.strategies, c.strategy_versions, c.strategy_bytes) <> (
                  SELECT count(*) FILTER (WHERE s.is_active), coalesce(sum(v.count), 0)::bigint,
                    coalesce(sum(octet_length(s.name) + octet_length(s.description) + v.bytes), 0)::bigint
                  FROM strategies s CROSS JOIN LATERAL (
                    SELECT count(*), coalesce(sum(octet_length(definition_json::text)), 0) AS bytes FROM strategy_versions
                    WHERE strategy_id = s.id
                  ) AS v
                  WHERE s.user_id = u.id)
                """)
            #expect(differing.count == 0, "\(statement)")
        }
        #expect(try db.query("SELECT sum(strategies)::bigint FROM user_usage").int(0, 0) == 1)
    }
}
