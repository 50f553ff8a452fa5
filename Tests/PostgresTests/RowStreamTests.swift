import Postgres
import TestSupport
import Testing

@Suite struct RowStreamTests {
    struct Enough: Error {}

    /// Made as they are asked for: behind FROM all of them would be there first.
    private func numbers(_ count: Int) -> Query<[Int]> {
        .all("SELECT generate_series(1, $1::int)", count) { row in try row.next() }
    }

    @Test(arguments: [0, 1, 2, 10_000])
    func `rows come one by one and in order`(_ count: Int) throws {
        var db = try empty.connect()
        var seen: [Int] = []
        try db.transaction { db in try db.each(numbers(count)) { seen.append($0) } }
        #expect(seen == Array(0..<count).map { $0 + 1 })
        #expect(try db.query("SELECT 1").int(0, 0) == 1)
    }

    @Test func `what is read whole elsewhere comes in parts of one row`() throws {
        var db = try empty.connect()
        let chunks = Query("SELECT array[i, i * 10] FROM generate_series(1, 3) i") { rows in
            try (0..<rows.count).flatMap { try rows.ints($0, 0) }
        }
        #expect(try db.run(chunks) == [1, 10, 2, 20, 3, 30])
        var parts: [[Int]] = []
        try db.transaction { db in try db.eachPart(chunks) { parts.append($0) } }
        #expect(parts == [[1, 10], [2, 20], [3, 30]])
    }

    @Test func `what comes next comes as ever`() throws {
        var db = try empty.connect()
        for enough in [1, 4] {
            try? db.transaction { db in try db.each(numbers(3)) { if $0 == enough { throw Enough() } } }
            let (first, second) = try db.run(numbers(2), numbers(3))
            #expect(first == [1, 2] && second == [1, 2, 3])
        }
    }

    @Test func `who has enough stops the statement, and the session goes on`() throws {
        var db = try empty.connect()
        var seen = 0
        #expect(throws: Enough.self) {
            try db.transaction { db in
                try db.each(numbers(50_000_000)) { number in
                    seen = number
                    if number == 3 { throw Enough() }
                }
            }
        }
        #expect(seen == 3)
        #expect(db.isUsable == true)
        #expect(db.isInTransaction == false)
        #expect(try db.query("SELECT 1").int(0, 0) == 1)
    }

    @Test func `a statement that fails on the way says so after the rows that came`() throws {
        var db = try empty.connect()
        var seen = 0
        let failing = Query<[Int]>.all("SELECT 10 / (3 - i) FROM generate_series(1, 5) i") { row in try row.next() }
        #expect(throws: PostgresError.self) { try db.transaction { db in try db.each(failing) { _ in seen += 1 } } }
        #expect(seen == 2)
        #expect(try db.query("SELECT 1").int(0, 0) == 1)
        let broken = Query<[Int]>.all("SELECT nothing") { row in try row.next() }
        #expect(throws: PostgresError.self) { try db.transaction { db in try db.each(broken) { _ in } } }
        #expect(db.isUsable == true)
    }

    @Test func `a plan that a migration made stale passes, as with every other statement`() throws {
        var db = try empty.connect()
        try db.script("CREATE TEMP TABLE t (a int); INSERT INTO t VALUES (1)")
        let whole = Query<[Int]>.all("SELECT a FROM t") { row in try row.next() }
        try db.transaction { db in try db.each(whole) { _ in } }
        try db.script("ALTER TABLE t ALTER a TYPE bigint")
        #expect { try db.transaction { db in try db.each(whole) { _ in } } } throws: { error in
            (error as? PostgresError)?.mayPass == true
        }
        try db.transaction { db in try db.each(whole) { #expect($0 == 1) } }
    }

    @Test func `outside a transaction nothing is begun`() throws {
        var db = try empty.connect()
        #expect(throws: PostgresError.self) { try db.each(numbers(3)) { _ in } }
        #expect(try db.query("SELECT 1").int(0, 0) == 1)
    }
}
