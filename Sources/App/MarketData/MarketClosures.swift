public import Market
public import Postgres

/// Days on which New York's exchange stayed closed besides its rules: what an operator says of them, in one transaction with
/// the checks of the bars that are held against them.
public enum MarketClosures {
    /// Why a day is not taken.
    public enum Refusal: Error, Equatable, Sendable, CustomStringConvertible {
        case noSession(CalendarDay)
        case badReason

        public var description: String {
            switch self {
            case .noSession(let day): "\(day.written) is no day on which New York would have been open"
            case .badReason: "a reason has 1 to 255 characters"
            }
        }
    }

    /// - Parameter alongside: what is done last in the same transaction, where the day was not known.
    /// - Returns: of how many symbols the bars are checked again; nil when the day was known.
    public static func add(
        _ day: CalendarDay, reason: String, in db: inout Connection,
        alongside: (inout Connection) throws -> Void = { _ in }
    ) throws -> Int? {
        guard day >= TradingCalendar.firstKnownDay, TradingCalendar().isSession(day) else {
            throw Refusal.noSession(day)
        }
        guard (1...255).contains(reason.unicodeScalars.count) else { throw Refusal.badReason }
        return try change(
            .change(
                "INSERT INTO market_closures (date, reason) VALUES ($1::date, $2) ON CONFLICT DO NOTHING", day, reason),
            of: day, in: &db, alongside: alongside)
    }

    /// - Parameter alongside: what is done last in the same transaction, where the day was known.
    /// - Returns: of how many symbols the bars are checked again; nil when the day was not known.
    public static func remove(
        _ day: CalendarDay, in db: inout Connection, alongside: (inout Connection) throws -> Void = { _ in }
    ) throws -> Int? {
        try change(
            .change("DELETE FROM market_closures WHERE market = 'XNYS' AND date = $1::date", day), of: day, in: &db,
            alongside: alongside)
    }

    private static func change(
        _ query: Query<Int>, of day: CalendarDay, in db: inout Connection,
        alongside: (inout Connection) throws -> Void
    ) throws -> Int? {
        try db.transaction { db in
            guard try db.run(query) == 1 else { return nil }
            let symbols: [Int] = try db.run(
                .values(
                    """
                    SELECT s.id FROM symbols s JOIN bar_series b ON b.symbol_id = s.id
                    WHERE s.asset_type = 'EQUITY' AND b.interval = '1d' AND b.count > 0
                      AND $1::date BETWEEN (b.first AT TIME ZONE 'UTC')::date AND (b.last AT TIME ZONE 'UTC')::date
                    ORDER BY s.id
                    """, day))
            // One that is running may have read the calendar before this: it does not stand for another.
            for id in symbols { _ = try CheckBars.enqueue(.init(symbol: id, always: true), in: &db) }
            try alongside(&db)
            return symbols.count
        }
    }
}
