import Foundation
import Postgres
import TestSupport
import Testing

@testable import Jobs

/// The platform with a made-up kind (Tests/JobsWorker), in processes of its own.
@Suite struct WorkerTests {
    /// A database with what the kind stores.
    struct Ground {
        private let database: TestDatabase
        var conninfo: String { database.conninfo }

        init() throws {
            database = try TestDatabase()
            var db = try database.connect()
            try db.script(
                """
                CREATE TABLE errands (job uuid PRIMARY KEY);
                CREATE TABLE obstacles (detail text NOT NULL);
                CREATE TABLE errands_ended (job uuid PRIMARY KEY, status text NOT NULL, code text)
                """)
        }

        func connect() throws -> Connection { try database.connect() }

        func enqueue(_ task: String, holdMilliseconds: Int = 0) throws -> String {
            var db = try connect()
            return try Queue.enqueue(
                "errand", payload: "{\"task\":\"\(task)\",\"hold_ms\":\(holdMilliseconds)}", in: &db)
        }

        struct Row: Equatable {
            let status: JobStatus
            let attempts: Int
            let code: String?
            let message: String?
            let result: String?
        }

        func job(_ id: String) throws -> Row {
            var db = try connect()
            return try db.run(
                .one(
                    """
                    SELECT status, attempts::int, error_code, error_message, result_json FROM jobs WHERE id = $1::uuid
                    """, id
                ) { row in
                    Row(
                        status: try row.next(), attempts: try row.next(), code: try row.next(),
                        message: try row.next(), result: try row.next())
                })
        }

        func count(_ table: String) throws -> Int {
            var db = try connect()
            return try db.run(.value("SELECT count(*) FROM \(table)"))
        }

        func wait(for id: String, toBe isSo: (JobStatus) -> Bool = \.isFinal) throws -> Row {
            try poll("job \(id)") { isSo(try job(id).status) }
            return try job(id)
        }
    }

