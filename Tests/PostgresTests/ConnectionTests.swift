import Glibc
import Postgres
import TestSupport
import Testing

@Suite struct ConnectionTests {
    @Test func `a session lives in UTC and UTF-8 with its time-outs and name`() throws {
        var db = try empty.connect(SessionSettings(applicationName: "mine", lockTimeoutMilliseconds: 1500))
        let rows = try db.query(
            """
            SELECT current_setting('TimeZone'), current_setting('client_encoding'), current_setting('statement_timeout'),
                current_setting('lock_timeout'), current_setting('application_name')
            """)
        let values = try (0..<5).map { try rows.string(0, $0) }
        #expect(values == ["UTC", "UTF8", "10s", "1500ms", "mine"])
        #expect(db.serverVersion >= 150_000)
    }

    @Test func `other time-outs hold for the body, and those of before are back after it`() throws {
        var db = try empty.connect(SessionSettings(lockTimeoutMilliseconds: 1500))
        func inForce(_ db: inout Connection) throws -> [String] {
            let rows = try db.query("SELECT current_setting('statement_timeout'), current_setting('lock_timeout')")
            return [try rows.string(0, 0), try rows.string(0, 1)]
        }
        let inside = try db.withTimeouts(statementMilliseconds: 7_000, lockMilliseconds: 300, inForce)
        #expect(inside == ["7s", "300ms"])
        #expect(try db.withTimeouts(lockMilliseconds: 200, inForce) == ["10s", "200ms"])
        #expect(try db.withTimeouts(inForce) == ["10s", "1500ms"])
        // Also when it fails, and took a transaction with it.
        #expect(throws: PostgresError.self) {
            try db.withTimeouts(statementMilliseconds: 7_000) { db in try db.transaction { db in try db.script("x") } }
        }
        #expect(try inForce(&db) == ["10s", "1500ms"])
    }

    @Test func `execute says how many rows it changed`() throws {
        var db = try empty.connect()
        try db.script("CREATE TEMP TABLE t (a int); INSERT INTO t SELECT generate_series(1, 10)")
        let changed = try db.execute("UPDATE t SET a = a WHERE a > $1", [4])
        let none = try db.execute("DELETE FROM t WHERE a > $1", [400])
        #expect(changed == 6)
        #expect(none == 0)
    }

    @Test(
        arguments: [
            ("INSERT INTO t VALUES (1, 1, 1)", .uniqueViolation(constraint: "t_pkey")),
            ("INSERT INTO t VALUES (2, -1, 1)", .checkViolation(constraint: "b_positive")),
            ("INSERT INTO t VALUES (2, 1, 7)", .foreignKeyViolation(constraint: "t_c_fkey")),
            ("INSERT INTO t VALUES (2, NULL, 1)", .notNullViolation(column: "b")),
            ("SELECT pg_sleep(10)", .queryCancelled),
            ("SELECT 1/0", .other(sqlState: "22012")),
            ("SELEC 1", .other(sqlState: "42601")),
            ("", .unexpectedResult),
            ("DO $$ BEGIN RAISE serialization_failure; END $$", .serializationFailure),
            ("DO $$ BEGIN RAISE deadlock_detected; END $$", .deadlock),
            ("DO $$ BEGIN RAISE disk_full; END $$", .diskFull),
        ] as [(String, PostgresError.Code)])
    func `names the refusals that a caller acts on`(_ sql: String, _ expected: PostgresError.Code) throws {
        var db = try empty.connect(SessionSettings(statementTimeoutMilliseconds: 200))
        try db.script(
            """
            CREATE TEMP TABLE t (a int PRIMARY KEY, b int NOT NULL CONSTRAINT b_positive CHECK (b > 0), c int REFERENCES t);
            INSERT INTO t VALUES (1, 1, 1)
            """)
        let code = refusal(of: sql, in: &db)
        #expect(code == expected)
        // A refusal costs the statement, never the session.
        #expect(db.isUsable == true)
        #expect(try db.query("SELECT 1").int(0, 0) == 1)
    }

    @Test func `an error says what and where`() throws {
        var db = try empty.connect()
        do {
            try db.execute("SELECT\n nothing")
            Issue.record("accepted")
        } catch {
            #expect(error.message == "column \"nothing\" does not exist")
            #expect(error.position == 9)
            #expect("\(error)".contains("42703"))
        }
    }

    @Test func `U+0000 in a text is refused before anything is sent`() throws {
        var db = try empty.connect()
        let parameter = refusal(of: "SELECT $1::text", ["a\u{0}b"], in: &db)
        let script = thrown { try db.script("SELECT 1\u{0}; nonsense") }
        #expect(parameter == .invalidParameter)
        #expect(script == .invalidParameter)
    }

    @Test func `a lock that somebody holds is given up in time`() throws {
        let database = try TestDatabase(migrated: false)
        var holder = try database.connect()
        var waiter = try database.connect(SessionSettings(lockTimeoutMilliseconds: 50))
        try holder.script("CREATE TABLE t ()")
        try holder.script("BEGIN; LOCK TABLE t")
        let code = refusal(of: "SELECT FROM t", in: &waiter)
        #expect(code == .lockNotAvailable)
    }

    @Test func `statements are prepared once and the oldest make room`() throws {
        var db = try empty.connect(SessionSettings(statementCacheCapacity: 3))
        for round in 0..<3 {
            for number in 0..<5 { try db.execute("SELECT \(number) + $1::int", [Parameter(round)]) }
        }
        #expect(db.preparedStatementCount == 3)
        try db.execute("SELECT 'used often'")
        for number in 0..<4 {
            try db.execute("SELECT 'used once', \(number)")
            try db.execute("SELECT 'used often'")
        }
        let rows = try db.query("SELECT count(*) FROM pg_prepared_statements WHERE statement = 'SELECT ''used often'''")
        #expect(try rows.int(0, 0) == 1)
        let held = try db.query("SELECT count(*) FROM pg_prepared_statements").int(0, 0)
        #expect(held <= 4)
    }

    @Test func `a plan that was made for an empty table is made again`() throws {
        var db = try empty.connect(SessionSettings(plansOnce: true))
        try db.script(
            "CREATE TEMP TABLE t (a int, b int, c int, wide char(1000), UNIQUE (a, b)); CREATE INDEX t_by_a ON t (a)")
        let sql = "SELECT c FROM t WHERE a = $1 AND b = $2"
        func plan() throws -> String {
            let name = try db.query("SELECT name FROM pg_prepared_statements WHERE statement = $1", [.text(sql)])
            let rows = try db.query("EXPLAIN EXECUTE \(name.string(0, 0))(1, 1)")
            return try (0..<rows.count).map { try rows.string($0, 0) }.joined(separator: "\n")
        }
        // What other sessions do to their tables may throw a plan away at any moment: then it was made for a full one.
        var first = ""
        for _ in 0..<20 where !first.contains("t_by_a") {
            try db.script("TRUNCATE t; ANALYZE t")
            _ = try db.query(sql, [1, 1])
            try db.script("INSERT INTO t SELECT 1, n, n, '' FROM generate_series(1, 2000) n")
            first = try plan()
        }
        #expect(first.contains("t_by_a"), "\(first)")
        for _ in 0..<100 { _ = try db.query(sql, [1, 1]) }
        #expect(try plan().contains("t_a_b_key"))
    }

    @Test func `a table that changed under a prepared statement is read anew`() throws {
        var db = try empty.connect()
        try db.script("CREATE TEMP TABLE t (a int); INSERT INTO t VALUES (1)")
        #expect(try db.query("SELECT * FROM t").columnCount == 1)
        try db.script("ALTER TABLE t ADD COLUMN b int DEFAULT 2")
        let rows = try db.query("SELECT * FROM t")
        #expect(rows.columnCount == 2)
        #expect(try rows.int(0, 1) == 2)
    }

    @Test func `a table that changed in a transaction fails it, and the next try succeeds`() throws {
        var db = try empty.connect()
        try db.script("CREATE TEMP TABLE t (a int); INSERT INTO t VALUES (1)")
        try db.execute("SELECT * FROM t")
        try db.script("ALTER TABLE t ADD COLUMN b int DEFAULT 2")
        let code = thrown { try db.transaction { db in try db.execute("SELECT * FROM t") } }
        #expect(code == .other(sqlState: "0A000"))
        let columns = try db.transaction { db in try db.query("SELECT * FROM t").columnCount }
        #expect(columns == 2)
    }

    @Test func `statements that the server forgot are prepared again`() throws {
        var db = try empty.connect()
        try db.execute("SELECT 1")
        try db.script("DEALLOCATE ALL")
        #expect(try db.query("SELECT 1").int(0, 0) == 1)
    }

    @Test(arguments: [false, true])
    func `a name that the server forgot ends no transaction, and is given back before the next`(_ isBatch: Bool) throws
    {
        var db = try empty.connect(SessionSettings(statementCacheCapacity: 1))
        for number in 0..<3 { try db.execute("SELECT 'before', \(number)") }
        try db.script("DEALLOCATE ALL")
        let sum = try db.transaction { db in
            guard isBatch else { return try db.query("SELECT 40").int(0, 0) + db.query("SELECT 2").int(0, 0) }
            let (first, second) = try db.run(Query<Int>.value("SELECT 40"), Query<Int>.value("SELECT 2"))
            return first + second
        }
        #expect(sum == 42)
        for number in 0..<20 { try db.transaction { db in try db.execute("SELECT 'only in transactions', \(number)") } }
        #expect(try db.query("SELECT count(*) FROM pg_prepared_statements").int(0, 0) <= 3)
    }
}

