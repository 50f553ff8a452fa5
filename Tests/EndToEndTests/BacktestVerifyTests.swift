import Foundation
import JSON
import Postgres
import TestSupport
import Testing

@Suite(.enabled(if: hasBuild, "needs the release build: run make test"))
struct BacktestVerifyTests {
    let server: TestServer

    init() throws { server = try TestServer.shared.get() }

    private func verify(_ run: Object, key: String? = nil) throws -> HTTPClient.Answer {
        try server.verified(run["id"]?.stringValue ?? "", key: key)
    }

    /// The same question to the admin tool.
    private func tool(_ run: Object) throws -> (status: Int32, outcome: String?) {
        let arguments = ["verify", run["id"]?.stringValue ?? "", "--json"]
        let result = try TestServer.run(arguments, environment: ["DATABASE_URL": server.databaseURL()])
        let answer = try verify(run)
        // One object, made in one place.
        #expect((try? parse(Array(result.output.utf8)))?.objectValue == answer.object, "\(result.errors)")
        return (result.status, answer.object?["outcome"]?.stringValue)
    }

    private func compare(_ runs: [Object], key: String? = nil) throws -> HTTPClient.Answer {
        let ids = runs.map { $0["id"]?.stringValue ?? "" }.joined(separator: ",")
        return try server.client.send("GET", "/api/backtests/compare?ids=\(ids)", key: key ?? server.key)
    }

    private func codes(_ answer: HTTPClient.Answer) -> [String] {
        answer.object?["warnings"]?.arrayValue?.compactMap { $0.objectValue?["code"]?.stringValue } ?? []
    }

    @Test func `a run verifies, with its own version, also when the strategy has moved on`() throws {
        let strategy = try server.strategy("verified")
        let run = try server.finished(server.backtest(strategy: strategy))
        let changed = TestStrategy.definition.replacing("\"literal\":70", with: "\"literal\":44")
        _ = try server.client.send(
            "PUT", "/api/strategies/\(strategy)", key: server.key, json: "{\"definition\":\(changed)}")
        let answer = try verify(run)
        #expect(answer.status == 200 && answer.object?["outcome"] == "match", "\(answer.text)")
        #expect(answer.object?["result_hash"]?.objectValue?["now"] == run["result_hash"])
        #expect(try verify(run, key: server.strangersKey).code == "BACKTEST_NOT_FOUND")
        #expect(try tool(run) == (0, "match"))
    }

    @Test func `a result that does not come out again is a mismatch`() throws {
        let run = try server.finished(server.backtest(strategy: server.strategy("forged")))
        let id = try #require(run["id"]?.stringValue)
        // What a run said is final: only the owner of the tables can forge it.
        var db = try Connection(server.databaseURL())
        try db.script(
            """
            BEGIN;
            ALTER TABLE backtest_runs DISABLE TRIGGER backtest_runs_end_is_final;
            UPDATE backtest_runs SET result_hash = repeat('0', 64) WHERE id = '\(id)';
            ALTER TABLE backtest_runs ENABLE TRIGGER backtest_runs_end_is_final;
            COMMIT
            """)
        let answer = try server.verified(id)
        #expect(answer.status == 200 && answer.object?["outcome"] == "mismatch", "\(answer.text)")
        #expect(try tool(run) == (1, "mismatch"))
    }

