import Market

/// A valid strategy: when to buy, when to sell, and which losses and gains end a position.
///
/// The only ways in are ``read(_:)`` and, for what is stored, ``read(stored:)``; so whoever holds one need not check it
/// again, but for its ``errors`` before it is run.
///
///     let (definition, errors) = StrategyDefinition.read(bytes: text)
///     definition?.summary     // "Buy when SMA(10) is above the close. Sell when RSI(14) is above 70. Stop loss 2%."
public struct StrategyDefinition: Equatable, Sendable {
    /// In document order, unique by id; one that no condition names still counts for the warm-up.
    public let indicators: [Indicator]
    /// All must hold to buy; 1 to 10.
    public let entry: [Condition]
    /// All must hold to sell; 1 to 10.
    public let exit: [Condition]
    public let risk: Risk

    /// How many conditions an entry or an exit may have.
    public static let conditionCounts = 1...10
    /// What a stop loss and a take profit may be, in percent of the entry price.
    public static let stopLossPercents = 0.01...50.0, takeProfitPercents = 0.01...500.0
    /// The ids of indicators, as a regular expression.
    public static let idPattern = "^[A-Za-z][A-Za-z0-9_-]{0,63}$"

    /// What ends a position besides the exit conditions, in percent of the entry price; nil: nothing does.
    public struct Risk: Equatable, Sendable {
        public let stopLossPercent: Double?
        public let takeProfitPercent: Double?

        package init(stopLossPercent: Double? = nil, takeProfitPercent: Double? = nil) {
            self.stopLossPercent = stopLossPercent
            self.takeProfitPercent = takeProfitPercent
        }
    }

    package init(indicators: [Indicator], entry: [Condition], exit: [Condition], risk: Risk) {
        self.indicators = indicators
        self.entry = entry
        self.exit = exit
        self.risk = risk
    }

    /// What keeps a definition from being run: levels of more than four decimal places, which are not exact. Releases
    /// before version 2 of the engine took them; nobody may send them any more.
    public var errors: [DefinitionError] {
        var errors: [DefinitionError] = []
        func check(_ percent: Double?, _ name: String) {
            guard let percent, TenThousandths(percent) == nil else { return }
            errors.append(.tooManyPlaces(at: "risk.\(name).value"))
        }
        check(risk.stopLossPercent, "stop_loss")
        check(risk.takeProfitPercent, "take_profit")
        return errors
    }

    /// The longest period of any indicator; 0 without indicators.
    public var longestPeriod: Int { indicators.map(\.period).max() ?? 0 }

    /// How many stored bars before the first traded one are loaded, if there are as many.
    ///
    /// The largest need of any indicator; one bar when there is none but a price crosses something, because a cross on
    /// the first bar of the range may look at the bar before it.
    public var warmUpBars: Int {
        let crosses = (entry + exit).contains { $0.comparison.isCross }
        return max(indicators.map(\.warmUpBars).max() ?? 0, crosses ? 1 : 0)
    }
}
