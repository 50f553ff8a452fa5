import Glibc
import Postgres
import Synchronization
import TestSupport
import Testing

/// Behind the real PgBouncer, which has a single session for all of its clients: what one of them left in it, the next
/// would find.
@Suite struct PoolerTests {
    private static let pooler: TestPooler = {
        do { return try TestPooler(before: TestCluster.shared.directory, sessions: 1) } catch { fatalError("\(error)") }
    }()

    // A pool of its own for each test, or one would wait for another.
    private let database: TestDatabase

    init() throws { database = try TestDatabase(migrated: false) }

    private func connect(statement: Int = 10_000, lock: Int = 0) throws -> Connection {
        try Connection(
            Self.pooler.conninfo(database: database.name),
            SessionSettings(
                statementTimeoutMilliseconds: statement, lockTimeoutMilliseconds: lock, plansOnce: true, isPooled: true)
        )
    }

    private func setting(_ name: String) -> Query<String> { .value("SELECT current_setting($1)", name) }

    @Test func `clients take turns with a session, in which no statement stays`() throws {
        var first = try connect(), second = try connect()
        let sum = Query<Int>.value("SELECT $1::int + $2::int", 2, 3), text = Query<String>.value("SELECT $1::text", "x")
        for _ in 1...3 {
            #expect(try first.run(sum) == 5 && second.run(sum) == 5)
            let both = try second.run(sum, text, sum)
            #expect(both.0 == 5 && both.1 == "x" && both.2 == 5)
            #expect(try first.snapshot(text, sum) == ("x", 5))
            let opened = try second.transaction(opening: sum, text) { db, sum, text in
                "\(sum)\(text)\(try db.run(.value("SELECT $1::int", 7)) as Int)"
            }
            #expect(opened == "5x7")
        }
        #expect(try first.run(.value("SELECT count(*) FROM pg_prepared_statements")) == 0)
        #expect(first.preparedStatementCount == 0 && second.preparedStatementCount == 0)
    }

    @Test func `what is asked together is one trip, with the time-outs in it`() throws {
        let trips = Atomic(0)
        var settings = SessionSettings(statementTimeoutMilliseconds: 4_000, isPooled: true)
        settings.afterRoundTrip = { _ in trips.add(1, ordering: .relaxed) }
        var db = try Connection(Self.pooler.conninfo(database: database.name), settings)
        let one = Query<Int>.value("SELECT 1")
        _ = try db.run(one)
        _ = try db.run(one, one, one)
        _ = try db.snapshot(one, one)
        #expect(trips.load(ordering: .relaxed) == 3)
        // Its commit is the other one.
        #expect(try db.transaction(opening: setting("statement_timeout")) { _, found in found } == "4s")
        #expect(trips.load(ordering: .relaxed) == 5)
    }

    @Test func `time-outs are those of each client, and nobody else finds them`() throws {
        var first = try connect(statement: 7_000, lock: 300), second = try connect(statement: 9_000)
        for _ in 1...2 {
            #expect(try first.run(setting("statement_timeout"), setting("lock_timeout")) == ("7s", "300ms"))
            #expect(try second.run(setting("statement_timeout")) == "9s")
            #expect(try first.transaction { db in try db.run(setting("statement_timeout")) } == "7s")
            #expect(try second.snapshot(setting("statement_timeout"), setting("lock_timeout")) == ("9s", "0"))
        }
        try first.setTimeouts(statementMilliseconds: 8_000, lockMilliseconds: 0)
        #expect(try first.run(setting("statement_timeout")) == "8s")
        try first.transaction { db in
            try db.setTimeouts(statementMilliseconds: 6_000, lockMilliseconds: 0)
            #expect(try db.run(setting("statement_timeout")) == "6s")
        }
        // As somebody who says nothing about time would find it.
        var plain = try Connection(
            Self.pooler.conninfo(database: database.name),
            SessionSettings(statementTimeoutMilliseconds: 0, isPooled: true))
        try plain.script("SET statement_timeout = DEFAULT")
        #expect(try plain.run(setting("statement_timeout"), setting("enable_seqscan")) == ("0", "on"))
    }

