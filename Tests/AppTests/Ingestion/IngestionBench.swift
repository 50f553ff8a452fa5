import Daemon
import JSON
import Jobs
import Market
import Postgres
import TestSupport
import Testing

@testable import App
@testable import Providers

/// A database, a made-up vendor, a clock that stands still, and a worker that does one job at a time.
final class IngestionBench {
    let database: TestDatabase
    var db: Connection
    let prices: PlayedPrices
    let providers: PriceProviders
    /// 2024-03-01 12:00 UTC.
    var now = Instant("2024-03-01T12:00:00Z")! { didSet { prices.setClock(now) } }

    init(_ database: TestDatabase? = nil, keyNames: [String] = [], credentials: Credentials? = nil) throws {
        self.database = try database ?? TestDatabase()
        db = try self.database.connect()
        let prices = PlayedPrices()
        self.prices = prices
        let services = [ProviderService(.crypto, [.day, .hour], since: "2023-01-01")]
        let shares = [ProviderService(.equity, [.day], .split, since: "2020-01-01")]
        providers = PriceProviders(
            [("coinbase", services), ("alpaca", shares)].map { name, services in
                PriceProviderAccess(
                    PlayedProvider(name, services, prices), address: "https://vendor.example", pace: .aMinute(1),
                    credentials: credentials, keyNames: keyNames)
            })
        prices.setClock(now)
    }

    /// What a job came to.
    struct End {
        let status: JobStatus
        let code: String?
        let message: String?
        let attempts: Int
        let result: Object

        func number(_ name: String) -> Int? { result[name]?.numberValue?.int }
    }

    /// Bars from a time on; where `price` gives nil there is none.
    static func bars(
        _ timeframe: Timeframe, from first: String, _ count: Int, price: (Int) -> Double? = { 100 + Double($0 % 7) }
    ) -> CandleSeries {
        let start = CalendarDay(first)!.start.microseconds
        var bars = CandleSeries()
        for place in 0..<count {
            guard let price = price(place) else { continue }
            bars.append(
                time: start + Int64(place) * timeframe.microseconds, open: price, high: price + 1, low: price - 1,
                close: price, volume: Double(place + 1))
        }
        return bars
    }

    @discardableResult
    func order(
        _ symbol: String = "BTC-USD", _ timeframe: Timeframe = .hour, from: String? = nil, replaces: Bool = false
    ) throws -> String {
        var order = IngestionOrder(symbol, nil, [timeframe])
        (order.from, order.replaces) = (from.flatMap { CalendarDay($0) }, replaces)
        return try #require(order.place(providers, in: &db).first).id
    }

    /// Does what waits, also what waits to be tried again.
    @discardableResult
    func work(as name: String = "test") throws -> Bool {
        try db.run(.change("UPDATE jobs SET run_after = now() WHERE status = 'pending'"))
        return try next(as: name)
    }

    /// Does what is due, until nothing is.
    func workOff() throws { while try next(as: "test") {} }

    private func next(as name: String) throws -> Bool {
        let now = now
        let kind = IngestBars(providers, by: PlayedExchanges(prices: prices), log: Log(minimum: .error), now: { now })
        var db = try database.connect(SessionSettings(applicationName: name))
        return try kind.runNext(as: "test", in: &db) { event in
            if case .refused(_, let detail) = event { Issue.record("\(detail)") }
        }
    }

    func plan(_ payload: PlanIngestion.Payload = .init()) throws -> Object {
        let now = now, job = try PlanIngestion.request(payload, in: &db)
        _ = try PlanIngestion(providers, now: { now }).runNext(as: "test", in: &db) { event in
            if case .refused(_, let detail) = event { Issue.record("\(detail)") }
        }
        return try end(of: job).result
    }

    func end(of job: String) throws -> End {
        try db.run(
            .one(
                "SELECT status, error_code, error_message, attempts, coalesce(result_json, '{}') FROM jobs WHERE id = $1::uuid",
                job
            ) { row in
                End(
                    status: try row.next(), code: try row.next(), message: try row.next(), attempts: try row.next(),
                    result: try row.next(Value.self).objectValue ?? [:])
            })
    }

    /// Orders an import, does it, and tells what came of it.
    func fetch(
        _ symbol: String = "BTC-USD", _ timeframe: Timeframe = .hour, from: String? = nil, replaces: Bool = false
    ) throws -> End {
        let job = try order(symbol, timeframe, from: from, replaces: replaces)
        try work()
        return try end(of: job)
    }

    func stored(_ symbol: String = "BTC-USD", _ timeframe: Timeframe = .hour) throws -> CandleSeries {
        guard let row = try db.run(.symbol(symbol)) else { return CandleSeries() }
        return try db.run(
            .bars(BarTable(row.assetType, timeframe), symbol: row.id, from: nil, to: nil, warmUp: 0))
    }

    func state(_ symbol: String = "BTC-USD", _ timeframe: Timeframe = .hour) throws -> SeriesState? {
        try db.run(.symbol(symbol)).flatMap { try db.run(.state(ofSymbol: $0.id, timeframe)) }
    }

    func put(_ bars: CandleSeries, _ symbol: String, _ type: AssetType, _ timeframe: Timeframe, from: String) throws {
        _ = try BarStore().store(
            BarSeries(symbol: symbol, assetType: type, timeframe: timeframe), from: BarSource(provider: from), in: &db
        ) { put in try put(bars) }
    }
}
