import Daemon
import Jobs
import Market
import Postgres
import Synchronization
import TestSupport
import Testing

@testable import App
@testable import Providers

@Suite struct IngestBarsTests {
    /// Ten weeks of hours, up to what the bench's clock says.
    private static let hours = IngestionBench.bars(.hour, from: "2023-12-23", 70 * 24)
    private static let days = IngestionBench.bars(.day, from: "2023-12-01", 91)

    @Test func `a new series comes in whole, and later only what is new`() throws {
        let bench = try IngestionBench()
        bench.prices.put(Self.hours, "BTC-USD", .hour)
        let first = try bench.fetch()
        // Up to 12:00 of the first of March; what begins later is to come.
        let final = Self.hours.slice(0..<(69 * 24 + 12))
        #expect(first.status == .completed && first.number("added") == final.count, "\(first)")
        #expect(try bench.stored() == final)
        #expect(first.number("requests") == bench.prices.asked.count)
        #expect(try bench.state()?.source == BarSource(provider: "coinbase"))

        bench.prices.forget()
        bench.now = Instant("2024-03-01T15:20:00Z")!
        let second = try bench.fetch()
        #expect(second.number("added") == 3 && second.number("changed") == 0 && second.number("unchanged") == 73)
        let last = try #require(final.times.last)
        #expect(bench.prices.asked.map(\.from) == [last - 3 * Timeframe.day.microseconds], "three days before the last")
        #expect(try bench.stored() == Self.hours.slice(0..<(69 * 24 + 15)))
    }

    @Test func `what begins at no hour is left out, and told`() throws {
        let bench = try IngestionBench()
        var bars = Self.hours.slice(0..<10)
        bars.append(time: Self.hours.times[10] + 1_680_000_000, open: 1, high: 1, low: 1, close: 1, volume: 1)
        bench.prices.put(bars, "BTC-USD", .hour)
        let end = try bench.fetch()
        #expect(end.status == .completed && end.number("left_out") == 1 && end.number("added") == 10, "\(end)")
    }

    @Test func `a bar that cannot be is left out and told, and what comes after it is stored`() throws {
        let bench = try IngestionBench()
        bench.prices.put(Self.hours.slice(0..<1_200), "BTC-USD", .hour)
        #expect(try bench.fetch().number("impossible") == 0)
        // The vendor's answers from now on, whoever asks.
        var bars = CandleSeries(), start = 0
        for bad in [1_190, 1_300] {
            bars.append(Self.hours.slice(start..<bad))
            bars.append(time: Self.hours.times[bad], open: 1, high: 1, low: 500, close: 1, volume: 1)
            start = bad + 1
        }
        bars.append(Self.hours.slice(start..<Self.hours.count))
        bench.prices.put(bars, "BTC-USD", .hour)
        let end = try bench.fetch()
        #expect(end.status == .completed && end.number("impossible") == 2, "\(end)")
        #expect(end.result["first_impossible"] == .string(Timeframe.hour.label(bars.times[1_190])))
        #expect(end.number("added") == 69 * 24 + 12 - 1_201, "what is stored of the first stays")
        #expect(try bench.fetch().status == .completed)
        // What the vendor has mended since comes with all of it anew.
        bench.prices.put(Self.hours, "BTC-USD", .hour)
        #expect(try bench.fetch(from: "2023-12-23", replaces: true).number("impossible") == 0)
        #expect(try bench.stored().count == 69 * 24 + 12)
    }

    @Test func `a vendor that fails in the middle is asked again from where it was`() throws {
        let bench = try IngestionBench()
        let bars = IngestionBench.bars(.hour, from: "2023-01-02", 10_000)
        bench.prices.put(bars, "BTC-USD", .hour)
        bench.prices.fail(request: 60, .unreachable("the provider cannot be reached"))
        let job = try bench.order()
        try bench.work()
        let between = try bench.end(of: job)
        #expect(between.status == .pending && between.code == "PROVIDER_UNREACHABLE" && between.attempts == 1)
        let kept = try bench.stored()
        #expect(kept == bars.slice(0..<kept.count) && kept.count >= 4_096 && kept.count <= 5_900)
        bench.prices.forget()
        try bench.work()
        #expect(try bench.end(of: job).status == .completed)
        #expect(try bench.stored() == bars)
        let resumed = try #require(bench.prices.asked.first)
        #expect(resumed.from == kept.times[kept.count - 1] - 3 * Timeframe.day.microseconds)
    }

