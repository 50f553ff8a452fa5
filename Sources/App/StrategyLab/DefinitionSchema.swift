import JSON
import Market
import Strategy

extension Schema {
    /// What ``StrategyDefinition/read(_:)`` takes, made of the catalog and the bounds that it is held against.
    ///
    /// Three things no schema can say: the ids of indicators differ, a condition names one that is there, and a period is
    /// written without a point or an exponent.
    static let definition = Schema.object([
        ("indicators", list(anyOf(IndicatorCatalog.all.map(indicator)), 0...IndicatorCatalog.maximumCount), true),
        ("entry", rule, true), ("exit", rule, true),
        (
            "risk",
            object([
                ("stop_loss", level(StrategyDefinition.stopLossPercents).named("StopLoss"), false),
                ("take_profit", level(StrategyDefinition.takeProfitPercents).named("TakeProfit"), false),
            ]), true
        ),
    ]).named("StrategyDefinition")

    private static let id = Schema.text(pattern: StrategyDefinition.idPattern)

    private static func indicator(_ entry: IndicatorCatalog.Entry) -> Schema {
        object([
            ("id", id, true), ("type", words([entry.type.rawValue]), true),
            ("params", object(entry.parameters.map { ($0.name, integer($0.bounds), false) }), true),
            ("source", words(entry.sources.map(\.rawValue)), true),
        ]).named("\(entry.type.rawValue)Indicator")
    }

    private static let rule = object([
        ("logic", words(["AND"]), true), ("conditions", list(condition, StrategyDefinition.conditionCounts), true),
    ]).named("Rule")

    /// Two numbers never cross.
    private static let condition = object([
        ("left", operand, true), ("op", words(Comparison.allCases.map(\.rawValue)), true), ("right", operand, true),
    ]).with(
        "not",
        [
            "properties": [
                "left": isLiteral, "op": words(Comparison.allCases.filter(\.isCross).map(\.rawValue)).value,
                "right": isLiteral,
            ]
        ]
    ).named("Condition")

    private static let isLiteral: Value = ["required": ["literal"]]

    private static let operand = anyOf([
        object([("indicator", id, true)]).named("IndicatorOperand"),
        object([("price", words(PriceSource.allCases.map(\.rawValue)), true)]).named("PriceOperand"),
        object([("literal", number(-Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude), true)]).named(
            "LiteralOperand"),
    ])

    private static func level(_ percent: ClosedRange<Double>) -> Schema {
        object([("type", words(["percent"]), true), ("value", decimal(percent), true)])
    }
}

extension Form where Content == Value {
    /// The document of a definition.
    static let definition = Form(Schema.definition) { json, value in
        json.value(value)
    } read: { value, _, _ in
        value
    }
}
