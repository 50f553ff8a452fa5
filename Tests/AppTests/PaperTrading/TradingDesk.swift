import HTTP
import JSON
import Jobs
import Market
import Postgres
import TestSupport
import Testing

@testable import App

extension Value {
    /// A price or a quantity of an answer in as few digits as there are, for tables of them.
    var short: String { stringValue.flatMap { Price($0) }?.description ?? "-" }
}

/// An installation with a trader, and prices that are made up: STK closes at 100 on every session, COIN-USD at 50 on every
/// day, both up to the end of January 2024.
final class TradingDesk {
    let installation: Installation
    let browser: TestBrowser
    let authenticator: SoftwareAuthenticator
    var db: Connection

    init(_ environment: [String: String] = [:]) throws {
        installation = try Installation(["PAPER_STALE_PRICES": "allow"].merging(environment) { $1 })
        (browser, authenticator) = try installation.user()
        db = try installation.database.connect()
        try put("STK", .equity, Self.sessions(from: "2024-01-02", count: 20).map { ($0, 100, 101, 99, 100) })
        try put("COIN-USD", .crypto, Self.days(from: "2024-01-01", count: 31).map { ($0, 50, 51, 49, 50) })
    }

    typealias Bar = (day: CalendarDay, open: Double, high: Double, low: Double, close: Double)

    static func sessions(from day: String, count: Int) -> [CalendarDay] {
        Array(days(from: day, count: count * 3 + 7).filter { TradingCalendar().isSession($0) }.prefix(count))
    }

    static func days(from day: String, count: Int) -> [CalendarDay] {
        let first = CalendarDay(day)!.daysSinceEpoch
        return (0..<count).compactMap { CalendarDay(daysSinceEpoch: first + $0) }
    }

    /// - Parameter volume: of each; of what comes with the desk it is 1.
    func put(_ symbol: String, _ assetType: AssetType, _ bars: [Bar], volume: Double = 1) throws {
        var series = CandleSeries()
        for bar in bars {
            series.append(
                time: bar.day.start.microseconds, open: bar.open, high: bar.high, low: bar.low, close: bar.close,
                volume: volume)
        }
        try put(symbol, assetType, .day, series)
    }

    /// Hours of COIN-USD that rest at 50, down to the lowest price.
    func putHours(of day: String, _ hours: ClosedRange<Int>, low: Double = 49) throws {
        var series = CandleSeries()
        for hour in hours {
            series.append(
                time: CalendarDay(day)!.start.microseconds + Int64(hour) * Timeframe.hour.microseconds, open: 50,
                high: 51, low: low, close: 50, volume: 1)
        }
        try put("COIN-USD", .crypto, .hour, series)
    }

    private func put(
        _ symbol: String, _ assetType: AssetType, _ timeframe: Timeframe, _ series: CandleSeries
    ) throws {
        _ = try BarStore().store(
            BarSeries(symbol: symbol, assetType: assetType, timeframe: timeframe), from: BarSource(provider: "test"),
            in: &db
        ) { put in try put(series) }
    }

    /// The next sessions of STK, and what the worker does with them.
    func next(_ bars: (open: Double, high: Double, low: Double, close: Double)...) throws {
        let last = try db.run(
            Query<CalendarDay>.value(
                """
                SELECT max(b.date) FROM equity_daily_bars b JOIN symbols s ON s.id = b.symbol_id WHERE s.symbol = 'STK'
                """))
        let days = Self.sessions(from: last.advanced(by: 1)!.description, count: bars.count)
        try put("STK", .equity, zip(days, bars).map { ($0, $1.open, $1.high, $1.low, $1.close) })
        try work()
    }

    /// Queues a job that looks at the orders for STK, as after a kill.
    static let look = """
        INSERT INTO jobs (job_type, payload_json)
          SELECT 'fill_orders', jsonb_build_object('symbol_id', id, 'interval', '1d') FROM symbols WHERE symbol = 'STK'
        """

    @discardableResult
    func work() throws -> Int {
        var done = 0
        while try FillOrders(installation.configuration).runNext(
            as: "test", in: &db,
            report: { event in if case .refused(_, let detail) = event { Issue.record("\(detail)") } })
        { done += 1 }
        return done
    }

    /// What the round of a day does with resting orders.
    func sweep() throws {
        try SweepOrders.sweep(AuditLog(installation.configuration.requiredServerSecret().auditKey), in: &db)
    }

    /// Sends a ticket for STK, or for what it names.
    @discardableResult
    func order(_ side: String, _ ticket: Object, status: Int = 200) throws -> Object {
        var body: Object = ["symbol": "STK", "side": .string(side)]
        for (name, value) in ticket.members { body[name] = value }
        let answer = try browser.send("POST", "/api/trading/orders", .object(body))
        #expect(answer.status == status, "\(answer.text)")
        return answer.object?["order"]?.objectValue ?? answer.object ?? [:]
    }

    func shown(_ order: Object) throws -> Object {
        try get("/api/trading/orders/\(order["id"]?.stringValue ?? "")")["order"]?.objectValue ?? [:]
    }

    func get(_ path: String) throws -> Object {
        let answer = try browser.send("GET", path)
        #expect(answer.status == 200, "\(answer.text)")
        return answer.object ?? [:]
    }

    func rows(_ path: String, _ name: String) throws -> [Object] {
        try get(path)[name]?.arrayValue?.compactMap(\.objectValue) ?? []
    }

    /// Nothing that is stored may disagree with the executions, and the figures have to add up.
    func verify() throws {
        #expect(try LedgerVerification.verify(in: &db).faults == [])
        let summary = try get("/api/trading/portfolio-summary")
        func cents(_ name: String) -> Int64 { Money(summary[name]?.stringValue ?? "")?.cents ?? .min }
        #expect(
            cents("starting_balance") + cents("realized_pnl_total") + cents("unrealized_pnl_total")
                == cents("total_equity"), "\(summary)")
        #expect(cents("cash_balance") + cents("total_position_value") == cents("total_equity"), "\(summary)")
    }
}
