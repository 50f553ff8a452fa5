import Market
import Postgres
import PriceFiles

/// What the row of a series says about its bars.
struct SeriesState: Equatable, Sendable {
    /// Starts of the first and last bar, Unix microseconds.
    var first: Int64
    var last: Int64
    var count: Int
    /// nil: the prices lie on no grid.
    var tickExponent: Int?
    var revision: Int
    /// nil when it was not asked for.
    var source: BarSource?
}

/// What became of a batch of bars.
struct StoredCounts: Sendable {
    let added: Int
    let changed: Int
    /// Of the changed ones those whose close changed, and between what it is of the old one; nil when there is none.
    let otherCloses: Int
    let lowestRatio: Double?
    let highestRatio: Double?
    /// Of the other closes those that are far from the old ones, and of these those that are as far as a neighbour.
    let farCloses: Int
    let steadyCloses: Int

    /// Of bars of which none was there.
    static func allNew(_ count: Int) -> StoredCounts {
        StoredCounts(
            added: count, changed: 0, otherCloses: 0, lowestRatio: nil, highestRatio: nil, farCloses: 0, steadyCloses: 0
        )
    }
}

/// From when on a close counts as far from the old one, as a share of it, and how much two such ratios may differ and be one.
struct CloseTolerance {
    let far: Double
    let same: Double

    /// A split moves closes by more than vendors of the same prices differ; a dividend, where prices are adjusted for those,
    /// by as little as a tenth of a percent.
    init(_ adjustment: BarSource.Adjustment) {
        (far, same) = adjustment == .total ? (0.0005, 0.0005) : (0.02, 0.002)
    }
}

extension Query {
    /// What is known of a series; nil when there is no bar of it.
    static func state(ofSymbol id: Int, _ timeframe: Timeframe) -> Self where Output == SeriesState? {
        .first(
            """
            SELECT first, last, count, tick_exponent, revision, provider, adjustment, price_basis_date FROM bar_series
            WHERE symbol_id = $1::int AND interval = $2 AND count > 0
            """, id, timeframe
        ) { row in
            SeriesState(
                first: try row.next(Instant.self).microseconds, last: try row.next(Instant.self).microseconds,
                count: try row.next(), tickExponent: try row.next(), revision: try row.next(),
                source: BarSource(
                    provider: try row.next(), adjustment: try row.next(), priceBasisDate: try row.next()))
        }
    }

    /// Where a symbol is listed that people call so; nil when that is not known, or it is not stored.
    static func listing(of symbol: String) -> Self where Output == String? {
        Query<String??>.first(
            "SELECT exchange FROM symbols WHERE symbol = $1 AND is_active", Ticker.canonical(symbol) ?? ""
        ) { row in try row.next(String?.self) }.map { $0 ?? nil }
    }

    /// Stores bars over what is there, and counts.
    ///
    /// What is there already and says the same is left out first: it would be locked, which costs as much as writing it.
    ///
    /// - Parameter timeframe: of the bars whose old values are kept; nil: none are.
    static func storing(
        _ bars: CandleSeries, into table: BarTable, symbol id: Int, provider: String, keptAs timeframe: Timeframe?,
        _ tolerance: CloseTolerance
    ) -> Self where Output == StoredCounts {
        let time = table.timeColumn
        // All parts of a statement see what was there before it. The clock, because an import may correct a bar twice.
        let keeping =
            timeframe.map { timeframe in
                """
                kept AS (
                  INSERT INTO replaced_bars
                    (symbol_id, interval, start, replaced_at, open, high, low, close, volume, provider, stored_at)
                  SELECT $1::int, '\(timeframe.rawValue)', \(table.isDaily ? "t::timestamp AT TIME ZONE 'UTC'" : "t"),
                    clock_timestamp(), old.open, old.high, old.low, old.close, old.volume, old.provider, old.created_at
                  FROM incoming JOIN \(table.name) old ON old.symbol_id = $1::int AND old.\(time) = t
                  WHERE NOT is_same AND was IS NOT NULL),
                """
            } ?? ""
        return .one(
            """
            WITH \(incoming(table)), \(keeping) stored AS (
              INSERT INTO \(table.name) AS old (symbol_id, \(time), open, high, low, close, volume, provider)
              SELECT $1::int, t, open, high, low, close, volume, $8 FROM incoming WHERE NOT is_same
              ON CONFLICT (symbol_id, \(time)) DO UPDATE SET open = excluded.open, high = excluded.high,
                low = excluded.low, close = excluded.close, volume = excluded.volume, provider = excluded.provider,
                created_at = excluded.created_at
              RETURNING xmax = 0 AS is_new  -- a row that was there before carries the mark of its update
            ), counted AS (SELECT count(*) FILTER (WHERE is_new) AS added, count(*) FILTER (WHERE NOT is_new) AS changed FROM stored)
            \(countedAndRatios(tolerance))
            """, id, table.parameter(bars.times), bars.open, bars.high, bars.low, bars.close, bars.volume, provider,
            read: inOrder(StoredCounts.init))
    }

    /// What storing them would count.
    static func comparing(
        _ bars: CandleSeries, with table: BarTable, symbol id: Int, _ tolerance: CloseTolerance
    ) -> Self where Output == StoredCounts {
        .one(
            """
            WITH \(incoming(table)), counted AS (
              SELECT count(*) FILTER (WHERE was IS NULL) AS added,
                count(*) FILTER (WHERE was IS NOT NULL AND NOT is_same) AS changed FROM incoming)
            \(countedAndRatios(tolerance))
            """, id, table.parameter(bars.times), bars.open, bars.high, bars.low, bars.close, bars.volume,
            read: inOrder(StoredCounts.init))
    }

