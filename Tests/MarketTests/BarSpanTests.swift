import Market
import Testing

@Suite struct BarSpanTests {
    @Test(arguments: [
        (AssetType.equity, Timeframe.day, "2024-07-02T00:00:00Z", "2024-07-02T13:30:00Z", "2024-07-02T20:00:00Z"),
        (.equity, .day, "2024-07-03T00:00:00Z", "2024-07-03T13:30:00Z", "2024-07-03T17:00:00Z"),
        (.equity, .day, "2024-12-02T00:00:00Z", "2024-12-02T14:30:00Z", "2024-12-02T21:00:00Z"),
        // No session: as wide as it is stored.
        (.equity, .day, "2024-07-04T00:00:00Z", "2024-07-04T00:00:00Z", "2024-07-05T00:00:00Z"),
        (.equity, .day, "1950-07-05T00:00:00Z", "1950-07-05T00:00:00Z", "1950-07-06T00:00:00Z"),
        (.crypto, .day, "2024-07-04T00:00:00Z", "2024-07-04T00:00:00Z", "2024-07-05T00:00:00Z"),
        (.crypto, .hour, "2024-07-04T05:00:00Z", "2024-07-04T05:00:00Z", "2024-07-04T06:00:00Z"),
    ])
    func `a bar lasts as long as the market was open`(
        _ assetType: AssetType, _ timeframe: Timeframe, _ start: String, _ begin: String, _ end: String
    ) {
        let span = TradingCalendar().span(ofBar: Instant(start)!.microseconds, assetType, timeframe)
        #expect(span == BarSpan(begin: Instant(begin)!, end: Instant(end)!))
    }

    @Test(arguments: [
        // Before the open of a session it is this one, at the open too, a moment later the next.
        (AssetType.equity, "2024-07-02T13:30:00Z", "2024-07-02T13:30:00Z"),
        (.equity, "2024-07-02T13:30:01Z", "2024-07-03T13:30:00Z"),
        // Over a holiday and a weekend.
        (.equity, "2024-07-03T17:00:00Z", "2024-07-05T13:30:00Z"),
        (.equity, "2024-07-05T20:00:00Z", "2024-07-08T13:30:00Z"),
        // The exchange was closed for most of a week.
        (.equity, "2001-09-11T13:30:00Z", "2001-09-17T13:30:00Z"),
        (.crypto, "2024-07-02T00:00:00Z", "2024-07-02T00:00:00Z"),
        (.crypto, "2024-07-02T00:00:01Z", "2024-07-03T00:00:00Z"),
    ])
    func `the next session is the first that begins then or later`(
        _ assetType: AssetType, _ moment: String, _ begin: String
    ) {
        #expect(TradingCalendar().nextSession(of: assetType, from: Instant(moment)!)?.begin == Instant(begin)!)
    }
}
