import Market
import Strategy

/// The bytes that are hashed (SHA-256, by the caller): versioned, little-endian, the same on every machine.
///
/// Each starts with its tag, a text. Texts are their length (UInt32) and UTF-8 bytes, numbers are doubles by their bits
/// unless said otherwise, flags are one byte.
public enum Encodings {
    /// For `bars_hash`: tag `bitstockerz.bars.1`, count (UInt64), then the columns one after the other: times (Int64,
    /// Unix microseconds), open, high, low, close, volume. All loaded bars, those of the warm-up included.
    public static func bars(_ series: CandleSeries) -> [UInt8] {
        var encoder = barsEncoder(count: series.count, capacity: series.count * 48 + 64)
        encoder.integers(series.times)
        for column in [series.open, series.high, series.low, series.close, series.volume] { encoder.doubles(column) }
        return encoder.bytes
    }

    /// The same in pieces, of bars that are too many to be held: first this, then each column in stretches.
    public static func barsHead(count: Int) -> [UInt8] { barsEncoder(count: count, capacity: 64).bytes }

    /// A stretch of the times.
    public static func column(_ times: [Int64]) -> [UInt8] {
        var encoder = CanonicalEncoder()
        encoder.integers(times)
        return encoder.bytes
    }

    /// A stretch of another column.
    public static func column(_ values: [Double]) -> [UInt8] {
        var encoder = CanonicalEncoder()
        encoder.doubles(values)
        return encoder.bytes
    }

    private static func barsEncoder(count: Int, capacity: Int) -> CanonicalEncoder {
        var encoder = CanonicalEncoder(tag: "bitstockerz.bars.1", capacity: capacity)
        encoder.integer(UInt64(count))
        return encoder
    }

    /// For `content_hash`: tag `bitstockerz.content.1`, engine version (text), ``StrategyDefinition/canonicalBytes``,
    /// initial equity, ``settings(_:)``, periods a year (UInt32), bars before the range (UInt32), bars_hash (text).
    public static func content(
        _ definition: StrategyDefinition, options: SimulationOptions, periodsPerYear: Int, first: Int, barsHash: String
    ) -> [UInt8] {
        var encoder = CanonicalEncoder(tag: "bitstockerz.content.1", capacity: 1024)
        encoder.text(engineVersion)
        encoder.raw(definition.canonicalBytes)
        encoder.double(options.initialEquity)
        encoder.raw(settings(options))
        encoder.integer(UInt32(periodsPerYear))
        encoder.integer(UInt32(first))
        encoder.text(barsHash)
        return encoder.bytes
    }

    /// For a trial's settings hash: tag `bitstockerz.settings.1`, allocation, commission, slippage, timing (text). The
    /// initial equity is no setting: the same trade with more money is the same trial.
    public static func settings(_ options: SimulationOptions) -> [UInt8] {
        var encoder = CanonicalEncoder(tag: "bitstockerz.settings.1")
        encoder.double(options.allocationPercent)
        encoder.double(options.commissionBasisPoints)
        encoder.double(options.slippageBasisPoints)
        encoder.text(options.executionTiming.rawValue)
        return encoder.bytes
    }

    /// For `result_hash`: tag `bitstockerz.result.1`, count of trades (UInt64), each entry index, exit index, entry
    /// time, exit time (Int64), entry price, exit price, quantity, pnl_abs, pnl_pct, exit reason (text), gap (flag);
    /// then count of equity points (UInt64) and the points.
    public static func result(_ report: Report) -> [UInt8] {
        var encoder = CanonicalEncoder(
            tag: "bitstockerz.result.1", capacity: report.equity.count * 8 + report.trades.count * 96 + 64)
        encoder.integer(UInt64(report.trades.count))
        for trade in report.trades {
            encoder.integers([Int64(trade.entryIndex), Int64(trade.exitIndex), trade.entryTime, trade.exitTime])
            encoder.doubles([
                trade.entryPrice, trade.exitPrice, trade.quantity, trade.profit, trade.profitPercent,
            ])
            encoder.text(trade.exitReason.rawValue)
            encoder.flag(trade.isGap)
        }
        encoder.integer(UInt64(report.equity.count))
        encoder.doubles(report.equity)
        return encoder.bytes
    }
}

extension CanonicalEncoder {
    /// A column of numbers, without its length. On a little-endian machine it is already what it has to become, so a
    /// long one is copied at once.
    fileprivate mutating func doubles(_ values: [Double]) {
        if isLittleEndian {
            values.withUnsafeBytes { raw($0) }
        } else {
            for value in values { double(value) }
        }
    }

    fileprivate mutating func integers(_ values: [Int64]) {
        if isLittleEndian {
            values.withUnsafeBytes { raw($0) }
        } else {
            for value in values { integer(value) }
        }
    }

    private var isLittleEndian: Bool { 1.littleEndian == 1 }
}
