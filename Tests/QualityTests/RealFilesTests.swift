import Foundation
import Market
import Testing

@testable import Quality

/// The faults that real files are known to have, where a folder of them is at hand.
@Suite(.enabled(if: sharedData != nil, noSharedData)) struct RealFilesTests {
    /// What stands of a file under a check; none when nothing is known.
    struct Known: Sendable {
        let file: String
        let check: Finding.Check
        let told: [String]

        init(_ file: String, _ check: Finding.Check, _ told: String...) {
            (self.file, self.check, self.told) = (file, check, told)
        }

        var kind: Kind { file.contains("equity") ? .sessions : file.contains("daily") ? .days : .hours }
    }

    private static let holeOfMarch = "warning 2019-03-20..2019-03-31 12"

    @Test(arguments: [
        Known("crypto_daily/BTC-USD.csv", .gap, holeOfMarch), Known("crypto_daily/ETH-USD.csv", .gap, holeOfMarch),
        Known("alt/crypto_daily/LTC-USD.bitstamp.csv", .gap, holeOfMarch),
        Known(
            "crypto_hourly/BTC-USD.csv", .gap, "info 2017-09-22T20:00:00Z..2017-09-22T23:00:00Z 4",
            "info 2017-11-05T05:00:00Z..2017-11-05T05:00:00Z 1"),
        Known("crypto_hourly/BTC-USD.csv", .stale, "warning 2018-08-10T01:00:00Z..2018-08-10T15:00:00Z 15"),
        Known("crypto_daily/BTC-USD.csv", .zeroVolume, "info 2014-12-05..2018-10-16 38"),
        Known(
            "crypto_daily/BTC-USD.csv", .stale, "warning 2014-12-13..2014-12-17 5", "warning 2014-12-19..2015-01-07 20"),
        Known("alt/crypto_daily/BTC-USD.lean-coinbase.csv", .coverage, "warning 2014-12-05..2015-01-18 34"),
        // Real, in a thin market, and told all the same: it fell and came back.
        Known("alt/crypto_daily/BTC-USD.bitstamp.csv", .badTick, "warning 2015-01-14..2015-01-14 1"),
        Known(
            "crypto_daily/BTC-USD.csv", .badTick, "warning 2015-01-14..2015-01-14 1", "warning 2017-04-15..2017-04-15 1"
        ),
        Known(
            "alt/equity_daily/GOOG.lean-raw.csv", .badTick, "warning 2007-12-18..2007-12-18 1",
            "warning 2008-09-30..2008-09-30 1"),
        Known("alt/equity_daily/GOOG.quandl-wiki-raw.csv", .badTick),
        Known(
            "alt/equity_daily/AAPL.lean-raw.csv", .splitSuspect, "warning 2005-02-28..2005-02-28 1",
            "error 2014-06-09..2014-06-09 1", "error 2020-08-31..2020-08-31 1"),
        Known(
            "alt/equity_daily/AAPL.quandl-wiki-raw.csv", .splitSuspect, "warning 2000-06-21..2000-06-21 1",
            "warning 2005-02-28..2005-02-28 1"),
        // A true fall.
        Known("alt/equity_daily/AAPL.quandl-wiki-raw.csv", .spike, "info 2000-09-29..2000-09-29 1"),
        Known("equity_daily/IBM.csv", .splitSuspect, "error 1999-05-27..1999-05-27 1"),
        Known("equity_daily/BAC.csv", .splitSuspect, "warning 2004-08-30..2004-08-30 1"),
        Known("equity_daily/IWM.csv", .splitSuspect, "error 2005-06-09..2005-06-09 1"),
        Known("alt/equity_daily/GOOG.lean-raw.csv", .splitSuspect, "error 2014-04-03..2014-04-03 1"),
        Known(
            "alt/equity_daily/FB.lean-raw-ticker-reuse.csv", .identity, "error 2003-03-31..2012-05-17 2302"),
        Known(
            "alt/equity_daily/QQQ.lean-raw-ticker-rename-hole.csv", .identity, "error 2004-12-01..2011-03-22 1588"),
        Known("alt/equity_daily/QQQ.lean-raw-ticker-rename-hole.csv", .coverage, "error 2004-12-01..2011-03-22 1588"),
        Known(
            "equity_daily/MSFT.csv", .gap, "info 1998-10-29..1998-10-29 1", "info 1999-11-16..1999-11-16 1"),
        Known("equity_daily/MSFT.csv", .zeroVolume, "info 2010-04-26..2010-04-26 1"),
        Known(
            "alt/crypto_daily/BTC-USD.yahoo-2020-2021.csv", .gap, "info 2020-04-17..2020-04-17 1",
            "info 2020-10-09..2020-10-09 1", "info 2020-10-12..2020-10-13 2"),
        Known("equity_daily/NFLX.csv", .spike, "info 2013-01-24..2013-01-24 1", "info 2022-04-20..2022-04-20 1"),
    ])
    func `a known fault is found`(_ known: Known) throws {
        let inspection = try known.kind.inspect(real(known.file))
        #expect(inspection.told(known.check, known.kind.timeframe) == known.told)
    }

    @Test(arguments: [
        "AAPL", "AMZN", "GOOG", "META", "NVDA", "SPY",
    ])
    func `a sound file has no findings`(_ symbol: String) throws {
        #expect(try Kind.sessions.inspect(real("equity_daily/\(symbol).csv")).findings == [])
    }

    @Test(arguments: ["BTC", "ETH", "LTC"])
    func `hours whose labels were corrected agree with the days`(_ coin: String) throws {
        let hours = try real("crypto_hourly/\(coin)-USD.csv"), days = try real("crypto_daily/\(coin)-USD.csv")
        #expect(HourlyAgainstDaily.findings(hours: hours, days: days) == [])
    }

    @Test func `hours as the vendor labelled them are found to be New York's`() throws {
        let found = HourlyAgainstDaily.findings(
            hours: try vendorsHours("Coinbase_BTCUSD_1h.csv"), days: try real("crypto_daily/BTC-USD.csv"))
        #expect(found.map(\.check) == [.timeZoneSlip, .timeZoneSlip])
        #expect(found.map { $0.detail.contains("4 hours too early") } == [true, false])
        #expect(found.map { $0.detail.contains("5 hours too early") } == [false, true])
        #expect(found.map { $0.told(.day) } == ["error 2017-09-23..2017-11-04 43", "error 2017-11-05..2017-11-11 7"])
    }

    /// A banner, a header, then rows such as `2017-10-17 09-AM,BTCUSD,open,high,low,close,...`, newest first. Of two rows
    /// with one label the first of the file counts.
    private func vendorsHours(_ name: String) throws -> CandleSeries {
        let text = try String(contentsOfFile: "\(sharedData!)/raw/cryptodatadownload-2019/\(name)", encoding: .utf8)
        var bars: [Int64: Bar] = [:]
        for line in text.split(whereSeparator: \.isNewline).dropFirst(2) {
            let cells = line.split(separator: ",").map(String.init)
            let words = cells[0].split { $0 == " " || $0 == "-" }.map(String.init)
            let day = try #require(CalendarDay(words[0...2].joined(separator: "-")))
            let hour = try #require(Int(words[3])) % 12 + (words[4] == "PM" ? 12 : 0)
            let prices = try cells[2...5].map { try #require(Double($0)) }
            let time = day.start.microseconds + Int64(hour) * Timeframe.hour.microseconds
            if bars[time] == nil { bars[time] = Bar(prices[3], open: prices[0], high: prices[1], low: prices[2]) }
        }
        return CandleSeries(bars.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
    }

    @Test func `volume columns that a vendor swapped are found`() throws {
        let text = try String(
            contentsOfFile: "\(sharedData!)/raw/cryptodatadownload-2022/BTC_USD-Hourly.csv", encoding: .utf8)
        var bars: [(Int64, Bar)] = []
        for line in text.split(whereSeparator: \.isNewline).dropFirst() {
            let cells = line.split(separator: ",").map(String.init)
            guard let seconds = Int64(cells[0]) else { continue }
            let numbers = try cells[3...7].map { try #require(Double($0)) }
            bars.append(
                (
                    seconds * 1_000_000,
                    Bar(numbers[3], open: numbers[0], high: numbers[1], low: numbers[2], volume: numbers[4])
                ))
        }
        let series = CandleSeries(bars.sorted { $0.0 < $1.0 })
        // From block to block of 48 hours: 2018-05-15T06 to 2019-03-03T00, and 2019-04-13T17 to 2020-10-12T08.
        #expect(
            Kind.hours.inspect(series).told(.volumeUnit, .hour) == [
                "warning 2018-05-15T06:00:00Z..2019-03-03T05:00:00Z 7008",
                "warning 2019-04-14T06:00:00Z..2020-10-13T05:00:00Z 13152",
            ])
    }
}
