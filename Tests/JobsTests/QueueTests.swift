import Postgres
import Synchronization
import TestSupport
import Testing

@testable import Jobs

@Suite struct QueueTests {
    static let database = try! TestDatabase()

    /// Every test works on a type of its own, so that they can run side by side.
    private func connect() throws -> Connection { try Self.database.connect() }

    private func expire(_ id: String, _ db: inout Connection) throws {
        try db.execute(
            "UPDATE jobs SET lease_until = clock_timestamp() - interval '1 second' WHERE id = $1::uuid", [.text(id)])
    }

    private func status(_ id: String, _ db: inout Connection) throws -> String {
        try db.query("SELECT status FROM jobs WHERE id = $1::uuid", [.text(id)]).string(0, 0)
    }

    @Test func `a job is leased once, oldest first`() throws {
        var a = try connect(), b = try connect()
        let first = try Queue.enqueue("once", payload: "{\"n\": 1}", in: &a)
        let second = try Queue.enqueue("once", in: &a)
        let one = try #require(try Queue.lease("once", worker: "w/1/a", in: &a))
        let two = try #require(try Queue.lease("once", worker: "w/2/b", in: &b))
        #expect(one.id == first && two.id == second)
        #expect(one.payload == "{\"n\": 1}" && one.attempt == 1)
        #expect(try Queue.lease("once", worker: "w/1/a", in: &a) == nil)
    }

    @Test func `a job that another worker is just taking is passed over`() throws {
        var a = try connect(), b = try connect()
        _ = try Queue.enqueue("locked", in: &a)
        let taken = try a.transaction { a in
            (try Queue.lease("locked", worker: "w/1/a", in: &a), try Queue.lease("locked", worker: "w/2/b", in: &b))
        }
        #expect(taken.0 != nil && taken.1 == nil)
    }

    @Test func `a job given back waits again at once with its attempt, and nobody gives back another's`() throws {
        var db = try connect()
        let id = try Queue.enqueue("returned", in: &db)
        let first = try #require(try Queue.lease("returned", worker: "w/1/a", in: &db))
        try Queue.giveBack(first, in: &db)
        #expect(try status(id, &db) == "pending")
        let second = try #require(try Queue.lease("returned", worker: "w/1/a", in: &db))
        #expect(second.id == id && second.attempt == 1 && second.fence == 2)
        try Queue.giveBack(first, in: &db)
        #expect(try Queue.lease("returned", worker: "w/1/a", in: &db) == nil)
        try Queue.finish(second, in: &db)
        try Queue.giveBack(second, in: &db)
        #expect(try status(id, &db) == "completed")
    }

    @Test func `a lease that was given back is lost, also when its worker takes the same attempt again`() throws {
        var db = try connect()
        let id = try Queue.enqueue("fenced", in: &db)
        let old = try #require(try Queue.lease("fenced", worker: "w/1/a", in: &db))
        try Queue.giveBack(old, in: &db)
        let new = try #require(try Queue.lease("fenced", worker: "w/1/a", in: &db))
        #expect(new.worker == old.worker && new.attempt == old.attempt)
        #expect(throws: LeaseLostError(id: id)) { try Queue.finish(old, in: &db) }
        #expect(throws: LeaseLostError(id: id)) { _ = try Queue.progress(old, 0.5, in: &db) }
        #expect(throws: LeaseLostError(id: id)) { try Queue.fail(old, in: &db) }
        try Queue.finish(new, result: "{\"b\":1,\"a\":2}", in: &db)
        let result = try db.query("SELECT result_json::text FROM jobs WHERE id = $1::uuid", [.text(id)]).string(0, 0)
        #expect(result == "{\"b\":1,\"a\":2}")
    }

    @Test func `what takes the database down whenever it is tried ends, too`() throws {
        var db = try connect()
        let id = try Queue.enqueue("fatal", in: &db)
        var leases = 0
        while let lease = try Queue.lease("fatal", worker: "w/1/a", in: &db) {
            leases += 1
            try Queue.giveBackInterrupted(lease, in: &db)
        }
        #expect(leases == Queue.maximumForgivenInterruptions + Queue.maximumAttempts)
        #expect(try Queue.giveUp("fatal", in: &db) == [id])
    }

