import Market
import Quality
import Testing

@Suite struct FreshnessTests {
    private static func time(_ text: String) -> Instant { Instant(text) ?? CalendarDay(text)!.start }

    private static func behind(_ now: String, _ last: String, _ kind: Kind) -> Int {
        Freshness(at: time(now), calendar: TradingCalendar()).standing(
            ofLast: time(last).microseconds, kind.assetType, kind.timeframe
        ).behind
    }

    @Test(arguments: [
        ("after the close the bar may take six hours", "2024-01-17T02:59:59Z", "2024-01-12", Kind.sessions, 0),
        ("and no more", "2024-01-17T03:00:00Z", "2024-01-12", .sessions, 1),
        ("a weekend makes nothing old", "2024-01-15T12:00:00Z", "2024-01-12", .sessions, 0),
        ("nor does a bar that came early", "2024-01-16T21:30:00Z", "2024-01-16", .sessions, 0),
        ("a year", "2024-01-16T12:00:00Z", "2023-01-12", .sessions, 251),
        ("an old series", "1990-01-05T12:00:00Z", "1985-06-03", .sessions, 3),
        ("before anything is known", "1980-01-05T12:00:00Z", "1975-06-03", .sessions, 0),
        ("a coin's day", "2024-01-03T12:00:00Z", "2024-01-01", .days, 0),
        ("a moment later", "2024-01-03T12:00:01Z", "2024-01-01", .days, 1),
        ("one more day later", "2024-01-04T12:00:01Z", "2024-01-01", .days, 2),
        ("a coin's hour", "2024-01-01T04:00:00Z", "2024-01-01T00:00:00Z", .hours, 0),
        ("a moment after it", "2024-01-01T04:00:01Z", "2024-01-01T00:00:00Z", .hours, 1),
        ("a day after it", "2024-01-02T04:00:00Z", "2024-01-01T00:00:00Z", .hours, 24),
        ("a clock that is behind", "2023-01-01T00:00:00Z", "2024-01-01T00:00:00Z", .hours, 0),
    ])
    func `bars that should be there are counted`(
        _ case: String, _ now: String, _ last: String, _ kind: Kind, _ behind: Int
    ) {
        #expect(Self.behind(now, last, kind) == behind, "\(`case`)")
    }

    @Test(arguments: [
        // 2024-01-15 is a holiday in New York, and a Monday elsewhere.
        ("a week may have been closed", "2024-01-22T12:00:00Z", "2024-01-12", 0),
        ("five weekdays", "2024-01-23T12:00:00Z", "2024-01-12", 5),
        ("and one more", "2024-01-23T12:00:01Z", "2024-01-12", 6),
        ("a weekend adds none", "2024-01-28T12:00:00Z", "2024-01-12", 10),
        ("a clock that is behind", "2023-01-01T00:00:00Z", "2024-01-12", 0),
        ("before 1970", "1960-01-18T12:00:00Z", "1960-01-01", 10),
    ])
    func `a share listed elsewhere is behind after a week of weekdays`(
        _ case: String, _ now: String, _ last: String, _ weekdays: Int
    ) {
        let freshness = Freshness(at: Self.time(now), calendar: TradingCalendar())
        let standing = freshness.standing(ofLast: Self.time(last).microseconds, .equity, .day, listedAt: "LSE")
        #expect(standing.behind == (weekdays > 5 ? weekdays : 0), "\(`case`)")
        let here = freshness.standing(ofLast: Self.time(last).microseconds, .equity, .day, listedAt: "NASDAQ")
        #expect(here.behind == freshness.standing(ofLast: Self.time(last).microseconds, .equity, .day).behind)
    }

    @Test(arguments: [
        // 2024-01-15 is a holiday in New York.
        ("NYSE", "2024-01-16T20:59:59Z", "2024-01-12", true), ("NYSE", "2024-01-16T21:00:00Z", "2024-01-12", false),
        ("LSE", "2024-01-16T12:00:00Z", "2024-01-12", true), ("LSE", "2024-01-16T12:00:01Z", "2024-01-12", false),
        ("LSE", "2024-01-16T12:00:01Z", "2024-01-15", true), ("LSE", "2024-01-22T12:00:00Z", "2024-01-19", true),
        // Their sessions of Sundays are no reason to miss one.
        ("Tadawul", "2024-01-16T12:00:00Z", "2024-01-14", true),
        ("Tadawul", "2023-01-01T00:00:00Z", "2024-01-14", true),
    ])
    func `one trades at the close of the last session, elsewhere of the last weekday that could be there`(
        _ exchange: String, _ now: String, _ last: String, _ isCurrent: Bool
    ) {
        let hours = TradingHours(of: .equity, listedAt: exchange, TradingCalendar())
        #expect(
            Freshness.isCurrent(last: Self.time(last).microseconds, .day, at: Self.time(now), hours) == isCurrent)
    }

    @Test(arguments: [
        ("2024-01-16T22:00:00Z", "2024-01-16", Kind.sessions, 60), ("2024-01-16T00:30:00Z", "2024-01-15", .days, 30),
        ("2024-01-16T00:30:00Z", "2024-01-15T23:00:00Z", .hours, 30), ("2024-01-01T00:00:00Z", "2024-01-15", .days, 0),
    ])
    func `age is counted from the end of the last bar`(_ now: String, _ last: String, _ kind: Kind, _ minutes: Int64) {
        let standing = Freshness(at: Self.time(now), calendar: TradingCalendar()).standing(
            ofLast: Self.time(last).microseconds, kind.assetType, kind.timeframe)
        #expect(standing.age == minutes * 60_000_000)
        #expect(!standing.isStale)
    }
}
