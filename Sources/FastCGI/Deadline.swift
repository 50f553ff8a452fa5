import Glibc

/// A moment on the monotonic clock by which something must have happened.
struct Deadline {
    private let nanoseconds: Int64

    static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// - Parameter start: nanoseconds, from ``now()``.
    init(milliseconds: Int, after start: Int64 = now()) { nanoseconds = start + Int64(milliseconds) * 1_000_000 }

    /// Rounded up; 0 when it has passed.
    var remainingMilliseconds: Int32 {
        let left = nanoseconds - Self.now()
        return left <= 0 ? 0 : Int32(clamping: (left + 999_999) / 1_000_000)
    }

    /// Waits until the socket is ready for `events`; false when the time is over first.
    func wait(for socket: Int32, _ events: Int32) -> Bool {
        while true {
            let left = remainingMilliseconds
            guard left > 0 else { return false }
            var entry = pollfd(fd: socket, events: Int16(events), revents: 0)
            if poll(&entry, 1, left) > 0 { return true }
        }
    }
}
