import Foundation
import Synchronization
import TestSupport
import Testing

/// With limits so low that a test can reach them. The server's own tests run without.
@Suite(.enabled(if: hasBuild, "needs the release build: run make test"))
struct LimitTests {
    @Test func `limits and quotas hold across the processes of a server`() throws {
        let server = try TestServer(
            responders: 4,
            environment: [
                "RATE_LIMIT_RUNS": "12", "RATE_LIMIT_CALLS": "50", "QUOTA_QUEUED_JOBS": "5",
                "BACKTEST_INLINE_WAIT_MS": "0",
                // Nothing ends meanwhile: the pause counts as time of the run.
                "BACKTEST_TIMEOUT_MS": "600000",
                "BACKTESTD_TEST_PAUSE_STAGE": "leased", "BACKTESTD_TEST_PAUSE_MS": "60000",
            ])
        defer { server.stop() }
        let strategy = try server.strategy("limited")
        let answers = Mutex<[HTTPClient.Answer]>([])
        inParallel(20) { _ in
            guard let answer = try? server.backtest(strategy: strategy) else { return }
            answers.withLock { $0.append(answer) }
        }
        let all = answers.withLock { $0 }
        #expect(all.filter { $0.status == 202 }.count == 5)
        #expect(all.filter { $0.status == 429 && $0.code == "QUOTA_EXCEEDED" }.count == 7)
        let limited = all.filter { $0.status == 429 && $0.code == "RATE_LIMITED" }
        #expect(limited.count == 8)
        for answer in limited {
            let wait = Int(answer["Retry-After"] ?? "") ?? 0
            #expect((1...72).contains(wait) && answer["RateLimit-Remaining"] == "0")
            #expect(answer["Content-Type"] == "application/problem+json")
            #expect(answer.fields.filter { $0.name == "RateLimit-Limit" }.count == 1, "each field once")
        }
        // Another kind of call, another user and an anonymous reader are not concerned.
        let list = try server.client.send("GET", "/api/backtests", key: server.key)
        #expect(list.status == 200 && list["RateLimit-Limit"] == "50" && list["RateLimit-Policy"] == "50;w=60")
        let stranger = try server.client.send("GET", "/api/strategies", key: server.strangersKey)
        #expect(stranger.status == 200 && stranger["RateLimit-Remaining"] == "49")
        let open = try server.client.send("GET", "/api/symbols/TSTA")
        #expect(open.status == 200 && open["RateLimit-Limit"] == nil)
        // A refusal of the handler tells the standing too.
        let missing = try server.client.send("GET", "/api/strategies/nothing", key: server.strangersKey)
        #expect(missing.status == 404 && missing["RateLimit-Remaining"] == "48")
    }
}
