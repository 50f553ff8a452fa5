import Foundation
import JSON
import Synchronization
import TestSupport
import Testing

@Suite(.enabled(if: hasBuild, "needs the release build: run make test"))
struct InlineWaitTests {
    @Test func `only as many requests wait for their runs as there are places`() throws {
        // Three responders: one place. Both runs are held until long after the second request is answered.
        let server = try TestServer(environment: [
            "BACKTEST_INLINE_WAIT_MS": "18000", "BACKTEST_TIMEOUT_MS": "60000", "BACKTESTD_TEST_PAUSE_STAGE": "loaded",
            "BACKTESTD_TEST_PAUSE_MS": "8000",
        ])
        defer { server.stop() }
        let strategy = try server.strategy("waited for")
        let first = Mutex<HTTPClient.Answer?>(nil)
        let waiting = DispatchGroup()
        waiting.enter()
        Thread.detachNewThread {
            let answer = try? server.backtest(strategy: strategy)
            first.withLock { $0 = answer }
            waiting.leave()
        }
        try poll("the first run to be under way", seconds: 20) {
            try server.scalar("SELECT count(*) FROM backtest_runs WHERE status = 'running'") == 1
        }
        let second = try server.backtest(strategy: strategy, from: "\(TestBars.daily.times[100])")
        #expect(second.status == 202)
        #expect(first.withLock { $0 == nil })
        waiting.wait()
        let answer = try #require(first.withLock { $0 })
        #expect(answer.status == 200)
        #expect(answer.object?["status"] == "completed")
        let stages = (answer["Server-Timing"] ?? "").split(separator: ",").map { $0.split(separator: ";").first ?? "" }
        #expect(stages.map { $0.filter { $0 != " " } } == ["order", "run", "read"])
        #expect(try server.finished(second)["status"] == "completed")
    }
}
