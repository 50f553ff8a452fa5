import Market
import Postgres

/// Bars of a range of the database for work outside a server, such as the command line's backtest.
public struct StoredBars: Sendable {
    /// With the bars that warm indicators up before the range.
    public let bars: CandleSeries
    /// Index of the first bar of the range.
    public let firstTradable: Int
    public let assetType: AssetType
    /// What is known against them.
    public let warnings: BarWarnings

    /// - Parameters:
    ///   - from: first day; nil for the first stored.
    ///   - to: last day, included; nil for the last stored.
    /// - Returns: nil when nothing is stored of that symbol at that timeframe.
    public static func load(
        _ ticker: String, _ timeframe: Timeframe, from: CalendarDay?, to: CalendarDay?, warmUp: Int,
        in db: inout Connection
    ) throws -> StoredBars? {
        guard let ticker = Ticker.canonical(ticker) else { return nil }
        return try db.transaction(.repeatableReadReadOnly, opening: .symbol(ticker)) { db, symbol -> StoredBars? in
            guard let symbol,
                let series = try db.run(.series(ofSymbol: symbol.id)).first(where: { $0.interval == timeframe })
            else { return nil }
            let first = from?.start.microseconds ?? series.first
            let last = to.map { timeframe.lastBar(of: $0) } ?? series.last
            let bars = try db.run(
                .bars(
                    BarTable(symbol.assetType, timeframe), symbol: symbol.id, from: first, to: last, warmUp: warmUp))
            let warnings = try db.run(
                .barWarnings(ofSymbol: symbol.id, timeframe, from: min(bars.times.first ?? first, first), to: last))
            return StoredBars(
                bars: bars, firstTradable: bars.index(atOrAfter: first), assetType: symbol.assetType,
                warnings: warnings)
        }
    }
}
