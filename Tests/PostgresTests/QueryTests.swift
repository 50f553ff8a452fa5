import Postgres
import TestSupport
import Testing

private enum Colour: String, ColumnValue, ParameterValue { case red, green }

private struct Item: Equatable {
    let id: Int
    let name: String?
    let colour: Colour

    init(id: Int, name: String?, colour: Colour) { (self.id, self.name, self.colour) = (id, name, colour) }

    init(_ row: inout RowReader) throws {
        (id, name, colour) = (try row.next(), try row.next(), try row.next())
    }
}

@Suite struct QueryTests {
    private static let items = """
        CREATE TEMP TABLE items (id int, name text, colour text);
        INSERT INTO items VALUES (1, 'a', 'red'), (2, NULL, 'green')
        """

    @Test func `rows are read by the order and types of their columns`() throws {
        var db = try empty.connect()
        try db.script(Self.items)
        let all = try db.run(.all("SELECT id, name, colour FROM items ORDER BY id", read: Item.init))
        #expect(all == [Item(id: 1, name: "a", colour: .red), Item(id: 2, name: nil, colour: .green)])
        let green = Query.first("SELECT * FROM items WHERE colour = $1", Colour.green, read: Item.init)
        #expect(try db.run(green) == all[1])
        #expect(try db.run(.first("SELECT * FROM items WHERE id = $1", 3, read: Item.init)) == nil)
        #expect(try db.run(.one("SELECT * FROM items WHERE id = $1", 1, read: Item.init)) == all[0])
        #expect(try db.run(.value("SELECT count(*) FROM items")) == 2)
        #expect(try db.run(.values("SELECT name FROM items ORDER BY id")) == ["a", nil] as [String?])
        #expect(try db.run(.change("UPDATE items SET name = $1 WHERE name IS NULL", nil as String?)) == 1)
        #expect(try db.run(.value("SELECT count(*) FROM items").map { $0 * 10 }) == 20)
    }

    @Test func `values travel there and back`() throws {
        var db = try empty.connect()
        #expect(try db.run(.value("SELECT $1::int[]", [1, -2])) == [1, -2])
        #expect(try db.run(.value("SELECT $1::float8[]", [0.1, 1e300])) == [0.1, 1e300])
        #expect(try db.run(.value("SELECT $1::text[]", ["a\"b", "", "NULL", "{}\\"])) == ["a\"b", "", "NULL", "{}\\"])
        #expect(try db.run(.value("SELECT $1::bytea", [0, 255] as [UInt8])) == [0, 255] as [UInt8])
        #expect(try db.run(.value("SELECT $1::boolean", true)) == true)
        #expect(try db.run(.value("SELECT $1::text", nil as String?)) == nil as String?)
        #expect(try db.run(.value("SELECT $1::numeric(10, 2)", "12.5")) == "12.50")
    }

