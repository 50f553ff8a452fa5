import Market
import Testing

@Suite struct CandleSeriesTests {
    typealias Bar = (open: Double, high: Double, low: Double, close: Double, volume: Double)

    static let faults: [(Bar, CandleError?)] = [
        ((10, 12, 9, 11, 5), nil),
        ((10, 10, 10, 10, 0), nil),
        ((.nan, 12, 9, 11, 5), .notFinite(.open)),
        ((10, .infinity, 9, 11, 5), .notFinite(.high)),
        ((10, 12, 0, 11, 5), .notPositive(.low)),
        ((10, 12, 9, -11, 5), .notPositive(.close)),
        ((10, 12, 9, 11, .nan), .notFinite(.volume)),
        ((10, 12, 9, 11, .infinity), .notFinite(.volume)),
        ((10, 12, 9, 11, -1), .negativeVolume),
        ((10, 12, 10.5, 11, 5), .lowAboveBody),
        ((10, 12, 10, 9.5, 5), .lowAboveBody),
        ((10, 10.5, 9, 11, 5), .highBelowBody),
        ((12.5, 12, 9, 11, 5), .highBelowBody),
    ]

    @Test(arguments: faults)
    func `a bar that cannot be is named alone and in a series`(bar: Bar, error: CandleError?) {
        let found = CandleSeries.error(
            open: bar.open, high: bar.high, low: bar.low, close: bar.close, volume: bar.volume)
        #expect(found == error)
        var series = CandleSeries()
        series.append(time: 0, open: 1, high: 1, low: 1, close: 1, volume: 1)
        series.append(
            time: 1, open: bar.open, high: bar.high, low: bar.low, close: bar.close, volume: bar.volume)
        #expect(series.firstError()?.error == error)
        #expect(series.firstError()?.index == (error == nil ? nil : 1))
    }

    @Test func `times must rise and lie on the grid`() {
        #expect(CandleSeries.error(time: 5, after: nil) == nil)
        #expect(CandleSeries.error(time: 5, after: 4) == nil)
        #expect(CandleSeries.error(time: 5, after: 5) == .duplicateTime)
        #expect(CandleSeries.error(time: 5, after: 6) == .notChronological)
        #expect(CandleSeries.error(time: 3_600_000_000, after: nil, timeframe: .hour) == nil)
        #expect(CandleSeries.error(time: 3_600_000_000, after: nil, timeframe: .day) == .offGrid(.day))
        #expect(CandleSeries.error(time: 3_600_000_001, after: nil, timeframe: .hour) == .offGrid(.hour))
    }

    @Test func `a series finds the first bar at or after a time and cuts itself`() {
        var series = CandleSeries()
        for i in 0..<10 {
            series.append(time: Int64(i * 10), open: 1, high: 1, low: 1, close: 1, volume: Double(i))
        }
        for (time, index) in [(-5, 0), (0, 0), (1, 1), (10, 1), (89, 9), (90, 9), (91, 10)] as [(Int64, Int)] {
            #expect(series.index(atOrAfter: time) == index)
        }
        let cut = series.slice(3..<5)
        #expect(cut.count == 2)
        #expect(cut.times == [30, 40])
        #expect(cut.volume == [3, 4])
    }

    @Test(arguments: [
        (Int64?.none, Int64?.none, 3, Int64(0)...90, 0), (20, nil, 0, 20...90, 0), (20, nil, 1, 10...90, 1),
        (20, 40, 5, 0...40, 2), (15, 39, 1, 10...30, 1),
    ])
    func `a window takes its warm up from before the range`(
        start: Int64?, end: Int64?, warmUp: Int, times: ClosedRange<Int64>, first: Int
    ) {
        var series = CandleSeries()
        for i in 0..<10 { series.append(time: Int64(i * 10), open: 1, high: 1, low: 1, close: 1, volume: 1) }
        let window = series.window(from: start, through: end, warmUp: warmUp)
        #expect(window.bars.times.first == times.lowerBound)
        #expect(window.bars.times.last == times.upperBound)
        #expect(window.first == first)
    }

    @Test func `a window without bars in its range has only warm up`() {
        var series = CandleSeries()
        for i in 0..<4 { series.append(time: Int64(i * 10), open: 1, high: 1, low: 1, close: 1, volume: 1) }
        let after = series.window(from: 100, through: 200, warmUp: 2)
        #expect(after.bars.times == [20, 30] && after.first == 2)
        let before = series.window(from: -20, through: -10, warmUp: 2)
        #expect(before.bars.count == 0 && before.first == 0)
        let turned = series.window(from: 30, through: 0, warmUp: 1)
        #expect(turned.bars.count == 0)
    }

    @Test func `a year has as many bars as its market is open`() {
        #expect(Timeframe.day.periodsPerYear(of: .equity) == 252)
        #expect(Timeframe.day.periodsPerYear(of: .crypto) == 365)
        #expect(Timeframe.hour.periodsPerYear(of: .crypto) == 8760)
        #expect(Timeframe.hour.periodsPerYear(of: .equity) == nil)
        for type in AssetType.allCases {
            #expect(type.timeframes == Timeframe.allCases.filter { $0.periodsPerYear(of: type) != nil })
        }
    }
}
