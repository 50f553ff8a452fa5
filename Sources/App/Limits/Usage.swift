import HTTP
import Market
import Postgres

/// What a user has, of which there may be only so much (api.md, "Limits").
///
/// Adding a run locks the user's row of `user_usage` until the transaction ends, and who adds a job alone or is about to
/// change strategies locks it by itself. So of two orders at once the second gets to this look when the first is over, and its look is a
/// new one: together they never pass the limit.
struct Usage: Sendable {
    let runs: Int
    let equityPoints: Int
    /// Distinct evaluations ever made.
    let trials: Int
    /// Those that count (``JobKind/isRationed``).
    let unfinishedJobs: Int
    /// Those that are not deleted.
    let strategies: Int
    /// Of all strategies, and so are the bytes.
    let strategyVersions: Int
    let strategyBytes: Int

    /// Whether the user is within the quotas of runs, what the caller's transaction has added included.
    ///
    /// - Throws: ``Problem`` 429 `QUOTA_EXCEEDED`; the transaction has to be rolled back then.
    func checkRuns(_ configuration: Configuration) throws {
        try checkJobs(configuration)
        try checkTrials(configuration)
        if runs > configuration.quotaRuns {
            throw Problem(
                .quotaExceeded,
                "You have \(counted(configuration.quotaRuns, "backtest")), as many as you may. Delete some you no longer need."
            )
        }
        if equityPoints > configuration.quotaEquityPoints {
            throw Problem(
                .quotaExceeded,
                "With this run your backtests would hold more than \(configuration.quotaEquityPoints) points of equity "
                    + "curves. Delete some you no longer need, or take a shorter range.")
        }
    }

    /// The same of that of trials: what is queued already may pass it by itself.
    private func checkTrials(_ configuration: Configuration) throws {
        if trials >= configuration.quotaTrials {
            throw Problem(
                .quotaExceeded,
                "You have tried \(configuration.quotaTrials) strategies, settings and ranges, as many as one account may. "
                    + "They are never forgotten, because every result is measured against them; only the operator can allow more."
            )
        }
    }

    /// The same of that of unfinished jobs alone: for a job that adds no run.
    func checkJobs(_ configuration: Configuration) throws {
        if unfinishedJobs > configuration.quotaQueuedJobs {
            throw Problem(
                .quotaExceeded,
                "You have \(counted(configuration.quotaQueuedJobs, "unfinished job")), as many as you may. Wait for one to end.",
                fields: ["Retry-After": "1"])
        }
    }

    /// The same of the quotas of strategies. Only what has grown can be too much: a quota may have been lowered since, and
    /// whoever is above it may still rename, and write less.
    ///
    /// - Parameter before: what the user had before the caller's change, under the lock (``Query/lockingUsage(of:)``);
    ///   nil where every count grows.
    /// - Throws: ``Problem`` 429 `QUOTA_EXCEEDED`; the transaction has to be rolled back then.
    func checkStrategies(_ configuration: Configuration, since before: Usage? = nil) throws {
        if strategies > max(configuration.quotaStrategies, before?.strategies ?? 0) {
            throw Problem(
                .quotaExceeded,
                "You have \(counted(configuration.quotaStrategies, "strategy")), as many as you may. Delete some you no longer need."
            )
        }
        if strategyVersions > max(configuration.quotaStrategyVersions, before?.strategyVersions ?? 0) {
            throw Problem(
                .quotaExceeded,
                "You have \(counted(configuration.quotaStrategyVersions, "version")) of strategies, as many as you may. Those of "
                    + "deleted strategies count, because runs and trials refer to them.")
        }
        if strategyBytes > max(configuration.quotaStrategyBytes, before?.strategyBytes ?? 0) {
            throw Problem(
                .quotaExceeded,
                "With this your strategies would hold more than \(configuration.quotaStrategyBytes) bytes. Shorten "
                    + "descriptions; versions stay stored, because runs and trials refer to them.")
        }
    }
}

extension Query {
    /// Makes others who add something of this user's wait until the transaction ends.
    static func lockingUsage(of userID: String) -> Query<Int> {
        .change("SELECT 1 FROM user_usage WHERE user_id = $1::uuid FOR NO KEY UPDATE", userID)
    }

    /// What a user has; nil for who never had a run or a strategy.
    static func usage(of userID: String) -> Query<Usage?> {
        .first(
            """
            SELECT u.runs, u.equity_points, u.trials,
                   (SELECT count(*) FROM jobs j WHERE j.user_id = u.user_id AND j.status IN ('pending', 'running')
                      AND j.job_type = ANY($2::text[])),
                   u.strategies, u.strategy_versions, u.strategy_bytes
            FROM user_usage u WHERE u.user_id = $1::uuid
            """, userID, JobKinds.rationed
        ) { row in
            Usage(
                runs: try row.next(), equityPoints: try row.next(), trials: try row.next(),
                unfinishedJobs: try row.next(),
                strategies: try row.next(), strategyVersions: try row.next(), strategyBytes: try row.next())
        }
    }
}
