import Foundation
import Market
import Postgres
import PriceFiles
import TestSupport
import Testing

@testable import App

/// What a series keeps of where its bars come from, and what is told where others come.
@Suite struct SeriesSourceTests {
    private static let database = try! TestDatabase()

    private func connect() throws -> Connection { try Self.database.connect() }

    private static func equity(_ lines: [String]) throws -> PriceFile { try TestPrices.file(lines) }

    private static let week = [
        "2024-03-04,10,11,9,10.5,100", "2024-03-05,10.5,11,10,10.75,200", "2024-03-06,10.75,12,10.5,11.99,300",
    ]

    @Test func `a series keeps the day as of which its prices are adjusted`() throws {
        var db = try connect()
        func request(_ day: String?, replaces: Bool = false) -> BarImport {
            var request = BarImport(
                symbol: "ASOF",
                source: BarSource(
                    provider: "file", adjustment: .split, priceBasisDate: day.flatMap { CalendarDay($0) }))
            request.store.replaces = replaces
            return request
        }
        func stored() throws -> String? {
            try db.run(
                Query<String?>.value(
                    "SELECT price_basis_date::text FROM bar_series JOIN symbols ON id = symbol_id WHERE symbol = 'ASOF'"
                ))
        }
        _ = try request(nil).run(Self.equity(Self.week), in: &db)
        #expect(try stored() == nil)
        // What was not known may become so.
        #expect(try request("2024-03-06").run(Self.equity(Self.week), in: &db).outcome.revision == 2)
        #expect(try stored() == "2024-03-06")
        let more = Self.week + ["2024-03-07,11,12,10,11,5"]
        #expect(try request(nil).run(Self.equity(more), in: &db).outcome.added == 1)
        #expect(try stored() == "2024-03-06", "nothing was said, so nothing else was meant")
        let refusal = #expect(throws: BarStore.Refusal.self) {
            try request("2024-03-08").run(Self.equity(more), in: &db)
        }
        #expect(
            refusal
                == .otherBasis(
                    symbol: "ASOF", stored: CalendarDay("2024-03-06")!, incoming: CalendarDay("2024-03-08")!))
        #expect("\(refusal!)".contains("as of 6 Mar 2024, and these as of 8 Mar 2024"))
        _ = try request("2024-03-08", replaces: true).run(Self.equity(more), in: &db)
        #expect(try stored() == "2024-03-08")
    }

    @Test func `a file of an exchange elsewhere lacks nothing on New York's days`() throws {
        var db = try connect()
        let lines = [Self.week[0], Self.week[2]]
        func remark(_ exchange: String?) throws -> String? {
            let request = BarImport(symbol: "ELSEWHERE", store: BarStore(exchange: exchange))
            return try request.run(Self.equity(lines), in: &db).report.missing?.remark
        }
        #expect(try remark(nil)?.hasPrefix("1 session of 3 without a bar") == true)
        #expect(try remark("TSE") == nil)
        #expect(try remark(nil) == nil, "it is stored where it is listed")
        #expect(try remark("NYSE")?.hasPrefix("1 session of 3") == true)
    }

    @Test func `where a share is stored as listed elsewhere its file is asked for the zone of its days`() throws {
        var db = try connect()
        let hours = (4...6).flatMap { day in
            (8..<16).map { "2024-03-0\(day)T\($0 < 10 ? "0" : "")\($0):00:00Z,10,11,9,10.5,100" }
        }
        func store(_ zone: Zone?) throws -> Int {
            try BarImport(symbol: "HOURS").run(TestPrices.file(hours, zone: zone), in: &db).outcome.added
        }
        try db.script(
            "INSERT INTO symbols (symbol, name, asset_type, exchange) VALUES ('HOURS', 'Hours', 'EQUITY', 'LSE')")
        let refusal = #expect(throws: PriceFileRefusal.self) { try store(nil) }
        #expect(refusal?.asks == .zone && refusal?.reason.contains("those of LSE: say --zone") == true)
        #expect(try store(Zone.named("Europe/London")) == 3)
        try db.script("UPDATE symbols SET exchange = 'NYSE' WHERE symbol = 'HOURS'")
        #expect(try store(nil) == 0, "the same days")
    }

    @Test(
        arguments: [
            ("none", [], "they have no bar in common"),
            ("one", [10.5], "on 1 bar that both have the closes are the same"),
            (
                "a factor", [21, 21.5, 23.98],
                "on 3 bars that both have the new closes are 2 times the stored ones throughout: another adjustment, currency or unit"
            ),
            (
                "another venue", [10.5105, 10.74, 11.5],
                "on 3 bars that both have the closes differ by 0.1 % in the median, and 1 of them by more than 0.5 %"
            ),
        ] as [(String, [Double], String)])
    func `how far another source is away is told with its refusal`(
        _ case: String, _ closes: [Double], _ words: String
    ) throws {
        var db = try connect()
        let symbol = "APART-\(`case`.split(separator: " ").joined())"
        _ = try BarImport(symbol: symbol).run(Self.equity(Self.week), in: &db)
        let other = BarImport(symbol: symbol, source: BarSource(provider: "other"))
        let lines = closes.enumerated().map { "2024-03-0\(4 + $0),\($1),99,0.5,\($1),1" }
        let refusal = #expect(throws: BarStore.Refusal.self) {
            try other.run(Self.equity(lines.isEmpty ? ["2024-03-08,1,1,1,1,1"] : lines), in: &db)
        }
        #expect("\(refusal!)".contains("no series (\(words)); --replace puts"), "\(refusal!)")
    }

    private static let days = (0..<20).map { CalendarDay(daysSinceEpoch: 19_700 + $0)! }

    /// Closes of twenty days in a row, around which the other prices are wide.
    private static func closes(_ price: (Int) -> Double) throws -> PriceFile {
        try equity(days.enumerated().map { "\($1),\(price($0)),900,0.5,\(price($0)),1" })
    }

    /// What closes of 100, 101 and so on become, and whether they are the same prices still.
    static let others: [(String, goes: Bool, @Sendable (Int, Double) -> Double)] = [
        ("two splits", false, { day, close in day < 5 ? close / 6 : day < 12 ? close / 2 : close }),
        ("a split, and a correction", false, { day, close in (close + (day == 6 ? 30 : 0)) / (day < 12 ? 4 : 1) }),
        ("dividends, by and by", false, { day, close in close * (0.8 + 0.005 * Double(day / 5)) }),
        (
            "bad ticks that were put right", true,
            { day, close in day % 2 == 0 ? close * (1.1 + 0.01 * Double(day)) : close }
        ),
        ("another venue", true, { day, close in close * (1 + 0.015 * Double(day % 3 - 1)) }),
    ]

    @Test(arguments: others.indices)
    func `prices that differ by several ratios are adjusted otherwise, whatever was said`(_ index: Int) throws {
        let (what, goes, price) = Self.others[index]
        var db = try connect()
        var request = BarImport(symbol: "OTHERS\(index)")
        _ = try request.run(Self.closes { 100 + Double($0) }, in: &db)
        let other = try Self.closes { price($0, 100 + Double($0)) }
        for isTrial in [true, false] {
            request.store.isTrial = isTrial
            do {
                #expect(try request.run(other, in: &db).outcome.changed > 0 && goes, "\(what)")
            } catch let refusal as BarStore.Refusal {
                guard case .otherPrices(_, let bars, 20, _, _) = refusal else { throw refusal }
                #expect(!goes && bars >= 12, "\(what)")
            }
        }
        request.store.replaces = true
        #expect(try request.run(other, in: &db).outcome.count == 20)
    }

    @Test func `the refusal of other prices says how many, and how far they are`() throws {
        var db = try connect()
        let request = BarImport(symbol: "FAR")
        _ = try request.run(Self.closes { 100 + Double($0) }, in: &db)
        let refusal = #expect(throws: BarStore.Refusal.self) {
            try request.run(Self.closes { (100 + Double($0)) / ($0 < 5 ? 8 : 2) }, in: &db)
        }
        #expect(
            "\(refusal!)".hasPrefix(
                "of 20 bars that both have, the prices of 20 are far from the stored ones of FAR, 0.125 to 0.5 times them: "
            ))
    }

    @Test func `a dividend moves all closes before it where prices are adjusted for those, and makes no jump`() throws {
        var db = try connect()
        func refusal(_ adjustment: BarSource.Adjustment, _ price: (Int, Double) -> Double) throws -> BarStore.Refusal? {
            var request = BarImport(
                symbol: "PAYS-\(adjustment)", source: BarSource(provider: "file", adjustment: adjustment))
            request.store.replaces = true
            _ = try request.run(Self.closes { 100 + Double($0) }, in: &db)
            request.store.replaces = false
            do {
                _ = try request.run(Self.closes { price($0, 100 + Double($0)) }, in: &db)
                return nil
            } catch let refusal as BarStore.Refusal {
                return refusal
            }
        }
        // To four places, as files have them.
        func paid(_ close: Double, _ ratio: Double) -> Double { (close * ratio * 10_000).rounded() / 10_000 }
        let once = try #require(try refusal(.total) { $0 < 10 ? paid($1, 0.992) : $1 })
        guard case .split(_, let ratio, 10) = once else { throw once }
        #expect(
            abs(ratio - 0.992) < 0.0001 && "\(once)".contains("0.992 times the stored ones of PAYS-TOTAL on 10 bars"))
        #expect("\(once)".contains("that is a dividend"))
        guard case .otherPrices? = try refusal(.total, { paid($1, $0 < 5 ? 0.985 : $0 < 12 ? 0.992 : 1) }) else {
            Issue.record("two dividends")
            return
        }
        #expect(try refusal(.total) { paid($1, 1 + 0.003 * Double($0 % 3 - 1)) } == nil, "corrections")
        #expect(try refusal(.split) { $0 < 10 ? paid($1, 0.992) : $1 } == nil, "which no dividend touches")
    }

    private static let folder = ProcessInfo.processInfo.environment["BITSTOCKERZ_SHARED_DATA"]

    /// A stored file, the one that comes then, and whether it goes with it; both said to be unadjusted.
    @Test(
        .enabled(if: folder != nil, "BITSTOCKERZ_SHARED_DATA names no folder with real bars"),
        arguments: [
            ("AAPL", "AAPL.lean-raw", false), ("MSFT", "MSFT.quandl-wiki-raw", false), ("GOOG", "GOOG.lean-raw", false),
            ("NVDA", "NVDA.yahoo-1999-2025", false), ("IBM", "IBM.quandl-wiki-raw", true),
        ])
    func `real prices of another adjustment are refused, and those of another vendor are not`(
        _ stored: String, _ other: String, _ goes: Bool
    ) throws {
        var db = try connect()
        func file(_ name: String) throws -> PriceFile {
            try PriceFile(FileBytes("\(Self.folder!)/\(name).csv"), name: name, options: ReadingOptions())
        }
        let request = BarImport(symbol: "REAL-\(stored)")
        _ = try request.run(file("equity_daily/\(stored)"), in: &db)
        do {
            #expect(try request.run(file("alt/equity_daily/\(other)"), in: &db).outcome.changed > 0 && goes)
        } catch let refusal as BarStore.Refusal {
            #expect(!goes && refusal.change != nil, "\(refusal)")
        }
    }
}