    @Test func `what takes too long is cancelled, alone, among others and in a transaction`() throws {
        var db = try connect(statement: 100)
        let sleep = Query<Int>.change("SELECT pg_sleep(20)")
        let codes = [
            thrown { try db.run(sleep) }, thrown { try db.run(.value("SELECT 1") as Query<Int>, sleep) },
            thrown { try db.transaction { db in try db.run(sleep) } },
            thrown { try db.transaction(opening: sleep) { _, _ in } },
            thrown {
                try db.transaction { db in try db.each(.values("SELECT pg_sleep(20)::text") as Query<[String]>) { _ in }
                }
            },
            thrown { try db.script("SELECT pg_sleep(20)") },
        ]
        #expect(codes.allSatisfy { $0 == .queryCancelled }, "\(codes)")
        #expect(try db.isUsable && !db.isInTransaction && db.run(.value("SELECT 1")) == 1)
    }

    @Test(arguments: [Isolation.readCommitted, .repeatableRead, .serializable])
    func `a transaction is as isolated as it wants to be`(_ isolation: Isolation) throws {
        var db = try connect()
        let level = setting("transaction_isolation")
        let name = isolation.rawValue.dropFirst("ISOLATION LEVEL ".count).lowercased()
        #expect(try db.transaction(isolation) { db in try db.run(level) } == name)
        #expect(try db.transaction(isolation, opening: level) { _, found in found } == name)
        #expect(try db.run(level) == "read committed")
    }

    @Test func `outside a transaction all happen or none, rows come one by one, and COPY stores them`() throws {
        var direct = try database.connect()
        try direct.script("CREATE TABLE t (a integer CHECK (a > 0))")
        var db = try connect()
        let code = thrown { try db.run(.change("INSERT INTO t VALUES (1)"), .change("INSERT INTO t VALUES (-1)")) }
        #expect(code == .checkViolation(constraint: "t_a_check"))
        #expect(try db.run(.change("INSERT INTO t SELECT generate_series(1, $1::int)", 1_000)) == 1_000)
        let copied = try db.transaction { db in
            try db.copyIn("COPY t FROM STDIN (FORMAT binary)") { writer in
                try writer.row(columns: 1)
                writer.int32(5)
            }
        }
        #expect(copied == 1)
        struct Enough: Error {}
        #expect(throws: Enough.self) {
            try db.transaction(.repeatableReadReadOnly) { db in
                try db.each(.values("SELECT a FROM t, generate_series(1, 10000)") as Query<[Int]>) { _ in throw Enough()
                }
            }
        }
        #expect(try db.run(.value("SELECT count(*) FROM t")) == 1_001)
    }

    @Test func `a statement that goes with the commit goes with it`() throws {
        var direct = try database.connect()
        try direct.script("CREATE TABLE t (a bigint PRIMARY KEY)")
        var db = try connect()
        try db.transaction { db in db.runWithCommit(.change("INSERT INTO t VALUES (1)")) }
        let code = thrown {
            try db.transaction { db in db.runWithCommit(.change("INSERT INTO t VALUES (1)")) }
        }
        #expect(code == .uniqueViolation(constraint: "t_pkey"))
        #expect(try db.run(.value("SELECT count(*) FROM t")) == 1)
    }

    @Test func `a server's session that ends is missed only by who is in the middle of a transaction`() throws {
        var admin = try TestCluster.shared.connectAsAdmin()
        let pid = Query<Int>.value("SELECT pg_backend_pid()")
        func end(_ pid: Int) throws {
            try admin.run(.change("SELECT pg_terminate_backend($1)", pid))
            let isGone = try eventually {
                try admin.run(.value("SELECT count(*) FROM pg_stat_activity WHERE pid = $1", pid)) == 0
            }
            #expect(isGone)
        }
        var session = Session(
            Self.pooler.conninfo(database: database.name), SessionSettings(isPooled: true))
        let before = try session.use { db in try db.run(pid) }
        try end(before)
        // The pooler learns of it in its own time.
        #expect(try session.use(repeatable: true) { db in try db.run(pid) } != before)
        #expect(throws: Session.UnavailableError.self) {
            try session.use { db in
                try db.transaction { db in
                    try end(try db.run(pid))
                    try db.run(pid)
                }
            }
        }
        #expect(try session.use { db in try db.run(.value("SELECT 1")) } == 1)
    }

    @Test func `whether a pooler answers can be told`() throws {
        var pooled = try connect(), direct = try database.connect()
        #expect(try pooled.meetsPooler() && !direct.meetsPooler())
    }
}

extension TestCluster {
    fileprivate func connectAsAdmin() throws -> Connection { try Connection(conninfo(database: "postgres")) }
}
