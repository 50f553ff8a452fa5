import JSON
import TestSupport
import Testing

/// The watchlist and the summary that shows it, through nginx and several responders.
@Suite(.enabled(if: hasBuild, "needs the release build: run make test"))
struct WatchlistTests {
    /// One of their own: what is on the list is asked for exactly.
    private static let server = Result { try TestServer() }

    let server: TestServer

    init() throws { server = try Self.server.get() }

    private func put(_ body: String, key: String? = nil) throws -> HTTPClient.Answer {
        try server.client.send("PUT", "/api/me/watchlist", key: key ?? server.key, json: body)
    }

    private func summary(_ part: String, key: String? = nil) throws -> Object? {
        let answer = try server.client.send("GET", "/api/dashboard/summary", key: key ?? server.key)
        #expect(answer.status == 200 && answer["Cache-Control"] == "no-store", "\(answer.text)")
        let part = answer.object?[part]?.objectValue
        #expect(part?["error"] == .null)
        return part?["data"]?.objectValue
    }

    private static func symbols(_ list: Object?) -> [String] {
        (list?["symbols"]?.arrayValue ?? []).compactMap { $0.objectValue?["symbol"]?.stringValue }
    }

    @Test func `a list shows the stored prices, for its owner alone, here and on the first page`() throws {
        let put = try put(#"{"symbols":["tst-usd","TSTA"]}"#)
        #expect(put.status == 200 && Self.symbols(put.object) == ["TST-USD", "TSTA"], "\(put.text)")
        let got = try server.client.send("GET", "/api/me/watchlist", key: server.key)
        #expect(got.object == put.object)
        #expect(try summary("watchlist") == put.object)
        let daily = got.object?["symbols"]?.arrayValue?.last?.objectValue
        let closes = TestBars.daily.rows.suffix(30).map(\.close)
        #expect(daily?["spark"]?.arrayValue?.compactMap { $0.numberValue?.double } == closes)
        #expect(daily?["as_of"]?.stringValue == TestBars.daily.times.last)
        #expect(daily?["last"]?.numberValue?.double == closes[29])
        #expect(daily?["previous"]?.numberValue?.double == closes[28])
        #expect(daily?["change_pct"]?.numberValue?.double == (closes[29] / closes[0] - 1) * 100)
        // Of a coin with both, days.
        #expect(got.object?["symbols"]?.arrayValue?.first?.objectValue?["interval"] == "1d")
        let strangers = try server.client.send("GET", "/api/me/watchlist", key: server.strangersKey)
        #expect(strangers.status == 200 && Self.symbols(strangers.object) == [])
        #expect(try summary("watchlist", key: server.strangersKey) == ["symbols": []])
        #expect(try self.put(#"{"symbols":[]}"#, key: server.strangersKey).status == 200)
        #expect(Self.symbols(try server.client.send("GET", "/api/me/watchlist", key: server.key).object).count == 2)

        // Bodies that mean harm change nothing of it.
        for body in [
            "", "[]", "{", "null", #"{"symbols":{}}"#, #"{"symbols":["TSTA","TSTA"]}"#, #"{"symbols":["NO-SUCH"]}"#,
            #"{"symbols":["TSTA"],"symbols":[]}"#, #"{"symbols":["TSTA\u0000"]}"#, #"{"symbols":["\ud800"]}"#,
            "{\"symbols\":[\(String(repeating: "\"TSTA\",", count: 20_000))\"TSTA\"]}",
            "{\"symbols\":\(String(repeating: "[", count: 1_000))\(String(repeating: "]", count: 1_000))}",
        ] {
            let refused = try self.put(body)
            #expect(refused.status == 400 && refused.code == "VALIDATION_ERROR", "\(body.prefix(60)): \(refused.text)")
        }
        let large = try self.put("{\"symbols\":[\"\(String(repeating: "x", count: 300_000))\"]}")
        #expect(large.status == 413)
        #expect(try server.client.send("GET", "/api/me/watchlist", key: server.key).object == put.object)
    }

    @Test func `a strategy on the first page tells what became of its newest run`() throws {
        let id = try server.strategy("on the first page")
        func shown() throws -> Object? {
            try summary("strategies")?["strategies"]?.arrayValue?.compactMap(\.objectValue).first {
                $0["id"]?.stringValue == id
            }
        }
        #expect(try shown()?["last_run"] == .null)
        let run = try server.finished(server.backtest(strategy: id))
        let last = try shown()?["last_run"]?.objectValue
        #expect(last?["id"] == run["id"] && last?["status"] == "completed" && last?["symbol"] == "TSTA")
        #expect(last?["total_return_pct"] == run["results"]?.objectValue?["total_return_pct"])
        let listed = try server.client.send("GET", "/api/backtests?limit=5", key: server.key).object
        #expect(try summary("backtests") == listed && listed?["backtests"]?.arrayValue?.isEmpty == false)
        let checklist = try summary("checklist")
        #expect(checklist?["strategies"] == 1 && checklist?["backtests"] == 1)
        #expect(try summary("strategies")?["total"] == 1)
        #expect(try summary("strategies", key: server.strangersKey) == ["strategies": [], "total": 0])
    }
}
