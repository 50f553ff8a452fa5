import Market
import Testing

@testable import Quality

@Suite struct HourlyAgainstDailyTests {
    private static let start = CalendarDay("2020-01-01")!.start.microseconds
    private static let hour = Timeframe.hour.microseconds
    private static let count = 40

    /// Every hour of 40 days closes elsewhere; a day closes with its last hour.
    private static let days = CandleSeries(
        (0..<count).map { (start + Int64($0) * Timeframe.day.microseconds, Bar(price(ofHour: $0 * 24 + 23))) })

    private static func price(ofHour hour: Int) -> Double { 100 + Double(hour) / 8 }

    /// Hours whose labels are so many too early on some of the days; two labels for one hour leave one out.
    private static func hours(_ shift: Int, on days: Range<Int>) -> CandleSeries {
        var bars: [Int64: Bar] = [:]
        for hour in 0..<count * 24 {
            let slip = days.contains(hour / 24) ? shift : 0
            let time = start + Int64(hour - slip) * Self.hour
            if bars[time] == nil { bars[time] = Bar(price(ofHour: hour)) }
        }
        return CandleSeries(bars.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
    }

    @Test func `hours that close where the days do are right`() {
        #expect(HourlyAgainstDaily.findings(hours: Self.hours(0, on: 0..<0), days: Self.days) == [])
    }

    @Test(arguments: [1, 4, 5, 14, -1, -9, -14])
    func `hours in another zone are told, with the shift`(_ shift: Int) throws {
        let found = HourlyAgainstDaily.findings(hours: Self.hours(shift, on: 0..<Self.count), days: Self.days)
        #expect(found.map(\.check) == [.timeZoneSlip])
        #expect(found.map(\.severity) == [.error])
        let words = "\(abs(shift)) hour\(abs(shift) == 1 ? "" : "s") too \(shift > 0 ? "early" : "late")"
        #expect(try #require(found.first).detail.contains(words))
        // At the ends a day may have lost its last hour.
        #expect(try #require(found.first).count >= Self.count - 1)
    }

    @Test(arguments: [
        ("five days", 10..<15, 5), ("and a few more", 10..<19, 9),
    ])
    func `a stretch of days is told`(_ case: String, _ days: Range<Int>, _ count: Int) {
        let found = HourlyAgainstDaily.findings(hours: Self.hours(4, on: days), days: Self.days)
        #expect(found.map(\.check) == [.timeZoneSlip], "\(`case`)")
        #expect(found.map(\.count) == [count])
        #expect(found.map(\.from) == [Self.start + Int64(days.lowerBound) * Timeframe.day.microseconds])
    }

    @Test func `four days are none, but too many that disagree`() {
        let found = HourlyAgainstDaily.findings(hours: Self.hours(4, on: 10..<14), days: Self.days)
        #expect(found.map(\.check) == [.hourlyAgainstDaily])
        // The last of them has lost its last hour, so it cannot disagree.
        #expect(found.map(\.count) == [3])
    }

    @Test(arguments: [("one in twenty", 2, 0), ("more", 3, 1)])
    func `days that disagree are told`(_ case: String, _ count: Int, _ findings: Int) {
        var days = Self.days
        days = CandleSeries(
            (0..<Self.count).map { day in
                let isOff = day % 10 == 5 && day / 10 < count
                return (days.times[day], Bar(days.close[day] * (isOff ? 1.01 : 1)))
            })
        let found = HourlyAgainstDaily.findings(hours: Self.hours(0, on: 0..<0), days: days)
        #expect(found.count == findings, "\(`case`)")
        #expect(found.allSatisfy { $0.check == .hourlyAgainstDaily && $0.severity == .warning && $0.count == count })
    }

    @Test func `where prices stand still every shift agrees, and none is told`() {
        let days = CandleSeries((0..<Self.count).map { (Self.days.times[$0], Bar(1)) })
        let hours = CandleSeries((0..<Self.count * 24).map { (Self.start + Int64($0) * Self.hour, Bar(1)) })
        #expect(HourlyAgainstDaily.findings(hours: hours, days: days) == [])
    }

    @Test func `series that share no day have nothing to compare`() {
        let later = CandleSeries([(Self.start + 400 * Timeframe.day.microseconds, Bar(1))])
        #expect(HourlyAgainstDaily.findings(hours: Self.hours(0, on: 0..<0), days: later) == [])
        #expect(HourlyAgainstDaily.findings(hours: CandleSeries(), days: Self.days) == [])
        #expect(HourlyAgainstDaily.findings(hours: Self.hours(0, on: 0..<0), days: CandleSeries()) == [])
    }
}