@Suite struct TransactionTests {
    struct Stop: Error {}

    @Test func `commits when the body returns and gives its value`() throws {
        var db = try empty.connect()
        try db.script("CREATE TEMP TABLE t (a int)")
        let value = try db.transaction { db in
            #expect(db.isInTransaction == true)
            return try db.execute("INSERT INTO t VALUES (1), (2)")
        }
        #expect(value == 2)
        #expect(db.isInTransaction == false)
        #expect(try db.query("SELECT count(*) FROM t").int(0, 0) == 2)
    }

    @Test func `rolls back when the body throws`() throws {
        var db = try empty.connect()
        try db.script("CREATE TEMP TABLE t (a int)")
        #expect(throws: Stop.self) {
            try db.transaction { db in
                try db.execute("INSERT INTO t VALUES (1)")
                throw Stop()
            }
        }
        #expect(db.isInTransaction == false)
        #expect(try db.query("SELECT count(*) FROM t").int(0, 0) == 0)
    }

    @Test func `a failure that the body hid is not taken for a commit`() throws {
        var db = try empty.connect()
        try db.script("CREATE TEMP TABLE t (a int)")
        let code = thrown {
            try db.transaction { db in
                try db.execute("INSERT INTO t VALUES (1)")
                _ = try? db.execute("SELECT 1/0")
            }
        }
        #expect(code == .other(sqlState: "25P02"))
        #expect(db.isInTransaction == false)
        #expect(try db.query("SELECT count(*) FROM t").int(0, 0) == 0)
    }

    @Test func `a constraint checked at commit refuses it`() throws {
        var db = try empty.connect()
        try db.script("CREATE TEMP TABLE t (a int UNIQUE DEFERRABLE INITIALLY DEFERRED)")
        let code = thrown { try db.transaction { db in try db.execute("INSERT INTO t VALUES (1), (1)") } }
        #expect(code == .uniqueViolation(constraint: "t_a_key"))
        #expect(db.isInTransaction == false)
    }

    @Test func `does not nest`() throws {
        var db = try empty.connect()
        let code = thrown { try db.transaction { db in try db.transaction { _ in } } }
        #expect(code == .other(sqlState: "25001"))
    }

    @Test func `a read-only snapshot sees one moment and refuses to write`() throws {
        let database = try TestDatabase(migrated: false)
        var writer = try database.connect()
        var reader = try database.connect()
        try writer.script("CREATE TABLE t (a int)")
        try reader.transaction(.repeatableReadReadOnly) { reader in
            #expect(try reader.query("SELECT count(*) FROM t").int(0, 0) == 0)
            try writer.execute("INSERT INTO t VALUES (1)")
            #expect(try reader.query("SELECT count(*) FROM t").int(0, 0) == 0)
        }
        let code = thrown {
            try reader.transaction(.repeatableReadReadOnly) { db in try db.execute("INSERT INTO t VALUES (1)") }
        }
        #expect(code == .other(sqlState: "25006"))
    }

    @Test func `of two that collide one is told to try again`() throws {
        let database = try TestDatabase(migrated: false)
        var first = try database.connect()
        var second = try database.connect()
        try first.script("CREATE TABLE t (a int); INSERT INTO t VALUES (1)")
        let code = thrown {
            try second.transaction(.repeatableRead) { second in
                try second.execute("SELECT * FROM t")
                try first.execute("UPDATE t SET a = 2")
                try second.execute("UPDATE t SET a = 3")
            }
        }
        #expect(code == .serializationFailure)
    }
}
