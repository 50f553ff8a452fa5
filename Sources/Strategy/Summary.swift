import JSON

extension StrategyDefinition {
    /// The definition in plain English, the same words every time:
    /// `Buy when SMA(10) crosses above SMA(30) and RSI(14) is below 70. Sell when ... Stop loss 2%. Take profit 4%.`
    ///
    /// Made from meaning only: ids do not show, and a level that does not exist is not mentioned.
    public var summary: String {
        var sentences = ["Buy when \(words(entry)).", "Sell when \(words(exit))."]
        if let percent = risk.stopLossPercent { sentences.append("Stop loss \(words(percent))%.") }
        if let percent = risk.takeProfitPercent { sentences.append("Take profit \(words(percent))%.") }
        return sentences.joined(separator: " ")
    }

    private func words(_ conditions: [Condition]) -> String {
        conditions.map { "\(words($0.left)) \(words($0.comparison)) \(words($0.right))" }.joined(separator: " and ")
    }

    private func words(_ operand: Operand) -> String {
        switch operand {
        case .indicator(let indicator):
            // Everyone takes an average to be one of closes; any other source must be said.
            let source = indicator.source == .close ? "" : " of \(indicator.source.rawValue)"
            return "\(indicator.type.rawValue)(\(indicator.period))\(source)"
        case .price(let source): return "the \(source.rawValue)"
        case .literal(let number): return words(number)
        }
    }

    private func words(_ comparison: Comparison) -> String {
        switch comparison {
        case .greater: "is above"
        case .greaterOrEqual: "is at or above"
        case .less: "is below"
        case .lessOrEqual: "is at or below"
        case .equal: "equals"
        case .crossesAbove: "crosses above"
        case .crossesBelow: "crosses below"
        }
    }

    private func words(_ number: Double) -> String { Number(number).text }
}
