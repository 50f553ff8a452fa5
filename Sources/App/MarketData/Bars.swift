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

    /// The SQL literal of a time in the type of this table's time column; `nil` is the open end named.
    func parameter(_ time: Int64?, open: String) -> Parameter {
        guard let time else { return .text(open) }
        let instant = Instant(microseconds: time)
        return .text(isDaily ? instant.dayText : instant.description)
    }

    var castType: String { isDaily ? "date" : "timestamptz" }
}

extension Connection {
    /// At most `limit` bars between `from` and `to` (Unix microseconds, inclusive; nil is unbounded), in time order.
    ///
    /// - Parameter newest: take the last `limit` of them instead of the first.
    mutating func bars(
        _ table: BarTable, symbol id: Int, from: Int64?, to: Int64?, limit: Int, newest: Bool
    ) throws -> CandleSeries {
        let direction = newest ? "DESC" : "ASC"
        let time = table.timeColumn, type = table.castType
        let rows = try query(
            """
            SELECT \(time), open, high, low, close, volume FROM \(table.name)
            WHERE symbol_id = $1::int AND \(time) >= $2::\(type) AND \(time) <= $3::\(type)
            ORDER BY \(time) \(direction) LIMIT $4::int
            """,
            [
                .int(Int64(id)), table.parameter(from, open: "-infinity"), table.parameter(to, open: "infinity"),
                .int(Int64(limit)),
            ])
        let times =
            table.isDaily
            ? try rows.dayColumn(0).map { Int64($0) * Timeframe.day.microseconds } : try rows.microsecondsColumn(0)
        let open = try rows.doubles(1), high = try rows.doubles(2), low = try rows.doubles(3)
        let close = try rows.doubles(4), volume = try rows.doubles(5)
        guard newest else {
            return CandleSeries(times: times, open: open, high: high, low: low, close: close, volume: volume)
        }
        return CandleSeries(
            times: times.reversed(), open: open.reversed(), high: high.reversed(), low: low.reversed(),
            close: close.reversed(), volume: volume.reversed())
    }

    /// How many bars lie between two times (Unix microseconds, inclusive).
    mutating func barCount(_ table: BarTable, symbol id: Int, from: Int64?, to: Int64?) throws -> Int {
        let time = table.timeColumn, type = table.castType
        return try query(
            """
            SELECT count(*) FROM \(table.name)
            WHERE symbol_id = $1::int AND \(time) >= $2::\(type) AND \(time) <= $3::\(type)
            """, [.int(Int64(id)), table.parameter(from, open: "-infinity"), table.parameter(to, open: "infinity")]
        ).int(0, 0)
    }

    /// The revision of a series, nil when nothing is stored: what ETags, caches and run hashes hang on.
    mutating func revision(ofSymbol id: Int, _ timeframe: Timeframe) throws -> Int? {
        let rows = try query(
            "SELECT revision FROM bar_series WHERE symbol_id = $1::int AND interval = $2",
            [.int(Int64(id)), .text(timeframe.rawValue)])
        return rows.count == 0 ? nil : try rows.int(0, 0)
    }
}

extension Instant {
    /// The UTC day alone, `YYYY-MM-DD`.
    var dayText: String { day?.description ?? description }
}

extension Timeframe {
    /// How a bar's start (Unix microseconds) is written: a day for daily bars, the UTC second for hourly ones.
    func label(_ time: Int64) -> String {
        let instant = Instant(microseconds: time)
        return self == .day ? instant.dayText : instant.textInSeconds
    }

    /// The start of the last bar of a day, Unix microseconds.
    public func lastBar(of day: CalendarDay) -> Int64 {
        day.start.microseconds + Timeframe.day.microseconds - microseconds
    }
}

extension Connection {
    /// The bars of a range with up to `warmUp` stored bars before it (engine.md, "Warm-up").
    mutating func barsWithWarmUp(
        _ table: BarTable, symbol id: Int, from: Int64, to: Int64, warmUp: Int
    ) throws -> (bars: CandleSeries, firstTradable: Int) {
        let time = table.timeColumn, type = table.castType
        let begin = try query(
            """
            SELECT (extract(epoch FROM min(t)::timestamptz) * 1000000)::int8, count(*) FROM (
              SELECT \(time)::timestamptz AS t FROM \(table.name) WHERE symbol_id = $1::int AND \(time) < $2::\(type)
              ORDER BY \(time) DESC LIMIT $3::int) before
            """, [.int(Int64(id)), table.parameter(from, open: ""), .int(Int64(warmUp))])
        let first = try begin.int(0, 1) == 0 ? from : Int64(begin.int(0, 0))
        let bars = try bars(table, symbol: id, from: first, to: to, limit: Int(Int32.max), newest: false)
        return (bars, bars.index(atOrAfter: from))
    }
}
