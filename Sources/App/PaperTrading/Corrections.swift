import HTTP
import JSON
import Market
import Postgres
import Trading

/// `/api/trading/corrections`: fills whose bar says something else by now. A corrected bar undoes none of them; this is the
/// notice of it (trading.md, "Orders").
enum Corrections {
    struct Row: Sendable {
        let execution: Executions.Row
        /// Lowest and highest price and the close of the bar as it is now; nil where it is gone.
        let now: (low: Double, high: Double, close: Double)?

        static let form = Form<Row>.object(
            "Correction",
            [
                .member("execution", Executions.Row.form, \.execution),
                .nullable("low", Form<Double>.number.described("Of the bar now; null: it is gone")) { $0.now?.low },
                .nullable("high", .number) { $0.now?.high }, .nullable("close", .number) { $0.now?.close },
            ])

        fileprivate init(_ row: inout RowReader) throws {
            execution = try Executions.Row(&row)
            let low: Double? = try row.next(), high: Double? = try row.next(), close: Double? = try row.next()
            now = if let low, let high, let close { (low, high, close) } else { nil }
        }
    }

    /// Of so many the newest are told.
    private static let maximumTold = 100
    /// Fills whose bars are looked up, the newest.
    fileprivate static let maximumLookedAt = 5_000

    private static let found = Answer(
        200, "The newest \(maximumTold) at the most", Form<[Row]>.object("corrections", .list(of: Row.form)))

    static let route = Route(
        .get, "/api/trading/corrections", .signedIn(.read),
        "Of the newest \(maximumLookedAt) own fills since the last reset those whose bar was corrected since, so that it has the price no longer; newest first. Nothing is undone by it.",
        answers: [found]
    ) { call, db in try found(db.run(.corrections(of: call.userID(), maximum: maximumTold))) }
}

extension Query {
    fileprivate static func corrections(
        of userID: String, maximum: Int
    ) -> Query<[Corrections.Row]> where Output == [Corrections.Row] {
        let bars = BarTable.kinds.map { assetType, timeframe in
            let table = BarTable(assetType, timeframe)
            return """
                SELECT low, high, close FROM \(table.name)
                WHERE s.asset_type = '\(assetType.rawValue)' AND e.bar_interval = '\(timeframe.rawValue)'
                  AND symbol_id = e.symbol_id
                  AND \(table.timeColumn) = \(table.isDaily ? "(e.bar_start AT TIME ZONE 'UTC')::date" : "e.bar_start")
                """
        }.joined(separator: " UNION ALL ")
        // A price of the ledger has twelve places, one of a bar about sixteen digits. A market order of a person is filled at
        // a close, all others somewhere in their bar.
        return .all(
            """
            SELECT \(Executions.Row.columns), bar.low, bar.high, bar.close
            FROM (
                SELECT x.* FROM paper_accounts a
                  JOIN executions x ON x.paper_account_id = a.id AND x.generation = a.generation
                WHERE a.user_id = $1::uuid ORDER BY x.sequence DESC LIMIT $3::int) e
              JOIN symbols s ON s.id = e.symbol_id
              JOIN orders o ON o.id = e.order_id
              JOIN bar_series b ON (b.symbol_id, b.interval) = (e.symbol_id, e.bar_interval)
                AND b.revision > e.bar_revision
              LEFT JOIN LATERAL (\(bars)) bar ON true
              CROSS JOIN LATERAL (SELECT e.price::double precision AS price, 1e-9 * e.price::double precision + 1e-12 AS noise) filled
            WHERE bar.close IS NULL OR bar.low > filled.price + filled.noise OR bar.high < filled.price - filled.noise
              OR o.order_type = 'MARKET' AND o.runner_id IS NULL AND abs(bar.close - filled.price) > filled.noise
            ORDER BY e.sequence DESC LIMIT $2::int
            """, userID, maximum, Corrections.maximumLookedAt, read: Corrections.Row.init)
    }
}
