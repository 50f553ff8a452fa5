import App
import Foundation
import JSON
import Market
import Postgres
import TestSupport

/// How many bars an import brings, and how often each is measured.
private let size = 1_000, rounds = 21

/// Hours since 1970 as bars with prices in cents.
private func bars(from first: Int) -> CandleSeries {
    var bars = CandleSeries()
    for hour in first..<first + size {
        let price = Double(10_000 + hour % 977) / 100
        bars.append(
            time: Int64(hour) * Timeframe.hour.microseconds, open: price, high: price, low: price, close: price,
            volume: 1)
    }
    return bars
}

/// Milliseconds it takes to store them.
private func store(_ bars: CandleSeries, as symbol: String, in db: inout Connection) throws -> Double {
    let series = BarSeries(symbol: symbol, assetType: .crypto, timeframe: .hour)
    let begin = ContinuousClock.now
    let outcome = try BarStore().store(series, from: BarSource(provider: "bench"), in: &db) { put in try put(bars) }
    let taken = ContinuousClock.now - begin
    guard let outcome, outcome.added + outcome.changed == size else { throw Unexpected(outcome: outcome) }
    return taken / .milliseconds(1)
}

private struct Unexpected: Error {
    let outcome: BarStore.Outcome?
}

private func median(_ times: [Double]) -> Double { times.sorted()[times.count / 2] }

/// Stores 1,000 new bars in an empty series and in one of so many bars, in turns: medians in milliseconds. The long
/// series is made up by the server, hours from 1970 on, far into the future.
func measureLongSeries(of count: Int) throws -> Value {
    let database = try TestDatabase()
    var db = try database.connect(SessionSettings(statementTimeoutMilliseconds: 600_000))
    _ = try store(bars(from: 0), as: "LONG-USD", in: &db)
    // The rows the store would have made, without asking each whether it may be there.
    try db.script(
        """
        SET session_replication_role = replica;
        INSERT INTO crypto_hourly_bars (symbol_id, ts, open, high, low, close, volume, provider)
        SELECT id, '1970-01-01Z'::timestamptz + i * interval '1 hour', p, p, p, p, 1, 'bench'
        FROM symbols, generate_series(\(size), \(count - 1)) AS i, LATERAL (SELECT (10000 + i % 977) / 100.0::float8) AS price (p)
        WHERE symbol = 'LONG-USD';
        UPDATE bar_series SET count = \(count), last = '1970-01-01Z'::timestamptz + \(count - 1) * interval '1 hour';
        SET session_replication_role = DEFAULT;
        """)
    try db.script("ANALYZE crypto_hourly_bars")
    try db.script("CHECKPOINT")
    var long: [Double] = [], empty: [Double] = []
    for round in 0..<rounds {
        long.append(try store(bars(from: count + round * size), as: "LONG-USD", in: &db))
        empty.append(try store(bars(from: 0), as: "EMPTY\(round)-USD", in: &db))
    }
    var corrected = bars(from: 0)
    corrected = CandleSeries(
        times: corrected.times, open: corrected.open, high: corrected.high, low: corrected.low, close: corrected.close,
        volume: corrected.volume.map { $0 + 1 })
    let correcting = try store(corrected, as: "LONG-USD", in: &db)
    let ratio = median(zip(long, empty).map { $0 / $1 })
    return [
        "long": .number(Number(median(long))), "empty": .number(Number(median(empty))),
        "ratio": .number(Number(ratio)), "corrected": .number(Number(correcting)),
    ]
}
