import Market
import Postgres

/// Keeps the series of a symbol in one scale with each other, and with what paper accounts hold of it.
///
/// The first series of a symbol that is restated tells the accounts, and sets the others aside that say otherwise: nothing
/// is priced by them, and nothing filled, until they are restated, too. That tells the accounts nothing more. So one split
/// is told once, in whichever order its series come.
struct SeriesScale {
    let symbolID: Int
    let symbol: String
    let timeframe: Timeframe
    /// Of the series, with the new bars.
    let revision: Int
    /// What the new bars say; nil: their scale is that of the ones before.
    let scale: UnitScale?

    private static let lockMilliseconds = 5_000

    /// As near two series of one scale are to each other at least, as a share.
    private static let agreement = 0.02

    /// - Returns: what the audit trail is to be told of it.
    func settle(in db: inout Connection) throws -> [AuditEvent] {
        let all = try db.run(.scales(ofSymbol: symbolID))
        let wasSetAside = all.contains { $0.timeframe == timeframe && $0.isOutOfScale }
        guard scale != nil || wasSetAside else { return [] }
        if let scale {
            _ = try db.run(
                // From here on others are waited for, and whoever waits behind this waits no longer than that.
                .change("SET LOCAL lock_timeout = \(Self.lockMilliseconds)"),
                .noting(scale, symbolID, timeframe, revision), .freeingTrades(of: symbolID, timeframe))
            try RescaledReplays(symbolID: symbolID, symbol: symbol, timeframe: timeframe, revision: revision)
                .follow(scale, in: &db)
        }
        let ratio = all.count > 1 ? try db.run(.hoursByDays(ofSymbol: symbolID)) : nil
        let agree = ratio.map { ($0 - 1).magnitude < Self.agreement } ?? false
        if wasSetAside {
            try db.run(.settingAside(symbolID, [timeframe], !agree))
            return []
        }
        guard let scale else { return [] }
        try db.run(.settingAside(symbolID, all.map(\.timeframe).filter { $0 != timeframe }, !agree))
        return try Rescaling(
            symbolID: symbolID, symbol: symbol, timeframe: timeframe, revision: revision, scale: scale
        ).run(in: &db)
    }
}

extension Query {
    fileprivate static func scales(ofSymbol id: Int) -> Query<[(timeframe: Timeframe, isOutOfScale: Bool)]> {
        .all("SELECT interval, is_out_of_scale FROM bar_series WHERE symbol_id = $1::int AND count > 0", id) { row in
            (timeframe: try row.next(), isOutOfScale: try row.next())
        }
    }

    /// What the closes of the last hours of days are by those of the days, in the middle of the newest ten; nil where no
    /// day has both. Only coins have hours.
    fileprivate static func hoursByDays(ofSymbol id: Int) -> Query<Double?> {
        .value(
            """
            SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY ratio) FROM (
              SELECT h.close / d.close AS ratio FROM crypto_daily_bars d JOIN crypto_hourly_bars h
                ON h.symbol_id = d.symbol_id AND h.ts = d.date::timestamp AT TIME ZONE 'UTC' + interval '23 hours'
              WHERE d.symbol_id = $1::int ORDER BY d.date DESC LIMIT 10) newest
            """, id)
    }

    /// Whether the prices of a series, as they were at that revision, are of another scale than accounts are by now.
    static func isRescaled(_ symbol: Int, _ timeframe: Timeframe, since revision: Int?) -> Query<Bool> {
        .value(
            """
            SELECT EXISTS (SELECT FROM bar_series WHERE symbol_id = $1::int AND interval = $2 AND is_out_of_scale)
              OR EXISTS (
                SELECT FROM series_rescalings WHERE symbol_id = $1::int AND interval = $2 AND revision > $3::bigint)
            """, symbol, timeframe, revision)
    }

    fileprivate static func noting(
        _ scale: UnitScale, _ symbol: Int, _ timeframe: Timeframe, _ revision: Int
    ) -> Query<Int> {
        .change(
            """
            INSERT INTO series_rescalings (symbol_id, interval, revision, numerator, denominator)
            VALUES ($1::int, $2, $3::bigint, $4::bigint, $5::bigint)
            """, symbol, timeframe, revision, scale.numerator, scale.denominator)
    }

    fileprivate static func settingAside(
        _ symbol: Int, _ timeframes: [Timeframe], _ isOut: Bool
    ) -> Query<Int> {
        .change(
            """
            UPDATE bar_series SET is_out_of_scale = $3::boolean
            WHERE symbol_id = $1::int AND interval = ANY ($2::text[]) AND is_out_of_scale <> $3::boolean
            """, symbol, timeframes.map(\.rawValue), isOut)
    }
}
