import Backtest
import Crypto
import JSON
import Jobs
import Market
import Postgres
import Strategy
import System

/// What a finished run leaves in the database, in one transaction or not at all.
struct RunOutput {
    private let input: RunInput
    private let report: Report
    private let fingerprint: RunStore.Fingerprint

    init(_ input: RunInput, _ report: Report) {
        self.input = input
        self.report = report
        let run = input.run
        fingerprint = RunStore.Fingerprint(
            content: hex(
                Digest.sha256(
                    Encodings.content(
                        run.definition, options: run.options, periodsPerYear: run.settings.periodsPerYear,
                        first: input.firstTradable, barsHash: input.barsHash))),
            result: hex(Digest.sha256(Encodings.result(report))), bars: input.barsHash, barRevision: input.revision,
            engineVersion: engineVersion, firstBar: input.bars.series.times[0])
    }

    /// The job's row is locked only at the end, so that until then it can be told to stop.
    ///
    /// - Parameters:
    ///   - check: called between two trips to the database; what it throws ends the transaction, and nothing is stored.
    ///   - pause: called at the stages where a crash test may hold the run.
    /// - Throws: ``LeaseLostError`` when the job is no longer ours; nothing is stored then.
    func store(
        _ lease: Lease, in db: inout Connection, check: () throws -> Void, pause: (Configuration.Stage) throws -> Void
    ) throws {
        let curve = EquityCurve(times: report.times, equity: report.equity)
        try db.transaction(
            opening: figures, .storing(report.trades, ofRun: input.run.id, symbol: input.run.settings.symbolID),
            .storing(curve, ofRun: input.run.id)
        ) { db, _, _, _ in
            try pause(.copying)
            try check()
            // A wish to stop that comes from here on is too late, and what is as good as stored is not thrown away for
            // being late itself.
            db.interrupt = nil
            try db.run(Queue.finishing(lease), trial, RunStore.completing(input.run.id, fingerprint))
            try pause(.committing)
        }
    }

    /// Columns of the table are named like the figures of the catalog.
    private var figures: Query<Int> {
        var columns = ["backtest_run_id"], values: [any ParameterValue] = [input.run.id]
        for (metric, figure) in report.metrics.all {
            columns.append(metric.rawValue)
            switch metric {
            case .tradeCount, .fillsWithoutVolume: values.append(figure.value.map { Int($0) })
            default: values.append(figure.value)
            }
        }
        let moments = report.moments
        var missing = Writer(), notices = Writer()
        missing.missing(report.metrics)
        notices.array(report.notices) { $0.string($1.rawValue) }
        columns += [
            "recovered", "returns_count", "returns_mean", "returns_sd", "skewness", "kurtosis", "tick_exponent",
            "null_reasons", "notices",
        ]
        let excess = StoredExcess(report.excess)
        columns += StoredExcess.resultColumns
        values += [
            report.metrics.hasRecovered, moments.count, moments.mean, moments.standardDeviation, moments.skewness,
            moments.kurtosis, report.tickExponent, String(decoding: missing.bytes, as: UTF8.self),
            String(decoding: notices.bytes, as: UTF8.self),
        ]
        values += excess.resultValues
        let places = (1...columns.count).map { "$\($0)" }.joined(separator: ", ")
        return .change(
            "INSERT INTO backtest_results (\(columns.joined(separator: ", "))) VALUES (\(places))", with: values)
    }

    /// One row for every distinct evaluation: an identical run again adds nothing (statistics.md, "N counts itself"), but
    /// what the trial of an older release did not keep; and not that either where another engine has other returns now. None
    /// of who has left: nobody will see what came out. For a transaction that holds the job's row, which an account's end
    /// wants, too: either it sees this trial, or this sees the end.
    private var trial: Query<Int> {
        let moments = report.moments, excess = StoredExcess(report.excess)
        let values: [any ParameterValue] = [
            moments.count, moments.mean, moments.standardDeviation, moments.skewness, moments.kurtosis,
            moments.blocks.map(\.count), moments.blocks.map(\.sum), moments.blocks.map(\.sumOfSquares), excess.count,
            excess.mean, excess.standardDeviation,
        ]
        return .change(
            """
            INSERT INTO trials (\(StoredRun.trialKey), returns_count, returns_mean, returns_sd, skewness, kurtosis, block_counts, block_sums, block_squares,
              excess_count, excess_mean, excess_sd)
            SELECT \(StoredRun.trialParameters), $9::int, $10::float8, $11::float8, $12::float8,
              $13::float8, $14::int[], $15::float8[], $16::float8[], $17::int, $18::float8, $19::float8
            FROM users u WHERE u.id = $1::uuid AND u.deleted_at IS NULL
            ON CONFLICT ON CONSTRAINT trials_identity DO UPDATE SET excess_count = excluded.excess_count,
              excess_mean = excluded.excess_mean, excess_sd = excluded.excess_sd
            WHERE trials.excess_count IS NULL
              AND (trials.returns_mean, trials.returns_sd) IS NOT DISTINCT FROM (excluded.returns_mean, excluded.returns_sd)
            """, with: input.run.trialValues + values)
    }
}
