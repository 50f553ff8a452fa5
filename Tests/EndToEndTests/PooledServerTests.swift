import Foundation
import Glibc
import JSON
import TestSupport
import Testing

/// Four responders and two processes more behind the real PgBouncer, which has two sessions for them.
@Suite(.serialized, .enabled(if: hasBuild, "needs the release build: run make test"))
struct PooledServerTests {
    private static let server = Result {
        try TestServer(
            responders: 4, environment: ["RATE_LIMIT_EXPORTS": "3", "BACKTEST_INLINE_WAIT_MS": "0"], pooling: 2)
    }

    let server: TestServer

    init() throws { server = try Self.server.get() }

    /// How many sessions those have that answer requests.
    private func sessions() throws -> Int {
        try server.scalar(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name IN ('responder', 'outbound')")
    }

    private func list() -> Int? {
        try? server.client.send("GET", "/api/strategies", key: server.key, seconds: 20).status
    }

    @Test func `people sign in, trade and take along what they have made`() throws {
        let browser = TestBrowser(server.client), key = SoftwareAuthenticator(origin: browser.origin)
        try #require(try browser.signUp("pooled@example.org", key).status == 201)
        #expect(try browser.send("POST", "/api/auth/logout").status == 204)
        #expect(try browser.signIn(key).status == 200)
        let order = try browser.send(
            "POST", "/api/trading/orders",
            ["symbol": "TSTA", "side": "BUY", "quantity": "3", "client_order_id": "pooled-1"])
        #expect(order.object?["order"]?.objectValue?["status"] == "FILLED", "\(order.text)")
        #expect(try server.command("ledger", "verify").isEmpty == false)
        let fields = [("Cookie", browser.cookies.map { "\($0.key)=\($0.value)" }.joined(separator: "; "))]
        // More at once than there are sessions; of each the rows come one by one.
        let client = server.client
        let exports = try inParallel(8) { _ in try client.send("GET", "/api/me/export", fields: fields, seconds: 20) }
        #expect(exports.count { $0.status == 200 && $0.text.contains("pooled-1") } == 3)
        #expect(exports.count { $0.status == 429 && $0.code == "RATE_LIMITED" } == 5)
    }

    @Test func `many at once share the sessions, and runs end`() throws {
        let server = server
        let runs = try inParallel(12) { number in
            try server.backtest(strategy: server.strategy("pooled \(number)"))
        }
        for run in runs { #expect(try server.finished(run)["status"] == "completed") }
        #expect(try (1...2).contains(sessions()))
        #expect(try server.scalar("SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE '% keeper'") == 2)
    }

    @Test func `an upload is looked at, which takes a session past the pooler, and stored`() throws {
        try server.command("user", "create", "--email", "pooled.operator@example.org")
        try server.command("user", "role", "pooled.operator@example.org", "operator")
        let key = try server.command(
            "api-key", "create", "--user", "pooled.operator@example.org", "--name", "t", "--scopes",
            "read,research,ingest"
        ).trimmingCharacters(in: .whitespacesAndNewlines)
        let path = "/api/market-data/imports"
        let looked = try server.client.send(
            "POST", path + "?file_name=a.csv&symbol=PLD", key: key, body: Array(TestBars.daily.csv.utf8),
            fields: [("Content-Type", "text/csv")], seconds: 30)
        try #require(looked.status == 201, "\(looked.text)")
        let stored = looked.object?["report"]?.objectValue?["stored"]?.objectValue
        #expect(stored?["added"]?.numberValue?.int == TestBars.daily.times.count, "\(looked.text)")
        let id = try #require(looked.object?["id"]?.stringValue)
        #expect(
            try server.client.send("POST", "\(path)/\(id)/confirm", key: key, json: "{\"symbol\":\"PLD\"}").status
                == 202)
        try poll("the bars to be stored", seconds: 30) {
            try server.client.send(
                "GET", "/api/market-data/equities/candles?symbol=PLD&limit=5", key: key
            ).status == 200
        }
    }

    @Test func `nobody who reads notices that sessions of the pooler end`() throws {
        let server = server
        let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'responder'"
        let seen = Box<[Int?]>([])
        try besideOthers(3) { [self] _, isOver in
            while !isOver() { seen.withLock { $0.append(list()) } }
        } body: {
            for round in 1...6 {
                try poll("requests in round \(round)", seconds: 20) { seen.withLock { $0.count } > round * 20 }
                try server.execute(end)
            }
        }
        // Who is hit twice has been told to come again.
        let all = seen.withLock { $0 }
        #expect(all.allSatisfy { $0 == 200 || $0 == 503 }, "\(Set(all))")
        #expect(all.count { $0 == 200 } > all.count * 9 / 10)
        #expect((0..<24).allSatisfy { _ in list() == 200 })
    }

    @Test func `Postgres may be restarted behind the pooler`() throws {
        let responders = try server.pids("responder")
        let saved = try server.strategy("acknowledged by the pooled")
        let killed = try server.pids("postgres")
        for pid in killed { kill(pid, SIGKILL) }
        var seen: Set<Int?> = []
        try poll("Postgres to be back", seconds: 60) {
            seen.insert(list())
            return try server.pids("postgres").allSatisfy { !killed.contains($0) }
                && server.client.send("GET", "/api/health/ready", seconds: 20).status == 200
        }
        #expect(seen.isSubset(of: [200, 503]), "\(seen)")
        try poll("all responders to be well", seconds: 20) { (0..<24).allSatisfy { _ in list() == 200 } }
        #expect(try server.client.send("GET", "/api/strategies/\(saved)", key: server.key).status == 200)
        let run = try server.finished(server.backtest(strategy: saved))
        #expect(run["status"] == "completed")
        #expect(try server.pids("responder") == responders)
    }

    private static let isAskedAsIs = geteuid() != 0 || getpwnam("bitstockerz") == nil

    @Test(
        .enabled(if: isAskedAsIs, "the doctor asks as the user bitstockerz, whom a private Postgres does not let in"),
        arguments: [
            (true, true, false, "fine"), (true, false, false, "warning"), (false, true, false, "wrong"),
            (true, true, true, "wrong"), (false, false, false, nil),
        ] as [(Bool, Bool, Bool, String?)])
    func `the doctor says whether a pooler is where one is meant to be`(
        _ isSet: Bool, _ isThere: Bool, _ isEverywhere: Bool, _ state: String?
    ) throws {
        let pooler = try #require(server.poolerURL), direct = try server.databaseURL()
        var environment = try server.adminEnvironment()
        environment["DATABASE_URL"] = isThere ? pooler : direct
        if isSet {
            environment["DATABASE_POOLER"] = "transaction"
            environment["DATABASE_DIRECT_URL"] = isEverywhere ? pooler : direct
        }
        let said = try TestServer.run(["doctor", "--from-environment", "--json"], environment: environment)
        let findings = try #require(parse(Array(said.output.utf8)).arrayValue).compactMap(\.objectValue)
        let found = findings.first { $0["name"] == "pooler" }
        #expect(found?["state"]?.stringValue == state, "\(said.output)")
    }
}
