import Market
import Postgres
import Quality

/// A series that is going to be checked.
struct SeriesToCheck: Sendable {
    let symbol: String
    let assetType: AssetType
    let timeframe: Timeframe
    /// Where a share is listed; nil when that is not known.
    let exchange: String?
    /// Starts of bars that were made of too few shorter ones.
    let partial: [Int64]
    let revision: Int
    /// The revision that was checked last; nil when none was.
    let checked: Int?
}

extension Query {
    /// The series of a symbol that have bars, days before hours. They stay as they are until the end of the transaction,
    /// and of two checks the later waits: each may let a series be traded again.
    static func seriesToCheck(ofSymbol id: Int) -> Query<[SeriesToCheck]> {
        .all(
            """
            SELECT s.symbol, s.asset_type, b.interval, s.exchange, b.partial, b.revision,
              (SELECT c.revision FROM series_checks c WHERE (c.symbol_id, c.interval) = (b.symbol_id, b.interval))
            FROM bar_series b JOIN symbols s ON s.id = b.symbol_id
            WHERE b.symbol_id = $1::int AND b.count > 0 ORDER BY b.interval FOR NO KEY UPDATE OF b
            """, id
        ) { row in
            SeriesToCheck(
                symbol: try row.next(), assetType: try row.next(), timeframe: try row.next(), exchange: try row.next(),
                partial: try row.next(Instants.self).microseconds, revision: try row.next(), checked: try row.next())
        }
    }

    /// Which bars of a series had other prices before; nil when none had. Volumes come late and are no news.
    static func revision(of table: BarTable, _ timeframe: Timeframe, symbol id: Int) -> Query<Revision?> {
        .first(
            """
            SELECT count(DISTINCT r.start), min(r.start), max(r.start), max(r.replaced_at), max(abs(b.close / r.close - 1))
            FROM replaced_bars r JOIN \(table.name) b ON b.symbol_id = r.symbol_id
              AND b.\(table.timeColumn) = \(table.isDaily ? "(r.start AT TIME ZONE 'UTC')::date" : "r.start")
            WHERE r.symbol_id = $1::int AND r.interval = $2
              AND (r.open, r.high, r.low, r.close) <> (b.open, b.high, b.low, b.close)
            HAVING count(*) > 0
            """, id, timeframe
        ) { row in
            Revision(
                count: try row.next(), from: try row.next(Instant.self).microseconds,
                to: try row.next(Instant.self).microseconds, seen: try row.next(), largest: try row.next())
        }
    }

    /// When New York's exchange stayed closed besides its rules.
    static func marketClosures() -> Query<[CalendarDay]> {
        .values("SELECT date FROM market_closures WHERE market = 'XNYS'")
    }

    static func noting(_ inspection: Inspection, of series: SeriesToCheck, symbol id: Int) -> Query<Int> {
        .change(
            """
            INSERT INTO series_checks (symbol_id, interval, revision, expected, missing, checked_at)
            VALUES ($1::int, $2, $3::bigint, $4::bigint, $5::bigint, clock_timestamp())
            ON CONFLICT (symbol_id, interval) DO UPDATE SET revision = excluded.revision, expected = excluded.expected,
              missing = excluded.missing, checked_at = excluded.checked_at
            """, id, series.timeframe, series.revision, inspection.expected, inspection.missing)
    }

    /// Removes what is not found any more.
    static func clearing(allBut findings: [Finding], of series: SeriesToCheck, symbol id: Int) -> Query<Int> {
        .change(
            """
            DELETE FROM data_findings WHERE symbol_id = $1::int AND interval = $2
              AND (check_name, first, last) NOT IN (SELECT * FROM unnest($3::text[], $4::timestamptz[], $5::timestamptz[]))
            """, id, series.timeframe, findings.map(\.check.rawValue),
            Parameter.timestamps(microseconds: findings.map(\.from)),
            Parameter.timestamps(microseconds: findings.map(\.to)))
    }

