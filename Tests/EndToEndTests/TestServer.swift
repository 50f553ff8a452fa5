import Foundation
import JSON
import Synchronization
import TestSupport
import Testing

/// The whole product as `bitstockerz-dev` runs it: nginx, responders, daemon and Postgres of its own, on a free port and
/// in a temporary folder. It ends with the test process, however that ends.
final class TestServer: @unchecked Sendable {
    private(set) var client: HTTPClient
    let state: String
    /// An API key of the first user, with the scopes read and research.
    private(set) var key = ""
    /// A key of another user.
    private(set) var strangersKey = ""
    private var pooler: TestPooler?
    /// Where the pooler is, if there is one.
    private(set) var poolerURL: String?
    private let process = Process()
    private let lifeline = Pipe()
    private let url = Mutex<String?>(nil)

    struct Failure: Error, CustomStringConvertible { let description: String }

    /// The release binaries that `make` has built; nil when the tests are run without them.
    static var build: (binaries: String, web: String)? {
        let environment = ProcessInfo.processInfo.environment
        guard let binaries = environment["BITSTOCKERZ_BINARIES"], let web = environment["BITSTOCKERZ_WEB"] else {
            return nil
        }
        return (binaries, web)
    }

    /// The server that tests share which do no harm to it.
    static let shared: Result<TestServer, any Error> = Result { try TestServer() }

    /// - Parameter sessions: how many a pooler shares among the responders; nil: there is none.
    init(responders: Int = 3, environment: [String: String] = [:], pooling sessions: Int? = nil) throws {
        guard let build = Self.build else {
            throw Failure(description: "BITSTOCKERZ_BINARIES is not set: run make test")
        }
        let port = try Self.freePort()
        client = HTTPClient(port: port)
        state = NSTemporaryDirectory() + "bse2e-\(getpid())-\(port)"
        // However many processors the machine has.
        var environment = ["BACKTESTD_WORKERS": "2"].merging(environment) { $1 }
        if let sessions {
            let sockets = state + "/run"
            let pooler = try TestPooler(before: sockets, sessions: sessions)
            self.pooler = pooler
            environment["DATABASE_POOLER"] = "transaction"
            poolerURL = pooler.conninfo(database: "bitstockerz")
            environment["DATABASE_URL"] = poolerURL
            environment["DATABASE_DIRECT_URL"] = "host=\(sockets) dbname=bitstockerz user=bitstockerz"
        }
        if let direct = environment["DATABASE_DIRECT_URL"] ?? environment["DATABASE_URL"] {
            url.withLock { $0 = direct }
        }
        process.executableURL = URL(fileURLWithPath: build.binaries + "/bitstockerz-dev")
        process.arguments =
            [
                "run", "--state", state, "--port", String(port), "--responders", String(responders),
                "--libexec", build.binaries, "--web", build.web, "--share", Self.share, "--environment", "test",
                // Many tests ask at once from one address.
                "--rate-scale", "1000", "--stop-with-input",
            ] + environment.flatMap { ["--set", "\($0)=\($1)"] }
        process.standardInput = lifeline
        let log = state + ".log"
        _ = FileManager.default.createFile(atPath: log, contents: nil)
        process.standardError = FileHandle(forWritingAtPath: log)
        process.standardOutput = process.standardError
        try process.run()
        atexitStop(self)
        try poll("the server answers as ready", seconds: 90) {
            guard process.isRunning else {
                let how = process.terminationReason == .exit ? "exit" : "signal"
                throw Failure(
                    description: "bitstockerz-dev ended by \(how) \(process.terminationStatus): "
                        + ((try? String(contentsOfFile: log, encoding: .utf8)) ?? ""))
            }
            return (try? client.send("GET", "/api/health/ready").status) == 200
        }
        guard let document = try client.send("GET", "/api/openapi.json").json else {
            throw Failure(description: "no OpenAPI document")
        }
        let contract = Contract(document)
        client.check = { method, target, answer in
            for fault in contract.faults(method, target, answer) { Issue.record("\(fault)") }
        }
        try fill()
    }

    /// Users, keys and prices that every test may use.
    private func fill() throws {
        key = try makeKey(email: "first@example.org")
        strangersKey = try makeKey(email: "stranger@example.org")
        // Who signs up first is admin: not somebody of whom a test thinks that they are anybody.
        let admin = TestBrowser(client), authenticator = SoftwareAuthenticator(origin: admin.origin, .es256)
        guard try admin.signUp("admin@example.org", authenticator).user?["role"] == "admin" else {
            throw Failure(description: "the first person is not admin")
        }
        for series in TestBars.all {
            let file = state + "-\(series.symbol).csv"
            try series.csv.write(toFile: file, atomically: true, encoding: .utf8)
            defer { try? FileManager.default.removeItem(atPath: file) }
            try command(
                "import", "--symbol", series.symbol, "--asset-type", series.assetType, "--timeframe", series.timeframe,
                file)
        }
    }

