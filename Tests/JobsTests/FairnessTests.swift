import Postgres
import TestSupport
import Testing

@testable import Jobs

/// Who is served when many users wait.
@Suite struct FairnessTests {
    static let database = try! TestDatabase()

    private func users(_ count: Int, _ db: inout Connection) throws -> [String] {
        try (0..<count).map { _ in
            try db.query("INSERT INTO users (display_name) VALUES ('Waiting') RETURNING id").string(0, 0)
        }
    }

    /// Leases until nothing is left, at most `limit` jobs, and tells whose they were.
    private func serve(_ type: String, limit: Int = .max, _ db: inout Connection) throws -> [String] {
        var order: [String] = []
        while order.count < limit, let lease = try Queue.lease(type, worker: "w/1/a", in: &db) {
            order.append(try db.query("SELECT user_id FROM jobs WHERE id = $1::uuid", [.text(lease.id)]).string(0, 0))
            try Queue.finish(lease, in: &db)
        }
        return order
    }

    /// The longest that a user's n-th job waited, in jobs served before it, against what n turns of those who wait cost.
    @Test func `ten users take turns, however many jobs one of them has`() throws {
        var db = try Self.database.connect()
        let users = try users(10, &db)
        let counts = [500, 1, 20, 20, 3, 50, 20, 7, 20, 100]
        for (user, count) in zip(users, counts) {
            for _ in 0..<count { _ = try Queue.enqueue("turns", userID: user, in: &db) }
        }
        let order = try serve("turns", &db)
        #expect(order.count == counts.reduce(0, +))
        for (user, count) in zip(users, counts) {
            let places = order.indices.filter { order[$0] == user }
            #expect(places.count == count)
            for (turn, place) in places.enumerated() {
                // Before the n-th job of anybody, nobody has more than n.
                let fair = counts.reduce(0) { $0 + min($1, turn + 1) }
                #expect(place < fair, "job \(turn + 1) of a user with \(count) came as number \(place + 1)")
            }
        }
    }

    @Test func `who comes later is not behind all who came before`() throws {
        var db = try Self.database.connect()
        let users = try users(3, &db)
        for _ in 0..<200 { _ = try Queue.enqueue("late", userID: users[0], in: &db) }
        #expect(try serve("late", limit: 120, &db).count == 120)
        for _ in 0..<3 { _ = try Queue.enqueue("late", userID: users[1], in: &db) }
        let next = try serve("late", limit: 6, &db)
        #expect(next.filter { $0 == users[1] }.count == 3)
        // One job after another, each sent when the last has ended, shares alike.
        for _ in 0..<5 {
            _ = try Queue.enqueue("late", userID: users[2], in: &db)
            #expect(try serve("late", limit: 2, &db).contains(users[2]))
        }
    }

    @Test func `a job that waits for its time holds nobody's turn back`() throws {
        var db = try Self.database.connect()
        let users = try users(3, &db)
        for (user, count) in zip(users, [1, 40]) {
            for _ in 0..<count { _ = try Queue.enqueue("later", userID: user, in: &db) }
        }
        try db.execute(
            "UPDATE jobs SET run_after = clock_timestamp() + interval '1 hour' WHERE job_type = 'later' AND user_id = $1::uuid",
            [.text(users[0])])
        #expect(try serve("later", limit: 20, &db).allSatisfy { $0 == users[1] })
        for _ in 0..<20 { _ = try Queue.enqueue("later", userID: users[2], in: &db) }
        #expect(try serve("later", limit: 20, &db).filter { $0 == users[1] }.count == 10)
    }

    @Test func `a cancelled job's turn goes to its user's later jobs`() throws {
        var db = try Self.database.connect()
        let users = try users(2, &db)
        let mine = try (0..<10).map { _ in try Queue.enqueue("moved", userID: users[0], in: &db) }
        for _ in 0..<10 { _ = try Queue.enqueue("moved", userID: users[1], in: &db) }
        for id in mine.prefix(9) { #expect(try Queue.cancel(id, in: &db) == .cancelled) }
        #expect(try serve("moved", limit: 2, &db).contains(users[0]))
    }

    @Test func `jobs sent at the same time take different turns`() throws {
        var db = try Self.database.connect()
        let users = try users(2, &db)
        try inParallel(6) { _ in
            var db = try Self.database.connect()
            for _ in 0..<10 { _ = try Queue.enqueue("at_once", userID: users[0], in: &db) }
        }
        let turns = try db.query("SELECT count(DISTINCT turn), count(*) FROM jobs WHERE job_type = 'at_once'")
        #expect(try turns.int(0, 0) == 60 && turns.int(0, 1) == 60)
    }

    @Test(arguments: [1_000, 100_000])
    func `taking a job looks at a few rows of an index, however many wait`(_ count: Int) throws {
        let database = try TestDatabase()
        var db = try database.connect(SessionSettings(statementTimeoutMilliseconds: 60_000))
        // Turns as the trigger would give them, which takes a while for so many.
        try db.script(
            """
            INSERT INTO users (display_name) SELECT 'Waiting' FROM generate_series(1, \(count / 20));
            ALTER TABLE jobs DISABLE TRIGGER jobs_take_turn;
            INSERT INTO jobs (job_type, user_id, turn)
              SELECT 'many', u.id, n FROM generate_series(1, 20) n, users u;
            ALTER TABLE jobs ENABLE TRIGGER jobs_take_turn;
            ANALYZE jobs
            """)
        for sql in [Queue.leaseSQL, "INSERT INTO jobs (job_type, user_id) SELECT $1, id FROM users LIMIT 1"] {
            var text = sql
            for (place, value) in [
                "$1": sql == Queue.leaseSQL ? "'{none,many}'" : "'many'", "$2": "'w/1/a'", "$3": "30", "$4": "'{3,3}'",
            ] {
                text = text.replacing(place, with: value)
            }
            let plan = try db.query("EXPLAIN (ANALYZE, BUFFERS) " + text)
            let lines = try (0..<plan.count).map { try plan.string($0, 0) }
            #expect(!lines.contains { $0.contains("Seq Scan on jobs") || $0.contains("Sort") }, "\(lines)")
            // Pages of all kinds, the written ones included; a walk over all rows of the large table has thousands.
            let pages = lines.first { $0.contains("Buffers:") }.map { line in
                line.split(separator: "hit=").dropFirst().compactMap { Int($0.prefix { $0.isNumber }) }.reduce(0, +)
            }
            #expect((pages ?? .max) < 300, "\(lines)")
        }
    }
}