    @Test func `a worker that dies in the middle leaves what another goes on from`() throws {
        let bench = try IngestionBench(), database = bench.database
        let bars = IngestionBench.bars(.hour, from: "2023-01-02", 10_000)
        bench.prices.put(bars, "BTC-USD", .hour)
        // Its session is cut, and nobody hears of it again before the end of its lease.
        bench.prices.before { request, _ in
            guard request == 60 else { return }
            var db = try database.connect()
            try db.script(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'doomed'"
            )
        }
        let job = try bench.order()
        #expect(throws: PostgresError.self) { try bench.work(as: "doomed") }
        bench.prices.before(nil)
        let kept = try bench.stored()
        #expect(kept.count >= 4_096 && kept == bars.slice(0..<kept.count))
        #expect(try !bench.work(), "another worker has it for as long as its lease")
        try bench.db.run(.change("UPDATE jobs SET lease_until = now() - interval '1 second' WHERE status = 'running'"))
        bench.prices.forget()
        try bench.work()
        #expect(try bench.end(of: job).status == .completed)
        #expect(try bench.stored() == bars)
        #expect(try #require(bench.prices.asked.first).from > bars.times[0])
    }

    @Test func `a correction of a recent bar is picked up`() throws {
        let bench = try IngestionBench()
        bench.prices.put(Self.hours, "BTC-USD", .hour)
        _ = try bench.fetch()
        let before = try #require(try bench.state())
        #expect(try bench.fetch().number("changed") == 0)
        #expect(try bench.state()?.revision == before.revision, "nothing has changed")
        let corrected = IngestionBench.bars(.hour, from: "2023-12-23", 70 * 24) { place in
            place == 69 * 24 ? 104.5 : 100 + Double(place % 7)
        }
        bench.prices.put(corrected, "BTC-USD", .hour)
        let end = try bench.fetch()
        #expect(end.number("changed") == 1 && end.number("added") == 0, "\(end)")
        #expect(try bench.state()?.revision == before.revision + 1)
        #expect(try bench.stored() == corrected.slice(0..<before.count))
    }

    /// Weekdays of a share.
    private static func shares(_ factor: Double, without: Range<Int> = 0..<0) -> CandleSeries {
        IngestionBench.bars(.day, from: "2023-01-02", 424) { place in
            place % 7 < 5 && !without.contains(place) ? (100 + Double(place % 11)) * factor : nil
        }
    }

    @Test func `a split brings the whole series anew`() throws {
        let bench = try IngestionBench()
        bench.prices.put(Self.shares(1), "AAPL", .day)
        #expect(try bench.fetch("AAPL", .day).status == .completed)
        let before = try #require(try bench.state("AAPL", .day))
        #expect(before.source?.adjustment == .split && before.source?.priceBasisDate == bench.now.day)
        bench.now = Instant("2024-03-05T12:00:00Z")!
        bench.prices.put(Self.shares(0.25), "AAPL", .day)
        let end = try bench.fetch("AAPL", .day)
        #expect(end.status == .completed && end.result["split_ratio"]?.numberValue?.double == 0.25, "\(end)")
        #expect(end.result["fetched_anew"] == "split")
        #expect(try bench.stored("AAPL", .day).close[0] == 25)
        #expect(try bench.state("AAPL", .day)?.source?.priceBasisDate == bench.now.day)
    }

