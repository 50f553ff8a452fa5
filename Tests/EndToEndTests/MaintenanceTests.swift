import Foundation
import TestSupport
import Testing

/// The daily round as the timer starts it, with a worker there.
@Suite(.enabled(if: hasBuild, "needs the release build: run make test"))
struct MaintenanceTests {
    @Test func `the worker does the round, and both tell its checkpoint`() throws {
        let server = try TestServer.shared.get()
        let output = try server.command("maintenance")
        let line = try #require(output.split(separator: "\n").last)
        #expect(line.hasPrefix("{\"audit_checkpoint\":"))
        #expect(
            try server.scalar(
                "SELECT count(*) FROM jobs WHERE job_type = 'maintenance' AND status = 'completed' AND worker LIKE '%.worker/%'"
            ) >= 1)
        let log = try String(contentsOfFile: server.state + "/log/worker.log", encoding: .utf8)
        #expect(log.contains(line))
    }

    @Test func `a round goes on when its worker is killed`() throws {
        let server = try TestServer()
        defer { server.stop() }
        for pid in try server.pids("worker") { kill(pid, SIGKILL) }
        #expect(try server.command("maintenance", "--json").contains("\"finished_jobs\":0"))
    }
}
