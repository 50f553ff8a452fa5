import Market
import Postgres
import System
import Trading

/// Stored bars of a symbol that orders which rest for it may have yet to meet: of all its series, in the order in which they
/// ended, and of two that ended together the shorter first.
struct UnmetBars: Sendable {
    struct Bar: Sendable {
        /// As it is stored, Unix microseconds.
        let start: Int64
        let bar: ExactBar
        let timeframe: Timeframe
        /// Of its series, when it was read.
        let revision: Int
    }

    let symbolID: Int
    let symbol: String
    let bars: [Bar]
    /// Hours that begin before it may still come: who has yet to meet them is to meet no day in their stead. Nil: none are
    /// waited for.
    private(set) var awaited: Instant?
    /// Whether later ones may be stored that were not read.
    let hasMore: Bool

    /// Bars of a series that are read in one go.
    private static let maximum = 5_000

    /// - Parameter moment: bars that begin before it are of no interest, although some may be among them.
    /// - Returns: nil where nothing is stored.
    static func read(of symbolID: Int, from moment: Instant, in db: inout Connection) throws -> UnmetBars? {
        let (all, closures) = try db.run(.seriesToTrade(symbolID), .marketClosures())
        guard let first = all.first else { return nil }
        let hours = first.hours(TradingCalendar(closures: closures))
        var bars: [Bar] = [], end: Instant?
        for series in all {
            let stored = try db.run(
                .exactBars(of: symbolID, series.assetType, series.timeframe, from: moment, hours, maximum: maximum))
            bars += stored.map {
                Bar(start: $0.start, bar: $0.bar, timeframe: series.timeframe, revision: series.revision)
            }
            if stored.count == maximum, let last = stored.last?.bar.span.end { end = min(end ?? last, last) }
        }
        // What ends after the last that was read of a series comes with what was not.
        if let end { bars.removeAll { $0.bar.span.end > end } }
        bars.sort { one, other in
            let (first, second) = (one.bar.span, other.bar.span)
            return (first.end, second.begin) < (second.end, first.begin)
        }
        return UnmetBars(
            symbolID: symbolID, symbol: first.symbol, bars: bars, awaited: awaited(by: bars, all), hasMore: end != nil)
    }

    /// Hours that are behind the days by less than one are late, and waited for until a day is over since the day that came
    /// first. A series that is further behind has stopped.
    private static func awaited(by bars: [Bar], _ all: [SeriesToTrade]) -> Instant? {
        guard let hours = all.first(where: { $0.timeframe == .hour }) else { return nil }
        let end = hours.last.microseconds + Timeframe.hour.microseconds, day = Timeframe.day.microseconds
        let now = SystemClock.unixMicroseconds()
        return bars.first { bar in
            let (begin, over) = (bar.bar.span.begin.microseconds, bar.bar.span.end.microseconds)
            return bar.timeframe == .day && end < begin && begin - end <= day && now < over + day
        }?.bar.span.begin
    }

    /// The same for an order that is about to go: it waits for nothing.
    var withoutWaiting: UnmetBars {
        var bars = self
        bars.awaited = nil
        return bars
    }

    /// Orders of an account, about to meet these.
    func orderBook(
        _ ledger: Ledger, _ orders: [RestingOrder], promisedElsewhere: Money = .zero, isInCurrency: Bool = true,
        _ costs: Costs<ExactNumbers>
    ) -> RestingBook {
        RestingBook(
            ledger, of: String(symbolID), orders, promisedElsewhere: promisedElsewhere, isInCurrency: isInCurrency,
            costs,
            awaitingBarsBefore: awaited)
    }

    /// What becomes of orders that no bar moves: they have met these. Nil where one is moved in one way or another, whatever
    /// its account has.
    func passed(_ orders: [RestingOrder]) -> [RestingOrder]? {
        var book = orderBook(Ledger(startingBalance: .zero), orders, Costs(slippage: .zero, commission: .zero))
        for bar in bars where !book.see(bar.bar, newID: { "" }).isEmpty { return nil }
        return book.orders
    }
}

/// What the fills of a series say of it.
private struct SeriesToTrade: Tradable {
    let symbol: String
    let assetType: AssetType
    let exchange: String?
    let timeframe: Timeframe
    let revision: Int
    let last: Instant

    init(_ row: inout RowReader) throws {
        (symbol, assetType, exchange) = (try row.next(), try row.next(), try row.next())
        (timeframe, revision, last) = (try row.next(), try row.next(), try row.next())
    }
}

extension Query {
    /// Those whose units are still those of the accounts.
    fileprivate static func seriesToTrade(_ symbol: Int) -> Query<[SeriesToTrade]> {
        .all(
            """
            SELECT s.symbol, s.asset_type, s.exchange, b.interval, b.revision, b.last
            FROM \(TradedSeries.table) b JOIN symbols s ON s.id = b.symbol_id WHERE b.symbol_id = $1::int
            """, symbol, read: SeriesToTrade.init)
    }
}
