import JSON
import System

/// Tells how long stages of work take.
struct StageClock {
    private var last = SystemClock.monotonicNanoseconds()

    /// Ends a stage, and the next begins.
    ///
    /// - Returns: its milliseconds, to the microsecond, as JSON writes them.
    mutating func end() -> Number {
        let now = SystemClock.monotonicNanoseconds()
        defer { last = now }
        return Self.milliseconds(now - last)
    }

    static func milliseconds(_ nanoseconds: Int64) -> Number { Number(Double(nanoseconds / 1_000) / 1_000) }
}
