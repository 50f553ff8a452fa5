import HTTP
import JSON
import Market
import Postgres
import Quality

/// How many findings of each severity nobody has dismissed.
struct FindingCounts: Sendable {
    let errors: Int
    let warnings: Int
    let infos: Int

    var worst: Finding.Severity? { errors > 0 ? .error : warnings > 0 ? .warning : infos > 0 ? .info : nil }

    static let form = Form<FindingCounts>.object(
        "FindingCounts",
        [
            .member("error", .integer, \.errors), .member("warning", .integer, \.warnings),
            .member("info", .integer, \.infos),
        ])

    /// SQL; `c` is the series' row of `series_checks`, if there is one.
    static let columns = "coalesce(c.errors, 0), coalesce(c.warnings, 0), coalesce(c.infos, 0)"
}

/// What the last check of a series came to.
struct SeriesCheck: Sendable {
    let revision: Int
    let expected: Int
    let missing: Int
    let checkedAt: Instant

    /// Of the expected bars those that are there; 1 when none is expected.
    var coverage: Double { expected == 0 ? 1 : Double(expected - missing) / Double(expected) }

    /// SQL; `c` is the series' row of `series_checks`, if there is one.
    static let columns = "c.revision, c.expected, c.missing, c.checked_at"

    /// - Returns: nil for a series that nobody has checked.
    static func read(_ row: inout RowReader) throws -> SeriesCheck? {
        let revision: Int? = try row.next(), expected: Int? = try row.next(), missing: Int? = try row.next()
        let checkedAt: Instant? = try row.next()
        guard let revision, let expected, let missing, let checkedAt else { return nil }
        return SeriesCheck(revision: revision, expected: expected, missing: missing, checkedAt: checkedAt)
    }
}

/// A series of an active symbol that has bars, and how far it reaches.
struct ReachedSeries: Sendable {
    let symbolID: Int
    let symbol: String
    let assetType: AssetType
    let timeframe: Timeframe
    /// Where a share is listed; nil when that is not known.
    let exchange: String?
    let provider: String
    /// Start of the last bar.
    let end: Instant

    /// Unix microseconds.
    var last: Int64 { end.microseconds }

    static let columns = "s.id, s.symbol, s.asset_type, b.interval, s.exchange, b.provider, b.last"
    static let tables = "bar_series b JOIN symbols s ON s.id = b.symbol_id AND s.is_active AND b.count > 0"

    func standing(_ freshness: Freshness) -> Freshness.Standing {
        freshness.standing(ofLast: last, assetType, timeframe, listedAt: exchange)
    }
}

/// `GET /api/market-data/series`: what is stored, and what is known against it. All of it is kept by the series; no bar is
/// looked at.
enum StoredSeries {
    /// Of the findings of a series so many are shown in a list, and so many of a symbol that is asked for.
    private static let fewFindings = 3, manyFindings = 100

    fileprivate struct Listed: Sendable {
        let symbolID: Int
        let symbol: String
        let name: String
        let assetType: AssetType
        let series: SeriesRow
        let priceBasisDate: CalendarDay?
        let isOutOfScale: Bool
        let tradesUntil: Instant?
        let check: SeriesCheck?
        var shown: [StoredFinding] = []

        var isChecked: Bool { check?.revision == series.revision }

        static let form = Form<Listed>.object(
            "StoredSeries",
            [
                .member("symbol", .text, \.symbol), .member("name", .text, \.name),
                .member("asset_type", .choice(), \.assetType),
            ] + SeriesRow.members.map { $0.of(\.series) } + [
                .nullable("price_basis_date", .day, \.priceBasisDate),
                .member(
                    "is_out_of_scale",
                    Form<Bool>.flag.described(
                        "The symbol's other series was restated, as after a split, and this one not yet: nothing is priced or filled by it"
                    ), \.isOutOfScale),
                .nullable(
                    "trades_until",
                    Form<String>.barTime.described(
                        "The last bar that prices and fills anything, where later ones look like those after a split that the ones before were not restated for; null: the last there is"
                    )
                ) { listed in listed.tradesUntil.map { listed.series.interval.label($0.microseconds) } },
                .nullable(
                    "expected_bars", Form<Int>.integer.described("From the first to the last; null: not checked yet"),
                    \.check?.expected), .nullable("missing_bars", .integer, \.check?.missing),
                .nullable("checked_at", .time, \.check?.checkedAt),
                .member(
                    "is_checked", Form<Bool>.flag.described("Whether the bars were checked as they are now"),
                    \.isChecked),
                .member(
                    "findings_shown",
                    Form<[(timeframe: Timeframe, finding: StoredFinding)]>.list(of: StoredFinding.form).described(
                        "The worst \(fewFindings) at most, \(manyFindings) with `symbol`; dismissed ones last")
                ) { listed in listed.shown.map { (listed.series.interval, $0) } },
            ])

        init(_ row: inout RowReader) throws {
            (symbolID, symbol, name, assetType) = (try row.next(), try row.next(), try row.next(), try row.next())
            (series, priceBasisDate) = (try SeriesRow(&row), try row.next())
            (isOutOfScale, tradesUntil) = (try row.next(), try row.next())
            check = try SeriesCheck.read(&row)
        }
    }

    private static let page = Answer(200, "A page of series", .page(of: "series", Listed.form)).kept

    static let list = Route(
        .get, "/api/market-data/series", .open,
        "The stored price series by symbol, days before hours: range, bars and missing ones, source, and findings.",
        takes: .query(optional: "symbol", .ticker, "Only of this symbol"), .window(limit: 1...500, default: 100),
        answers: [page]
    ) { call, db, ticker, window in
        var listed = try db.run(.storedSeries(ofSymbol: ticker, window))
        let maximum = ticker == nil ? fewFindings : manyFindings
        for (position, finding) in try db.run(.shownFindings(of: listed, maximum)) {
            listed[position - 1].shown.append(finding)
        }
        return page(publicly: Page(window, listed), to: call.request)
    }
}

extension Query {
    fileprivate static func storedSeries(ofSymbol ticker: String?, _ window: Window) -> Query<[StoredSeries.Listed]> {
        .all(
            """
            SELECT s.id, s.symbol, s.name, s.asset_type, \(SeriesRow.columns), b.price_basis_date, b.is_out_of_scale,
              b.trades_until, \(SeriesCheck.columns)
            FROM bar_series b JOIN symbols s ON s.id = b.symbol_id AND s.is_active
              LEFT JOIN series_checks c ON (c.symbol_id, c.interval) = (b.symbol_id, b.interval)
            WHERE b.count > 0 AND ($1::text IS NULL OR s.symbol = $1)
            ORDER BY s.symbol, b.interval LIMIT $2::int OFFSET $3::int
            """, ticker, window.probe, window.offset, read: StoredSeries.Listed.init)
    }

    /// Each with the position of its series, from 1; those of a series in their order.
    fileprivate static func shownFindings(
        of listed: [StoredSeries.Listed], _ maximum: Int
    ) -> Query<[(Int, StoredFinding)]> {
        .all(
            """
            SELECT wanted.position, f.*
            FROM unnest($1::int[], $2::text[]) WITH ORDINALITY AS wanted (symbol_id, interval, position)
            CROSS JOIN LATERAL (
              SELECT \(StoredFinding.columns) FROM data_findings f
              WHERE (f.symbol_id, f.interval) = (wanted.symbol_id, wanted.interval)
              ORDER BY \(Finding.order) LIMIT $3::int) f
            """, listed.map(\.symbolID), listed.map(\.series.interval.rawValue), maximum
        ) { row in (try row.next(), try StoredFinding(&row)) }
    }
}