    @Test func `a worker's stop costs no attempt and no turn, however often`() throws {
        var db = try connect()
        let id = try Queue.enqueue("stopped", in: &db)
        _ = try Queue.enqueue("stopped", in: &db)
        // First it waits for a full disk.
        for _ in 0..<2 * Queue.maximumForgivenLeases {
            let lease = try #require(try Queue.lease("stopped", worker: "w/1/a", in: &db))
            #expect(lease.id == id)
            try Queue.postpone(lease, afterSeconds: 0, in: &db)
        }
        for stop in 0..<2 * Queue.maximumForgivenLeases {
            let lease = try #require(try Queue.lease("stopped", worker: "w/\(stop)/a", in: &db))
            #expect(lease.id == id && lease.attempt == 1)
            try Queue.giveBack(lease, in: &db)
        }
        let lease = try #require(try Queue.lease("stopped", worker: "w/1/a", in: &db))
        try Queue.giveBackInterrupted(lease, in: &db)
        #expect(try Queue.lease("stopped", worker: "w/1/a", in: &db)?.attempt == 1)
    }

    /// What the database has no room for, so many times.
    private final class Crowded: JobKind {
        static let name = "crowded_out"
        static let attempts = 2
        let timeoutMilliseconds = 1_000
        let refusals: Mutex<Int>

        init(refusals: Int) { self.refusals = Mutex(refusals) }

        func run(_ payload: NoPayload, _ job: inout RunningJob, in db: inout Connection) throws -> JobResult {
            let isFull = refusals.withLock { refusals in
                refusals -= 1
                return refusals >= 0
            }
            if isFull { throw PostgresError(.diskFull, "no space left on device") }
            return .completed(nil)
        }
    }

    /// Does the job as often as it is there, without waiting for its time.
    private func work(_ kind: Crowded, _ db: inout Connection) throws -> Int {
        var attempts = 0
        while true {
            try db.execute(
                "UPDATE jobs SET run_after = now() WHERE job_type = $1 AND status = 'pending'", [.text(Crowded.name)])
            try db.execute(
                "UPDATE jobs SET lease_until = now() WHERE job_type = $1 AND status = 'running'", [.text(Crowded.name)])
            guard try kind.runNext(as: "test", in: &db, report: { _ in }) else { return attempts }
            attempts += 1
        }
    }

    @Test func `a job that waits for its turn waits for days, and says for what`() throws {
        let database = try TestDatabase()
        var db = try database.connect()
        let id = try db.query(
            """
            INSERT INTO jobs (job_type, created_at) VALUES ('stopped', now() - make_interval(hours => $1::int)) RETURNING id
            """, [Parameter(2 * Queue.forgivenHours)]
        ).string(0, 0)
        for turn in 0..<2 * Queue.maximumForgivenLeases {
            let lease = try #require(try Queue.lease("stopped", worker: "w/\(turn)/a", in: &db))
            #expect(lease.id == id && lease.attempt == 1)
            try Queue.putOff(lease, afterSeconds: 0, for: JobEnd(.failed, code: "FULL", "Others come first."), in: &db)
        }
        let row = try db.query(
            "SELECT status, attempts::text, error_message FROM jobs WHERE id = $1::uuid", [.text(id)])
        #expect(try [row.string(0, 0), row.string(0, 1), row.string(0, 2)] == ["pending", "0", "Others come first."])
    }

