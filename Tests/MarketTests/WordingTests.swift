import Market
import Testing

struct WordingTests {
    @Test(arguments: [
        (0, "bar", "0 bars"), (1, "bar", "1 bar"), (2, "bar", "2 bars"), (1, "series", "1 series"),
        (2, "series", "2 series"), (2, "strategy", "2 strategies"), (1, "strategy", "1 strategy"), (3, "day", "3 days"),
        (1, "process", "1 process"), (2, "process", "2 processes"),
    ])
    func `what is counted is in the right number`(_ count: Int, _ noun: String, _ words: String) {
        #expect(counted(count, noun) == words)
    }

    @Test(arguments: [(0, "0 lines are"), (1, "1 line is"), (2, "2 lines are")])
    func `the verb goes with the number`(_ count: Int, _ words: String) {
        #expect(counted(count, are: "line") == words)
    }

    @Test(arguments: [
        (Timeframe.day, "2026-11-03", "3 Nov 2026"), (.hour, "2026-11-03", "3 Nov 2026 00:00 UTC"),
        (.day, "0001-01-01", "1 Jan 1"), (.day, "1969-12-31", "31 Dec 1969"), (.day, "2024-02-29", "29 Feb 2024"),
    ])
    func `sentences write days with the name of the month`(_ timeframe: Timeframe, _ day: String, _ words: String)
        throws
    {
        let day = try #require(CalendarDay(day))
        #expect(timeframe.written(day.start.microseconds) == words)
        #expect(words.hasPrefix(day.written))
    }

    @Test func `an hour is written with its zone`() throws {
        let day = try #require(CalendarDay("2026-11-03"))
        #expect(Timeframe.hour.written(day.start.microseconds + 14 * 3_600_000_000) == "3 Nov 2026 14:00 UTC")
    }

    @Test(arguments: [
        ("142.6", "142.60"), ("95", "95.00"), ("0", "0.00"), ("1234567.125", "1,234,567.125"), ("999", "999.00"),
        ("0.000012300000", "0.0000123"), ("1000", "1,000.00"),
    ])
    func `sentences write prices with two decimals at least, and all there are`(_ price: String, _ words: String) throws
    {
        #expect(try #require(Price(price)).told == words)
    }

    @Test(arguments: [(0, "0.00"), (-1_234_567, "-12,345.67"), (100_000, "1,000.00"), (-5, "-0.05")])
    func `sentences write money with commas between thousands`(_ cents: Int64, _ words: String) {
        #expect(Money(cents: cents).told == words)
    }
}
