import Providers
import Synchronization

/// When a vendor may be asked next, for all threads of a process, and of all hosts where they share their turns.
final class Pacer: Sendable {
    /// Nanoseconds of the monotonic clock.
    private struct State {
        var turns = Turns()
        /// Until when the vendor wants to be left alone.
        var closedUntil: Int64 = .min
    }

    enum Turn: Equatable {
        /// It is theirs who wait so long.
        case after(milliseconds: Int)
        /// It is too far: they are to come again, and have none yet.
        case later(seconds: Int)
        /// The vendor wants to be left alone for longer than is waited.
        case closed(seconds: Int)
    }

    private let interval: Int64
    private let longestWait: Int64
    private let shared: (@Sendable (Turns.Wish) -> Turns.Turn?)?
    private let state = Mutex(State())

    /// - Parameters:
    ///   - longestWaitSeconds: how long a vendor that wants to be left alone is waited for.
    ///   - shared: takes a turn among those of all hosts; where it cannot, or there is none, this process has its own.
    init(_ pace: RequestPace, longestWaitSeconds: Int, shared: (@Sendable (Turns.Wish) -> Turns.Turn?)? = nil) {
        self.shared = shared
        interval = Int64(pace.seconds) * 1_000_000_000 / Int64(max(1, pace.requests))
        longestWait = Int64(longestWaitSeconds) * 1_000_000_000
    }

    /// Takes the next turn, or none.
    ///
    /// - Parameters:
    ///   - now: nanoseconds of the monotonic clock.
    ///   - longest: how far the turn may be, in nanoseconds; nil: however far.
    func turn(now: Int64, within longest: Int64? = nil) -> Turn {
        let closed = state.withLock { max($0.closedUntil, now) } - now
        guard closed <= longestWait else { return .closed(seconds: Self.seconds(closed)) }
        let wish = Turns.Wish(every: interval, from: closed, within: longest)
        return switch shared?(wish) ?? state.withLock({ $0.turns.take(wish, now: now) }) {
        case .after(let nanoseconds): .after(milliseconds: Int((nanoseconds + 999_999) / 1_000_000))
        case .later(let nanoseconds): .later(seconds: Self.seconds(nanoseconds))
        }
    }

    private static func seconds(_ nanoseconds: Int64) -> Int { Int((nanoseconds + 999_999_999) / 1_000_000_000) }

    /// From now on nobody asks for so many seconds.
    func close(seconds: Int, now: Int64) {
        state.withLock { $0.closedUntil = max($0.closedUntil, now + Int64(seconds) * 1_000_000_000) }
    }
}
