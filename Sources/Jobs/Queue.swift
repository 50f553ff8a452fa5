import Glibc
import Postgres

/// The durable queue: rows of the table `jobs`. A message elsewhere is only a doorbell; these rows are the truth.
///
/// Times are the database's own (`clock_timestamp()`), so that the clocks of hosts need not agree.
public enum Queue {
    public static let maxAttempts = 3
    /// How long a worker may be silent before others may take its job. ``progress(_:_:in:)`` renews it.
    public static let leaseSeconds = 30.0
    /// A job may be given back without an attempt counted until it was leased this often: one that takes the database
    /// down whenever it is tried must end, too.
    public static let maxForgivenLeases = 20
    /// The first half of the advisory lock that stands for a worker's name: "jobs" in ASCII.
    private static let lockSpace = 0x6A6F_6273

    /// A name for this process among all workers: NAME/pid/random.
    public static func workerName(_ name: String) -> String {
        "\(name)/\(getpid())/\(String(UInt32.random(in: 0...UInt32.max), radix: 16))"
    }

    /// Queues a job, in the caller's transaction where there is one.
    ///
    /// - Parameters:
    ///   - payload: a JSON object as text.
    ///   - dedupeKey: at most one unfinished job may have it.
    /// - Throws: ``PostgresError`` `.uniqueViolation` when an unfinished job has the key.
    /// - Returns: the job's id.
    public static func enqueue(
        _ type: String, payload: String = "{}", userID: String? = nil, dedupeKey: String? = nil,
        requestID: String? = nil, in db: inout Connection
    ) throws(PostgresError) -> String {
        try db.query(
            """
            INSERT INTO jobs (job_type, payload_json, user_id, dedupe_key, request_id)
            VALUES ($1, $2::jsonb, $3::uuid, $4, $5) RETURNING id
            """, [.text(type), .text(payload), Parameter(userID), Parameter(dedupeKey), Parameter(requestID)]
        ).string(0, 0)
    }

    /// The statement that queues a job without a payload under an id of the caller's, for the opening of a transaction.
    ///
    /// - Parameter id: a random UUID.
    public static func enqueuing(
        _ id: String, _ type: String, userID: String? = nil, requestID: String? = nil
    ) -> Statement {
        Statement(
            "INSERT INTO jobs (id, job_type, user_id, request_id) VALUES ($1::uuid, $2, $3::uuid, $4)",
            [.text(id), .text(type), Parameter(userID), Parameter(requestID)])
    }

    /// What says that an unfinished job has a dedupe key already.
    public static let dedupeConstraint = "jobs_active_dedupe_key"

    /// The id of the unfinished job with this key; nil when there is none.
    public static func unfinished(dedupeKey: String, in db: inout Connection) throws(PostgresError) -> String? {
        let rows = try db.query(
            "SELECT id FROM jobs WHERE dedupe_key = $1 AND status IN ('pending', 'running')", [.text(dedupeKey)])
        return rows.count == 0 ? nil : try rows.string(0, 0)
    }

    /// Takes the next job of a type. First one whose lease has ended, then what waits, in the turns that
    /// V0133__order_jobs_fairly.sql gives: every user's first, every user's second, and so on. One that has used up its
    /// attempts is left for ``giveUp(_:in:)``.
    ///
    /// - Parameter seconds: how long this worker may be silent.
    /// - Returns: nil when there is nothing to do.
    public static func lease(
        _ type: String, worker: String, seconds: Double = leaseSeconds, in db: inout Connection
    ) throws(PostgresError) -> Lease? {
        // A lease that a crash of the server takes away leaves the job waiting, and the worker's session is gone with it.
        var answers = try db.batch([
            .withoutWaitingForDisk,
            Statement(leaseSQL, [.text(type), .text(worker), .double(seconds), Parameter(maxAttempts)]),
        ])
        _ = answers.nextCount()
        let rows = answers.next()
        guard rows.count == 1 else { return nil }
        return Lease(
            id: try rows.string(0, 0), type: type, payload: try rows.string(0, 1), worker: worker,
            attempt: try rows.int(0, 2), fence: try rows.int(0, 3), seconds: seconds)
    }

