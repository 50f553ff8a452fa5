import Jobs
import Market
import Postgres
import TestSupport
import Testing

@testable import App
@testable import Providers

@Suite struct ProviderBreakerTests {
    private static let down = ProviderError.unreachable("the provider cannot be reached")

    private func standing(_ bench: IngestionBench) throws -> ProviderStanding {
        try #require(try bench.db.run(.providerStandings()).first { $0.provider == "coinbase" })
    }

    /// As if so many seconds had gone by.
    private func pass(_ seconds: Int, _ bench: IngestionBench) throws {
        try bench.db.run(
            .change("UPDATE provider_states SET open_until = open_until - make_interval(secs => $1)", Double(seconds)))
    }

    /// Leaves nothing that waits.
    private func drop(_ bench: IngestionBench) throws {
        try bench.db.run(
            .change("UPDATE jobs SET status = 'cancelled', finished_at = now() WHERE status = 'pending'"))
    }

    /// How many seconds it stays shut; nil: it may be asked.
    private func secondsLeft(_ bench: IngestionBench, _ provider: String = "coinbase") throws -> Int? {
        if case .shut(let seconds, _) = try ProviderBreaker.entry(to: provider, in: &bench.db) { seconds } else { nil }
    }

    @Test func `five failures open it, one question a pause decides, and an answer shuts it`() throws {
        let bench = try IngestionBench()
        bench.prices.put(IngestionBench.bars(.hour, from: "2024-02-01", 700), "BTC-USD", .hour)
        bench.prices.fail(Self.down)
        for failure in 1...ProviderBreaker.failures {
            let job = try bench.order()
            try bench.work()
            #expect(try bench.end(of: job).code == "PROVIDER_UNREACHABLE", "\(failure)")
            #expect(try standing(bench).failures == failure)
            #expect(try standing(bench).state == (failure < ProviderBreaker.failures ? .closed : .open))
        }
        #expect(bench.prices.asked.count == ProviderBreaker.failures)
        let job = try bench.order(), attempts = try bench.end(of: job).attempts
        try bench.work()
        let refused = try bench.end(of: job)
        #expect(refused.code == "PROVIDER_OPEN" && refused.message?.hasPrefix("The played vendor failed") == true)
        #expect(bench.prices.asked.count == ProviderBreaker.failures, "nobody was asked")
        #expect(refused.status == .pending && refused.attempts == attempts, "a vendor's pause costs its jobs nothing")

        try pass(ProviderBreaker.firstPause, bench)
        #expect(try standing(bench).state == .halfOpen)
        try drop(bench)
        let failed = try bench.fetch("ETH-USD")
        #expect(failed.code == "PROVIDER_UNREACHABLE" && bench.prices.asked.count == ProviderBreaker.failures + 1)
        #expect(try standing(bench).state == .open)
        let left = try #require(try secondsLeft(bench))
        #expect((ProviderBreaker.firstPause + 1...2 * ProviderBreaker.firstPause).contains(left), "twice as long")

        try pass(2 * ProviderBreaker.firstPause, bench)
        bench.prices.fail(nil)
        try drop(bench)
        #expect(try bench.fetch("BTC-USD").status == .completed)
        let closed = try standing(bench)
        #expect(closed.state == .closed && closed.failures == 0 && closed.lastSuccess != nil)
        #expect(closed.lastErrorCode == "PROVIDER_UNREACHABLE", "it stays to be seen")
    }

    @Test func `when the pause is over one of many may ask`() throws {
        let bench = try IngestionBench(), database = bench.database
        for _ in 0..<ProviderBreaker.failures { try bench.db.run(ProviderBreaker.failed("coinbase", Self.down)) }
        #expect(try secondsLeft(bench) != nil)
        #expect(try secondsLeft(bench, "alpaca") == nil, "each has its own")
        try pass(ProviderBreaker.firstPause, bench)
        let admitted = Box(0)
        inParallel(8) { _ in
            do {
                var db = try database.connect()
                if case .open = try ProviderBreaker.entry(to: "coinbase", in: &db) { admitted.withLock { $0 += 1 } }
            } catch { Issue.record(error) }
        }
        #expect(admitted.withLock { $0 } == 1)
        // Of whom nothing is heard any more: another takes the place.
        try pass(ProviderBreaker.probe, bench)
        #expect(try secondsLeft(bench) == nil)
    }

