import Foundation
import Market
import Testing

@testable import PriceFiles

/// What bars are of, and on which days those of shares are.
@Suite struct KindTests {
    private static let minute = Timeframe.hour.microseconds / 60

    private static func file(
        _ times: [String], _ set: (inout ReadingOptions) -> Void = { _ in }
    ) throws -> PriceFile {
        let lines = times.enumerated().map { "\($1),\($0 + 10),\($0 + 12),\($0 + 9),\($0 + 11),1" }
        return try BadInputTests.file((["date,open,high,low,close,volume"] + lines).joined(separator: "\n"), set)
    }

    /// On days of the week from a Monday on, as clocks at the place show them, Unix microseconds.
    private static func session(
        _ hours: Range<Double>, every minutes: Int64, days: Int, from monday: String = "2024-01-08"
    ) -> [Int64] {
        let monday = CalendarDay(monday)!.start.microseconds, step = Double(minutes)
        var times: [Int64] = []
        for day in 0..<Int64(days) {
            let start = monday + (day / 5 * 7 + day % 5) * Timeframe.day.microseconds
            for at in stride(from: hours.lowerBound * 60, to: hours.upperBound * 60, by: step) {
                times.append(start + Int64(at) * minute)
            }
        }
        return times
    }

    private static func text(_ time: Int64) -> String { Instant(microseconds: time).textInSeconds }
    private static func text(_ time: Int64, _ offset: String) -> String { text(time).dropLast() + offset }
    /// Without a zone.
    private static func local(_ time: Int64) -> String {
        text(time).replacingOccurrences(of: "T", with: " ").replacingOccurrences(of: "Z", with: "")
    }

    // MARK: What they are of

    @Test(
        arguments: [
            ("a session", session(9.5..<16, every: 60, days: 4), nil, "EQUITY 1d, as there are no bars at night"),
            (
                "with what is before and after it", session(4..<20, every: 30, days: 5), nil,
                "EQUITY 1d, as there are no bars at night"
            ),
            (
                "all hours of the week", session(0..<24, every: 60, days: 10), nil,
                "EQUITY 1d, as there are no bars on weekends"
            ),
            (
                "a day of a share", session(9.5..<16, every: 5, days: 1), "AAPL",
                "EQUITY 1d, as AAPL is no pair such as BTC-USD"
            ),
            ("a day of a coin", session(9..<16, every: 5, days: 1), "BTC-USD", "CRYPTO 1h, as BTC-USD is a pair"),
            ("half days", session(0..<24, every: 720, days: 5), nil, "CRYPTO 1d, as the bars are shorter than a day"),
            (
                "a day of nothing", session(9..<16, every: 30, days: 1), nil,
                "CRYPTO 1h, as the bars are shorter than a day"
            ),
            (
                "all days of the week, called as nobody can be",
                (0..<400).map { CalendarDay("2024-01-08")!.start.microseconds + $0 * 60 * minute }, "BTC",
                "CRYPTO 1h, as there are bars on Saturdays and Sundays"
            ),
            ("days", session(0..<24, every: 1_440, days: 20), nil, "EQUITY 1d, as the bars are of days"),
        ] as [(String, [Int64], String?, String)])
    func `is seen from the symbol, and from when there are bars`(
        _ what: String, _ times: [Int64], _ symbol: String?, _ kind: String
    ) throws {
        for writing in [Self.local, { Self.text($0) }, { "\($0 / 1_000)" }] as [(Int64) -> String] {
            let file = try Self.file(times.map(writing)) { $0.symbol = symbol }
            let report = try file.bars().report
            #expect(file.understood.kind == kind, "\(what)")
            #expect(report.refused == [], "\(what)")
        }
    }

