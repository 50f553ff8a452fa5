public import Jobs
import Market
public import Postgres

/// The job that looks whether new bars of a series reach what alerts wait for (V0430__create_alerts.sql queues it).
///
/// An alert meets each bar once: `alerts.seen_until` moves on with them, and what has fired waits for nothing any more. So
/// a job that is done twice, or again after a kill, tells nothing twice.
public struct CheckAlerts: SeriesFollower {
    public static let name = "check_alerts"
    public static let noun = "look at alerts"

    public let timeoutMilliseconds = 60_000

    public init() {}

    public func run(_ payload: GrownSeries, _ job: inout RunningJob, in db: inout Connection) throws -> JobResult {
        let known = try db.run(
            .first(
                """
                SELECT s.symbol, s.asset_type FROM symbols s JOIN \(TradedSeries.table) b ON b.symbol_id = s.id
                WHERE s.id = $1::int AND b.interval = $2
                """, payload.symbol, payload.timeframe
            ) { row in (symbol: try row.next(String.self), assetType: try row.next(AssetType.self)) })
        guard let known else { return .completed(nil) }
        // What is lost with a crash of the server the job does again: with it goes that it was finished.
        try db.transaction(
            opening: .withoutWaitingForDisk,
            .meetingAlerts(of: payload.symbol, BarTable(known.assetType, payload.timeframe), payload.timeframe)
        ) { (db: inout Connection, _, met) in
            if met.isEmpty { return }
            let words = met.map { $0.words(known.symbol, payload.timeframe) }
            try db.run(.telling(met, words, of: payload.symbol))
        }
        return .completed(nil)
    }
}

/// An alert that a bar has reached.
private struct MetAlert: Sendable {
    let id: String
    let userID: String
    let kind: AlertKind
    let level: Price
    /// Start of the bar, Unix microseconds.
    let start: Int64
    /// How far the bar went: of a file in a wrong unit with more digits than a price has.
    let extreme: String

    init(_ row: inout RowReader) throws {
        (id, userID, kind, level) = (try row.next(), try row.next(), try row.next(), try row.next())
        (start, extreme) = (try row.next(Instant.self).microseconds, try row.next())
    }

    func words(_ symbol: String, _ timeframe: Timeframe) -> String {
        let bar = "the bar of \(timeframe.written(start))", extreme = Price(extreme)?.told ?? extreme
        return kind == .priceAbove
            ? "\(symbol) rose to \(level.told): \(bar) went up to \(extreme)."
            : "\(symbol) fell to \(level.told): \(bar) went down to \(extreme)."
    }
}

extension Query {
    /// Lets the armed alerts of a symbol meet the bars of one series that they have not met. Those that the first such bar
    /// reaches are disarmed and returned; users in their order, so that two of these never wait for each other in a circle.
    ///
    /// One statement: bars that are stored meanwhile are neither met nor passed over.
    fileprivate static func meetingAlerts(
        of symbol: Int, _ table: BarTable, _ timeframe: Timeframe
    ) -> Query<[MetAlert]> {
        let time = table.timeColumn
        // The first bound is one that the table's index knows.
        let isNew =
            table.isDaily
            ? """
            b.\(time) >= (a.seen_until AT TIME ZONE 'UTC')::date AND b.\(table.timestamp) >= a.seen_until
            """ : "b.\(time) >= a.seen_until"
        return .all(
            """
            WITH met AS (
              SELECT a.id, bar.start, bar.extreme, series.last + $3::interval AS until
              FROM alerts a JOIN \(TradedSeries.table) series ON series.symbol_id = $1::int AND series.interval = $2
              LEFT JOIN LATERAL (
                SELECT b.\(table.timestamp) AS start,
                  trim_scale(CASE a.kind WHEN 'price_above' THEN b.high::numeric ELSE b.low::numeric END)::text AS extreme
                FROM \(table.name) b
                WHERE b.symbol_id = $1::int AND \(isNew) AND b.\(time) <= \(table.time("series.last"))
                  AND CASE a.kind WHEN 'price_above' THEN b.high::numeric >= a.level ELSE b.low::numeric <= a.level END
                ORDER BY b.\(time) LIMIT 1) bar ON true
              WHERE a.symbol_id = $1::int AND a.is_armed ORDER BY a.user_id, a.id FOR UPDATE OF a),
            moved AS (
              UPDATE alerts a SET is_armed = met.start IS NULL,
                fired_at = CASE WHEN met.start IS NULL THEN a.fired_at ELSE clock_timestamp() END,
                seen_until = greatest(a.seen_until, met.until)
              FROM met WHERE a.id = met.id
              RETURNING a.id, a.user_id, a.kind, a.level, met.start, met.extreme)
            SELECT * FROM moved WHERE start IS NOT NULL ORDER BY user_id, start, id
            """, symbol, timeframe, timeframe == .day ? "1 day" : "1 hour", read: MetAlert.init)
    }

    fileprivate static func telling(_ met: [MetAlert], _ words: [String], of symbol: Int) -> Query<Int> {
        .change(
            """
            INSERT INTO notifications (user_id, kind, symbol_id, subject_id, detail)
            SELECT t.user_id, t.kind, $5::int, t.id, left(t.detail, 1000)
            FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[]) WITH ORDINALITY
              AS t (user_id, kind, id, detail, place)
            ORDER BY t.place
            """, met.map(\.userID), met.map(\.kind.rawValue), met.map(\.id), words, symbol)
    }
}
