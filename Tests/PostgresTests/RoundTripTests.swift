import Postgres
import Synchronization
import TestSupport
import Testing

/// What is told of the trips to the server.
@Suite struct RoundTripTests {
    private final class Trips: Sendable {
        let told = Mutex<[Int64]>([])
        var count: Int { told.withLock { $0.count } }
    }

    @Test func `each trip is told once, with its time`() throws {
        let trips = Trips()
        var settings = SessionSettings()
        settings.afterRoundTrip = { nanoseconds in trips.told.withLock { $0.append(nanoseconds) } }
        var db = try empty.connect(settings)
        let opened = trips.count
        let slow = Query<Bool>.value("SELECT pg_sleep(0.02) IS NOT NULL")
        _ = try db.run(slow)
        // Preparing is a trip of its own.
        #expect(trips.count - opened == 2)
        _ = try db.run(slow)
        #expect(trips.count - opened == 3)
        #expect(trips.told.withLock { $0.last! } >= 20_000_000)
        // Several statements sent together are one.
        _ = try db.run(slow, Query<Int>.value("SELECT 1"))
        #expect(trips.count - opened == 4)
        #expect(refusal(of: "SELECT 1 / 0", in: &db) != nil)
        #expect(trips.count - opened == 6)
        #expect(trips.told.withLock { $0.allSatisfy { $0 > 0 } })
    }
}