    /// Each of the two looks walks an index from its beginning and stops at the first row that nobody else is taking.
    static let leaseSQL = """
        UPDATE jobs SET status = 'running', worker = $2, attempts = attempts + 1, fence = fence + 1,
          lease_until = clock_timestamp() + make_interval(secs => $3), progress = 0,
          started_at = coalesce(started_at, clock_timestamp())
        WHERE id = coalesce(
          (SELECT id FROM jobs
           WHERE job_type = $1 AND status = 'running' AND lease_until < clock_timestamp() AND attempts < $4::int
           ORDER BY lease_until LIMIT 1 FOR UPDATE SKIP LOCKED),
          (SELECT id FROM jobs WHERE job_type = $1 AND status = 'pending' AND run_after <= clock_timestamp()
           ORDER BY turn, created_at, id LIMIT 1 FOR UPDATE SKIP LOCKED))
        RETURNING id, payload_json, attempts, fence
        """

    /// Tells how far a job is and renews the lease.
    ///
    /// - Parameter done: 0 to 1.
    /// - Returns: false when somebody wishes the job to stop.
    /// - Throws: ``LeaseLost``, ``PostgresError``.
    public static func progress(_ lease: Lease, _ done: Double, in db: inout Connection) throws -> Bool {
        let rows = try db.query(
            """
            UPDATE jobs SET progress = greatest(progress, $5), lease_until = clock_timestamp() + make_interval(secs => $6)
            WHERE \(ours) RETURNING cancel_requested
            """, holder(lease) + [.double(min(1, max(0, done))), .double(lease.seconds)])
        guard rows.count == 1 else { throw LeaseLost(id: lease.id) }
        return try !rows.bool(0, 0)
    }

    /// Which of a worker's jobs somebody wishes to stop.
    public static func cancelRequested(of worker: String, in db: inout Connection) throws(PostgresError) -> [String] {
        let rows = try db.query(
            "SELECT id FROM jobs WHERE status = 'running' AND cancel_requested AND worker = $1", [.text(worker)])
        var ids: [String] = []
        for row in 0..<rows.count { ids.append(try rows.string(row, 0)) }
        return ids
    }

    /// Completes a job, in the transaction that stores its result.
    ///
    /// - Parameter result: a JSON object as text, for a job that has no table of its own for what came out.
    /// - Throws: ``LeaseLost`` when worker, attempt, lease or status are no longer ours: the result must not be stored.
    public static func finish(_ lease: Lease, result: String? = nil, in db: inout Connection) throws {
        let statement = finishing(lease, result: result)
        try checkFinished(lease, db.execute(statement.sql, statement.parameters))
    }

    /// The statement of ``finish(_:result:in:)`` for a batch, whose count ``checkFinished(_:_:)`` has to see before
    /// anything is committed.
    public static func finishing(_ lease: Lease, result: String? = nil) -> Statement {
        Statement(
            """
            UPDATE jobs SET status = 'completed', progress = 1, lease_until = NULL, finished_at = clock_timestamp(),
              result_json = $5::json
            WHERE \(ours)
            """, holder(lease) + [Parameter(result)])
    }

    /// - Parameter count: how many rows ``finishing(_:result:)`` changed.
    /// - Throws: ``LeaseLost`` when worker, attempt, lease or status are no longer ours: the result must not be stored.
    public static func checkFinished(_ lease: Lease, _ count: Int) throws {
        guard count == 1 else { throw LeaseLost(id: lease.id) }
    }

    /// Ends a job without a result.
    ///
    /// - Parameters:
    ///   - status: `failed`, `timedOut` or `cancelled`.
    ///   - code: a stable code; needed for all but `cancelled`.
    /// - Throws: ``LeaseLost``, ``PostgresError``.
    public static func fail(
        _ lease: Lease, _ status: JobStatus, code: String?, message: String, in db: inout Connection
    ) throws {
        precondition(status == .failed || status == .timedOut || status == .cancelled, "not an end without a result")
        let count = try db.execute(
            """
            UPDATE jobs SET status = $5, error_code = $6, error_message = $7, lease_until = NULL,
              finished_at = clock_timestamp()
            WHERE \(ours)
            """, holder(lease) + [.text(status.rawValue), Parameter(code), .text(message)])
        guard count == 1 else { throw LeaseLost(id: lease.id) }
    }

