import Foundation
import Synchronization
import Testing

@testable import Remote

@Suite struct PacerTests {
    private static let second: Int64 = 1_000_000_000

    @Test func `turns are as far apart as the pace says, and none is saved up`() {
        let pacer = Pacer(requestsAMinute: 60, longestWaitSeconds: 60)
        let waits = (0..<3).map { _ in pacer.turn(now: 5 * Self.second) }
        #expect(waits == [.after(milliseconds: 0), .after(milliseconds: 1_000), .after(milliseconds: 2_000)])
        #expect(pacer.turn(now: 100 * Self.second) == .after(milliseconds: 0))
        #expect(pacer.turn(now: 100 * Self.second) == .after(milliseconds: 1_000))
    }

    @Test func `nobody asks while a vendor wants to be left alone`() {
        let pacer = Pacer(requestsAMinute: 60, longestWaitSeconds: 60)
        pacer.close(seconds: 10, now: 0)
        pacer.close(seconds: 3, now: Self.second)
        #expect(pacer.turn(now: Self.second) == .after(milliseconds: 9_000))
        #expect(pacer.turn(now: Self.second) == .after(milliseconds: 10_000))
        #expect(pacer.turn(now: 60 * Self.second) == .after(milliseconds: 0))
    }

    @Test func `who would have to wait too long is told, and takes no turn`() {
        let pacer = Pacer(requestsAMinute: 60, longestWaitSeconds: 60)
        pacer.close(seconds: 120, now: 0)
        #expect(pacer.turn(now: 0) == .closed(seconds: 120))
        #expect(pacer.turn(now: Self.second / 2) == .closed(seconds: 120))
        #expect(pacer.turn(now: 60 * Self.second) == .after(milliseconds: 60_000))
        #expect(pacer.turn(now: 200 * Self.second) == .after(milliseconds: 0))
    }

    @Test func `threads get different turns`() {
        let pacer = Pacer(requestsAMinute: 60_000, longestWaitSeconds: 60), turns = Mutex<[Int]>([])
        DispatchQueue.concurrentPerform(iterations: 8) { _ in
            for _ in 0..<50 {
                if case .after(let milliseconds) = pacer.turn(now: 0) { turns.withLock { $0.append(milliseconds) } }
            }
        }
        #expect(turns.withLock { $0.sorted() } == Array(0..<400))
    }
}