    private static let wishes: [(ProviderError, Int?)] = [
        (.rateLimited(retryAfterSeconds: 300), 300),
        (.rateLimited(retryAfterSeconds: nil), ProviderBreaker.firstPause), (.upstream("no"), nil),
        (.unreachable("no"), nil), (.unauthorized, nil),
    ]

    @Test(arguments: wishes)
    func `a vendor that wants to be left alone is, by everybody and at once`(
        _ failure: ProviderError, _ seconds: Int?
    ) throws {
        let bench = try IngestionBench()
        bench.prices.fail(failure)
        _ = try bench.fetch()
        let left = try secondsLeft(bench)
        guard let seconds else {
            #expect(left == nil)
            return
        }
        #expect((seconds - 60...seconds).contains(try #require(left)))
    }

    @Test func `a vendor that does not say when to come back is left alone longer each time`() throws {
        let bench = try IngestionBench()
        for pause in [60, 120, 240, 480, 900, 900] {
            try bench.db.run(ProviderBreaker.failed("coinbase", .rateLimited(retryAfterSeconds: nil)))
            #expect((pause - 30...pause).contains(try #require(try secondsLeft(bench))))
        }
        // One that says so is believed.
        try bench.db.run(ProviderBreaker.failed("coinbase", .rateLimited(retryAfterSeconds: 10)))
        #expect((1...10).contains(try #require(try secondsLeft(bench))))
    }

    @Test func `the pauses grow to a bound`() throws {
        let bench = try IngestionBench()
        for _ in 0..<60 { try bench.db.run(ProviderBreaker.failed("coinbase", Self.down)) }
        let left = try #require(try secondsLeft(bench))
        #expect((ProviderBreaker.longestPause - 60...ProviderBreaker.longestPause).contains(left))
    }

    @Test func `a symbol that a vendor does not have says nothing against it`() throws {
        let bench = try IngestionBench()
        for _ in 1..<ProviderBreaker.failures { try bench.db.run(ProviderBreaker.failed("coinbase", Self.down)) }
        #expect(try bench.fetch().code == "PROVIDER_SYMBOL_NOT_FOUND")
        let standing = try standing(bench)
        #expect(standing.failures == 0 && standing.lastSuccess == nil)
    }

    @Test func `a job that a vendor sends away is not tried before it says`() throws {
        let bench = try IngestionBench()
        bench.prices.fail(.rateLimited(retryAfterSeconds: 4_000))
        let job = try bench.order()
        try bench.work()
        let seconds: Double = try bench.db.run(
            .value(
                "SELECT extract(epoch FROM run_after - clock_timestamp())::float8 FROM jobs WHERE id = $1::uuid", job))
        #expect((3_900...4_000).contains(seconds))
    }

