import Foundation
import JSON
import TestSupport
import Testing

@Suite(.enabled(if: hasBuild, "needs the release build: run make test"))
struct BacktestTests {
    let server: TestServer

    init() throws { server = try TestServer.shared.get() }

    private func strategy(_ name: String, assetType: String = "EQUITY", timeframe: String = "1d") throws -> String {
        try server.strategy(name, assetType: assetType, timeframe: timeframe)
    }

    @Test func `a run answers with its result, and the row says the same`() throws {
        let strategy = try strategy("runs")
        // Only a quarter of the responders may wait for a run at once: other tests may have the place.
        var created = try server.backtest(strategy: strategy)
        try poll("a run to be answered at once", seconds: 30) {
            if created.status == 202 { created = try server.backtest(strategy: strategy) }
            return created.status != 202
        }
        #expect(created.status == 200, "\(created.text)")
        let run = try #require(created.object)
        #expect(run["status"] == "completed")
        let trades = try #require(run["trades"]?.objectValue?["trades"]?.arrayValue)
        let count = try #require(run["results"]?.objectValue?["num_trades"]?.numberValue?.int)
        #expect(count > 5 && trades.count == min(count, 100))
        let id = try #require(run["id"]?.stringValue)
        let got = try server.client.send("GET", "/api/backtests/\(id)", key: server.key)
        #expect(got.object?.withoutStatistics == run.withoutStatistics)
        let list = try server.client.send("GET", "/api/backtests?status=completed", key: server.key)
        #expect(list.object?["backtests"]?.arrayValue?.contains { $0.objectValue?["id"]?.stringValue == id } == true)
    }

