import Market
import Postgres
import Trading

/// A stored bar in exact prices.
struct StoredExactBar: Sendable {
    /// As it is stored, Unix microseconds.
    let start: Int64
    let bar: ExactBar
}

/// All of them are bars that may be traded at (``TradedSeries``).
extension Query {
    /// The bars that may begin at a moment or later, in their order; those that no ledger could hold are left out.
    static func exactBars(
        of symbol: Int, _ assetType: AssetType, _ timeframe: Timeframe, from moment: Instant,
        _ hours: TradingHours, maximum: Int
    ) -> Query<[StoredExactBar]> {
        // A session begins hours after the day does that its bar is stored under.
        let earliest = moment.microseconds - Timeframe.day.microseconds
        return exactBars(of: symbol, assetType, timeframe, startingFrom: earliest, hours, maximum: maximum)
    }

    /// - Parameter start: of the first bar, as it is stored, Unix microseconds.
    static func exactBars(
        of symbol: Int, _ assetType: AssetType, _ timeframe: Timeframe, startingFrom start: Int64,
        _ hours: TradingHours, maximum: Int
    ) -> Query<[StoredExactBar]> {
        exactBars(of: symbol, BarTable(assetType, timeframe), timeframe, ">=", start, "ASC", hours, maximum)
    }

    /// The newest that begins at a moment or before it, as they are stored.
    static func newestExactBar(
        of symbol: Int, _ assetType: AssetType, _ timeframe: Timeframe, upTo start: Int64, _ hours: TradingHours
    ) -> Query<StoredExactBar?> {
        exactBars(of: symbol, BarTable(assetType, timeframe), timeframe, "<=", start, "DESC", hours, 1).map { $0.first }
    }

    private static func exactBars(
        of symbol: Int, _ table: BarTable, _ timeframe: Timeframe, _ side: String, _ start: Int64, _ direction: String,
        _ hours: TradingHours, _ maximum: Int
    ) -> Query<[StoredExactBar]> {
        let columns = ["open", "high", "low", "close"].map { "\($0)::numeric(28,12)" }.joined(separator: ", ")
        return Query<[StoredExactBar]>.all(
            """
            SELECT \(table.timestamp), \(columns) FROM \(table.name)
            WHERE symbol_id = $1::int AND \(table.timeColumn) \(side) $2::\(table.castType)
              AND \(table.timeColumn) <= \(table.time(TradedSeries.heldFrom(symbol: "$1::int", interval: "$4")))
              AND high <= \(Price.kept.upperBound) AND low >= \(Price.kept.lowerBound)
            ORDER BY \(table.timeColumn) \(direction) LIMIT $3::int
            """, symbol, table.bound(start), maximum, timeframe
        ) { row in
            let start = try row.next(Instant.self).microseconds
            return StoredExactBar(
                start: start,
                bar: ExactBar(
                    span: hours.span(ofBar: start, timeframe), open: try row.next(),
                    high: try row.next(), low: try row.next(), close: try row.next()))
        }
    }
}
