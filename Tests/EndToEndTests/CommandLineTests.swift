import Foundation
import JSON
import Market
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
            ["--definition", "@/d.json", "--bars", "@/b.csv", "--timeframe", "1h"], 65,
            "the file has bars of 1 day, of which none of 1h can be made"
        ),
        (
            ["--definition", "@/d.json", "--bars", "@/b.csv", "--timeframe", "1h", "--asset-type", "EQUITY"], 64,
            "--timeframe 1h is not for EQUITY"
        ),
        (["--definition", "@/d.json", "--bars", "@/d.json"], 65, "/d.json: "),
        (["--definition", "@/d.json", "--bars", "@/b.csv", "--zone", "Nowhere/Land"], 64, "--zone"),
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

    @Test func `a list of symbols says what it is not`() throws {
        let ended = try run(["symbols", "import", "@/b.csv"])
        #expect(ended.status == 65 && ended.output.isEmpty)
        #expect(ended.errors.contains("no column is called symbol or ticker"), "\(ended.errors)")
    }

    @Test func `the API's description is printed without a database or a configuration`() throws {
        let ended = try run(["openapi"])
        #expect(ended.status == 0)
        let document = try parse(Array(ended.output.utf8), limits: ParseLimits(maxBytes: 1 << 20)).objectValue
        #expect(document?["openapi"] == "3.1.0")
        #expect(document?["paths"]?.objectValue?.names.contains("/api/symbols/{symbol}") == true)
        let help = try run(["--help"])
        #expect(help.output.contains("openapi "))
    }

    @Test func `a backtest reads prices as an import does: without float noise, which is told`() throws {
        let price = "27.439999999999998"
        let bars =
            "timestamp,open,high,low,close,volume\n"
            + (4...7).map {
                "2024-03-0\($0),\(price),\(price),\(price),\(price),5\n"
            }.joined()
        let ended = try run(["backtest", "--definition", "@/d.json", "--bars", "@/b.csv", "--json"], bars: bars)
        #expect(ended.status == 0)
        #expect(ended.output.contains("\"entry_price\":27.44,"), "\(ended.output)")
        #expect(ended.errors.contains("16 prices were rounded from float noise to at most 2 decimals"))
    }

    @Test func `a file is looked at without a database`() throws {
        let bars = "Datum;Open;High;Low;Close\n07.03.2024;1,5;2;1;2\n08.03.2024;1;2;1;2\n08.03.2024;1;2;1;2\n"
        let told = try run(["import", "--validate-only", "@/b.csv"], bars: bars)
        #expect(told.status == 0 && told.output.hasSuffix("/b.csv: 3 rows read, 2 bars of 1d, 0 rows refused\n"))
        #expect(told.errors.contains("numbers: decimal comma\n") && told.errors.contains("times: DD.MM.YYYY\n"))
        #expect(told.errors.contains("1 row skipped: the same bar again, in line 4\n"))
        let broken = try run(["import", "--validate-only", "--json", "@/b.csv"], bars: bars + "09.03.2024;1;0,5;1;2\n")
        #expect(broken.status == 65)
        let report = try parse(Array(broken.output.utf8)).objectValue
        #expect(report?["refused_lines"] == [["line": 5, "reason": "high is below open or close"]])
        #expect(report?["stored"] == .null && report?["bars"] == 2 && report?["skipped"] == ["the same bar again": 1])
    }

    @Test func `a file of which nothing is a bar is no success, whatever may be skipped`() throws {
        let bars = "date,open,high,low,close\n2024-03-07,1,0.5,1,2\n"
        for more in [["--skip-invalid"], ["--skip-invalid", "--json"], []] {
            let ended = try run(["import", "--validate-only", "@/b.csv"] + more, bars: bars)
            #expect(ended.status == 65 && ended.errors.contains("/b.csv: no line is a bar\n"), "\(ended.errors)")
        }
    }

    @Test func `a backtest tells what its bars were taken for, and why`() throws {
        let bars = (0..<40).reduce("date,open,high,low,close\n") { text, bar in
            text + "2024-03-0\(4 + bar / 10) \(10 + bar % 10):00,10,12,9,11\n"
        }
        let ended = try run(["backtest", "--definition", "@/d.json", "--bars", "@/b.csv"], bars: bars)
        #expect(ended.status == 0)
        #expect(ended.errors.contains("/b.csv: EQUITY 1d, as there are no bars at night\n"), "\(ended.errors)")
    }

    /// A hundred days of a coin without ten of them in a row and one more.
    private static let holes =
        "timestamp,open,high,low,close,volume\n"
        + (0..<100).filter { !(20..<30).contains($0) && $0 != 50 }.map { day in
            let date = CalendarDay(daysSinceEpoch: 18_000 + day)!
            return "\(date),\(100 + day % 3),\(103 + day % 2),\(98 + day % 2),\(101 + day % 3),\(5 + day % 4)\n"
        }.joined()

    @Test func `what a file of bars lacks is told by whatever reads it`() throws {
        let remark =
            "11 days of 100 without a bar (89 % are there), in 2 places, at most 10 in a row, from 4 May 2019 to 13 May 2019"
        let looked = try run(["import", "--validate-only", "--asset-type", "CRYPTO", "@/b.csv"], bars: Self.holes)
        #expect(looked.status == 0 && looked.errors.contains(remark), "\(looked.errors)")
        let told = try run(
            ["import", "--validate-only", "--json", "--asset-type", "CRYPTO", "@/b.csv"], bars: Self.holes)
        let report = try parse(Array(told.output.utf8)).objectValue
        #expect(report?["expected_bars"] == 100 && report?["missing_bars"] == 11)
        let ordered = ["backtest", "--definition", "@/d.json", "--bars", "@/b.csv", "--asset-type", "CRYPTO"]
        let shown = try run(ordered, bars: Self.holes)
        #expect(shown.status == 0 && shown.output.contains("note: " + remark), "\(shown.output)")
        #expect(shown.output.contains("warning gap: A hole: 10 days without a bar, from 4 May 2019 to 13 May 2019."))
        #expect(shown.output.contains("error coverage: Only 89 % of the bars are there"))
        let document = try parse(Array(run(ordered + ["--json"], bars: Self.holes).output.utf8)).objectValue
        #expect(document?["expected_bars"] == 100 && document?["missing_bars"] == 11)
        #expect(document?["bars_checked"] == true && document?["warnings_omitted"] == 0)
        let warnings = document?["warnings"]?.arrayValue?.compactMap { $0.objectValue?["check"]?.stringValue }
        #expect(warnings == ["coverage", "gap"])
        let after = try run(ordered + ["--from", "2019-06-10"], bars: Self.holes)
        #expect(!after.output.contains("without a bar"), "the range has all of its bars: \(after.output)")
    }

    @Test func `a folder of migrations that is not there is no input`() throws {
        let ended = try run(["migrate", "--directory", "@/none"])
        #expect(ended.status == 66)
        #expect(ended.errors.contains("cannot be read"))
    }
}
