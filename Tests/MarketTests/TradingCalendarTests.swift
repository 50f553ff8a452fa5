import Foundation
import Market
import Testing

@Suite struct TradingCalendarTests {
    private let calendar = TradingCalendar()

    private static func day(_ text: String) -> CalendarDay { CalendarDay(text)! }

    @Test(arguments: [
        ("a Saturday", "2023-01-07"), ("a Sunday", "2023-01-08"), ("New Year", "2024-01-01"),
        ("New Year on a Sunday", "2023-01-02"), ("Martin Luther King", "2024-01-15"), ("Washington", "2024-02-19"),
        ("Good Friday", "2024-03-29"), ("Memorial Day", "2024-05-27"), ("Juneteenth", "2023-06-19"),
        ("Juneteenth on a Sunday", "2022-06-20"), ("Independence Day on a Saturday", "2020-07-03"),
        ("Labor Day", "2024-09-02"), ("Thanksgiving", "2024-11-28"), ("Christmas on a Saturday", "2021-12-24"),
        ("Nixon's funeral", "1994-04-27"), ("after the attacks", "2001-09-14"), ("Sandy", "2012-10-30"),
        ("Carter's funeral", "2025-01-09"), ("a Saturday just given up", "1952-05-31"),
    ])
    func `is closed`(_ occasion: String, _ text: String) {
        #expect(!calendar.isSession(Self.day(text)), "\(occasion)")
        #expect(calendar.session(on: Self.day(text)) == nil)
    }

    @Test(arguments: [
        ("the last day of a year whose next begins on a Saturday", "2021-12-31"),
        ("before there was Juneteenth", "2021-06-18"),
        ("before there was Martin Luther King", "1997-01-20"), ("after the attacks", "2001-09-17"),
        ("a Saturday of old", "1952-05-24"), ("a weekday before holidays are known", "1985-12-25"),
    ])
    func `is open`(_ occasion: String, _ text: String) {
        #expect(calendar.isSession(Self.day(text)), "\(occasion)")
    }

    @Test(arguments: [
        ("winter", "2024-01-16", "2024-01-16T14:30:00Z", "2024-01-16T21:00:00Z", false),
        ("the last day of winter time", "2024-03-08", "2024-03-08T14:30:00Z", "2024-03-08T21:00:00Z", false),
        ("the first of summer time", "2024-03-11", "2024-03-11T13:30:00Z", "2024-03-11T20:00:00Z", false),
        ("the last of summer time", "2024-11-01", "2024-11-01T13:30:00Z", "2024-11-01T20:00:00Z", false),
        ("the first of winter time", "2024-11-04", "2024-11-04T14:30:00Z", "2024-11-04T21:00:00Z", false),
        ("summer time until 2006", "2006-03-31", "2006-03-31T14:30:00Z", "2006-03-31T21:00:00Z", false),
        ("it began in April", "2006-04-03", "2006-04-03T13:30:00Z", "2006-04-03T20:00:00Z", false),
        ("and ended in October", "2006-10-30", "2006-10-30T14:30:00Z", "2006-10-30T21:00:00Z", false),
        ("which had it until the last Sunday", "2006-10-27", "2006-10-27T13:30:00Z", "2006-10-27T20:00:00Z", false),
        ("the day after Thanksgiving", "2024-11-29", "2024-11-29T14:30:00Z", "2024-11-29T18:00:00Z", true),
        ("the day before Independence Day", "2024-07-03", "2024-07-03T13:30:00Z", "2024-07-03T17:00:00Z", true),
        ("the day after it, once", "2002-07-05", "2002-07-05T13:30:00Z", "2002-07-05T17:00:00Z", true),
    ])
    func `sessions have times`(_ occasion: String, _ text: String, _ open: String, _ close: String, _ isEarly: Bool)
        throws
    {
        let session = try #require(calendar.session(on: Self.day(text)))
        #expect(session.open == Instant(open), "\(occasion)")
        #expect(session.close == Instant(close), "\(occasion)")
        #expect(session.isEarlyClose == isEarly, "\(occasion)")
    }

    @Test(arguments: [
        ("2024-01-16T20:59:59Z", "2024-01-12"), ("2024-01-16T21:00:00Z", "2024-01-16"),
        ("2024-01-17T03:00:00Z", "2024-01-16"), ("2024-01-15T12:00:00Z", "2024-01-12"),
        ("2024-11-29T18:00:00Z", "2024-11-29"), ("2001-09-16T12:00:00Z", "2001-09-10"),
        ("1990-01-02T21:00:00Z", "1990-01-02"),
    ])
    func `the last completed session is known`(_ now: String, _ expected: String) {
        #expect(calendar.lastCompletedSession(at: Instant(now)!)?.day == Self.day(expected))
    }

    @Test(arguments: [Instant("1990-01-02T20:59:59Z")!, Instant(microseconds: .min), Instant("0001-01-01T00:00:00Z")!])
    func `before the first that is known there is none`(_ now: Instant) {
        #expect(calendar.lastCompletedSession(at: now) == nil)
    }

    @Test func `a closure that was not foreseen is a matter of data`() throws {
        let day = Self.day("2031-03-05")
        #expect(calendar.isSession(day))
        let told = TradingCalendar(closures: [day])
        #expect(!told.isSession(day))
        #expect(told.lastCompletedSession(at: Instant("2031-03-05T22:00:00Z")!)?.day == Self.day("2031-03-04"))
        #expect(!told.isSession(Self.day("2001-09-11")), "what was known stays known")
    }

    private static let folder = ProcessInfo.processInfo.environment["BITSTOCKERZ_SHARED_DATA"]

    private static func rows(_ name: String) throws -> [[Substring]] {
        let text = try String(contentsOfFile: "\(folder!)/calendar/\(name)", encoding: .utf8)
        return text.split(separator: "\n").dropFirst().map { $0.split(separator: ",") }
    }

    @Test(.enabled(if: folder != nil, "BITSTOCKERZ_SHARED_DATA names no folder with the exchange's calendar"))
    func `closed weekdays are those of the exchange's calendar`() throws {
        let closed = try Self.rows("xnys_closed_weekdays.csv").map { try #require(CalendarDay(String($0[0]))) }
        let range = try #require(CalendarDay("1990-01-01")).daysSinceEpoch...Self.day("2027-11-19").daysSinceEpoch
        let found = range.compactMap { CalendarDay(daysSinceEpoch: $0) }.filter {
            $0.weekday.rawValue <= 5 && !calendar.isSession($0)
        }
        #expect(closed.count > 300)
        #expect(found == closed)
    }

    @Test(.enabled(if: folder != nil, "BITSTOCKERZ_SHARED_DATA names no folder with the exchange's calendar"))
    func `early closes are those of the exchange's calendar`() throws {
        let early = try Self.rows("xnys_early_closes.csv").map { row in
            (day: try #require(CalendarDay(String(row[0]))), close: try #require(Instant(String(row[1]))))
        }
        let last = try #require(early.last?.day).daysSinceEpoch
        let found = (TradingCalendar.firstKnownDay.daysSinceEpoch...last).compactMap { CalendarDay(daysSinceEpoch: $0) }
            .compactMap { calendar.session(on: $0) }.filter(\.isEarlyClose)
        #expect(found.map(\.day) == early.map(\.day))
        #expect(found.map(\.close) == early.map(\.close))
    }
}
