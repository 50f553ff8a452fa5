import Providers
import Synchronization

/// When a vendor may be asked next, for all threads of a process.
final class Pacer: Sendable {
    private struct State {
        /// Nanoseconds of the monotonic clock: the next turn that nobody has.
        var next: Int64 = .min
        /// Until when the vendor wants to be left alone.
        var closedUntil: Int64 = .min
        /// When the last who was sent away is to come again.
        var told: Int64 = .min
    }

    enum Turn: Equatable {
        /// It is theirs who wait so long.
        case after(milliseconds: Int)
        /// It is too far: they are to come again, and have none yet.
        case later(seconds: Int)
        /// The vendor wants to be left alone for longer than is waited.
        case closed(seconds: Int)
    }

    /// Nobody is sent away for longer, for those before them may have given up.
    private static let longestAway: Int64 = 900_000_000_000

    private let interval: Int64
    private let longestWait: Int64
    private let state = Mutex(State())

    /// - Parameter longestWaitSeconds: how long a vendor that wants to be left alone is waited for.
    init(_ pace: RequestPace, longestWaitSeconds: Int) {
        interval = Int64(pace.seconds) * 1_000_000_000 / Int64(max(1, pace.requests))
        longestWait = Int64(longestWaitSeconds) * 1_000_000_000
    }

    /// Takes the next turn, or none. Those who are sent away come again one after the other, as they are to ask.
    ///
    /// - Parameters:
    ///   - now: nanoseconds of the monotonic clock.
    ///   - longest: how far the turn may be, in nanoseconds; nil: however far.
    func turn(now: Int64, within longest: Int64? = nil) -> Turn {
        state.withLock { state in
            let closed = state.closedUntil > now ? state.closedUntil - now : 0
            guard closed <= longestWait else { return .closed(seconds: Self.seconds(closed)) }
            let turn = max(now, state.next, now + closed)
            if let longest, turn - now > longest {
                state.told = min(max(turn, state.told + interval), now + Self.longestAway)
                return .later(seconds: Self.seconds(state.told - now))
            }
            state.next = turn + interval
            return .after(milliseconds: Int((turn - now + 999_999) / 1_000_000))
        }
    }

    private static func seconds(_ nanoseconds: Int64) -> Int { Int((nanoseconds + 999_999_999) / 1_000_000_000) }

    /// From now on nobody asks for so many seconds.
    func close(seconds: Int, now: Int64) {
        state.withLock { $0.closedUntil = max($0.closedUntil, now + Int64(seconds) * 1_000_000_000) }
    }
}
