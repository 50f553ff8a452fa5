import Daemon
import HTTPClient
import JSON
import Jobs
import Market
import Postgres
import Providers
import TestSupport
import Testing

@testable import App
@testable import Remote

/// The job that brings bars in, from a vendor on loopback into a database.
@Suite struct IngestionTests {
    private static let now = Instant("2025-03-03T17:30:00Z")!
    private static let lastHour = Instant("2025-03-03T16:00:00Z")!.microseconds

    private let database: TestDatabase
    private let vendors: TestVendors

    init() throws {
        database = try TestDatabase()
        vendors = try TestVendors { Self.now.microseconds }
    }

    /// - Parameter milliseconds: how long an answer is waited for.
    private func kind(waiting milliseconds: Int) throws -> IngestBars {
        let configuration = try Configuration(
            vendors.environment.merging(["ENVIRONMENT": "test"]) { $1 }
        ) { _ in nil }
        let all = configuration.priceProviders.all
        var patience = PriceExchanges.Patience()
        patience.limits.totalMilliseconds = milliseconds
        patience.backOffMilliseconds = 1
        let exchanges = PriceExchanges(
            access: Dictionary(
                uniqueKeysWithValues: all.map {
                    ($0.provider.name, .init(address: $0.address, pace: $0.pace))
                }), patience: patience, allowsLoopback: true, log: Log(minimum: .error))
        return IngestBars(configuration.priceProviders, by: exchanges, log: Log(minimum: .error)) { Self.now }
    }

    /// Orders one series from a vendor, and does it.
    ///
    /// - Returns: what the job says of itself.
    private func ingest(
        _ symbol: String, _ assetType: AssetType, _ timeframe: Timeframe, from provider: String,
        waiting milliseconds: Int = 60_000, in db: inout Connection
    ) throws -> (status: JobStatus, code: String?, message: String) {
        let job = try IngestBars.enqueue(
            .init(symbol: symbol, assetType, timeframe, provider: provider, from: CalendarDay("2025-01-02")), in: &db)
        _ = try kind(waiting: milliseconds).runNext(as: "test", in: &db) { event in
            if case .refused(_, let detail) = event { Issue.record("\(detail)") }
        }
        return try db.run(
            .one("SELECT status, error_code, coalesce(error_message, '') FROM jobs WHERE id = $1::uuid", job) { row in
                (try row.next(), try row.next(), try row.next())
            })
    }

    private func stored(_ symbol: String, _ timeframe: Timeframe, in db: inout Connection) throws -> CandleSeries {
        guard let row = try db.run(.symbol(symbol)) else { return CandleSeries() }
        return try db.run(.bars(BarTable(row.assetType, timeframe), symbol: row.id, from: nil, to: nil, warmUp: 0))
    }

    @Test(arguments: [
        ("coinbase", "BTC-USD", AssetType.crypto, Timeframe.hour, 1_457, "raw"),
        ("binance", "ETH-BTC", .crypto, .day, 60, "raw"), ("alpaca", "BTC-USD", .crypto, .hour, 1_457, "raw"),
        ("alpaca", "AAPL", .equity, .day, 39, "split"), ("tiingo", "BRK.B", .equity, .day, 39, "split"),
    ])
    func `bars of every vendor are stored as they are`(
        _ provider: String, _ symbol: String, _ assetType: AssetType, _ timeframe: Timeframe, _ count: Int,
        _ adjustment: String
    ) throws {
        var db = try database.connect()
        let end = try ingest(symbol, assetType, timeframe, from: provider, in: &db)
        #expect(end.status == .completed, "\(end)")
        let bars = try stored(symbol, timeframe, in: &db)
        #expect(bars.count == count)
        for (i, time) in bars.times.enumerated() {
            let bar = TestVendors.bar(time, timeframe)
            #expect(bars.open[i] == bar.open && bars.high[i] == bar.high && bars.low[i] == bar.low)
            #expect(bars.close[i] == bar.close && bars.volume[i] == bar.volume)
        }
        let id = try #require(try db.run(.symbol(symbol))?.id)
        let source = try #require(try db.run(.state(ofSymbol: id, timeframe))?.source)
        #expect(source.provider == provider && source.adjustment.rawValue == adjustment)
    }

    @Test func `hosts ask a vendor no more often together than one may alone`() throws {
        let configuration = try Configuration(
            vendors.environment.merging([
                "ENVIRONMENT": "test", "DATABASE_URL": database.conninfo, "TIINGO_REQUESTS_AN_HOUR": "1",
            ]) { $1 }
        ) { _ in nil }
        func end(ofFetching symbol: String, in db: inout Connection) throws -> String? {
            // Each has its own, as another process would.
            let exchanges = PriceExchanges(configuration, log: Log(minimum: .error))
            let kind = IngestBars(configuration.priceProviders, by: exchanges, log: Log(minimum: .error)) { Self.now }
            let job = try IngestBars.enqueue(
                .init(symbol: symbol, .equity, .day, provider: "tiingo", from: CalendarDay("2025-01-02")), in: &db)
            _ = try kind.runNext(as: "test", in: &db) { _ in }
            return try db.run(.value("SELECT coalesce(error_code, status) FROM jobs WHERE id = $1::uuid", job))
        }
        var db = try database.connect()
        #expect(try end(ofFetching: "AAPL", in: &db) == "completed")
        #expect(try end(ofFetching: "BRK.B", in: &db) == "PROVIDER_PACED")
    }

