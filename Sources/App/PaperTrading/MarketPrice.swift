import Market
import Postgres
import Quality
import System
import Trading

/// What one unit costs by the newest bar that is stored.
struct MarketPrice: Sendable {
    let price: Price
    let timeframe: Timeframe
    /// Start of the bar, Unix microseconds.
    let start: Int64
    /// Of the series, when it was read.
    let revision: Int
    /// Whether there are later bars, which nothing is traded at (``TradedSeries``).
    let isHeld: Bool
    /// The last close before the bar's day; nil where there is none.
    let previous: Price?

    static let columns = "price.close, price.interval, price.start, price.revision, price.is_held, price.previous"

    /// SQL that joins `price` to the symbol `s`: the close of the bar that ended last, of whichever series. All of it is
    /// null where nothing is stored, and where the price is none that a ledger can hold. `OFFSET 0` keeps the planner from
    /// writing the look-up wherever its answer is used, which is three times: it would be made three times.
    static let joined = join("NULL::numeric")

    /// The same with the close before the bar's day, which costs a look more.
    static let joinedWithPrevious = join(
        "(SELECT CASE WHEN \(isKept("before.close")) THEN before.close::numeric(28,12) END FROM (SELECT \(before) AS close OFFSET 0) before)"
    )

    private static let latest = close { "\($0.timeColumn) = \($0.time("b.last"))" }
    private static let before = close { "\($0.timeColumn) < \($0.time("date_trunc('day', b.last, 'UTC')"))" }

    private static func isKept(_ price: String) -> String {
        "\(price) BETWEEN \(Price.kept.lowerBound) AND \(Price.kept.upperBound)"
    }

    /// The newest close of the series `b` that meets a condition.
    private static func close(_ condition: (BarTable) -> String) -> String {
        let cases = BarTable.kinds.map { assetType, timeframe in
            let table = BarTable(assetType, timeframe)
            return """
                WHEN s.asset_type = '\(assetType.rawValue)' AND b.interval = '\(timeframe.rawValue)' THEN (
                  SELECT close::numeric FROM \(table.name) WHERE symbol_id = b.symbol_id AND \(condition(table))
                  ORDER BY \(table.timeColumn) DESC LIMIT 1)
                """
        }
        return "CASE \(cases.joined(separator: " ")) END"
    }

    private static func join(_ previous: String) -> String {
        """
        LEFT JOIN LATERAL (
          SELECT last.close::numeric(28,12) AS close, b.interval, b.last AS start, b.revision, b.is_held, \(previous) AS previous
          FROM (SELECT * FROM \(TradedSeries.table) b WHERE b.symbol_id = s.id
                ORDER BY \(TradedSeries.end("b")) DESC, b.interval LIMIT 1) b
          CROSS JOIN LATERAL (SELECT \(latest) AS close OFFSET 0) last
          WHERE \(isKept("last.close"))
        ) price ON true
        """
    }

    /// Nil where an outer join found none.
    init?(_ row: inout RowReader) throws {
        guard let price = try row.next(Price?.self) else {
            _ = (
                try row.next(Timeframe?.self), try row.next(Instant?.self), try row.next(Int?.self),
                try row.next(Bool?.self), try row.next(Price?.self)
            )
            return nil
        }
        self.price = price
        (timeframe, start) = (try row.next(), try row.next(Instant.self).microseconds)
        (revision, isHeld, previous) = (try row.next(), try row.next(), try row.next())
    }
}

extension Price {
    /// Those that a ledger can hold. A file in a wrong unit may have others.
    static let kept = Price("0.000000000001")!...Price("1000000000000000")!

    /// Nil for one that no ledger can hold.
    init?(kept number: Double) {
        guard let price = Price(nearest: number), Self.kept.contains(price) else { return nil }
        self = price
    }
}

/// What is traded at some hours.
protocol Tradable: Sendable {
    var assetType: AssetType { get }
    /// Where a share is listed; nil when that is not known.
    var exchange: String? { get }
}

extension Tradable {
    func hours(_ calendar: TradingCalendar) -> TradingHours {
        TradingHours(of: assetType, listedAt: exchange, calendar)
    }
}

/// An instrument that may be traded, also one that no longer is.
struct TradedSymbol: Tradable {
    let id: Int
    let symbol: String
    let name: String
    let assetType: AssetType
    /// Where a share is listed; nil when that is not known.
    let exchange: String?
    let isActive: Bool

    static let columns = "s.id, s.symbol, s.name, s.asset_type, s.exchange, s.is_active"

