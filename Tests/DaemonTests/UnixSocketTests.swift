import Foundation
import System
import Testing

@testable import Daemon

@Suite struct UnixSocketTests {
    @Test func `connects to a listener`() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/s"
        let listener = try UnixSocket.listen(at: path)
        let client = try UnixSocket.connect(to: path, timeoutMilliseconds: 1_000)
        guard let server = try UnixSocket.accept(on: listener.raw) else {
            Issue.record("nothing to accept")
            return
        }
        try Frame.write([1, 2], to: client.raw, by: Deadline(milliseconds: 5_000))
        #expect(try Frame.read(from: server.raw, by: Deadline(milliseconds: 5_000)) == [1, 2])
        var status = stat()
        #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o660)
        #expect(throws: Never.self) { try InheritedSocket.check(listener.raw) }
    }

    @Test func `replaces a socket that was left behind only`() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/s"
        do { _ = try UnixSocket.listen(at: path) }
        #expect(FileManager.default.fileExists(atPath: path))
        // What another test starts at this moment holds the first until it is another program.
        let bound = ContinuousClock.now + .seconds(10)
        func listen() throws -> Descriptor {
            while true { do { return try UnixSocket.listen(at: path) } catch { if .now >= bound { throw error } } }
        }
        let second = try listen()
        let error = #expect(throws: SystemError.self) { _ = try UnixSocket.listen(at: path) }
        #expect(error?.number == EADDRINUSE)
        #expect(error?.description.contains(path) == true)
        _ = try UnixSocket.connect(to: path, timeoutMilliseconds: 1_000)
        _ = second
    }

    @Test func `leaves a plain file alone`() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/file"
        try Data("precious".utf8).write(to: URL(fileURLWithPath: path))
        let error = #expect(throws: SystemError.self) { _ = try UnixSocket.listen(at: path) }
        #expect(error?.number == EADDRINUSE)
        #expect(FileManager.default.contents(atPath: path) == Data("precious".utf8))
    }

    @Test func `says why it cannot connect`() throws {
        let directory = try TemporaryDirectory()
        let absent = #expect(throws: SystemError.self) {
            _ = try UnixSocket.connect(to: directory.path + "/absent", timeoutMilliseconds: 1_000)
        }
        #expect(absent?.number == ENOENT)
        let long = #expect(throws: SystemError.self) {
            _ = try UnixSocket.connect(to: "/" + String(repeating: "x", count: 107), timeoutMilliseconds: 1_000)
        }
        #expect(long?.number == ENAMETOOLONG)
    }

    @Test func `a full backlog times out`() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/s"
        let listener = try UnixSocket.listen(at: path, backlog: 0)
        let first = try UnixSocket.connect(to: path, timeoutMilliseconds: 1_000)
        let error = #expect(throws: SystemError.self) {
            _ = try UnixSocket.connect(to: path, timeoutMilliseconds: 50)
        }
        #expect(error?.number == ETIMEDOUT)
        #expect(first.raw != listener.raw)
    }

    @Test(
        arguments: [
            (nil, nil, 0), ("42", "1", 3), ("42", "2", 3), ("41", "1", 0), ("42", "0", 0), ("42", nil, 0),
            ("x", "1", 0),
        ] as [(String?, String?, Int32)])
    func `takes the socket that systemd passed`(_ listenPID: String?, _ count: String?, _ descriptor: Int32) {
        #expect(InheritedSocket.descriptor(listenPID: listenPID, listenCount: count, ourPID: 42) == descriptor)
    }

    @Test func `refuses what is no listening socket`() throws {
        var pair: [Int32] = [0, 0]
        #expect(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &pair) == 0)
        defer { for end in pair { close(end) } }
        let error = #expect(throws: InheritedSocketError.self) { try InheritedSocket.check(pair[0]) }
        #expect(error?.description.hasPrefix("file descriptor \(pair[0]) is not a listening socket") == true)
        #expect(throws: InheritedSocketError.self) { try InheritedSocket.check(9_999) }
    }
}
