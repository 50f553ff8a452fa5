import Foundation
import JSON
import TestSupport
import Testing

/// What happens when processes are killed. Each test has a server of its own, one at a time: two cores are soon busy.
@Suite(.serialized, .enabled(if: hasBuild, "needs the release build: run make test"))
struct CrashTests {
    /// Polls until requests succeed again, and tells what was answered in between. Each responder finds its own way
    /// back to the database, so one answer says nothing about the others: twelve in a row do.
    private func recovered(_ server: TestServer, seconds: Int) throws -> Set<Int> {
        var seen: Set<Int> = []
        var inRow = 0
        try poll("the service to be back", seconds: seconds) {
            let status =
                (try? server.client.send(
                    "GET", "/api/market-data/equities/candles?symbol=TSTA&limit=9&order=desc", key: server.key,
                    seconds: 5))?.status
            if let status { seen.insert(status) }
            inRow = status == 200 ? inRow + 1 : 0
            return inRow == 12
        }
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

        for pid in try server.pids("postgres") { kill(pid, SIGKILL) }
        let during = try recovered(server, seconds: 10)
        #expect(during.isSubset(of: [200, 503]), "\(during)")

        for pid in try server.pids("nginx") { kill(pid, SIGKILL) }
        #expect(try recovered(server, seconds: 10).isSubset(of: [200]))

        // A responder that nobody asked since may only now find out that its session is gone, and say 503 once.
        func kept(_ path: String) throws -> Object {
            var answer: Object?
            try poll("\(path) to be answered", seconds: 10) {
                let response = try server.client.send("GET", path, key: server.key)
                guard response.status != 503 else { return false }
                #expect(response.status == 200)
                answer = response.object
                return true
            }
            return try #require(answer)
        }
        #expect(try kept("/api/strategies/\(strategy)")["id"]?.stringValue == strategy)
        #expect(try kept("/api/backtests/\(run)")["status"] == "completed")
    }

    @Test(arguments: ["leased", "loaded", "computed", "copying", "committing"])
    func `a daemon killed while it holds a run finishes it exactly once`(_ stage: String) throws {
        // The first daemon holds every run at the stage; the one after the kill is told so too, but for a moment only.
        let server = try TestServer(environment: [
            "BACKTESTD_TEST_PAUSE_STAGE": stage, "BACKTESTD_TEST_PAUSE_MS": "1500",
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
