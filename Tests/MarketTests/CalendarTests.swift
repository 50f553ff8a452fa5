import Market
import Testing

@Suite struct CalendarTests {
    @Test(arguments: [
        ("1970-01-01", 0), ("1969-12-31", -1), ("2000-02-29", 11_016), ("2000-03-01", 11_017), ("2024-02-29", 19_782),
        ("0001-01-01", -719_162), ("9999-12-31", 2_932_896), ("1900-03-01", -25_508),
    ])
    func `a day is read and written`(text: String, days: Int) throws {
        let day = try #require(CalendarDay(text))
        #expect(day.daysSinceEpoch == days)
        #expect(day.description == text)
    }

    @Test(arguments: [
        "", "2023-02-29", "1900-02-29", "2023-13-01", "2023-00-01", "2023-01-00", "2023-04-31", "2023-1-01",
        "0000-01-01",
        "2023-01-01 ", " 2023-01-01", "+023-01-01", "2023/01/01", "20230101", "2023-01-01T00:00:00Z", "２０２３-01-01",
        "12023-01-01",
    ])
    func `what is no day is refused`(text: String) {
        #expect(CalendarDay(text) == nil)
    }

    @Test func `every day is written after the one before it and comes back from its text`() throws {
        var previous = try #require(CalendarDay(year: 1896, month: 12, day: 31))
        let last = try #require(CalendarDay(year: 2104, month: 3, day: 2))
        while previous < last {
            let day = try #require(CalendarDay(daysSinceEpoch: previous.daysSinceEpoch + 1))
            guard day.description > previous.description, CalendarDay(day.description) == day else {
                Issue.record("\(previous) is followed by \(day)")
                return
            }
            previous = day
        }
    }

    @Test func `days outside the years 1 to 9999 do not exist`() {
        #expect(CalendarDay(daysSinceEpoch: -719_163) == nil)
        #expect(CalendarDay(daysSinceEpoch: 2_932_897) == nil)
        #expect(CalendarDay.first.description == "0001-01-01")
        #expect(CalendarDay.last.description == "9999-12-31")
    }

    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0, "1970-01-01T00:00:00.000Z"),
        ("2017-07-01T11:00:00Z", 1_498_906_800_000_000, "2017-07-01T11:00:00.000Z"),
        ("1969-12-31T23:59:59.999Z", -1000, "1969-12-31T23:59:59.999Z"),
        ("2020-01-02T03:04:05.5Z", 1_577_934_245_500_000, "2020-01-02T03:04:05.500Z"),
        ("2020-01-02T03:04:05.123456Z", 1_577_934_245_123_456, "2020-01-02T03:04:05.123Z"),
    ])
    func `an instant is read and written`(text: String, microseconds: Int64, written: String) throws {
        let instant = try #require(Instant(text))
        #expect(instant.microseconds == microseconds)
        #expect(instant.description == written)
    }

    @Test(arguments: [
        "2020-01-02", "2020-01-02T03:04:05", "2020-01-02 03:04:05Z", "2020-01-02T24:00:00Z", "2020-01-02T23:60:00Z",
        "2020-01-02T23:59:60Z", "2020-01-02T03:04:05z", "2020-01-02t03:04:05Z", "2020-01-02T03:04:05+00:00",
        "2020-01-02T03:04:05.Z", "2020-01-02T03:04:05.1234567Z", "2020-02-30T00:00:00Z", "2020-01-02T03:04:05ZZ",
    ])
    func `what is no instant is refused`(text: String) {
        #expect(Instant(text) == nil)
    }

    @Test func `an instant knows its day also before the epoch`() throws {
        #expect(Instant(microseconds: -1).day?.description == "1969-12-31")
        #expect(try #require(Instant("2020-01-02T03:00:00Z")).textInSeconds == "2020-01-02T03:00:00Z")
        #expect(Instant(microseconds: .max).day == nil)
        #expect(try #require(CalendarDay("2020-01-02")).start.textInSeconds == "2020-01-02T00:00:00Z")
    }
}
