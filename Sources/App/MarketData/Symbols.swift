import HTTP
import JSON
import Market
import Postgres

/// What is stored of one instrument.
struct SymbolRow: Tradable {
    let id: Int
    let symbol: String
    let name: String
    let assetType: AssetType
    let exchange: String?
    let currency: String
    let baseAsset: String?
    let quoteAsset: String?
    let intervals: [Timeframe]

    static let form = Form<SymbolRow>.object("Symbol", members)

    static let members: [Member<SymbolRow>] = [
        .member("symbol", .text, \.symbol), .member("name", .text, \.name),
        .member("asset_type", .choice(), \.assetType),
        .nullable("exchange", .text, \.exchange), .member("currency", .text, \.currency),
        .nullable("base_asset", .text, \.baseAsset), .nullable("quote_asset", .text, \.quoteAsset),
        .member("intervals", .list(of: .choice()), \.intervals),
    ]

    fileprivate static let columns = """
        s.id, s.symbol, s.name, s.asset_type, s.exchange, s.currency, s.base_asset, s.quote_asset,
        array(SELECT b.interval::text FROM bar_series b WHERE b.symbol_id = s.id AND b.count > 0 ORDER BY b.interval DESC)
        """
}

/// One stored price series (schema.md, bar_series).
struct SeriesRow: Sendable {
    let interval: Timeframe
    /// Unix microseconds.
    let first: Int64
    let last: Int64
    let count: Int
    let revision: Int
    let provider: String
    let adjustment: BarSource.Adjustment
    let updatedAt: Instant
    let findings: FindingCounts

    static let form = Form<SeriesRow>.object("Series", members)

    static let members: [Member<SeriesRow>] = [
        .member("interval", .choice(), \.interval), .member("first", .barTime) { $0.interval.label($0.first) },
        .member("last", .barTime) { $0.interval.label($0.last) }, .member("bars", .integer, \.count),
        .member("revision", .integer, \.revision), .member("provider", .text, \.provider),
        .member("adjustment", .choice(), \.adjustment), .member("updated_at", .time, \.updatedAt),
        .member("findings", FindingCounts.form, \.findings),
    ]

    /// SQL; `b` is the series' row, `c` that of `series_checks`, if there is one.
    static let columns = """
        b.interval, b.first, b.last, b.count, b.revision, b.provider, b.adjustment, b.updated_at, \(FindingCounts.columns)
        """

    init(_ row: inout RowReader) throws {
        interval = try row.next()
        (first, last) = (try row.next(Instant.self).microseconds, try row.next(Instant.self).microseconds)
        (count, revision, provider) = (try row.next(), try row.next(), try row.next())
        (adjustment, updatedAt, findings) = (try row.next(), try row.next(), try row.next(FindingCounts.init))
    }
}

enum Symbols {
    private struct Detail {
        let symbol: SymbolRow
        let series: [SeriesRow]

        static let form = Form<Detail>.object(
            "SymbolDetail",
            SymbolRow.members.map { $0.of(\.symbol) } + [.member("series", .list(of: SeriesRow.form), \.series)])
    }

    private static let found = Answer(200, "The instrument", Detail.form).kept

    static let find = Route(
        .get, "/api/symbols/{symbol}", .open, "One active instrument and the price series stored for it.",
        takes: .path("symbol", .ticker, "Ticker, case-insensitive"), answers: [found], errors: [.notFound]
    ) { call, db, ticker in
        guard let symbol = try db.run(.symbol(ticker)) else {
            throw Problem(.notFound, "No active symbol \(ticker) is stored.")
        }
        return try found(
            publicly: Detail(symbol: symbol, series: db.run(.series(ofSymbol: symbol.id))), to: call.request)
    }

    private static let page = Answer(200, "A page of instruments", .page(of: "symbols", SymbolRow.form)).kept