    @Test func `a database that is full for hours loses no job, but none is tried for ever`() throws {
        let database = try TestDatabase()
        var db = try database.connect()
        let id = try Crowded.enqueue(in: &db)
        #expect(try work(Crowded(refusals: 40), &db) == 41)
        #expect(try status(id, &db) == "completed")
        let old = try db.query(
            """
            INSERT INTO jobs (job_type, created_at) VALUES ('crowded_out', now() - make_interval(hours => $1::int))
            RETURNING id
            """, [Parameter(Queue.forgivenHours)]
        ).string(0, 0)
        // What waited for days is not lost to a moment's trouble, and not tried for ever either.
        #expect(try work(Crowded(refusals: 5), &db) == 6)
        #expect(try status(old, &db) == "completed")
        let older = try db.query(
            """
            INSERT INTO jobs (job_type, created_at) VALUES ('crowded_out', now() - make_interval(hours => $1::int))
            RETURNING id
            """, [Parameter(Queue.forgivenHours)]
        ).string(0, 0)
        #expect(try work(Crowded(refusals: 400), &db) < 30)
        #expect(try status(older, &db) == "failed")
    }

    @Test func `what was wished to stop is cancelled, also when it is given up`() throws {
        var db = try connect()
        let ids = try (0..<2).map { _ in try Queue.enqueue("wished_away", in: &db) }
        for _ in 0..<Queue.maximumAttempts * 2 {
            _ = try #require(try Queue.lease("wished_away", worker: "w/1/a", in: &db))
            for id in ids { try expireIfRunning(id, &db) }
        }
        #expect(try Queue.cancel(ids[0], in: &db) == .running)
        let given = try db.run(Queue.givingUp([.init("wished_away")]))
        #expect(given.first { $0.id == ids[0] }?.end == JobEnd(.cancelled, code: nil, "Cancelled on request."))
        #expect(given.first { $0.id == ids[1] }?.end.code == Queue.attemptsExhausted)
        #expect(try ids.map { try status($0, &db) } == ["cancelled", "failed"])
    }

    private func expireIfRunning(_ id: String, _ db: inout Connection) throws {
        if try status(id, &db) == "running" { try expire(id, &db) }
    }

    @Test func `a worker's host sees which of its jobs are to stop, wherever that was wished`() throws {
        var db = try connect(), elsewhere = try connect()
        let ids = try (0..<3).map { _ in try Queue.enqueue("wished", in: &db) }
        for worker in ["w/1/wished", "w/1/wished", "w/2/wished"] {
            _ = try #require(try Queue.lease("wished", worker: worker, in: &db))
        }
        #expect(try db.run(Queue.cancelRequested(of: "w/1/wished")) == [])
        for id in ids[1...] { #expect(try Queue.cancel(id, in: &elsewhere) == .running) }
        #expect(try db.run(Queue.cancelRequested(of: "w/1/wished")) == [ids[1]])
    }

    @Test func `a lease lasts as long as its worker said, also when it is renewed`() throws {
        var db = try connect()
        let id = try Queue.enqueue("brief", in: &db)
        let lease = try #require(try Queue.lease("brief", worker: "w/1/a", seconds: 0.5, in: &db))
        func left() throws -> Double {
            try db.query(
                "SELECT extract(epoch FROM lease_until - clock_timestamp())::float8 FROM jobs WHERE id = $1::uuid",
                [.text(id)]
            ).double(0, 0)
        }
        #expect(try left() <= 0.5)
        try expire(id, &db)
        #expect(try Queue.progress(lease, 0.5, in: &db))
        let renewed = try left()
        #expect(renewed > -0.5 && renewed <= 0.5)
    }

    @Test func `of many workers no two get the same job`() throws {
        var db = try connect()
        try db.execute("INSERT INTO jobs (job_type) SELECT 'contested' FROM generate_series(1, 200)")
        let leased = try inParallel(4) { worker in
            var db = try Self.database.connect()
            var ids: [String] = []
            while let lease = try Queue.lease("contested", worker: "w/\(worker)/a", in: &db) { ids.append(lease.id) }
            return ids
        }.flatMap { $0 }
        #expect(leased.count == 200)
        #expect(Set(leased).count == 200)
    }

    @Test func `results computed under a lost lease are rolled back with the finish`() throws {
        var db = try connect()
        let id = try Queue.enqueue("outrun", in: &db)
        let old = try #require(try Queue.lease("outrun", worker: "w/1/a", in: &db))
        try expire(id, &db)
        _ = try #require(try Queue.lease("outrun", worker: "w/2/b", in: &db))
        #expect(throws: LeaseLostError(id: id)) {
            try db.transaction { db in
                try db.script("CREATE TABLE results_of_outrun (x int)")
                try Queue.finish(old, in: &db)
            }
        }
        #expect(try db.query("SELECT to_regclass('results_of_outrun') IS NULL").bool(0, 0) == true)
    }

