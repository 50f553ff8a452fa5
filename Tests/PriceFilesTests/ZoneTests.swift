import Foundation
import Market
import Testing

@testable import PriceFiles

@Suite struct ZoneTests {
    @Test(arguments: [
        ("UTC", 0), ("z", 0), ("+02:00", 120), ("-0530", -330), ("+9", 540),
    ])
    func `offsets are zones`(_ text: String, _ minutes: Int) {
        #expect(Zone(text)?.offset(at: 0) == Int64(minutes) * 60_000_000)
    }

    @Test(arguments: ["", "EST", "+", "+24", "+1:60", "02:00", "America/New_York"])
    func `other words are none`(_ text: String) { #expect(Zone(text) == nil) }

    /// Two offsets, of which the second is ahead from this second of 1970 on (RFC 8536, version 2).
    ///
    /// - Parameter footer: what holds after it.
    static func table(change: Int, _ offsets: [Int], footer: String = "") -> [UInt8] {
        func number(_ value: Int, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * (count - 1 - $0))) }
        }
        func header(_ times: Int, _ types: Int) -> [UInt8] {
            Array("TZif2".utf8) + [UInt8](repeating: 0, count: 15)
                + [0, 0, 0, times, types, 0].flatMap { number($0, 4) }
        }
        return header(0, 1) + [UInt8](repeating: 0, count: 6) + header(1, 2) + number(change, 8) + [1]
            + offsets.flatMap { number($0, 4) + [0, 0] } + Array("\n\(footer)\n".utf8)
    }

    @Test func `the rules of a place change its offset, skip an hour and repeat one`() throws {
        let spring = try #require(Zone(name: "Place", tzif: Self.table(change: 1_000_000 * 3_600, [0, 3_600])))
        let hour = Timeframe.hour.microseconds
        #expect(spring.offset(at: 1_000_000 * hour - 1) == 0 && spring.offset(at: 1_000_000 * hour) == hour)
        #expect(spring.instants(ofLocal: 999_999 * hour) == 999_999 * hour...999_999 * hour)
        #expect(spring.instants(ofLocal: 1_000_000 * hour) == nil)
        #expect(spring.instants(ofLocal: 1_000_001 * hour) == 1_000_000 * hour...1_000_000 * hour)
        let autumn = try #require(Zone(name: "Place", tzif: Self.table(change: 1_000_000 * 3_600, [3_600, 0])))
        // Shown twice.
        #expect(autumn.instants(ofLocal: 1_000_000 * hour) == 999_999 * hour...1_000_000 * hour)
        #expect(autumn.instants(ofLocal: 1_000_001 * hour) == 1_000_001 * hour...1_000_001 * hour)
    }

    @Test(arguments: [false, true])
    func `an hour that clocks show twice is two in a file that is in order`(_ isNewestFirst: Bool) throws {
        // Clocks go back from 01:00 to 00:00 at 00:00 of 1 February 1970, UTC.
        let zone = try #require(Zone(name: "Place", tzif: Self.table(change: 31 * 86_400, [3_600, 0])))
        let hours = [
            "1970-01-31T23:00", "1970-02-01T00:00", "1970-02-01T00:00", "1970-02-01T01:00", "1970-02-01T02:00",
        ]
        let rows = hours.enumerated().map { "\($1),1,2,1,1,\($0)" }
        let text = [BadInputTests.header] + (isNewestFirst ? rows.reversed() : rows)
        let (bars, report) = try BadInputTests.file(text.joined(separator: "\n")) {
            ($0.zone, $0.assetType) = (zone, .crypto)
        }.bars()
        #expect(report.refused == [])
        #expect(bars.volume == [0, 1, 2, 3, 4])
        let first = Instant("1970-01-31T22:00:00Z")!.microseconds
        #expect(bars.times == (0..<5).map { first + Int64($0) * Timeframe.hour.microseconds })
    }

    @Test(arguments: [
        // Microseconds of the first and the second change in 2030, and how far clocks are ahead after each, in minutes.
        ("EST5EDT,M3.2.0,M11.1.0", "2030-03-10T07:00:00Z", -240, "2030-11-03T06:00:00Z", -300),
        ("CET-1CEST,M3.5.0,M10.5.0/3", "2030-03-31T01:00:00Z", 120, "2030-10-27T01:00:00Z", 60),
        ("AEST-10AEDT,M10.1.0,M4.1.0/3", "2030-04-06T16:00:00Z", 600, "2030-10-05T16:00:00Z", 660),
        ("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2030-03-31T01:00:00Z", -60, "2030-10-27T01:00:00Z", -120),
        ("EET-2EEST,M3.4.4/50,M10.4.4/50", "2030-03-30T00:00:00Z", 180, "2030-10-25T23:00:00Z", 120),
        ("<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "2030-04-06T15:00:00Z", 630, "2030-10-05T15:30:00Z", 660),
    ])
    func `after the last change of the table its footer holds`(
        _ footer: String, _ first: String, _ then: Int, _ second: String, _ atLast: Int
    ) throws {
        let zone = try #require(Zone(name: "Place", tzif: Self.table(change: 3_600, [0, 0], footer: footer)))
        for (change, minutes, before) in [(first, then, atLast), (second, atLast, then)] {
            let start = Instant(change)!.microseconds
            #expect(zone.offset(at: start) == Int64(minutes) * 60_000_000, "\(change)")
            #expect(zone.offset(at: start - 1) == Int64(before) * 60_000_000, "before \(change)")
        }
    }

    @Test func `a footer without summer time leaves what the last change says`() throws {
        for footer in ["", "EST5", "<+0330>-3:30"] {
            let zone = try #require(Zone(name: "Place", tzif: Self.table(change: 3_600, [0, 3_600], footer: footer)))
            #expect(zone.offset(at: Instant("2030-07-01T00:00:00Z")!.microseconds) == Timeframe.hour.microseconds)
        }
    }

    @Test(arguments: [
        "EST", "E5", "EST5EDT", "EST5EDT,", "EST5EDT,M3.2.0", "EST5EDT,M13.2.0,M11.1.0", "EST5EDT,M3.6.0,M11.1.0",
        "EST5EDT,M3.2.7,M11.1.0", "EST5EDT,M3.2.0/200,M11.1.0", "EST5EDT,J60,J300", "EST5EDT,M3.2.0,M11.1.0,",
        "<EST5", "EST5:99",
    ])
    func `a footer that is not understood makes no zone`(_ footer: String) {
        #expect(Zone(name: "Place", tzif: Self.table(change: 3_600, [0, 3_600], footer: footer)) == nil)
    }

    @Test func `broken rules are none`() {
        let whole = Self.table(change: 3_600, [0, 3_600], footer: "EST5EDT,M3.2.0,M11.1.0")
        for count in 0..<whole.count {
            #expect(Zone(name: "Place", tzif: Array(whole[..<count])) == nil, "\(count)")
        }
        for place in whole.indices {
            var broken = whole
            broken[place] = 0xFF
            _ = Zone(name: "Place", tzif: broken)
        }
    }

    private static let newYork = FileManager.default.contents(atPath: "/usr/share/zoneinfo/America/New_York")

    @Test(.enabled(if: newYork != nil, "the system has no database of zones"))
    func `New York is known to the system's database`() throws {
        let bytes = try #require(Self.newYork)
        let zone = try #require(Zone(name: "America/New_York", tzif: [UInt8](bytes)))
        let winter = try #require(Instant("2024-03-10T06:59:59Z")).microseconds
        #expect(zone.offset(at: winter) == -5 * Timeframe.hour.microseconds)
        #expect(zone.offset(at: winter + 1_000_000) == -4 * Timeframe.hour.microseconds)
    }

    @Test(.enabled(if: newYork != nil, "the system has no database of zones"))
    func `clocks in New York show what they do in the system's database`() throws {
        let bytes = try #require(Self.newYork)
        let zone = try #require(Zone(name: "America/New_York", tzif: [UInt8](bytes)))
        let hour = Timeframe.hour.microseconds
        // Beyond what tables list.
        let (first, last) = (Instant("1967-01-01T00:00:00Z")!, Instant("2060-01-01T00:00:00Z")!)
        for time in stride(from: first.microseconds, to: last.microseconds, by: Int(hour)) {
            let offset = zone.offset(at: time)
            let day = try #require(Instant(microseconds: time + offset).day)
            guard Zone.newYork.offset(at: time) == offset, NewYorkTime.day(at: Instant(microseconds: time)) == day,
                (time + offset) % (24 * hour) != 12 * hour
                    || NewYorkTime.instant(720, of: day).microseconds == time
            else {
                Issue.record("\(Instant(microseconds: time))")
                break
            }
        }
    }
}
