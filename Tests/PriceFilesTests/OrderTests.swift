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

    /// More than are kept as they are: of cents, of few decimals that are none of a double, and of noise.
    @Test(arguments: [1, 1.0 / 3, 1.0000000000000002])
    func `newest first gives the bars of oldest first`(_ factor: Double) throws {
        let lines = Self.times(40_000, every: Timeframe.hour.microseconds).enumerated().map { number, time in
            let price = Double(10_000 + number * 7_919 % 10_007) / 100 * factor
            return
                "\(Instant(microseconds: time).textInSeconds),\(price),\(price + 1),\(price - 1),\(price),\(number % 977)"
        }
        func read(_ lines: [String]) throws -> (bars: CandleSeries, report: ReadingReport) {
            try BadInputTests.file(([BadInputTests.header] + lines).joined(separator: "\n")) { $0.now = nil }.bars()
        }
        // Once more what is there already, and one line that is none.
        let (up, down) = (try read(lines), try read(lines.reversed() + ["x,1,1,1,1,1", lines[0]]))
        #expect(up.bars.count == 40_000 && up.bars == down.bars)
        #expect(down.report.refused.map(\.line) == [40_002] && down.report.skipped.map(\.line) == [40_003])
    }

    @Test func `one misplaced line of many is named`() throws {
        var times = Self.times(40_000, every: Timeframe.hour.microseconds)
        times.swapAt(20_000, 39_998)
        let report = try Self.file(times.reversed()).bars().report
        #expect(report.refusedCount == 2 && report.refused.map(\.line) == [3, 20_001])
    }
}
