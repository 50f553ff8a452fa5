import JSON
public import Jobs
import Market
public import Postgres

/// The job that lets runners see the bars of a series that has grown and has been checked (V0410 queues it).
///
/// Bars are seen in their order and each once: `paper_runners.seen_bar` moves on with what they bring about, in one
/// transaction, and every order has the name of its bar. So a job that is done twice, or again after a kill, moves nothing
/// twice.
public struct AdvanceRunners: SeriesFollower {
    public static let name = "advance_runners"
    public static let noun = "look at runners"

    public let timeoutMilliseconds = 600_000

    private let clock: RunnerClock

    public init(_ configuration: Configuration) { clock = RunnerClock(configuration) }

    public func run(_ payload: GrownSeries, _ job: inout RunningJob, in db: inout Connection) throws -> JobResult {
        var firstError: (any Error)?
        for runner in try db.run(.waitingRunners(symbol: payload.symbol, payload.timeframe)) {
            try job.check(0.5, in: &db)
            // One that cannot be entered holds up nobody else; the job fails in the end, and says so.
            do { try clock.advance(runner, in: &db) } catch let error where error.isOfOne {
                firstError = firstError ?? error
            }
        }
        if let firstError { throw firstError }
        return .completed(nil)
    }
}

extension Query {
    /// Those that trade a series and have not seen all of it.
    fileprivate static func waitingRunners(symbol id: Int, _ timeframe: Timeframe) -> Query<[Runner]> {
        runners(
            """
            JOIN bar_series b ON (b.symbol_id, b.interval) = (r.symbol_id, r.interval)
              AND coalesce(b.trades_until, b.last) > r.seen_bar
            WHERE r.symbol_id = $1::int AND r.interval = $2 AND r.status = 'RUNNING' ORDER BY r.started_at, r.id
            """, id, timeframe)
    }

    /// Queues a look wherever a checked series has bars that a runner has not seen.
    static func sweepingRunners() -> Query<Int> {
        .change(
            AdvanceRunners.queueing(
                """
                JOIN paper_runners r ON (r.symbol_id, r.interval) = (b.symbol_id, b.interval)
                  JOIN series_checks c ON (c.symbol_id, c.interval, c.revision) = (b.symbol_id, b.interval, b.revision)
                WHERE r.status = 'RUNNING' AND b.count > 0 AND coalesce(b.trades_until, b.last) > r.seen_bar
                """))
    }
}