    @Test func `jobs that find a vendor shut come back later each time, and not all at once`() throws {
        let bench = try IngestionBench()
        bench.prices.fail(Self.down)
        for _ in 0..<ProviderBreaker.failures { try bench.db.run(ProviderBreaker.failed("coinbase", Self.down)) }
        let jobs = try (0..<30).map { try bench.order("C\($0)-USD") }
        func waits() throws -> [Double] {
            try bench.db.run(
                .values(
                    """
                    SELECT extract(epoch FROM run_after - clock_timestamp())::float8 FROM jobs WHERE status = 'pending'
                      AND error_code = 'PROVIDER_OPEN'
                    """))
        }
        var pause = Double(ProviderBreaker.firstPause)
        for failed in 0...1 {
            try bench.workOff()
            let seconds = try waits()
            #expect(seconds.count == jobs.count - failed && bench.prices.asked.count == failed)
            #expect(seconds.allSatisfy { (pause - 30...2 * pause + 1).contains($0) }, "\(seconds)")
            #expect(Set(seconds.map { Int($0) }).count > 10, "not all at one moment: \(seconds)")
            // One tries it, and waits for its next attempt; the others hear of its failure.
            try pass(Int(pause), bench)
            if failed == 0 { try bench.work() }
            try bench.db.run(
                .change(
                    "UPDATE jobs SET run_after = now() WHERE status = 'pending' AND error_code = 'PROVIDER_OPEN'"))
            pause *= 2
        }
        // Whoever has waited for days waits no longer; not who was queued days ago, and waits since the vendor fails.
        try pass(-3_600, bench)
        try bench.db.run(
            .change("UPDATE provider_states SET failing_since = now() - interval '71 hours'"))
        try bench.db.script(
            """
            ALTER TABLE jobs DISABLE TRIGGER jobs_identity_is_final;
            UPDATE jobs SET created_at = now() - interval '73 hours' WHERE id IN ('\(jobs[28])', '\(jobs[29])');
            ALTER TABLE jobs ENABLE TRIGGER jobs_identity_is_final
            """)
        try bench.workOff()
        #expect(try jobs[28...].allSatisfy { try bench.end(of: $0).status == .pending })
        try bench.db.run(
            .change("UPDATE provider_states SET failing_since = now() - interval '73 hours'"))
        try bench.db.run(.change("UPDATE jobs SET run_after = now() WHERE status = 'pending'"))
        try bench.workOff()
        for job in jobs[28...] {
            let end = try bench.end(of: job)
            #expect(end.status == .failed && end.code == "PROVIDER_OPEN")
            #expect(
                end.message == "The played vendor fails, and this has waited for it for 3 days: nothing is fetched.")
        }
        #expect(try bench.end(of: jobs[27]).status == .pending)
    }

    @Test func `jobs of a vendor that does not take the key end, and begin anew when it takes one`() throws {
        let bench = try IngestionBench(keyNames: ["A_TOKEN"], credentials: Credentials(secret: "s"))
        for symbol in ["BTC-USD", "C0-USD", "C1-USD"] {
            bench.prices.put(IngestionBench.bars(.hour, from: "2024-02-01", 700), symbol, .hour)
        }
        // One of them has bars already, and is behind.
        try bench.put(IngestionBench.bars(.hour, from: "2024-02-01", 20), "BTC-USD", .crypto, .hour, from: "coinbase")
        bench.prices.fail(.unauthorized)
        let jobs = try (0..<10).map { try bench.order("C\($0)-USD") }
        for _ in jobs { try bench.work() }
        for job in jobs {
            let end = try bench.end(of: job)
            #expect(end.status == .failed && end.code == "PROVIDER_UNAUTHORIZED")
            #expect(end.message?.contains("does not take the key: set another A_TOKEN in") == true)
        }
        #expect(bench.prices.asked.count == ProviderBreaker.failures, "the others were told without a question")
        #expect(try standing(bench).isKeyRefused)
        try bench.db.run(.change("DELETE FROM jobs WHERE payload_json->>'symbol' NOT IN ('C0-USD', 'C1-USD')"))
        #expect(try bench.plan()["provider_open"] == 1)

        // With another key one is asked for, and what had ended begins.
        try pass(2 * ProviderBreaker.firstPause, bench)
        bench.prices.fail(nil)
        #expect(try bench.plan()["queued"] == 1)
        try bench.work()
        #expect(try standing(bench).failures == 0 && bench.state("BTC-USD")?.count == 700)
        try bench.workOff()
        for symbol in ["C0-USD", "C1-USD"] { #expect(try bench.state(symbol)?.count == 700) }
        #expect(try bench.db.run(Query<Int>.value("SELECT count(*) FROM jobs WHERE job_type = 'ingest_bars'")) == 5)
    }

    /// A bench whose vendor did not take the key for these.
    private func refused(_ symbols: [String]) throws -> IngestionBench {
        let bench = try IngestionBench(keyNames: ["A_TOKEN"], credentials: Credentials(secret: "s"))
        for symbol in symbols + ["BTC-USD"] {
            bench.prices.put(IngestionBench.bars(.hour, from: "2024-02-01", 700), symbol, .hour)
        }
        bench.prices.fail(.unauthorized)
        for symbol in symbols { #expect(try bench.fetch(symbol).code == "PROVIDER_UNAUTHORIZED") }
        return bench
    }

    private func imports(of symbol: String, _ bench: IngestionBench) throws -> Int {
        try bench.db.run(
            .value(
                "SELECT count(*) FROM jobs WHERE job_type = 'ingest_bars' AND payload_json->>'symbol' = $1", symbol))
    }

    @Test func `they begin anew whatever the first answer is, and whatever failed in between`() throws {
        let bench = try refused(["C0-USD", "C1-USD"])
        bench.prices.fail(Self.down)
        #expect(try bench.fetch().code == "PROVIDER_UNREACHABLE")
        try drop(bench)
        bench.prices.fail(nil)
        #expect(try bench.fetch("NOT-USD").code == "PROVIDER_SYMBOL_NOT_FOUND")
        try bench.workOff()
        for symbol in ["C0-USD", "C1-USD"] {
            #expect(try bench.state(symbol)?.count == 700 && imports(of: symbol, bench) == 2)
        }
    }

    @Test func `nobody's wish begins anew that was taken back, or of whoever is gone`() throws {
        let bench = try refused(["C0-USD", "C1-USD", "C2-USD"])
        let later = try bench.order("C0-USD")
        _ = try Queue.cancel(later, in: &bench.db)
        let user = try bench.db.run(
            Query<String>.value(
                "INSERT INTO users (email, disabled_at) VALUES ('gone@example.org', now()) RETURNING id"))
        try bench.db.script(
            """
            ALTER TABLE jobs DISABLE TRIGGER jobs_identity_is_final;
            UPDATE jobs SET user_id = '\(user)' WHERE payload_json->>'symbol' = 'C1-USD';
            ALTER TABLE jobs ENABLE TRIGGER jobs_identity_is_final
            """)
        bench.prices.fail(nil)
        #expect(try bench.fetch().status == .completed)
        try bench.workOff()
        #expect(try bench.state("C0-USD") == nil && bench.state("C1-USD") == nil)
        #expect(try bench.state("C2-USD")?.count == 700)
    }

    @Test func `what is refused while others are not is not asked for again and again`() throws {
        let bench = try refused(["C0-USD"])
        for round in 1...3 {
            bench.prices.fail(nil)
            #expect(try bench.fetch().status == .completed)
            bench.prices.fail(.unauthorized)
            try bench.workOff()
            #expect(try imports(of: "C0-USD", bench) == 2, "\(round)")
        }
    }

    @Test func `who may ask and does not leaves it to the next`() throws {
        let bench = try IngestionBench()
        for _ in 0..<ProviderBreaker.failures { try bench.db.run(ProviderBreaker.failed("coinbase", Self.down)) }
        try pass(ProviderBreaker.firstPause, bench)
        bench.prices.fail(.paced(seconds: 72))
        #expect(try bench.fetch().code == "PROVIDER_PACED")
        let state = try standing(bench)
        #expect(state.state == .halfOpen && state.failures == ProviderBreaker.failures)
        #expect(try secondsLeft(bench) == nil)
    }

    /// What ends a job while it has the vendor to itself, whatever the vendor answers.
    enum Ending: CaseIterable { case cancelled, refused, nothingToAsk }

    @Test(arguments: Ending.allCases)
    func `a job that tries a vendor and ends otherwise keeps nobody from it`(_ ending: Ending) throws {
        let bench = try IngestionBench(), database = bench.database
        bench.prices.put(IngestionBench.bars(.hour, from: "2024-02-01", 700), "BTC-USD", .hour)
        if ending == .nothingToAsk { #expect(try bench.fetch().status == .completed) }
        for _ in 0..<ProviderBreaker.failures { try bench.db.run(ProviderBreaker.failed("coinbase", Self.down)) }
        try pass(ProviderBreaker.firstPause, bench)
        let job = try bench.order()
        bench.prices.before { request, pause in
            guard request == 2 else { return }
            var db = try database.connect()
            // Meanwhile others are told what goes on.
            guard case .shut(_, true) = try ProviderBreaker.entry(to: "coinbase", in: &db) else {
                Issue.record("shut for another reason")
                return
            }
            #expect(try db.run(.providerStandings()).first?.state == .halfOpen)
            if ending == .cancelled {
                _ = try Queue.cancel(job, in: &db)
                try pause(600_000)
            } else {
                let days = IngestionBench.bars(.hour, from: "2024-01-01", 3)
                _ = try BarStore().store(
                    BarSeries(symbol: "BTC-USD", assetType: .crypto, timeframe: .hour),
                    from: BarSource(provider: "file"),
                    in: &db
                ) { put in try put(days) }
            }
        }
        if ending == .nothingToAsk { bench.now = Instant("2024-01-15T12:00:00Z")! }
        try bench.work()
        let end = try bench.end(of: job), state = try standing(bench)
        switch ending {
        case .cancelled:
            #expect(end.status == .cancelled && state.state == .halfOpen)
        case .refused:
            #expect(end.code == "SERIES_FROM_ELSEWHERE" && state.state == .closed, "the vendor did answer: \(end)")
        case .nothingToAsk:
            #expect(end.status == .completed && end.number("requests") == 0 && state.state == .halfOpen, "\(end)")
        }
        #expect(try secondsLeft(bench) == nil)
    }

    @Test func `who waits for a job that tries a vendor is told so`() throws {
        let bench = try IngestionBench()
        for _ in 0..<ProviderBreaker.failures { try bench.db.run(ProviderBreaker.failed("coinbase", Self.down)) }
        try pass(ProviderBreaker.firstPause, bench)
        #expect(try secondsLeft(bench) == nil, "that is the one")
        #expect(
            try bench.fetch().message == "The played vendor failed, and another job tries whether it answers again.")
        #expect(try standing(bench).state == .halfOpen && standing(bench).openUntil == nil)
        try bench.db.run(ProviderBreaker.failed("coinbase", Self.down))
        #expect(try standing(bench).state == .open)
        try drop(bench)
        #expect(try bench.fetch().message?.contains("nobody asks it for") == true)
    }

    @Test func `bars that cannot be say nothing against the vendor`() throws {
        let bench = try IngestionBench()
        bench.prices.fail(.badBars("the bar of 1 Jan 2024 cannot be: high is below low"))
        for _ in 0...ProviderBreaker.failures {
            let job = try bench.order()
            try bench.work()
            #expect(try bench.end(of: job).code == "PROVIDER_BAD_BARS")
        }
        #expect(try standing(bench).failures == 0 && secondsLeft(bench) == nil)
    }

    @Test func `an answer that was asked for before it opened does not shut it`() throws {
        let bench = try IngestionBench(), database = bench.database
        bench.prices.put(IngestionBench.bars(.hour, from: "2024-02-01", 700), "BTC-USD", .hour)
        bench.prices.before { request, _ in
            guard request == 2 else { return }
            // What others meet while this one is at its second page.
            var db = try database.connect()
            for _ in 0..<ProviderBreaker.failures { try db.run(ProviderBreaker.failed("coinbase", Self.down)) }
        }
        #expect(try bench.fetch().status == .completed)
        let open = try standing(bench)
        #expect(open.state == .open && open.failures == ProviderBreaker.failures && open.lastSuccess != nil)
        try pass(ProviderBreaker.firstPause, bench)
        bench.prices.before(nil)
        #expect(try bench.fetch().status == .completed)
        #expect(try standing(bench).state == .closed)
    }
}