    init(_ row: inout RowReader) throws {
        (id, symbol, name) = (try row.next(), try row.next(), try row.next())
        (assetType, exchange, isActive) = (try row.next(), try row.next(), try row.next())
    }
}

/// An instrument and its price.
struct Quote: Sendable {
    let symbol: TradedSymbol
    let market: MarketPrice?
    fileprivate let closures: [CalendarDay]

    fileprivate static let columns = """
        \(TradedSymbol.columns), \(MarketPrice.columns),
        CASE WHEN s.asset_type = 'EQUITY' THEN array(SELECT date::text FROM market_closures WHERE market = 'XNYS')
          ELSE '{}' END
        """

    fileprivate init(_ row: inout RowReader) throws {
        (symbol, market) = (try TradedSymbol(&row), try MarketPrice(&row))
        closures = try row.next([String].self).compactMap { CalendarDay($0) }
    }
}

extension Query {
    /// The instrument of a ticker; one that is traded before one that no longer is.
    ///
    /// - Parameter id: which of those that have had the ticker; nil: as above.
    static func quote(_ ticker: String, _ id: Int? = nil) -> Query<Quote?> {
        .first(
            """
            SELECT \(Quote.columns)
            FROM (SELECT * FROM symbols WHERE symbol = $1 AND ($2::int IS NULL OR id = $2::int)
                  ORDER BY is_active DESC, id DESC LIMIT 1) s
            \(MarketPrice.joined)
            """, ticker, id, read: Quote.init)
    }
}

/// The moment at which somebody trades: what is new enough then, and when that which is ordered begins and ends.
struct MarketClock: Sendable {
    let now: Instant
    private let calendar: TradingCalendar
    /// What an order meets where the newest price is older than api.md allows.
    let stalePrices: StalePrices

    init(_ configuration: Configuration, closures: [CalendarDay]) {
        now = Instant(microseconds: SystemClock.unixMicroseconds())
        calendar = TradingCalendar(closures: closures)
        stalePrices = configuration.stalePrices
    }

    init(_ configuration: Configuration, _ quote: Quote) { self.init(configuration, closures: quote.closures) }

    func span(of market: MarketPrice, _ symbol: TradedSymbol) -> BarSpan {
        symbol.hours(calendar).span(ofBar: market.start, market.timeframe)
    }

    func isCurrent(_ market: MarketPrice, _ symbol: TradedSymbol) -> Bool {
        Freshness.isCurrent(last: market.start, market.timeframe, at: now, symbol.hours(calendar))
    }

    /// Whether one may trade at it. What is no longer traded has no newer price to come.
    func isTradable(_ market: MarketPrice, _ symbol: TradedSymbol) -> Bool {
        stalePrices == .allow || !symbol.isActive || isCurrent(market, symbol)
    }

    /// From when on bars are news to who trades now: with old prices, where they may be traded at, time has stopped at the
    /// end of the newest bar; where there is no price it has not.
    func moment(_ market: MarketPrice?, _ symbol: TradedSymbol) -> Instant {
        guard let market, stalePrices == .allow, !isCurrent(market, symbol) else { return now }
        return min(now, span(of: market, symbol).end)
    }

    /// The start of the last bar that is no news then, as ``TradingHours/lastBegun(before:_:)`` has it.
    func lastBegun(_ timeframe: Timeframe, _ market: MarketPrice?, _ symbol: TradedSymbol) -> Instant? {
        symbol.hours(calendar).lastBegun(before: moment(market, symbol), timeframe)
    }

    func expiry(_ timeInForce: TimeInForce, _ symbol: TradedSymbol, from moment: Instant) -> Instant? {
        Self.expiry(timeInForce, symbol.hours(calendar), from: moment)
    }

    static func expiry(_ timeInForce: TimeInForce, _ hours: TradingHours, from moment: Instant) -> Instant? {
        switch timeInForce {
        case .day: hours.nextSession(from: moment)?.end
        case .goodTillCancelled: Instant(microseconds: moment.microseconds + restingDays * 86_400_000_000)
        }
    }

    /// Whether a bar may still come that begins at a moment or later, and before an order is over.
    ///
    /// - Parameter timeframes: of which there are bars.
    func mayFill(_ symbol: TradedSymbol, _ timeframes: [Timeframe], from moment: Instant, until end: Instant) -> Bool {
        let hours = symbol.hours(calendar)
        return timeframes.contains { hours.nextBar($0, from: moment).map { $0 < end } ?? false }
    }

    static let restingDays: Int64 = 90
}

/// Whether paper orders trade at prices that are older than api.md allows.
public enum StalePrices: String, Sendable, CaseIterable { case refuse, allow }
