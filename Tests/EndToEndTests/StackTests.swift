import Foundation
import JSON
import TestSupport
import Testing

/// `bitstockerz-dev` itself: what it says when it cannot start, and that nothing outlives it.
@Suite(.serialized, .enabled(if: hasBuild, "needs the release build: run make test"))
struct StackTests {
    private let folder: TemporaryFolder
    private let port: UInt16

    init() throws {
        folder = try TemporaryFolder()
        port = try TestServer.freePort()
    }

    private func start() throws -> (status: Int32, output: String, errors: String) {
        let build = try #require(TestServer.build)
        return try TestServer.run(
            [
                "start", "--state", state, "--port", "\(port)", "--responders", "2", "--libexec", build.binaries,
                "--web", build.web, "--share", TestServer.share, "--environment", "test",
            ], of: "bitstockerz-dev")
    }

    private func stop() throws -> (status: Int32, output: String, errors: String) {
        try TestServer.run(["stop", "--state", state], of: "bitstockerz-dev")
    }

    /// As root the stack belongs to another user, who has to reach it.
    private var state: String { NSTemporaryDirectory() + "bsstack-\(getpid())-\(port)" }

    /// Process ids of the supervisor and of everything it looks after.
    private func processes() throws -> (supervisor: pid_t, children: [pid_t]) {
        let result = try TestServer.run(["status", "--json", "--state", state], of: "bitstockerz-dev")
        let status = try #require(try parse(Array(result.output.utf8)).objectValue)
        let children = (status["children"]?.arrayValue ?? []).compactMap { $0.objectValue?["pid"]?.numberValue?.int }
        return (pid_t(try #require(status["pid"]?.numberValue?.int)), children.map { pid_t($0) })
    }

    @Test func `a port in use is named, and nothing is left running`() throws {
        defer { try? FileManager.default.removeItem(atPath: state) }
        let taken = try TestServer.shared.get().client.port
        let build = try #require(TestServer.build)
        let result = try TestServer.run(
            [
                "start", "--state", state, "--port", "\(taken)", "--libexec", build.binaries, "--web", build.web,
                "--share", TestServer.share,
            ], of: "bitstockerz-dev")
        #expect(result.status == 1)
        #expect(result.errors == "error: port \(taken) is in use: stop what listens there, or choose another port\n")
        #expect(try TestServer.run(["status", "--state", state], of: "bitstockerz-dev").status == 3)
    }

    @Test(arguments: ["/dev/null/state", "/proc/impossible"])
    func `a state directory that cannot be is refused in one sentence`(_ path: String) throws {
        let build = try #require(TestServer.build)
        let result = try TestServer.run(
            [
                "start", "--state", path, "--libexec", build.binaries, "--web", build.web, "--share",
                TestServer.share,
            ], of: "bitstockerz-dev")
        #expect(result.status == 1 && result.output.isEmpty)
        #expect(result.errors.hasPrefix("error: the directory /") && result.errors.filter { $0 == "\n" }.count == 1)
        #expect(!result.errors.contains("Error Domain"), "\(result.errors)")
    }

    @Test func `what is missing is named before anything starts`() throws {
        let result = try TestServer.run(
            [
                "start", "--state", folder.path, "--libexec", "/nonexistent", "--share", "/nonexistent",
            ], of: "bitstockerz-dev")
        #expect(result.status == 1)
        for part in ["/nonexistent/responder", "/nonexistent/backtestd", "/nonexistent/Migrations", "/nonexistent/web"]
        {
            #expect(result.errors.contains(part), "\(part)")
        }
        #expect(result.errors.split(separator: "\n").count == 1)
    }

    @Test func `a killed supervisor takes everything with it, and the next start finds its data`() throws {
        defer {
            _ = try? stop()
            try? FileManager.default.removeItem(atPath: state)
        }
        let first = try start()
        #expect(first.status == 0, "\(first.errors)")
        let again = try start()
        #expect(again.status == 1 && again.errors.hasPrefix("error: already running at http://localhost:\(port)"))

        let (supervisor, children) = try processes()
        #expect(children.count == 8)
        kill(supervisor, SIGKILL)
        try poll("everything to end with its supervisor", seconds: 30) {
            children.allSatisfy { kill($0, 0) != 0 && errno == ESRCH }
        }
        let second = try start()
        #expect(second.status == 0, "\(second.errors)")
        #expect(try HTTPClient(port: port).send("GET", "/api/health/ready").status == 200)

        let (_, later) = try processes()
        #expect(try stop().output == "stopped\n")
        #expect(later.allSatisfy { kill($0, 0) != 0 })
        #expect(try stop().output == "not running\n")
    }
}
