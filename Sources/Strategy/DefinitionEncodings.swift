import JSON

extension StrategyDefinition {
    /// The definition as a document, keys in the order of the documentation, numbers as short as they can be.
    /// Reading it gives back an equal definition.
    public var json: Value {
        .object([
            "indicators": .array(
                indicators.map {
                    .object([
                        "id": .string($0.id), "type": .string($0.type.rawValue),
                        "params": .object(["period": .number(Number($0.period))]),
                        "source": .string($0.source.rawValue),
                    ])
                }),
            "entry": Self.json(entry),
            "exit": Self.json(exit),
            "risk": risk.json,
        ])
    }

    /// Everything the author wrote, for the hash of a run's content. Tag `bitstockerz.definition.1`, then: count of
    /// indicators, each id, type, period, source; count and conditions of entry, of exit; stop loss, take profit.
    /// A condition is left, operator, right; an operand is its kind, then id, price or number.
    public var canonicalBytes: [UInt8] {
        var encoder = CanonicalEncoder(tag: "bitstockerz.definition.1", capacity: 1024)
        encoder.integer(UInt32(indicators.count))
        for indicator in indicators {
            encoder.text(indicator.id)
            encoder.meaning(of: indicator)
        }
        for conditions in [entry, exit] {
            encoder.integer(UInt32(conditions.count))
            for condition in conditions {
                encoder.condition(condition) { encoder, indicator in encoder.text(indicator.id) }
            }
        }
        encoder.risk(risk)
        return encoder.bytes
    }

    /// What the definition means, for telling whether two trials are the same strategy: indicators stand where they
    /// are used, ids and unused indicators do not occur, conditions are sorted by their bytes.
    /// Tag `bitstockerz.strategy-identity.1`, then as ``canonicalBytes`` without the list of indicators.
    public var identityBytes: [UInt8] {
        var encoder = CanonicalEncoder(tag: "bitstockerz.strategy-identity.1", capacity: 1024)
        for conditions in [entry, exit] {
            let parts = conditions.map { condition in
                var part = CanonicalEncoder()
                part.condition(condition) { encoder, indicator in encoder.meaning(of: indicator) }
                return part.bytes
            }
            encoder.integer(UInt32(parts.count))
            for part in parts.sorted(by: { $0.lexicographicallyPrecedes($1) }) { encoder.raw(part) }
        }
        encoder.risk(risk)
        return encoder.bytes
    }

    private static func json(_ conditions: [Condition]) -> Value {
        .object([
            "logic": "AND",
            "conditions": .array(
                conditions.map {
                    .object([
                        "left": $0.left.json, "op": .string($0.comparison.rawValue), "right": $0.right.json,
                    ])
                }),
        ])
    }
}

extension Operand {
    fileprivate var json: Value {
        switch self {
        case .indicator(let indicator): .object(["indicator": .string(indicator.id)])
        case .price(let source): .object(["price": .string(source.rawValue)])
        case .literal(let number): .object(["literal": .number(Number(number))])
        }
    }
}

extension StrategyDefinition.Risk {
    fileprivate var json: Value {
        var object = Object()
        for (name, percent) in [("stop_loss", stopLossPercent), ("take_profit", takeProfitPercent)] {
            guard let percent else { continue }
            object[name] = .object(["type": "percent", "value": .number(Number(percent))])
        }
        return .object(object)
    }
}

extension CanonicalEncoder {
    fileprivate mutating func meaning(of indicator: Indicator) {
        text(indicator.type.rawValue)
        integer(UInt32(indicator.period))
        text(indicator.source.rawValue)
    }

    fileprivate mutating func condition(
        _ condition: Condition, indicator: (inout CanonicalEncoder, Indicator) -> Void
    ) {
        operand(condition.left, indicator: indicator)
        text(condition.comparison.rawValue)
        operand(condition.right, indicator: indicator)
    }

    private mutating func operand(_ operand: Operand, indicator: (inout CanonicalEncoder, Indicator) -> Void) {
        switch operand {
        case .indicator(let value):
            text("indicator")
            indicator(&self, value)
        case .price(let source):
            text("price")
            text(source.rawValue)
        case .literal(let number):
            text("literal")
            double(number)
        }
    }

    fileprivate mutating func risk(_ risk: StrategyDefinition.Risk) {
        double(risk.stopLossPercent)
        double(risk.takeProfitPercent)
    }
}
