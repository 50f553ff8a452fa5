public import Postgres

/// The durable queue: rows of the table `jobs`. A message elsewhere is only a doorbell; these rows are the truth.
///
/// Times are the database's own (`clock_timestamp()`), so that the clocks of hosts need not agree.
public enum Queue {
    /// No kind may ask for more (V0130__create_jobs.sql).
    public static let maximumAttempts = 3
    /// Days that a finished job is kept where its kind says nothing else, or is not known any more.
    public static let standardRetentionDays = 30
    /// How long a worker may be silent before others may take its job. ``progress(_:_:in:)`` renews it.
    public static let leaseSeconds = 30.0
    /// So often no attempt is counted in which the session was lost: a job that takes the database down whenever it is tried
    /// must end, too.
    static let maximumForgivenInterruptions = 20
    /// Until it was leased this often no attempt counts that only the state of the database has ended.
    static let maximumForgivenLeases = 20
    /// Nor does one so long after the job was queued.
    static let forgivenHours = 24

    /// What says that an unfinished job has a dedupe key already.
    public static let dedupeConstraint = "jobs_active_dedupe_key"

    /// - Parameters:
    ///   - id: a random UUID; nil lets the database choose.
    ///   - payload: a JSON object as text.
    static func enqueuing(
        _ id: String?, _ kind: String, payload: String = "{}", userID: String? = nil, dedupeKey: String? = nil,
        requestID: String? = nil, afterSeconds seconds: Double = 0
    ) -> Query<String> {
        .value(
            """
            INSERT INTO jobs (id, job_type, payload_json, user_id, dedupe_key, request_id, run_after)
            VALUES (coalesce($1::uuid, gen_random_uuid()), $2, $3::jsonb, $4::uuid, $5, $6,
              clock_timestamp() + make_interval(secs => $7)) RETURNING id
            """, id, kind, payload, userID, dedupeKey, requestID, seconds)
    }

    /// Nil when an unfinished job has the key that this statement does not see yet, or no longer.
    static func enqueuingOnce(
        _ kind: String, payload: String, dedupeKey: String, userID: String?, requestID: String?
    ) -> Query<(id: String, isNew: Bool)?> {
        .first(
            """
            WITH made AS (
              INSERT INTO jobs (job_type, payload_json, user_id, dedupe_key, request_id)
              VALUES ($1, $2::jsonb, $3::uuid, $4, $5)
              ON CONFLICT (dedupe_key) WHERE status IN ('pending', 'running') DO NOTHING RETURNING id)
            SELECT id, true FROM made
            UNION ALL SELECT id, false FROM jobs WHERE dedupe_key = $4 AND status IN ('pending', 'running')
            LIMIT 1
            """, kind, payload, userID, dedupeKey, requestID
        ) { row in (id: try row.next(), isNew: try row.next()) }
    }

    /// The id of the unfinished job with this key; nil when there is none.
    public static func unfinished(dedupeKey: String) -> Query<String?> {
        .first("SELECT id FROM jobs WHERE dedupe_key = $1 AND status IN ('pending', 'running')", dedupeKey)
    }

    /// A kind as the queue sees it.
    struct Wanted {
        let name: String
        /// One that has used them up is left for ``giveUp(_:)``.
        let attempts: Int

        init(_ name: String, attempts: Int = Queue.maximumAttempts) {
            (self.name, self.attempts) = (name, attempts)
        }
    }

    /// Takes the next job. First one whose lease has ended, then what waits, in the turns that
    /// V0133__order_jobs_fairly.sql gives: every user's first, every user's second, and so on.
    ///
    /// - Parameters:
    ///   - kinds: the first that has a job gives it.
    ///   - seconds: how long this worker may be silent.
    /// - Returns: nil when there is nothing to do.
    static func lease(
        _ kinds: [Wanted], worker: String, seconds: Double = leaseSeconds, in db: inout Connection
    ) throws -> Lease? {
        // A lease that a crash of the server takes away leaves the job waiting, and the worker's session is gone with it.
        try db.run(
            .withoutWaitingForDisk,
            .first(
                leaseSQL, kinds.map(\.name), worker, seconds, kinds.map(\.attempts)
            ) { row in
                Lease(
                    id: try row.next(), kind: try row.next(), payload: try row.next(), worker: worker,
                    attempt: try row.next(), fence: try row.next(), seconds: seconds,
                    isStopWished: try row.next())
            }
        ).1
    }

