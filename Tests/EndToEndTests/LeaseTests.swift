import Foundation
import JSON
import TestSupport
import Testing

/// Two daemons share the queue. Leases are short here, so that nobody waits half a minute for one to end.
@Suite(.serialized, .enabled(if: hasBuild, "needs the release build: run make test"))
struct LeaseTests {
    private let settings = ["BACKTESTD_TEST_LEASE_MS": "1500", "BACKTEST_INLINE_WAIT_MS": "0"]

    /// Orders a run that a second daemon takes, while the server's own is stopped, and holds at a stage.
    private func held(
        at stage: String, forSeconds seconds: Int = 600, _ server: TestServer, strategy: String
    ) throws -> (daemon: TestDaemon, run: String, job: String) {
        for pid in try server.pids("backtestd") { kill(pid, SIGSTOP) }
        let daemon = try TestDaemon(
            server, name: "elsewhere",
            environment: settings.merging([
                "BACKTESTD_TEST_PAUSE_STAGE": stage, "BACKTESTD_TEST_PAUSE_MS": "\(seconds * 1_000)",
                "BACKTEST_TIMEOUT_MS": "600000",
            ]) { $1 })
        let created = try server.backtest(strategy: strategy)
        let run = try #require(created.object?["id"]?.stringValue)
        let job = try #require(created.object?["job_id"]?.stringValue)
        try poll("the second daemon to hold the run", seconds: 20) { daemon.said("test pause") > 0 }
        return (daemon, run, job)
    }

    private func expectOneResult(_ run: String, _ server: TestServer) throws {
        let stored = try #require(server.client.send("GET", "/api/backtests/\(run)", key: server.key).object)
        #expect(stored["status"] == "completed")
        let count = { (table: String) in
            try server.scalar("SELECT count(*) FROM \(table) WHERE backtest_run_id = '\(run)'")
        }
        #expect(try count("backtest_results") == 1)
        let trades = stored["results"]?.objectValue?["num_trades"]?.numberValue?.int
        #expect(try trades != nil && count("backtest_trades") == trades)
        #expect(try count("backtest_equity_curve") == TestBars.daily.times.count)
    }

    @Test func `a daemon that slept longer than its lease stores nothing when it wakes`() throws {
        let server = try TestServer(environment: settings)
        defer { server.stop() }
        let strategy = try server.strategy("slept over")
        for stage in ["computed", "copying", "committing"] {
            let (daemon, run, job) = try held(at: stage, forSeconds: 5, server, strategy: strategy)
            daemon.signal(SIGSTOP)
            for pid in try server.pids("backtestd") { kill(pid, SIGCONT) }
            try poll("the other daemon to finish the run held at \(stage)", seconds: 30) {
                try server.scalar("SELECT count(*) FROM jobs WHERE id = '\(job)' AND status = 'completed'") == 1
            }
            daemon.signal(SIGCONT)
            try poll("the sleeper to find out", seconds: 20) {
                daemon.said("lease lost") + daemon.said("job interrupted") > 0
            }
            try expectOneResult(run, server)
            #expect(
                try server.scalar("SELECT count(*) FROM jobs WHERE id = '\(job)' AND worker NOT LIKE 'elsewhere/%'")
                    == 1)
            #expect(try server.scalar("SELECT fence FROM jobs WHERE id = '\(job)'") == 2)
        }
    }

    @Test func `a long run keeps its lease, a dead host's goes to another`() throws {
        let server = try TestServer(environment: settings)
        defer { server.stop() }
        let (daemon, run, job) = try held(at: "computed", server, strategy: server.strategy("long"))
        for pid in try server.pids("backtestd") { kill(pid, SIGCONT) }
        try poll("three leases to pass", seconds: 30) {
            try server.scalar(
                "SELECT count(*) FROM jobs WHERE id = '\(job)' AND lease_until > started_at + interval '6 s'") == 1
        }
        #expect(
            try server.scalar(
                "SELECT count(*) FROM jobs WHERE id = '\(job)' AND fence = 1 AND worker LIKE 'elsewhere/%'")
                == 1)
        daemon.signal(SIGKILL)
        try poll("the run to be completed", seconds: 30) {
            try server.scalar("SELECT count(*) FROM jobs WHERE id = '\(job)' AND status = 'completed'") == 1
        }
        try expectOneResult(run, server)
        #expect(try server.scalar("SELECT attempts FROM jobs WHERE id = '\(job)'") == 2)
    }

    @Test func `a daemon that nobody rings at hears of the wish to stop`() throws {
        let server = try TestServer(environment: settings)
        defer { server.stop() }
        let strategy = try server.strategy("stopped from elsewhere")
        for stage in ["computed", "copying"] {
            let (daemon, run, job) = try held(at: stage, server, strategy: strategy)
            let told = try server.client.send("POST", "/api/backtests/\(run)/cancel", key: server.key)
            #expect([200, 202].contains(told.status), "\(told.text)")
            #expect(try server.finished(told)["status"] == "cancelled")
            #expect(
                try server.scalar("SELECT count(*) FROM jobs WHERE id = '\(job)' AND worker LIKE 'elsewhere/%'") == 1)
            daemon.signal(SIGKILL)
        }
        #expect(try server.scalar("SELECT count(*) FROM backtest_results") == 0)
    }
}
