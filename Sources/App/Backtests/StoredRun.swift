import Backtest
import Crypto
import Market
import Postgres
import Strategy

/// What is stored of a run is not valid for this release.
struct StoredRunError: Error { let message: String }

/// A run as it was ordered, with what it needs besides bars.
struct StoredRun: Sendable {
    let id: String
    let userID: String
    let lineageID: String
    let settings: RunSettings
    let options: SimulationOptions
    let definition: StrategyDefinition
    /// Of the series, now: how often its bars were changed, and how many there are.
    let revision: Int
    let seriesCount: Int

    /// Of `backtest_runs r`, `strategies s`, `strategy_versions v` and `symbols y`.
    static let columns = """
        r.id, r.user_id, s.lineage_id, \(RunSettings.columns), v.definition_json,
        coalesce((SELECT b.revision FROM bar_series b WHERE b.symbol_id = r.symbol_id AND b.interval = r.timeframe), 0),
        coalesce((SELECT b.count FROM bar_series b WHERE b.symbol_id = r.symbol_id AND b.interval = r.timeframe), 0)
        """

    /// From ``columns``.
    ///
    /// - Throws: ``StoredRunError``, ``PostgresError``.
    init(_ row: inout RowReader) throws {
        (id, userID, lineageID) = (try row.next(), try row.next(), try row.next())
        settings = try RunSettings(&row)
        guard let options = settings.simulation.options,
            let definition = try row.next(StoredDefinition.self).definition
        else { throw StoredRunError(message: "This release does not take the stored definition or options.") }
        (self.options, self.definition) = (options, definition)
        (revision, seriesCount) = (try row.next(), try row.next())
    }

    /// What makes a trial another than others, the constraint `trials_identity`: columns, and as parameters $1 to $8.
    static let trialKey = """
        owner_id, lineage_id, definition_hash, settings_hash, symbol_id, timeframe, window_start, window_end
        """
    static let trialParameters = "$1::uuid, $2::uuid, $3, $4, $5::int, $6, $7::date, $8::date"
    var trialValues: [any ParameterValue] {
        [
            userID, lineageID, hex(Digest.sha256(definition.identityBytes)),
            hex(Digest.sha256(Encodings.settings(options))), settings.symbolID, settings.timeframe, settings.start,
            settings.end,
        ]
    }

    /// The run of this id; nil when it is gone.
    static func query(_ id: String) -> Query<StoredRun?> {
        .first(
            """
            SELECT \(columns) FROM backtest_runs r JOIN strategies s ON s.id = r.strategy_id
            JOIN strategy_versions v ON v.id = r.strategy_version_id JOIN symbols y ON y.id = r.symbol_id
            WHERE r.id = $1::uuid
            """, id, read: StoredRun.init)
    }
}
