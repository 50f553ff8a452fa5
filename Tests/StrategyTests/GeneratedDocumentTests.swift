import JSON
import Strategy
import Testing

/// Thousands of documents of which it is known what is wrong with them, and where.
@Suite struct GeneratedDocumentTests {
    @Test(arguments: [5, 20, 80, 300], UInt64(0)..<4)
    func `every error is told, with its code, at its place and in the order of the document`(
        _ faults: Int, _ seed: UInt64
    ) {
        var wrong = 0
        for number in UInt64(0)..<150 {
            let document = GeneratedDocument(seed: seed << 32 | UInt64(faults) << 16 | number, faults: faults)
            let (definition, errors) = StrategyDefinition.read(document.value)
            let told = errors.map { GeneratedDocument.Expected(path: $0.path, code: $0.code) }
            var expected = document.expected
            if expected.count > StrategyDefinition.maximumErrors {
                expected = expected.prefix(StrategyDefinition.maximumErrors) + [.init(path: "", code: .tooManyErrors)]
            }
            if told != expected || (definition == nil) != !expected.isEmpty {
                let text = String(decoding: document.value.bytes, as: UTF8.self)
                Issue.record("told \(told)\nexpected \(expected)\n\(text)")
                return
            }
            // The text is read as the value was.
            #expect(StrategyDefinition.read(bytes: document.value.bytes).1 == errors)
            if !expected.isEmpty { wrong += 1 }
        }
        #expect(wrong > 20, "documents without faults prove nothing")
    }

    @Test(arguments: UInt64(10)..<14)
    func `what a valid definition does is told in full by its sentence`(_ seed: UInt64) throws {
        for number in UInt64(0)..<150 {
            let document = GeneratedDocument(seed: seed << 32 | number, faults: 0)
            let (definition, errors) = StrategyDefinition.read(document.value)
            try #require(errors.isEmpty && document.expected.isEmpty)
            let found = try #require(definition)
            let summary = found.summary
            let words = { (conditions: [Condition]) in conditions.map(Self.words).joined(separator: " and ") }
            var expected = "Buy when \(words(found.entry)). Sell when \(words(found.exit))."
            if let stop = found.risk.stopLossPercent { expected += " Stop loss \(Number(stop).text)%." }
            if let target = found.risk.takeProfitPercent { expected += " Take profit \(Number(target).text)%." }
            #expect(summary == expected)
            #expect(StrategyDefinition.read(found.json).0 == found)
            // Written down and read again it says the same, and is the same to every hash.
            let again = try #require(StrategyDefinition.read(bytes: found.json.bytes).0)
            #expect(again.summary == summary && again.canonicalBytes == found.canonicalBytes)
            #expect(again.identityBytes == found.identityBytes)
        }
    }

    @Test func `an order of words that means the same makes the same sentence`() throws {
        for number in UInt64(0)..<50 {
            let document = GeneratedDocument(seed: number, faults: 0)
            let found = try #require(StrategyDefinition.read(document.value).0)
            guard case .object(let object) = document.value else { continue }
            let turned = Value.object(Object(object.members.reversed().map { ($0.name, $0.value) }))
            #expect(StrategyDefinition.read(turned).0?.summary == found.summary)
        }
    }

    private static func words(_ condition: Condition) -> String {
        let comparison =
            switch condition.comparison {
            case .greater: "is above"
            case .greaterOrEqual: "is at or above"
            case .less: "is below"
            case .lessOrEqual: "is at or below"
            case .equal: "equals"
            case .crossesAbove: "crosses above"
            case .crossesBelow: "crosses below"
            }
        return "\(words(condition.left)) \(comparison) \(words(condition.right))"
    }

    private static func words(_ operand: Operand) -> String {
        switch operand {
        case .indicator(let line):
            "\(line.type.rawValue)(\(line.period))" + (line.source == .close ? "" : " of \(line.source.rawValue)")
        case .price(let price): "the \(price.rawValue)"
        case .literal(let number): Number(number).text
        }
    }
}