    @Test func `only the holder of the newest lease can finish`() throws {
        var db = try connect()
        let id = try Queue.enqueue("stale", in: &db)
        let old = try #require(try Queue.lease("stale", worker: "w/1/a", in: &db))
        try expire(id, &db)
        let new = try #require(try Queue.lease("stale", worker: "w/2/b", in: &db))
        #expect(new.id == id && new.attempt == 2)
        #expect(throws: LeaseLostError(id: id)) { try Queue.finish(old, in: &db) }
        #expect(throws: LeaseLostError(id: id)) { _ = try Queue.progress(old, 0.5, in: &db) }
        #expect(throws: LeaseLostError(id: id)) { try Queue.fail(old, in: &db) }
        try Queue.finish(new, in: &db)
        #expect(try status(id, &db) == "completed")
        #expect(throws: LeaseLostError(id: id)) { try Queue.finish(new, in: &db) }
    }

    @Test func `a job that ends every worker is given up after three attempts`() throws {
        var db = try connect()
        let id = try Queue.enqueue("poison", in: &db)
        for attempt in 1...Queue.maximumAttempts {
            let lease = try #require(try Queue.lease("poison", worker: "w/\(attempt)/a", in: &db))
            #expect(lease.attempt == attempt)
            try expire(id, &db)
        }
        #expect(try Queue.lease("poison", worker: "w/9/a", in: &db) == nil)
        #expect(try Queue.giveUp("poison", in: &db) == [id])
        #expect(try Queue.giveUp("poison", in: &db) == [])
        #expect(try status(id, &db) == "failed")
    }

    @Test func `progress renews the lease and hears of a wish to stop`() throws {
        var db = try connect()
        let id = try Queue.enqueue("watched", in: &db)
        let lease = try #require(try Queue.lease("watched", worker: "w/1/a", in: &db))
        #expect(try Queue.progress(lease, 0.5, in: &db))
        #expect(try Queue.cancel(id, in: &db) == .running)
        #expect(try !Queue.progress(lease, 0.4, in: &db))
        let row = try db.query(
            "SELECT progress, lease_until > clock_timestamp() FROM jobs WHERE id = $1::uuid", [.text(id)])
        #expect(try row.double(0, 0) == 0.5)
        #expect(try row.bool(0, 1))
        try db.run(Queue.failing(lease, JobEnd(.cancelled, code: nil, "Cancelled on request.")))
        #expect(try Queue.cancel(id, in: &db) == .cancelled)
    }

    @Test func `a waiting job is cancelled at once, an unknown one is not there`() throws {
        var db = try connect()
        let id = try Queue.enqueue("waiting", in: &db)
        #expect(try Queue.cancel(id, in: &db) == .cancelled)
        #expect(try Queue.lease("waiting", worker: "w/1/a", in: &db) == nil)
        #expect(try Queue.cancel("00000000-0000-0000-0000-000000000000", in: &db) == nil)
    }

    @Test func `a dedupe key is free again when its job has ended`() throws {
        var db = try connect()
        let id = try Queue.enqueue("single", dedupeKey: "single/1", in: &db)
        #expect(throws: PostgresError.self) { _ = try Queue.enqueue("single", dedupeKey: "single/1", in: &db) }
        _ = try Queue.cancel(id, in: &db)
        _ = try Queue.enqueue("single", dedupeKey: "single/1", in: &db)
    }

