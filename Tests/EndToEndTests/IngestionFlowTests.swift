import Foundation
import JSON
import TestSupport
import Testing

/// Prices from vendors, the whole way: order, queue, worker, network, database, candles. The vendors are on loopback.
@Suite(.serialized, .enabled(if: hasBuild, "needs the release build: run make test"))
struct IngestionFlowTests {
    private static let stage: Result<Stage, any Error> = Result { try Stage() }

    /// One server and its vendors for the suite.
    private final class Stage: @unchecked Sendable {
        let vendors: TestVendors
        let server: TestServer
        /// An operator's.
        let key: String

        init() throws {
            vendors = try TestVendors()
            server = try TestServer(environment: vendors.environment)
            try server.command("user", "role", "first@example.org", "operator")
            key = try server.command(
                "api-key", "create", "--user", "first@example.org", "--name", "prices", "--scopes",
                "read,research,ingest"
            ).trimmingCharacters(in: .whitespacesAndNewlines)
        }

        /// What the admin tool says; it is told of the vendors like the processes.
        func command(_ arguments: String...) throws -> (status: Int32, output: String, errors: String) {
            let environment = try server.adminEnvironment().merging(vendors.environment) { $1 }
            return try TestServer.run(arguments, environment: environment.merging(["ENVIRONMENT": "test"]) { $1 })
        }

        func send(_ method: String, _ path: String, _ json: String? = nil) throws -> HTTPClient.Answer {
            try server.client.send(method, path, key: key, json: json)
        }

        /// A job of an answer, waited for.
        func ended(_ job: Object?) throws -> Object {
            guard let id = job?["id"]?.stringValue else { throw TestServer.Failure(description: "no job") }
            var found: Object?
            try poll("job \(id) to end", seconds: 60) {
                found = try send("GET", "/api/jobs/\(id)").object
                return !["pending", "running"].contains(found?["status"]?.stringValue)
            }
            return found ?? [:]
        }
    }

    /// So many days ago, `YYYY-MM-DD`.
    private static func day(_ ago: Int) -> String {
        String(ISO8601DateFormatter().string(from: Date(timeIntervalSinceNow: -86_400 * Double(ago))).prefix(10))
    }

    private static func jobs(_ answer: HTTPClient.Answer) -> [Object] {
        (answer.object?["jobs"]?.arrayValue ?? []).compactMap(\.objectValue)
    }

    @Test func `an operator has a coin fetched, and everybody sees its candles`() throws {
        let stage = try Self.stage.get()
        let answer = try stage.send(
            "POST", "/api/jobs",
            #"{"job_type":"ingest_bars","symbol":"btc/usd","interval":"1h","from":"\#(Self.day(20))"}"#)
        #expect(answer.status == 202, "\(answer.text)")
        let job = try stage.ended(answer.object)
        #expect(job["status"] == "completed" && job["result"]?.objectValue?["provider"] == "coinbase", "\(job)")
        let candles = try stage.server.client.send(
            "GET", "/api/market-data/crypto/candles?symbol=BTC-USD&interval=1h&limit=5000")
        #expect(candles.json?.arrayValue?.count == job["result"]?.objectValue?["bars"]?.numberValue?.int)
        #expect((candles.json?.arrayValue?.count ?? 0) > 19 * 24)
        let health = try stage.server.client.send("GET", "/api/market-data/health?limit=1").object
        let coinbase = health?["providers"]?.arrayValue?.compactMap(\.objectValue).first { $0["name"] == "coinbase" }
        #expect(coinbase?["breaker"] == "closed" && coinbase?["last_success_at"]?.stringValue != nil)
    }

    @Test func `the command line orders, waits and tells`() throws {
        let stage = try Self.stage.get()
        let days = try stage.command("ingest", "AAPL", "--from", Self.day(400), "--wait")
        #expect(days.status == 0 && days.output.hasPrefix("AAPL 1d from alpaca: 2"), "\(days)")
        let again = try stage.command("ingest", "AAPL", "--wait", "--json")
        let result = (try parse(Array(again.output.utf8))).objectValue?["jobs"]?.arrayValue?.first?.objectValue
        #expect(result?["status"] == "completed" && result?["result"]?.objectValue?["added"] == 0, "\(again)")
        let unknown = try stage.command("ingest", "ZZZZ", "--wait")
        #expect(unknown.status == 69 && unknown.output.contains("failed: Alpaca: "), "\(unknown)")
        let other = try stage.command("ingest", "AAPL", "--provider", "tiingo")
        #expect(other.status == 65 && other.errors.contains("is stored from alpaca"), "\(other)")
        #expect(try stage.command("ingest").status == 64)
        #expect(try stage.command("ingest", "AAPL", "--stale").status == 64)
    }

    @Test func `what the timer starts tops up what is behind`() throws {
        let stage = try Self.stage.get()
        let first = try stage.command("ingest", "ETH-USD", "--interval", "1d", "--from", Self.day(30), "--wait")
        #expect(first.status == 0, "\(first)")
        let cut = "DELETE FROM crypto_daily_bars WHERE symbol_id = (SELECT id FROM symbols WHERE symbol = 'ETH-USD')"
        try stage.server.execute(cut + " AND date > current_date - 5")
        try stage.server.execute(
            """
            UPDATE bar_series b SET last = (current_date - 5)::timestamp AT TIME ZONE 'UTC',
              count = (SELECT count(*) FROM crypto_daily_bars d WHERE d.symbol_id = b.symbol_id)
            WHERE symbol_id = (SELECT id FROM symbols WHERE symbol = 'ETH-USD')
            """)
        let plan = try stage.command("ingest", "--stale", "--wait")
        #expect(plan.status == 0 && plan.output.contains("were queued"), "\(plan)")
        try poll("the bars to come back", seconds: 60) {
            try stage.server.scalar(
                "SELECT count(*) FROM bar_series WHERE symbol_id = (SELECT id FROM symbols WHERE symbol = 'ETH-USD') AND last >= current_date - 1"
            ) == 1
        }
    }

    @Test func `a vendor that says nothing keeps no job that somebody cancels`() throws {
        let stage = try Self.stage.get()
        for _ in 0..<2 { stage.vendors.fail { _, peer in peer.waitUntilClosed() } }
        let answer = try stage.send(
            "POST", "/api/market-data/ingestion/crypto", #"{"symbol":"LTC-USD","intervals":["1d"]}"#)
        let job = try #require(Self.jobs(answer).first?["id"]?.stringValue)
        try poll("the job to be under way", seconds: 30) {
            try stage.send("GET", "/api/jobs/\(job)").object?["status"] == "running"
        }
        #expect(try stage.send("POST", "/api/jobs/\(job)/cancel").status == 202)
        let end = try stage.ended(["id": .string(job)])
        #expect(end["status"] == "cancelled", "\(end)")
        #expect(try stage.server.scalar("SELECT count(*) FROM symbols WHERE symbol = 'LTC-USD'") == 0)
    }

    @Test func `no log has a vendor's key in it`() throws {
        let stage = try Self.stage.get()
        _ = try stage.command("ingest", "MSFT", "--from", Self.day(30), "--wait")
        let folder = stage.server.state + "/log"
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
            let log = try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
            #expect(!log.contains(TestVendors.secret) && !log.contains(TestVendors.keyID), "\(name)")
        }
    }
}
