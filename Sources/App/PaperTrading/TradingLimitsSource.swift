import Market
import Trading

extension ConfigurationSource {
    /// What an order of a paper account may be.
    mutating func tradingLimits() -> TradingLimits {
        TradingLimits(
            maximumOrderNotional: amount(.paperMaximumOrder), maximumPosition: percent(.paperMaximumPosition),
            minimumCash: amount(.paperMinimumCash), maximumResting: integer(.paperMaximumResting, 1...10_000))
    }

    mutating func amount(_ variable: Variable) -> Money {
        let written = text(variable)
        if let canonical = Amount.canonical(written), let money = Money(canonical) { return money }
        problems.append("\(variable) must be an amount such as 25000 or 25000.00, not \"\(written)\"")
        return Money(variable.standard) ?? .zero
    }

    private mutating func percent(_ variable: Variable) -> Rate {
        let written = text(variable)
        if let rate = Rate(percent: written), rate <= Rate("1")! { return rate }
        problems.append("\(variable) must be a number from 0 to 100, not \"\(written)\"")
        return Rate(percent: variable.standard) ?? .zero
    }
}
