import Foundation
import JSON
import TestSupport
import Testing

/// What happens when processes are killed. Each test has a server of its own, one at a time: two cores are soon busy.
@Suite(.serialized, .enabled(if: hasBuild, "needs the release build: run make test"))
struct CrashTests {
    /// Kills a part, sends requests until its successor is there, and tells what was answered in between. From then on
    /// every request has to succeed, whichever responder takes it.
    ///
    /// - Parameter isBack: whether the successor, for a killed server may still answer for a moment, takes work.
    private func fell(_ part: String, of server: TestServer, isBack: () throws -> Bool) throws -> Set<Int> {
        let killed = try server.pids(part)
        for pid in killed { kill(pid, SIGKILL) }
        var seen: Set<Int> = []
        func status() -> Int? {
            try? server.client.send(
                "GET", "/api/market-data/equities/candles?symbol=TSTA&limit=9&order=desc", key: server.key, seconds: 5
            ).status
        }
        try poll("\(part) to be back", seconds: 20) {
            if let status = status() { seen.insert(status) }
            let pids = try server.pids(part)
            return try !pids.isEmpty && pids.allSatisfy { !killed.contains($0) } && isBack()
        }
        let after = (0..<24).map { _ in status() }
        #expect(after.allSatisfy { $0 == 200 }, "\(after)")
        return seen
    }

    @Test func `killed processes come back and nothing acknowledged is lost`() throws {
        let server = try TestServer()
        defer { server.stop() }
        let strategy = try server.strategy("acknowledged")
        let run = try #require(server.finished(server.backtest(strategy: strategy))["id"]?.stringValue)

        for pid in try server.pids("responder") {
            kill(pid, SIGKILL)
            #expect(try server.client.send("GET", "/api/health/live").status == 200)
        }
        try poll("three new responders", seconds: 10) { try server.pids("responder").count == 3 }

        for pid in try server.pids("backtestd") { kill(pid, SIGKILL) }
        let next = try server.finished(server.backtest(strategy: strategy))
        #expect(next["status"] == "completed")

        let during = try fell("postgres", of: server) { (try? server.scalar("SELECT 1")) == 1 }
        #expect(during.isSubset(of: [200, 503]), "\(during)")
        let without = try fell("nginx", of: server) {
            (try? server.client.send("GET", "/api/health/live", seconds: 5))?.status == 200
        }
        #expect(without.isSubset(of: [200]), "\(without)")

        let kept = try server.client.send("GET", "/api/strategies/\(strategy)", key: server.key)
        #expect(kept.object?["id"]?.stringValue == strategy)
        let stored = try server.client.send("GET", "/api/backtests/\(run)", key: server.key)
        #expect(stored.object?["status"] == "completed")
    }

    @Test(arguments: ["leased", "loaded", "computed", "copying", "committing"])
    func `a daemon killed while it holds a run finishes it exactly once`(_ stage: String) throws {
        // The first daemon holds every run at the stage; the one after the kill is told so too, but for a moment only.
        let server = try TestServer(environment: [
            "BACKTESTD_TEST_PAUSE_STAGE": stage, "BACKTESTD_TEST_PAUSE_MS": "1500", "BACKTEST_TIMEOUT_MS": "600000",
        ])
        defer { server.stop() }
        let created = try server.backtest(strategy: server.strategy("held"))
        #expect(created.status == 202)
        #expect(created["Location"] == "/api/backtests/\(created.object?["id"]?.stringValue ?? "")")
        let job = try #require(created.object?["job_id"]?.stringValue)
        try poll("the daemon to have the job", seconds: 10) {
            try server.scalar("SELECT count(*) FROM jobs WHERE id = '\(job)' AND status = 'running'") == 1
        }
        let daemon = try server.pids("backtestd")
        for pid in daemon { kill(pid, SIGKILL) }
        let run = try server.finished(created)
        #expect(run["status"] == "completed")
        let id = try #require(run["id"]?.stringValue)
        #expect(try server.scalar("SELECT count(*) FROM backtest_results WHERE backtest_run_id = '\(id)'") == 1)
        let trades = try server.scalar("SELECT count(*) FROM backtest_trades WHERE backtest_run_id = '\(id)'")
        #expect(trades == run["results"]?.objectValue?["num_trades"]?.numberValue?.int)
        #expect(try server.scalar("SELECT attempts FROM jobs WHERE id = '\(job)'") == 2)
        #expect(try server.scalar("SELECT count(*) FROM trials") == 1)
    }

    @Test func `a run in which Postgres was killed waits for no lease to end, and loses no attempt`() throws {
        let server = try TestServer(environment: [
            "BACKTESTD_TEST_PAUSE_STAGE": "computed", "BACKTESTD_TEST_PAUSE_MS": "1500",
            "BACKTEST_TIMEOUT_MS": "600000",
        ])
        defer { server.stop() }
        let created = try server.backtest(strategy: server.strategy("interrupted"))
        #expect(created.status == 202)
        let id = try #require(created.object?["id"]?.stringValue)
        let job = try #require(created.object?["job_id"]?.stringValue)
        try poll("the daemon to have the job", seconds: 10) {
            try server.scalar("SELECT count(*) FROM jobs WHERE id = '\(job)' AND status = 'running'") == 1
        }
        for pid in try server.pids("postgres") { kill(pid, SIGKILL) }
        try poll("the run to be completed", seconds: 20) {
            try server.client.send("GET", "/api/backtests/\(id)", key: server.key).object?["status"] == "completed"
        }
        #expect(try server.scalar("SELECT attempts FROM jobs WHERE id = '\(job)'") == 1)
    }

    @Test func `without a daemon runs wait, and with it they finish`() throws {
        let server = try TestServer()
        defer { server.stop() }
        let strategy = try server.strategy("waits")
        // Stopped, not killed: the supervisor sees a live child and starts no other.
        let daemon = try #require(server.pids("backtestd").first)
        kill(daemon, SIGSTOP)
        let created = try server.backtest(strategy: strategy)
        kill(daemon, SIGCONT)
        #expect(created.status == 202 && created.object?["status"] == "pending")
        #expect(try server.finished(created)["status"] == "completed")
    }
}
