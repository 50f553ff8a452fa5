import Backtest
import HTTP
import Jobs
import Market
import Postgres
import Strategy
import System

/// The home of runs: every change of a run's state, together with that of its job.
///
/// Whoever locks both rows locks the job's first. So workers, visitors who cancel and accounts that end never wait for
/// each other in a circle.
enum RunStore {
    private static let keyConstraint = "backtest_runs_idempotency_key_key"

    /// Queues a run: its row and its job, or neither.
    ///
    /// - Returns: `job` only while there is something to wait for.
    /// - Throws: ``Problem`` 401 when the account was deleted meanwhile, 429 when the user has as much as the quotas allow,
    ///   409 when the request's `Idempotency-Key` came with another request before.
    static func order(
        _ request: RunRequest, _ configuration: Configuration, in db: inout Connection
    ) throws -> (id: String, job: String?) {
        let job = UUID.random().text, settings = request.settings
        let row = Query<String>.value(
            """
            INSERT INTO backtest_runs (user_id, strategy_id, strategy_version_id, symbol_id, timeframe, start_date,
              end_date, initial_equity, options_json, periods_per_year, status, job_id, idempotency_key, request_hash,
              equity_points)
            VALUES ($1::uuid, $2::uuid, $3::int, $4::int, $5, $6::date, $7::date, $8::numeric, $9::jsonb, $10::int,
              'pending', $11::uuid, $12, $13, $14::int)
            RETURNING id
            """, request.userID, request.strategyID, request.versionID, settings.symbolID, settings.timeframe,
            settings.start, settings.end, settings.initialEquity, settings.simulation.json,
            settings.periodsPerYear, job,
            request.idempotencyKey, request.idempotencyKey == nil ? nil : request.hash, request.barCount)
        do {
            // Committed and on the disk before anybody is told: what was acknowledged survives a crash.
            return try db.transaction(
                opening: .holdingUser(request.userID),
                SimulateRun.enqueuing(job, NoPayload(), userID: request.userID, requestID: request.requestID),
                row, .usage(of: request.userID)
            ) { (_: inout Connection, _, _, id, usage) in
                try usage?.checkRuns(configuration)
                return (id, job)
            }
        } catch let error as PostgresError where error.code == .uniqueViolation(constraint: keyConstraint) {
            // Another request of the same key was a moment earlier.
            guard
                let earlier = try earlier(
                    request.idempotencyKey, hash: request.hash, of: request.userID, in: &db)
            else { throw error }
            return earlier
        }
    }

    /// The run that an earlier request of this `Idempotency-Key` made; nil when there is none, or no key.
    ///
    /// - Returns: `job` only while the run is not over.
    /// - Throws: ``Problem`` 409 when that request asked for something else.
    static func earlier(
        _ key: String?, hash: String, of userID: String, in db: inout Connection
    ) throws -> (id: String, job: String?)? {
        guard let key else { return nil }
        let found = try db.run(
            .first(
                """
                SELECT id, CASE WHEN status IN ('pending', 'running') THEN job_id END, request_hash FROM backtest_runs
                WHERE user_id = $1::uuid AND idempotency_key = $2
                """, userID, key
            ) { row in (id: try row.next(String.self), job: try row.next(String?.self), hash: try row.next(String.self))
            })
        guard let found else { return nil }
        try IdempotencyKey.check(hash, against: found.hash)
        return (found.id, found.job)
    }

    /// Marks the run of a leased job as begun and gives what it is about.
    ///
    /// - Returns: nil when the run is gone.
    static func start(job: String, in db: inout Connection) throws -> StoredRun? {
        // A start that is lost in a crash of the server is begun again, like the lease it belongs to.
        try db.run(
            .withoutWaitingForDisk,
            .first(
                """
                UPDATE backtest_runs r SET status = 'running', started_at = coalesce(r.started_at, clock_timestamp()),
                       updated_at = clock_timestamp()
                FROM strategies s, strategy_versions v, symbols y
                WHERE r.job_id = $1::uuid AND r.status IN ('pending', 'running')
                  AND s.id = r.strategy_id AND v.id = r.strategy_version_id AND y.id = r.symbol_id
                RETURNING \(StoredRun.columns)
                """, job, read: StoredRun.init)
        ).1
    }

