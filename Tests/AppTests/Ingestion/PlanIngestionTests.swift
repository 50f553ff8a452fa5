import Jobs
import Market
import Postgres
import TestSupport
import Testing

@testable import App
@testable import Providers

@Suite struct PlanIngestionTests {
    /// Series of two vendors and of a file; the clock says Friday, 2024-03-01 12:00 UTC.
    private func bench() throws -> IngestionBench {
        let bench = try IngestionBench()
        for (symbol, type, timeframe, source, first, count) in [
            // The last hour ended at noon, the one before is there.
            ("FRESH-USD", AssetType.crypto, Timeframe.hour, "coinbase", "2024-03-01", 12),
            ("LATE-USD", .crypto, .hour, "coinbase", "2024-03-01", 11),
            ("LATE-USD", .crypto, .day, "coinbase", "2024-02-01", 28),
            ("FILE-USD", .crypto, .day, "file", "2024-02-01", 10),
            ("GONE-USD", .crypto, .day, "tiingo", "2024-02-01", 10),
        ] as [(String, AssetType, Timeframe, String, String, Int)] {
            try bench.put(
                IngestionBench.bars(timeframe, from: first, count), symbol, type, timeframe, from: source)
        }
        return bench
    }

    private func queued(_ bench: IngestionBench) throws -> [String] {
        try bench.db.run(
            .values(
                """
                SELECT concat_ws(' ', payload_json->>'symbol', payload_json->>'interval', payload_json->>'provider')
                FROM jobs WHERE job_type = 'ingest_bars' AND status = 'pending' ORDER BY 1
                """))
    }

    @Test func `what a vendor has new bars of is queued, once`() throws {
        let bench = try bench()
        let plan = try bench.plan()
        #expect(try queued(bench) == ["LATE-USD 1d coinbase", "LATE-USD 1h coinbase"])
        #expect(plan["stale"] == 2 && plan["queued"] == 2 && plan["series"] == 3, "\(plan)")
        let again = try bench.plan()
        #expect(again["stale"] == 2 && again["queued"] == 0)
        #expect(try queued(bench).count == 2)
    }

    @Test func `a plan may be of some series only`() throws {
        let bench = try bench()
        _ = try bench.plan(.init(.crypto, [.day]))
        #expect(try queued(bench) == ["LATE-USD 1d coinbase"])
        #expect(try bench.plan(.init(.equity))["series"] == 0)
    }

    @Test func `nobody queues what a vendor would not be asked for`() throws {
        let bench = try bench()
        try bench.db.run(ProviderBreaker.failed("coinbase", .rateLimited(retryAfterSeconds: 600)))
        let plan = try bench.plan()
        #expect(plan["provider_open"] == 2 && plan["queued"] == 0, "\(plan)")
    }

    /// When a share is asked for of which there is all up to the day before, by the clock of New York: in summer time on
    /// Monday, 8 July 2024, and on the 3rd, which closed at 13:00.
    static let evenings: [(String, String, Int)] = [
        ("2024-07-05", "2024-07-08T20:30:00Z", 0),  // 16:30: it is traded after hours
        ("2024-07-05", "2024-07-09T00:10:00Z", 0), ("2024-07-05", "2024-07-09T00:20:00Z", 1),
        ("2024-07-08", "2024-07-09T00:20:00Z", 0),
        ("2024-07-02", "2024-07-03T23:30:00Z", 0),  // 19:30, six hours after the close
        ("2024-07-02", "2024-07-04T00:20:00Z", 1),
        ("2024-07-03", "2024-07-05T12:00:00Z", 0),  // after a holiday
        ("2024-07-05", "2024-07-08T12:00:00Z", 0),  // after a weekend
    ]

    @Test(arguments: evenings)
    func `a share's day is asked for as soon as its vendor has it`(
        _ last: String, _ now: String, _ queued: Int
    ) throws {
        let bench = try IngestionBench()
        bench.now = Instant(now)!
        let first = CalendarDay(last)!.advanced(by: -20)!
        try bench.put(
            IngestionBench.bars(.day, from: "\(first)", 21), "AAPL", .equity, .day, from: "alpaca")
        let plan = try bench.plan()
        #expect(plan["queued"] == .number(.init(queued)) && plan["stale"] == .number(.init(queued)), "\(plan)")
    }

    @Test func `a share is asked for when there was a session, and one that has ended once a day`() throws {
        let bench = try IngestionBench()
        // Up to Wednesday; Thursday's bar is due by Friday noon.
        let bars = IngestionBench.bars(.day, from: "2024-02-26", 3)
        bench.prices.put(bars, "AAPL", .day)
        bench.prices.put(IngestionBench.bars(.day, from: "2023-03-01", 2), "ENDED", .day)
        for symbol in ["AAPL", "ENDED"] { #expect(try bench.fetch(symbol, .day).status == .completed) }
        #expect(try bench.plan()["queued"] == 1)
        #expect(try queued(bench) == ["AAPL 1d alpaca"], "the other has just been asked for")
        try bench.work()
        try bench.db.run(.change("DELETE FROM jobs WHERE job_type = 'ingest_bars'"))
        let plan = try bench.plan()
        #expect(plan["queued"] == 2, "a day later \(plan)")
    }
}
