import HTTP
import JSON
import Jobs
import Postgres
import System

/// Stopping runs and throwing them away.
enum BacktestChanges {
    private static let cancelled = Answer(200, "The cancelled run", BacktestDetail.form)
    private static let stopping = Answer(202, "Still under way, but told to stop", BacktestRow.form)

    static let cancel = Route(
        .post, "/api/backtests/{id}/cancel", .signedIn(.research),
        "Cancels a run: at once while it waits, within a moment when it is under way.", takes: .id(.backtest),
        answers: [cancelled, stopping], errors: [.backtestInvalidState]
    ) { call, db, id in
        let userID = try call.userID()
        guard let state = try db.cancelBacktest(id, of: userID) else { throw Thing.backtest.missing(id) }
        // It may have ended between the look at the run and the wish.
        guard state == .cancelled || state == .running else { throw invalidState("It is already \(state.words).") }
        if state == .running, let job = try db.run(.backtest(id, of: userID))?.jobID {
            InlineWaiting.wait(forJob: job, isCancelled: true, call.configuration)
        }
        guard let detail = try db.detail(ofBacktest: id, of: userID) else { throw Thing.backtest.missing(id) }
        return Backtests.answer(detail)
    }

    private static let deleted = PlainAnswer.nothing("Deleted")

    static let delete = Route(
        .delete, "/api/backtests/{id}", .signedIn(.research),
        "Deletes a run that is over, with its result. Its trial stays counted.", takes: .id(.backtest),
        answers: [deleted], errors: [.backtestInvalidState]
    ) { call, db, id in
        guard try !db.deleteBacktest(id, of: call.userID()) else { return .noContent }
        guard try db.run(.backtest(id, of: call.userID())) == nil else {
            throw invalidState("It is not over yet: cancel it first.")
        }
        throw Thing.backtest.missing(id)
    }

    static func invalidState(_ detail: String) -> Problem { Problem(.backtestInvalidState, detail) }
}

extension JobStatus {
    /// In a sentence.
    var words: String { self == .timedOut ? "timed out" : rawValue }
}

extension Connection {
    /// Cancels a user's run together with its job, or tells the worker that has it to stop.
    ///
    /// - Returns: `cancelled` when it is now, `running` when its worker will stop it, another status when the run had
    ///   already ended in that way; nil when there is no such run.
    mutating func cancelBacktest(_ id: String, of userID: String) throws -> JobStatus? {
        try transaction { db -> JobStatus? in
            let run = try db.query(
                "SELECT status, job_id FROM backtest_runs WHERE id = $1::uuid AND user_id = $2::uuid",
                [.text(id), .text(userID)])
            guard run.count == 1, let status = JobStatus(rawValue: try run.string(0, 0)) else { return nil }
            guard !status.isFinal else {
                throw BacktestChanges.invalidState("It is already \(status.words).")
            }
            // Job before run: the order in which the worker that ends them locks them too.
            guard let job = try run.optionalString(0, 1), let ended = try Queue.cancel(job, in: &db) else {
                throw PostgresError(.unexpectedResult, "an unfinished run without a job")
            }
            if ended == .cancelled {
                try db.execute(
                    """
                    UPDATE backtest_runs SET status = 'cancelled', error_message = 'Cancelled on request.',
                      finished_at = clock_timestamp(), updated_at = clock_timestamp()
                    WHERE id = $1::uuid AND status IN ('pending', 'running')
                    """, [.text(id)])
            }
            return ended
        }
    }

    /// - Returns: false when the user has no such run, or it is not over.
    mutating func deleteBacktest(_ id: String, of userID: String) throws -> Bool {
        try execute(
            """
            DELETE FROM backtest_runs
            WHERE id = $1::uuid AND user_id = $2::uuid AND status NOT IN ('pending', 'running')
            """, [.text(id), .text(userID)]) == 1
    }

    /// The run that an earlier request of the form's `Idempotency-Key` made; nil when there is none, or no key.
    ///
    /// - Returns: `job` only while the run is not over.
    /// - Throws: ``Problem`` 409 when that request asked for something else.
    mutating func earlierRun(_ form: BacktestForm, of userID: String) throws -> (id: String, job: String?)? {
        guard let key = form.idempotencyKey else { return nil }
        let rows = try query(
            """
            SELECT id, CASE WHEN status IN ('pending', 'running') THEN job_id END, request_hash FROM backtest_runs
            WHERE user_id = $1::uuid AND idempotency_key = $2
            """, [.text(userID), .text(key)])
        guard rows.count == 1 else { return nil }
        guard try rows.string(0, 2) == form.hash else {
            throw Problem(
                .conflict, "This Idempotency-Key came with another request before.",
                fieldErrors: [FieldError("Idempotency-Key", "KEY_REUSED", "The key belongs to another request.")])
        }
        return (try rows.string(0, 0), try rows.optionalString(0, 1))
    }
}
