import Market
import Testing

@testable import PriceFiles

/// Files that were made while their last bar was forming.
@Suite struct UnfinishedBarsTests {
    @Test func `a vendor's unfinished last bar is passed over, and one of the future refused`() throws {
        let first = 1_710_493_200  // 2024-03-15T09:00Z
        let rows = (0..<6).map { "[\(first + $0 * 3600),9,12,10,11,1]" }
        let report = try BadInputTests.file("[\(rows.joined(separator: ","))]").bars().report
        #expect(report.bars == 3)
        #expect(report.skippedCounts == [.unfinished: 1])
        #expect(report.refused.map(\.line) == [5, 6])
    }

    @Test(arguments: [
        // 15:00 and 16:05 in New York, in summer and in winter.
        ("2024-03-14T19:00:00Z", 0), ("2024-03-14T20:05:00Z", 1), ("2024-01-18T20:05:00Z", 0),
        ("2024-01-18T21:05:00Z", 1),
    ])
    func `today's bar of a share is one when New York has closed`(_ now: String, _ isOver: Int) throws {
        func report(_ header: String, _ values: String) throws -> ReadingReport {
            let rows = ["2024-01-02", "2024-01-03", String(now.prefix(10))].map { "\($0),\(values)" }
            return try BadInputTests.file(([header] + rows).joined(separator: "\n")) {
                ($0.now, $0.assetType) = (Instant(now)!.microseconds, .equity)
            }.bars().report
        }
        // Downloaded in the middle of the day the last row is the day until then.
        let yahoo = try report("Date,Open,High,Low,Close,Adj Close,Volume", "10,11,9,10,10,1")
        #expect(yahoo.bars == 2 + isOver && yahoo.skippedCounts == (isOver == 1 ? [:] : [.unfinished: 1]))
        let other = try report(BadInputTests.header, "10,11,9,10,1")
        #expect(other.bars == 2 + isOver && other.refused.map(\.line) == (isOver == 1 ? [] : [4]))
    }

    @Test(arguments: [
        // 15:00, 15:59 and 16:00 in New York, in summer; 16:05, and with less than the days before it; in winter.
        ("2024-03-14T13:30:00Z", "2024-03-14T19:00:00Z", 0, 2), ("2024-03-14T13:30:00Z", "2024-03-14T19:59:00Z", 0, 2),
        ("2024-03-14T13:30:00Z", "2024-03-14T20:00:00Z", 0, 3), ("2024-03-14T13:30:00Z", "2024-03-14T20:05:00Z", 1, 2),
        ("2024-01-18T14:30:00Z", "2024-01-18T20:05:00Z", 0, 2), ("2024-01-18T14:30:00Z", "2024-01-18T21:05:00Z", 0, 3),
    ])
    func `the day of a share that is joined from shorter bars is one when New York has closed`(
        _ open: String, _ now: String, _ missing: Int, _ days: Int
    ) throws {
        let open = Instant(open)!.microseconds, now = Instant(now)!.microseconds, half = 1_800 * Int64(1_000_000)
        var lines = [BadInputTests.header]
        for before: Int64 in [2, 1, 0] {
            let bars = before == 0 ? 13 - missing : 13
            for bar in 0..<bars {
                let start = open - before * Timeframe.day.microseconds + Int64(bar) * half
                guard start + half <= now else { continue }
                lines.append("\(Instant(microseconds: start).textInSeconds),10,11,9,10,1")
            }
        }
        let file = try BadInputTests.file(lines.joined(separator: "\n")) { ($0.now, $0.assetType) = (now, .equity) }
        let report = try file.bars().report
        #expect(report.bars == days && report.droppedUnfinished == (days == 2), "\(report)")
    }

    @Test(arguments: [("2024-03-14T20:05:00Z", 2), ("2024-03-14T23:29:00Z", 2), ("2024-03-14T23:30:00Z", 3)])
    func `where days have bars from after the session, today's is one once those are over`(
        _ now: String, _ days: Int
    ) throws {
        let open = Instant("2024-03-14T13:30:00Z")!.microseconds, half = 1_800 * Int64(1_000_000)
        var lines = [BadInputTests.header]
        // A long day, a short one, and what there is of today until 16:00 in New York: more than the short one had.
        for (before, count) in [(Int64(2), 20), (1, 12), (0, 13)] {
            for bar in 0..<count {
                let start = open - before * Timeframe.day.microseconds + Int64(bar) * half
                lines.append("\(Instant(microseconds: start).textInSeconds),10,11,9,10,1")
            }
        }
        let file = try BadInputTests.file(lines.joined(separator: "\n")) {
            ($0.now, $0.assetType) = (Instant(now)!.microseconds, .equity)
        }
        let report = try file.bars().report
        #expect(report.bars == days && report.droppedUnfinished == (days == 2), "\(report)")
    }

    @Test func `today's bar of a coin is one when the day of UTC is over`() throws {
        let rows = ["2024-03-13,10,11,9,10,1", "2024-03-14,10,11,9,10,1"]
        for (now, bars) in [("2024-03-14T23:59:59Z", 1), ("2024-03-15T00:00:00Z", 2)] {
            let report = try BadInputTests.file(([BadInputTests.header] + rows).joined(separator: "\n")) {
                ($0.now, $0.assetType) = (Instant(now)!.microseconds, .crypto)
            }.bars().report
            #expect(report.bars == bars)
        }
    }
}
