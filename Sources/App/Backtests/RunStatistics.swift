import Backtest
import JSON
import Market
import Postgres

/// What the figures of a completed run are worth, given how much was tried (statistics.md, "N counts itself"). Counted
/// when it is read and never stored, because N grows.
///
/// All Sharpe ratios are per bar.
struct RunStatistics: Equatable, Sendable {
    /// N: distinct evaluations of the run's family: owner, lineage, symbol, timeframe.
    let trials: Int
    /// V: how far the Sharpe ratios of the family's trials on the run's window lie apart, or chance alone would put them.
    let trialVariance: Double
    /// SR0: what the best of N tries shows without any skill.
    let expectedMaximumSharpe: Double
    /// nil where there is no Sharpe ratio.
    let deflatedSharpe: Double?
    /// V and SR0 of what is left of each of them after the market; nil where nothing is known to be left of this run.
    let excessTrialVariance: Double?
    let expectedMaximumExcessSharpe: Double?
    /// Of what is left of this run's returns after the market; nil where there is no such ratio.
    let excessSharpe: Double?
    /// It deflated by SR0 of the excess.
    let deflatedExcessSharpe: Double?
    /// How many symbols this lineage was tried on.
    let symbolsTried: Int
    /// N over everything the owner ever tried.
    let ownerTrials: Int
    /// The deflated Sharpe ratio with that N.
    let ownerDeflatedSharpe: Double?
    let verdict: Verdict
    /// Why ``deflatedSharpe`` is nil: the reason of the PSR.
    let missingReason: String?
    /// Why ``deflatedExcessSharpe`` is nil: that of the PSR of the excess, or ``notComputed``.
    let missingExcessReason: String?

    /// A run of an older release whose excess the maintenance has not computed, or cannot.
    static let notComputed = "NOT_COMPUTED"

    static let form = Form<RunStatistics>.object(
        "RunStatistics",
        [
            .member("trials", .integer, \.trials), .member("trial_variance", .number, \.trialVariance),
            .member("expected_max_sharpe_per_bar", .number, \.expectedMaximumSharpe),
            .nullable("dsr", .number, \.deflatedSharpe),
            .nullable("excess_trial_variance", .number, \.excessTrialVariance),
            .nullable("expected_max_excess_sharpe_per_bar", .number, \.expectedMaximumExcessSharpe),
            .nullable("excess_sharpe_per_bar", .number, \.excessSharpe),
            .nullable("dsr_excess", .number, \.deflatedExcessSharpe),
            .member("symbols_tried", .integer, \.symbolsTried),
            .member("owner_trials", .integer, \.ownerTrials), .nullable("owner_dsr", .number, \.ownerDeflatedSharpe),
            .member("verdict", .choice(), \.verdict), .member("note", .text, \.note),
            .member("null_reasons", .byName(.text), \.nullReasons),
        ])

    /// The plain words beside the figures. "At least": what was tried elsewhere, nobody counted.
    var note: String { "At least \(counted(trials, "variant")) tried here." }

    private var nullReasons: [(name: String, value: String)] {
        (missingReason.map { reason in ["dsr", "owner_dsr"].map { ($0, reason) } } ?? [])
            + (missingExcessReason.map { reason in missingExcesses.map { ($0, reason) } } ?? [])
    }

    private var missingExcesses: [String] {
        excessTrialVariance != nil
            ? ["dsr_excess"] : ["excess_trial_variance", "expected_max_excess_sharpe_per_bar", "dsr_excess"]
    }
}

extension Query {
    /// What of a run's result its statistics are made of; nil when it has none.
    fileprivate static func resultFacts(ofRun id: String) -> Query<RunStatistics.ResultFacts?> {
        .first(
            """
            SELECT b.num_trades, b.returns_count, r.periods_per_year, b.sharpe_per_bar, b.skewness, b.kurtosis, b.psr,
              b.psr_excess, b.excess_count, b.excess_mean / nullif(b.excess_sd, 0), b.excess_skewness, b.excess_kurtosis,
              b.null_reasons->>'psr', b.null_reasons->>'psr_excess'
            FROM backtest_results b JOIN backtest_runs r ON r.id = b.backtest_run_id WHERE r.id = $1::uuid
            """, id, read: inOrder(RunStatistics.ResultFacts.init))
    }

