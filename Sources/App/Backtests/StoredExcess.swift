import Backtest
import Jobs
import Postgres
import System

/// What is left of a run's returns after the market, as its result and its trial keep it.
struct StoredExcess {
    /// Of returns; 0: the market had no spread to compare with, or its bars are no longer those of the run, or what is
    /// left is nothing that numbers can hold.
    let count: Int
    let mean: Double?
    let standardDeviation: Double?
    let skewness: Double?
    let kurtosis: Double?

    init(_ moments: ReturnMoments?) {
        let moments = moments.flatMap { $0.areFinite ? $0 : nil }
        count = moments?.count ?? 0
        (mean, standardDeviation) = (moments?.mean, moments?.standardDeviation)
        (skewness, kurtosis) = (moments?.skewness, moments?.kurtosis)
    }

    /// Of `backtest_results`, with ``resultValues``.
    static let resultColumns = ["excess_count", "excess_mean", "excess_sd", "excess_skewness", "excess_kurtosis"]
    var resultValues: [any ParameterValue] { [count, mean, standardDeviation, skewness, kurtosis] }
}

extension StoredExcess {
    private static let batch = 100

    /// What ``complete(in:warn:pause:)`` did.
    struct Completion: Equatable {
        /// Runs that have it now.
        var done = 0
        /// Runs that stay without until the next round, because what is stored of them cannot be read or stored.
        var left = 0
    }

    /// Computes what releases before this one did not keep, run by run, from the curves as they are stored: no run is
    /// computed again, so it does not matter which engine made it. A trial whose runs are all deleted stays without.
    ///
    /// - Parameters:
    ///   - warn: told of each run that stays without.
    ///   - pause: called between two runs; what it throws ends the work, and what was done stays done.
    static func complete(
        in db: inout Connection, warn: (String) -> Void, pause: (inout Connection) throws -> Void
    ) throws -> Completion {
        var completion = Completion()
        var last = "00000000-0000-0000-0000-000000000000"
        while true {
            let runs: [String] = try db.run(
                .values(
                    """
                    SELECT backtest_run_id FROM backtest_results
                    WHERE excess_count IS NULL AND backtest_run_id > $1::uuid ORDER BY backtest_run_id LIMIT $2::int
                    """, last, batch))
            for run in runs {
                do {
                    try complete(run, in: &db)
                    completion.done += 1
                } catch  where !endsTheWork(error) {
                    warn("Backtest \(run) stays without what is left after the market: \(error)")
                    completion.left += 1
                }
                try pause(&db)
            }
            guard runs.count == batch, let end = runs.last else { return completion }
            last = end
        }
    }

    /// Whether it is not the run's own: it would meet the next one, too, or the round is to end.
    private static func endsTheWork(_ error: any Error) -> Bool {
        if let error = error as? PostgresError { return error.mayPass || error.isLostSession }
        return error is EarlyEndError || error is LeaseLostError
    }

    private static func complete(_ id: String, in db: inout Connection) throws {
        try db.transaction { db in
            let computed = try of(id, in: &db)
            let excess = computed.excess
            try db.run(
                .change(
                    """
                    UPDATE backtest_results SET excess_count = $2::int, excess_mean = $3, excess_sd = $4,
                      excess_skewness = $5, excess_kurtosis = $6
                    WHERE backtest_run_id = $1::uuid AND excess_count IS NULL
                    """, with: [id] + excess.resultValues))
            guard let run = computed.run else { return }
            try db.run(
                .change(
                    """
                    UPDATE trials t SET excess_count = $9::int, excess_mean = $10, excess_sd = $11
                    FROM backtest_results b
                    WHERE (\(StoredRun.trialKey)) = (\(StoredRun.trialParameters)) AND t.excess_count IS NULL AND b.backtest_run_id = $12::uuid
                      AND (t.returns_mean, t.returns_sd) IS NOT DISTINCT FROM (b.returns_mean, b.returns_sd)
                    """, with: run.trialValues + [excess.count, excess.mean, excess.standardDeviation, id]))
        }
    }

    /// - Returns: without a run where it cannot be told any more, because its bars were corrected. Its trial then waits for
    ///   another run like it.
    /// - Throws: ``StoredRunError`` where another release may know more.
    private static func of(_ id: String, in db: inout Connection) throws -> (excess: StoredExcess, run: StoredRun?) {
        guard let row = try db.run(.backtest(id)), let input = try RunInput.ofRun(id, in: &db),
            input.barsHash == row.barsHash
        else { return (StoredExcess(nil), nil) }
        let curve = try db.run(.equity(ofRun: id))
        let series = input.bars.series
        guard curve.equity.count == series.count - input.firstTradable else { return (StoredExcess(nil), nil) }
        let moments = ReturnMoments.excess(
            of: curve.equity, on: series, from: input.firstTradable, options: input.run.options)
        return (StoredExcess(moments), input.run)
    }
}
