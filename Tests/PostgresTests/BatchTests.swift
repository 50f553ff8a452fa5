import Postgres
import Synchronization
import TestSupport
import Testing

/// Several queries in one trip, where that is not as easy as it looks.
@Suite struct BatchTests {
    @Test func `each statement is prepared once, however often and together with which it is run`() throws {
        var db = try empty.connect()
        let one = Query<Int>.value("SELECT 1"), text = Query<String>.value("SELECT $1::text", "x")
        for _ in 1...2 {
            let found = try db.run(one, text, Query<String>.value("SELECT $1::text", "y"), one)
            #expect(found.0 == 1 && found.1 == "x" && found.2 == "y" && found.3 == 1)
        }
        #expect(try db.run(one) == 1)
        #expect(db.preparedStatementCount == 2)
    }

    @Test(arguments: ["INSERT INTO t VALUES (-1)", "INSERT INTO nowhere VALUES (1)"])
    func `outside a transaction all happen or none`(_ bad: String) throws {
        var db = try empty.connect()
        try db.script("CREATE TEMP TABLE t (a bigint CHECK (a > 0))")
        let code = thrown {
            try db.run(.change("INSERT INTO t VALUES (1)"), .change(bad), .change("INSERT INTO t VALUES (2)"))
        }
        #expect(code == .checkViolation(constraint: "t_a_check") || code == .other(sqlState: "42P01"))
        #expect(try db.run(.value("SELECT count(*) FROM t")) == 0)
    }

    @Test func `a table that changed under a prepared batch is no failure`() throws {
        var db = try empty.connect()
        try db.script("CREATE TEMP TABLE t (a bigint); INSERT INTO t VALUES (1)")
        let one = Query<Int>.value("SELECT 1"), columns = Query<Int>("SELECT * FROM t") { rows in rows.columnCount }
        #expect(try db.run(one, columns).1 == 1)
        try db.script("ALTER TABLE t ADD COLUMN b bigint DEFAULT 5")
        #expect(try db.run(one, columns).1 == 2)
        try db.script("ALTER TABLE t ADD COLUMN c bigint DEFAULT 6")
        #expect(try db.transaction(opening: one, columns) { _, _, count in count } == 3)
    }

    @Test func `several tables that changed under one batch are no failure, and in a transaction one that may pass`()
        throws
    {
        var db = try empty.connect()
        try db.script("CREATE TEMP TABLE t (a bigint); CREATE TEMP TABLE u (a bigint); CREATE TEMP TABLE v (a bigint)")
        let columns = ["t", "u", "v"].map { name in Query<Int>("SELECT * FROM \(name)") { rows in rows.columnCount } }
        func counts() throws -> [Int] {
            let (first, second, third) = try db.transaction(opening: columns[0], columns[1], columns[2]) {
                ($1, $2, $3)
            }
            return [first, second, third]
        }
        let change = "ALTER TABLE t ADD COLUMN b int; ALTER TABLE u ADD COLUMN b int; ALTER TABLE v ADD COLUMN b int"
        #expect(try counts() == [1, 1, 1])
        try db.script(change)
        #expect(try counts() == [2, 2, 2])
        try db.script(change.replacing(" b ", with: " c "))
        let refusal = #expect(throws: PostgresError.self) { try db.transaction { db throws in try db.run(columns[0]) } }
        #expect(refusal?.mayPass == true)
        #expect(try columns.map { try db.run($0) } == [3, 3, 3])
    }

