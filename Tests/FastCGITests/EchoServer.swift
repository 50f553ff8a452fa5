import Foundation
import Testing

/// A running FastCGIEcho on a private socket. It ends, and its directory goes, with this object.
final class EchoServer: @unchecked Sendable {
    let socketPath: String
    /// What all the processes listen on, by the same file description.
    private let listener: Int32
    private let directory: String
    private var processes: [Process] = []
    private let events: FileHandle
    private var unread = ""
    private(set) var seen: [String] = []

    /// - Parameters:
    ///   - settings: environment variables of FastCGIEcho.
    ///   - processes: how many share the socket; the events are those of the first.
    init(_ settings: [String: Int] = [:], processes count: Int = 1) throws {
        directory = NSTemporaryDirectory() + "bsf-\(UUID().uuidString.prefix(8))"
        socketPath = directory + "/s"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false)
        let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        let status = withAddress(of: socketPath) { bind(listener, $0, $1) }
        guard status == 0, listen(listener, 64) == 0 else { throw POSIXError(.EADDRINUSE) }
        self.listener = listener
        let output = Pipe()
        events = output.fileHandleForReading
        for index in 0..<count {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0])
                .deletingLastPathComponent().appendingPathComponent("FastCGIEcho")
            process.environment = settings.mapValues(String.init)
            process.standardInput = FileHandle(fileDescriptor: listener, closeOnDealloc: false)
            process.standardOutput = index == 0 ? output : FileHandle.nullDevice
            try process.run()
            processes.append(process)
        }
        try output.fileHandleForWriting.close()
        try waitFor("ready")
    }

    deinit {
        for process in processes {
            if process.isRunning { kill(process.processIdentifier, SIGKILL) }
            process.waitUntilExit()
        }
        close(listener)
        try? FileManager.default.removeItem(atPath: directory)
    }

    private var process: Process { processes[0] }

    func killOneOfTheOthers() {
        kill(processes[1].processIdentifier, SIGKILL)
        processes[1].waitUntilExit()
    }

    /// As systemd does, for all who share the socket, when it starts another process on it.
    func makeSocketBlocking() {
        _ = fcntl(listener, F_SETFL, fcntl(listener, F_GETFL) & ~O_NONBLOCK)
    }

    var isRunning: Bool { process.isRunning }

    func send(signal: Int32) { kill(process.processIdentifier, signal) }

    /// Reads events until one starts with `event`.
    @discardableResult
    func waitFor(_ event: String) throws -> String {
        while true {
            while let end = unread.firstIndex(of: "\n") {
                let line = String(unread[..<end])
                unread = String(unread[unread.index(after: end)...])
                seen.append(line)
                if line.hasPrefix(event) { return line }
            }
            let data = events.availableData
            guard !data.isEmpty else { throw Ended(events: seen) }
            unread += String(decoding: data, as: UTF8.self)
        }
    }

    /// Waits for the process to end by itself, and says how: its status, or minus the signal that killed it.
    func exitStatus() -> Int32 {
        process.waitUntilExit()
        return process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
    }

    struct Ended: Error {
        let events: [String]
    }
}

func withAddress(of path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    return withUnsafePointer(to: address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
        }
    }
}