    @Test func `a name is held by one session, and its dead processes' jobs come back at once`() throws {
        var db = try connect(), other = try connect()
        let id = try Queue.enqueue("reclaimed", in: &db)
        _ = try #require(try Queue.lease("reclaimed", worker: "host_a/1/dead", in: &db))
        let mine = try Queue.enqueue("reclaimed", in: &db)
        _ = try #require(try Queue.lease("reclaimed", worker: "host_a/2/alive", in: &db))
        let foreign = try Queue.enqueue("reclaimed", in: &db)
        _ = try #require(try Queue.lease("reclaimed", worker: "hostxa/1/other", in: &db))
        #expect(try db.run(Queue.holdingName("host_a")))
        #expect(try !other.run(Queue.holdingName("host_a")))
        #expect(try db.run(Queue.reclaiming(name: "host_a", for: "host_a/2/alive")) == 1)
        let again = try #require(try Queue.lease("reclaimed", worker: "host_a/2/alive", in: &db))
        #expect(again.id == id && again.attempt == 2)
        #expect(try status(mine, &db) == "running" && status(foreign, &db) == "running")
    }

    @Test func `a job waits for its time, and a failure that may pass makes it wait again`() throws {
        var db = try connect()
        func due(_ id: String) throws {
            try db.run(.change("UPDATE jobs SET run_after = clock_timestamp() WHERE id = $1::uuid", id))
        }
        let id = try Queue.enqueue("timed", afterSeconds: 60, in: &db)
        #expect(try Queue.lease("timed", worker: "w/1/a", in: &db) == nil)
        try due(id)
        let first = try #require(try Queue.lease("timed", worker: "w/1/a", in: &db))
        try db.run(Queue.retrying(first, afterSeconds: 60, JobEnd(.failed, code: "AWAY", "Nobody was there.")))
        #expect(throws: LeaseLostError(id: id)) { try Queue.finish(first, in: &db) }
        #expect(try Queue.lease("timed", worker: "w/1/a", in: &db) == nil)
        let waiting = try db.query(
            """
            SELECT status, attempts, error_code, round(extract(epoch FROM run_after - clock_timestamp()))::int
            FROM jobs WHERE id = $1::uuid
            """, [.text(id)])
        #expect(try waiting.string(0, 0) == "pending" && waiting.int(0, 1) == 1 && waiting.string(0, 2) == "AWAY")
        #expect(try (55...60).contains(waiting.int(0, 3)))
        try due(id)
        let second = try #require(try Queue.lease("timed", worker: "w/1/a", in: &db))
        #expect(second.attempt == 2)
        try Queue.finish(second, in: &db)
        let code = try db.query("SELECT error_code FROM jobs WHERE id = $1::uuid", [.text(id)])
        #expect(try code.value(0, 0) as String? == nil)
    }

    @Test(arguments: [
        (Retry(firstSeconds: 5, maximumSeconds: 60), [5.0, 10, 20, 40, 60, 60]),
        (Retry(firstSeconds: 90, maximumSeconds: 60), [60.0, 60]),
    ])
    func `it waits twice as long after every failure`(_ retry: Retry, _ seconds: [Double]) {
        #expect((1...seconds.count).map { retry.seconds(after: $0) } == seconds)
    }

    @Test func `the first kind that has a job gives it, each by its own number of attempts`() throws {
        var db = try connect()
        let rare = try Queue.enqueue("kind_rare", in: &db), common = try Queue.enqueue("kind_common", in: &db)
        let kinds = [Queue.Wanted("kind_none"), .init("kind_common", attempts: 1), .init("kind_rare", attempts: 2)]
        let first = try #require(try Queue.lease(kinds, worker: "w/1/a", in: &db))
        let second = try #require(try Queue.lease(kinds, worker: "w/1/a", in: &db))
        #expect(first.id == common && first.kind == "kind_common" && second.id == rare)
        for id in [rare, common] { try expire(id, &db) }
        #expect(try Queue.lease(kinds, worker: "w/1/a", in: &db)?.id == rare)
        try expire(rare, &db)
        #expect(try Queue.lease(kinds, worker: "w/1/a", in: &db) == nil)
        #expect(try db.run(Queue.givingUp(Array(kinds.prefix(2)))).map(\.id) == [common])
        #expect(try db.run(Queue.givingUp(kinds)).map(\.id) == [rare])
    }
}