    /// Whether one was dismissed stays while it is the same; its words may be those of a newer release.
    static func storing(_ findings: [Finding], of series: SeriesToCheck, symbol id: Int) -> Query<Int> {
        .change(
            """
            INSERT INTO data_findings AS old (symbol_id, interval, \(StoredFinding.found))
            SELECT DISTINCT ON (check_name, first, last) $1::int, $2, \(StoredFinding.found)
            FROM unnest($3::text[], $4::text[], $5::timestamptz[], $6::timestamptz[], $7::bigint[], $8::text[])
              AS found (\(StoredFinding.found))
            ORDER BY check_name, first, last, count DESC
            ON CONFLICT (symbol_id, interval, check_name, first, last) DO UPDATE SET severity = excluded.severity,
              count = excluded.count, detail = excluded.detail,
              dismissed_at = CASE WHEN (old.severity, old.count) = (excluded.severity, excluded.count)
                THEN old.dismissed_at END
            WHERE (old.severity, old.count, old.detail) <> (excluded.severity, excluded.count, excluded.detail)
            """, id, series.timeframe, findings.map(\.check.rawValue), findings.map(\.severity.rawValue),
            Parameter.timestamps(microseconds: findings.map(\.from)),
            Parameter.timestamps(microseconds: findings.map(\.to)), findings.map(\.count), findings.map(\.detail))
    }

    /// Brings the figures of a series up to its findings.
    static func countingFindings(of timeframe: Timeframe, symbol id: Int) -> Query<Int> {
        .change(
            """
            UPDATE series_checks SET (infos, warnings, errors) = (
              SELECT count(*) FILTER (WHERE severity = 'info'), count(*) FILTER (WHERE severity = 'warning'),
                count(*) FILTER (WHERE severity = 'error')
              FROM data_findings WHERE symbol_id = $1::int AND interval = $2 AND dismissed_at IS NULL)
            WHERE symbol_id = $1::int AND interval = $2
            """, id, timeframe)
    }

    /// All of a series, worst first, then oldest.
    static func findings(of timeframe: Timeframe, symbol id: Int) -> Query<[StoredFinding]> {
        .all(
            """
            SELECT \(StoredFinding.columns) FROM data_findings WHERE symbol_id = $1::int AND interval = $2
            ORDER BY \(Finding.order)
            """, id, timeframe, read: StoredFinding.init)
    }

    static func symbolsWithBars(_ ticker: String?) -> Query<[Int]> {
        .values(
            """
            SELECT id FROM symbols s WHERE is_active AND ($1::text IS NULL OR symbol = $1)
              AND EXISTS (SELECT FROM bar_series b WHERE b.symbol_id = s.id AND b.count > 0)
            ORDER BY symbol
            """, ticker)
    }

    /// A check locks the series first and its findings after that; so does this.
    static func dismissing(
        finding id: Int, _ isDismissed: Bool
    ) -> Query<(symbol: Int, timeframe: Timeframe, finding: StoredFinding)?> {
        .first(
            """
            WITH held AS MATERIALIZED (
              SELECT symbol_id, interval FROM bar_series WHERE (symbol_id, interval) = (
                SELECT symbol_id, interval FROM data_findings WHERE id = $1::bigint) FOR NO KEY UPDATE)
            UPDATE data_findings f SET dismissed_at = CASE WHEN $2::boolean THEN coalesce(dismissed_at, clock_timestamp()) END
            FROM held WHERE f.id = $1::bigint AND (f.symbol_id, f.interval) = (held.symbol_id, held.interval)
            RETURNING f.symbol_id, f.interval, \(StoredFinding.columns)
            """, id, isDismissed
        ) { row in (symbol: try row.next(), timeframe: try row.next(), finding: try StoredFinding(&row)) }
    }
}

extension Finding {
    /// SQL: what nobody has dismissed first, then the worst, then the oldest.
    static let order = """
        dismissed_at IS NOT NULL, CASE severity WHEN 'error' THEN 0 WHEN 'warning' THEN 1 ELSE 2 END, first, check_name, id
        """
}
