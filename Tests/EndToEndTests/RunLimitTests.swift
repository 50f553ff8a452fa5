import Foundation
import JSON
import TestSupport
import Testing

/// What one run may cost.
@Suite(.serialized, .enabled(if: hasBuild, "needs the release build: run make test"))
struct RunLimitTests {
    @Test(arguments: ["loaded", "copying"])
    func `a run that takes too long ends with what it took from nobody`(_ stage: String) throws {
        let server = try TestServer(environment: [
            "BACKTESTD_TEST_PAUSE_STAGE": stage, "BACKTESTD_TEST_PAUSE_MS": "600000", "BACKTEST_TIMEOUT_MS": "300",
        ])
        defer { server.stop() }
        let run = try server.finished(server.backtest(strategy: server.strategy("slow")))
        #expect(run["status"] == "timed_out" && run["results"] == .null)
        #expect(run["error"]?.objectValue?["code"] == "BACKTEST_TIMEOUT", "\(run)")
        for table in [
            "backtest_results", "backtest_trades", "backtest_equity_points", "backtest_equity_thinned", "trials",
        ] {
            #expect(try server.scalar("SELECT count(*) FROM \(table)") == 0, "\(table)")
        }
        #expect(try server.scalar("SELECT count(*) FROM jobs WHERE status = 'timed_out' AND attempts = 1") == 1)
    }

    /// 20 indicators over 9,000 bars of 8 bytes each are more than 1 MiB.
    private func orderLargeRun(_ server: TestServer) throws -> HTTPClient.Answer {
        let indicators = (1...20).map {
            "{\"id\":\"i\($0)\",\"type\":\"SMA\",\"params\":{\"period\":\($0 + 4)},\"source\":\"close\"}"
        }
        func crosses(_ direction: String) -> String {
            """
            {"logic":"AND","conditions":[{"left":{"indicator":"i1"},"op":"crosses_\(direction)","right":{"indicator":"i20"}}]}
            """
        }
        let definition = """
            {"indicators":[\(indicators.joined(separator: ","))],"entry":\(crosses("above")),"exit":\(crosses("below")),\
            "risk":{}}
            """
        let saved = try server.client.send(
            "POST", "/api/strategies", key: server.key,
            json: "{\"name\":\"large\",\"asset_type\":\"CRYPTO\",\"timeframe\":\"1h\",\"definition\":\(definition)}")
        let strategy = try #require(saved.object?["id"]?.stringValue, "\(saved.text)")
        return try server.backtest(
            strategy: strategy, symbol: "TST-USD", timeframe: "1h",
            from: String(TestBars.hourly.times.first!.prefix(10)), to: String(TestBars.hourly.times.last!.prefix(10)))
    }

    @Test func `a run that needs too much memory leaves no row`() throws {
        let server = try TestServer(environment: ["BACKTEST_MAX_MEMORY_MB": "1"])
        defer { server.stop() }
        let refused = try orderLargeRun(server)
        #expect(refused.status == 400 && refused.code == "BACKTEST_RESOURCE_LIMIT_EXCEEDED", "\(refused.text)")
        #expect(try server.scalar("SELECT count(*) FROM backtest_runs") == 0)
    }

    @Test func `a run that needs more memory than its daemon gives fails with the code`() throws {
        let server = try TestServer(environment: ["BACKTEST_INLINE_WAIT_MS": "0"])
        defer { server.stop() }
        for pid in try server.pids("backtestd") { kill(pid, SIGSTOP) }
        let daemon = try TestDaemon(server, name: "small", environment: ["BACKTEST_MAX_MEMORY_MB": "1"])
        let run = try server.finished(orderLargeRun(server))
        #expect(run["status"] == "failed")
        #expect(run["error"]?.objectValue?["code"] == "BACKTEST_RESOURCE_LIMIT_EXCEEDED", "\(run)")
        daemon.signal(SIGKILL)
    }
}
