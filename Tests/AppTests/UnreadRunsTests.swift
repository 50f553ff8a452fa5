import JSON
import Postgres
import TestSupport
import Testing

@testable import App

/// Runs of which this release does not take what another stored: they are shown, and what cannot be done says so.
@Suite struct UnreadRunsTests {
    private let run = try! CompletedRun()

    /// As the first engine took it.
    private static let stop = #"{"stop_loss": {"type": "percent", "value": 2.12345}}"#

    private func tightenStop() throws {
        try run.rewrite(
            """
            UPDATE strategy_versions SET definition_json = jsonb_set(definition_json, '{risk}', '\(Self.stop)');
            UPDATE backtest_runs SET engine_version = '1'
            """)
    }

    @Test func `figures are read as they are, and none that must be there is taken for nothing`() throws {
        var db = try run.connect()
        func read(_ sql: String) throws -> Object {
            try db.run(Query<BacktestFigures>.value("SELECT \(sql) FROM backtest_results b")).object
        }
        #expect(try read("to_jsonb(b) || '{\"sharpe_ratio\": null}'")["sharpe_ratio"] == .null)
        for broken in [
            "to_jsonb(b) - 'sharpe_ratio'", "to_jsonb(b) - 'returns_count'", "to_jsonb(b) || '{\"notices\": null}'",
            "to_jsonb(b) || '{\"returns_count\": null}'", "'[]'::jsonb",
        ] {
            #expect(throws: PostgresError.self, "\(broken)") { try read(broken) }
        }
    }

    private func report() throws -> Object { try #require(try run.user.send("GET", run.path + "/report.json").object) }

    @Test func `a stop of more places than levels may have is shown, exported and compared with the market`() throws {
        try tightenStop()
        let told = try report()
        #expect(told["definition"]?.objectValue?["risk"] == parsed(Self.stop))
        #expect(told["definition_summary"]?.stringValue?.contains("2.12345") == true)
        #expect(told["bars"]?.objectValue?["state"] == "match")
        try run.rewrite("UPDATE backtest_results SET excess_count = NULL, excess_mean = NULL, excess_sd = NULL")
        var db = try run.connect()
        #expect(try StoredExcess.complete(in: &db, warn: { _ in }) { _ in } == .init(done: 1))
        #expect(try db.query("SELECT excess_count FROM backtest_results").int(0, 0) == 99)
    }

    @Test func `what another engine made and this one cannot make is neither confirmed nor refuted`() throws {
        try tightenStop()
        let results = try run.told()["results"]?.objectValue
        let found = try #require(try run.verified()["result"]?.objectValue)
        #expect(found["outcome"] == "ENGINE_CHANGED", "\(found)")
        #expect(found["result_hash"]?.objectValue?["now"] == .null)
        #expect(found["bars_hash"]?.objectValue?["now"] == found["bars_hash"]?.objectValue?["run"])
        for figure in ["final_equity", "total_return_pct", "num_trades"] {
            #expect(found[figure] == ["run": results?[figure] ?? .null, "now": .null], "\(figure)")
        }
        var db = try run.connect()
        #expect(try RunVerification(of: run.id, run.installation.configuration, in: &db).outcome == .engineChanged)
    }

    @Test func `this engine's own run is not computable without what it was made of`() throws {
        try run.rewrite(#"UPDATE strategy_versions SET definition_json = '{"newer": 1}'"#)
        let job = try run.verified()
        #expect(job["status"] == "failed" && job["error"]?.objectValue?["code"] == "BACKTEST_INVALID_DEFINITION")
        try run.rewrite("UPDATE backtest_runs SET engine_version = '3'")
        let found = try #require(try run.verified()["result"]?.objectValue)
        #expect(found["outcome"] == "ENGINE_CHANGED" && found["bars_hash"]?.objectValue?["now"] == .null)
        #expect(found["bar_revision"]?.objectValue?["now"] == .null)
    }

    @Test func `such a stop is ordered no more, and a run that waits says why it fails`() throws {
        let waiting = try run.orderAgain()
        #expect(waiting.status == 202)
        try tightenStop()
        let refused = try run.orderAgain()
        #expect(refused.status == 400 && refused.code == "BACKTEST_INVALID_DEFINITION", "\(refused.text)")
        #expect(refused.text.contains("risk.stop_loss.value may have at most four decimal places"))
        try run.simulate()
        let failed = try run.user.send("GET", waiting["Location"] ?? "").object
        #expect(failed?["status"] == "failed")
        let error = failed?["error"]?.objectValue
        #expect(error?["code"] == "BACKTEST_INVALID_DEFINITION")
        #expect(error?["message"]?.stringValue?.contains("four decimal places") == true, "\(error ?? [:])")
    }

    @Test func `options out of bounds or of a later release are told as they are, and shut nobody out`() throws {
        let other = try run.orderAgain()
        try run.simulate()
        let waiting = try run.orderAgain()
        // In the order of jsonb.
        let stored = #"{"trailing": 1, "allocation_pct": 250}"#
        try run.rewrite("UPDATE backtest_runs SET options_json = '\(stored)' WHERE id <> '\(id(other))'")
        func get(_ path: String) throws -> HTTPClient.Answer { try run.user.send("GET", path) }

        let list = try get("/api/backtests")
        let simulations = list.object?["backtests"]?.arrayValue?.map { $0.objectValue?["simulation"] }
        #expect(list.status == 200 && simulations?.count == 3 && simulations?[0] == parsed(stored), "\(list.text)")
        #expect(try run.told()["simulation"] == parsed(stored))
        let compared = try get("/api/backtests/compare?ids=\(run.id),\(id(other))")
        let warnings = compared.object?["warnings"]?.arrayValue?.map { $0.objectValue?["code"] }
        #expect(compared.status == 200 && warnings == ["DIFFERENT_SIMULATIONS"], "\(compared.text)")
        for file in ["trades.csv", "equity.csv"] { #expect(try get(run.path + "/" + file).status == 200, "\(file)") }
        let told = try report()
        #expect(told["simulation"] == parsed(stored) && told["trades"]?.arrayValue?.isEmpty == false)
        let bars = told["bars"]?.objectValue
        #expect(bars?["state"] == "NOT_COMPUTABLE" && bars?["first_tradable"] == .null && bars?["close"] == nil)
        #expect(try run.verified()["error"]?.objectValue?["code"] == "BACKTEST_INVALID_DEFINITION")
        #expect(try run.user.send("POST", "/api/backtests/\(id(waiting))/cancel").status == 200)
        for id in [run.id, id(waiting)] {
            #expect(try run.user.send("DELETE", "/api/backtests/\(id)").status == 204)
        }
    }

    @Test func `figures are compared as numbers, however the table writes them`() throws {
        try run.rewrite("UPDATE backtest_results SET total_return_pct = 1.25e-7")
        var db = try run.connect()
        let found = try RunVerification(of: run.id, run.installation.configuration, in: &db)
        let pair = found.figures.first { $0.name == "total_return_pct" }
        #expect(pair?.run == Number(1.25e-7).text)
    }

    private func id(_ answer: HTTPClient.Answer) -> String { answer.object?["id"]?.stringValue ?? "" }

    private func parsed(_ text: String) -> Value? { try? parse(Array(text.utf8)) }
}
