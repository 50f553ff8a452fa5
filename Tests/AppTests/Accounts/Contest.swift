import Foundation
import Postgres
import TestSupport
import Testing

@testable import App

/// Several requests over one database that are held up in the middle of their work.
struct Contest {
    private let database: TestDatabase

    init(_ database: TestDatabase) { self.database = database }

    /// The same visitor at another process: one answers one request at a time.
    func rival(of browser: TestBrowser, _ environment: [String: String] = [:]) throws -> TestBrowser {
        let installation = try Installation(environment, database: database)
        return TestBrowser(origin: Installation.origin) { method, target, fields, body in
            let cookies = browser.cookies.map { "\($0.key)=\($0.value)" }.joined(separator: "; ")
            return try installation.send(method, target, fields + [("Cookie", cookies)], body)
        }
    }

    /// Sends requests that have to wait for what `db` holds, each as soon as the ones before it wait or are over; `then`
    /// comes when all do.
    func answers(
        to requests: [() throws -> HTTPClient.Answer], besides db: inout Connection,
        then: (inout Connection) throws -> Void
    ) throws -> [HTTPClient.Answer] {
        nonisolated(unsafe) let requests = requests
        let outcomes = Box([Int: Result<HTTPClient.Answer, any Error>]()), group = DispatchGroup()
        for number in requests.indices {
            group.enter()
            Thread.detachNewThread {
                let result = Result { try requests[number]() }
                outcomes.withLock { $0[number] = result }
                group.leave()
            }
            try wait(for: number + 1) { outcomes.withLock { $0.count } }
        }
        try then(&db)
        _ = group.wait(timeout: .now() + 60)
        return try requests.indices.map { number in
            try #require(outcomes.withLock { $0[number] }, "it waits for ever").get()
        }
    }

    /// Returns when so many sessions wait for another, or are done with it; or after a minute.
    func wait(for count: Int, besides done: () -> Int = { 0 }) throws {
        var watching = try database.connect()
        let waiting = Query<Int>.value(
            """
            SELECT count(*) FROM pg_stat_activity
            WHERE datname = current_database() AND wait_event_type = 'Lock'
            """)
        let bound = ContinuousClock.now + .seconds(60)
        while try done() + watching.run(waiting) < count, .now < bound {}
    }
}
