/// Every indicator there is: the one table behind the validator, the API's catalog and the page's form.
public enum IndicatorCatalog {
    /// What can be set on an indicator.
    public struct Parameter: Sendable, Equatable {
        public let name: String
        /// Whole numbers from and to.
        public let bounds: ClosedRange<Int>
        /// Taken when the definition does not say.
        public let standard: Int
    }

    /// Where its values lie, which is how a chart draws it.
    public enum Scale: String, Sendable, CaseIterable {
        /// In the unit of its source, over the candles.
        case price
        /// 0 to 100, in a pane of its own.
        case percent
    }

    public struct Entry: Sendable, Equatable {
        public let type: IndicatorType
        public let name: String
        /// What its value at a bar is.
        public let summary: String
        public let parameters: [Parameter]
        public let sources: [PriceSource]
        public let scale: Scale
        /// How many periods of bars are loaded before the first traded one.
        public let warmUpPeriods: Int

        public var period: Parameter { parameters[0] }
    }

    public static let all: [Entry] = IndicatorType.allCases.map(entry(of:))

    public static func entry(of type: IndicatorType) -> Entry {
        switch type {
        case .sma: sma
        case .ema: ema
        case .rsi: rsi
        }
    }

    /// How many indicators a definition may have.
    public static let maximumCount = 20

    private static let sma = Entry(
        type: .sma, name: "Simple moving average",
        summary: "Mean of the last n values, exact on prices that are decimals; none before n values.",
        parameters: [Parameter(name: "period", bounds: 2...200, standard: 20)], sources: PriceSource.allCases,
        scale: .price, warmUpPeriods: 1)
    private static let ema = Entry(
        type: .ema, name: "Exponential moving average",
        summary: "First value the mean of the first n, then previous + 2/(n+1) * (value - previous).",
        parameters: [Parameter(name: "period", bounds: 2...200, standard: 20)], sources: PriceSource.allCases,
        scale: .price, warmUpPeriods: 12)
    private static let rsi = Entry(
        type: .rsi, name: "Relative strength index",
        summary: "Wilder's: 100 - 100/(1 + average gain/average loss), first value after n changes; 50 on flat prices.",
        parameters: [Parameter(name: "period", bounds: 2...100, standard: 14)], sources: PriceSource.allCases,
        scale: .percent, warmUpPeriods: 25)
}
