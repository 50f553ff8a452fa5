import HTTP
import Postgres

/// How much one user may have (api.md, "Limits").
enum Quotas {
    /// Whether a user is within the quotas, what the caller's transaction has added included.
    ///
    /// Adding a run locks the user's row of `user_usage` until the transaction ends. So of two orders at once the
    /// second gets here when the first is over, and its look is a new one: together they never pass the limit.
    ///
    /// - Throws: ``Problem`` 429 `QUOTA_EXCEEDED`; the transaction has to be rolled back then.
    static func check(_ userID: String, _ configuration: Configuration, in db: inout Connection) throws {
        let usage = usage(of: userID)
        try check(db.query(usage.sql, usage.parameters), configuration)
    }

    /// What a user has, for ``check(_:_:)``.
    static func usage(of userID: String) -> Statement {
        Statement(
            """
            SELECT u.runs, u.equity_points,
                   (SELECT count(*) FROM jobs j WHERE j.user_id = u.user_id AND j.status IN ('pending', 'running'))
            FROM user_usage u WHERE u.user_id = $1::uuid
            """, [.text(userID)])
    }

    /// - Parameter rows: the answer to ``usage(of:)``.
    static func check(_ rows: borrowing Rows, _ configuration: Configuration) throws {
        guard rows.count == 1 else { return }
        if try rows.int(0, 2) > configuration.quotaQueuedJobs {
            throw Problem(
                .quotaExceeded,
                "You have \(configuration.quotaQueuedJobs) unfinished jobs, as many as you may. Wait for one to end.",
                fields: ["Retry-After": "1"])
        }
        if try rows.int(0, 0) > configuration.quotaRuns {
            throw Problem(
                .quotaExceeded,
                "You have \(configuration.quotaRuns) backtests, as many as you may. Delete some you no longer need.")
        }
        if try rows.int(0, 1) > configuration.quotaEquityPoints {
            throw Problem(
                .quotaExceeded,
                "With this run your backtests would hold more than \(configuration.quotaEquityPoints) points of equity "
                    + "curves. Delete some you no longer need, or take a shorter range.")
        }
    }
}
