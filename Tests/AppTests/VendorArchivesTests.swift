import Foundation
import Market
import PriceFiles
import Testing

@testable import App

/// Archives as vendors ship them, where a folder of them is at hand: `BITSTOCKERZ_SHARED_DATA` names one with `raw/`.
@Suite struct VendorArchivesTests {
    private static let folder = ProcessInfo.processInfo.environment["BITSTOCKERZ_SHARED_DATA"]

    struct Case: Sendable {
        let file: String
        var ticker: String?
        let kind: String, bars: Int
        let first: String, last: String
        /// Close of the first bar.
        let close: Double
    }

    static let cases = [
        Case(
            file: "lean/crypto/bitfinex/hour/btcusd_trade.zip", kind: "CRYPTO 1h", bars: 733,
            first: "2013-10-01T00:00:00Z", last: "2013-10-31T21:00:00Z", close: 126.49),
        Case(
            file: "lean/crypto/coinbase/daily/btcusd_trade.zip", kind: "CRYPTO 1d", bars: 1318,
            first: "2014-12-01T00:00:00Z", last: "2018-08-13T00:00:00Z", close: 370),
        Case(
            file: "lean/equity/usa/daily/aapl.zip", kind: "EQUITY 1d", bars: 5849, first: "1998-01-02T00:00:00Z",
            last: "2021-03-31T00:00:00Z", close: 16.25),
        Case(
            file: "lean/equity/usa/daily/spy.zip", kind: "EQUITY 1d", bars: 5849, first: "1998-01-02T00:00:00Z",
            last: "2021-03-31T00:00:00Z", close: 97.36),
        Case(
            file: "quandl-wiki-bokeh/stocks.csv.gz", ticker: "FB", kind: "EQUITY 1d", bars: 196,
            first: "2012-05-18T00:00:00Z", last: "2013-03-01T00:00:00Z", close: 38.2318),
        Case(
            file: "stooq-kaggle/msft.tar.gz", kind: "EQUITY 1d", bars: 7983, first: "1986-03-13T00:00:00Z",
            last: "2017-11-10T00:00:00Z", close: 0.07533),
    ]

    @Test(
        .enabled(if: folder != nil, "BITSTOCKERZ_SHARED_DATA names no folder with files of vendors"), arguments: cases)
    func `is read`(_ one: Case) throws {
        var options = ReadingOptions()
        options.ticker = one.ticker
        let file = try PriceFile(FileBytes("\(Self.folder!)/raw/\(one.file)"), name: "f", options: options)
        let (bars, report) = try file.bars()
        #expect(report.refused == [])
        #expect("\(file.understood.assetType.rawValue) \(file.understood.timeframe.rawValue)" == one.kind)
        #expect(bars.count == one.bars && bars.close.first == one.close)
        let ends = [bars.times.first, bars.times.last].map { Instant(microseconds: $0 ?? 0).textInSeconds }
        #expect(ends == [one.first, one.last])
    }

    /// What is no archive is read in PriceFilesTests.
    @Test(.enabled(if: folder != nil, "BITSTOCKERZ_SHARED_DATA names no folder with files of vendors"))
    func `no archive is forgotten`() throws {
        let files = try FileManager.default.subpathsOfDirectory(atPath: "\(Self.folder!)/raw")
        let archives = files.filter { !["", "csv"].contains(URL(fileURLWithPath: $0).pathExtension) }
        #expect(Set(archives) == Set(Self.cases.map(\.file)))
    }
}