    /// Each look walks an index from its beginning and stops at the first row that is due and that nobody else is taking:
    /// rows that are to wait are walked over.
    static let leaseSQL = """
        UPDATE jobs SET status = 'running', worker = $2, attempts = attempts + 1, fence = fence + 1,
          lease_until = clock_timestamp() + make_interval(secs => $3), progress = 0,
          error_code = NULL, error_message = NULL, started_at = coalesce(started_at, clock_timestamp())
        WHERE id = coalesce(
          (SELECT next.id FROM unnest($1::text[], $4::int[]) AS kind(name, attempts) CROSS JOIN LATERAL (
             SELECT id FROM jobs
             WHERE job_type = kind.name AND status = 'running' AND lease_until < clock_timestamp()
               AND attempts < kind.attempts
             ORDER BY lease_until LIMIT 1 FOR UPDATE SKIP LOCKED) AS next LIMIT 1),
          (SELECT next.id FROM unnest($1::text[]) AS kind(name) CROSS JOIN LATERAL (
             SELECT id FROM jobs WHERE job_type = kind.name AND status = 'pending' AND run_after <= clock_timestamp()
             ORDER BY turn, created_at, id LIMIT 1 FOR UPDATE SKIP LOCKED) AS next LIMIT 1))
        RETURNING id, job_type, payload_json, attempts, fence, cancel_requested
        """

    /// Tells how far a job is and renews the lease.
    ///
    /// - Parameter done: 0 to 1.
    /// - Returns: false when somebody wishes the job to stop.
    /// - Throws: ``LeaseLostError``, ``PostgresError``.
    static func progress(_ lease: Lease, _ done: Double, in db: inout Connection) throws -> Bool {
        let isCancelled: Bool? = try db.run(
            .first(
                """
                UPDATE jobs SET progress = greatest(progress, $5),
                  lease_until = clock_timestamp() + make_interval(secs => $6)
                WHERE \(ours) RETURNING cancel_requested
                """, lease.id, lease.worker, lease.attempt, lease.fence, min(1, max(0, done)), lease.seconds
            ) { row in try row.next() })
        guard let isCancelled else { throw LeaseLostError(id: lease.id) }
        return !isCancelled
    }

    /// Completes a job, in the transaction that stores its result.
    ///
    /// Running it throws ``LeaseLostError`` when worker, attempt, lease or status are no longer ours: the result must not be
    /// stored.
    ///
    /// - Parameter result: a JSON object as text, for a job that has no table of its own for what came out.
    public static func finishing(_ lease: Lease, result: String? = nil) -> Query<Void> {
        onlyOurs(
            lease,
            .change(
                """
                UPDATE jobs SET status = 'completed', progress = 1, lease_until = NULL, finished_at = clock_timestamp(),
                  result_json = $5::json
                WHERE \(ours)
                """, lease.id, lease.worker, lease.attempt, lease.fence, result))
    }

    /// Ends a job without a result. Running it throws ``LeaseLostError`` when the job is no longer ours.
    static func failing(_ lease: Lease, _ end: JobEnd) -> Query<Void> {
        onlyOurs(
            lease,
            .change(
                """
                UPDATE jobs SET status = $5, error_code = $6, error_message = $7, lease_until = NULL,
                  finished_at = clock_timestamp()
                WHERE \(ours)
                """, lease.id, lease.worker, lease.attempt, lease.fence, end.status.rawValue, end.code, end.message))
    }

    /// Lets a job wait after a failure that may pass; what went wrong stays to be seen until it is tried again. Running it
    /// throws ``LeaseLostError`` when the job is no longer ours.
    static func retrying(_ lease: Lease, afterSeconds seconds: Double, _ end: JobEnd) -> Query<Void> {
        onlyOurs(
            lease,
            .change(
                """
                UPDATE jobs SET status = 'pending', worker = NULL, lease_until = NULL, progress = 0, error_code = $5,
                  error_message = $6, run_after = \(later("$7"))
                WHERE \(ours)
                """, lease.id, lease.worker, lease.attempt, lease.fence, end.code, end.message, seconds))
    }

    /// Wishes a job to stop: one that waits is cancelled at once, and its user's later jobs move up a turn; one under way
    /// stops at its worker's next look.
    ///
    /// - Returns: the status it has now, nil when there is no such job.
    public static func cancel(_ id: String, in db: inout Connection) throws -> JobStatus? {
        let stopped: JobStatus? = try db.run(
            .first(
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
                """, id))
        if let stopped { return stopped }
        return try db.run(.first("SELECT status FROM jobs WHERE id = $1::uuid", id))
    }

    /// When a job that waits again is due: one that somebody wishes to stop at once, so that it ends.
    static func later(_ seconds: String) -> String {
        "clock_timestamp() + CASE WHEN cancel_requested THEN interval '0' ELSE make_interval(secs => \(seconds)) END"
    }

    static let ours =
        "id = $1::uuid AND worker = $2 AND attempts = $3::int AND fence = $4::int AND status = 'running'"

    private static func onlyOurs(_ lease: Lease, _ change: Query<Int>) -> Query<Void> {
        let id = lease.id
        return change.map { count in guard count == 1 else { throw LeaseLostError(id: id) } }
    }
}
