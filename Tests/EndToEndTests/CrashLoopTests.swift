import Foundation
import JSON
import Postgres
import TestSupport
import Testing

/// Two hundred runs, while everything that has a part in them is killed again and again.
@Suite(.serialized, .enabled(if: hasBuild, "needs the release build: run make test"))
struct CrashLoopTests {
    private enum Blow: Equatable {
        /// A daemon dies holding what it has at this stage; its host does not come back.
        case held(String)
        case daemon, responders, backend, postgres
    }

    /// A round is ten runs and one blow somewhere among them.
    private static let blows: [Blow] = [
        .held("leased"), .daemon, .backend, .held("loaded"), .responders, .daemon, .held("computed"), .postgres,
        .daemon,
        .held("copying"), .backend, .daemon, .held("committing"), .daemon, .responders, .backend, .held("copying"),
        .daemon,
        .postgres, .held("committing"),
    ]

    private static let settings = ["BACKTESTD_TEST_LEASE_MS": "1500", "BACKTEST_INLINE_WAIT_MS": "0"]

    @Test func `each run ends complete and once, whatever is killed meanwhile`() throws {
        let server = try TestServer(environment: Self.settings)
        defer { server.stop() }
        let strategy = try server.strategy("killed")
        var acknowledged: [String] = []
        for (round, blow) in Self.blows.enumerated() {
            let before = Int.random(in: 0...10)
            let host = try arm(blow, server)
            for number in 0..<10 {
                if number == before { try strike(blow, server) }
                acknowledged.append(try order(round * 10 + number, strategy, server))
            }
            if before == 10 { try strike(blow, server) }
            if let host { try bury(host, server) }
            // Nobody's third attempt is taken by the next blow: by then all of this round are done.
            try poll("round \(round + 1) (\(blow), after \(before)) to be complete", seconds: 60) {
                (try? server.scalar("SELECT count(*) FROM backtest_runs WHERE status IN ('pending', 'running')")) == 0
            }
        }
        #expect(Set(acknowledged).count == 200)
        try expectWhole(acknowledged, server)
    }

    /// A daemon of another host that takes the runs of the round, while the server's own is stopped.
    private func arm(_ blow: Blow, _ server: TestServer) throws -> TestDaemon? {
        guard case .held(let stage) = blow else { return nil }
        try freezeDaemon(of: server)
        return try TestDaemon(
            server, name: "doomed",
            environment: Self.settings.merging([
                "BACKTESTD_TEST_PAUSE_STAGE": stage, "BACKTESTD_TEST_PAUSE_MS": "600000",
                "BACKTEST_TIMEOUT_MS": "600000",
            ]) { $1 })
    }

    /// The round before may have killed it: then the one that is stopped has to be its successor.
    private func freezeDaemon(of server: TestServer) throws {
        try poll("the server's own daemon to be stopped", seconds: 20) {
            let pids = try server.pids("backtestd")
            for pid in pids { kill(pid, SIGSTOP) }
            return try !pids.isEmpty && pids.allSatisfy(Self.isStopped) && server.pids("backtestd") == pids
        }
    }

    private static func isStopped(_ pid: pid_t) -> Bool {
        let status = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)
        return status?.split(separator: ")").last?.hasPrefix(" T") == true
    }

    private func bury(_ host: TestDaemon, _ server: TestServer) throws {
        try poll("the doomed daemon to hold a run", seconds: 20) { host.said("test pause") > 0 }
        host.signal(SIGKILL)
        for pid in try server.pids("backtestd") { kill(pid, SIGCONT) }
    }

    private func strike(_ blow: Blow, _ server: TestServer) throws {
        switch blow {
        case .held: break
        case .daemon: for pid in try server.pids("backtestd") { kill(pid, SIGKILL) }
        case .responders: for pid in try server.pids("responder") { kill(pid, SIGKILL) }
        case .postgres: for pid in try server.pids("postgres") { kill(pid, SIGKILL) }
        case .backend:
            // One session's process: the server then ends all others, and recovers. A daemon that has just come back has
            // none for a moment.
            var pid = 0
            try poll("a session of the daemon", seconds: 20) {
                pid =
                    (try? server.scalar(
                        """
                        SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'backtestd%' AND pid <> pg_backend_pid()
                        ORDER BY state = 'idle', random() LIMIT 1
                        """)) ?? 0
                return pid > 0
            }
            kill(pid_t(pid), SIGKILL)
        }
    }

    /// Orders a run as a careful client does: again with the same key until it is acknowledged.
    private func order(_ number: Int, _ strategy: String, _ server: TestServer) throws -> String {
        let body = """
            {"strategy_id":"\(strategy)","symbol":"TSTA","timeframe":"1d","start_date":"\(TestBars.daily.times[number])",\
            "end_date":"\(TestBars.daily.times.last!)"}
            """
        var id: String?
        var refusal: String?
        try poll("run \(number + 1) to be acknowledged", seconds: 40) {
            let answer = try? server.client.send(
                "POST", "/api/backtests", key: server.key, json: body, fields: [("Idempotency-Key", "run \(number)")],
                seconds: 5)
            guard let answer, ![502, 503, 504].contains(answer.status) else { return false }
            if answer.status == 200 || answer.status == 202 {
                id = answer.object?["id"]?.stringValue
            } else {
                refusal = "\(answer.status) \(answer.text)"
            }
            return true
        }
        return try #require(id, "\(refusal ?? "")")
    }

    private func expectWhole(_ acknowledged: [String], _ server: TestServer) throws {
        #expect(try server.scalar("SELECT count(*) FROM backtest_runs") == 200)
        let list = acknowledged.map { "'\($0)'" }.joined(separator: ",")
        #expect(
            try server.scalar("SELECT count(*) FROM backtest_runs WHERE status = 'completed' AND id IN (\(list))")
                == 200)
        #expect(
            try server.scalar("SELECT count(*) FROM jobs WHERE job_type = 'backtest' AND status = 'completed'") == 200)
        #expect(try server.scalar("SELECT count(*) FROM backtest_results") == 200)
        let torn = try server.scalar(
            """
            SELECT count(*) FROM backtest_runs r LEFT JOIN backtest_results b ON b.backtest_run_id = r.id
            WHERE (SELECT count(*) FROM backtest_trades t WHERE t.backtest_run_id = r.id) IS DISTINCT FROM b.num_trades
              OR (SELECT count(*) FROM backtest_equity_curve p WHERE p.backtest_run_id = r.id) <> r.equity_points
            """)
        #expect(torn == 0)
        #expect(try server.scalar("SELECT count(*) FROM trials") == 200)
        // The blows hit something: what was held was taken up again, and some of it was not the run's fault.
        #expect(try server.scalar("SELECT count(*) FROM jobs WHERE job_type = 'backtest' AND attempts > 1") >= 7)
    }
}
