import Providers
import Synchronization
import TestSupport
import Testing

@testable import Remote

@Suite struct PacerTests {
    private static let second: Int64 = 1_000_000_000

    @Test func `turns are as far apart as the pace says, and none is saved up`() {
        let pacer = Pacer(.aMinute(60), longestWaitSeconds: 60)
        let waits = (0..<3).map { _ in pacer.turn(now: 5 * Self.second) }
        #expect(waits == [.after(milliseconds: 0), .after(milliseconds: 1_000), .after(milliseconds: 2_000)])
        #expect(pacer.turn(now: 100 * Self.second) == .after(milliseconds: 0))
        #expect(pacer.turn(now: 100 * Self.second) == .after(milliseconds: 1_000))
    }

    @Test func `who may not wait is sent away without a turn, each to another time`() {
        let pacer = Pacer(.anHour(50), longestWaitSeconds: 60)
        func turn(_ second: Int64) -> Pacer.Turn { pacer.turn(now: second * Self.second, within: 2 * Self.second) }
        #expect(turn(0) == .after(milliseconds: 0))
        #expect(turn(10) == .later(seconds: 62) && turn(10) == .later(seconds: 134) && turn(20) == .later(seconds: 196))
        // They come when they were told to, or a little before.
        #expect(turn(71) == .after(milliseconds: 1_000) && turn(144) == .after(milliseconds: 0))
        #expect(turn(216) == .after(milliseconds: 0))
        // Whoever waits takes it, however far it is.
        #expect(pacer.turn(now: 220 * Self.second) == .after(milliseconds: 68_000))
        #expect(turn(220) == .later(seconds: 140))
        for _ in 0..<100 { _ = turn(220) }
        #expect(turn(220) == .later(seconds: 900))
    }

    @Test func `nobody asks while a vendor wants to be left alone`() {
        let pacer = Pacer(.aMinute(60), longestWaitSeconds: 60)
        pacer.close(seconds: 10, now: 0)
        pacer.close(seconds: 3, now: Self.second)
        #expect(pacer.turn(now: Self.second) == .after(milliseconds: 9_000))
        #expect(pacer.turn(now: Self.second) == .after(milliseconds: 10_000))
        #expect(pacer.turn(now: 60 * Self.second) == .after(milliseconds: 0))
    }

    @Test func `who would have to wait too long is told, and takes no turn`() {
        let pacer = Pacer(.aMinute(60), longestWaitSeconds: 60)
        pacer.close(seconds: 120, now: 0)
        #expect(pacer.turn(now: 0) == .closed(seconds: 120))
        #expect(pacer.turn(now: Self.second / 2) == .closed(seconds: 120))
        #expect(pacer.turn(now: 60 * Self.second) == .after(milliseconds: 60_000))
        #expect(pacer.turn(now: 200 * Self.second) == .after(milliseconds: 0))
    }

    @Test func `turns that hosts share are asked for, with what the vendor wishes, and own ones taken without`() {
        let wishes = Mutex<[Turns.Wish]>([]),
            answers = Mutex<[Turns.Turn]>([.after(3_000_001), .later(4 * Self.second)])
        let pacer = Pacer(.aMinute(60), longestWaitSeconds: 60) { wish in
            wishes.withLock { $0.append(wish) }
            return answers.withLock { $0.isEmpty ? nil : $0.removeFirst() }
        }
        #expect(pacer.turn(now: 0) == .after(milliseconds: 4))
        pacer.close(seconds: 2, now: 0)
        #expect(pacer.turn(now: 0, within: Self.second) == .later(seconds: 4))
        #expect(pacer.turn(now: 0) == .after(milliseconds: 2_000))
        #expect(pacer.turn(now: 0) == .after(milliseconds: 3_000))
        #expect(wishes.withLock { $0.map(\.nearest) } == [0, 2, 2, 2].map { $0 * Self.second })
        #expect(wishes.withLock { $0.map(\.farthest) } == [nil, Self.second, nil, nil])
        #expect(wishes.withLock { $0.allSatisfy { $0.interval == Self.second } })
    }

    @Test func `threads get different turns`() {
        let pacer = Pacer(.aMinute(60_000), longestWaitSeconds: 60), turns = Mutex<[Int]>([])
        inParallel(8) { _ in
            for _ in 0..<50 {
                if case .after(let milliseconds) = pacer.turn(now: 0) { turns.withLock { $0.append(milliseconds) } }
            }
        }
        #expect(turns.withLock { $0.sorted() } == Array(0..<400))
    }
}
