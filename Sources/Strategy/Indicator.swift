/// The price of a bar an indicator or a condition looks at.
public enum PriceSource: String, Sendable, CaseIterable {
    case open, high, low, close
}

/// The kinds of indicator there are; ``IndicatorCatalog`` says what each means.
public enum IndicatorType: String, Sendable, CaseIterable {
    case sma = "SMA"
    case ema = "EMA"
    case rsi = "RSI"
}

/// One line of numbers computed from the bars.
public struct Indicator: Hashable, Sendable {
    /// The name conditions call it by; without meaning beyond its definition.
    public let id: String
    public let type: IndicatorType
    /// In bars, within the bounds of the catalog.
    public let period: Int
    public let source: PriceSource

    package init(id: String, type: IndicatorType, period: Int, source: PriceSource) {
        self.id = id
        self.type = type
        self.period = period
        self.source = source
    }

    /// Bars before the first traded one that are loaded so that the start hardly matters any more.
    public var warmUpBars: Int { period * IndicatorCatalog.entry(of: type).warmUpPeriods }
}