    @Test func `a ticker in the file tells it too, and what is said comes first`() throws {
        let lines = (9..<16).map { "AAPL,2024-01-08 \($0 < 10 ? "0" : "")\($0):30:00,1,1,1,1" }
        let text = (["symbol,date,open,high,low,close"] + lines).joined(separator: "\n")
        #expect(try BadInputTests.file(text).understood.kind == "EQUITY 1d, as AAPL is no pair such as BTC-USD")
        #expect(
            try BadInputTests.file(text) { $0.assetType = .crypto }.understood.kind == "CRYPTO 1h, as said")
    }

    @Test func `lines that are no bars of a kind that was guessed name the option`() throws {
        let times = Self.session(9.5..<16, every: 60, days: 1).map(Self.local)
        let guessed = try Self.file(times).bars().report
        #expect(
            guessed.refused.first?.reason
                == "the time is not the start of an hour; if the times are local ones, say --zone; if they are of a share, --asset-type EQUITY"
        )
        let said = try Self.file(times) { $0.assetType = .crypto }.bars().report
        #expect(
            said.refused.first?.reason
                == "the time is not the start of an hour; if the times are local ones, say --zone")
    }

    // MARK: Days of shares

    /// From 4 to 20 in New York, some weeks in winter and some in summer: the last bars are of the next day in London.
    @Test(arguments: [("2024-01-08", 5), ("2023-07-10", 4)])
    func `bars in UTC are joined to days of New York, as those with its offset are`(_ monday: String, _ behind: Int64)
        throws
    {
        let wall = Self.session(4..<20, every: 15, days: 15, from: monday)
        let instants = wall.map { $0 + behind * Timeframe.hour.microseconds }
        let written = wall.map { Self.text($0, "-0\(behind):00") }
        let expected = try Self.file(written) { $0.assetType = .equity }.bars()
        #expect(
            expected.bars.times.map { Self.text($0) }
                == Self.session(0..<24, every: 1_440, days: 15, from: monday).map { Self.text($0) })
        for writing in [
            { Self.text($0) }, { "\($0 / 1_000)" }, { "\($0 / 1_000_000)" }, { Self.text($0, "+00:00") },
        ]
            as [(Int64) -> String]
        {
            let file = try Self.file(instants.map(writing))
            let (bars, report) = try file.bars()
            #expect(bars == expected.bars && report == expected.report)
            #expect(file.understood.facts.contains { $0 == ("zone", "days of America/New_York") })
        }
        // Without a zone it is the time of the exchange.
        #expect(try Self.file(wall.map(Self.local)).bars().bars == expected.bars)
    }

    @Test(arguments: [
        ("LSE", "Z", true), ("TSE", "seconds", true), ("NYSE", "Z", false), ("LSE", "+01:00", false),
        ("LSE", "no zone", false),
    ])
    func `which days shares of an exchange elsewhere have is asked where nothing says it`(
        _ exchange: String, _ writing: String, _ isAsked: Bool
    ) throws {
        let times = Self.session(8..<16, every: 30, days: 3).map { time in
            switch writing {
            case "Z": Self.text(time)
            case "seconds": "\(time / 1_000_000)"
            case "no zone": Self.local(time)
            default: Self.text(time, writing)
            }
        }
        func file(_ zone: Zone?) throws -> PriceFile {
            let file = try Self.file(times) { $0.zone = zone }
            try file.checkDays(listedAt: exchange)
            return file
        }
        guard isAsked else {
            #expect(try file(nil).bars().bars.count == 3)
            return
        }
        let refusal = #expect(throws: PriceFileRefusal.self) { try file(nil) }
        #expect(refusal?.asks == .zone && refusal?.reason.contains("those of \(exchange): say --zone") == true)
        #expect(try file(.utc).bars().bars.count == 3)
    }

    @Test func `a zone that is said is where the days are`() throws {
        let times = Self.session(9..<15, every: 60, days: 3).map { Self.text($0 - 9 * Timeframe.hour.microseconds) }
        let bars = try Self.file(times) { $0.zone = Zone("+09:00") }.bars().bars
        #expect(
            bars.times.map { Self.text($0) } == [
                "2024-01-08T00:00:00Z", "2024-01-09T00:00:00Z", "2024-01-10T00:00:00Z",
            ])
    }

    @Test func `an exchange whose clocks show UTC for half of the year keeps its days`() throws {
        let winter = Self.session(1..<3, every: 60, days: 3).map { Self.text($0, "+00:00") }
        let summer = Self.session(1..<3, every: 60, days: 3, from: "2023-07-10").map {
            Self.text($0, "+01:00")
        }
        let bars = try Self.file(summer + winter) { $0.assetType = .equity }.bars().bars
        #expect(
            bars.times.suffix(3).map { Self.text($0) } == [
                "2024-01-08T00:00:00Z", "2024-01-09T00:00:00Z", "2024-01-10T00:00:00Z",
            ])
    }
}