    @Test(arguments: [
        ("answer", 1, JobStatus.completed, nil as String?, nil as String?, "{\"attempt\":1}" as String?),
        ("store", 1, .completed, nil, nil, nil),
        ("flaky", 3, .completed, nil, nil, nil),
        ("hopeless", 3, .failed, "AWAY", "Nobody was there.", nil),
        ("refuse", 1, .failed, "REFUSED", "No.", nil),
        ("violate", 1, .failed, "INTERNAL_ERROR", "The errand could not be completed.", nil),
        ("crowded", 1, .completed, nil, nil, nil),
        (
            "stopped", 1, .timedOut, "ERRAND_TIMEOUT",
            "The database gave the errand no more time for one of its statements.", nil
        ),
        ("nonsense", 1, .failed, "INTERNAL_ERROR", "What the job was told cannot be read.", nil),
        ("work", 1, .timedOut, "ERRAND_TIMEOUT", "The errand took longer than 400 ms.", nil),
        ("sleep", 1, .timedOut, "ERRAND_TIMEOUT", "The errand took longer than 400 ms.", nil),
    ])
    func `a job ends as its work does, and what hangs on it with it`(
        _ task: String, _ attempts: Int, _ status: JobStatus, _ code: String?, _ message: String?, _ result: String?
    ) throws {
        let ground = try Ground()
        let id = try ground.enqueue(task)
        let worker = try WorkerProcess(ground.conninfo, timeoutMilliseconds: 400)
        #expect(
            try ground.wait(for: id)
                == .init(status: status, attempts: attempts, code: code, message: message, result: result))
        try poll("news of the end") { worker.said("ended \(id)") }
        #expect(try ground.count("errands") == (task == "store" ? 1 : 0))
        #expect(try ground.count("errands_ended") == (status == .completed ? 0 : 1))
        #expect(worker.end(SIGTERM) == 0)
    }

    @Test(arguments: ["work", "sleep", "store"])
    func `a job under way stops at once when somebody wishes so`(_ task: String) throws {
        let ground = try Ground()
        let id = try ground.enqueue(task, holdMilliseconds: 300_000)
        let worker = try WorkerProcess(ground.conninfo)
        try poll("the worker to begin") { worker.said("begun \(id)") }
        var db = try ground.connect()
        #expect(try Queue.cancel(id, in: &db) == .running)
        #expect(
            try ground.wait(for: id)
                == .init(
                    status: .cancelled, attempts: 1, code: nil, message: "Cancelled on request.", result: nil))
        #expect(try ground.count("errands") == 0 && ground.count("errands_ended") == 1)
        // Its thread is free for the next.
        #expect(try ground.wait(for: ground.enqueue("answer")).status == .completed)
    }

    @Test(arguments: [(1, 1), (2, 1), (3, 2)])
    func `jobs that wait for others never have all threads of a worker that has several`(
        _ threads: Int, _ atOnce: Int
    ) throws {
        let ground = try Ground()
        var db = try ground.connect()
        let waiting = try (0..<4).map { _ in try Queue.enqueue("vigil", in: &db) }
        let worker = try WorkerProcess(ground.conninfo, threads: threads)
        func running() throws -> [String] {
            try db.run(.values("SELECT id FROM jobs WHERE job_type = 'vigil' AND status = 'running'"))
        }
        try poll("so many of them to be under way") { try running().count == atOnce }
        if threads > 1 {
            for _ in 0..<3 { #expect(try ground.wait(for: ground.enqueue("answer")).status == .completed) }
        }
        #expect(try running().count == atOnce)
        // The place of one that ends is another's.
        let first = try #require(try running().first)
        #expect(try Queue.cancel(first, in: &db) == .running)
        try poll("the next to be under way") { try running().count == atOnce && !running().contains(first) }
        for job in waiting { _ = try Queue.cancel(job, in: &db) }
        try poll("all to end") { try running().isEmpty }
        #expect(worker.end(SIGTERM) == 0)
    }

    @Test func `a job that was given back with a wish to stop ends before it begins again`() throws {
        let ground = try Ground()
        let id = try ground.enqueue("store")
        var db = try ground.connect()
        let lease = try #require(try Queue.lease("errand", worker: "other/1/0", in: &db))
        #expect(try Queue.cancel(id, in: &db) == .running)
        try Queue.postpone(lease, afterSeconds: 600, in: &db)
        #expect(try ground.job(id).status == .pending)
        let worker = try WorkerProcess(ground.conninfo)
        #expect(try ground.wait(for: id).status == .cancelled)
        #expect(try ground.count("errands_ended") == 1 && !worker.said("begun"))
    }

    @Test func `no job is taken while the schema is not this code's`() throws {
        let ground = try Ground()
        var db = try ground.connect()
        try db.script("INSERT INTO obstacles VALUES ('newer')")
        let worker = try WorkerProcess(ground.conninfo)
        try poll("the worker to see it") { worker.said("unfit(detail: \"newer\")") }
        let id = try ground.enqueue("answer")
        #expect(try ground.job(id).status == .pending)
        try db.script("DELETE FROM obstacles")
        #expect(try ground.wait(for: id).status == .completed)
        #expect(worker.said("fit"))
    }

    @Test func `a worker told to stop finishes what it has and takes no more`() throws {
        let ground = try Ground()
        let worker = try WorkerProcess(ground.conninfo)
        let first = try ground.enqueue("store", holdMilliseconds: 300)
        try poll("the worker to begin") { worker.said("begun \(first)") }
        let second = try ground.enqueue("answer")
        #expect(worker.end(SIGTERM) == 0)
        #expect(try ground.job(first).status == .completed && ground.job(second).status == .pending)
    }

    @Test(arguments: ["work", "sleep"])
    func `a worker told to stop gives back what it cannot finish in time`(_ task: String) throws {
        let ground = try Ground()
        let worker = try WorkerProcess(ground.conninfo, stopMilliseconds: 100)
        let id = try ground.enqueue(task)
        try poll("the worker to begin") { worker.said("begun \(id)") }
        #expect(worker.end(SIGTERM) == 0)
        #expect(
            try ground.job(id) == .init(status: .pending, attempts: 0, code: nil, message: nil, result: nil))
        #expect(!worker.said("ended \(id)"))
    }

    @Test func `a second process of a name waits until the first is gone, and takes up its jobs at once`() throws {
        let ground = try Ground()
        let id = try ground.enqueue("store", holdMilliseconds: 1_000)
        let first = try WorkerProcess(ground.conninfo)
        try poll("the first to begin") { first.said("begun \(id)") }
        let second = try WorkerProcess(ground.conninfo)
        try poll("the second to wait") { second.said("nameTaken") }
        #expect(!second.said("begun"))
        first.end(SIGKILL)
        let row = try ground.wait(for: id)
        #expect(row.status == .completed && row.attempts == 2)
        #expect(second.said("tookUp(1)") && second.said("begun \(id)"))
    }

    @Test func `a worker that slept longer than its lease stores nothing when it wakes`() throws {
        let ground = try Ground()
        let id = try ground.enqueue("store", holdMilliseconds: 400)
        let sleeper = try WorkerProcess(ground.conninfo, name: "sleeper", leaseMilliseconds: 1_000)
        try poll("the sleeper to begin") { sleeper.said("begun \(id)") }
        sleeper.signal(SIGSTOP)
        let other = try WorkerProcess(ground.conninfo, name: "other", leaseMilliseconds: 1_000)
        #expect(try ground.wait(for: id).status == .completed)
        #expect(other.said("ended \(id)"))
        sleeper.signal(SIGCONT)
        try poll("the sleeper to notice") {
            sleeper.said("leaseLost") || sleeper.said("interrupted") || sleeper.said("ended \(id)")
        }
        #expect(try ground.count("errands") == 1)
        #expect(try ground.job(id) == .init(status: .completed, attempts: 2, code: nil, message: nil, result: nil))
    }

    @Test func `a job that ends every worker is given up, and what hangs on it ends with it`() throws {
        let ground = try Ground()
        let id = try ground.enqueue("crash")
        for _ in 0..<3 {
            let worker = try WorkerProcess(ground.conninfo)
            try poll("the worker to die") { !worker.isRunning }
        }
        let survivor = try WorkerProcess(ground.conninfo)
        let row = try ground.wait(for: id)
        #expect(row.status == .failed && row.attempts == 3 && row.code == "ATTEMPTS_EXHAUSTED")
        #expect(try ground.count("errands_ended") == 1)
        #expect(try ground.wait(for: ground.enqueue("answer")).status == .completed)
        #expect(survivor.end(SIGTERM) == 0)
    }

    @Test func `a job in which the database was lost waits for no lease to end, and loses no attempt`() throws {
        let ground = try Ground()
        let id = try ground.enqueue("store", holdMilliseconds: 400)
        let worker = try WorkerProcess(ground.conninfo)
        try poll("the worker to begin") { worker.said("begun \(id)") }
        var db = try ground.connect()
        _ = try db.query(
            """
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid()
            """)
        let row = try ground.wait(for: id)
        #expect(row.status == .completed && row.attempts == 1)
        #expect(worker.said("interrupted"))
    }

    @Test func `each job is done once, whatever is killed meanwhile`() throws {
        let ground = try Ground()
        var ids: [String] = []
        // Three hosts, of which one is killed and comes back in every round, while it holds something most of the time.
        var hosts = try (0..<3).map { try host($0, ground) }
        for round in 0..<6 {
            for _ in 0..<10 { ids.append(try ground.enqueue("store", holdMilliseconds: .random(in: 0...10))) }
            let struck = round % hosts.count
            try poll("host \(struck) to begin something", orUntil: { try unfinished(ground) == 0 }) {
                hosts[struck].said("begun")
            }
            hosts[struck].end(SIGKILL)
            hosts[struck] = try host(struck, ground)
            try poll("round \(round + 1) to be done") { try unfinished(ground) == 0 }
        }
        #expect(try ground.count("errands") == ids.count && ground.count("errands_ended") == 0)
        #expect(try ids.allSatisfy { try ground.job($0).status == .completed })
    }

    private func host(_ number: Int, _ ground: Ground) throws -> WorkerProcess {
        try WorkerProcess(ground.conninfo, name: "host\(number)", threads: 2)
    }

    private func unfinished(_ ground: Ground) throws -> Int {
        try ground.count("jobs WHERE status IN ('pending', 'running')")
    }
}
