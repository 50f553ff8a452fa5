import HTTP
import JSON
import Market
import Postgres

/// What is stored of one instrument.
struct SymbolRow: Sendable {
    let id: Int
    let symbol: String
    let name: String
    let assetType: AssetType
    let exchange: String?
    let currency: String
    let baseAsset: String?
    let quoteAsset: String?
    let intervals: [String]

    /// Members of the JSON object of api.md, without the braces.
    func write(into json: inout Writer) {
        json.member("symbol", symbol)
        json.member("name", name)
        json.member("asset_type", assetType.rawValue)
        json.member("exchange", exchange)
        json.member("currency", currency)
        json.member("base_asset", baseAsset)
        json.member("quote_asset", quoteAsset)
        json.key("intervals")
        json.beginArray()
        for interval in intervals { json.string(interval) }
        json.endArray()
    }

    static let schema = Schema.object([
        ("symbol", .text), ("name", .text), ("asset_type", .oneOf(["EQUITY", "CRYPTO"])), ("exchange", .text.orNull),
        ("currency", .text), ("base_asset", .text.orNull), ("quote_asset", .text.orNull), ("intervals", .list(.text)),
    ])
}

/// One stored price series (schema.md, bar_series).
struct SeriesRow: Sendable {
    let interval: Timeframe
    let first: Int64
    let last: Int64
    let count: Int
    let revision: Int
    let provider: String
    let adjustment: String
    let updatedAt: Int64

    static let schema = Schema.object([
        ("interval", .oneOf(["1d", "1h"])), ("first", .text), ("last", .text), ("bars", .integer()),
        ("revision", .integer()), ("provider", .text), ("adjustment", .oneOf(["raw", "split", "total"])),
        ("updated_at", .time),
    ])

    func write(into json: inout Writer) {
        json.beginObject()
        json.member("interval", interval.rawValue)
        json.member("first", interval.label(first))
        json.member("last", interval.label(last))
        json.member("bars", count)
        json.member("revision", revision)
        json.member("provider", provider)
        json.member("adjustment", adjustment)
        json.member("updated_at", Instant(microseconds: updatedAt).description)
        json.endObject()
    }
}

enum Symbols {
    static let find = Route(
        method: .get, path: "/api/symbols/{symbol}", access: .open,
        about: "One active instrument and the price series stored for it.",
        parameters: [.path("symbol", .text, "Ticker, case-insensitive")],
        answers: [.init(status: 200, about: "The instrument", schema: .named("Symbol"))],
        errors: [.validationError, .notFound],
        handler: .database { call, db in
            var query = QueryReader(call)
            let ticker = query.symbol("symbol", call.parameter("symbol"))
            try query.mistakes.check()
            guard let ticker, let symbol = try db.symbol(ticker) else {
                throw Problem(.notFound, "No active symbol \(call.parameter("symbol").uppercased()) is stored.")
            }
            let series = try db.series(ofSymbol: symbol.id)
            return .publicJSON(to: call.request) { json in
                json.beginObject()
                symbol.write(into: &json)
                json.key("series")
                json.beginArray()
                for one in series { one.write(into: &json) }
                json.endArray()
                json.endObject()
            }
        })

    static let search = Route(
        method: .get, path: "/api/symbols/search", access: .open,
        about: "Active instruments: exact ticker first, then ticker prefix, name word prefix, substring.",
        parameters: [
            .query("q", .text, "What to look for in tickers and names; empty or absent lists all"),
            .query("asset_type", .oneOf(AssetType.allCases.map(\.rawValue)), "Only this kind"),
            .query("limit", .integer(1...100, default: 20), "Page size"),
            .query("offset", .integer(0...100_000, default: 0), "How many to skip"),
        ],
        answers: [.init(status: 200, about: "A page of instruments", schema: .page(of: "symbols", .named("Symbol")))],
        errors: [.validationError],
        handler: .database { call, db in
            var query = QueryReader(call)
            let limit = query.integer("limit", 1...100, default: 20)
            let offset = query.integer("offset", 0...100_000, default: 0)
            let assetType = query.choice("asset_type", AssetType.self)
            let wanted = query.text("q") ?? ""
            if wanted.unicodeScalars.count > 100 {
                query.mistakes.add("q", "OUT_OF_RANGE", "q must have at most 100 characters.")
            }
            try query.mistakes.check()
            let found = try db.symbols(matching: wanted, assetType: assetType, limit: limit + 1, offset: offset)
            return .publicJSON(to: call.request) { json in
                json.page("symbols", found, limit: limit, offset: offset) { symbol, json in
                    json.beginObject()
                    symbol.write(into: &json)
                    json.endObject()
                }
            }
        })
}

