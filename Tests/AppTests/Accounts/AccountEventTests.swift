import Postgres
import TestSupport
import Testing

@testable import App
@testable import Telemetry

@Suite struct AccountEventTests {
    /// How often it has been counted in this process, by other tests too.
    private func counted(_ event: AccountEvent) throws -> UInt64 {
        let counter = Meters.current.accountEvents
        return counter.memory.value(of: counter.first + (try #require(AccountEvent.allCases.firstIndex(of: event))))
    }

    @Test func `what is rolled back has not happened, and is not counted`() throws {
        struct Stop: Error {}
        let installation = try Installation()
        let configuration = installation.configuration
        var db = try installation.database.connect()
        var unchanged = 0
        for _ in 0..<20 {
            let before = try counted(.identityUnlinked)
            #expect(throws: Stop.self) {
                try db.transaction { db in
                    try configuration.audit(.identityUnlinked, of: nil, in: &db)
                    throw Stop()
                }
            }
            #expect(throws: PostgresError.self) {
                try db.transaction { db in
                    try configuration.audit(.identityUnlinked, of: nil, in: &db)
                    _ = try? db.execute("SELECT nothing")
                }
            }
            unchanged += try counted(.identityUnlinked) == before ? 1 : 0
        }
        #expect(unchanged > 0)
        #expect(try installation.events().isEmpty)
        let before = try counted(.identityUnlinked)
        try db.transaction { db in try configuration.audit(.identityUnlinked, of: nil, in: &db) }
        try configuration.audit(.identityUnlinked, of: nil, in: &db)
        #expect(try counted(.identityUnlinked) >= before + 2)
    }
}
