import Foundation

/// A running JobsWorker. It ends with this object.
final class WorkerProcess {
    private let process = Process()
    private let output = Pipe()
    private var unread = ""
    private(set) var seen: [String] = []

    init(
        _ conninfo: String, name: String = "host", threads: Int = 1, leaseMilliseconds: Int = 30_000,
        timeoutMilliseconds: Int = 600_000, stopMilliseconds: Int = 600_000
    ) throws {
        process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
            .appendingPathComponent("JobsWorker")
        process.arguments =
            [conninfo, name] + [threads, leaseMilliseconds, timeoutMilliseconds, stopMilliseconds].map { "\($0)" }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        try process.run()
        try output.fileHandleForWriting.close()
        _ = fcntl(output.fileHandleForReading.fileDescriptor, F_SETFL, O_NONBLOCK)
    }

    deinit { end(SIGKILL) }

    func signal(_ number: Int32) { kill(process.processIdentifier, number) }

    /// Sends a signal that ends it, and returns its exit status when it has ended, or minus the signal that killed it.
    @discardableResult
    func end(_ number: Int32) -> Int32 {
        if process.isRunning { signal(number) }
        process.waitUntilExit()
        return process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
    }

    var isRunning: Bool { process.isRunning }

    /// Whether it has reported an event that begins so.
    func said(_ event: String) -> Bool {
        var block = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(output.fileHandleForReading.fileDescriptor, &block, block.count)
            guard count > 0 else { break }
            unread += String(decoding: block[..<count], as: UTF8.self)
        }
        while let end = unread.firstIndex(of: "\n") {
            seen.append(String(unread[..<end]))
            unread = String(unread[unread.index(after: end)...])
        }
        return seen.contains { $0.hasPrefix(event) }
    }
}
