import Foundation
import JSON
import TestSupport
import Testing

@Suite(.enabled(if: hasBuild, "needs the release build: run make test"))
struct MarketDataTests {
    let server: TestServer

    init() throws { server = try TestServer.shared.get() }

    @Test func `a symbol is found by its ticker in any case`() throws {
        let answer = try server.client.send("GET", "/api/symbols/tsta")
        #expect(answer.status == 200)
        #expect(answer.object?["symbol"] == "TSTA")
        let series = try #require(answer.object?["series"]?.arrayValue?.first?.objectValue)
        #expect(series["bars"]?.numberValue?.int == 1_200)
        #expect(series["first"]?.stringValue == TestBars.daily.times.first)
        #expect(series["last"]?.stringValue == TestBars.daily.times.last)
    }

    @Test func `an unknown symbol answers 404`() throws {
        let answer = try server.client.send("GET", "/api/symbols/NOSUCH")
        #expect(answer.status == 404 && answer.code == "NOT_FOUND")
    }

    @Test func `search ranks the exact ticker first and pages`() throws {
        let answer = try server.client.send("GET", "/api/symbols/search?q=tst&limit=1")
        #expect(answer.object?["symbols"]?.arrayValue?.count == 1)
        #expect(answer.object?["has_more"] == true)
        let exact = try server.client.send("GET", "/api/symbols/search?q=TSTA")
        #expect(exact.object?["symbols"]?.arrayValue?.first?.objectValue?["symbol"] == "TSTA")
        let coins = try server.client.send("GET", "/api/symbols/search?asset_type=CRYPTO")
        #expect(coins.object?["symbols"]?.arrayValue?.allSatisfy { $0.objectValue?["asset_type"] == "CRYPTO" } == true)
    }

    @Test func `candles come back as they were imported`() throws {
        let answer = try server.client.send("GET", "/api/market-data/equities/candles?symbol=TSTA")
        let bars = try #require(answer.json?.arrayValue)
        #expect(bars.count == 1_200)
        #expect(answer["X-Has-More"] == "false")
        for (bar, (time, row)) in zip(bars, zip(TestBars.daily.times, TestBars.daily.rows)) {
            let object = try #require(bar.objectValue)
            #expect(object["date"]?.stringValue == time)
            #expect(object["open"]?.numberValue?.double == row.open)
            #expect(object["high"]?.numberValue?.double == row.high)
            #expect(object["low"]?.numberValue?.double == row.low)
            #expect(object["close"]?.numberValue?.double == row.close)
            #expect(object["volume"]?.numberValue?.double == Double(row.volume))
        }
    }

