import Market
import Testing

@Suite struct TradingHoursTests {
    private enum Place: CaseIterable {
        case coin, newYork, london

        var hours: TradingHours {
            let calendar = TradingCalendar()
            return switch self {
            case .coin: TradingHours(of: .crypto, listedAt: "LSE", calendar)
            case .newYork: TradingHours(of: .equity, listedAt: nil, calendar)
            case .london: TradingHours(of: .equity, listedAt: "LSE", calendar)
            }
        }
    }

    @Test(arguments: [
        (Place.newYork, Timeframe.day, "2024-07-02T00:00:00Z", "2024-07-02T13:30:00Z", "2024-07-02T20:00:00Z"),
        (.newYork, .day, "2024-07-03T00:00:00Z", "2024-07-03T13:30:00Z", "2024-07-03T17:00:00Z"),
        (.newYork, .day, "2024-12-02T00:00:00Z", "2024-12-02T14:30:00Z", "2024-12-02T21:00:00Z"),
        // No session: as wide as it is stored.
        (.newYork, .day, "2024-07-04T00:00:00Z", "2024-07-04T00:00:00Z", "2024-07-05T00:00:00Z"),
        (.newYork, .day, "1950-07-05T00:00:00Z", "1950-07-05T00:00:00Z", "1950-07-06T00:00:00Z"),
        (.coin, .day, "2024-07-04T00:00:00Z", "2024-07-04T00:00:00Z", "2024-07-05T00:00:00Z"),
        (.coin, .hour, "2024-07-04T05:00:00Z", "2024-07-04T05:00:00Z", "2024-07-04T06:00:00Z"),
        // Elsewhere there are neither hours nor holidays, in summer and in winter.
        (.london, .day, "2024-07-03T00:00:00Z", "2024-07-02T21:00:00Z", "2024-07-03T21:00:00Z"),
        (.london, .day, "2024-07-04T00:00:00Z", "2024-07-03T21:00:00Z", "2024-07-04T21:00:00Z"),
        (.london, .day, "2024-12-01T00:00:00Z", "2024-11-30T21:00:00Z", "2024-12-01T21:00:00Z"),
    ])
    private func `a bar lasts as long as the market was open`(
        _ place: Place, _ timeframe: Timeframe, _ start: String, _ begin: String, _ end: String
    ) {
        let span = place.hours.span(ofBar: Instant(start)!.microseconds, timeframe)
        #expect(span == BarSpan(begin: Instant(begin)!, end: Instant(end)!))
    }

    @Test(arguments: [
        // Before the open of a session it is this one, at the open too, a moment later the next.
        (Place.newYork, "2024-07-02T13:30:00Z", "2024-07-02T13:30:00Z"),
        (.newYork, "2024-07-02T13:30:01Z", "2024-07-03T13:30:00Z"),
        // Over a holiday and a weekend.
        (.newYork, "2024-07-03T17:00:00Z", "2024-07-05T13:30:00Z"),
        (.newYork, "2024-07-05T20:00:00Z", "2024-07-08T13:30:00Z"),
        // The exchange was closed for most of a week.
        (.newYork, "2001-09-11T13:30:00Z", "2001-09-17T13:30:00Z"),
        (.coin, "2024-07-02T00:00:00Z", "2024-07-02T00:00:00Z"),
        (.coin, "2024-07-02T00:00:01Z", "2024-07-03T00:00:00Z"),
        // What New York keeps as a holiday is a weekday elsewhere, and a weekend is one everywhere.
        (.london, "2024-07-03T21:00:00Z", "2024-07-03T21:00:00Z"),
        (.london, "2024-07-03T21:00:01Z", "2024-07-04T21:00:00Z"),
        (.london, "2024-07-04T21:00:01Z", "2024-07-07T21:00:00Z"),
        (.london, "2024-07-06T12:00:00Z", "2024-07-07T21:00:00Z"),
        (.london, "2024-07-07T22:00:00Z", "2024-07-08T21:00:00Z"),
    ])
    private func `the next session is the first that begins then or later`(
        _ place: Place, _ moment: String, _ begin: String
    ) {
        #expect(place.hours.nextSession(from: Instant(moment)!)?.begin == Instant(begin)!)
    }

    @Test(arguments: [
        (Place.coin, Timeframe.hour, "2024-07-02T05:00:00Z", "2024-07-02T05:00:00Z"),
        (.coin, .hour, "2024-07-02T05:00:01Z", "2024-07-02T06:00:00Z"),
        (.coin, .hour, "2024-07-02T23:59:59Z", "2024-07-03T00:00:00Z"),
        (.coin, .hour, "1969-12-31T22:30:00Z", "1969-12-31T23:00:00Z"),
        (.coin, .day, "2024-07-02T05:00:00Z", "2024-07-03T00:00:00Z"),
        (.newYork, .day, "2024-07-03T14:00:00Z", "2024-07-05T13:30:00Z"),
    ])
    private func `the next bar is the first that begins then or later`(
        _ place: Place, _ timeframe: Timeframe, _ moment: String, _ begin: String
    ) {
        #expect(place.hours.nextBar(timeframe, from: Instant(moment)!) == Instant(begin)!)
    }

    @Test(arguments: [
        // At the open it has not begun before, a moment later it has; over a weekend and a holiday it was the last session.
        (Place.newYork, Timeframe.day, "2024-07-02T13:30:00Z", "2024-07-01"),
        (.newYork, .day, "2024-07-02T13:30:01Z", "2024-07-02"), (.newYork, .day, "2024-07-02T23:00:00Z", "2024-07-02"),
        (.newYork, .day, "2024-07-04T17:00:00Z", "2024-07-03"), (.newYork, .day, "2024-07-08T13:00:00Z", "2024-07-05"),
        (.coin, .day, "2024-07-02T00:00:00Z", "2024-07-01"), (.coin, .day, "2024-07-02T00:00:01Z", "2024-07-02"),
        (.coin, .hour, "2024-07-02T10:00:00Z", "2024-07-02T09:00:00Z"),
        (.coin, .hour, "2024-07-02T10:30:00Z", "2024-07-02T10:00:00Z"),
        (.london, .day, "2024-07-03T21:00:00Z", "2024-07-03"), (.london, .day, "2024-07-03T21:00:01Z", "2024-07-04"),
        (.london, .day, "2024-07-06T12:00:00Z", "2024-07-05"),
    ])
    private func `the last bar that has begun is told as it will be stored`(
        _ place: Place, _ timeframe: Timeframe, _ moment: String, _ start: String
    ) throws {
        let found = try #require(place.hours.lastBegun(before: Instant(moment)!, timeframe))
        #expect(found == CalendarDay(start)?.start ?? Instant(start))
        #expect(place.hours.span(ofBar: found.microseconds, timeframe).begin < Instant(moment)!)
    }

    @Test func `what begins after a bar has ended is the bar of another day`() throws {
        for place in Place.allCases {
            for number in CalendarDay("2024-01-02")!.daysSinceEpoch..<CalendarDay("2024-12-31")!.daysSinceEpoch {
                let (day, next) = (CalendarDay(daysSinceEpoch: number)!, CalendarDay(daysSinceEpoch: number + 1)!)
                let hours = place.hours
                #expect(
                    hours.span(ofBar: day.start.microseconds, .day).end
                        <= hours.span(ofBar: next.start.microseconds, .day).begin, "\(place) \(day)")
            }
        }
    }
}
