import Foundation
import JSON
import TestSupport
import Testing

@Suite(.enabled(if: hasBuild, "needs the release build: run make test"))
struct BacktestExportTests {
    let server: TestServer

    init() throws { server = try TestServer.shared.get() }

    private func export(_ run: Object, _ file: String, key: String? = nil) throws -> HTTPClient.Answer {
        try server.client.send(
            "GET", "/api/backtests/\(run["id"]?.stringValue ?? "")/\(file)", key: key ?? server.key)
    }

    @Test func `trades and equity are exported whole`() throws {
        let run = try server.finished(server.backtest(strategy: server.strategy("exported")))
        let count = try #require(run["results"]?.objectValue?["num_trades"]?.numberValue?.int)
        let trades = try export(run, "trades.csv")
        #expect(trades.status == 200 && trades["Content-Type"] == "text/csv; charset=utf-8")
        let days = "\(TestBars.daily.times.first!)-\(TestBars.daily.times.last!)"
        #expect(trades["Content-Disposition"] == "attachment; filename=\"tsta-1d-\(days)-exported-v1-trades.csv\"")
        #expect(trades["Cache-Control"] == "no-store")
        let lines = trades.text.components(separatedBy: "\r\n")
        #expect(lines.count == count + 2 && lines.last?.isEmpty == true)
        #expect(lines.first?.hasPrefix("trade_no,symbol,entry_time,") == true)
        #expect(lines[1].hasPrefix("1,TSTA,20"))
        let equity = try export(run, "equity.csv?columns=all").text.components(separatedBy: "\r\n")
        #expect(equity.count == TestBars.daily.rows.count + 2)
        #expect(equity[1] == "\(TestBars.daily.times[0]),10000,10000,0")
    }

    @Test func `the report holds what the run was made of`() throws {
        let times = TestBars.daily.times
        let run = try server.finished(
            server.backtest(strategy: server.strategy("reported"), from: times[600], to: times[1_199]))
        let report = try #require(try export(run, "report.json").object)
        #expect(report["result_hash"] == run["result_hash"] && report["content_hash"] == run["content_hash"])
        #expect(report["definition"] == (try parse(Array(TestStrategy.definition.utf8))))
        #expect(report["trades"]?.arrayValue?.count == run["results"]?.objectValue?["num_trades"]?.numberValue?.int)
        let bars = try #require(report["bars"]?.objectValue)
        #expect(bars["state"] == "match")
        let first = try #require(bars["first_tradable"]?.numberValue?.int)
        let labels = bars["time"]?.arrayValue?.compactMap(\.stringValue) ?? []
        // RSI(14) warms up longest: 25 periods.
        #expect(first == 350 && labels == Array(times[250...1_199]))
        for (name, column) in [("open", TestBars.daily.rows.map(\.open)), ("close", TestBars.daily.rows.map(\.close))] {
            let values = bars[name]?.arrayValue?.compactMap { $0.numberValue?.double }
            #expect(values == Array(column[250...1_199]), "\(name)")
        }
        #expect(report["equity"]?.objectValue?["equity"]?.arrayValue?.count == 600)
    }

    @Test func `a report is verified from the command line, and a changed one is found out`() throws {
        let times = TestBars.daily.times
        let run = try server.finished(
            server.backtest(strategy: server.strategy("verified offline"), from: times[600], to: times[1_199]))
        let text = try export(run, "report.json").text
        let folder = try TemporaryFolder()
        func verify(_ text: String) throws -> (status: Int32, output: String, errors: String) {
            let path = folder.path + "/report.json"
            try text.write(toFile: path, atomically: true, encoding: .utf8)
            return try TestServer.run(["verify", path])
        }
        let good = try verify(text)
        #expect(good.status == 0 && good.output.contains("match"), "\(good.output) \(good.errors)")
        let hash = try #require(run["result_hash"]?.stringValue)
        let forged = try verify(text.replacing(hash, with: String(hash.reversed())))
        #expect(forged.status == 1 && forged.output.contains("DIFFERENT"), "\(forged.output)")
        let broken = try verify(text.replacing("\"first_tradable\":350", with: "\"first_tradable\":-1"))
        #expect(broken.status == 65 && broken.errors.contains("bars.first_tradable"), "\(broken.errors)")
        #expect(try verify("{}").status == 65)
    }

    @Test func `a report of thousands of hours comes whole`() throws {
        let strategy = try server.strategy("large", assetType: "CRYPTO", timeframe: "1h")
        let run = try server.finished(
            server.backtest(
                strategy: strategy, symbol: "TST-USD", timeframe: "1h", from: "2015-01-02", to: "2016-12-31"))
        let answer = try export(run, "report.json")
        #expect(answer.body.count > 800_000)
        #expect(answer.object?["bars"]?.objectValue?["close"]?.arrayValue?.count == TestBars.hourly.rows.count)
    }

    @Test func `after a correction the report says so and holds no bars`() throws {
        let file = TestBars.daily.csv.split(separator: "\n").prefix(301).joined(separator: "\n") + "\n"
        let folder = try TemporaryFolder()
        func load(_ text: String) throws {
            try text.write(toFile: folder.path + "/b.csv", atomically: true, encoding: .utf8)
            try server.command(
                "import", "--symbol", "TSTC", "--asset-type", "EQUITY", "--timeframe", "1d", folder.path + "/b.csv")
        }
        try load(file)
        let run = try server.finished(server.backtest(strategy: server.strategy("corrected"), symbol: "TSTC"))
        #expect(try export(run, "report.json").object?["bars"]?.objectValue?["state"] == "match")
        let lines = file.split(separator: "\n")
        let cells = lines[100].split(separator: ",")
        let high = (Double(cells[2]) ?? 0) + 1
        try load(
            file.replacing(lines[100], with: "\(cells[0]),\(cells[1]),\(high),\(cells[3]),\(cells[4]),\(cells[5])"))
        let bars = try #require(try export(run, "report.json").object?["bars"]?.objectValue)
        #expect(bars["state"] == "INPUT_CHANGED" && bars["close"] == nil)
        #expect(bars["stored_revision"] != run["bar_revision"])
    }

    @Test(arguments: ["trades.csv", "equity.csv", "report.json"])
    func `other people's runs are not exported, and there are no other files`(_ file: String) throws {
        let run = try server.finished(server.backtest(strategy: server.strategy("not for export \(file)")))
        let peek = try export(run, file, key: server.strangersKey)
        #expect(peek.status == 404 && peek.code == "BACKTEST_NOT_FOUND")
        let id = run["id"]?.stringValue ?? ""
        let nothing = try server.client.send("GET", "/api/backtests/\(id)/other.csv", key: server.key)
        #expect(nothing.status == 404 && nothing.code == "NOT_FOUND")
    }
}
