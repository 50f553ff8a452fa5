import Foundation
import Market
import Quality
import Testing

/// Where a folder of real files is, for those tests that need one.
let sharedData = ProcessInfo.processInfo.environment["BITSTOCKERZ_SHARED_DATA"]
let noSharedData: Comment = "BITSTOCKERZ_SHARED_DATA names no folder with real bars"

/// A made-up bar: all four prices the close, unless said otherwise.
struct Bar {
    var open: Double, high: Double, low: Double, close: Double, volume: Double

    init(_ close: Double, open: Double? = nil, high: Double? = nil, low: Double? = nil, volume: Double = 1_000) {
        (self.open, self.close, self.volume) = (open ?? close, close, volume)
        self.high = high ?? max(self.open, close)
        self.low = low ?? min(self.open, close)
    }
}

extension CandleSeries {
    /// Bars with these starts.
    init(_ bars: [(time: Int64, bar: Bar)]) {
        self.init()
        for (time, bar) in bars {
            append(time: time, open: bar.open, high: bar.high, low: bar.low, close: bar.close, volume: bar.volume)
        }
    }
}

/// A kind of series, and how its bars follow one another.
struct Kind: Sendable {
    let assetType: AssetType
    let timeframe: Timeframe

    static let sessions = Kind(assetType: .equity, timeframe: .day)
    static let days = Kind(assetType: .crypto, timeframe: .day)
    static let hours = Kind(assetType: .crypto, timeframe: .hour)

    /// The first so many slots that should have a bar, from Wednesday 2020-01-01 on, a holiday.
    func slots(_ count: Int) -> [Int64] {
        let start = CalendarDay("2020-01-01")!
        guard assetType == .equity else {
            return (0..<count).map { start.start.microseconds + Int64($0) * timeframe.microseconds }
        }
        let calendar = TradingCalendar()
        return Array(
            (0...).lazy.compactMap { start.advanced(by: $0) }.filter(calendar.isSession).map(\.start.microseconds)
                .prefix(count))
    }

    /// - Parameter missing: which of the slots have none.
    func inspect(_ bars: [Bar], missing: Set<Int> = []) -> Inspection {
        let slots = zip(slots(bars.count), bars).enumerated().filter { !missing.contains($0.offset) }
        return inspect(CandleSeries(slots.map { ($0.element.0, $0.element.1) }))
    }

    func inspect(_ series: CandleSeries) -> Inspection {
        Inspection(of: series, assetType, timeframe, calendar: TradingCalendar())
    }
}

/// Prices that no check has anything to say about: they go up and down by half a percent, and never stand still.
func quiet(_ count: Int, at level: Double = 100, volume: Double = 1_000) -> [Bar] {
    var before = level
    return (0..<count).map { index in
        let close = level * (1 + 0.005 * Double(index % 4) / 2)
        defer { before = close }
        return Bar(close, open: before, volume: volume + Double(index % 7))
    }
}

/// A file of the folder of real ones, in its uniform form.
func real(_ file: String) throws -> CandleSeries {
    let text = try String(contentsOfFile: "\(sharedData!)/\(file)", encoding: .utf8)
    var series = CandleSeries()
    for line in text.split(separator: "\n").dropFirst() {
        let cells = line.split(separator: ",").map(String.init)
        let time = try #require(Instant(cells[0]) ?? CalendarDay(cells[0])?.start)
        let numbers = try cells[1...5].map { try #require(Double($0)) }
        series.append(
            time: time.microseconds, open: numbers[0], high: numbers[1], low: numbers[2], close: numbers[3],
            volume: numbers[4])
    }
    return series
}

extension Inspection {
    func of(_ check: Finding.Check) -> [Finding] { findings.filter { $0.check == check } }

    /// The findings of a check as "severity from..to count", with days or hours.
    func told(_ check: Finding.Check, _ timeframe: Timeframe) -> [String] { of(check).map { $0.told(timeframe) } }
}

extension Finding {
    func told(_ timeframe: Timeframe) -> String {
        "\(severity.rawValue) \(timeframe.label(from))..\(timeframe.label(to)) \(count)"
    }
}
