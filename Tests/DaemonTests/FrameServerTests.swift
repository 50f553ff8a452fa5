import Foundation
import Synchronization
import System
import Testing

@testable import Daemon

extension SignalTests {
    @Suite struct FrameServerTests {
        /// A server on a socket of its own, with its listening descriptor kept open.
        private final class Site {
            let path = NSTemporaryDirectory() + "fs-\(UUID().uuidString.prefix(8)).sock"
            let listener: Descriptor
            var server: FrameServer
            let wake: WakeEvent
            let stop: StopSignal

            init() throws {
                listener = try UnixSocket.listen(at: path)
                server = try FrameServer(listening: listener.raw)
                wake = try WakeEvent()
                stop = try StopSignal()
            }

            deinit { unlink(path) }

            /// Waits until something has happened, with a bound.
            func events() throws -> [FrameServer.Event] {
                for _ in 0..<100 {
                    let events = try server.wait(milliseconds: 100, wake: wake, stop: stop)
                    if !events.isEmpty { return events }
                }
                return []
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func `a descriptor of the owner's ends the wait`() throws {
            let site = try Site(), other = try WakeEvent()
            other.wake()
            let events = try site.server.wait(
                milliseconds: 600_000, wake: site.wake, or: other.descriptor, stop: site.stop)
            #expect(events.isEmpty && other.take())
        }

        @Test func `a question is answered later, on the connection it came on`() throws {
            let site = try Site()
            let first = try UnixSocket.connect(to: site.path, timeoutMilliseconds: 1_000)
            let second = try UnixSocket.connect(to: site.path, timeoutMilliseconds: 1_000)
            try Frame.write(Array("one".utf8), to: first.raw, by: Deadline(milliseconds: 1_000))
            try Frame.write(Array("two".utf8), to: second.raw, by: Deadline(milliseconds: 1_000))
            var asked: [FrameServer.Client: String] = [:]
            while asked.count < 2 {
                let events = try site.events()
                try #require(!events.isEmpty)
                for case .asked(let client, let question) in events {
                    asked[client] = String(decoding: question, as: UTF8.self)
                }
            }
            for (client, question) in asked { site.server.answer(client, Array((question + "!").utf8)) }
            let answers = try [first.raw, second.raw].map { raw in
                String(decoding: try Frame.read(from: raw, by: Deadline(milliseconds: 1_000)) ?? [], as: UTF8.self)
            }
            #expect(answers == ["one!", "two!"])
            #expect(try Frame.read(from: first.raw, by: Deadline(milliseconds: 1_000)) == nil, "the connection ends")
        }

        /// systemd does so to a socket that several processes share.
        @Test(.timeLimit(.minutes(1)))
        func `a socket that somebody makes blocking again holds nobody up`() throws {
            let site = try Site()
            let flags = fcntl(site.listener.raw, F_GETFL)
            _ = fcntl(site.listener.raw, F_SETFL, flags & ~O_NONBLOCK)
            let client = try UnixSocket.connect(to: site.path, timeoutMilliseconds: 1_000)
            try Frame.write(Array("one".utf8), to: client.raw, by: Deadline(milliseconds: 1_000))
            try #require(try !site.events().isEmpty)
            #expect(fcntl(site.listener.raw, F_GETFL) & O_NONBLOCK == 0)
        }

        @Test func `a question that comes in pieces is put together`() throws {
            let site = try Site()
            let client = try UnixSocket.connect(to: site.path, timeoutMilliseconds: 1_000)
            for piece in [[0, 0], [0, 3, 97], [98, 99]] as [[UInt8]] {
                _ = send(client.raw, piece, piece.count, 0)
                if piece.last != 99 {
                    #expect(try site.server.wait(milliseconds: 20, wake: site.wake, stop: site.stop).isEmpty)
                }
            }
            guard case .asked(_, let question)? = try site.events().first else {
                Issue.record("nothing was asked")
                return
            }
            #expect(question == Array("abc".utf8))
        }

        @Test func `a client that leaves before its answer is told of, one that asked nothing is not`() throws {
            let site = try Site()
            do { _ = try UnixSocket.connect(to: site.path, timeoutMilliseconds: 1_000) }
            do {
                let client = try UnixSocket.connect(to: site.path, timeoutMilliseconds: 1_000)
                try Frame.write([1], to: client.raw, by: Deadline(milliseconds: 1_000))
            }
            var seen: [String] = []
            while seen.count < 2 {
                let events = try site.events()
                try #require(!events.isEmpty)
                for event in events {
                    switch event {
                    case .asked: seen.append("asked")
                    case .left: seen.append("left")
                    default: seen.append("other")
                    }
                }
            }
            #expect(seen == ["asked", "left"])
        }

        @Test func `a frame that is too large ends its connection`() throws {
            let site = try Site()
            let client = try UnixSocket.connect(to: site.path, timeoutMilliseconds: 1_000)
            _ = send(client.raw, [0x7F, 0xFF, 0xFF, 0xFF], 4, 0)
            #expect(try site.server.wait(milliseconds: 200, wake: site.wake, stop: site.stop).isEmpty)
            #expect(try site.server.wait(milliseconds: 200, wake: site.wake, stop: site.stop).isEmpty)
            #expect(try Frame.read(from: client.raw, by: Deadline(milliseconds: 1_000)) == nil)
        }

        @Test func `another thread wakes the server`() throws {
            let site = try Site()
            let wake = site.wake
            let thread = try WorkerThread.start { wake.wake() }
            guard case .woken? = try site.events().first else {
                Issue.record("nobody woke it")
                return
            }
            thread.join()
        }
    }
}

@Suite struct WakeEventTests {
    @Test func `wakes together end one wait`() throws {
        let event = try WakeEvent()
        for _ in 0..<5 { event.wake() }
        #expect(event.wait(milliseconds: 1_000))
        #expect(!event.wait(milliseconds: 0))
    }

    @Test func `counted wakes end as many waits`() throws {
        let event = try WakeEvent(countsWakes: true)
        for _ in 0..<3 { event.wake() }
        #expect((0..<4).map { _ in event.wait(milliseconds: 0) } == [true, true, true, false])
    }

    @Test func `each of many threads is woken once`() throws {
        let event = try WakeEvent(countsWakes: true)
        let threads = try (0..<8).map { _ in
            try WorkerThread.start {
                if event.wait(milliseconds: 10_000) { wokenCount.wrappingAdd(1, ordering: .relaxed) }
            }
        }
        for _ in threads { event.wake() }
        for thread in threads { thread.join() }
        #expect(wokenCount.load(ordering: .relaxed) == 8)
    }
}

private let wokenCount = Atomic(0)