    @Test func `the same run gives the same hash, also from the command line`() throws {
        let strategy = try strategy("same hash")
        let first = try server.finished(server.backtest(strategy: strategy))
        let second = try server.finished(server.backtest(strategy: strategy))
        #expect(first["result_hash"] == second["result_hash"] && first["content_hash"] == second["content_hash"])
        let folder = try TemporaryFolder()
        try TestStrategy.definition.write(toFile: folder.path + "/s.json", atomically: true, encoding: .utf8)
        try TestBars.daily.csv.write(toFile: folder.path + "/b.csv", atomically: true, encoding: .utf8)
        let tool = try TestServer.run(
            ["backtest", "--definition", folder.path + "/s.json", "--bars", folder.path + "/b.csv", "--json"])
        #expect(tool.status == 0, "\(tool.errors)")
        let offline = try #require(
            try parse(Array(tool.output.utf8), limits: ParseLimits(maxBytes: 1 << 26, maxDepth: 32)).objectValue)
        #expect(offline["result_hash"] == first["result_hash"])
        #expect(offline["equity"]?.arrayValue?.count == TestBars.daily.rows.count)
    }

    @Test func `bars before the range warm up, and only the range is traded`() throws {
        let times = TestBars.daily.times
        let run = try server.finished(
            server.backtest(strategy: strategy("warm"), from: times[600], to: times[1_199]))
        #expect(run["status"] == "completed")
        let entries = try #require(run["trades"]?.objectValue?["trades"]?.arrayValue)
        #expect(entries.allSatisfy { ($0.objectValue?["entry_time"]?.stringValue ?? "") >= times[600] })
        #expect(run["equity"]?.arrayValue?.count == 600)
    }

    @Test func `a run of hours works and its curve is thinned with its extremes`() throws {
        let id = try strategy("hours", assetType: "CRYPTO", timeframe: "1h")
        let created = try server.backtest(
            strategy: id, symbol: "TST-USD", timeframe: "1h", from: "2015-01-02", to: "2016-12-31")
        let run = try server.finished(created)
        #expect(run["status"] == "completed", "\(created.text)")
        let runID = try #require(run["id"]?.stringValue)
        let thin = try server.client.send("GET", "/api/backtests/\(runID)?points=50", key: server.key)
        let points = try #require(thin.object?["equity"]?.arrayValue)
        #expect((40...50).contains(points.count))
    }

    @Test(arguments: [
        ("too few bars", "\"start_date\":\"2015-01-02\",\"end_date\":\"2015-01-09\"", "BACKTEST_INSUFFICIENT_BARS"),
        ("no bars at all", "\"start_date\":\"1999-01-01\",\"end_date\":\"1999-12-31\"", "BACKTEST_INSUFFICIENT_BARS"),
        ("dates the wrong way round", "\"start_date\":\"2016-01-02\",\"end_date\":\"2015-01-09\"", "VALIDATION_ERROR"),
        ("a date that is none", "\"start_date\":\"2015-02-30\",\"end_date\":\"2016-01-09\"", "VALIDATION_ERROR"),
        (
            "an unknown option",
            "\"start_date\":\"2015-01-02\",\"end_date\":\"2016-01-09\",\"simulation\":{\"leverage\":2}",
            "VALIDATION_ERROR"
        ),
        (
            "a slippage as large as the stop",
            "\"start_date\":\"2015-01-02\",\"end_date\":\"2016-01-09\",\"simulation\":{\"slippage_bps\":200}",
            "VALIDATION_ERROR"
        ),
        (
            "an equity that is no money",
            "\"start_date\":\"2015-01-02\",\"end_date\":\"2016-01-09\",\"initial_equity\":\"10.123\"",
            "VALIDATION_ERROR"
        ),
    ])
    func `what can be known beforehand is refused and leaves no row`(_ what: String, _ members: String, _ code: String)
        throws
    {
        let id = try strategy(what)
        let body = "{\"strategy_id\":\"\(id)\",\"symbol\":\"TSTA\",\"timeframe\":\"1d\",\(members)}"
        let answer = try server.client.send("POST", "/api/backtests", key: server.key, json: body)
        #expect(answer.status == 400 && answer.code == code, "\(what): \(answer.text)")
        let list = try server.client.send("GET", "/api/backtests?strategy_id=\(id)", key: server.key)
        #expect(list.object?["backtests"]?.arrayValue?.isEmpty == true, "\(what)")
    }

    @Test func `a strategy for stocks does not run on a coin`() throws {
        let answer = try server.backtest(strategy: strategy("not for coins"), symbol: "TST-USD")
        #expect(answer.status == 400 && answer.code == "VALIDATION_ERROR")
    }

    @Test func `other people's strategies and runs do not exist`() throws {
        let id = try strategy("private")
        let body = """
            {"strategy_id":"\(id)","symbol":"TSTA","timeframe":"1d","start_date":"2015-01-02","end_date":"2018-01-09"}
            """
        let answer = try server.client.send("POST", "/api/backtests", key: server.strangersKey, json: body)
        #expect(answer.status == 404 && answer.code == "STRATEGY_NOT_FOUND")
        let run = try #require(server.backtest(strategy: id).object?["id"]?.stringValue)
        let peek = try server.client.send("GET", "/api/backtests/\(run)", key: server.strangersKey)
        #expect(peek.status == 404 && peek.code == "BACKTEST_NOT_FOUND")
    }

    @Test func `the more was tried, the less a result is worth`() throws {
        let draft = TestStrategy.draft(name: "deflated").replacing("70", with: "66.75")
        let created = try server.client.send("POST", "/api/strategies", key: server.key, json: draft)
        let id = try #require(created.object?["id"]?.stringValue)
        let alone = try server.finished(server.backtest(strategy: id))
        let first = try #require(alone["statistics"]?.objectValue)
        #expect(first["trials"]?.numberValue?.int == 1 && first["symbols_tried"]?.numberValue?.int == 1)
        // One trial deflates nothing.
        let psr = try #require(alone["results"]?.objectValue?["psr"]?.numberValue?.double)
        #expect(abs((first["dsr"]?.numberValue?.double ?? 0) - psr) < 1e-12)
        for bound in ["66.5", "66.25", "60.125"] {
            let definition = TestStrategy.definition.replacing("70", with: bound)
            _ = try server.client.send(
                "PUT", "/api/strategies/\(id)", key: server.key, json: "{\"definition\":\(definition)}")
            #expect(try server.finished(server.backtest(strategy: id))["status"] == "completed")
        }
        let path = "/api/backtests/\(alone["id"]?.stringValue ?? "")"
        let last = try #require(
            try server.client.send("GET", path, key: server.key).object?["statistics"]?.objectValue)
        #expect(last["trials"]?.numberValue?.int == 4)
        #expect((last["dsr"]?.numberValue?.double ?? 1) < psr)
        #expect(last["note"] == "At least 4 variants tried here.")
        #expect((last["owner_trials"]?.numberValue?.int ?? 0) >= 4)
    }

    @Test func `a run leaves one trial, a second identical one none`() throws {
        // A definition of its own: identical ones share a lineage, and with it their trials.
        let draft = TestStrategy.draft(name: "counts").replacing("70", with: "69.5")
        let created = try server.client.send("POST", "/api/strategies", key: server.key, json: draft)
        let id = try #require(created.object?["id"]?.stringValue)
        for _ in 0..<2 { #expect(try server.finished(server.backtest(strategy: id))["status"] == "completed") }
        let count = try server.scalar(
            "SELECT count(*) FROM trials t JOIN strategies s ON s.lineage_id = t.lineage_id WHERE s.id = '\(id)'")
        #expect(count == 1)
    }
}
