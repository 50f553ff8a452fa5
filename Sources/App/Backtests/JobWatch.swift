import Jobs
import Postgres
import System

/// Why a job ends before it is done, through nobody's mistake.
enum EarlyEnd: Error {
    case cancelled
    /// The time limit of one run is over.
    case late
}

/// A worker's eye on its job: whether it is to stop, whether its time is over, whether its lease must be renewed.
struct JobWatch {
    /// Progress for who watches, and the lease renewed.
    private static let renewal: Int64 = 500_000_000

    private let lease: Lease
    private let brake: RunningJobs.Brake
    private let end: Int64
    private var nextRenewal: Int64

    /// - Parameter milliseconds: the wall clock that the job may take in all.
    init(_ lease: Lease, _ brake: RunningJobs.Brake, limitMilliseconds milliseconds: Int) {
        self.lease = lease
        self.brake = brake
        let now = SystemClock.monotonicNanoseconds()
        end = now + Int64(milliseconds) * 1_000_000
        nextRenewal = now + Self.renewal
    }

    /// For the session of the job: ends a statement that takes long when the job is to stop or its time is over.
    var interrupt: Interrupt {
        let watch = self
        return Interrupt { (try? watch.check()) == nil }
    }

    /// Where the session is busy: in the middle of a COPY. Cheap to ask, the clock is read and nothing else.
    ///
    /// - Throws: ``EarlyEnd``.
    func check() throws {
        if brake.isPulled { throw EarlyEnd.cancelled }
        if SystemClock.monotonicNanoseconds() >= end { throw EarlyEnd.late }
    }

    /// The same, and when it is time to, the row is told how far the job is and the lease renewed: twice a second, which a
    /// short run never reaches.
    ///
    /// - Parameter done: 0 to 1.
    /// - Throws: ``EarlyEnd``, ``LeaseLost``, ``PostgresError``.
    mutating func check(_ done: Double = 0.4, in db: inout Connection) throws {
        try check()
        let now = SystemClock.monotonicNanoseconds()
        guard now >= nextRenewal else { return }
        nextRenewal = now + Self.renewal
        guard try Queue.progress(lease, done, in: &db) else { throw EarlyEnd.cancelled }
    }
}
