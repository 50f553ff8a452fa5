import Daemon
import Postgres
import Synchronization
import TestSupport
import Testing

@testable import App
@testable import Providers

@Suite struct ProviderTurnsTests {
    private static let second: Int64 = 1_000_000_000
    private let database: TestDatabase
    private let configuration: Configuration

    init() throws {
        database = try TestDatabase()
        configuration = try Configuration(["ENVIRONMENT": "test", "DATABASE_URL": database.conninfo])
    }

    private func host() -> ProviderTurns { ProviderTurns(configuration, log: Log(minimum: .error)) }

    @Test func `all hosts and their threads have different turns, as far apart as the pace says`() throws {
        let hosts = [host(), host()], hour = 3_600 * Self.second, waits = Mutex<[Int64]>([])
        #expect(hosts[0].take(.init(every: hour), of: "tiingo") == .after(0))
        inParallel(8) { thread in
            for _ in 0..<5 {
                if case .after(let wait)? = hosts[thread % 2].take(.init(every: hour), of: "tiingo") {
                    waits.withLock { $0.append(wait) }
                }
            }
        }
        // The time that this takes is a small part of an hour.
        let hours = waits.withLock { $0.sorted() }.map { ($0 + hour / 2) / hour }
        #expect(hours == Array(1...40))
        #expect(hosts[1].take(.init(every: hour), of: "alpaca") == .after(0), "each vendor has its own")
    }

    @Test func `who may not wait is sent away, each to another time, on whatever host`() throws {
        let hosts = [host(), host()], interval = 72 * Self.second
        func take(_ host: Int) -> Turns.Turn? {
            hosts[host].take(.init(every: interval, within: 2 * Self.second), of: "tiingo")
        }
        #expect(take(0) == .after(0))
        var told: [Int64] = []
        for host in [1, 0, 1] {
            if case .later(let wait)? = take(host) { told.append(wait) }
        }
        #expect(told.count == 3 && (1...72 * Self.second).contains(told[0]))
        for (one, next) in zip(told, told.dropFirst()) {
            #expect((interval - 20 * Self.second...interval).contains(next - one))
        }
        // The vendor's own wish counts as well.
        #expect(host().take(.init(every: interval, from: 5 * Self.second), of: "binance") == .after(5 * Self.second))
        var db = try database.connect()
        let standings = try db.run(.providerStandings())
        #expect(standings.map(\.provider) == ["binance", "tiingo"] && standings.allSatisfy { $0.state == .closed })
    }

    @Test func `without a database everybody has turns of their own`() throws {
        let nowhere = try Configuration(["ENVIRONMENT": "test", "DATABASE_URL": "host=/nowhere dbname=x"])
        #expect(ProviderTurns(nowhere, log: Log(minimum: .error)).take(.init(every: 1), of: "tiingo") == nil)
    }
}
