import Foundation
import Postgres
import TestSupport
import Testing

@Suite struct OrderCountTests {
    /// So many orders of an account and a generation, one statement.
    private static func orders(_ account: Int, _ count: Int, generation: Int = 1) -> String {
        """
        INSERT INTO orders (paper_account_id, generation, symbol_id, side, quantity, status, reject_reason, ended_at)
          SELECT \(account), \(generation), 1, 'BUY', 1, 'REJECTED', 'MIN_NOTIONAL', now() FROM generate_series(1, \(count))
        """
    }

    private static let accounts = """
        INSERT INTO users (display_name) SELECT 'user ' || i FROM generate_series(1, 3) i;
        INSERT INTO symbols (symbol, name, asset_type) VALUES ('AAPL', 'Apple', 'EQUITY');
        INSERT INTO paper_accounts (user_id, name, starting_balance, cash_balance)
          SELECT id, 'Paper', 100000, 100000 FROM users ORDER BY display_name
        """

    private func counts(_ db: inout Connection) throws -> [Int] {
        try db.run(Query<[Int]>.values("SELECT orders FROM paper_accounts ORDER BY id"))
    }

    /// `V0482__count_paper_orders.sql` on a database that has orders already.
    @Test func `orders that are there are counted, and those that come`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "migrations-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.copyItem(atPath: Repository.migrations, toPath: folder.path)
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) where name >= "V0482" {
            try FileManager.default.removeItem(at: folder.appending(path: name))
        }
        let database = try TestDatabase(migrated: false)
        var db = try database.connect()
        try Migrator(directory: folder.path).apply(to: &db)
        let before = [Self.accounts, Self.orders(1, 3), Self.orders(1, 2, generation: 2), Self.orders(2, 1)]
        try db.script(before.joined(separator: "; "))
        // Somebody who is in the middle of an order is waited for, and is counted.
        var late = try database.connect()
        var patience = Migrator.Patience()
        patience.pauseMilliseconds = 50
        try Migrator(directory: Repository.migrations).apply(
            to: &db, patience: patience,
            waiting: { _ in try? late.script("\(Self.orders(3, 4)); COMMIT") },
            progress: { migration, _ in
                guard migration.version == 482 else { return }
                try? late.script("BEGIN; SELECT FROM paper_accounts WHERE id = 3 FOR UPDATE")
            })
        #expect(try counts(&db) == [5, 1, 4])
        try db.script(Self.orders(2, 1))
        #expect(try counts(&db) == [5, 2, 4])
    }

    @Test func `a statement counts once for each account, however many orders it has`() throws {
        let database = try TestDatabase()
        var db = try database.connect()
        try db.script(Self.accounts)
        let written = try db.transaction { db in
            let versions = Query<Int>.value(
                "SELECT n_tup_upd FROM pg_stat_xact_user_tables WHERE relname = 'paper_accounts'")
            let before = try db.run(versions)
            try db.script(
                """
                INSERT INTO orders (paper_account_id, generation, symbol_id, side, quantity, status, reject_reason, ended_at)
                  SELECT 1 + i % 2, 1, 1, 'BUY', 1, 'REJECTED', 'MIN_NOTIONAL', now() FROM generate_series(1, 3000) i
                """)
            return try db.run(versions) - before
        }
        #expect(try written == 2 && counts(&db) == [1500, 1500, 0])
    }
}
