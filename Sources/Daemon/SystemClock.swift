import Glibc

/// The two clocks of the system.
public enum SystemClock {
    /// Microseconds since 1970-01-01 UTC; may jump when the clock is set.
    public static func unixMicroseconds() -> Int64 {
        let time = read(CLOCK_REALTIME)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
    }

    /// Nanoseconds since an arbitrary start; never goes back. For durations and deadlines.
    public static func monotonicNanoseconds() -> Int64 {
        let time = read(CLOCK_MONOTONIC)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// RFC 3339 in UTC with milliseconds: `2024-02-29T12:00:00.000Z`.
    public static func timestamp(_ unixMicroseconds: Int64) -> String {
        let milliseconds = (unixMicroseconds - (unixMicroseconds % 1_000 + 1_000) % 1_000) / 1_000
        let fraction = Int((milliseconds % 1_000 + 1_000) % 1_000)
        var seconds = time_t((milliseconds - Int64(fraction)) / 1_000)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        // Written by hand, because every line of the log has one.
        return String(unsafeUninitializedCapacity: 24) { text in
            var end = 0
            func put(_ number: Int, _ width: Int, _ separator: UnicodeScalar) {
                var rest = number
                for place in stride(from: end + width - 1, through: end, by: -1) {
                    text[place] = UInt8(ascii: "0") + UInt8(rest % 10)
                    rest /= 10
                }
                text[end + width] = UInt8(ascii: separator)
                end += width + 1
            }
            put(Int(parts.tm_year) + 1900, 4, "-")
            put(Int(parts.tm_mon) + 1, 2, "-")
            put(Int(parts.tm_mday), 2, "T")
            put(Int(parts.tm_hour), 2, ":")
            put(Int(parts.tm_min), 2, ":")
            put(Int(parts.tm_sec), 2, ".")
            put(fraction, 3, "Z")
            return end
        }
    }

    private static func read(_ clock: clockid_t) -> timespec {
        var time = timespec()
        clock_gettime(clock, &time)
        return time
    }
}

/// A moment on the monotonic clock by which something must have happened.
public struct Deadline: Sendable {
    public let nanoseconds: Int64

    public init(milliseconds: Int) {
        nanoseconds = SystemClock.monotonicNanoseconds() + Int64(milliseconds) * 1_000_000
    }

    /// Rounded up; 0 when it has passed.
    public var remainingMilliseconds: Int32 {
        let left = nanoseconds - SystemClock.monotonicNanoseconds()
        return left <= 0 ? 0 : Int32(clamping: (left + 999_999) / 1_000_000)
    }
}
