import Market
import Postgres
import PriceFiles

/// What a symbol is called and made of.
struct SymbolNames {
    let symbol: String, assetType: AssetType, base: String?, quote: String?, currency: String

    /// - Parameter currency: what prices are in; nil: a pair's quote asset, else USD.
    init(_ written: String, _ assetType: AssetType, currency given: String?) throws(BarStore.Refusal) {
        self.assetType = assetType
        // BTC/USDT and BTCUSDT are BTC-USDT.
        let pair = assetType == .crypto ? SymbolText.pair(written) : nil
        guard let symbol = Ticker.canonical(pair.map { "\($0.base)-\($0.quote)" } ?? written) else {
            throw .badSymbol(written)
        }
        self.symbol = symbol
        guard assetType == .crypto else {
            (base, quote, currency) = (nil, nil, given ?? "USD")
            return
        }
        let parts = symbol.split(separator: "-", omittingEmptySubsequences: false).map { String($0) }
        guard parts.count == 2, parts[0] != parts[1], !symbol.contains(where: { ".=^".contains($0) }),
            (1...20).contains(parts[0].count),
            (2...12).contains(parts[1].count)  // it is the currency of the prices too
        else { throw .notAPair(symbol) }
        (base, quote, currency) = (parts[0], parts[1], given ?? parts[1])
    }
}

extension Query {
    /// Where a symbol is listed that people call so; nil when that is not known, or it is not stored.
    static func listing(of symbol: String) -> Query<String?> {
        Query<String??>.first(
            "SELECT exchange FROM symbols WHERE symbol = $1 AND is_active", Ticker.canonical(symbol) ?? ""
        ) { row in try row.next(String?.self) }.map { $0 ?? nil }
    }
}

extension Connection {
    /// The symbol's id as it is, and whether it would be new: ids begin with 1, so under that of a new one nothing is stored.
    mutating func storedSymbol(_ names: SymbolNames) throws -> (id: Int, isNew: Bool) {
        let found = try run(
            .first("SELECT id, asset_type FROM symbols WHERE symbol = $1 AND is_active", names.symbol) { row in
                (id: try row.next(Int.self), assetType: try row.next(AssetType.self))
            })
        guard let found else { return (0, true) }
        guard found.assetType == names.assetType else {
            throw BarStore.Refusal.otherKind(symbol: names.symbol, is: found.assetType)
        }
        return (found.id, false)
    }

    /// The symbol's id, made if it is not there and none is known. Its row stays locked until the commit: imports of one symbol
    /// queue.
    mutating func symbol(_ names: SymbolNames, _ facts: BarStore) throws -> (id: Int, isNew: Bool) {
        if facts.symbolID == nil {
            let made = try run(
                .first(
                    """
                    INSERT INTO symbols (symbol, name, asset_type, exchange, currency, base_asset, quote_asset)
                    VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (symbol) WHERE is_active DO NOTHING RETURNING id
                    """, names.symbol, facts.name ?? names.symbol, names.assetType, facts.exchange, names.currency,
                    names.base, names.quote
                ) { row in try row.next(Int.self) })
            if let made { return (made, true) }
        }
        let found = try run(
            .first(
                """
                SELECT id, asset_type FROM symbols WHERE symbol = $1 AND is_active AND ($2::int IS NULL OR id = $2)
                FOR NO KEY UPDATE
                """, names.symbol, facts.symbolID
            ) { row in (id: try row.next(Int.self), assetType: try row.next(AssetType.self)) })
        guard let found else {
            guard facts.symbolID == nil else { throw BarStore.Refusal.retired(symbol: names.symbol) }
            throw PostgresError(.serializationFailure, "\(names.symbol) was made inactive just now: try again")
        }
        guard found.assetType == names.assetType else {
            throw BarStore.Refusal.otherKind(symbol: names.symbol, is: found.assetType)
        }
        try run(
            .change(
                """
                UPDATE symbols SET name = coalesce($2, name), exchange = coalesce($3, exchange),
                    currency = coalesce($4, currency), updated_at = clock_timestamp()
                WHERE id = $1::int
                    AND (name, exchange, currency) IS DISTINCT FROM
                        (coalesce($2, name), coalesce($3, exchange), coalesce($4, currency))
                """, found.id, facts.name, facts.exchange, facts.currency))
        return (found.id, false)
    }
}
