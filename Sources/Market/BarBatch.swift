/// Which bars: those of one symbol at one width.
public struct BarSeries: Hashable, Sendable {
    /// Ticker (`AAPL`) or pair (`BTC-USD`).
    public let symbol: String
    public let assetType: AssetType
    public let timeframe: Timeframe

    public init(symbol: String, assetType: AssetType, timeframe: Timeframe) {
        (self.symbol, self.assetType, self.timeframe) = (symbol, assetType, timeframe)
    }
}

/// Where bars come from, and what their prices mean.
public struct BarSource: Hashable, Sendable {
    /// What past prices are adjusted for.
    public enum Adjustment: String, Sendable, CaseIterable {
        case raw, split, total
    }

    /// Who delivered them.
    public let provider: String
    public let adjustment: Adjustment
    /// The day as of which prices are adjusted; nil for raw or unknown.
    public let priceBasisDate: CalendarDay?

    public init(provider: String, adjustment: Adjustment = .raw, priceBasisDate: CalendarDay? = nil) {
        (self.provider, self.adjustment, self.priceBasisDate) = (provider, adjustment, priceBasisDate)
    }
}

/// Bars that were looked at and can stand in their series: the only form in which bars are stored, whether a file, an
/// upload or a provider has handed them over.
///
/// A delivery may be many batches of one series and source, in any order and overlapping: where two hold the same bar,
/// the later one counts.
public struct BarBatch: Sendable {
    public let series: BarSeries
    public let source: BarSource
    /// Oldest first, each possible and on the grid of the series.
    public let bars: CandleSeries

    /// - Throws: the first bar that cannot stand in the series.
    public init(_ bars: CandleSeries, of series: BarSeries, from source: BarSource) throws(BarError) {
        if let (index, error) = bars.firstError(timeframe: series.timeframe) {
            throw BarError(index: index, reason: error)
        }
        (self.bars, self.series, self.source) = (bars, series, source)
    }
}
