import Glibc
import Postgres
import TestSupport
import Testing

@testable import Jobs

@Suite struct NameKeeperTests {
    private static func keeper(
        _ conninfo: String, _ name: String = "host", obstacle: String? = nil
    ) -> NameKeeper {
        NameKeeper(
            Session(conninfo, SessionSettings(connectTimeoutSeconds: 3)), name: name, worker: Queue.workerName(name),
            obstacle: { _ in obstacle }, report: { _ in })
    }

    @Test func `a worker says why it takes no jobs`() throws {
        let database = try TestDatabase()
        var first = Self.keeper(database.conninfo)
        #expect(first.look() == .doesJobs)
        var namesake = Self.keeper(database.conninfo)
        #expect(namesake.look() == .waitsForName)
        var older = Self.keeper(database.conninfo, "other", obstacle: "the schema is newer")
        #expect(older.look() == .heldBack)
        var lonely = Self.keeper(database.conninfo + " dbname=nobody", "lonely")
        #expect(lonely.look() == .waitsForDatabase)
        #expect(first.look() == .doesJobs)
    }

    @Test func `the database rings for jobs that nobody else rings for`() throws {
        let database = try TestDatabase()
        var keeper = Self.keeper(database.conninfo), db = try database.connect()
        #expect(keeper.look() == .doesJobs && keeper.takeRings().isEmpty)
        let user = try db.run(
            Query<String>.value("INSERT INTO users (email) VALUES ('trader@example.org') RETURNING id"))
        /// What is heard once something has come, or nothing for a while.
        func heard() -> Set<String> {
            let bound = ContinuousClock.now + .seconds(10)
            while .now < bound {
                var bell = pollfd(fd: keeper.bell ?? -1, events: Int16(POLLIN), revents: 0)
                _ = poll(&bell, 1, 100)
                #expect(keeper.look() == .doesJobs)
                let rings = keeper.takeRings()
                if !rings.isEmpty { return rings }
            }
            return []
        }
        _ = try db.run(
            Queue.enqueuing(nil, "of_a_user", userID: user), Queue.enqueuing(nil, "later", afterSeconds: 60),
            Queue.enqueuing(nil, "first"))
        #expect(heard() == ["first"])
        try db.script("BEGIN; INSERT INTO jobs (job_type) VALUES ('second'), ('second'), ('third'); COMMIT")
        #expect(heard() == ["second", "third"])
        // A session that was lost listens again.
        _ = try db.run(
            Query<Int>.value(
                """
                SELECT count(pg_terminate_backend(pid, 10000)) FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid()
                """))
        let bound = ContinuousClock.now + .seconds(30)
        while keeper.look() != .doesJobs, .now < bound {}
        _ = try db.run(Queue.enqueuing(nil, "fourth"))
        #expect(heard() == ["fourth"])
    }
}
