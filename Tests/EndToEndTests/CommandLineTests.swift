import Foundation
import Testing

/// What the admin tool does with input it cannot use: one message that names the place, and an exit code of sysexits.h.
@Suite(.enabled(if: hasBuild, "needs the release build: run make test"))
struct CommandLineTests {
    private static let definition = """
        {"indicators": [], "risk": {},
         "entry": {"logic": "AND", "conditions": [{"left": {"price": "close"}, "op": "gt", "right": {"literal": 1}}]},
         "exit": {"logic": "AND", "conditions": [{"left": {"price": "close"}, "op": "lt", "right": {"literal": 1}}]}}
        """

    private static let bars = "timestamp,open,high,low,close,volume\n2024-03-07,1,2,1,2,5\n2024-03-08,1,2,1,2,5\n"

    /// Runs in a folder of its own; `@` in an argument stands for it.
    private func run(_ arguments: [String], bars: String = bars) throws -> (
        status: Int32, output: String, errors: String
    ) {
        let folder = FileManager.default.temporaryDirectory.appending(path: "bscli-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Self.definition.write(to: folder.appending(path: "d.json"), atomically: true, encoding: .utf8)
        try bars.write(to: folder.appending(path: "b.csv"), atomically: true, encoding: .utf8)
        return try TestServer.run(arguments.map { $0.replacing("@", with: folder.path) })
    }

    @Test(arguments: [
        (["--definition", "@/d.json", "--bars", "@"], 66, "Is a directory"),
        (["--definition", "@/d.json", "--bars", "@/none.csv"], 66, "/none.csv: cannot be read: No such file"),
        (["--definition", "@", "--bars", "@/b.csv"], 66, "Is a directory"),
        (["--definition", "@/none.json", "--bars", "@/b.csv"], 66, "/none.json: cannot be read: No such file"),
        (
            ["--definition", "@/d.json", "--symbol", "AAPL", "--asset-type", "CRYPTO"], 64,
            "--asset-type goes with --bars"
        ),
        (
            ["--definition", "@/d.json", "--bars", "@/b.csv", "--timeframe", "1h"], 64,
            "--timeframe 1h is not for EQUITY"
        ),
        (["--definition", "@/d.json", "--bars", "@/b.csv", "--from", "2024-02-30"], 64, "--from"),
        (["--definition", "@/d.json", "--bars", "@/b.csv", "--from", "2025-01-01"], 65, "no bar in the range"),
        (["--definition", "@/d.json", "--bars", "@/b.csv", "--initial-equity", "nan"], 64, "--initial-equity"),
    ])
    func `a backtest says what it cannot use`(_ arguments: [String], _ status: Int32, _ message: String) throws {
        let ended = try run(["backtest"] + arguments)
        #expect(ended.status == status)
        #expect(ended.errors.contains(message), "\(ended.errors)")
        #expect(ended.output.isEmpty)
    }

    @Test func `a backtest trades at the prices of the file to the last bit`() throws {
        let price = "27.439999999999998"
        let bars =
            "timestamp,open,high,low,close,volume\n"
            + (4...7).map {
                "2024-03-0\($0),\(price),\(price),\(price),\(price),5\n"
            }.joined()
        let ended = try run(["backtest", "--definition", "@/d.json", "--bars", "@/b.csv", "--json"], bars: bars)
        #expect(ended.status == 0)
        #expect(ended.output.contains("\"entry_price\":\(price),"), "\(ended.output)")
    }

    /// The tests of the engine run as compiled for debugging. What the optimiser makes of it is run here: it once gave
    /// memory back twice, in definitions that compare with numbers.
    @Test(arguments: [
        """
        {"indicators": [{"id": "f", "type": "SMA", "params": {"period": 10}, "source": "close"},
                        {"id": "s", "type": "SMA", "params": {"period": 30}, "source": "close"},
                        {"id": "r", "type": "RSI", "params": {"period": 14}, "source": "close"}],
         "entry": {"logic": "AND", "conditions": [
             {"left": {"indicator": "f"}, "op": "crosses_above", "right": {"indicator": "s"}},
             {"left": {"indicator": "r"}, "op": "lt", "right": {"literal": 70}}]},
         "exit": {"logic": "AND", "conditions": [
             {"left": {"indicator": "f"}, "op": "crosses_below", "right": {"indicator": "s"}}]},
         "risk": {"stop_loss": {"type": "percent", "value": 2}, "take_profit": {"type": "percent", "value": 4}}}
        """,
        """
        {"indicators": [{"id": "e", "type": "EMA", "params": {"period": 12}, "source": "open"}], "risk": {},
         "entry": {"logic": "AND", "conditions": [
             {"left": {"price": "close"}, "op": "gt", "right": {"literal": 50}},
             {"left": {"indicator": "e"}, "op": "gt", "right": {"literal": 60}},
             {"left": {"literal": 500}, "op": "gt", "right": {"price": "high"}}]},
         "exit": {"logic": "AND", "conditions": [
             {"left": {"indicator": "e"}, "op": "crosses_below", "right": {"literal": 100}}]}}
        """,
    ])
    func `the optimised engine compares with numbers`(_ definition: String) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "bscli-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var bars = "timestamp,open,high,low,close,volume\n"
        var random = SystemRandomNumberGenerator()
        for day in 0..<700 {
            let date = Date(timeIntervalSince1970: 1_577_836_800 + Double(day) * 86_400).ISO8601Format().prefix(10)
            let open = Int.random(in: 9_000...11_000, using: &random), close = open + Int.random(in: -200...200)
            let cents = [open, max(open, close) + 50, min(open, close) - 50, close]
            bars += ([String(date)] + cents.map { "\($0 / 100).\($0 / 10 % 10)\($0 % 10)" } + ["5"]).joined(
                separator: ",")
            bars += "\n"
        }
        try bars.write(to: folder.appending(path: "b.csv"), atomically: true, encoding: .utf8)
        try definition.write(to: folder.appending(path: "d.json"), atomically: true, encoding: .utf8)
        for _ in 0..<5 {
            let ended = try TestServer.run([
                "backtest", "--definition", folder.path + "/d.json", "--bars", folder.path + "/b.csv", "--asset-type",
                "CRYPTO", "--timeframe", "1d", "--json",
            ])
            #expect(ended.status == 0, "\(ended.errors)")
            #expect(ended.output.contains("\"bars\":") || ended.output.contains("final_equity"))
        }
    }

    @Test func `a folder of migrations that is not there is no input`() throws {
        let ended = try run(["migrate", "--directory", "@/none"])
        #expect(ended.status == 66)
        #expect(ended.errors.contains("cannot be read"))
    }
}
