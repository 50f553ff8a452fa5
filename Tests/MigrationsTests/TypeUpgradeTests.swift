import Postgres
import TestSupport
import Testing

/// `V0470__check_the_ledger_by_types.sql` and `V0471__check_runs_and_trials_by_types.sql` on tables that hold rows: what their
/// CHECKs said of a column its type says from then on.
@Suite struct TypeUpgradeTests {
    private static let tables = [
        "paper_accounts", "orders", "executions", "positions", "paper_equity_points", "backtest_runs", "trials",
    ]

    /// With rows in each of the tables, and the largest and the smallest numbers that they take among them.
    private static func old() throws -> TestDatabase {
        let database = try TestDatabase.lacking { $0 >= "V0470" }
        var db = try database.connect()
        let largest = "9999999999999999.999999999999", dear = "9999999999999999.99"
        let entry = "'00000000-0000-4000-8000-0000000000b1'"
        let waiting = ["status": "'PENDING'", "reject_reason": "NULL", "side": "'BUY'"]
        func order(_ name: String, _ changes: [String: String]) -> String {
            Seed.insert("orders", waiting.merging(["client_order_id": "'\(name)'"]) { $1 }.merging(changes) { $1 })
        }
        let statements =
            [Seed.olderTables] + tables.map { Seed.insert($0) } + [
                order("limit", ["order_type": "'LIMIT'", "limit_price": largest, "held_cash": dear]),
                order("both", ["order_type": "'STOP_LIMIT'", "limit_price": "1e-12", "stop_price": "1e-12"]),
                order(
                    "entry",
                    [
                        "id": entry, "role": "'ENTRY'", "order_type": "'LIMIT'", "limit_price": "5", "stop_loss": "4.5",
                        "take_profit": "6.25", "content_hash": "sha256('c')", "detail": "repeat('ä', 500)",
                        "time_in_force": "'DAY'",
                    ]),
                order(
                    "exit",
                    [
                        "side": "'SELL'", "role": "'STOP_LOSS'", "entry_order_id": entry, "order_type": "'STOP'",
                        "stop_price": "4.5", "reduce_only": "true", "quantity": "0.00000001",
                    ]),
                Seed.insert("orders", ["quantity": "0", "client_order_id": "NULL", "reject_reason": "'MIN_NOTIONAL'"]),
                "UPDATE paper_accounts SET fee_bps = 12.5, min_fee = 1000 WHERE user_id = \(Seed.other)",
                Seed.insert("backtest_runs", ["idempotency_key": "NULL", "request_hash": "NULL", "job_id": "NULL"]),
            ]
        for statement in statements { try db.script(statement) }
        return database
    }

    /// Every row there is, one a line, and the file that the table lies in. Accounts count their orders since V0482.
    private static func contents(_ table: String, _ db: inout Connection) throws -> [String] {
        try db.run(
            .values(
                """
                SELECT line FROM (SELECT (to_jsonb(t) - 'orders')::text AS line FROM \(table) t
                  UNION ALL SELECT pg_relation_filenode('\(table)')::text) AS l ORDER BY line
                """))
    }

    @discardableResult
    private static func migrate(_ db: inout Connection) throws -> [Migration] {
        try Migrator(directory: Repository.migrations).apply(to: &db)
    }

    @Test func `rows that are there stay as they are, in the files that they are in, and keep every rule`() throws {
        let database = try Self.old()
        var db = try database.connect()
        let before = try Self.tables.map { try Self.contents($0, &db) }
        #expect(before.allSatisfy { $0.count >= 2 }, "\(before.map(\.count))")
        try Self.migrate(&db)
        for (table, rows) in zip(Self.tables, before) { #expect(try Self.contents(table, &db) == rows, "\(table)") }
        // The upgrade does not look through them by the rules of the types, which are those that the tables had.
        let rules = try db.run(
            Query<[String]>.values(
                """
                SELECT format('ALTER DOMAIN %I VALIDATE CONSTRAINT %I', t.typname, c.conname)
                FROM pg_constraint c JOIN pg_type t ON t.oid = c.contypid WHERE NOT c.convalidated ORDER BY 1
                """))
        #expect(rules.count >= 19, "\(rules)")
        for rule in rules { #expect(throws: Never.self, "\(rule)") { try db.script(rule) } }
        // They move on as before.
        #expect(
            try db.execute("UPDATE orders SET limit_price = 7, held_cash = 0.01 WHERE client_order_id = 'limit'") == 1)
        #expect(refusal(of: "UPDATE orders SET limit_price = 0 WHERE client_order_id = 'limit'", in: &db) != nil)
        #expect(refusal(of: "UPDATE orders SET content_hash = NULL WHERE role = 'ENTRY'", in: &db) != nil)
        #expect(refusal(of: "UPDATE trials SET returns_count = 7", in: &db) != nil)
        #expect(
            try db.execute("UPDATE backtest_runs SET job_id = NULL WHERE status = 'completed'") == 3, "runs, too")
    }

    /// Such as somebody's repair by hand has left them.
    @Test(arguments: [
        ("orders", "orders_end", "held_cash = 1 WHERE status = 'REJECTED'", "held_cash = 0 WHERE status = 'REJECTED'"),
        ("positions", "positions_nothing_costs_nothing", "quantity = 0", "quantity = 1"),
        ("backtest_runs", "backtest_runs_periods_per_year", "periods_per_year = 8760", "periods_per_year = 252"),
        ("trials", "trials_block_counts", "returns_count = returns_count + 7", "returns_count = returns_count - 7"),
    ])
    func `an upgrade names the rule that a row breaks, and ends once that is mended`(
        _ table: String, _ rule: String, _ spoil: String, _ mend: String
    ) throws {
        let database = try Self.old()
        var db = try database.connect(), hand = try database.connect()
        let definition = try hand.run(
            Query<String>.value("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = '\(rule)'"))
        // Past every trigger.
        try hand.script(
            """
            SET session_replication_role = replica;
            ALTER TABLE \(table) DROP CONSTRAINT \(rule);
            UPDATE \(table) SET \(spoil);
            ALTER TABLE \(table) ADD CONSTRAINT \(rule) \(definition) NOT VALID
            """)
        let fault = #expect(throws: MigrationError.self) { try Self.migrate(&db) }
        let words = fault?.message ?? ""
        #expect(words.contains("V0473__validate_shorter_checks.sql") && words.contains("\"\(rule)\""), "\(words)")
        try hand.script("UPDATE \(table) SET \(mend)")
        try Self.migrate(&db)
        #expect(try Migrator(directory: Repository.migrations).pending(of: &db) == [])
    }

    @Test func `a row that breaks the rule of a type is named where somebody asks`() throws {
        let database = try Self.old()
        var db = try database.connect()
        try db.script(
            """
            ALTER TABLE orders DROP CONSTRAINT orders_stop_loss;
            UPDATE orders SET stop_loss = 0 WHERE role = 'ENTRY';
            ALTER TABLE orders ADD CONSTRAINT orders_stop_loss CHECK (stop_loss > 0) NOT VALID
            """)
        try Self.migrate(&db)
        let fault = #expect(throws: PostgresError.self) {
            try db.script("ALTER DOMAIN exact_price VALIDATE CONSTRAINT exact_price")
        }
        #expect(fault?.message.contains("\"stop_loss\" of table \"orders\"") == true, "\(fault as Any)")
    }
}
