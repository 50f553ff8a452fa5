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
}
