import Backtest
import JSON
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
    /// How many symbols this lineage was tried on.
    let symbolsTried: Int
    /// N over everything the owner ever tried.
    let ownerTrials: Int
    /// The deflated Sharpe ratio with that N.
    let ownerDeflatedSharpe: Double?
    let verdict: Verdict
    /// Why ``deflatedSharpe`` is nil: the reason of the PSR.
    let missingReason: String?

    static let schema = Schema.object([
        ("trials", .integer()), ("trial_variance", .number), ("expected_max_sharpe_per_bar", .number),
        ("dsr", Schema.number.orNull), ("symbols_tried", .integer()), ("owner_trials", .integer()),
        ("owner_dsr", Schema.number.orNull), ("verdict", .oneOf(Verdict.allCases.map(\.rawValue))), ("note", .text),
        ("null_reasons", .anything),
    ])

    /// The plain words beside the figures. "At least": what was tried elsewhere, nobody counted.
    var note: String { "At least \(trials) variant\(trials == 1 ? "" : "s") tried here." }

    func write(into json: inout Writer) {
        json.object { json in
            json.member("trials", trials)
            json.member("trial_variance", trialVariance)
            json.member("expected_max_sharpe_per_bar", expectedMaximumSharpe)
            json.member("dsr", deflatedSharpe)
            json.member("symbols_tried", symbolsTried)
            json.member("owner_trials", ownerTrials)
            json.member("owner_dsr", ownerDeflatedSharpe)
            json.member("verdict", verdict.rawValue)
            json.member("note", note)
            json.key("null_reasons")
            json.object { json in
                guard let missingReason else { return }
                json.member("dsr", missingReason)
                json.member("owner_dsr", missingReason)
            }
        }
    }
}

extension Connection {
    /// `run` is the run $1; `family` its lineage and every other of the owner's that holds an identical definition,
    /// because identical definitions share a lineage, also when an update made them so later. `tried` is the owner's
    /// ledger, an evaluation that two lineages hold once.
    fileprivate static let ledger = """
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
            max(returns_mean / nullif(returns_sd, 0)) AS sharpe
          FROM trials WHERE owner_id = (SELECT user_id FROM run)
          GROUP BY definition_hash, settings_hash, symbol_id, timeframe, window_start, window_end
        )
        """

    /// The statistics of a completed run as of now; nil when it has no result.
    mutating func statistics(ofRun id: String) throws -> RunStatistics? {
        var answers = try batch(RunStatistics.statements(ofRun: id))
        return try RunStatistics(&answers)
    }
}

extension RunStatistics {
    static func statements(ofRun id: String) -> [Statement] {
        [
            Statement(
                """
                SELECT b.num_trades, b.returns_count, r.periods_per_year, b.sharpe_per_bar, b.skewness, b.kurtosis, b.psr,
                  b.psr_excess, b.null_reasons->>'psr'
                FROM backtest_results b JOIN backtest_runs r ON r.id = b.backtest_run_id WHERE r.id = $1::uuid
                """, [.text(id)]),
            Statement(
                """
                \(Connection.ledger) SELECT
                  count(*) FILTER (WHERE is_family AND tried.symbol_id = run.symbol_id AND tried.timeframe = run.timeframe),
                  count(DISTINCT tried.symbol_id) FILTER (WHERE is_family), count(*),
                  coalesce(array_agg(sharpe ORDER BY sharpe) FILTER (
                    WHERE is_family AND tried.symbol_id = run.symbol_id AND tried.timeframe = run.timeframe
                      AND window_start = start_date AND window_end = end_date AND sharpe IS NOT NULL), '{}')
                FROM tried, run
                """, [.text(id)]),
        ]
    }

    /// From the answers to ``statements(ofRun:)``; nil when the run has no result.
    init?(_ answers: inout Answers) throws {
        let result = answers.next(), counts = answers.next()
        guard result.count == 1 else { return nil }
        let sharpes = try counts.doubleArray(0, 3)
        // The run itself is one, also where its trial does not say so.
        let trials = max(1, try counts.int(0, 0)), ownerTrials = max(1, try counts.int(0, 2))
        let returns = try result.int(0, 1)
        let variance = Significance.trialVariance(sharpes, returns: returns)
        let sharpe = try result.optionalDouble(0, 3)
        let skewness = try result.optionalDouble(0, 4), kurtosis = try result.optionalDouble(0, 5)
        func deflated(_ trials: Int) -> Double? {
            guard let sharpe, let skewness, let kurtosis else { return nil }
            return Significance.deflatedSharpe(
                sharpe, trials: trials, variance: variance, returns: returns, skewness: skewness, kurtosis: kurtosis)
        }
        let deflatedSharpe = deflated(trials)
        self.init(
            trials: trials, trialVariance: variance,
            expectedMaximumSharpe: Significance.expectedMaximumSharpe(trials: trials, variance: variance),
            deflatedSharpe: deflatedSharpe, symbolsTried: max(1, try counts.int(0, 1)), ownerTrials: ownerTrials,
            ownerDeflatedSharpe: deflated(ownerTrials),
            verdict: Verdict(
                trades: try result.int(0, 0), returns: returns, periodsPerYear: try result.int(0, 2), sharpe: sharpe,
                probabilisticSharpe: try result.optionalDouble(0, 6), deflatedSharpe: deflatedSharpe,
                excessSharpe: try result.optionalDouble(0, 7)),
            missingReason: deflatedSharpe == nil ? try result.optionalString(0, 8) : nil)
    }
}