    /// Wishes a job to stop: one that waits is cancelled at once, and its user's later jobs move up a turn; one under way
    /// stops at its worker's next look.
    ///
    /// - Returns: the status it has now, nil when there is no such job.
    public static func cancel(_ id: String, in db: inout Connection) throws(PostgresError) -> JobStatus? {
        let rows = try db.query(
            """
            WITH stopped AS (
              UPDATE jobs SET cancel_requested = true,
                status = CASE status WHEN 'pending' THEN 'cancelled' ELSE status END,
                finished_at = CASE status WHEN 'pending' THEN clock_timestamp() ELSE finished_at END
              WHERE id = $1::uuid AND status IN ('pending', 'running') RETURNING status, job_type, user_id, turn),
            moved AS (
              UPDATE jobs SET turn = turn - 1 WHERE id IN (
                SELECT j.id FROM jobs j JOIN stopped s ON j.job_type = s.job_type AND j.user_id = s.user_id
                WHERE s.status = 'cancelled' AND j.status = 'pending' AND j.turn > s.turn
                FOR UPDATE OF j SKIP LOCKED))
            SELECT status FROM stopped
            """, [.text(id)])
        if rows.count == 1 { return JobStatus(rawValue: try rows.string(0, 0)) }
        let ended = try db.query("SELECT status FROM jobs WHERE id = $1::uuid", [.text(id)])
        return ended.count == 0 ? nil : JobStatus(rawValue: try ended.string(0, 0))
    }

    /// Takes a worker's name for this session; it is free again when the session ends.
    ///
    /// - Returns: false while another session holds it.
    public static func holdName(_ name: String, in db: inout Connection) throws(PostgresError) -> Bool {
        try db.query(
            "SELECT pg_try_advisory_lock($1::int, hashtext($2))", [Parameter(lockSpace), .text(name)]
        ).bool(0, 0)
    }

    /// Gives back what earlier processes of this name left unfinished. Only for the session that holds the name: that
    /// proves them dead, so nobody has to wait for the end of their leases.
    ///
    /// - Parameter worker: the living process of that name, whose jobs stay its own.
    /// - Returns: how many jobs are waiting again or have failed for good.
    public static func reclaim(name: String, for worker: String, in db: inout Connection) throws(PostgresError) -> Int {
        try db.execute(
            """
            UPDATE jobs SET lease_until = clock_timestamp() - interval '1 second'
            WHERE status = 'running' AND left(worker, length($1)) = $1 AND worker <> $2
            """, [.text(name + "/"), .text(worker)])
    }

    /// Lets go of a job that its worker will not end, for no fault of the job's: it waits again at once, and the attempt
    /// is not counted. Nothing happens when the lease is no longer ours.
    public static func giveBack(_ lease: Lease, in db: inout Connection) throws(PostgresError) {
        let forgiven = try db.execute(
            """
            UPDATE jobs SET status = 'pending', worker = NULL, lease_until = NULL, progress = 0, attempts = attempts - 1
            WHERE \(ours) AND fence < $5::int
            """, holder(lease) + [Parameter(maxForgivenLeases)])
        guard forgiven == 0 else { return }
        try db.execute(
            "UPDATE jobs SET lease_until = clock_timestamp() - interval '1 second' WHERE \(ours)", holder(lease))
    }

    /// Fails what was tried too often: something in it ends every worker that takes it. For the caller's transaction,
    /// which also ends what hangs on those jobs.
    ///
    /// - Returns: the ids of the jobs that failed.
    public static func giveUp(_ type: String, in db: inout Connection) throws(PostgresError) -> [String] {
        let rows = try db.query(
            """
            UPDATE jobs SET status = 'failed', error_code = 'ATTEMPTS_EXHAUSTED', lease_until = NULL,
              error_message = 'Given up after ' || attempts || ' attempts that did not end.', finished_at = clock_timestamp()
            WHERE id IN (
              SELECT id FROM jobs WHERE job_type = $1 AND status = 'running' AND lease_until < clock_timestamp()
                AND attempts >= $2::int FOR UPDATE SKIP LOCKED)
            RETURNING id
            """, [.text(type), Parameter(maxAttempts)])
        var ids: [String] = []
        for row in 0..<rows.count { ids.append(try rows.string(row, 0)) }
        return ids
    }

    private static let ours =
        "id = $1::uuid AND worker = $2 AND attempts = $3::int AND fence = $4::int AND status = 'running'"

    private static func holder(_ lease: Lease) -> [Parameter] {
        [.text(lease.id), .text(lease.worker), Parameter(lease.attempt), Parameter(lease.fence)]
    }
}