    @Test func `a run of another engine says so, with both results`() throws {
        let run = try server.finished(server.backtest(strategy: server.strategy("of an older engine")))
        let id = try #require(run["id"]?.stringValue)
        // As the engine before left it: the result, too, was another.
        var db = try Connection(server.databaseURL())
        try db.script(
            """
            BEGIN;
            ALTER TABLE backtest_runs DISABLE TRIGGER backtest_runs_end_is_final;
            UPDATE backtest_runs SET engine_version = '1', result_hash = repeat('0', 64) WHERE id = '\(id)';
            ALTER TABLE backtest_runs ENABLE TRIGGER backtest_runs_end_is_final;
            COMMIT
            """)
        let answer = try server.verified(id)
        #expect(answer.status == 200 && answer.object?["outcome"] == "ENGINE_CHANGED", "\(answer.text)")
        let versions = answer.object?["engine_version"]?.objectValue
        #expect(versions?["run"] == "1" && versions?["now"] == run["engine_version"])
        let results = try #require(run["results"]?.objectValue)
        for figure in ["final_equity", "total_return_pct", "num_trades"] {
            let pair = answer.object?[figure]?.objectValue
            #expect(pair?["run"] == results[figure] && pair?["now"] == results[figure], "\(figure)")
        }
        #expect(try tool(run) == (3, "ENGINE_CHANGED"))
        // The file says the same, also to somebody without a server.
        let file = try server.client.send("GET", "/api/backtests/\(id)/report.json", key: server.key)
        let folder = try TemporaryFolder()
        try file.text.write(toFile: folder.path + "/report.json", atomically: true, encoding: .utf8)
        let ended = try TestServer.run(["verify", folder.path + "/report.json"])
        #expect(
            ended.status == 3 && ended.output.contains("version 1 of the engine"), "\(ended.output) \(ended.errors)")
    }

    /// Of the first engine, which took levels of any number of decimal places.
    @Test func `a run that this engine cannot make says so, on the server and in its file`() throws {
        let run = try server.finished(server.backtest(strategy: server.strategy("of many places")))
        let id = try #require(run["id"]?.stringValue), version = run["strategy_version_id"]?.numberValue?.int ?? 0
        var db = try Connection(server.databaseURL())
        try db.script(
            """
            BEGIN;
            ALTER TABLE backtest_runs DISABLE TRIGGER USER;
            ALTER TABLE strategy_versions DISABLE TRIGGER USER;
            UPDATE backtest_runs SET engine_version = '1' WHERE id = '\(id)';
            UPDATE strategy_versions SET definition_json = jsonb_set(
              definition_json, '{risk}', '{"stop_loss": {"type": "percent", "value": 2.12345}}') WHERE id = \(version);
            ALTER TABLE backtest_runs ENABLE TRIGGER USER;
            ALTER TABLE strategy_versions ENABLE TRIGGER USER;
            COMMIT
            """)
        let answer = try server.verified(id)
        #expect(answer.object?["outcome"] == "ENGINE_CHANGED", "\(answer.text)")
        #expect(answer.object?["final_equity"]?.objectValue?["now"] == .null)
        #expect(try tool(run) == (3, "ENGINE_CHANGED"))
        let file = try server.client.send("GET", "/api/backtests/\(id)/report.json", key: server.key)
        #expect(file.status == 200)
        let folder = try TemporaryFolder()
        // Also what this release knows nothing of.
        for text in [file.text, file.text.replacing("\"stop_loss\"", with: "\"later\"")] {
            try text.write(toFile: folder.path + "/report.json", atomically: true, encoding: .utf8)
            let ended = try TestServer.run(["verify", folder.path + "/report.json", "--json"])
            let told = try? parse(Array(ended.output.utf8)).objectValue
            #expect(ended.status == 3 && told?["outcome"] == "ENGINE_CHANGED", "\(ended.output) \(ended.errors)")
            #expect(told?["result_hash"]?.objectValue?["computed"] == .null)
        }
        // This engine's own it would have to know.
        try file.text.replacing("\"engine_version\":\"1\"", with: "\"engine_version\":\"2\"").write(
            toFile: folder.path + "/report.json", atomically: true, encoding: .utf8)
        let ended = try TestServer.run(["verify", folder.path + "/report.json"])
        #expect(ended.status == 65 && ended.errors.contains("four decimal places"), "\(ended.errors)")
    }

    @Test(arguments: [
        ("00000000-0000-4000-8000-00000000beef", 66 as Int32, "no backtest"), ("nowhere.json", 66, "cannot be read"),
    ])
    func `the tool says when there is nothing to verify`(_ run: String, _ status: Int32, _ words: String) throws {
        let result = try TestServer.run(["verify", run], environment: ["DATABASE_URL": server.databaseURL()])
        #expect(result.status == status && result.errors.contains(words), "\(result.errors)")
        #expect(result.output.isEmpty)
    }

    @Test func `after a correction of the bars both revisions are named, and the runs do not compare`() throws {
        let folder = try TemporaryFolder()
        func load(_ text: String) throws {
            try text.write(toFile: folder.path + "/b.csv", atomically: true, encoding: .utf8)
            try server.command(
                "import", "--symbol", "TSTV", "--asset-type", "EQUITY", "--timeframe", "1d", folder.path + "/b.csv")
        }
        let lines = TestBars.daily.csv.split(separator: "\n").prefix(301)
        try load(lines.joined(separator: "\n") + "\n")
        let strategy = try server.strategy("corrected later")
        let run = try server.finished(server.backtest(strategy: strategy, symbol: "TSTV"))
        #expect(try verify(run).object?["outcome"] == "match")
        let cells = lines[100].split(separator: ",")
        let high = (Double(cells[2]) ?? 0) + 1
        let corrected = "\(cells[0]),\(cells[1]),\(high),\(cells[3]),\(cells[4]),\(cells[5])"
        try load(lines.joined(separator: "\n").replacing(lines[100], with: corrected) + "\n")
        let answer = try verify(run)
        #expect(answer.status == 200 && answer.object?["outcome"] == "INPUT_CHANGED", "\(answer.text)")
        let revisions = try #require(answer.object?["bar_revision"]?.objectValue)
        #expect(revisions["run"] == run["bar_revision"] && revisions["now"] != run["bar_revision"])
        #expect(try tool(run) == (2, "INPUT_CHANGED"))
        let next = try server.finished(server.backtest(strategy: strategy, symbol: "TSTV"))
        #expect(codes(try compare([run, next])) == ["DIFFERENT_BAR_REVISIONS"])
    }

    @Test func `a verification that takes longer than its request is a job, and is there once`() throws {
        let server = try TestServer(environment: ["BACKTEST_INLINE_WAIT_MS": "0"])
        defer { server.stop() }
        let run = try server.finished(server.backtest(strategy: server.strategy("verified later")))
        let id = try #require(run["id"]?.stringValue)
        let daemon = try #require(server.pids("backtestd").first)
        kill(daemon, SIGSTOP)
        let answers = try (0..<2).map { _ in
            try server.client.send("POST", "/api/backtests/\(id)/verify", key: server.key)
        }
        kill(daemon, SIGCONT)
        #expect(answers.allSatisfy { $0.status == 202 && $0.object?["status"] == "pending" }, "\(answers[0].text)")
        let place = try #require(answers[0]["Location"])
        #expect(place == "/api/jobs/\(answers[0].object?["id"]?.stringValue ?? "")" && answers[1]["Location"] == place)
        var job: Object?
        try poll("the verification to end", seconds: 20) {
            job = try server.client.send("GET", place, key: server.key).object
            return job?["status"] == "completed"
        }
        let result = try #require(job?["result"]?.objectValue)
        #expect(result["outcome"] == "match" && result["id"]?.stringValue == id)
        #expect(result["result_hash"]?.objectValue?["now"] == run["result_hash"])
        let strange = try server.client.send("GET", place, key: server.strangersKey)
        #expect(strange.status == 404 && strange.code == "JOB_NOT_FOUND")
        #expect(try server.scalar("SELECT count(*) FROM trials") == 1)
    }

    @Test func `only a completed run is verified`() throws {
        let server = try TestServer(environment: [
            "BACKTESTD_TEST_PAUSE_STAGE": "loaded", "BACKTESTD_TEST_PAUSE_MS": "60000", "BACKTEST_INLINE_WAIT_MS": "0",
        ])
        defer { server.stop() }
        let id = try #require(server.backtest(strategy: server.strategy("unfinished")).object?["id"]?.stringValue)
        let early = try server.client.send("POST", "/api/backtests/\(id)/verify", key: server.key)
        #expect(early.status == 409 && early.code == "BACKTEST_INVALID_STATE", "\(early.text)")
    }

    @Test func `runs stand side by side, with what differs`() throws {
        let strategy = try server.strategy("compared")
        let whole = try server.finished(server.backtest(strategy: strategy))
        let same = try server.finished(server.backtest(strategy: strategy))
        let short = try server.finished(
            server.backtest(strategy: strategy, from: TestBars.daily.times[600], to: TestBars.daily.times[900]))
        let equal = try compare([whole, same])
        #expect(equal.status == 200 && codes(equal).isEmpty, "\(equal.text.prefix(500))")
        let found = try compare([short, whole])
        #expect(codes(found) == ["DIFFERENT_RANGES"])
        let runs = found.object?["backtests"]?.arrayValue?.compactMap(\.objectValue) ?? []
        #expect(runs.map { $0["id"] } == [short["id"], whole["id"]])
        #expect(runs.map { $0["results"] } == [short["results"], whole["results"]])
        #expect(runs.allSatisfy { $0["summary"]?.stringValue?.hasPrefix("Buy when") == true })
        #expect(runs.allSatisfy { (100...500).contains($0["equity"]?.arrayValue?.count ?? 0) })
        #expect(try compare([short, whole], key: server.strangersKey).code == "BACKTEST_NOT_FOUND")
    }

    @Test(arguments: [
        ("", "MISSING_PARAMETER"), ("?ids=x,y", "INVALID_FORMAT"),
        ("?ids=00000000-0000-4000-8000-000000000001", "OUT_OF_RANGE"),
        ("?ids=00000000-0000-4000-8000-000000000001,00000000-0000-4000-8000-000000000001", "OUT_OF_RANGE"),
        ("?ids=" + (1...7).map { "00000000-0000-4000-8000-00000000000\($0)" }.joined(separator: ","), "OUT_OF_RANGE"),
    ])
    func `a comparison is of 2 to 6 different runs`(_ query: String, _ code: String) throws {
        let answer = try server.client.send("GET", "/api/backtests/compare" + query, key: server.key)
        #expect(answer.status == 400 && answer.code == "VALIDATION_ERROR")
        let first = answer.object?["field_errors"]?.arrayValue?.first?.objectValue
        #expect(first?["code"]?.stringValue == code, "\(answer.text)")
    }
}
