import Foundation
import Postgres
import TestSupport
import Testing

/// `V0490__practise_on_several_symbols.sql` to V0492 on a database with practice, and a process of the release before beside a
/// newer one.
@Suite struct PracticeUpgradeTests {
    private static let files = 490...492
    private static let before = "'00000000-0000-4000-9000-000000000001'"

    private static func database() throws -> TestDatabase {
        let folder = FileManager.default.temporaryDirectory.appending(path: "migrations-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.copyItem(atPath: Repository.migrations, toPath: folder.path)
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path)
        where Int(name.dropFirst().prefix(4)) ?? 0 >= files.lowerBound {
            try FileManager.default.removeItem(at: folder.appending(path: name))
        }
        let database = try TestDatabase(migrated: false)
        var db = try database.connect()
        try Migrator(directory: folder.path).apply(to: &db)
        try db.script(
            """
            INSERT INTO users (id) VALUES (\(Seed.user));
            INSERT INTO symbols (symbol, name, asset_type) VALUES ('AAPL', 'Apple', 'EQUITY'), ('MSFT', 'Microsoft', 'EQUITY');
            \(opened(before, 2)); \(moved(before)); \(ordered(before, "FILLED")); \(ordered(before, "PENDING"))
            """)
        let applied = try Migrator(directory: Repository.migrations).apply(to: &db)
        #expect(applied.map(\.version).starts(with: files))
        return database
    }

    // As the release before writes.

    private static func opened(_ id: String, _ symbol: Int) -> String {
        """
        INSERT INTO replays (id, user_id, symbol_id, interval, starting_balance, cash, fee_bps, last_price, first_bar, clock)
        VALUES (\(id), \(Seed.user), \(symbol), '1d', 1000, 1000, 0, 10, '2020-01-02Z', '2020-01-02Z')
        """
    }

    private static func moved(_ id: String) -> String {
        """
        UPDATE replays SET cash = 980, quantity = 2, cost_basis = 20, last_price = 11, clock = '2020-01-03Z', bars = 1,
          is_over = false WHERE id = \(id)
        """
    }

    private static func ordered(_ id: String, _ status: String) -> String {
        """
        INSERT INTO replay_orders (replay_id, side, order_type, status, quantity, avg_fill_price, price_as_of, notional, fee,
          active_from, ended_at)
        VALUES (\(id), 'BUY', 'MARKET', '\(status)', 2, \(status == "FILLED" ? "10, now(), 20, 0" : "NULL, NULL, NULL, NULL"),
          now(), \(status == "FILLED" ? "now()" : "NULL"))
        """
    }

    // As this one does.

    private static func openedNow(_ id: String, _ symbols: [Int]) -> String {
        let held = symbols.enumerated().map { "(\(id), \($1), \($0 + 1), 10, '2020-01-02Z')" }
        return """
            INSERT INTO replays (id, user_id, interval, starting_balance, cash, fee_bps, first_bar, clock)
            VALUES (\(id), \(Seed.user), '1d', 1000, 1000, 0, '2020-01-02Z', '2020-01-02Z');
            INSERT INTO replay_holdings (replay_id, symbol_id, position, last_price, last_bar)
            VALUES \(held.joined(separator: ", "))
            """
    }

    private static func movedNow(_ id: String) -> String {
        """
        UPDATE replays SET cash = 970, clock = '2020-01-06Z', bars = 2, is_over = true WHERE id = \(id);
        UPDATE replay_holdings SET quantity = 3, cost_basis = 30, last_price = 12, last_bar = '2020-01-06Z'
        WHERE replay_id = \(id) AND position = 1
        """
    }

    /// What either of them finds of a replay.
    private static func told(_ id: String, _ db: inout Connection) throws -> [String] {
        try db.run(
            .values(
                """
                SELECT concat_ws(' ', 'before', symbol_id, quantity::float, cost_basis::float, last_price::float, clock::date)
                FROM replays WHERE id = \(id)
                UNION ALL (SELECT concat_ws(' ', 'now', symbol_id, quantity::float, cost_basis::float, last_price::float,
                  last_bar::date) FROM replay_holdings WHERE replay_id = \(id) ORDER BY position)
                """))
    }

    @Test func `practice that was open goes on with what it holds`() throws {
        let database = try Self.database()
        var db = try database.connect()
        #expect(
            try Self.told(Self.before, &db) == ["before 2 2 20 11 2020-01-03", "now 2 2 20 11 2020-01-03"])
        #expect(
            try db.run(Query<[Int]>.values("SELECT symbol_id FROM replay_orders ORDER BY sequence")) == [2, 2])
        #expect(try db.run(Query<Int>.value("SELECT speed FROM replays")) == 4)
        // What is over stays as it was.
        #expect(
            refusal(of: "UPDATE replay_orders SET fee = 1 WHERE status = 'FILLED'", in: &db)
                == .checkViolation(constraint: "replay_orders_end_is_final"))
        try db.script("DELETE FROM replays")
        #expect(try db.run(Query<Int>.value("SELECT count(*) FROM replay_orders")) == 0)
        #expect(try db.run(Query<Int>.value("SELECT count(*) FROM replay_holdings")) == 0)
    }

    @Test func `two releases side by side find the same, whoever writes`() throws {
        let database = try Self.database()
        var db = try database.connect()
        let old = "'00000000-0000-4000-9000-000000000002'", new = "'00000000-0000-4000-9000-000000000003'"
        try db.script("\(Self.opened(old, 1)); \(Self.ordered(old, "PENDING"))")
        #expect(try Self.told(old, &db) == ["before 1 0 0 10 2020-01-02", "now 1 0 0 10 2020-01-02"])
        #expect(
            try db.run(Query<[Int]>.values("SELECT symbol_id FROM replay_orders WHERE replay_id = \(old)")) == [1])
        try db.script(Self.moved(old))
        #expect(try Self.told(old, &db) == ["before 1 2 20 11 2020-01-03", "now 1 2 20 11 2020-01-03"])
        try db.script(Self.movedNow(old))
        #expect(try Self.told(old, &db) == ["before 1 3 30 12 2020-01-06", "now 1 3 30 12 2020-01-06"])
        try db.script(Self.openedNow(new, [2]))
        #expect(try Self.told(new, &db) == ["before 2 0 0 10 2020-01-02", "now 2 0 0 10 2020-01-02"])
        try db.script("\(Self.movedNow(new)); \(Self.ordered(new, "FILLED"))")
        #expect(try Self.told(new, &db) == ["before 2 3 30 12 2020-01-06", "now 2 3 30 12 2020-01-06"])
    }

    @Test func `the release before finds no practice on several symbols, which it could not go on with`() throws {
        let database = try Self.database()
        var db = try database.connect()
        let several = "'00000000-0000-4000-9000-000000000004'"
        try db.script("\(Self.openedNow(several, [2, 1])); \(Self.movedNow(several))")
        #expect(
            try Self.told(several, &db) == [
                "before 0 0 2020-01-06", "now 2 3 30 12 2020-01-06", "now 1 0 0 10 2020-01-02",
            ])
        let found = "SELECT count(*) FROM replays r JOIN symbols s ON s.id = r.symbol_id WHERE r.id = \(several)"
        #expect(try db.run(Query<Int>.value(found)) == 0)
        #expect(
            refusal(of: Self.ordered(several, "PENDING"), in: &db) != nil, "an order of none of them")
    }
}
