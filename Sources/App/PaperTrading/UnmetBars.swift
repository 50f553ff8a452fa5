import Market
import Postgres
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
            let (one, other) = (one.bar.span, other.bar.span)
            return (one.end, other.begin) < (other.end, one.begin)
        }
        return UnmetBars(symbolID: symbolID, symbol: first.symbol, bars: bars, hasMore: end != nil)
    }

    /// What becomes of orders that no bar moves: they have met these. Nil where one is moved in one way or another, whatever
    /// its account has.
    func passed(_ orders: [RestingOrder]) -> [RestingOrder]? {
        var book = RestingBook(
            Ledger(startingBalance: .zero), of: "", orders, Costs(slippage: .zero, commission: .zero))
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

    init(_ row: inout RowReader) throws {
        (symbol, assetType, exchange) = (try row.next(), try row.next(), try row.next())
        (timeframe, revision) = (try row.next(), try row.next())
    }
}

extension Query {
    fileprivate static func seriesToTrade(_ symbol: Int) -> Query<[SeriesToTrade]> where Output == [SeriesToTrade] {
        .all(
            """
            SELECT s.symbol, s.asset_type, s.exchange, b.interval, b.revision
            FROM bar_series b JOIN symbols s ON s.id = b.symbol_id WHERE b.symbol_id = $1::int AND b.count > 0
            """, symbol, read: SeriesToTrade.init)
    }
}