    struct Trouble: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let code: String
        let isFinal: Bool
        let milliseconds: Int
        let fault: TestVendors.Fault

        init(
            _ what: String, _ code: String, isFinal: Bool = false, waiting milliseconds: Int = 60_000,
            _ fault: @escaping TestVendors.Fault
        ) {
            (testDescription, self.code, self.isFinal) = (what, code, isFinal)
            (self.milliseconds, self.fault) = (milliseconds, fault)
        }

        /// The vendor answers with 200.
        init(_ what: String, _ code: String = "PROVIDER_BAD_ANSWER", saying body: String) {
            self.init(what, code) { _, peer in
                peer.send(TestVendors.response(200, Array(body.utf8)))
            }
        }
    }

    static let troubles: [Trouble] = [
        Trouble("who hangs", "PROVIDER_UNREACHABLE", waiting: 200) { _, peer in peer.waitUntilClosed() },
        Trouble("who tells of more than comes", "PROVIDER_UNREACHABLE") { _, peer in
            peer.send(Array("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n[[1740960000,".utf8))
        },
        Trouble("who points elsewhere", "PROVIDER_BAD_ANSWER") { _, peer in
            peer.send(TestVendors.response(302, [], "Location: http://127.0.0.1:1/\r\n"))
        },
        Trouble("who sends two gigabytes", "PROVIDER_BAD_ANSWER") { _, peer in
            let piece = [UInt8](repeating: 0x20, count: 1 << 20)
            guard peer.send(Array("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n".utf8)) else { return }
            for _ in 0..<2_048 where !peer.send(piece) { return }
        },
        Trouble("who sends a page", saying: "<!DOCTYPE html><title>Sign in to a-secret</title>"),
        Trouble("who sends a bar that cannot be", "PROVIDER_BAD_BARS", saying: "[[1740960000,5,4,3,2,1]]"),
        Trouble("who sends bars to come", "PROVIDER_BAD_BARS", saying: "[[4102444800,1,4,2,3,5]]"),
        Trouble("who sends another's error", saying: #"{"message":"a-secret"}"#),
        Trouble("who is unwell", "PROVIDER_BAD_ANSWER") { _, peer in peer.send(TestVendors.response(503, [])) },
        Trouble("who has enough", "PROVIDER_RATE_LIMITED") { _, peer in
            peer.send(TestVendors.response(429, [], "Retry-After: 3600\r\n"))
        },
        Trouble("who does not serve us", "PROVIDER_FORBIDDEN", isFinal: true) { _, peer in
            peer.send(TestVendors.response(451, []))
        },
        Trouble("who does not know the symbol any more", "PROVIDER_SYMBOL_NOT_FOUND", isFinal: true) { _, peer in
            peer.send(TestVendors.response(404, []))
        },
    ]

    @Test(arguments: troubles)
    func `what is stored stays as it is, and the job says what was wrong with a vendor`(_ trouble: Trouble) throws {
        var db = try database.connect()
        #expect(try ingest("BTC-USD", .crypto, .hour, from: "coinbase", in: &db).status == .completed)
        let id = try #require(try db.run(.symbol("BTC-USD"))?.id)
        // So that there is something to ask for.
        try db.run(
            .change(
                "DELETE FROM crypto_hourly_bars WHERE symbol_id = $1::int AND ts > $2::timestamptz", id,
                Instant(microseconds: Self.lastHour - 10 * 3_600_000_000)))
        let bars = try stored("BTC-USD", .hour, in: &db)
        let state = try db.run(.state(ofSymbol: id, .hour))
        for _ in 0..<2 { vendors.fail(trouble.fault) }
        let end = try ingest(
            "BTC-USD", .crypto, .hour, from: "coinbase", waiting: trouble.milliseconds, in: &db)
        #expect(end.code == trouble.code && end.status == (trouble.isFinal ? .failed : .pending), "\(end)")
        #expect(end.message.hasPrefix("Coinbase Exchange: ") && end.message.utf8.count < 200)
        for word in ["a-secret", "127.0.0.1", TestVendors.secret] { #expect(!end.message.contains(word)) }
        #expect(try stored("BTC-USD", .hour, in: &db) == bars)
        #expect(try db.run(.state(ofSymbol: id, .hour)) == state)
    }
}