    static let search = Route(
        .get, "/api/symbols/search", .open,
        "Active instruments: exact ticker first, then ticker prefix, name word prefix, substring.",
        takes: .query(
            "q", .text(0...100), default: "", "What to look for in tickers and names; empty or absent lists all"),
        .query(optional: "asset_type", .choice(AssetType.self), "Only this kind"), .window(default: 20), answers: [page]
    ) { call, db, wanted, assetType, window in
        let found = try db.run(.symbols(matching: wanted, assetType: assetType, window))
        return page(publicly: Page(window, found), to: call.request)
    }
}

extension Query {
    /// The active symbol with this canonical ticker.
    static func symbol(_ ticker: String) -> Query<SymbolRow?> {
        .first(
            "SELECT \(SymbolRow.columns) FROM symbols s WHERE s.symbol = $1 AND s.is_active", ticker,
            read: inOrder(SymbolRow.init))
    }

    /// Active symbols in search order; `wanted` may be empty.
    ///
    /// Each way of matching is only looked at when the better ones did not fill the page, so what most people type costs
    /// one look into one index. A beginning is compared as a range, for which a plan made once can use the index; the
    /// last character of Unicode stands behind every ticker that begins so.
    fileprivate static func symbols(
        matching wanted: String, assetType: AssetType?, _ window: Window
    ) -> Query<[SymbolRow]> {
        let wanted = wanted.uppercased()
        guard !wanted.isEmpty else {
            return .all(
                """
                SELECT \(SymbolRow.columns) FROM symbols s
                WHERE s.is_active AND ($1::text IS NULL OR s.asset_type = $1)
                ORDER BY s.symbol LIMIT $2::int OFFSET $3::int
                """, assetType, window.probe, window.offset, read: inOrder(SymbolRow.init))
        }
        var pattern = ""
        for character in wanted {
            if character == "\\" || character == "%" || character == "_" { pattern.append("\\") }
            pattern.append(character)
        }
        // Fewer than three characters make no trigram, and stand in so many names that the first tickers have them. With
        // three or more a look at ticker after ticker may go through all of them, so that order is hidden from the planner.
        let isShort = wanted.unicodeScalars.count < 3
        let part = isShort ? "search || ''" : "search", order = isShort ? "symbol" : "symbol || ''"
        let candidates = "SELECT id, symbol FROM symbols WHERE is_active AND ($2::text IS NULL OR asset_type = $2)"
        let begins = "symbol ~>=~ $1 AND symbol ~<~ $6"
        return .all(
            """
            WITH tickers AS MATERIALIZED (
              \(candidates) AND \(begins) ORDER BY symbol <> $1, symbol LIMIT $4::int + $5::int
            ), words AS MATERIALIZED (
              \(candidates) AND (SELECT count(*) FROM tickers) < $4::int + $5::int
                AND search LIKE '% ' || $3 || '%' AND NOT (\(begins)) ORDER BY \(order) LIMIT $4::int + $5::int
            ), parts AS MATERIALIZED (
              \(candidates) AND (SELECT count(*) FROM tickers) + (SELECT count(*) FROM words) < $4::int + $5::int
                AND \(part) LIKE '%' || $3 || '%' AND search NOT LIKE '% ' || $3 || '%' AND NOT (\(begins))
              ORDER BY \(order) LIMIT $4::int + $5::int
            ), found AS (
              SELECT id, CASE WHEN symbol = $1 THEN 0 ELSE 1 END AS rank FROM tickers
              UNION ALL SELECT id, 2 FROM words UNION ALL SELECT id, 3 FROM parts
            )
            SELECT \(SymbolRow.columns) FROM found JOIN symbols s USING (id)
            ORDER BY found.rank, s.symbol LIMIT $4::int OFFSET $5::int
            """, wanted, assetType, pattern, window.probe, window.offset, wanted + "\u{10FFFF}",
            read: inOrder(SymbolRow.init))
    }

    /// The series stored for a symbol, days before hours.
    static func series(ofSymbol id: Int) -> Query<[SeriesRow]> {
        .all(
            """
            SELECT \(SeriesRow.columns)
            FROM bar_series b LEFT JOIN series_checks c ON (c.symbol_id, c.interval) = (b.symbol_id, b.interval)
            WHERE b.symbol_id = $1::int AND b.count > 0 ORDER BY b.interval
            """, id, read: SeriesRow.init)
    }
}
