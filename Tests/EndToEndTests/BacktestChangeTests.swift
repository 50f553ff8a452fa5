import Foundation
import JSON
import TestSupport
import Testing

@Suite(.enabled(if: hasBuild, "needs the release build: run make test"))
struct BacktestChangeTests {
    let server: TestServer

    init() throws { server = try TestServer.shared.get() }

    private func post(_ strategy: String, idempotencyKey: String, _ members: String = "") throws -> HTTPClient.Answer {
        let body = """
            {"strategy_id":"\(strategy)","symbol":"TSTA","timeframe":"1d","start_date":"2015-01-02",\
            "end_date":"2018-12-31"\(members)}
            """
        return try server.client.send(
            "POST", "/api/backtests", key: server.key, json: body, fields: [("Idempotency-Key", idempotencyKey)])
    }

    @Test func `a request with a key makes one run, however often it is sent`() throws {
        let strategy = try server.strategy("sent again")
        let first = try post(strategy, idempotencyKey: "again")
        let run = try server.finished(first)
        // The same request in other words, and after the strategy has moved on.
        let changed = TestStrategy.definition.replacing("\"literal\":70", with: "\"literal\":45")
        _ = try server.client.send(
            "PUT", "/api/strategies/\(strategy)", key: server.key, json: "{\"definition\":\(changed)}")
        let again = try post(
            strategy, idempotencyKey: "again", #","initial_equity":"10000","simulation":{"commission_bps":0}"#)
        #expect(again.status == 200 && again.object?.withoutStatistics == run.withoutStatistics, "\(again.text)")
        let list = try server.client.send("GET", "/api/backtests?strategy_id=\(strategy)", key: server.key)
        #expect(list.object?["backtests"]?.arrayValue?.count == 1)
    }

    @Test func `a key that comes with another request is a conflict`() throws {
        let strategy = try server.strategy("sent otherwise")
        _ = try post(strategy, idempotencyKey: "otherwise")
        let other = try post(strategy, idempotencyKey: "otherwise", #","initial_equity":"20000.00""#)
        #expect(other.status == 409 && other.code == "CONFLICT", "\(other.text)")
    }

    @Test func `a key that is too long is refused`() throws {
        let strategy = try server.strategy("long key")
        let answer = try post(strategy, idempotencyKey: String(repeating: "k", count: 256))
        #expect(answer.status == 400 && answer.code == "VALIDATION_ERROR", "\(answer.text)")
    }

    @Test func `the same request sent many times at once makes one run`() throws {
        let strategy = try server.strategy("sent at once")
        let ids = try inParallel(8) { _ in
            try self.post(strategy, idempotencyKey: "at once").object?["id"]?.stringValue
        }
        #expect(Set(ids).count == 1 && ids.allSatisfy { $0 != nil }, "\(ids)")
    }

    @Test func `a deleted run is gone with all it had, and its trial stays counted`() throws {
        let draft = TestStrategy.draft(name: "counted on").replacing("70", with: "68.25")
        let strategy = try #require(
            server.client.send("POST", "/api/strategies", key: server.key, json: draft).object?["id"]?.stringValue)
        let run = try #require(server.finished(server.backtest(strategy: strategy))["id"]?.stringValue)
        let gone = try server.client.send("DELETE", "/api/backtests/\(run)", key: server.key)
        #expect(gone.status == 204, "\(gone.text)")
        for method in ["GET", "DELETE"] {
            let answer = try server.client.send(method, "/api/backtests/\(run)", key: server.key)
            #expect(answer.status == 404 && answer.code == "BACKTEST_NOT_FOUND")
        }
        for table in ["backtest_results", "backtest_trades", "backtest_equity_points", "backtest_equity_thinned"] {
            #expect(
                try server.scalar("SELECT count(*) FROM \(table) WHERE backtest_run_id = '\(run)'") == 0, "\(table)")
        }
        let trials = try server.scalar(
            "SELECT count(*) FROM trials t JOIN strategies s ON s.lineage_id = t.lineage_id WHERE s.id = '\(strategy)'")
        #expect(trials == 1)
    }

    @Test func `a run that is over cannot be cancelled, and other people's not at all`() throws {
        let run = try server.finished(server.backtest(strategy: server.strategy("over")))
        let id = try #require(run["id"]?.stringValue)
        let late = try server.client.send("POST", "/api/backtests/\(id)/cancel", key: server.key)
        #expect(late.status == 409 && late.code == "BACKTEST_INVALID_STATE", "\(late.text)")
        for (method, place) in [("POST", "/cancel"), ("DELETE", "")] {
            let answer = try server.client.send(method, "/api/backtests/\(id)\(place)", key: server.strangersKey)
            #expect(answer.status == 404 && answer.code == "BACKTEST_NOT_FOUND")
        }
        let kept = try server.client.send("GET", "/api/backtests/\(id)", key: server.key).object
        #expect(kept?.withoutStatistics == run.withoutStatistics)
    }

    @Test(arguments: ["leased", "loaded", "computed", "copying"])
    func `a run under way is cancelled long before it would end, one that waits at once`(_ stage: String) throws {
        let server = try TestServer(environment: [
            "BACKTESTD_TEST_PAUSE_STAGE": stage, "BACKTESTD_TEST_PAUSE_MS": "60000", "BACKTESTD_WORKERS": "1",
        ])
        defer { server.stop() }
        let strategy = try server.strategy("held")
        let held = try #require(server.backtest(strategy: strategy).object)
        let heldID = try #require(held["id"]?.stringValue)
        let job = held["job_id"]?.stringValue ?? ""
        try poll("the daemon to have the job", seconds: 10) {
            try server.scalar("SELECT count(*) FROM jobs WHERE id = '\(job)' AND status = 'running'") == 1
        }
        let waiting = try #require(server.backtest(strategy: strategy).object?["id"]?.stringValue)
        let early = try server.client.send("DELETE", "/api/backtests/\(waiting)", key: server.key)
        #expect(early.status == 409 && early.code == "BACKTEST_INVALID_STATE")
        let atOnce = try server.client.send("POST", "/api/backtests/\(waiting)/cancel", key: server.key)
        #expect(atOnce.status == 200 && atOnce.object?["status"] == "cancelled", "\(atOnce.text)")
        let told = try server.client.send("POST", "/api/backtests/\(heldID)/cancel", key: server.key)
        #expect([200, 202].contains(told.status), "\(told.text)")
        let ended = try server.finished(told, seconds: 20)
        #expect(ended["status"] == "cancelled" && ended["results"] == .null)
        let export = try server.client.send("GET", "/api/backtests/\(heldID)/trades.csv", key: server.key)
        #expect(export.status == 409 && export.code == "BACKTEST_INVALID_STATE")
        #expect(try server.scalar("SELECT count(*) FROM jobs WHERE status = 'cancelled'") == 2)
        #expect(try server.scalar("SELECT count(*) FROM trials") == 0)
        #expect(try server.client.send("DELETE", "/api/backtests/\(heldID)", key: server.key).status == 204)
    }
}