extension Connection {
    fileprivate static let symbolColumns = """
        s.id, s.symbol, s.name, s.asset_type, s.exchange, s.currency, s.base_asset, s.quote_asset,
        (SELECT coalesce(string_agg(b.interval, ',' ORDER BY b.interval DESC), '') FROM bar_series b
         WHERE b.symbol_id = s.id AND b.count > 0)
        """

    /// The active symbol with this canonical ticker.
    mutating func symbol(_ ticker: String) throws -> SymbolRow? {
        let statement = Statement.symbol(ticker)
        return try SymbolRow(query(statement.sql, statement.parameters))
    }

    /// Active symbols in search order; `wanted` may be empty.
    mutating func symbols(matching wanted: String, assetType: AssetType?, limit: Int, offset: Int) throws -> [SymbolRow]
    {
        var pattern = ""
        for character in wanted.uppercased() {
            if character == "\\" || character == "%" || character == "_" { pattern.append("\\") }
            pattern.append(character)
        }
        let rows = try query(
            """
            SELECT \(Self.symbolColumns) FROM symbols s
            WHERE s.is_active AND ($2::text IS NULL OR s.asset_type = $2)
              AND (s.symbol LIKE '%' || $1 || '%' OR upper(s.name) LIKE '%' || $1 || '%')
            ORDER BY CASE WHEN s.symbol = $5 THEN 0 WHEN s.symbol LIKE $1 || '%' THEN 1
                          WHEN ' ' || upper(s.name) LIKE '% ' || $1 || '%' THEN 2 ELSE 3 END, s.symbol
            LIMIT $3::int OFFSET $4::int
            """,
            [
                .text(pattern), Parameter(assetType?.rawValue), .int(Int64(limit)), .int(Int64(offset)),
                .text(wanted.uppercased()),
            ])
        return try (0..<rows.count).map { try Self.symbol(rows, $0) }
    }

    /// The series stored for a symbol, days before hours.
    mutating func series(ofSymbol id: Int) throws -> [SeriesRow] {
        let rows = try query(
            """
            SELECT interval, first, last, count, revision, provider, adjustment, updated_at FROM bar_series
            WHERE symbol_id = $1::int AND count > 0 ORDER BY interval
            """, [.int(Int64(id))])
        return try (0..<rows.count).map { row in
            SeriesRow(
                interval: Timeframe(rawValue: try rows.string(row, 0)) ?? .day, first: try rows.microseconds(row, 1),
                last: try rows.microseconds(row, 2), count: try rows.int(row, 3), revision: try rows.int(row, 4),
                provider: try rows.string(row, 5), adjustment: try rows.string(row, 6),
                updatedAt: try rows.microseconds(row, 7))
        }
    }

    fileprivate static func symbol(_ rows: borrowing Rows, _ row: Int) throws -> SymbolRow {
        SymbolRow(
            id: try rows.int(row, 0), symbol: try rows.string(row, 1), name: try rows.string(row, 2),
            assetType: AssetType(rawValue: try rows.string(row, 3)) ?? .equity,
            exchange: try rows.optionalString(row, 4),
            currency: try rows.string(row, 5), baseAsset: try rows.optionalString(row, 6),
            quoteAsset: try rows.optionalString(row, 7),
            intervals: try rows.string(row, 8).split(separator: ",").map(String.init))
    }
}

extension Statement {
    /// The active symbol with this canonical ticker.
    static func symbol(_ ticker: String) -> Statement {
        Statement(
            "SELECT \(Connection.symbolColumns) FROM symbols s WHERE s.symbol = $1 AND s.is_active", [.text(ticker)])
    }
}

extension SymbolRow {
    /// From the answer to a statement for one; nil when there is none.
    init?(_ rows: borrowing Rows) throws {
        guard rows.count == 1 else { return nil }
        self = try Connection.symbol(rows, 0)
    }
}
