import Foundation
import JSON
import TestSupport
import Testing

/// `bitstockerz ingest`, as people and the timer call it, and what stops its jobs.
extension IngestionTests {
    /// What the admin tool says; it is told of the vendors like the processes.
    private func command(_ arguments: String...) throws -> (status: Int32, output: String, errors: String) {
        let environment = try stage.server.adminEnvironment().merging(stage.vendors.environment) { $1 }
        return try TestServer.run(arguments, environment: environment.merging(["ENVIRONMENT": "test"]) { $1 })
    }

    private func send(_ method: String, _ path: String, _ json: String? = nil) throws -> HTTPClient.Answer {
        try stage.server.client.send(method, path, key: stage.key, json: json)
    }

    /// So many days ago, `YYYY-MM-DD`.
    private static func day(_ ago: Int) -> String {
        String(ISO8601DateFormatter().string(from: Date(timeIntervalSinceNow: -86_400 * Double(ago))).prefix(10))
    }

    @Test func `the command line orders, waits and tells`() throws {
        let days = try command("ingest", "AAPL", "--from", Self.day(400), "--wait")
        #expect(
            days.status == 0 && days.output.contains("AAPL 1d from alpaca: ") && days.output.contains(" new bars"),
            "\(days)")
        let again = try command("ingest", "AAPL", "--wait", "--json")
        let result = (try parse(Array(again.output.utf8))).objectValue?["jobs"]?.arrayValue?.first?.objectValue
        #expect(result?["status"] == "completed" && result?["result"]?.objectValue?["added"] == 0, "\(again)")
        let unknown = try command("ingest", "ZZZZ", "--wait")
        #expect(unknown.status == 69 && unknown.output.contains("failed: Alpaca: "), "\(unknown)")
        let other = try command("ingest", "AAPL", "--provider", "tiingo")
        #expect(other.status == 65 && other.errors.contains("is stored from alpaca"), "\(other)")
        #expect(try command("ingest").status == 64)
        #expect(try command("ingest", "AAPL", "--stale").status == 64)
    }

    @Test func `what the timer starts tops up what is behind`() throws {
        let first = try command("ingest", "ETH-USD", "--interval", "1d", "--from", Self.day(30), "--wait")
        #expect(first.status == 0, "\(first)")
        let cut = "DELETE FROM crypto_daily_bars WHERE symbol_id = (SELECT id FROM symbols WHERE symbol = 'ETH-USD')"
        try stage.server.execute(cut + " AND date > current_date - 5")
        try stage.server.execute(
            """
            UPDATE bar_series b SET last = (current_date - 5)::timestamp AT TIME ZONE 'UTC',
              count = (SELECT count(*) FROM crypto_daily_bars d WHERE d.symbol_id = b.symbol_id)
            WHERE symbol_id = (SELECT id FROM symbols WHERE symbol = 'ETH-USD')
            """)
        let plan = try command("ingest", "--stale", "--wait")
        #expect(plan.status == 0 && plan.output.contains("queued"), "\(plan)")
        try poll("the bars to come back", seconds: 60) {
            try stage.server.scalar(
                "SELECT count(*) FROM bar_series WHERE symbol_id = (SELECT id FROM symbols WHERE symbol = 'ETH-USD') AND last >= current_date - 1"
            ) == 1
        }
    }

    @Test func `a vendor that says nothing keeps no job that somebody cancels`() throws {
        stage.vendors.fail { _, peer in peer.waitUntilClosed() }
        let answer = try send(
            "POST", "/api/market-data/ingestion/crypto", #"{"symbol":"LTC-USD","intervals":["1d"]}"#)
        let jobs = answer.object?["jobs"]?.arrayValue ?? []
        let job = try #require(jobs.first?.objectValue?["id"]?.stringValue)
        try poll("the job to be under way", seconds: 30) {
            try send("GET", "/api/jobs/\(job)").object?["status"] == "running"
        }
        #expect(try send("POST", "/api/jobs/\(job)/cancel").status == 202)
        try poll("the job to end", seconds: 10) {
            try send("GET", "/api/jobs/\(job)").object?["status"] == "cancelled"
        }
        #expect(try stage.server.scalar("SELECT count(*) FROM symbols WHERE symbol = 'LTC-USD'") == 0)
    }
}
