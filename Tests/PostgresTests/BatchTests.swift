import Postgres
import TestSupport
import Testing

@Suite struct BatchTests {
    @Test func `answers come in the order of the statements`() throws {
        var db = try empty.connect()
        try db.script("CREATE TEMP TABLE t (a bigint)")
        for round in 1...2 {
            var answers = try db.batch([
                Statement("INSERT INTO t SELECT generate_series(1, $1::int)", [3]), Statement("SELECT count(*) FROM t"),
                Statement("SELECT $1::text", ["x"]), Statement("SELECT $1::text", ["y"]),
            ])
            #expect(answers.nextCount() == 3)
            let count = answers.next()
            #expect(try count.int(0, 0) == 3 * round)
            let x = answers.next()
            #expect(try x.string(0, 0) == "x")
            // The last answer is left: it goes with the answers.
        }
        #expect(db.preparedStatementCount == 3)
    }

    @Test func `outside a transaction all happen or none`() throws {
        var db = try empty.connect()
        try db.script("CREATE TEMP TABLE t (a bigint CHECK (a > 0))")
        for bad in ["INSERT INTO t VALUES (-1)", "INSERT INTO nowhere VALUES (1)"] {
            let code = thrown {
                _ = try db.batch([
                    Statement("INSERT INTO t VALUES (1)"), Statement(bad), Statement("INSERT INTO t VALUES (2)"),
                ])
            }
            let isCheck = code == .checkViolation(constraint: "t_a_check")
            #expect(isCheck || code == .other(sqlState: "42P01"))
            #expect(try db.query("SELECT count(*) FROM t").int(0, 0) == 0)
        }
    }

    @Test func `a transaction opens with statements, and ends as its body does`() throws {
        var db = try empty.connect()
        try db.script("CREATE TEMP TABLE t (a bigint)")
        let first = Statement("INSERT INTO t VALUES (1)")
        try db.transaction(opening: [first, Statement("SELECT count(*) FROM t")]) { db, answers in
            #expect(answers.nextCount() == 1)
            let count = answers.next()
            #expect(try count.int(0, 0) == 1)
            try db.execute("INSERT INTO t VALUES (2)")
        }
        struct Stop: Error {}
        #expect(throws: Stop.self) { try db.transaction(opening: [first]) { _, _ in throw Stop() } }
        let refused = thrown { try db.transaction(opening: [Statement("SELECT nothing")]) { _, _ in } }
        #expect(refused == .other(sqlState: "42703"))
        #expect(db.isInTransaction == false)
        #expect(try db.query("SELECT count(*) FROM t").int(0, 0) == 2)
    }

    @Test func `a table that changed under a prepared batch is no failure`() throws {
        var db = try empty.connect()
        try db.script("CREATE TEMP TABLE t (a bigint); INSERT INTO t VALUES (1)")
        let all = [Statement("SELECT 1"), Statement("SELECT * FROM t")]
        _ = try db.batch(all)
        try db.script("ALTER TABLE t ADD COLUMN b bigint DEFAULT 5")
        var answers = try db.batch(all)
        _ = answers.next()
        let rows = answers.next()
        #expect(try rows.int(0, 1) == 5)
        try db.script("ALTER TABLE t ADD COLUMN c bigint DEFAULT 6")
        let third = try db.transaction(opening: all) { _, answers in
            _ = answers.next()
            return try answers.next().int(0, 2)
        }
        #expect(third == 6)
    }

    @Test func `more than any buffer holds goes both ways`() throws {
        var db = try empty.connect()
        let text = String(repeating: "x", count: 1_000_000)
        var answers = try db.batch((0..<8).map { _ in Statement("SELECT $1::text", [.text(text)]) })
        for _ in 0..<8 {
            let rows = answers.next()
            #expect(try rows.string(0, 0).utf8.count == 1_000_000)
        }
    }

    @Test func `a session that is gone is noticed`() throws {
        let database = try TestDatabase(migrated: false)
        var db = try database.connect()
        let pid = try db.query("SELECT pg_backend_pid()").int(0, 0)
        var other = try database.connect()
        try other.execute("SELECT pg_terminate_backend($1, 10000)", [Parameter(pid)])
        let code = thrown { _ = try db.batch([Statement("SELECT 1"), Statement("SELECT 2")]) }
        #expect(code == .connectionLost)
        #expect(db.isUsable == false)
    }
}