    @Test func `a statement goes with the commit, in one trip, and before whatever comes after all`() throws {
        let trips = Atomic(0)
        var settings = SessionSettings()
        settings.afterRoundTrip = { _ in trips.add(1, ordering: .relaxed) }
        var db = try empty.connect(settings)
        try db.script("CREATE TEMP TABLE t (a bigint PRIMARY KEY)")
        let count = Query<Int>.value("SELECT count(*) FROM t")
        try db.transaction(opening: count) { db, before in
            #expect(before == 0)
            let begun = trips.load(ordering: .relaxed)
            db.runWithCommit(.change("INSERT INTO t VALUES (1)"))
            #expect(trips.load(ordering: .relaxed) == begun)
            trips.store(0, ordering: .relaxed)
        }
        #expect(trips.load(ordering: .relaxed) == 1 && !db.isInTransaction)
        #expect(try db.run(count) == 1)
        try db.transaction { db throws in
            db.runWithCommit(.change("INSERT INTO t VALUES (2)"))
            db.runWithCommit(.change("INSERT INTO t VALUES (3)"))
            #expect(try db.run(count) == 3)
            db.runWithCommit(.change("INSERT INTO t VALUES (4)"))
            #expect(try db.run(count, count) == (4, 4))
        }
        #expect(try db.run(count) == 4)
    }

    @Test func `changes whose number nobody knows beforehand are one trip, or none`() throws {
        let trips = Atomic(0)
        var settings = SessionSettings()
        settings.afterRoundTrip = { _ in trips.add(1, ordering: .relaxed) }
        var db = try empty.connect(settings)
        try db.script("CREATE TEMP TABLE t (a bigint PRIMARY KEY)")
        trips.store(0, ordering: .relaxed)
        #expect(try db.run((1...5).map { Query<Int>.change("INSERT INTO t VALUES ($1)", $0) }) == [1, 1, 1, 1, 1])
        #expect(try db.run([]) == [])
        #expect(try db.run([.change("DELETE FROM t WHERE a > 2")]) == [3])
        #expect(trips.load(ordering: .relaxed) == 2)
        #expect(thrown { try db.run([.change("DELETE FROM t"), .change("INSERT INTO t VALUES ('x')")]) } != nil)
        #expect(try db.run(Query<Int>.value("SELECT count(*) FROM t")) == 2)
    }

    @Test func `a statement that goes with the commit fails the transaction, and goes with it`() throws {
        var db = try empty.connect()
        try db.script("CREATE TEMP TABLE t (a bigint PRIMARY KEY)")
        let code = thrown {
            try db.transaction { db in
                try db.run(Query<Int>.change("INSERT INTO t VALUES (1)"))
                db.runWithCommit(.change("INSERT INTO t VALUES (1)"))
            }
        }
        #expect(code == .uniqueViolation(constraint: "t_pkey") && db.isUsable && !db.isInTransaction)
        #expect(
            thrown {
                try db.transaction { db in
                    db.runWithCommit(.change("INSERT INTO t VALUES (2)"))
                    throw PostgresError(.diskFull, "")
                }
            } == .diskFull)
        // Nor does it wait for the next one.
        try db.transaction { db in try db.run(Query<Int>.change("INSERT INTO t VALUES (3)")) }
        #expect(try db.run(Query<[Int]>.values("SELECT a FROM t")) == [3])
        // One in which a statement failed already, and nobody took note, is not committed.
        let failed = thrown {
            try db.transaction { db in
                _ = try? db.run(Query<Int>.change("INSERT INTO t VALUES (3)"))
                db.runWithCommit(.change("INSERT INTO t VALUES (4)"))
            }
        }
        #expect(failed == .other(sqlState: "25P02") && !db.isInTransaction)
        #expect(try db.run(Query<[Int]>.values("SELECT a FROM t")) == [3])
    }

    @Test func `more than any buffer holds goes both ways`() throws {
        var db = try empty.connect()
        let text = String(repeating: "x", count: 2_000_000)
        let echo = Query<String>.value("SELECT $1::text", text)
        let found = try db.run(echo, echo, echo, echo)
        #expect([found.0, found.1, found.2, found.3].allSatisfy { $0.utf8.count == 2_000_000 })
    }

    @Test func `a session that is gone is noticed`() throws {
        let database = try TestDatabase(migrated: false)
        var db = try database.connect()
        let pid = try db.run(Query<Int>.value("SELECT pg_backend_pid()"))
        var other = try database.connect()
        try other.run(.change("SELECT pg_terminate_backend($1, 10000)", pid))
        let one = Query<Int>.value("SELECT 1")
        #expect(thrown { try db.run(one, one) } == .connectionLost)
        #expect(db.isUsable == false)
    }
}
