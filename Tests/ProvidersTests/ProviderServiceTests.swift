import Market
import Testing

@testable import Providers

@Suite struct ProviderServiceTests {
    private static let stocks = ProviderService(.equity, [.day], .split, needsKey: true, since: "2016-01-01")
    private static let coins = ProviderService(.crypto, [.day, .hour], since: "2015-01-01")

    @Test(arguments: [
        ("a share's day in the evening of New York", stocks, Timeframe.day, "2024-07-03T00:14:59Z", "2024-07-02"),
        ("after the last trade and its delay", stocks, .day, "2024-07-03T00:15:00Z", "2024-07-03"),
        ("in winter an hour later", stocks, .day, "2024-01-03T01:14:59Z", "2024-01-02"),
        ("in winter from then on", stocks, .day, "2024-01-03T01:15:00Z", "2024-01-03"),
        ("at noon in New York", stocks, .day, "2024-01-03T17:00:00Z", "2024-01-03"),
        ("a coin's day before its midnight", coins, .day, "2024-01-03T23:59:59Z", "2024-01-03"),
        ("a coin's day from its midnight on", coins, .day, "2024-01-04T00:00:00Z", "2024-01-04"),
        ("an hour", coins, .hour, "2024-01-04T12:59:59Z", "2024-01-04T12:00:00Z"),
        ("before there was anything", stocks, .day, "1990-01-01T00:00:00Z", "2015-12-31"),
    ])
    func `bars are final`(
        _ when: String, _ service: ProviderService, _ timeframe: Timeframe, _ now: String, _ through: String
    ) throws {
        let end = service.finalThrough(timeframe, now: try #require(Instant(now)))
        #expect(end == Instant(through) ?? CalendarDay(through)?.start, "\(when)")
    }

    @Test(arguments: [Int64.min, -1, 0, .max])
    func `no clock is too wrong`(_ now: Int64) {
        for (service, timeframe) in [(Self.stocks, Timeframe.day), (Self.coins, .day), (Self.coins, .hour)] {
            let end = service.finalThrough(timeframe, now: Instant(microseconds: now))
            #expect(end >= CalendarDay("2014-12-30")!.start && end <= CalendarDay.last.start)
        }
    }
}
