import JSON
import TestSupport
import Testing

@Suite(.enabled(if: hasBuild, "needs the release build: run make test"))
struct StrategyPreviewTests {
    let server: TestServer

    init() throws { server = try TestServer.shared.get() }

    private func preview(
        _ definition: String = TestStrategy.definition, symbol: String = "TSTA", timeframe: String = "1d",
        from: String = "2016-01-04", to: String = "2016-12-30", _ more: String = ""
    ) throws -> HTTPClient.Answer {
        let body = """
            {"definition":\(definition),"symbol":"\(symbol)","timeframe":"\(timeframe)",\
            "range":{"start_date":"\(from)","end_date":"\(to)"}\(more)}
            """
        return try server.client.send("POST", "/api/strategies/preview", key: server.key, json: body)
    }

    private func times(_ answer: HTTPClient.Answer, _ name: String) -> [String] {
        answer.object?[name]?.objectValue?["times"]?.arrayValue?.compactMap(\.stringValue) ?? []
    }

    @Test func `every trade of a run begins on a bar that the preview showed`() throws {
        let answer = try preview()
        #expect(answer.status == 200, "\(answer.text)")
        let entries = Set(times(answer, "entry"))
        let strategy = try server.strategy("previewed")
        let run = try server.finished(server.backtest(strategy: strategy, from: "2016-01-04", to: "2016-12-30"))
        let trades = try #require(run["trades"]?.arrayValue ?? run["trades"]?.objectValue?["trades"]?.arrayValue)
        #expect(!trades.isEmpty)
        for trade in trades {
            let entry = try #require(trade.objectValue?["entry_time"]?.stringValue)
            #expect(entries.contains(entry), "\(entry)")
        }
        #expect(answer.object?["entry"]?.objectValue?["count"]?.numberValue?.int == entries.count)
        #expect(answer.object?["warm_up_bars"]?.numberValue?.int == 261, "RSI(14) wants 350, stored are 261")
    }

    @Test func `nothing in it tells profit or loss, and nothing is counted as tried`() throws {
        let before = try server.scalar("SELECT count(*) FROM trials WHERE symbol_id IS NOT NULL")
        let answer = try preview(
            TestStrategy.definition.replacing("\"literal\":70", with: "\"literal\":71"), from: "2017-01-02",
            to: "2017-12-29")
        #expect(answer.status == 200)
        #expect(
            answer.object?.names == [
                "symbol", "timeframe", "summary", "first", "last", "bars", "warm_up_bars", "bar_revision", "entry",
                "exit", "overlays", "notices",
            ])
        for word in ["equity", "pnl", "return_pct", "entry_price"] { #expect(!answer.text.contains(word)) }
        let hash = "SELECT count(*) FROM trials WHERE window_start = '2017-01-02' AND window_end = '2017-12-29'"
        #expect(try server.scalar(hash) == 0)
        #expect(try server.scalar("SELECT count(*) FROM trials WHERE symbol_id IS NOT NULL") >= before)
    }

    @Test func `overlays are the indicators of the range, warmed up`() throws {
        let answer = try preview()
        let overlays = try #require(answer.object?["overlays"]?.objectValue)
        let bars = try #require(answer.object?["bars"]?.numberValue?.int)
        #expect(overlays["step"]?.numberValue?.int == 1)
        #expect(overlays["times"]?.arrayValue?.count == bars)
        let lines = try #require(overlays["indicators"]?.arrayValue)
        #expect(lines.compactMap { $0.objectValue?["id"]?.stringValue } == ["fast", "slow", "rsi"])
        for line in lines {
            let values = line.objectValue?["values"]?.arrayValue ?? []
            #expect(values.count == bars && !values.contains(.null))
        }
        #expect(lines.last?.objectValue?["scale"] == "percent")
    }

    @Test func `a long range is thinned and stays below the bound of an answer`() throws {
        let always = #"{"left":{"price":"close"},"op":"gt","right":{"literal":0}}"#
        let definition = """
            {"indicators":[\((2...21).map { #"{"id":"i\#($0)","type":"EMA","params":{"period":\#($0)},"source":"close"}"# }
                .joined(separator: ","))],"entry":{"logic":"AND","conditions":[\(always)]},\
            "exit":{"logic":"AND","conditions":[\(always)]},"risk":{}}
            """
        let answer = try preview(definition, symbol: "TST-USD", timeframe: "1h", from: "2015-01-02", to: "2016-01-11")
        #expect(answer.status == 200, "\(answer.text.prefix(300))")
        #expect(answer.body.count < 900_000)
        let bars = try #require(answer.object?["bars"]?.numberValue?.int)
        let entry = try #require(answer.object?["entry"]?.objectValue)
        #expect(bars == 9_000 && entry["count"]?.numberValue?.int == bars && entry["has_more"] == true)
        #expect(times(answer, "entry").count == 5_000)
        let last = try #require(answer.object?["last"]?.stringValue)
        #expect(times(answer, "entry").last == last)
        let overlays = try #require(answer.object?["overlays"]?.objectValue)
        #expect(overlays["step"]?.numberValue?.int == 8)
        #expect(overlays["times"]?.arrayValue?.last?.stringValue == last)
    }

    @Test(arguments: [
        ("{}", "TSTA", "1d", "2016-01-04", "2016-12-30", "STRATEGY_VALIDATION_ERROR"),
        (TestStrategy.definition, "NONE", "1d", "2016-01-04", "2016-12-30", "VALIDATION_ERROR"),
        (TestStrategy.definition, "TSTA", "1h", "2016-01-04", "2016-12-30", "VALIDATION_ERROR"),
        (TestStrategy.definition, "TSTA", "1d", "2016-12-30", "2016-01-04", "VALIDATION_ERROR"),
        (TestStrategy.definition, "TSTA", "1d", "1990-01-01", "1990-12-31", "BACKTEST_INSUFFICIENT_BARS"),
        (TestStrategy.definition, "TSTA", "1d", "2015-01-02", "2015-01-16", "BACKTEST_INSUFFICIENT_BARS"),
    ])
    func `what cannot be previewed is refused`(
        _ definition: String, _ symbol: String, _ timeframe: String, _ from: String, _ to: String, _ code: String
    ) throws {
        let answer = try preview(definition, symbol: symbol, timeframe: timeframe, from: from, to: to)
        #expect(answer.status == 400 && answer.code == code, "\(answer.text)")
    }

    @Test func `every mistake is told at once`() throws {
        let body =
            #"{"definition":{"risk":{}},"symbol":"?","timeframe":"2h","range":{"start_date":"x","end":1},"more":1}"#
        let answer = try server.client.send("POST", "/api/strategies/preview", key: server.key, json: body)
        let fields =
            answer.object?["field_errors"]?.arrayValue?.compactMap { $0.objectValue?["field"]?.stringValue } ?? []
        #expect(answer.status == 400 && answer.code == "VALIDATION_ERROR")
        for field in [
            "symbol", "timeframe", "range.start_date", "range.end_date", "range.end", "more", "definition.indicators",
        ] { #expect(fields.contains(field), "\(fields)") }
    }

    @Test func `it needs a key`() throws {
        let answer = try server.client.send("POST", "/api/strategies/preview", json: "{}")
        #expect(answer.status == 401)
    }
}
