public import Postgres
import System

/// Why a job ends before it is done, through nobody's mistake.
public enum EarlyEndError: Error, Sendable {
    case cancelled
    /// The time that one attempt may take is over.
    case late
    /// The worker is to stop and has waited as long as it may: the job is given back.
    case stopping
}

/// A job under way: what its kind may ask and tell while it works.
public struct RunningJob {
    /// How often who watches is told of progress, and the lease renewed: twice a second, which a short job never reaches.
    private static let renewal: Int64 = 500_000_000

    public let lease: Lease
    /// What it took to get the lease, in nanoseconds.
    public let leasingNanoseconds: Int64
    private let flag: CancellationFlag
    /// Until when the worker waits for it, on the monotonic clock; `Int64.max` while nobody wishes it to stop.
    private let stopDeadline: @Sendable () -> Int64
    private let end: Int64
    private var nextRenewal: Int64

    init(
        _ lease: Lease, leasingNanoseconds: Int64, _ flag: CancellationFlag, timeoutMilliseconds: Int,
        stopDeadline: @escaping @Sendable () -> Int64
    ) {
        self.lease = lease
        self.leasingNanoseconds = leasingNanoseconds
        self.flag = flag
        self.stopDeadline = stopDeadline
        let now = SystemClock.monotonicNanoseconds()
        end = now + Int64(timeoutMilliseconds) * 1_000_000
        nextRenewal = now + Self.renewal
    }

    public var id: String { lease.id }
    /// The worker is to stop; a job under way may be finished first.
    public var isWorkerStopping: Bool { stopDeadline() != .max }

    /// Where the session is busy: in the middle of a COPY. Cheap to ask, the clock is read and nothing else.
    public func check() throws(EarlyEndError) {
        if flag.isCancelled { throw .cancelled }
        let now = SystemClock.monotonicNanoseconds()
        if now >= end { throw .late }
        if now >= stopDeadline() { throw .stopping }
    }

    /// The same, and when it is time to, the row is told how far the job is and the lease renewed.
    ///
    /// - Parameter done: 0 to 1.
    /// - Throws: ``EarlyEndError``, ``LeaseLostError``, ``PostgresError``.
    public mutating func check(_ done: Double, in db: inout Connection) throws {
        try check()
        let now = SystemClock.monotonicNanoseconds()
        guard now >= nextRenewal else { return }
        nextRenewal = now + Self.renewal
        guard try Queue.progress(lease, done, in: &db) else { throw EarlyEndError.cancelled }
    }

    /// In a transaction that stores something: nothing is stored by a worker that has lost the job to another.
    ///
    /// - Throws: ``EarlyEndError``, ``LeaseLostError``, ``PostgresError``.
    public func ensureHeld(in db: inout Connection) throws {
        guard try Queue.progress(lease, 0, in: &db) else { throw EarlyEndError.cancelled }
    }

    /// For the session of the job: ends a statement that takes long when the job is to stop or its time is over.
    var interrupt: Interrupt {
        let job = self
        return Interrupt { (try? job.check()) == nil }
    }
}