    @Test(arguments: [
        ("a word that is not on the list", "SELECT 1, 'a', 'blue'", "is not a Colour"),
        ("a null", "SELECT 1, 'a', NULL", "it is null"),
        ("another type", "SELECT 'x', 'a', 'red'", "is not an integer"),
        ("a column too few", "SELECT 1, 'a'", "only 2 columns"),
        ("a column too many", "SELECT 1, 'a', 'red', 2", "4 columns, of which 3 were read"),
        ("two rows for one", "SELECT 1, 'a', 'red' UNION ALL SELECT 2, 'b', 'red'", "2 rows"),
    ])
    func `a row that is not as expected is an error, never some other row`(
        _ what: String, _ sql: String, _ message: String
    ) throws {
        var db = try empty.connect()
        let error = #expect(throws: PostgresError.self) { try db.run(.first(sql, read: Item.init)) }
        #expect(
            error?.code == .unexpectedResult && error?.message.contains(message) == true, "\(what): \(error as Any)")
        #expect(try db.run(.value("SELECT 1")) == 1, "the session goes on")
    }

    @Test func `several answers come in one trip, in the order of the statements`() throws {
        var db = try empty.connect()
        try db.script("CREATE TEMP TABLE t (a bigint CHECK (a > 0))")
        let (added, count, words) = try db.run(
            .change("INSERT INTO t SELECT generate_series(1, $1::int)", 3), Query<Int>.value("SELECT count(*) FROM t"),
            Query<[String]>.values("SELECT unnest($1::text[])", ["x", "y"]))
        #expect(added == 3 && count == 3 && words == ["x", "y"])
        #expect(throws: PostgresError.self) {
            try db.run(.change("INSERT INTO t VALUES (5)"), .change("INSERT INTO t VALUES (-5)"))
        }
        #expect(try db.run(.value("SELECT count(*) FROM t")) == 3, "outside a transaction all happen or none")
    }

    @Test func `changes of any number come in one trip with what is asked after them`() throws {
        var db = try empty.connect()
        try db.script("CREATE TEMP TABLE t (a bigint CHECK (a > 0))")
        func adding(_ number: Int) -> Query<Int> { .change("INSERT INTO t VALUES ($1)", number) }
        let count = Query<Int>.value("SELECT count(*) FROM t"),
            sum = Query<Int>.value("SELECT coalesce(sum(a), 0)::int FROM t")
        for numbers in [[], [4], [1, 2]] {
            let before = try db.run(count, sum), after = try db.run(numbers.map(adding), then: count, sum)
            #expect(after.0 == before.0 + numbers.count && after.1 == before.1 + numbers.reduce(0, +))
        }
        #expect(throws: PostgresError.self) { try db.run([adding(5), adding(-5)], then: count, sum) }
        #expect(try db.run(count) == 3, "outside a transaction all happen or none")
    }

    @Test func `a snapshot is of one moment and leaves no transaction`() throws {
        var db = try empty.connect()
        try db.script("CREATE TABLE moments (a int); INSERT INTO moments VALUES (1)")
        var other = try empty.connect()
        let (before, _, after) = try db.snapshot(
            Query<Int>.value("SELECT count(*) FROM moments"), Query<String>.value("SELECT pg_sleep(0)::text"),
            Query<Int>.value("SELECT count(*) FROM moments"))
        #expect(before == 1 && after == 1 && db.isInTransaction == false)
        #expect(throws: PostgresError.self) { try db.snapshot(.change("INSERT INTO moments VALUES (2)")) }
        try other.script("ALTER TABLE moments ADD b int")
        #expect(try db.snapshot(Query<Int>.value("SELECT count(*) FROM moments")) == 1)
        let columns = Query<[Int]>.all("SELECT * FROM moments") { row in
            let a = try row.next(Int.self)
            _ = try row.next(Int?.self)
            return a
        }
        #expect(try db.snapshot(columns) == [1])
        try other.script("ALTER TABLE moments DROP b; ALTER TABLE moments ADD c int")
        #expect(try db.snapshot(columns) == [1], "a table that changed under a prepared statement is no failure")
    }

    @Test func `what waits for the commit happens after it, in order, and never without it`() throws {
        struct Stop: Error {}
        var db = try empty.connect()
        let happened = Box<[Int]>([])
        func note(_ number: Int, _ db: inout Connection) {
            db.afterCommit { happened.withLock { $0.append(number) } }
        }
        try db.transaction(opening: Query<Int>.value("SELECT 1")) { db, _ in
            note(1, &db)
            note(2, &db)
            #expect(happened.withLock { $0 }.isEmpty)
        }
        #expect(throws: Stop.self) {
            try db.transaction { db in
                note(3, &db)
                throw Stop()
            }
        }
        #expect(throws: PostgresError.self) {
            try db.transaction { db in
                note(4, &db)
                _ = try? db.execute("SELECT nothing")
            }
        }
        note(5, &db)
        try db.transaction { db in note(6, &db) }
        #expect(happened.withLock { $0 } == [1, 2, 5, 6])
    }

    @Test func `a transaction opens with statements and ends as its body does`() throws {
        var db = try empty.connect()
        try db.script("CREATE TEMP TABLE t (a bigint)")
        let first = Query.change("INSERT INTO t VALUES (1)")
        try db.transaction(opening: first, Query<Int>.value("SELECT count(*) FROM t")) { db, added, count in
            #expect(added == 1 && count == 1)
            try db.run(.change("INSERT INTO t VALUES (2)"))
        }
        struct Stop: Error {}
        #expect(throws: Stop.self) { try db.transaction(opening: first) { _, _ in throw Stop() } }
        #expect(throws: PostgresError.self) {
            try db.transaction(opening: Query<Int>.value("SELECT nothing")) { _, _ in }
        }
        let corrupt = Query<Colour>.value("SELECT 'blue'")
        #expect(throws: PostgresError.self) { try db.transaction(opening: first, corrupt) { _, _, _ in } }
        #expect(db.isInTransaction == false)
        #expect(try db.run(.value("SELECT count(*) FROM t")) == 2)
    }
}
