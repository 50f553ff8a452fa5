import JSON
import Market

/// Bars for a chart: one array a column, oldest first. Prices are decimals, so they are written as whole numbers of a
/// power of ten: shorter, and nothing is lost. Half a million numbers are written without a closure each.
struct CandleColumns {
    private let bars: CandleSeries
    private let timeframe: Timeframe
    private let barsPerPoint: Int

    /// - Parameters:
    ///   - shown: which of the bars.
    ///   - maxPoints: so many points at the most, each of as many neighbouring bars as that takes: its open is the
    ///     first's, its close the last's, its high and low the extremes, its volume the sum.
    init(_ bars: CandleSeries, _ shown: Range<Int>, _ timeframe: Timeframe, maxPoints: Int?) {
        self.timeframe = timeframe
        barsPerPoint = maxPoints.map { max(1, (shown.count + $0 - 1) / $0) } ?? 1
        let shown = shown.count == bars.count ? bars : bars.slice(shown)
        self.bars = barsPerPoint == 1 ? shown : Self.merged(shown, by: barsPerPoint)
    }

    private static func merged(_ bars: CandleSeries, by count: Int) -> CandleSeries {
        var points = CandleSeries()
        points.reserveCapacity(bars.count / count + 1)
        for first in stride(from: 0, to: bars.count, by: count) {
            let all = first..<min(first + count, bars.count)
            points.append(
                time: bars.times[first], open: bars.open[first], high: bars.high[all].reduce(-.infinity, max),
                low: bars.low[all].reduce(.infinity, min), close: bars.close[all.upperBound - 1],
                volume: bars.volume[all].reduce(0, +))
        }
        return points
    }

    static let form = Form<CandleColumns>(schema.named("CandleColumns")) { json, columns in
        let bars = columns.bars, width = columns.timeframe.microseconds
        let prices = Decimals(of: [bars.open, bars.high, bars.low, bars.close])
        let volumes = Decimals(of: [bars.volume])
        json.beginObject()
        json.member("bars_per_point", columns.barsPerPoint)
        json.member("seconds_per_bar", Int(width / 1_000_000))
        json.member("price_decimals", prices.places)
        json.member("volume_decimals", volumes.places)
        json.key("bars_since_1970")
        json.beginArray()
        var before: Int64 = 0
        for time in bars.times {
            let place = time / width
            json.int(Int(place - before))
            before = place
        }
        json.endArray()
        prices.write("open", bars.open, &json)
        prices.write("high", bars.high, &json)
        prices.write("low", bars.low, &json)
        prices.write("close", bars.close, &json)
        volumes.write("volume", bars.volume, &json)
        json.endObject()
    }

    private static let schema: Schema = {
        func numbers(_ about: String) -> Schema {
            Schema.list(.type("number")).with("description", .string(about))
        }
        let prices = numbers("Prices times ten to the power of `price_decimals`")
        return .object([
            ("bars_per_point", .integer(1...Candles.maxColumns), true),
            ("seconds_per_bar", .type("integer"), true),
            ("price_decimals", .integer(0...Decimals.maximum), true),
            ("volume_decimals", .integer(0...Decimals.maximum), true),
            (
                "bars_since_1970",
                Schema.list(.type("integer")).with(
                    "description",
                    .string(
                        "Start of each point, in bars since 1970-01-01T00:00Z: the first one's, then each one's "
                            + "distance from the one before")), true
            ),
            ("open", prices, true), ("high", prices, true), ("low", prices, true), ("close", prices, true),
            ("volume", numbers("Volumes times ten to the power of `volume_decimals`"), true),
        ])
    }()
}

/// How many decimal places some numbers have, so that they can be written as whole ones. Numbers that have more places
/// than a double tells apart are written as they are. Not a ``TickScale``, which forgives noise and bounds sums: here every
/// number has to come back as it was, volumes too.
private struct Decimals {
    static let maximum = 12
    /// 0 when the numbers are written as they are.
    let places: Int

    /// Below this, ten times more is still exact, and so is what is rounded to it.
    private static let largest = 0x1p51

    init(of columns: [[Double]]) {
        var places = 0, unit = 1.0
        for column in columns {
            for number in column {
                // A number that is whole at some power of ten is so at every larger one: this only ever grows.
                while true {
                    let scaled = (number * unit).rounded()
                    guard scaled.magnitude < Self.largest, places <= Self.maximum else {
                        self.places = 0
                        return
                    }
                    if scaled / unit == number { break }
                    (places, unit) = (places + 1, unit * 10)
                }
            }
        }
        self.places = places
    }

    func write(_ name: StaticString, _ numbers: [Double], _ json: inout Writer) {
        var unit = 1.0
        for _ in 0..<places { unit *= 10 }
        json.key(name)
        json.beginArray()
        for number in numbers { json.double((number * unit).roundedIf(places > 0)) }
        json.endArray()
    }
}

extension Double {
    fileprivate func roundedIf(_ isWhole: Bool) -> Double { isWhole ? rounded() : self }
}
