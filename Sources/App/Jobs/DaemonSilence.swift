import Synchronization
import System

/// Whether a daemon that did not answer in time answers again, as far as this process knows: until then nobody waits for
/// it.
///
/// Known to each responder by itself. The database is theirs together, but the way of a request must not ask it once more
/// for this; the memory that processes of a host share holds counters, on which nothing may depend. So an outage costs
/// each responder one wait, and from then on ``probeMilliseconds`` in ``restMilliseconds``.
final class DaemonSilence: Sendable {
    static let ofThisProcess = DaemonSilence(restMilliseconds: 5_000)
    /// How long one that was silent is given to say that it is back: one that lives answers in a fraction of it.
    static let probeMilliseconds = 50

    private let restMilliseconds: Int
    /// By socket: when to look again, on the monotonic clock.
    private let nextLook = Mutex<[String: Int64]>([:])

    init(restMilliseconds: Int) { self.restMilliseconds = restMilliseconds }

    func begin(_ path: String) {
        let next = SystemClock.monotonicNanoseconds() + Int64(restMilliseconds) * 1_000_000
        nextLook.withLock { $0[path] = next }
    }

    /// - Parameter probe: asks the daemon whether it is there; only called when it was silent, and that is a while ago.
    func isSilent(_ path: String, probe: () -> Bool) -> Bool {
        guard let next = nextLook.withLock({ $0[path] }) else { return false }
        guard SystemClock.monotonicNanoseconds() >= next else { return true }
        guard probe() else {
            begin(path)
            return true
        }
        nextLook.withLock { $0[path] = nil }
        return false
    }
}
