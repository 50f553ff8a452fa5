import Market
import Postgres

/// Where the bars of one kind lie: table and time column.
struct BarTable: Sendable {
    let name: String
    let timeColumn: String
    let isDaily: Bool

    init(_ assetType: AssetType, _ timeframe: Timeframe) {
        switch (assetType, timeframe) {
        case (.equity, _): (name, timeColumn, isDaily) = ("equity_daily_bars", "date", true)
        case (.crypto, .day): (name, timeColumn, isDaily) = ("crypto_daily_bars", "date", true)
        case (.crypto, .hour): (name, timeColumn, isDaily) = ("crypto_hourly_bars", "ts", false)
        }
    }

    /// A time in the type of this table's time column; nil is the open end named.
    func bound(_ time: Int64?, open: String = "") -> Parameter {
        guard let time else { return .text(open) }
        let instant = Instant(microseconds: time)
        return .text(isDaily ? instant.dayText : instant.description)
    }

    /// What is kept: which bars of which instruments.
    static let kinds = AssetType.allCases.flatMap { assetType in
        Timeframe.allCases.filter { $0.periodsPerYear(of: assetType) != nil }.map { (assetType, $0) }
    }

    /// SQL for the start of a bar.
    var timestamp: String { isDaily ? "\(timeColumn)::timestamp AT TIME ZONE 'UTC'" : timeColumn }

    var castType: String { isDaily ? "date" : "timestamptz" }

    /// SQL: a moment in the type of this table's time column, or its index is not used.
    func time(_ moment: String) -> String { isDaily ? "(\(moment) AT TIME ZONE 'UTC')::date" : moment }

    /// Times as an array of the type of this table's time column.
    func parameter(_ times: [Int64]) -> Parameter {
        isDaily
            ? .days(times.map { Int32($0 / Timeframe.day.microseconds) }) : .timestamps(microseconds: times)
    }

    fileprivate var columns: String { "\(timeColumn), open, high, low, close, volume" }

    /// From rows of ``columns``.
    ///
    /// - Throws: `PostgresError` for a time outside the years 1 to 9999, which is none of ours: all reckoning with bar
    ///   times stays within bounds because of that.
    fileprivate func series(_ rows: borrowing Rows) throws -> CandleSeries {
        let times: [Int64]
        if isDaily {
            let days = try rows.dayColumn(0)
            let known = CalendarDay.known
            guard days.allSatisfy({ known.contains(Int($0)) }) else { throw Self.beyondCalendar }
            times = days.map { Int64($0) * Timeframe.day.microseconds }
        } else {
            times = try rows.microsecondsColumn(0)
            guard times.allSatisfy(Instant.known.contains) else { throw Self.beyondCalendar }
        }
        return CandleSeries(
            times: times, open: try rows.doubles(1), high: try rows.doubles(2), low: try rows.doubles(3),
            close: try rows.doubles(4), volume: try rows.doubles(5))
    }
}

extension BarTable {
    private static let beyondCalendar = PostgresError(
        .unexpectedResult, "a stored bar is not of the years 1 to 9999")
}

/// How many bars a range has.
struct BarCounts: Sendable {
    /// Before the range, as many as warm-up needs at the most.
    let before: Int
    let inRange: Int
}

// Times are Unix microseconds, included.
extension Query {
    /// At most `limit` bars between two times, nil being open, in time order.
    ///
    /// - Parameter newest: take the last `limit` of them instead of the first.
    static func bars(
        _ table: BarTable, symbol id: Int, from: Int64?, to: Int64?, limit: Int, newest: Bool
    ) -> Query<CandleSeries> {
        let direction = newest ? "DESC" : "ASC"
        let time = table.timeColumn, type = table.castType
        return .init(
            """
            SELECT \(table.columns) FROM \(table.name)
            WHERE symbol_id = $1::int AND \(time) >= $2::\(type) AND \(time) <= $3::\(type)
            ORDER BY \(time) \(direction) LIMIT $4::int
            """, id, table.bound(from, open: "-infinity"), table.bound(to, open: "infinity"), limit
        ) { rows in
            let bars = try table.series(rows)
            guard newest else { return bars }
            return CandleSeries(
                times: bars.times.reversed(), open: bars.open.reversed(), high: bars.high.reversed(),
                low: bars.low.reversed(), close: bars.close.reversed(), volume: bars.volume.reversed())
        }
    }

    /// The bars between two times, nil being open, with up to `warmUp` stored bars before them (engine.md, "Warm-up"),
    /// in time order.
    static func bars(_ table: BarTable, symbol id: Int, from: Int64?, to: Int64?, warmUp: Int) -> Query<CandleSeries> {
        let time = table.timeColumn, type = table.castType
        return .init(
            """
            SELECT \(table.columns) FROM \(table.name)
            WHERE symbol_id = $1::int AND \(time) <= $3::\(type) AND \(time) >= coalesce((
                SELECT min(t) FROM (
                  SELECT \(time) AS t FROM \(table.name) WHERE symbol_id = $1::int AND \(time) < $2::\(type)
                  ORDER BY \(time) DESC LIMIT $4::int) before), $2::\(type))
            ORDER BY \(time)
            """, id, table.bound(from, open: "-infinity"), table.bound(to, open: "infinity"), warmUp
        ) { rows in try table.series(rows) }
    }

    /// How many bars lie between two times, and how many before them, at most `warmUp`.
    ///
    /// Of a range that is most of its series the bars outside are counted, because the series knows its length.
    static func barCounts(
        _ table: BarTable, _ timeframe: Timeframe, symbol id: Int, from: Int64, to: Int64, warmUp: Int
    ) -> Query<BarCounts> {
        let time = table.timeColumn, type = table.castType
        return .one(
            """
            SELECT
              (SELECT count(*) FROM (
                SELECT FROM \(table.name) WHERE symbol_id = $1::int AND \(time) < $2::\(type)
                ORDER BY \(time) DESC LIMIT $4::int) before),
              coalesce(
                (SELECT b.count
                   - (SELECT count(*) FROM \(table.name) WHERE symbol_id = $1::int AND \(time) < $2::\(type))
                   - (SELECT count(*) FROM \(table.name) WHERE symbol_id = $1::int AND \(time) > $3::\(type))
                 FROM bar_series b WHERE b.symbol_id = $1::int AND b.interval = $5
                   AND least(b.last, $3::\(type)) - greatest(b.first, $2::\(type)) > (b.last - b.first) / 2),
                (SELECT count(*) FROM \(table.name)
                 WHERE symbol_id = $1::int AND \(time) >= $2::\(type) AND \(time) <= $3::\(type)))
            """, id, table.bound(from), table.bound(to), warmUp, timeframe, read: inOrder(BarCounts.init))
    }

    /// The revision of a series, nil when nothing is stored: what ETags, caches and run hashes hang on.
    static func revision(ofSymbol id: Int, _ timeframe: Timeframe) -> Query<Int?> {
        .first("SELECT revision FROM bar_series WHERE symbol_id = $1::int AND interval = $2", id, timeframe)
    }
}

extension Timeframe {
    /// The start of the last bar of a day, Unix microseconds.
    public func lastBar(of day: CalendarDay) -> Int64 {
        day.start.microseconds + Timeframe.day.microseconds - microseconds
    }
}
