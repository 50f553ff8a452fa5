import JSON
import Market
import PriceFiles
import Quality
import TestSupport
import Testing

@testable import App

/// The parts of an upload that need no database, and the findings that an operator judges.
@Suite struct UploadPartsTests {
    private static func bars(_ range: Range<Int>) -> CandleSeries {
        var bars = CandleSeries()
        for index in range {
            let price = Double(index + 1)
            bars.append(
                time: Int64(index) * Timeframe.day.microseconds, open: price, high: price + 0.5, low: price - 0.5,
                close: price + 0.25, volume: 1)
        }
        return bars
    }

    @Test(arguments: [1, 5, 399, 400, 401, 799, 800, 801, 10_000], [1, 7, 4_096])
    func `a sample is bounded, and true to all bars`(_ count: Int, _ stretch: Int) {
        var sample = BarSample()
        for start in stride(from: 0, to: count, by: stretch) {
            sample.add(Self.bars(start..<min(count, start + stretch)))
        }
        let points = sample.points
        #expect(points.count <= BarSample.points && points.count * 2 >= min(count, BarSample.points))
        #expect(points.count == (count + sample.barsPerPoint - 1) / sample.barsPerPoint)
        #expect(points.reduce(0) { $0 + $1.volume } == Double(count))
        for (index, point) in points.enumerated() {
            let first = index * sample.barsPerPoint, last = min(count, first + sample.barsPerPoint) - 1
            #expect(point.time == Int64(first) * Timeframe.day.microseconds)
            #expect([point.open, point.low] == [Double(first + 1), Double(first) + 0.5])
            #expect([point.high, point.close] == [Double(last) + 1.5, Double(last) + 1.25])
        }
        #expect(sample.first.map(\.open) == (1...min(5, count)).map(Double.init))
        #expect(sample.last.map(\.open) == (max(1, count - 4)...count).map(Double.init))
    }

    @Test(arguments: [
        ("say --date-order day-first or month-first", "say date_order day-first or month-first"),
        ("--replace puts these", "replace puts these"), ("(--timeframe 1d takes them)", "(timeframe 1d takes them)"),
        ("a -- b, --", "a -- b, --"), ("two--words", "two--words"), ("", ""), ("é --zone.", "é zone."),
    ])
    func `options in messages are called as the API calls them`(_ told: String, _ shown: String) {
        #expect(Members.named(in: told) == shown)
    }

    @Test func `a job is told every option`() throws {
        let options = ImportOptions(
            symbol: "ABC-USD", ticker: "ABC", format: .kraken, dateOrder: .dayFirst, decimalMark: .comma,
            zone: Zone.named("Europe/Berlin"), assetType: .crypto, timeframe: .hour, name: "A", exchange: "B",
            currency: "EUR", provider: "P", adjustment: .total, replaces: true, skipsInvalid: true)
        let told = ImportOptions(json: options.json)
        #expect(told.json == options.json && options.json.count == 15)
        #expect(told.zone == options.zone)
        #expect(ImportOptions(json: ImportOptions().json).json == ImportOptions().json)
    }

    @Test func `a refusal asks by a name that an option has`() {
        let names = Set(
            ImportOptions.field(.query).parts.map(\.name))
        for option in ReadingOption.allCases { #expect(ImportRefusal.ImportOption(rawValue: option.rawValue) != nil) }
        for option in ImportRefusal.ImportOption.allCases { #expect(names.contains(option.rawValue)) }
    }

    @Test func `an operator judges findings`() throws {
        let desk = try UploadDesk()
        let lines = (0..<300).filter { $0 != 10 }.map {
            "\(CalendarDay(daysSinceEpoch: 18_262 + $0)!),1,2,1,1.\($0 % 10),\($0 + 1)\n"
        }
        let made = try desk.upload(UploadDesk.header + lines.joined(), "symbol=GAP-USD")
        _ = try desk.work(desk.confirm(made.id, ["symbol": "GAP-USD"]).id)
        var db = try desk.installation.database.connect()
        let symbol = try #require(try BarChecks.symbols("GAP-USD", in: &db).first)
        let finding = try #require(try BarChecks.check(symbol: symbol, always: true, in: &db).first?.findings.first)
        let item = "/api/market-data/findings/\(finding.id)"
        let dismissed = try desk.send("POST", item + "/dismiss")
        #expect(dismissed.member("is_dismissed") == true && dismissed.member("check")?.stringValue == finding.check)
        #expect(try desk.send("POST", item + "/dismiss").status == 200, "again changes nothing")
        #expect(try desk.send("POST", item + "/restore").member("is_dismissed") == false)
        #expect(try desk.send("POST", item + "/dismiss", key: desk.stranger("user")).status == 403)
        #expect(try desk.send("POST", "/api/market-data/findings/999999/restore").status == 404)
        #expect(try desk.send("POST", "/api/market-data/findings/none/restore").status == 400)
        let told = try desk.installation.events().filter { $0.type.hasPrefix("finding.") }
        #expect(told.map(\.type) == ["finding.dismissed", "finding.dismissed", "finding.restored"])
        #expect(told.last?.payload["finding"]?.numberValue?.int == finding.id)
    }
}
