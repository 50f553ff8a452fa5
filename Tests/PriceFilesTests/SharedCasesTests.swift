import BytesInMemory
import Foundation
import JSON
import Market
import Testing

@testable import PriceFiles

/// Small files in the shapes people really have, and what each must give (Fixtures/expected.json).
@Suite struct SharedCasesTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")

    static func bytes(of file: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: folder.appending(path: file)))
    }

    private static let expected: Object = try! parse(bytes(of: "expected.json")).objectValue!

    @Test(arguments: expected.names)
    func `is read or refused as expected`(_ name: String) throws {
        let wanted = try #require(Self.expected[name]?.objectValue)
        let lines = wanted["lines"]?.arrayValue?.compactMap { $0.numberValue?.int }
        do {
            let file = try PriceFile(BytesInMemory(Self.bytes(of: name)), name: name, options: ReadingOptions())
            let (bars, report) = try file.bars()
            if wanted["result"]?.stringValue == "refused" {
                #expect(report.refused.map(\.line) == (lines ?? [0]))
                return
            }
            #expect(report.refused == [])
            #expect(file.understood.timeframe.rawValue == wanted["timeframe"]?.stringValue)
            #expect(file.understood.assetType.rawValue == wanted["asset_type"]?.stringValue)
            #expect(bars.count == wanted["bars"]?.numberValue?.int)
            #expect(report.bars == bars.count)
            try Self.compare(bars, 0, wanted["first"])
            try Self.compare(bars, bars.count - 1, wanted["last"])
        } catch let refusal as PriceFileRefusal {
            #expect(wanted["result"]?.stringValue == "refused" && lines == nil, "\(refusal)")
            #expect(refusal.reason.contains("--date-order"))
        }
    }

    private static func compare(_ bars: CandleSeries, _ index: Int, _ wanted: Value?) throws {
        let wanted = try #require(wanted?.arrayValue)
        let time = try #require(wanted[0].stringValue)
        let start = try #require(Instant(time) ?? CalendarDay(time)?.start)
        #expect(bars.times[index] == start.microseconds)
        let values = [bars.open[index], bars.high[index], bars.low[index], bars.close[index], bars.volume[index]]
        #expect(values == wanted.dropFirst().compactMap { $0.numberValue?.double })
    }

    @Test func `the order of dates can be said`() throws {
        var options = ReadingOptions()
        options.dateOrder = .monthFirst
        let bytes = try Self.bytes(of: "day-or-month-first.csv")
        let bars = try PriceFile(BytesInMemory(bytes), name: "f", options: options).bars().bars
        #expect(bars.count == 5)
        #expect(bars.times.last == CalendarDay("2015-01-09")?.start.microseconds)
    }
}
