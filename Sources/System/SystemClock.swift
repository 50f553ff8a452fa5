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

    /// RFC 3339 in UTC with milliseconds: `2024-02-29T12:00:00.000Z`. For the years 0 to 9999.
    public static func timestamp(_ unixMicroseconds: Int64) -> String {
        CivilDate.timestamp(microseconds: unixMicroseconds, fractionDigits: 3)
    }

    private static func read(_ clock: clockid_t) -> timespec {
        var time = timespec()
        clock_gettime(clock, &time)
        return time
    }
}
