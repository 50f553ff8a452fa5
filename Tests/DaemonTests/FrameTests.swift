import Foundation
import System
import Testing

@testable import Daemon

@Suite struct FrameTests {
    /// Two ends of one connection.
    struct Pair: ~Copyable {
        let here: Descriptor
        let there: Descriptor

        init() {
            var ends: [Int32] = [0, 0]
            precondition(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
            here = Descriptor(owning: ends[0])
            there = Descriptor(owning: ends[1])
        }

        func send(_ bytes: [UInt8]) { #expect(write(here.raw, bytes, bytes.count) == bytes.count) }
        func read(_ milliseconds: Int = 5_000) throws(FrameError) -> [UInt8]? {
            try Frame.read(from: there.raw, by: Deadline(milliseconds: milliseconds))
        }
    }

    @Test func `messages arrive whole`() throws {
        let pair = Pair()
        let deadline = Deadline(milliseconds: 5_000)
        try Frame.write([], to: pair.here.raw, by: deadline)
        try Frame.write(Array("{}".utf8), to: pair.here.raw, by: deadline)
        pair.send([0, 0, 1, 2] + [UInt8](repeating: 7, count: 258))
        #expect(try pair.read() == [])
        #expect(try pair.read() == Array("{}".utf8))
        #expect(try pair.read() == [UInt8](repeating: 7, count: 258))
    }

    @Test func `the largest message needs a reader`() throws {
        let pair = Pair()
        let message = [UInt8](repeating: 1, count: Frame.maximumBytes)
        let there = pair.there.raw
        let reader = Thread {
            let received = try? Frame.read(from: there, by: Deadline(milliseconds: 20_000))
            if received?.count == Frame.maximumBytes {
                try? Frame.write([1], to: there, by: Deadline(milliseconds: 20_000))
            }
        }
        reader.start()
        try Frame.write(message, to: pair.here.raw, by: Deadline(milliseconds: 20_000))
        #expect(try Frame.read(from: pair.here.raw, by: Deadline(milliseconds: 20_000)) == [1])
    }

    @Test func `the end of the connection is no message`() throws {
        let pair = Pair()
        shutdown(pair.here.raw, Int32(SHUT_WR))
        #expect(try pair.read() == nil)
    }

    @Test(arguments: [[0], [0, 0, 0, 3], [0, 0, 0, 3, 1, 2]] as [[UInt8]])
    func `a peer that leaves in the middle is an error`(_ bytes: [UInt8]) {
        let pair = Pair()
        pair.send(bytes)
        shutdown(pair.here.raw, Int32(SHUT_WR))
        let there = pair.there.raw
        #expect(throws: FrameError.closed) { try Frame.read(from: there, by: Deadline(milliseconds: 5_000)) }
    }

    @Test(arguments: [[], [0, 0], [0, 0, 0, 3, 1]] as [[UInt8]])
    func `a peer that stalls times out`(_ bytes: [UInt8]) {
        let pair = Pair()
        pair.send(bytes)
        let there = pair.there.raw
        #expect(throws: FrameError.timedOut) { try Frame.read(from: there, by: Deadline(milliseconds: 30)) }
    }

    @Test func `a reader that stalls times out`() {
        let pair = Pair()
        let here = pair.here.raw
        #expect(throws: FrameError.timedOut) {
            try Frame.write([UInt8](repeating: 0, count: Frame.maximumBytes), to: here, by: Deadline(milliseconds: 30))
        }
    }

    @Test func `a frame beyond the bound is refused`() throws {
        let pair = Pair()
        pair.send([0, 16, 0, 1])
        let (here, there) = (pair.here.raw, pair.there.raw)
        #expect(throws: FrameError.tooLarge(Frame.maximumBytes + 1)) {
            try Frame.read(from: there, by: Deadline(milliseconds: 5_000))
        }
        #expect(throws: FrameError.tooLarge(Frame.maximumBytes + 1)) {
            try Frame.write(
                [UInt8](repeating: 0, count: Frame.maximumBytes + 1), to: here, by: Deadline(milliseconds: 5_000))
        }
    }

    @Test func `a writer survives a peer that left`() {
        var ends: [Int32] = [0, 0]
        #expect(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
        let here = Descriptor(owning: ends[0])
        close(ends[1])
        let raw = here.raw
        #expect(throws: FrameError.closed) { try Frame.write([1], to: raw, by: Deadline(milliseconds: 5_000)) }
    }
}
