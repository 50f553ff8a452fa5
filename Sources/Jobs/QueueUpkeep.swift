import Glibc
import Postgres
import System

/// What becomes of jobs whose worker is gone, silent, or cut off.
extension Queue {
    /// The first half of the advisory lock that stands for a worker's name: "jobs" in ASCII.
    private static let lockSpace = 0x6A6F_6273

    /// The code of a job that was given up.
    public static let attemptsExhausted = "ATTEMPTS_EXHAUSTED"
    public static let cancelledOnRequest = "Cancelled on request."

    /// A name for this process among all workers: NAME/pid/random.
    static func workerName(_ name: String) -> String {
        "\(name)/\(getpid())/\(Random.bytes(4).map { String($0, radix: 16) }.joined())"
    }

    /// Takes a worker's name for this session; it is free again when the session ends. False while another session holds
    /// it.
    static func holdingName(_ name: String) -> Query<Bool> {
        .value("SELECT pg_try_advisory_lock($1::int, hashtext($2))", lockSpace, name)
    }

    /// From now on this session is told of jobs that are queued, by the names of their kinds.
    static let listening = Query<Int>.change("LISTEN jobs")

    /// Who is there to do jobs, for those who look after it.
    ///
    /// - Parameter program: `backtestd` or `worker`, as its sessions call themselves.
    public static func attendance(of program: String, name: String) -> Query<Attendance> {
        .one(
            """
            SELECT count(DISTINCT keeper.pid), count(DISTINCT held.objid),
                coalesce(bool_or(held.objid = hashtext($3)::oid), false)
            FROM pg_stat_activity AS keeper LEFT JOIN pg_locks AS held
                ON held.pid = keeper.pid AND held.locktype = 'advisory' AND held.granted
                AND held.classid = $1::int::oid AND held.objsubid = 2
            WHERE keeper.datname = current_database() AND keeper.application_name = $2 || ' keeper'
            """, lockSpace, program, name, read: inOrder(Attendance.init))
    }

    /// Gives back what earlier processes of this name left unfinished. Only for the session that holds the name: that
    /// proves them dead, so nobody has to wait for the end of their leases.
    ///
    /// - Parameter worker: the living process of that name, whose jobs stay its own.
    /// - Returns: how many jobs are waiting again or have failed for good.
    static func reclaiming(name: String, for worker: String) -> Query<Int> {
        .change(
            """
            UPDATE jobs SET lease_until = clock_timestamp() - interval '1 second'
            WHERE status = 'running' AND left(worker, length($1)) = $1 AND worker <> $2
            """, name + "/", worker)
    }

    /// Which of a worker's jobs somebody wishes to stop.
    static func cancelRequested(of worker: String) -> Query<[String]> {
        .values("SELECT id FROM jobs WHERE status = 'running' AND cancel_requested AND worker = $1", worker)
    }

    /// Lets go of a job that its worker will not end because it is to stop: the job waits again at once, in its turn, and
    /// the attempt is not counted, however often that happens. Nothing happens when the lease is no longer ours.
    static func giveBack(_ lease: Lease, in db: inout Connection) throws {
        try giveBack(lease, while: "true", afterSeconds: 0, in: &db)
    }

    /// The same of a job in which the session was lost. Not counted only so often: something in it may be what takes the
    /// database down.
    static func giveBackInterrupted(_ lease: Lease, in db: inout Connection) throws {
        try giveBack(
            lease, while: "interruptions < \(maximumForgivenInterruptions)", also: "interruptions = interruptions + 1",
            afterSeconds: 0, in: &db)
    }

    /// Lets a job wait that the database has no room or time for at the moment. The attempt is not counted as long as the
    /// job is young, or was seldom begun: a full disk may last for hours, and what was acknowledged is not lost to it, nor
    /// to a moment's trouble after days without a daemon.
    static func postpone(_ lease: Lease, afterSeconds seconds: Double, in db: inout Connection) throws {
        try giveBack(
            lease,
            while: """
                (fence < \(maximumForgivenLeases) OR created_at > clock_timestamp() - interval '\(forgivenHours) hours')
                """, afterSeconds: seconds, in: &db)
    }

    /// Lets a job wait in which nothing was tried: the attempt is not counted, however often that happens and however long it
    /// takes. What it waits for comes to its turn or its end by itself.
    ///
    /// - Parameter end: what the job waits for, for whoever looks at it.
    static func putOff(
        _ lease: Lease, afterSeconds seconds: Double, for end: JobEnd, in db: inout Connection
    ) throws {
        try giveBack(lease, while: "true", afterSeconds: seconds, for: end, in: &db)
    }

    /// - Parameters:
    ///   - isForgiven: on what condition the attempt is not counted.
    ///   - note: what changes in the row of one that is forgiven, beside that.
    ///   - seconds: it waits that long first.
    private static func giveBack(
        _ lease: Lease, while isForgiven: String, also note: String? = nil, afterSeconds seconds: Double,
        for end: JobEnd? = nil, in db: inout Connection
    ) throws {
        let forgiven = try db.run(
            .change(
                """
                UPDATE jobs SET status = 'pending', worker = NULL, lease_until = NULL, progress = 0,
                  attempts = attempts - 1, run_after = \(later("$5")), error_code = coalesce($6, error_code),
                  error_message = coalesce($7, error_message)\(note.map { ", " + $0 } ?? "")
                WHERE \(ours) AND \(isForgiven)
                """, lease.id, lease.worker, lease.attempt, lease.fence, seconds, end?.code, end?.message))
        guard forgiven == 0 else { return }
        try db.run(
            .change(
                "UPDATE jobs SET lease_until = \(later("$5")) - interval '1 second' WHERE \(ours)", lease.id,
                lease.worker, lease.attempt, lease.fence, seconds))
    }

    /// Fails what was tried too often: something in it ends every worker that takes it. What was also wished to stop is
    /// cancelled. For the caller's transaction,
    /// which also ends what hangs on those jobs.
    static func givingUp(_ kinds: [Wanted]) -> Query<[GivenUp]> {
        .all(
            """
            UPDATE jobs SET lease_until = NULL, finished_at = clock_timestamp(),
              status = CASE WHEN cancel_requested THEN 'cancelled' ELSE 'failed' END,
              error_code = CASE WHEN cancel_requested THEN NULL ELSE '\(attemptsExhausted)' END,
              error_message = CASE WHEN cancel_requested THEN '\(cancelledOnRequest)'
                ELSE 'Given up after ' || attempts || ' attempts that did not end.' END
            WHERE id IN (
              SELECT j.id FROM jobs j JOIN unnest($1::text[], $2::int[]) AS kind(name, attempts) ON kind.name = j.job_type
              WHERE j.status = 'running' AND j.lease_until < clock_timestamp() AND j.attempts >= kind.attempts
              FOR UPDATE OF j SKIP LOCKED)
            RETURNING id, job_type, status, error_code, error_message
            """, kinds.map(\.name), kinds.map(\.attempts)
        ) { row in
            GivenUp(
                id: try row.next(), kind: try row.next(),
                end: JobEnd(try row.next(), code: try row.next(), try row.next()))
        }
    }

    /// A job that was tried too often.
    struct GivenUp {
        let id: String
        let kind: String
        let end: JobEnd
    }
}

/// Processes of one program that have a session with the database.
public struct Attendance: Sendable {
    public let processes: Int
    /// Those that do jobs: one a name. The others wait for theirs.
    public let names: Int
    /// Whether somebody does jobs under the name that was asked for.
    public let isNameHeld: Bool
}
