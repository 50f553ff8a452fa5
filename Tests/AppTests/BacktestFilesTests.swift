import JSON
import Market
import TestSupport
import Testing

@testable import App

/// The files of a run of "old" on OLD-USD, and what is said where there are too few bars for one.
struct BacktestFilesTests {
    private let run: CompletedRun

    init() throws { run = try CompletedRun() }

    private func lines(_ address: String) throws -> [[String]] {
        let answer = try run.user.send("GET", run.path + "/" + address)
        #expect(answer.status == 200, "\(answer.text)")
        return answer.text.split(separator: "\r\n").map { line in
            line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
    }

    @Test func `the curve stands beside holding and how far it was below its peak`() throws {
        let table = try lines("equity.csv?columns=all"), results = try #require(try run.told()["results"]?.objectValue)
        #expect(table.first == ["time", "equity", "holding", "drawdown_pct"] && table.count == 101)
        let rows = table.dropFirst().map { $0.dropFirst().compactMap(Double.init) }
        #expect(rows.allSatisfy { $0.count == 3 } && rows.first == [10_000, 10_000, 0])
        func figure(_ name: String) -> Double { results[name]?.numberValue?.double ?? .nan }
        let last = try #require(rows.last), deepest = rows.map { $0[2] }.max() ?? .nan
        #expect(abs(last[1] - 10_000 * (1 + figure("benchmark_return_pct") / 100)) < 0.01)
        #expect(abs(deepest - figure("max_drawdown_pct")) < 1e-9)
        #expect(rows.allSatisfy { (0...100).contains($0[2]) })
        #expect(try lines("equity.csv") == table.map { Array($0.prefix(2)) })
        #expect(try run.user.send("GET", run.path + "/equity.csv?columns=some").status == 400)
        // This run never fell.
        try run.rewrite("UPDATE backtest_equity_points SET equity[100] = equity[99] * 0.75")
        let fallen = try #require(try lines("equity.csv?columns=all").last?.last.flatMap { Double($0) })
        #expect(abs(fallen - 25) < 1e-9)
    }

    @Test func `holding is left out where the bars are others by now`() throws {
        try run.rewrite("UPDATE crypto_daily_bars SET close = close + 0.01 WHERE date = '2019-05-01'")
        let table = try lines("equity.csv?columns=all")
        #expect(table.count == 101 && table.dropFirst().allSatisfy { $0.count == 4 && $0[2].isEmpty && !$0[3].isEmpty })
    }

    @Test func `files are called by what they hold, whatever the strategy is called`() throws {
        func disposition(_ file: String) throws -> String? {
            try run.user.send("GET", run.path + "/" + file)["Content-Disposition"]
        }
        let range = "old-usd-1d-2019-04-14-2019-12-31"
        for (what, type) in [("trades", "csv"), ("equity", "csv"), ("report", "json")] {
            #expect(try disposition("\(what).\(type)") == "attachment; filename=\"\(range)-old-v1-\(what).\(type)\"")
        }
        try run.rewrite("UPDATE strategies SET name = '\"金\"; x=\"'")
        #expect(
            try disposition("trades.csv")
                == "attachment; filename=\"\(range)-x-v1-trades.csv\"; "
                + "filename*=UTF-8''\(range)-%E9%87%91-x-v1-trades.csv")
    }

    @Test(arguments: [
        ("2019-04-14", "2019-04-14", "OLD-USD has 1 daily bar up to 14 Apr 2019; this strategy needs at least "),
        ("2019-04-14", "2019-04-15", "OLD-USD has 2 daily bars up to 15 Apr 2019; this strategy needs at least "),
        (
            "1999-01-01", "1999-12-31",
            "OLD-USD has no daily bar from 1 Jan 1999 to 31 Dec 1999, only from 14 Apr 2019 to 22 Jul 2019."
        ),
    ])
    func `too few bars are one sentence with one range`(_ start: String, _ end: String, _ words: String) throws {
        let refused = try run.user.send(
            "POST", "/api/backtests",
            [
                "strategy_id": run.told()["strategy_id"] ?? .null, "symbol": "OLD-USD", "timeframe": "1d",
                "start_date": .string(start), "end_date": .string(end),
            ])
        #expect(refused.code == "BACKTEST_INSUFFICIENT_BARS")
        #expect(refused.object?["detail"]?.stringValue?.hasPrefix(words) == true, "\(refused.text)")
    }
}
