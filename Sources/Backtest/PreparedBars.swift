import Market

/// Bars that an engine can run on: sound, in order, with their decimal grid found.
///
/// Preparing reads every price a few times, so whoever runs often on the same bars keeps the prepared ones.
public struct PreparedBars: Sendable {
    /// All loaded bars, those for the warm-up included.
    public let series: CandleSeries
    /// nil: the prices lie on no grid, averages fall back to compensated sums.
    public let tickScale: TickScale?

    /// Throws the first bar that cannot stand in a series.
    public init(_ series: CandleSeries) throws(BarError) {
        if let (index, fault) = series.firstFault() { throw BarError(index: index, fault: fault) }
        self.series = series
        tickScale = TickScale.find(in: series)
    }

    public var count: Int { series.count }
}
