import Synchronization
import System

/// The wish that a job stop. What works on it looks between any two steps; as cheap as reading a variable.
final class CancellationFlag: Sendable {
    fileprivate let since = SystemClock.monotonicNanoseconds()
    private let isSet = Atomic(false)

    var isCancelled: Bool { isSet.load(ordering: .relaxed) }

    func cancel() { isSet.store(true, ordering: .relaxed) }
}

/// The jobs that the threads of a worker are at: the threads enter and leave, the main thread hands them the wish to
/// stop.
final class JobsUnderWay: Sendable {
    private let flags = Mutex<[String: CancellationFlag]>([:])

    var isEmpty: Bool { flags.withLock { $0.isEmpty } }

    func enter(_ job: String) -> CancellationFlag {
        let flag = CancellationFlag()
        flags.withLock { $0[job] = flag }
        return flag
    }

    func leave(_ job: String) { _ = flags.withLock { $0.removeValue(forKey: job) } }

    /// - Parameter job: one that nobody is at is left alone.
    func cancel(_ job: String) { flags.withLock { $0[job] }?.cancel() }

    /// Whether a job has been under way for so long that somebody may have had a change of mind.
    func isAny(olderThanMilliseconds milliseconds: Int64) -> Bool {
        let now = SystemClock.monotonicNanoseconds()
        return flags.withLock { $0.values.contains { now - $0.since >= milliseconds * 1_000_000 } }
    }
}
