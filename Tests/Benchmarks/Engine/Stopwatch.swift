import Glibc

/// Processor time of this thread: on a machine with other work, the time on the wall measures that work.
enum Stopwatch {
    /// The shortest span that is looked at: reading this clock takes half a microsecond.
    private static let span = 100_000.0

    /// The lower quartile of several runs, in nanoseconds, after one that nobody counts: what disturbs mostly adds, but
    /// some virtual machines account a run too little now and then. Short runs are timed many at once.
    static func time(during milliseconds: Int, atLeast runs: Int = 7, _ body: () throws -> Void) rethrows -> Double {
        try body()
        let first = now()
        try body()
        let batch = max(1, Int(span / max(1, now() - first)))
        var times: [Double] = []
        var spent = 0.0
        while times.count < runs || spent < Double(milliseconds) * 1e6 {
            let begin = now()
            for _ in 0..<batch { try body() }
            let time = now() - begin
            times.append(time / Double(batch))
            spent += time
        }
        return times.sorted()[times.count / 4]
    }

    private static func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
    }
}
