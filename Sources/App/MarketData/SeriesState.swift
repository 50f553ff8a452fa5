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
    /// nil when it was not asked for.
    var source: BarSource?
    /// Start of the last bar that may be traded at, where there are later ones (``TradedSeries``).
    var tradesUntil: Int64?
}

extension Query {
    /// What is known of a series; nil when there is no bar of it.
    static func state(ofSymbol id: Int, _ timeframe: Timeframe) -> Query<SeriesState?> {
        .first(
            """
            SELECT first, last, count, tick_exponent, revision, provider, adjustment, price_basis_date, trades_until
            FROM bar_series WHERE symbol_id = $1::int AND interval = $2 AND count > 0
            """, id, timeframe
        ) { row in
            SeriesState(
                first: try row.next(Instant.self).microseconds, last: try row.next(Instant.self).microseconds,
                count: try row.next(), tickExponent: try row.next(), revision: try row.next(),
                source: BarSource(
                    provider: try row.next(), adjustment: try row.next(), priceBasisDate: try row.next()),
                tradesUntil: try row.next(Instant?.self)?.microseconds)
        }
    }

    /// Starts of the bars of a series that were made of fewer shorter ones than they have room for.
    static func partialBars(ofSymbol id: Int, _ timeframe: Timeframe) -> Query<[Int64]> {
        Query<Instants?>.first(
            "SELECT partial FROM bar_series WHERE symbol_id = $1::int AND interval = $2", id, timeframe
        ).map { $0?.microseconds ?? [] }
    }

    static func notingPartial(_ starts: [Int64], ofSymbol id: Int, _ timeframe: Timeframe) -> Query<Int> {
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
    ) -> Query<Int?> {
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
