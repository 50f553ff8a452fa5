import Foundation
import JSON
import Market
import TestSupport
import Testing

/// Bars of vendors on loopback on their way through the whole product: route, queue, worker, candles.
@Suite(.serialized, .enabled(if: hasBuild, "needs the release build: run make test"))
struct IngestionTests {
    private static let stage: Result<Stage, any Error> = Result { try Stage() }

    /// One server for the suite, which asks vendors of its own.
    final class Stage: Sendable {
        let vendors: TestVendors
        let server: TestServer
        /// An operator's.
        let key: String

        init() throws {
            vendors = try TestVendors()
            server = try TestServer(responders: 2, environment: vendors.environment)
            try server.command("user", "create", "--email", "operator@example.org")
            try server.command("user", "role", "operator@example.org", "operator")
            key = try server.command(
                "api-key", "create", "--user", "operator@example.org", "--name", "tests", "--scopes",
                "read,research,ingest"
            ).trimmingCharacters(in: .whitespacesAndNewlines)
        }
    }

    let stage: Stage

    init() throws { stage = try Self.stage.get() }

    /// Orders bars, and gives the jobs when each has an end, or has failed once.
    private func ingest(_ path: String, _ body: String) throws -> [Object] {
        let queued = try stage.server.client.send(
            "POST", "/api/market-data/ingestion/\(path)", key: stage.key, json: body)
        guard queued.status == 202, let jobs = queued.object?["jobs"]?.arrayValue else {
            throw TestServer.Failure(description: queued.text)
        }
        return try jobs.map { job in
            let id = try #require(job.objectValue?["id"]?.stringValue)
            var seen: Object?
            try poll("job \(id) to end", seconds: 60) {
                seen = try stage.server.client.send("GET", "/api/jobs/\(id)", key: stage.key).object
                let status = seen?["status"]?.stringValue
                return !["pending", "running", nil].contains(status) || seen?["error"]?.objectValue != nil
            }
            return try #require(seen)
        }
    }

    /// The newest candles that are stored.
    private func candles(_ path: String) throws -> [Object] {
        let answer = try stage.server.client.send("GET", "/api/market-data/\(path)")
        return try #require(answer.json?.arrayValue).compactMap(\.objectValue)
    }

    private func check(_ candles: [Object], _ timeframe: Timeframe) throws {
        #expect(candles.count > 100)
        for candle in candles {
            let text = try #require((candle["date"] ?? candle["timestamp"])?.stringValue)
            let time = try #require(Instant(text) ?? CalendarDay(text)?.start)
            let bar = TestVendors.bar(time.microseconds, timeframe)
            let sent = ["open", "high", "low", "close", "volume"].map { candle[$0]?.numberValue?.double }
            #expect(sent == [bar.open, bar.high, bar.low, bar.close, bar.volume], "\(text)")
        }
    }

    @Test func `a share comes from the vendor that has a key, with its days`() throws {
        let jobs = try ingest("equity", #"{"symbol":"brk.b"}"#)
        #expect(jobs.count == 1 && jobs[0]["status"] == "completed", "\(jobs)")
        try check(candles("equities/candles?symbol=BRK.B"), .day)
    }

    @Test func `a coin comes with its days and its hours`() throws {
        let jobs = try ingest("crypto", #"{"symbol":"BTC-USD"}"#)
        #expect(jobs.count == 2 && jobs.allSatisfy { $0["status"] == "completed" }, "\(jobs)")
        try check(candles("crypto/candles?symbol=BTC-USD&interval=1d"), .day)
        try check(candles("crypto/candles?symbol=BTC-USD&interval=1h"), .hour)
    }

    @Test func `a vendor that goes wrong leaves what is stored, and its job says why`() throws {
        _ = try ingest("crypto", #"{"symbol":"ETH-USD","intervals":["1d"]}"#)
        let before = try candles("crypto/candles?symbol=ETH-USD&interval=1d")
        stage.vendors.fail { _, peer in
            peer.send(TestVendors.response(200, Array("<html>Sign in to a-secret</html>".utf8)))
        }
        let job = try #require(try ingest("crypto", #"{"symbol":"ETH-USD","intervals":["1d"]}"#).first)
        let error = try #require(job["error"]?.objectValue)
        #expect(error["code"] == "PROVIDER_BAD_ANSWER")
        #expect(
            error["message"] == "Coinbase Exchange: the answer is a page for people and no prices.", "\(job)")
        #expect(try candles("crypto/candles?symbol=ETH-USD&interval=1d") == before && !before.isEmpty)
    }

    @Test func `no key gets into a log`() throws {
        _ = try ingest("equity", #"{"symbol":"AAPL"}"#)
        #expect(stage.vendors.server.requests.contains { $0.contains(TestVendors.secret) })
        let folder = stage.server.state + "/log"
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        #expect(names.contains { $0.hasPrefix("worker") })
        for name in names {
            let log = try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
            #expect(!log.contains(TestVendors.secret) && !log.contains(TestVendors.keyID), "\(name)")
        }
    }
}
