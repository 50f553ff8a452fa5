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

    /// What makes its trial another than others, beside symbol, timeframe and window: SHA-256, hex.
    var definitionIdentity: String { hex(Digest.sha256(definition.identityBytes)) }
    var settingsIdentity: String { hex(Digest.sha256(Encodings.settings(options))) }

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
