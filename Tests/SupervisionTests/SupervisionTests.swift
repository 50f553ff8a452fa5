import Glibc
import Testing

@testable import Supervision

/// The parts. The supervisor itself adopts and reaps every child of its process, so it is tested from outside, as
/// `bitstockerz-dev`.
@Suite struct SupervisionTests {
    private static func run(_ script: String, descriptors: [Int32] = [0, 1, 2]) throws -> Int32 {
        let command = Command("/bin/sh", ["-c", script], environment: ["GREETING": "hello"], descriptors: descriptors)
        let pid = try command.spawn()
        var status: Int32 = 0
        try #require(waitpid(pid, &status, 0) == pid)
        return (status >> 8) & 0xFF
    }

    @Test func `a program that cannot be executed is an error at once`() throws {
        let error = #expect(throws: SupervisionError.self) { try Command("/nonexistent/program").spawn() }
        #expect(error?.errorNumber == ENOENT)
    }

    @Test func `a program gets the environment given and nothing else`() throws {
        #expect(try Self.run("test \"$GREETING\" = hello && test -z \"$HOME\"; exit $?") == 0)
    }

    @Test func `descriptors may trade places`() throws {
        var first: [Int32] = [0, 0]
        var second: [Int32] = [0, 0]
        try #require(pipe(&first) == 0 && pipe(&second) == 0)
        defer { for descriptor in first + second { close(descriptor) } }
        #expect(try Self.run("printf a >&3; printf b >&4", descriptors: [0, 1, 2, second[1], first[1]]) == 0)
        var byte: UInt8 = 0
        #expect(read(second[0], &byte, 1) == 1 && byte == UInt8(ascii: "a"))
        #expect(read(first[0], &byte, 1) == 1 && byte == UInt8(ascii: "b"))
    }

    @Test func `a program leads a session of its own`() throws {
        let pid = try Command("/bin/sleep", ["60"]).spawn()
        #expect(getsid(pid) == pid)
        #expect(ProcessTable.children(of: getpid()).contains(pid))
        kill(pid, SIGKILL)
        waitpid(pid, nil, 0)
    }

    @Test func `a delay grows to five seconds and starts anew after a steady time`() {
        var state = ServiceState(Service("x", Command("/bin/true"), stopSignals: []))
        var waits: [Int64] = []
        for _ in 0..<8 { waits.append(state.ended(at: 0)) }
        #expect(waits == [100, 200, 400, 800, 1600, 3200, 5000, 5000])
        #expect(state.ended(at: ServiceState.steady) == 100)
        #expect(state.restarts == 9)
    }

    @Test func `a listener never blocks whoever accepts on it`() throws {
        let listener = try LoopbackListener(port: 0)
        for descriptor in listener.descriptors {
            #expect(fcntl(descriptor, F_GETFL) & O_NONBLOCK != 0)
            #expect(accept(descriptor, nil, nil) == -1 && errno == EAGAIN)
        }
    }

    @Test func `a port in use says so`() throws {
        let first = try LoopbackListener(port: 0)
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        _ = withUnsafeMutableBytes(of: &address) {
            getsockname(first.descriptors[0], $0.assumingMemoryBound(to: sockaddr.self).baseAddress, &length)
        }
        let port = UInt16(bigEndian: address.sin_port)
        let error = #expect(throws: SupervisionError.self) { _ = try LoopbackListener(port: port) }
        #expect(error?.errorNumber == EADDRINUSE)
    }

    @Test func `a socket path that is too long is refused`() {
        let path = "/tmp/" + String(repeating: "x", count: 110)
        let error = #expect(throws: SupervisionError.self) { _ = try ListeningSocket(unix: path) }
        #expect(error?.description.contains("longer than the system allows") == true)
    }
}
