import Market
import Postgres
import Quality

/// What of the stored series prices and fills anything.
///
/// Not one whose prices are of other units than its symbol's other series (``SeriesScale``); and of one in which a split
/// shows that the bars before it were not restated for only those bars: accounts hold units of before it. That is so until
/// the series is replaced by one that is restated, or until a check finds no such split any more that nobody has dismissed.
enum TradedSeries {
    /// SQL in the place of `bar_series`: `last` is the start of the last bar that may be traded at, and `is_held` whether
    /// there are later ones.
    static let table = """
        (SELECT symbol_id, interval, coalesce(trades_until, last) AS last, revision, trades_until IS NOT NULL AS is_held
         FROM bar_series WHERE count > 0 AND NOT is_out_of_scale)
        """

    /// Why nothing is traded at later bars, and what to do.
    static func whyHeld(_ symbol: String) -> String {
        "The newest prices of \(symbol) look like those after a split, and the ones before were not restated: nothing is traded at them until they are. Operators can fetch the prices anew, or dismiss the finding."
    }

    /// SQL for the end of the last bar of a row of it.
    static func end(_ series: String) -> String {
        "\(series).last + CASE \(series).interval WHEN '1h' THEN interval '1 hour' ELSE interval '1 day' END"
    }

    /// SQL for the start of the last bar that may be traded at, where there are later ones; else infinity.
    static func heldFrom(symbol: String, interval: String) -> String {
        """
        coalesce((SELECT trades_until FROM bar_series WHERE symbol_id = \(symbol) AND interval = \(interval)), 'infinity')
        """
    }
}

extension Query {
    /// Start of the last bar that may be traded at, where there are later ones.
    static func tradesUntil(of symbol: Int, _ timeframe: Timeframe) -> Query<Instant?> {
        Query<Instant?>.first(
            "SELECT trades_until FROM bar_series WHERE symbol_id = $1::int AND interval = $2 AND trades_until IS NOT NULL",
            symbol, timeframe)
    }

    /// From here on later bars wait; where some wait already, nothing changes.
    static func holdingTrades(of symbol: Int, _ timeframe: Timeframe, after start: Int64) -> Query<Int> {
        .change(
            """
            UPDATE bar_series SET trades_until = coalesce(trades_until, $3::timestamptz)
            WHERE symbol_id = $1::int AND interval = $2
            """, symbol, timeframe, Instant(microseconds: start))
    }

    /// The series is of one scale again.
    static func freeingTrades(of symbol: Int, _ timeframe: Timeframe) -> Query<Int> {
        .change(
            """
            UPDATE bar_series SET trades_until = NULL
            WHERE symbol_id = $1::int AND interval = $2 AND trades_until IS NOT NULL
            """, symbol, timeframe)
    }

    /// The same where no split is found any more that nobody has dismissed.
    static func freeingSettledTrades(of symbol: Int, _ timeframe: Timeframe) -> Query<Int> {
        .change(
            """
            UPDATE bar_series b SET trades_until = NULL
            WHERE symbol_id = $1::int AND interval = $2 AND trades_until IS NOT NULL AND NOT EXISTS (
              SELECT FROM data_findings f
              WHERE (f.symbol_id, f.interval) = (b.symbol_id, b.interval) AND f.last > b.trades_until
                AND f.check_name = $3 AND f.severity = $4 AND f.dismissed_at IS NULL)
            """, symbol, timeframe, Finding.unadjustedSplit.check.rawValue, Finding.unadjustedSplit.severity.rawValue)
    }
}
