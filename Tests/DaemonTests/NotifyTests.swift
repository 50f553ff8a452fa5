import Foundation
import System
import Testing

@testable import Daemon

@Suite struct NotifyTests {
    @Test(arguments: ["directory", "abstract"])
    func `sends its state to the socket`(_ kind: String) throws {
        let directory = try TemporaryDirectory()
        let path = kind == "abstract" ? "@bitstockerz-\(UUID().uuidString)" : directory.path + "/notify"
        let receiver = Descriptor(owning: socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0))
        let address = try #require(UnixSocket.address(path))
        #expect(UnixSocket.withPointer(to: address) { bind(receiver.raw, $0, $1) } == 0)
        let notify = Notify(socketPath: path)
        notify.ready()
        notify.watchdog()
        notify.stopping()
        var received: [String] = []
        for _ in 0..<3 {
            var bytes = [UInt8](repeating: 0, count: 100)
            let count = recv(receiver.raw, &bytes, bytes.count, Int32(MSG_DONTWAIT))
            received.append(String(decoding: bytes.prefix(max(0, count)), as: UTF8.self))
        }
        #expect(received == ["READY=1", "WATCHDOG=1", "STOPPING=1"])
    }

    @Test(arguments: [nil, "/nonexistent/notify", "", String(repeating: "x", count: 200)])
    func `nobody listening is no failure`(_ path: String?) {
        Notify(socketPath: path).ready()
    }

    @Test(
        arguments: [
            (nil, nil, nil), ("30000000", nil, 10_000), ("1000", nil, 1), ("30000000", "\(getpid())", 10_000),
            ("30000000", "1", nil), ("0", nil, nil), ("soon", nil, nil),
        ] as [(String?, String?, Int?)])
    func `beats thrice in the allowed time`(_ microseconds: String?, _ process: String?, _ interval: Int?) {
        let notify = Notify(socketPath: nil, watchdogMicroseconds: microseconds, watchdogPID: process)
        #expect(notify.watchdogIntervalMilliseconds == interval)
    }
}
