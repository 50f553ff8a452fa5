import JSON
import Strategy
import Testing

/// Documents no author would write: none may crash the reader, and what it accepts must be sound.
@Suite struct HostileDocumentTests {
    @Test(arguments: [UInt64(1), 2, 3, 4])
    func mutatedDocumentsAreReadOrRefused(seed: UInt64) {
        var random = Seeded(seed)
        let original = Array(Document().text.utf8)
        let pieces = [
            "null", "1e999", "-0", "[", "]", "{", "}", "\"\"", "10.0", "1e1", ",", ":", "true", "\"fast\"", "\u{0}",
        ]
        .map { Array($0.utf8) }
        for _ in 0..<3000 {
            var bytes = original
            for _ in 0...Int.random(in: 0..<4, using: &random) {
                let at = Int.random(in: 0..<bytes.count, using: &random)
                let length = min(Int.random(in: 0..<12, using: &random), bytes.count - at)
                let piece = Bool.random(using: &random) ? pieces.randomElement(using: &random)! : []
                bytes.replaceSubrange(at..<(at + length), with: piece)
            }
            check(bytes)
        }
    }

    @Test(arguments: [UInt64(5), 6])
    func valuesOfTheWrongTypeAreRefusedAtTheirPath(seed: UInt64) throws {
        var random = Seeded(seed)
        let original = try parse(Array(Document().text.utf8))
        let others: [Value] = [.null, true, 5, 0.5, "x", [], [[]], [:], ["a": 1]]
        for _ in 0..<3000 {
            var budget = Int.random(in: 0..<60, using: &random)
            let mutated = replaced(original, &budget, by: others.randomElement(using: &random)!)
            check(mutated.bytes)
        }
    }

    private func check(_ bytes: [UInt8]) {
        let (definition, errors) = StrategyDefinition.read(bytes: bytes)
        guard let definition else {
            if errors.isEmpty { Issue.record("refused without a reason: \(String(decoding: bytes, as: UTF8.self))") }
            return
        }
        let isSound =
            errors.isEmpty && (1...10).contains(definition.entry.count) && (1...10).contains(definition.exit.count)
            && definition.indicators.count <= 20
            && definition.indicators.allSatisfy {
                IndicatorCatalog.entry(of: $0.type).period.bounds.contains($0.period)
            }
            && StrategyDefinition.read(definition.json).0 == definition
        if !isSound { Issue.record("accepted: \(String(decoding: bytes, as: UTF8.self))") }
    }

    /// The value with its `budget`-th part, counted depth first, replaced.
    private func replaced(_ value: Value, _ budget: inout Int, by other: Value) -> Value {
        budget -= 1
        if budget == -1 { return other }
        switch value {
        case .array(let elements): return .array(elements.map { replaced($0, &budget, by: other) })
        case .object(let object):
            return .object(Object(object.members.map { ($0.name, replaced($0.value, &budget, by: other)) }))
        default: return value
        }
    }
}

/// The same numbers on every machine (SplitMix64).
struct Seeded: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
