import Foundation
import Testing

/// A `report.json` comes from anywhere: whatever number stands in it, `verify` answers, and says where it is wrong.
@Suite(.enabled(if: hasBuild, "needs the release build: run make test"))
struct HostileReportTests {
    /// Every number of a report that anything is computed from, by its place.
    private static let numbers: KeyValuePairs = [
        "periods_per_year": "252", "bars.first_tradable": "0", "bars.open": "10", "bars.high": "13", "bars.low": "9",
        "bars.close": "11", "bars.volume": "5", "simulation.allocation_pct": "100", "simulation.commission_bps": "5",
        "simulation.slippage_bps": "5", "definition.period": "2", "definition.literal": "10",
        "definition.stop_loss": "3", "initial_equity": "10000",
    ]

    private static let values = [
        "-1", "0", "-0", "1", "0.5", "1e-400", "5e-324", "-5e-324", "1e-300", "4294967295", "4294967296", "2147483648",
        "9223372036854775807", "9223372036854775808", "-9223372036854775808", "1e18", "1e300", "1.7976931348623157e308",
        "1e999", "-1e999", "null", "true", "\"nan\"", "\"inf\"", "[]", "{}",
    ]

    private func report(_ place: String, _ value: String) -> String {
        func number(_ name: String) -> String {
            name == place ? value : Self.numbers.first { $0.key == name }!.value
        }
        func column(_ name: String, _ rest: String) -> String { "\"\(name)\": [\(number("bars." + name)), \(rest)]" }
        let equity = number("initial_equity")
        return """
            {"format": "bitstockerz.report.1", "engine_version": "1", "bars_hash": "", "content_hash": "",
             "result_hash": "", "periods_per_year": \(number("periods_per_year")),
             "initial_equity": \(equity.hasPrefix("\"") ? equity : "\"\(equity)\""),
             "simulation": {"allocation_pct": \(number("simulation.allocation_pct")),
                "commission_bps": \(number("simulation.commission_bps")),
                "slippage_bps": \(number("simulation.slippage_bps")), "execution_timing": "signal_close"},
             "definition": {
                "indicators": [{"id": "e", "type": "EMA", "params": {"period": \(number("definition.period"))},
                                "source": "close"}],
                "entry": {"logic": "AND", "conditions": [
                    {"left": {"indicator": "e"}, "op": "gt", "right": {"literal": \(number("definition.literal"))}}]},
                "exit": {"logic": "AND", "conditions": [
                    {"left": {"price": "close"}, "op": "lt", "right": {"literal": 9}}]},
                "risk": {"stop_loss": {"type": "percent", "value": \(number("definition.stop_loss"))}}},
             "bars": {"state": "match", "first_tradable": \(number("bars.first_tradable")),
                "time": ["2024-01-01", "2024-01-02", "2024-01-03", "2024-06-04", "2024-06-05"],
                \(column("open", "10, 11, 10, 12")), \(column("high", "13, 13, 14, 13")),
                \(column("low", "9, 9, 8, 9")), \(column("close", "12, 11, 10, 11")),
                \(column("volume", "5, 5, 0, 5"))}}
            """
    }

    @Test(arguments: numbers.map(\.key))
    func `any number is answered`(place: String) throws {
        let folder = try TemporaryFolder()
        for value in Self.values {
            let file = folder.path + "/report.json"
            try report(place, value).write(toFile: file, atomically: true, encoding: .utf8)
            let ended = try TestServer.run(["verify", file])
            #expect(ended.status == 1 || ended.status == 65, "\(place): \(value): \(ended.status) \(ended.errors)")
            #expect(ended.status == 1 || ended.errors.contains(file), "\(place): \(value): \(ended.errors)")
        }
    }

    @Test func `periods a year are named`() throws {
        let folder = try TemporaryFolder()
        try report("periods_per_year", "-1").write(
            toFile: folder.path + "/report.json", atomically: true, encoding: .utf8)
        let ended = try TestServer.run(["verify", folder.path + "/report.json"])
        #expect(
            ended.status == 65 && ended.errors.contains("periods_per_year: must be 1 to 1000000"), "\(ended.errors)")
    }

    /// The same on the bars of a table: nothing that cannot be counted, and no crash.
    @Test(arguments: ["5e-324", "1e-300", "1e300", "1.7976931348623157e308"])
    func `any price of a table is answered`(price: String) throws {
        let folder = try TemporaryFolder()
        let definition = """
            {"indicators": [], "risk": {},
             "entry": {"logic": "AND", "conditions": [
                {"left": {"price": "close"}, "op": "gt", "right": {"literal": 0}}]},
             "exit": {"logic": "AND", "conditions": [
                {"left": {"price": "close"}, "op": "gt", "right": {"literal": 50}}]}}
            """
        try definition.write(toFile: folder.path + "/d.json", atomically: true, encoding: .utf8)
        for rows in [[price, "100", "1"], ["100", price, "1"], [price, price, price]] {
            let table = folder.path + "/b.csv"
            let lines = rows.enumerated().map { "2024-03-0\($0 + 1),\($1),\($1),\($1),\($1),5\n" }.joined()
            try ("timestamp,open,high,low,close,volume\n" + lines).write(
                toFile: table, atomically: true, encoding: .utf8)
            for timing in ["signal_close", "next_open"] {
                let ended = try TestServer.run([
                    "backtest", "--definition", folder.path + "/d.json", "--bars", table, "--execution-timing", timing,
                    "--slippage-bps", "1000",
                ])
                #expect([0, 65].contains(ended.status), "\(rows): \(ended.status) \(ended.errors)")
            }
        }
    }
}