    @Test func `a split beside a correction brings the whole series anew, too`() throws {
        let bench = try IngestionBench()
        bench.prices.put(Self.shares(1), "AAPL", .day)
        _ = try bench.fetch("AAPL", .day)
        bench.now = Instant("2024-03-05T12:00:00Z")!
        let split = Self.shares(0.25)
        var bars = split.slice(0..<split.count - 6)
        for index in split.count - 6..<split.count {
            let price = split.close[index] * (index == split.count - 6 ? 1.01 : 1)
            bars.append(
                time: split.times[index], open: price, high: price, low: price, close: price,
                volume: split.volume[index])
        }
        bench.prices.put(bars, "AAPL", .day)
        let end = try bench.fetch("AAPL", .day)
        #expect(end.status == .completed && end.result["split_ratio"] == .null, "\(end)")
        #expect(end.result["fetched_anew"] == "other_prices")
        #expect(try bench.fetch("AAPL", .day).result["fetched_anew"] == .null, "what was there goes on")
        #expect(try bench.stored("AAPL", .day) == bars)
    }

    private static let missing: [Range<Int>?] = [nil, 0..<200]

    @Test(arguments: missing)
    func `what fails after a split leaves the stored series as it was`(_ missing: Range<Int>?) throws {
        let bench = try IngestionBench()
        bench.prices.put(Self.shares(1), "AAPL", .day)
        _ = try bench.fetch("AAPL", .day)
        let before = try bench.stored("AAPL", .day)
        bench.prices.forget()
        if let missing {
            // It has the last weeks, and not what was before.
            bench.prices.put(Self.shares(0.25, without: missing), "AAPL", .day)
        } else {
            bench.prices.put(Self.shares(0.25), "AAPL", .day)
            bench.prices.fail(request: 3, .upstream("the answer is no JSON"))
        }
        let end = try bench.fetch("AAPL", .day)
        #expect(
            end.status == .pending && end.code == (missing == nil ? "PROVIDER_BAD_ANSWER" : "PROVIDER_BAD_BARS"),
            "\(end)")
        #expect(try bench.stored("AAPL", .day) == before)
    }

    @Test func `older days are filled in before what is stored`() throws {
        let bench = try IngestionBench()
        bench.prices.put(Self.days, "ETH-USD", .day)
        #expect(try bench.fetch("ETH-USD", .day, from: "2024-02-01").number("added") == 29)
        #expect(try bench.fetch("ETH-USD", .day, from: "2023-12-15").number("added") == 48)
        #expect(try bench.stored("ETH-USD", .day) == Self.days.slice(14..<91))
    }

    @Test func `a job that is cancelled while its vendor is silent ends within a moment`() throws {
        let bench = try IngestionBench(), database = bench.database
        bench.prices.put(Self.hours, "BTC-USD", .hour)
        let job = try bench.order()
        bench.prices.before { request, pause in
            guard request == 2 else { return }
            var db = try database.connect()
            _ = try Queue.cancel(job, in: &db)
            try pause(600_000)
        }
        try bench.work()
        #expect(try bench.end(of: job).status == .cancelled)
        #expect(try bench.stored().count == 0, "less than a stretch had come")
    }

    @Test func `a job that would wait for its vendor's pace gives its place back, however often`() throws {
        let bench = try IngestionBench()
        bench.prices.put(Self.hours, "BTC-USD", .hour)
        let job = try bench.order()
        bench.prices.fail(.paced(seconds: 72))
        for _ in 0...Queue.maximumAttempts {
            try bench.work()
            let end = try bench.end(of: job)
            #expect(end.status == .pending && end.code == "PROVIDER_PACED" && end.attempts == 0, "\(end)")
        }
        let seconds: Double = try bench.db.run(
            .value(
                "SELECT extract(epoch FROM run_after - clock_timestamp())::float8 FROM jobs WHERE id = $1::uuid", job))
        #expect((12...72).contains(seconds))
        #expect(try bench.db.run(.providerStandings()).isEmpty, "which says nothing of the vendor")
        bench.prices.fail(nil)
        try bench.work()
        #expect(try bench.end(of: job).status == .completed)
    }

    @Test func `what comes anew after a split does not give its place back`() throws {
        let bench = try IngestionBench(), isUnderWay = Mutex<[Bool]>([])
        bench.prices.began { began in isUnderWay.withLock { $0.append(began) } }
        bench.prices.put(Self.shares(1), "AAPL", .day)
        _ = try bench.fetch("AAPL", .day)
        bench.now = Instant("2024-03-05T12:00:00Z")!
        bench.prices.put(Self.shares(0.25), "AAPL", .day)
        #expect(try bench.fetch("AAPL", .day).status == .completed)
        #expect(isUnderWay.withLock { $0 } == [false, false, true])
    }

    @Test func `what was ordered of a symbol goes to no other that is called so now`() throws {
        let bench = try IngestionBench()
        bench.prices.put(Self.days, "BTC-USD", .day)
        #expect(try bench.fetch("BTC-USD", .day).status == .completed)
        bench.prices.forget()
        for change in [
            { db in try SymbolList.rename("BTC-USD", to: "XBT-USD", in: &db) },
            { db in try SymbolList.retire("BTC-USD", in: &db) },
        ] as [(inout Connection) throws -> Void] {
            let job = try bench.order("BTC-USD", .day), before = try bench.stored("BTC-USD", .day)
            try change(&bench.db)
            try bench.put(Self.days.slice(0..<10), "BTC-USD", .crypto, .day, from: "coinbase")
            // Who wants the new one's bars would get those of nobody.
            #expect(throws: IngestionOrder.Refusal.self) { try bench.order("BTC-USD", .day) }
            try bench.work()
            let end = try bench.end(of: job)
            #expect(end.status == .failed && end.code == "SYMBOL_RETIRED", "\(end)")
            #expect(try bench.stored("BTC-USD", .day) == Self.days.slice(0..<10) && before.count > 0)
        }
        #expect(bench.prices.asked.isEmpty)
        #expect(try bench.stored("XBT-USD", .day).count == 91)
        #expect(try bench.fetch("BTC-USD", .day).status == .completed)
    }

    @Test func `a symbol that is renamed while its bars come gets no more of them, nor does a new one`() throws {
        let bench = try IngestionBench(), database = bench.database
        bench.prices.put(IngestionBench.bars(.hour, from: "2023-01-02", 10_000), "BTC-USD", .hour)
        bench.prices.before { request, _ in
            guard request == 60 else { return }
            var db = try database.connect()
            try SymbolList.rename("BTC-USD", to: "XBT-USD", in: &db)
        }
        let end = try bench.fetch()
        #expect(end.status == .failed && end.code == "SYMBOL_RETIRED", "\(end)")
        #expect(try bench.db.run(.symbol("BTC-USD")) == nil)
        #expect(try (4_096...5_900).contains(bench.stored("XBT-USD").count))
    }

    @Test func `a series from elsewhere is left alone, and nobody is asked`() throws {
        let bench = try IngestionBench()
        bench.prices.put(Self.days, "BTC-USD", .day)
        // Ordered before the file came.
        let job = try bench.order("BTC-USD", .day)
        try bench.put(Self.days.slice(0..<10), "BTC-USD", .crypto, .day, from: "file")
        try bench.work()
        let end = try bench.end(of: job)
        #expect(end.status == .failed && end.code == "SERIES_FROM_ELSEWHERE")
        #expect(
            end.message?.hasPrefix("BTC-USD is stored from file, unadjusted, and these bars are from coinbase") == true)
        #expect(bench.prices.asked.isEmpty)
        #expect(try bench.stored("BTC-USD", .day) == Self.days.slice(0..<10))
        // Nobody can order it any more, unless the file's bars are to go.
        #expect(throws: IngestionOrder.Refusal.self) { try bench.order("BTC-USD", .day) }
        #expect(try bench.fetch("BTC-USD", .day, replaces: true).number("bars") == 91)
        #expect(try bench.state("BTC-USD", .day)?.source?.provider == "coinbase")
    }

    private static let failures: [(ProviderError, String, JobStatus)] = [
        (.rateLimited(retryAfterSeconds: 30), "PROVIDER_RATE_LIMITED", .pending),
        (.unauthorized, "PROVIDER_UNAUTHORIZED", .failed), (.forbidden, "PROVIDER_FORBIDDEN", .failed),
        (.notFound(symbol: "BTC-USD"), "PROVIDER_SYMBOL_NOT_FOUND", .failed),
        (.badRequest("no"), "PROVIDER_BAD_REQUEST", .failed), (.upstream("no"), "PROVIDER_BAD_ANSWER", .pending),
        (.badBars("no"), "PROVIDER_BAD_BARS", .pending),
        (.unreachable("no"), "PROVIDER_UNREACHABLE", .pending),
    ]

    @Test(arguments: failures)
    func `a failure has its code, and is tried again when it may pass`(
        _ failure: ProviderError, _ code: String, _ status: JobStatus
    ) throws {
        let bench = try IngestionBench()
        bench.prices.fail(failure)
        let end = try bench.fetch()
        #expect(end.status == status && end.code == code)
        #expect(end.message?.hasPrefix("The played vendor: ") == true)
        #expect(try bench.db.run(.symbol("BTC-USD")) == nil, "nothing is stored of it")
    }

    private static let keys: [(String, [String], Credentials?, String)] = [
        (
            "a vendor that needs no key", [], nil,
            "The played vendor: the provider wants to know who asks, which it does not do for prices: another server answers for it."
        ),
        (
            "no key", ["A_KEY", "A_SECRET"], nil,
            "The played vendor: the provider gives this to who has a key, and there is none: set A_KEY and A_SECRET in "
                + "bitstockerz.env (a free key will do), and restart bitstockerz-worker."
        ),
        (
            "another key", ["A_TOKEN"], Credentials(secret: "s"),
            "The played vendor: the provider does not take the key: set another A_TOKEN in bitstockerz.env, "
                + "and restart bitstockerz-worker."
        ),
    ]

    @Test(arguments: keys)
    func `a key is spoken of where there can be one, with where it belongs`(
        _ case: String, _ names: [String], _ credentials: Credentials?, _ message: String
    ) throws {
        let bench = try IngestionBench(keyNames: names, credentials: credentials)
        bench.prices.fail(.unauthorized)
        #expect(try bench.fetch().message == message, "\(`case`)")
    }

    @Test func `a vendor without a bar of the symbol does not have it`() throws {
        let bench = try IngestionBench()
        bench.prices.put(CandleSeries(), "BTC-USD", .hour)
        let end = try bench.fetch()
        #expect(end.status == .failed && end.code == "PROVIDER_SYMBOL_NOT_FOUND")
    }

    @Test func `two who order a series at once order it once, and one worker does it`() throws {
        let bench = try IngestionBench(), database = bench.database, providers = bench.providers
        bench.prices.put(Self.hours, "BTC-USD", .hour)
        let jobs = Mutex<Set<String>>([])
        inParallel(8) { _ in
            do {
                var db = try database.connect()
                let job = try IngestionOrder("btc/usd", nil, [.hour]).place(providers, in: &db)[0].id
                jobs.withLock { _ = $0.insert(job) }
            } catch { Issue.record(error) }
        }
        #expect(jobs.withLock { $0.count } == 1)
        let prices = bench.prices, others = Mutex(0)
        bench.prices.before { request, _ in
            guard request == 2 else { return }
            var db = try database.connect()
            let kind = IngestBars(providers, by: PlayedExchanges(prices: prices), log: Log(minimum: .error))
            if try kind.runNext(as: "other", in: &db, report: { _ in }) { others.withLock { $0 += 1 } }
            let again = try IngestionOrder("BTC-USD", nil, [.hour]).place(providers, in: &db)[0]
            if again.isNew { others.withLock { $0 += 1 } }
        }
        try bench.work()
        #expect(others.withLock { $0 } == 0)
        #expect(try bench.stored().count == 69 * 24 + 12)
    }
}
