import Market
import Testing

@testable import PriceFiles

/// How wide bars are does not depend on the order of their lines.
@Suite struct OrderTests {
    private static let first = Instant("2024-01-01T00:00:00Z")!.microseconds

    private static func file(_ times: [Int64], _ set: (inout ReadingOptions) -> Void = { _ in }) throws -> PriceFile {
        let lines = times.map { "\(Instant(microseconds: $0).textInSeconds),10,12,9,11,1" }
        return try BadInputTests.file(([BadInputTests.header] + lines).joined(separator: "\n")) {
            $0.now = nil
            set(&$0)
        }
    }

    private static func times(_ count: Int, every step: Int64) -> [Int64] {
        (0..<count).map { first + Int64($0) * step }
    }

    private static func shuffled(_ times: [Int64], _ seed: UInt64) -> [Int64] {
        var times = times, state = seed
        for index in times.indices.dropFirst().reversed() {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            times.swapAt(index, Int(state >> 33) % (index + 1))
        }
        return times
    }

    @Test(arguments: [12, 48, 72, 500, 5_000, 40_000], [1 as UInt64, 2, 3])
    func `hours in no order are hours`(_ count: Int, _ seed: UInt64) throws {
        let times = Self.times(count, every: Timeframe.hour.microseconds)
        let file = try Self.file(Self.shuffled(times, seed))
        let (bars, report) = try file.bars()
        #expect(file.understood.timeframe == .hour && report.refused == [])
        #expect(bars.times == times)
    }

    @Test func `hours sorted by the hour of the day are hours`() throws {
        let times = Self.times(24 * 30, every: Timeframe.hour.microseconds), day = Timeframe.day.microseconds
        let (bars, report) = try Self.file(times.sorted { ($0 % day, $0) < ($1 % day, $1) }).bars()
        #expect(report.refused == [] && bars.times == times)
    }

    @Test func `days and quarters of an hour in no order are what they are`() throws {
        let days = Self.times(300, every: Timeframe.day.microseconds)
        #expect(try Self.file(Self.shuffled(days, 5)).bars().bars.times == days)
        let quarters = Self.times(400, every: Timeframe.hour.microseconds / 4)
        let (bars, report) = try Self.file(Self.shuffled(quarters, 5)).bars()
        #expect(bars.times == Self.times(100, every: Timeframe.hour.microseconds) && report.partial == 0)
    }
}
