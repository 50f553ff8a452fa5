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
    static func table(change: Int, _ offsets: [Int]) -> [UInt8] {
        func number(_ value: Int, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * (count - 1 - $0))) }
        }
        func header(_ times: Int, _ types: Int) -> [UInt8] {
            Array("TZif2".utf8) + [UInt8](repeating: 0, count: 15)
                + [0, 0, 0, times, types, 0].flatMap { number($0, 4) }
        }
        return header(0, 1) + [UInt8](repeating: 0, count: 6) + header(1, 2) + number(change, 8) + [1]
            + offsets.flatMap { number($0, 4) + [0, 0] } + Array("\n\n".utf8)
    }

    @Test func `the rules of a place change its offset, skip an hour and repeat one`() throws {
        let spring = try #require(Zone(name: "Place", tzif: Self.table(change: 1_000_000 * 3_600, [0, 3_600])))
        let hour = Timeframe.hour.microseconds
        #expect(spring.offset(at: 1_000_000 * hour - 1) == 0 && spring.offset(at: 1_000_000 * hour) == hour)
        #expect(spring.instant(ofLocal: 999_999 * hour) == 999_999 * hour)
        #expect(spring.instant(ofLocal: 1_000_000 * hour) == nil)
        #expect(spring.instant(ofLocal: 1_000_001 * hour) == 1_000_000 * hour)
        let autumn = try #require(Zone(name: "Place", tzif: Self.table(change: 1_000_000 * 3_600, [3_600, 0])))
        // Shown twice: the first time is meant.
        #expect(autumn.instant(ofLocal: 1_000_000 * hour) == 999_999 * hour)
        #expect(autumn.instant(ofLocal: 1_000_001 * hour) == 1_000_001 * hour)
    }

    @Test func `broken rules are none`() {
        let whole = Self.table(change: 3_600, [0, 3_600])
        // Two bytes at the end are rules for times to come.
        for count in 0..<whole.count - 2 {
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
        let (first, last) = (Instant("1967-01-01T00:00:00Z")!, Instant("2037-01-01T00:00:00Z")!)
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
