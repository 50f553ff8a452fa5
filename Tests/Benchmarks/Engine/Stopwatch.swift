import Glibc

/// Processor time of this thread: on a machine with other work, the time on the wall measures that work.
enum Stopwatch {
    /// The least of several runs, in nanoseconds, after one that nobody counts: what disturbs only ever adds.
    static func least(during milliseconds: Int, atLeast runs: Int = 5, _ body: () throws -> Void) rethrows -> Double {
        try body()
        var least = Double.infinity
        var spent = 0.0
        var count = 0
        while count < runs || spent < Double(milliseconds) * 1e6 {
            let begin = now()
            try body()
            let time = now() - begin
            least = min(least, time)
            spent += time
            count += 1
        }
        return least
    }

    private static func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
    }
}
