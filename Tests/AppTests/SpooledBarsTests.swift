import Market
import Postgres
import Testing

@testable import App

/// Bars that wait on the disk are those that a run is computed from.
struct SpooledBarsTests {
    private let run: CompletedRun

    init() throws {
        run = try CompletedRun()
        // Behind the hundred bars that are there: more than two blocks, and some that are not full.
        try run.rewrite(
            """
            INSERT INTO crypto_daily_bars (symbol_id, date, open, high, low, close, volume, provider)
            SELECT s.id, '2019-12-01'::date + i, 10 + i / 7.0, 12 + i / 7.0, 9 + i / 7.0, 11 + i / 7.0, i, 'test'
            FROM symbols s, generate_series(1, 9000) i WHERE s.symbol = 'OLD-USD'
            """)
    }

    private func spooled(_ start: String, _ end: String) throws -> (spooled: SpooledBars, held: RunInput) {
        try run.rewrite("UPDATE backtest_runs SET start_date = '\(start)', end_date = '\(end)'")
        var db = try run.connect()
        return try db.transaction(.repeatableReadReadOnly) { db in
            (try #require(try SpooledBars.ofRun(run.id, in: &db)), try #require(try RunInput.ofRun(run.id, in: &db)))
        }
    }

    @Test(arguments: [
        ("2019-04-14", "2019-07-22"), ("2019-05-14", "2044-07-21"), ("2030-01-01", "2041-03-18"),
        ("2050-01-01", "2051-01-01"),
    ])
    func `they are the same, from any place`(_ start: String, _ end: String) throws {
        let (bars, held) = try spooled(start, end), series = held.bars.series
        #expect(bars.count == series.count && bars.hash == held.barsHash)
        #expect(bars.firstTradable == held.firstTradable && bars.run.revision == held.revision)
        var times: [Int64] = []
        try bars.eachTimes { times += $0 }
        #expect(times == series.times)
        for (column, values) in [
            (SpooledBars.Column.open, series.open), (.high, series.high), (.low, series.low), (.close, series.close),
            (.volume, series.volume),
        ] {
            var found: [Double] = []
            try bars.each(column) { found += $0 }
            #expect(found == values, "\(column)")
            for range in [0..<0, 0..<1, 4_000..<5_000, 8_190..<9_050, 0..<9_000, 9_000..<9_001] {
                let range = range.clamped(to: 0..<bars.count)
                #expect(try bars.values(column, range) == Array(values[range]), "\(column) \(range)")
            }
        }
    }

    @Test(arguments: ["low = 1e9", "volume = 'Infinity'"])
    func `one bar that cannot stand where it does is told after all have been read`(_ fault: String) throws {
        try run.rewrite(
            """
            ALTER TABLE crypto_daily_bars DROP CONSTRAINT crypto_daily_bars_order,
              DROP CONSTRAINT crypto_daily_bars_volume;
            UPDATE crypto_daily_bars SET \(fault) WHERE date = '2025-01-01'
            """)
        #expect(throws: StoredRunError.self) { try spooled("2019-04-14", "2044-07-21") }
        let report = try run.user.send("GET", run.path + "/report.json")
        #expect(report.status == 200, "\(report.text)")
        #expect(report.object?["bars"]?.objectValue?["state"] == "NOT_COMPUTABLE")
    }
}