    /// SQL: the end of a statement with `incoming` and `counted`, which gives what ``StoredCounts`` reads.
    private static func countedAndRatios(_ tolerance: CloseTolerance) -> String where Output == StoredCounts {
        """
        , ratios AS (
          SELECT close / was AS ratio, abs(close / was - 1) > \(tolerance.far) AS is_far,
            lag(close / was) OVER neighbours AS before, lead(close / was) OVER neighbours AS after
          FROM incoming WHERE close <> was WINDOW neighbours AS (ORDER BY t)),
        differences AS (
          SELECT count(*) AS others, min(ratio) AS lowest, max(ratio) AS highest, count(*) FILTER (WHERE is_far) AS far,
            count(*) FILTER (WHERE is_far AND least(abs(before - ratio), abs(after - ratio)) <= \(tolerance.same) * ratio)
              AS steady
          FROM ratios)
        SELECT added, changed, others, lowest, highest, far, steady FROM counted, differences
        """
    }

    /// SQL: the bars sent as $2 to $7, each with the stored close of its time, and whether all of it is the same.
    private static func incoming(_ table: BarTable) -> String where Output == StoredCounts {
        let time = table.timeColumn
        return """
            incoming AS MATERIALIZED (
              SELECT sent.*, same.close AS was,
                (same.open, same.high, same.low, same.close, same.volume)
                  IS NOT DISTINCT FROM (sent.open, sent.high, sent.low, sent.close, sent.volume) AS is_same
              FROM unnest($2::\(table.castType)[], $3::float8[], $4::float8[], $5::float8[], $6::float8[], $7::float8[])
                AS sent (t, open, high, low, close, volume)
              LEFT JOIN (SELECT * FROM \(table.name)
                WHERE symbol_id = $1::int AND \(time) BETWEEN ($2::\(table.castType)[])[1]
                  AND ($2::\(table.castType)[])[cardinality($2::\(table.castType)[])]) same ON same.\(time) = sent.t)
            """
    }

    /// Removes the bars after a time (nil: from the first on) up to the last of these, but for these; up to the end when
    /// there are none. How many went, or in a trial would go.
    static func removing(
        allBut times: [Int64], of table: BarTable, symbol id: Int, after time: Int64?, isTrial: Bool
    ) -> Self where Output == Int {
        let gone = """
            FROM \(table.name) old WHERE symbol_id = $1::int AND \(table.timeColumn) > $2::\(table.castType)
              AND \(table.timeColumn) <= $3::\(table.castType)
              AND NOT EXISTS (SELECT FROM unnest($4::\(table.castType)[]) AS kept (t) WHERE t = old.\(table.timeColumn))
            """
        return .value(
            isTrial
                ? "SELECT count(*) \(gone)" : "WITH gone AS (DELETE \(gone) RETURNING 1) SELECT count(*) FROM gone", id,
            table.bound(time, open: "-infinity"), table.bound(times.last, open: "infinity"),
            table.parameter(times))
    }

    /// The highest price of a series; nil when there is no bar of it.
    static func highest(_ table: BarTable, symbol id: Int) -> Self where Output == Double? {
        .value("SELECT max(high) FROM \(table.name) WHERE symbol_id = $1::int", id)
    }

    /// Starts of the bars of a series that were made of fewer shorter ones than they have room for.
    static func partialBars(ofSymbol id: Int, _ timeframe: Timeframe) -> Self where Output == [Int64] {
        Query<Instants?>.first(
            "SELECT partial FROM bar_series WHERE symbol_id = $1::int AND interval = $2", id, timeframe
        ).map { $0?.microseconds ?? [] }
    }

    static func notingPartial(_ starts: [Int64], ofSymbol id: Int, _ timeframe: Timeframe) -> Self where Output == Int {
        .change(
            "UPDATE bar_series SET partial = $3::timestamptz[] WHERE symbol_id = $1::int AND interval = $2", id,
            timeframe,
            Parameter.timestamps(microseconds: starts))
    }

    /// Brings a series' row up to what is stored; the revision grows when bars or their adjustment changed.
    ///
    /// The answer is the new revision; nil when nothing changed.
    static func updating(
        _ state: SeriesState, ofSymbol id: Int, _ timeframe: Timeframe, _ source: BarSource, isChanged: Bool
    ) -> Self where Output == Int? {
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
        )
    }
}

/// Moments, as an array of the database.
struct Instants: ColumnValue {
    let microseconds: [Int64]

    init(_ column: borrowing Column) throws(PostgresError) { microseconds = try column.microsecondsArray() }
}

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

extension Connection {
    /// Adds bars where there are none, and says how many.
    mutating func copy(_ bars: CandleSeries, into table: BarTable, symbol id: Int, provider: String) throws -> Int {
        try copyIn(
            """
            COPY \(table.name) (symbol_id, \(table.timeColumn), open, high, low, close, volume, provider)
            FROM STDIN (FORMAT binary)
            """
        ) { writer in
            for index in 0..<bars.count {
                try writer.row(columns: 8)
                writer.int32(Int32(id))
                if table.isDaily {
                    writer.day(Int32(bars.times[index] / Timeframe.day.microseconds))
                } else {
                    writer.microseconds(bars.times[index])
                }
                writer.double(bars.open[index])
                writer.double(bars.high[index])
                writer.double(bars.low[index])
                writer.double(bars.close[index])
                writer.double(bars.volume[index])
                writer.text(provider)
            }
        }
    }

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
