import Foundation

/// One more backtest daemon at a server's database, as another host would have it: another name, a socket of its own,
/// and nobody who rings there.
final class TestDaemon {
    private let process = Process()
    private let folder: TemporaryFolder

    /// - Parameter environment: on top of what every daemon in a test is told.
    init(_ server: TestServer, name: String, environment: [String: String] = [:]) throws {
        guard let build = TestServer.build else { throw TestServer.Failure(description: "no build") }
        folder = try TemporaryFolder()
        let log = folder.path + "/log"
        _ = FileManager.default.createFile(atPath: log, contents: nil)
        process.executableURL = URL(fileURLWithPath: build.binaries + "/backtestd")
        process.environment = [
            "DATABASE_URL": try server.databaseURL(), "ENVIRONMENT": "test", "BACKTESTD_NAME": name,
            "MIGRATIONS_DIR": TestServer.share + "/Migrations",
        ].merging(environment) { $1 }
        let socket = try Self.listen(folder.path + "/s")
        process.standardInput = FileHandle(fileDescriptor: socket, closeOnDealloc: true)
        process.standardOutput = FileHandle.nullDevice
        process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: log))
        try process.run()
    }

    deinit { signal(SIGKILL) }

    func signal(_ number: Int32) {
        guard process.isRunning else { return }
        kill(process.processIdentifier, number)
        if number == SIGKILL { process.waitUntilExit() }
    }

    /// How often its log has this text.
    func said(_ text: String) -> Int {
        let log = (try? String(contentsOfFile: folder.path + "/log", encoding: .utf8)) ?? ""
        return log.components(separatedBy: text).count - 1
    }

    private static func listen(_ path: String) throws -> Int32 {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard status == 0, Foundation.listen(descriptor, 16) == 0 else {
            throw TestServer.Failure(description: "cannot listen at \(path)")
        }
        return descriptor
    }
}
