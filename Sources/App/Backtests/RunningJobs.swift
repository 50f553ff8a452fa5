import Synchronization
import System

/// The jobs that a daemon's workers are at: the workers enter and leave, the main thread hands them the wish to stop.
final class RunningJobs: Sendable {
    /// What a worker looks at between any two steps; as cheap as reading a variable.
    final class Brake: Sendable {
        fileprivate let since = SystemClock.monotonicNanoseconds()
        private let pulled = Atomic(false)

        var isPulled: Bool { pulled.load(ordering: .relaxed) }

        fileprivate func pull() { pulled.store(true, ordering: .relaxed) }
    }

    private let brakes = Mutex<[String: Brake]>([:])

    var isEmpty: Bool { brakes.withLock { $0.isEmpty } }

    func enter(_ job: String) -> Brake {
        let brake = Brake()
        brakes.withLock { $0[job] = brake }
        return brake
    }

    func leave(_ job: String) { _ = brakes.withLock { $0.removeValue(forKey: job) } }

    /// - Parameter job: one that nobody is at is left alone.
    func stop(_ job: String) { brakes.withLock { $0[job] }?.pull() }

    /// Whether a job has been under way for so long that somebody may have had a change of mind.
    func isAny(olderThanMilliseconds milliseconds: Int64) -> Bool {
        let now = SystemClock.monotonicNanoseconds()
        return brakes.withLock { $0.values.contains { now - $0.since >= milliseconds * 1_000_000 } }
    }
}