    private func makeKey(email: String) throws -> String {
        try command("user", "create", "--email", email)
        return try command("api-key", "create", "--user", email, "--name", "tests").trimmingCharacters(
            in: .whitespacesAndNewlines)
    }

    /// Runs the admin tool against this server's database and gives its standard output.
    @discardableResult
    func command(_ arguments: String...) throws -> String {
        let result = try Self.run(arguments, environment: try adminEnvironment())
        guard result.status == 0 else {
            throw Failure(description: "bitstockerz \(arguments.joined(separator: " ")): \(result.errors)")
        }
        return result.output
    }

    /// What the admin tool must know to work on this server.
    func adminEnvironment() throws -> [String: String] {
        [
            "DATABASE_URL": try databaseURL(), "SERVER_SECRET_FILE": state + "/server-secret",
            "PUBLIC_ORIGINS": "http://localhost:\(client.port)",
        ]
    }

    /// Runs the admin tool, or another of our programs, to its end.
    static func run(
        _ arguments: [String], of program: String = "bitstockerz", environment: [String: String] = [:]
    ) throws -> (status: Int32, output: String, errors: String) {
        guard let build else { throw Failure(description: "BITSTOCKERZ_BINARIES is not set: run make test") }
        let tool = Process()
        tool.executableURL = URL(fileURLWithPath: "\(build.binaries)/\(program)")
        tool.arguments = arguments
        tool.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let folder = FileManager.default.temporaryDirectory.appending(path: "bstool-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let output = folder.appending(path: "out"), errors = folder.appending(path: "err")
        _ = FileManager.default.createFile(atPath: output.path, contents: nil)
        _ = FileManager.default.createFile(atPath: errors.path, contents: nil)
        tool.standardOutput = try FileHandle(forWritingTo: output)
        tool.standardError = try FileHandle(forWritingTo: errors)
        tool.standardInput = FileHandle.nullDevice
        try tool.run()
        tool.waitUntilExit()
        return (
            tool.terminationStatus, try String(contentsOf: output, encoding: .utf8),
            try String(contentsOf: errors, encoding: .utf8)
        )
    }

    /// The state as `bitstockerz-dev status --json` tells it.
    func status() throws -> Object {
        let result = try Self.run(["status", "--json", "--state", state], of: "bitstockerz-dev")
        guard let object = (try? parse(Array(result.output.utf8)))?.objectValue else {
            throw Failure(description: "bitstockerz-dev status: \(result.output) \(result.errors)")
        }
        return object
    }

    /// Process ids of the children with this name (`responder`, `backtestd`, `nginx`, `postgres`; prefixes do).
    func pids(_ name: String) throws -> [pid_t] {
        let children = try status()["children"]?.arrayValue ?? []
        return children.compactMap { child in
            guard child.objectValue?["name"]?.stringValue?.hasPrefix(name) == true else { return nil }
            return child.objectValue?["pid"]?.numberValue?.int.map(pid_t.init)
        }
    }

    /// Asked for once: a question is a process of its own, and tests that wait ask the database many times a second.
    func databaseURL() throws -> String {
        try url.withLock { known in
            if let known { return known }
            guard let url = try status()["database_url"]?.stringValue else {
                throw Failure(description: "no database_url")
            }
            known = url
            return url
        }
    }

    func stop() {
        guard process.isRunning else { return }
        process.terminate()
        process.waitUntilExit()
        pooler?.stop()
        try? FileManager.default.removeItem(atPath: state)
        try? FileManager.default.removeItem(atPath: state + ".log")
    }

    /// Where Migrations and nginx are: as root, in a place that the unprivileged user of the stack can read.
    static let share: String = {
        if let installed = ProcessInfo.processInfo.environment["BITSTOCKERZ_SHARE"] { return installed }
        return URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().path
    }()

    /// Free on the loopback, and none of those that sockets get which want any: one of them could take it before a server does.
    static func freePort() throws -> UInt16 {
        for _ in 0..<100 {
            let port = UInt16.random(in: 15_000..<30_000), descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            defer { close(descriptor) }
            if onLoopback(bind, descriptor, port) { return port }
        }
        throw Failure(description: "no free port")
    }
}
