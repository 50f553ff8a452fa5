import Glibc

/// A moment on the monotonic clock by which something must have happened.
///
///     let deadline = Deadline(milliseconds: 20)
///     try deadline.wait(for: descriptor, POLLIN)     // 0: nothing has come in time
public struct Deadline: Sendable {
    /// What ``SystemClock/monotonicNanoseconds()`` says then; `Int64.max` for never.
    public let nanoseconds: Int64

    /// - Parameters:
    ///   - milliseconds: nil: a wait for it has no end.
    ///   - start: nanoseconds of the monotonic clock.
    public init(milliseconds: Int?, after start: Int64 = SystemClock.monotonicNanoseconds()) {
        nanoseconds = milliseconds.map { start + Int64($0) * 1_000_000 } ?? .max
    }

    /// What `poll` takes: rounded up; 0 when it has passed; -1 for never.
    public var remainingMilliseconds: Int32 {
        guard nanoseconds != .max else { return -1 }
        let left = nanoseconds - SystemClock.monotonicNanoseconds()
        return left <= 0 ? 0 : Int32(clamping: (left + 999_999) / 1_000_000)
    }

    /// Waits until the descriptor is ready for `events` of `poll`, and looks once even when the time is over.
    ///
    /// - Returns: what `poll` saw; 0 when the time was over first.
    public func wait(for descriptor: Int32, _ events: Int32) throws(SystemError) -> Int32 {
        while true {
            var entry = pollfd(fd: descriptor, events: Int16(events), revents: 0)
            let status = poll(&entry, 1, remainingMilliseconds)
            if status >= 0 { return Int32(entry.revents) }
            // A signal is somebody else's; the deadline still holds.
            guard errno == EINTR else { throw SystemError("poll") }
        }
    }

    /// The same where a failed wait means what a late one does.
    public func isReady(_ descriptor: Int32, _ events: Int32) -> Bool {
        do { return try wait(for: descriptor, events) != 0 } catch { return false }
    }
}