    /// What the owner of a run tried.
    ///
    /// `run` is the run $1; `family` its lineage and every other of the owner's that holds an identical definition,
    /// because identical definitions share a lineage, also when an update made them so later. `tried` is the owner's
    /// ledger, an evaluation that two lineages hold once.
    fileprivate static func ledger(ofRun id: String) -> Query<RunStatistics.Ledger> {
        .one(
            """
            WITH RECURSIVE run AS (
              SELECT r.user_id, r.symbol_id, r.timeframe, r.start_date, r.end_date, s.lineage_id
              FROM backtest_runs r JOIN strategies s ON s.id = r.strategy_id WHERE r.id = $1::uuid
            ), family AS (
              SELECT user_id, lineage_id FROM run
              UNION
              SELECT other.user_id, other.lineage_id FROM family
              JOIN strategies one ON one.user_id = family.user_id AND one.lineage_id = family.lineage_id
              JOIN strategy_versions v ON v.strategy_id = one.id
              JOIN strategy_versions w ON w.definition_hash = v.definition_hash
              JOIN strategies other ON other.id = w.strategy_id AND other.user_id = family.user_id
            ), tried AS (
              SELECT symbol_id, timeframe, window_start, window_end,
                bool_or(lineage_id IN (SELECT lineage_id FROM family)) AS is_family,
                max(returns_mean / nullif(returns_sd, 0)) AS sharpe, max(excess_mean / nullif(excess_sd, 0)) AS excess
              FROM trials WHERE owner_id = (SELECT user_id FROM run)
              GROUP BY definition_hash, settings_hash, symbol_id, timeframe, window_start, window_end
            )
            SELECT
              count(*) FILTER (WHERE is_family AND tried.symbol_id = run.symbol_id AND tried.timeframe = run.timeframe),
              count(DISTINCT tried.symbol_id) FILTER (WHERE is_family), count(*),
              coalesce(array_agg(sharpe ORDER BY sharpe) FILTER (WHERE is_alike AND sharpe IS NOT NULL), '{}'),
              coalesce(array_agg(excess ORDER BY excess) FILTER (WHERE is_alike AND excess IS NOT NULL), '{}')
            FROM tried, run, LATERAL (
              SELECT is_family AND tried.symbol_id = run.symbol_id AND tried.timeframe = run.timeframe
                AND window_start = start_date AND window_end = end_date AS is_alike) AS compared
            """, id, read: inOrder(RunStatistics.Ledger.init))
    }
}

extension RunStatistics {
    /// What they are made of, in one trip together with other reads of the run.
    static func parts(ofRun id: String) -> (Query<ResultFacts?>, Query<Ledger>) {
        (.resultFacts(ofRun: id), .ledger(ofRun: id))
    }

    struct ResultFacts: Sendable {
        let trades: Int
        let returns: Int
        let periodsPerYear: Int
        let sharpe: Double?
        let skewness: Double?
        let kurtosis: Double?
        let probabilisticSharpe: Double?
        let probabilisticExcessSharpe: Double?
        /// Of what is left after the market; nil: not computed.
        let excessReturns: Int?
        let excessSharpe: Double?
        let excessSkewness: Double?
        let excessKurtosis: Double?
        let missingReason: String?
        let missingExcessReason: String?

        /// Where the engine found nothing left it gave a reason.
        fileprivate func excess(deflated: Double?) -> Verdict.Excess {
            if let deflated { return .deflated(deflated) }
            return missingExcessReason == nil ? .notComputed(probabilistic: probabilisticExcessSharpe) : .noSpread
        }
    }

    struct Ledger: Sendable {
        let familyTrials: Int
        let symbolsTried: Int
        let ownerTrials: Int
        /// Of the family's trials on the run's window.
        let sharpes: [Double]
        let excessSharpes: [Double]
    }

    init(_ result: ResultFacts, _ ledger: Ledger) {
        // The run itself is one, also where its trial does not say so.
        let trials = max(1, ledger.familyTrials), ownerTrials = max(1, ledger.ownerTrials)
        let variance = Significance.trialVariance(ledger.sharpes, returns: result.returns)
        func deflated(_ trials: Int) -> Double? {
            guard let sharpe = result.sharpe, let skewness = result.skewness, let kurtosis = result.kurtosis else {
                return nil
            }
            return Significance.deflatedSharpe(
                sharpe, trials: trials, variance: variance, returns: result.returns, skewness: skewness,
                kurtosis: kurtosis)
        }
        let deflatedSharpe = deflated(trials)
        let excessReturns = result.excessReturns ?? 0
        let excessVariance =
            excessReturns == 0 ? nil : Significance.trialVariance(ledger.excessSharpes, returns: excessReturns)
        var deflatedExcess: Double?
        if let excessVariance, let sharpe = result.excessSharpe, let skewness = result.excessSkewness,
            let kurtosis = result.excessKurtosis
        {
            deflatedExcess = Significance.deflatedSharpe(
                sharpe, trials: trials, variance: excessVariance, returns: excessReturns, skewness: skewness,
                kurtosis: kurtosis)
        }
        self.init(
            trials: trials, trialVariance: variance,
            expectedMaximumSharpe: Significance.expectedMaximumSharpe(trials: trials, variance: variance),
            deflatedSharpe: deflatedSharpe, excessTrialVariance: excessVariance,
            expectedMaximumExcessSharpe: excessVariance.map {
                Significance.expectedMaximumSharpe(trials: trials, variance: $0)
            },
            excessSharpe: result.excessSharpe, deflatedExcessSharpe: deflatedExcess,
            symbolsTried: max(1, ledger.symbolsTried), ownerTrials: ownerTrials,
            ownerDeflatedSharpe: deflated(ownerTrials),
            verdict: Verdict(
                trades: result.trades, returns: result.returns, periodsPerYear: result.periodsPerYear,
                sharpe: result.sharpe, probabilisticSharpe: result.probabilisticSharpe, deflatedSharpe: deflatedSharpe,
                excess: result.excess(deflated: deflatedExcess)),
            missingReason: deflatedSharpe == nil ? result.missingReason : nil,
            missingExcessReason: deflatedExcess == nil ? result.missingExcessReason ?? Self.notComputed : nil)
    }
}
