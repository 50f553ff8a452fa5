import Market
import Postgres

extension Connection {
    /// The symbol's id, made if it is not there. Its row stays locked until the commit: imports of one symbol queue.
    mutating func upsertSymbol(_ names: SymbolNames, _ request: BarImport) throws -> (id: Int, isNew: Bool) {
        let made = try query(
            """
            INSERT INTO symbols (symbol, name, asset_type, exchange, currency, base_asset, quote_asset)
            VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (symbol) WHERE is_active DO NOTHING RETURNING id
            """,
            [
                .text(names.symbol), .text(request.name ?? names.symbol), .text(names.assetType.rawValue),
                Parameter(request.exchange), .text(names.currency), Parameter(names.base), Parameter(names.quote),
            ])
        if !made.isEmpty { return (try made.int(0, 0), true) }
        let found = try query(
            "SELECT id, asset_type FROM symbols WHERE symbol = $1 AND is_active FOR NO KEY UPDATE",
            [.text(names.symbol)])
        guard !found.isEmpty else {
            throw PostgresError(.serializationFailure, "\(names.symbol) was made inactive just now: try again")
        }
        let assetType = AssetType(rawValue: try found.string(0, 1))
        guard let assetType, assetType == names.assetType else {
            throw BarImport.Refusal.otherKind(symbol: names.symbol, is: assetType ?? .equity)
        }
        let id = try found.int(0, 0)
        try execute(
            """
            UPDATE symbols SET name = coalesce($2, name), exchange = coalesce($3, exchange),
                currency = coalesce($4, currency), updated_at = clock_timestamp()
            WHERE id = $1::int
                AND (name, exchange, currency) IS DISTINCT FROM
                    (coalesce($2, name), coalesce($3, exchange), coalesce($4, currency))
            """, [Parameter(id), Parameter(request.name), Parameter(request.exchange), Parameter(request.currency)])
        return (id, false)
    }

    /// Stores the bars over what is there and says how many are new and how many have other values than before.
    mutating func upsertBars(
        _ file: BarFile, symbol id: Int, provider: String, _ progress: (Int, Int) -> Void
    ) throws -> (added: Int, changed: Int) {
        let table = BarTable(file.assetType, file.timeframe)
        let bars = file.bars
        try script(
            """
            CREATE TEMPORARY TABLE incoming_bars (t \(table.castType), open float8, high float8, low float8, close float8,
                volume float8) ON COMMIT DROP
            """)
        try copyIn("COPY incoming_bars FROM STDIN (FORMAT binary)") { writer in
            for index in 0..<bars.count {
                if index % 4096 == 0 { progress(index, bars.count) }
                try writer.row(columns: 6)
                if table.isDaily {
                    writer.day(Int32(bars.times[index] / Timeframe.day.microseconds))
                } else {
                    writer.microseconds(bars.times[index])
                }
                for column in [bars.open, bars.high, bars.low, bars.close, bars.volume] { writer.double(column[index]) }
            }
        }
        let stored = try query(
            """
            WITH stored AS (
                INSERT INTO \(table.name) AS old (symbol_id, \(table.timeColumn), open, high, low, close, volume, provider)
                SELECT $1::int, t, open, high, low, close, volume, $2 FROM incoming_bars
                ON CONFLICT (symbol_id, \(table.timeColumn)) DO UPDATE SET open = excluded.open, high = excluded.high,
                    low = excluded.low, close = excluded.close, volume = excluded.volume, provider = excluded.provider,
                    created_at = excluded.created_at
                WHERE (old.open, old.high, old.low, old.close, old.volume)
                    IS DISTINCT FROM (excluded.open, excluded.high, excluded.low, excluded.close, excluded.volume)
                RETURNING xmax = 0 AS is_new  -- a row that was there before carries the mark of its update
            )
            SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE NOT is_new) FROM stored
            """, [Parameter(id), .text(provider)])
        progress(bars.count, bars.count)
        return (try stored.int(0, 0), try stored.int(0, 1))
    }

    /// Brings the series' row up to what is stored now; the revision grows when bars or their adjustment changed.
    mutating func upsertSeries(
        _ file: BarFile, symbol id: Int, _ request: BarImport, changed: Bool
    ) throws -> (revision: Int, first: Int64, last: Int64, count: Int, tickExponent: Int?) {
        let table = BarTable(file.assetType, file.timeframe)
        let series = try run(.bars(table, symbol: id, from: nil, to: nil, warmUp: 0))
        guard let first = series.times.first, let last = series.times.last else {
            throw BarImport.Refusal.noBars(file: file.name)
        }
        let exponent = TickScale.find(in: series)?.exponent
        let rows = try query(
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
            """,
            [
                Parameter(id), .text(file.timeframe.rawValue), .timestamp(microseconds: first),
                .timestamp(microseconds: last), Parameter(series.count), .text(request.provider),
                .text(request.adjustment.rawValue), Parameter(request.priceBasisDate?.description), Parameter(exponent),
                .bool(changed),
            ])
        let revision =
            rows.isEmpty ? try run(.revision(ofSymbol: id, file.timeframe)) ?? 1 : try rows.int(0, 0)
        return (revision, first, last, series.count, exponent)
    }
}