    @Test(arguments: ["symbol=TSTA", "symbol=TSTA&limit=7", "symbol=TSTA&start=\(TestBars.daily.times[100])&limit=900"])
    func `columns are the bars of the rows`(_ query: String) throws {
        let rows = try server.client.send("GET", "/api/market-data/equities/candles?\(query)")
        let answer = try server.client.send("GET", "/api/market-data/equities/candles?\(query)&format=columns")
        let columns = try #require(answer.object)
        #expect(answer["X-Has-More"] == rows["X-Has-More"])
        #expect(columns["bars_per_point"] == 1)
        func numbers(_ name: String) throws -> [Double] {
            try #require(columns[name]?.arrayValue).compactMap { $0.numberValue?.double }
        }
        func unit(_ name: String) throws -> Double { try pow(10, #require(columns[name]?.numberValue?.double)) }
        let (price, volume) = try (unit("price_decimals"), unit("volume_decimals"))
        #expect(price == 100)
        var place = 0.0
        let times = try numbers("bars_since_1970").map { step -> Double in
            place += step
            return place
        }
        let bars = try #require(rows.json?.arrayValue)
        #expect(times.count == bars.count)
        for name in ["open", "high", "low", "close"] {
            #expect(try numbers(name).map { $0 / price } == bars.map { $0.objectValue?[name]?.numberValue?.double })
        }
        let volumes = bars.map { $0.objectValue?["volume"]?.numberValue?.double }
        #expect(try numbers("volume").map { $0 / volume } == volumes)
        let days = times.map { Date(timeIntervalSince1970: $0 * 86_400).ISO8601Format().prefix(10) }
        #expect(days == bars.map { $0.objectValue?["date"]?.stringValue?.prefix(10) })
    }

    @Test func `columns of fewer points have the extremes of the bars between`() throws {
        let path = "/api/market-data/crypto/candles?symbol=TST-USD&interval=1h&format=columns"
        let whole = try #require(server.client.send("GET", path).object)
        let points = try #require(server.client.send("GET", path + "&max_points=100").object)
        func numbers(_ object: Object, _ name: String) throws -> [Double] {
            let unit = try pow(10, #require(object["price_decimals"]?.numberValue?.double))
            return try #require(object[name]?.arrayValue).compactMap { $0.numberValue?.double }.map { $0 / unit }
        }
        let count = try numbers(points, "close").count
        #expect(count <= 100 && count > 50)
        #expect(try numbers(points, "high").max() == numbers(whole, "high").max())
        #expect(try numbers(points, "low").min() == numbers(whole, "low").min())
        #expect(try numbers(points, "open").first == numbers(whole, "open").first)
        #expect(try numbers(points, "close").last == numbers(whole, "close").last)
    }

    private func times(_ query: String) throws -> (times: [String], more: String?) {
        let path = query.contains("TST-USD") ? "crypto" : "equities"
        let answer = try server.client.send("GET", "/api/market-data/\(path)/candles?\(query)")
        let bars = try #require(answer.json?.arrayValue, "\(answer.text)")
        return (
            bars.compactMap { ($0.objectValue?["date"] ?? $0.objectValue?["timestamp"])?.stringValue },
            answer["X-Has-More"]
        )
    }

    @Test func `without a start the newest bars are taken, in the asked order`() throws {
        let expected = Array(TestBars.daily.times.suffix(5))
        #expect(try times("symbol=TSTA&limit=5") == (expected, "true"))
        #expect(try times("symbol=TSTA&limit=5&order=desc") == (expected.reversed(), "true"))
    }

    @Test func `with a start the first bars from it are taken, in the asked order`() throws {
        let all = TestBars.daily.times, expected = Array(all[100..<105])
        #expect(try times("symbol=TSTA&start=\(all[100])&limit=5") == (expected, "true"))
        #expect(try times("symbol=TSTA&start=\(all[100])&limit=5&order=desc") == (expected.reversed(), "true"))
        #expect(try times("symbol=TSTA&start=\(all[1_198])&limit=5") == (Array(all[1_198...]), "false"))
    }

    @Test func `a day as end includes its last hour`() throws {
        let hours = try times("symbol=TST-USD&interval=1h&start=2015-02-01&end=2015-02-01")
        #expect(hours.times.count == 24)
        #expect(hours.times.last == "2015-02-01T23:00:00Z")
    }

    @Test(arguments: [
        "symbol=TSTA&start=2015-13-01", "symbol=TSTA&start=2016-01-02&end=2016-01-01", "symbol=TSTA&limit=5001",
        "symbol=TSTA&order=up", "symbol=", "limit=5", "symbol=TST-USD&x=1", "symbol=TSTA&max_points=10",
        "symbol=TSTA&format=columns&limit=100001", "symbol=TSTA&format=columns&order=desc", "symbol=TSTA&format=table",
    ])
    func `a bad query is refused by its field`(_ query: String) throws {
        let answer = try server.client.send("GET", "/api/market-data/equities/candles?\(query)")
        #expect(answer.status == 400 && answer.code == "VALIDATION_ERROR", "\(answer.text)")
        #expect(answer.object?["field_errors"]?.arrayValue?.isEmpty == false)
    }

    @Test func `a coin asked for as a stock is refused with the right address`() throws {
        let answer = try server.client.send("GET", "/api/market-data/equities/candles?symbol=TST-USD")
        #expect(answer.status == 400)
        #expect(answer.object?["detail"]?.stringValue?.contains("/api/market-data/crypto/candles") == true)
    }

    @Test(arguments: [
        "/api/market-data/equities/candles?symbol=TSTA&limit=3", "/api/symbols/TSTA", "/api/symbols/search?q=tst",
    ])
    func `what has not changed is not sent twice`(_ path: String) throws {
        let first = try server.client.send("GET", path)
        let tag = try #require(first["ETag"])
        let second = try server.client.send("GET", path, fields: [("If-None-Match", tag)])
        #expect(second.status == 304 && second.body.isEmpty)
        #expect(first["Cache-Control"]?.contains("max-age=60") == true)
        // With a key nginx does not answer by itself; compressed, the tag has become a weak one.
        let third = try server.client.send(
            "GET", path, fields: [("If-None-Match", "W/" + tag), ("Authorization", "Bearer " + server.key)])
        #expect(third.status == 304 && third.body.isEmpty)
    }

    @Test func `everything wrong with a query is told at once`() throws {
        let answer = try server.client.send(
            "GET", "/api/market-data/equities/candles?symbol=A%20B&limit=0&interval=1d&order=asc&order=desc")
        let fields = answer.object?["field_errors"]?.arrayValue?.compactMap { $0.objectValue?["field"]?.stringValue }
        #expect(answer.status == 400)
        #expect(fields == ["interval", "order", "symbol", "limit"])
    }

    @Test func `a HEAD does not poison the cached GET`() throws {
        let path = "/api/market-data/equities/candles?symbol=TSTA&limit=7"
        #expect(try server.client.send("HEAD", path).body.isEmpty)
        #expect(try server.client.send("GET", path).json?.arrayValue?.count == 7)
        #expect(try server.client.send("GET", path).json?.arrayValue?.count == 7)
    }
}
