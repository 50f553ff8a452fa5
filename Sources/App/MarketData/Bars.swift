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
        let bars = try CandleSeries(rows, table)
        guard newest else { return bars }
        return CandleSeries(
            times: bars.times.reversed(), open: bars.open.reversed(), high: bars.high.reversed(),
            low: bars.low.reversed(), close: bars.close.reversed(), volume: bars.volume.reversed())
    }

    /// How many bars lie between two times (Unix microseconds, inclusive), and how many before them, at most `warmUp`.
    ///
    /// Of a range that is most of its series the bars outside are counted, because the series knows its length.
    mutating func barCounts(
        _ table: BarTable, _ timeframe: Timeframe, symbol id: Int, from: Int64, to: Int64, warmUp: Int
    ) throws -> (before: Int, inRange: Int) {
        let time = table.timeColumn, type = table.castType
        let rows = try query(
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
            """,
            [
                .int(Int64(id)), table.parameter(from, open: ""), table.parameter(to, open: ""), .int(Int64(warmUp)),
                .text(timeframe.rawValue),
            ])
        return (try rows.int(0, 0), try rows.int(0, 1))
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

extension Statement {
    /// The bars of a range with up to `warmUp` stored bars before it, in time order; read with
    /// ``Market/CandleSeries/init(_:_:)``.
    ///
    /// - Parameters:
    ///   - from: Unix microseconds, included; nil for the first bar stored.
    ///   - to: likewise; nil for the last.
    static func bars(_ table: BarTable, symbol id: Int, from: Int64?, to: Int64?, warmUp: Int) -> Statement {
        let time = table.timeColumn, type = table.castType
        return Statement(
            """
            SELECT \(time), open, high, low, close, volume FROM \(table.name)
            WHERE symbol_id = $1::int AND \(time) <= $3::\(type) AND \(time) >= coalesce((
                SELECT min(t) FROM (
                  SELECT \(time) AS t FROM \(table.name) WHERE symbol_id = $1::int AND \(time) < $2::\(type)
                  ORDER BY \(time) DESC LIMIT $4::int) before), $2::\(type))
            ORDER BY \(time)
            """,
            [
                .int(Int64(id)), table.parameter(from, open: "-infinity"), table.parameter(to, open: "infinity"),
                .int(Int64(warmUp)),
            ])
    }
}

extension CandleSeries {
    /// From rows of time, open, high, low, close and volume.
    init(_ rows: borrowing Rows, _ table: BarTable) throws {
        let times =
            table.isDaily
            ? try rows.dayColumn(0).map { Int64($0) * Timeframe.day.microseconds } : try rows.microsecondsColumn(0)
        self.init(
            times: times, open: try rows.doubles(1), high: try rows.doubles(2), low: try rows.doubles(3),
            close: try rows.doubles(4), volume: try rows.doubles(5))
    }
}

extension Connection {
    /// The bars of a range with up to `warmUp` stored bars before it (engine.md, "Warm-up").
    mutating func barsWithWarmUp(
        _ table: BarTable, symbol id: Int, from: Int64, to: Int64, warmUp: Int
    ) throws -> (bars: CandleSeries, firstTradable: Int) {
        let statement = Statement.bars(table, symbol: id, from: from, to: to, warmUp: warmUp)
        let bars = try CandleSeries(query(statement.sql, statement.parameters), table)
        return (bars, bars.index(atOrAfter: from))
    }
}