    /// What of a run is known when it has been computed.
    struct Fingerprint: Sendable {
        /// SHA-256, hex: of everything that went in, of what came out, of the loaded bars.
        let content: String
        let result: String
        let bars: String
        let barRevision: Int
        let engineVersion: String
        /// Start of the first of those bars, Unix microseconds.
        let firstBar: Int64
    }

    /// Completes a run, after its job (``Queue/finishing(_:result:)``) and in the transaction that stores its result.
    static func completing(_ run: String, _ fingerprint: Fingerprint) -> Query<Int> {
        .change(
            """
            UPDATE backtest_runs r SET status = 'completed', content_hash = $2, result_hash = $3, bars_hash = $4,
              bar_revision = $5::bigint, engine_version = $6, finished_at = clock_timestamp(),
              updated_at = clock_timestamp(),
              warnings = \(RunWarnings.sql(first: "$7::timestamptz", revision: "$5::bigint"))
            WHERE id = $1::uuid
            """, run, fingerprint.content, fingerprint.result, fingerprint.bars, fingerprint.barRevision,
            fingerprint.engineVersion, Instant(microseconds: fingerprint.firstBar))
    }

    /// Ends a run without a result, after its job and in the same transaction.
    static func end(ofJob job: String, _ end: JobEnd, in db: inout Connection) throws {
        try db.run(ending("job_id = $1::uuid AND status IN ('pending', 'running')", job, end))
    }

    /// Cancels a user's run together with its job, or tells the worker that has it to stop.
    ///
    /// - Returns: `cancelled` when it is now, `running` when the worker that has its job will stop it; it is too late when
    ///   the run had already ended with that status. Nil when there is no such run.
    static func cancel(
        _ id: String, of userID: String, in db: inout Connection
    ) throws -> (status: JobStatus, job: String?, isTooLate: Bool)? {
        try db.transaction(
            opening: .first(
                "SELECT status, job_id FROM backtest_runs WHERE id = $1::uuid AND user_id = $2::uuid", id, userID
            ) { row in (status: try row.next(JobStatus.self), job: try row.next(String?.self)) }
        ) { (db: inout Connection, run) in
            guard let run else { return nil }
            guard !run.status.isFinal else { return (run.status, nil, isTooLate: true) }
            guard let job = run.job,
                let status = try JobKinds.cancelWithinTransaction(job, of: SimulateRun.name, in: &db)
            else {
                throw PostgresError(.unexpectedResult, "an unfinished run without a job")
            }
            // It may have ended between the look at the run and the wish.
            return (status, job, isTooLate: status != .cancelled && status.isFinal)
        }
    }

    /// Cancels what a user has waiting, and tells workers to stop what is under way. For the transaction in which the
    /// account ends.
    static func cancelAll(of userID: String, in db: inout Connection) throws {
        let jobs: [String] = try db.run(
            .values(
                """
                SELECT id FROM jobs WHERE user_id = $1::uuid AND status IN ('pending', 'running') ORDER BY id FOR UPDATE
                """, userID))
        for job in jobs { _ = try Queue.cancel(job, in: &db) }
        try db.run(
            ending(
                """
                user_id = $1::uuid AND status IN ('pending', 'running')
                  AND job_id IN (SELECT id FROM jobs WHERE user_id = $1::uuid AND status = 'cancelled')
                """, userID, JobEnd(.cancelled, code: nil, "The account was deleted.")))
    }

    /// Deletes a run that is over, with its result.
    ///
    /// - Returns: false when the user has no such run, or it is not over.
    static func delete(_ id: String, of userID: String, in db: inout Connection) throws -> Bool {
        try db.run(
            .change(
                """
                DELETE FROM backtest_runs
                WHERE id = $1::uuid AND user_id = $2::uuid AND status NOT IN ('pending', 'running')
                """, id, userID)) == 1
    }

    /// - Parameter condition: which runs, by `$1`.
    private static func ending(_ condition: String, _ key: String, _ end: JobEnd) -> Query<Int> {
        .change(
            """
            UPDATE backtest_runs SET status = $2, error_code = $3, error_message = $4, finished_at = clock_timestamp(),
              updated_at = clock_timestamp()
            WHERE \(condition)
            """, key, end.status.rawValue, end.code, end.message)
    }
}
