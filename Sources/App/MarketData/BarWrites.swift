import Market
import Postgres

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
    /// Stores bars over what is there, and counts.
    ///
    /// What is there already and says the same is left out first: it would be locked, which costs as much as writing it.
    ///
    /// - Parameter timeframe: of the bars whose old values are kept; nil: none are.
    static func storing(
        _ bars: CandleSeries, into table: BarTable, symbol id: Int, provider: String, keptAs timeframe: Timeframe?,
        _ tolerance: CloseTolerance
    ) -> Query<StoredCounts> {
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
    ) -> Query<StoredCounts> {
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
    private static func countedAndRatios(_ tolerance: CloseTolerance) -> String {
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
    private static func incoming(_ table: BarTable) -> String {
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
    ) -> Query<Int> {
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
    static func highest(_ table: BarTable, symbol id: Int) -> Query<Double?> {
        .value("SELECT max(high) FROM \(table.name) WHERE symbol_id = $1::int", id)
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
}
