import Market
import Postgres

/// What the row of a series says about its bars.
struct SeriesState: Equatable, Sendable {
    /// Starts of the first and last bar, Unix microseconds.
    var first: Int64
    var last: Int64
    var count: Int
    /// nil: the prices lie on no grid.
    var tickExponent: Int?
    var revision: Int
}

extension Query {
    /// What is known of a series; nil when there is no bar of it.
    static func state(ofSymbol id: Int, _ timeframe: Timeframe) -> Query<SeriesState?> where Output == SeriesState? {
        .first(
            """
            SELECT first, last, count, tick_exponent, revision FROM bar_series
            WHERE symbol_id = $1::int AND interval = $2 AND count > 0
            """, id, timeframe
        ) { row in
            SeriesState(
                first: try row.next(Instant.self).microseconds, last: try row.next(Instant.self).microseconds,
                count: try row.next(), tickExponent: try row.next(), revision: try row.next())
        }
    }

    /// Stores bars over what is there: how many are new, and how many have other values than before.
    ///
    /// What is there already and says the same is left out first: it would be locked, which costs as much as writing it.
    static func storing(
        _ bars: CandleSeries, into table: BarTable, symbol id: Int, provider: String
    ) -> Query<(added: Int, changed: Int)> where Output == (added: Int, changed: Int) {
        let time = table.timeColumn
        return .one(
            """
            WITH stored AS (
              INSERT INTO \(table.name) AS old (symbol_id, \(time), open, high, low, close, volume, provider)
              SELECT $1::int, t, open, high, low, close, volume, $2
              FROM unnest($3::\(table.castType)[], $4::float8[], $5::float8[], $6::float8[], $7::float8[], $8::float8[])
                AS incoming (t, open, high, low, close, volume)
              WHERE NOT coalesce((
                SELECT (same.open, same.high, same.low, same.close, same.volume)
                  = (incoming.open, incoming.high, incoming.low, incoming.close, incoming.volume)
                FROM \(table.name) same WHERE same.symbol_id = $1::int AND same.\(time) = incoming.t), false)
              ON CONFLICT (symbol_id, \(time)) DO UPDATE SET open = excluded.open, high = excluded.high,
                low = excluded.low, close = excluded.close, volume = excluded.volume, provider = excluded.provider,
                created_at = excluded.created_at
              RETURNING xmax = 0 AS is_new  -- a row that was there before carries the mark of its update
            )
            SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE NOT is_new) FROM stored
            """, id, provider, table.parameter(bars.times), bars.open, bars.high, bars.low, bars.close, bars.volume
        ) { row in (added: try row.next(), changed: try row.next()) }
    }

    /// The highest price of a series; nil when there is no bar of it.
    static func highest(_ table: BarTable, symbol id: Int) -> Query<Double?> where Output == Double? {
        .value("SELECT max(high) FROM \(table.name) WHERE symbol_id = $1::int", id)
    }

    /// Brings a series' row up to what is stored; the revision grows when bars or their adjustment changed.
    ///
    /// The answer is the new revision; nil when nothing changed.
    static func updating(
        _ state: SeriesState, ofSymbol id: Int, _ timeframe: Timeframe, _ source: BarSource, isChanged: Bool
    ) -> Query<Int?> where Output == Int? {
        .first(
            """
            INSERT INTO bar_series AS old (symbol_id, interval, first, last, count, provider, adjustment, price_basis_date,
              tick_exponent, updated_at)
            VALUES ($1::int, $2, $3::timestamptz, $4::timestamptz, $5::bigint, $6, $7, $8::date, $9::smallint,
              clock_timestamp())
            ON CONFLICT (symbol_id, interval) DO UPDATE SET first = excluded.first, last = excluded.last,
              count = excluded.count, provider = excluded.provider, adjustment = excluded.adjustment,
              price_basis_date = excluded.price_basis_date, tick_exponent = excluded.tick_exponent,
              updated_at = excluded.updated_at, revision = old.revision + 1
            WHERE $10::boolean OR (old.adjustment, old.price_basis_date)
              IS DISTINCT FROM (excluded.adjustment, excluded.price_basis_date)
            RETURNING revision
            """, id, timeframe, Instant(microseconds: state.first), Instant(microseconds: state.last), state.count,
            source.provider, source.adjustment, source.priceBasisDate, state.tickExponent, isChanged
        ) { row in try row.next() }
    }
}

/// What a symbol is called and made of.
struct SymbolNames {
    let symbol: String, assetType: AssetType, base: String?, quote: String?, currency: String

    init(_ series: BarSeries, _ facts: BarStore) throws(BarStore.Refusal) {
        guard let symbol = Ticker.canonical(series.symbol) else { throw .badSymbol(series.symbol) }
        self.symbol = symbol
        assetType = series.assetType
        guard assetType == .crypto else {
            (base, quote, currency) = (nil, nil, facts.currency ?? "USD")
            return
        }
        let parts = symbol.split(separator: "-", omittingEmptySubsequences: false).map { String($0) }
        guard parts.count == 2, parts[0] != parts[1], !symbol.contains("."), (1...20).contains(parts[0].count),
            (2...12).contains(parts[1].count)  // it is the currency of the prices too
        else { throw .notAPair(symbol) }
        (base, quote, currency) = (parts[0], parts[1], facts.currency ?? parts[1])
    }
}

extension Connection {
    /// The symbol's id, made if it is not there. Its row stays locked until the commit: imports of one symbol queue.
    mutating func symbol(_ names: SymbolNames, _ facts: BarStore) throws -> (id: Int, isNew: Bool) {
        let made = try run(
            .first(
                """
                INSERT INTO symbols (symbol, name, asset_type, exchange, currency, base_asset, quote_asset)
                VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (symbol) WHERE is_active DO NOTHING RETURNING id
                """, names.symbol, facts.name ?? names.symbol, names.assetType, facts.exchange, names.currency,
                names.base, names.quote
            ) { row in try row.next(Int.self) })
        if let made { return (made, true) }
        let found = try run(
            .first("SELECT id, asset_type FROM symbols WHERE symbol = $1 AND is_active FOR NO KEY UPDATE", names.symbol)
            {
                row in (id: try row.next(Int.self), assetType: try row.next(AssetType.self))
            })
        guard let found else {
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
