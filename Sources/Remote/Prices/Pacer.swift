import Synchronization

/// When a vendor may be asked next, for all threads of a process.
final class Pacer: Sendable {
    private struct State {
        /// Nanoseconds of the monotonic clock: the next turn that nobody has.
        var next: Int64 = .min
        /// Until when the vendor wants to be left alone.
        var closedUntil: Int64 = .min
    }

    enum Turn: Equatable {
        /// It is theirs who wait so long.
        case after(milliseconds: Int)
        /// The vendor wants to be left alone for longer than is waited.
        case closed(seconds: Int)
    }

    private let interval: Int64
    private let longestWait: Int64
    private let state = Mutex(State())

    /// - Parameter longestWaitSeconds: how long a vendor that wants to be left alone is waited for.
    init(requestsAMinute: Int, longestWaitSeconds: Int) {
        interval = 60_000_000_000 / Int64(max(1, requestsAMinute))
        longestWait = Int64(longestWaitSeconds) * 1_000_000_000
    }

    /// Takes the next turn.
    ///
    /// - Parameter now: nanoseconds of the monotonic clock.
    func turn(now: Int64) -> Turn {
        state.withLock { state in
            let closed = state.closedUntil > now ? state.closedUntil - now : 0
            guard closed <= longestWait else { return .closed(seconds: Int((closed + 999_999_999) / 1_000_000_000)) }
            let turn = max(now, state.next, now + closed)
            state.next = turn + interval
            return .after(milliseconds: Int((turn - now + 999_999) / 1_000_000))
        }
    }

    /// From now on nobody asks for so many seconds.
    func close(seconds: Int, now: Int64) {
        state.withLock { $0.closedUntil = max($0.closedUntil, now + Int64(seconds) * 1_000_000_000) }
    }
}
