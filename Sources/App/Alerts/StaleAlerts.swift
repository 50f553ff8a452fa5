import Market
import Postgres
import Quality

/// Tells of series that no bars have come for, once until the next bar: of symbols that a user watches or holds.
enum StaleAlerts {
    /// How long bars may be overdue before anybody is told: the plan that notices it is what fetches them.
    private static let patience: Int64 = 6 * 3_600_000_000

    static func tell(at now: Instant, _ calendar: TradingCalendar, in db: inout Connection) throws {
        let freshness = Freshness(
            at: Instant(microseconds: max(.min + patience, now.microseconds) - patience), calendar: calendar)
        let stale = try db.run(.followedSeries()).filter { $0.series.standing(freshness).isStale }
        guard !stale.isEmpty else { return }
        try db.run(.tellingStale(stale))
    }
}

/// A series that somebody follows who wants to be told when it is stale.
private struct FollowedSeries: Sendable {
    let userID: String
    let series: ReachedSeries

    init(_ row: inout RowReader) throws {
        (userID, series) = (try row.next(), try row.next(ReachedSeries.init))
    }

    var words: String {
        let timeframe = series.timeframe
        return
            "No \(timeframe.adjective) bar of \(series.symbol) has come since that of \(timeframe.written(series.last))."
    }

    var key: String {
        let timeframe = series.timeframe
        return [AlertKind.dataStale.rawValue, "\(series.symbolID)", timeframe.rawValue, timeframe.label(series.last)]
            .joined(separator: "/")
    }
}

extension Query {
    /// Users in their order, so that two who tell them never wait for each other in a circle.
    fileprivate static func followedSeries() -> Query<[FollowedSeries]> {
        .all(
            """
            SELECT a.user_id, \(ReachedSeries.columns) FROM alerts a
            CROSS JOIN LATERAL (
              SELECT symbol_id FROM watchlist_items WHERE user_id = a.user_id
              UNION
              SELECT p.symbol_id FROM positions p JOIN paper_accounts h ON h.id = p.paper_account_id
              WHERE h.user_id = a.user_id AND p.quantity > 0) followed
            JOIN symbols s ON s.id = followed.symbol_id AND s.is_active
            JOIN bar_series b ON b.symbol_id = s.id AND b.count > 0
            WHERE a.kind = $1 ORDER BY a.user_id, s.symbol, b.interval
            """, AlertKind.dataStale, read: FollowedSeries.init)
    }

    fileprivate static func tellingStale(_ series: [FollowedSeries]) -> Query<Int> {
        .change(
            """
            SELECT notify_subscriber(t.user_id, '\(AlertKind.dataStale.rawValue)', t.symbol_id, NULL, t.words, t.key)
            FROM unnest($1::uuid[], $2::int[], $3::text[], $4::text[]) AS t (user_id, symbol_id, words, key)
            """, series.map(\.userID), series.map(\.series.symbolID), series.map(\.words), series.map(\.key))
    }
}
