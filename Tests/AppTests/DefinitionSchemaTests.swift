import JSON
import SeededNumbers
import Strategy
import TestSupport
import Testing

@testable import App

/// The schema of a definition in the OpenAPI document, held against the validator.
@Suite struct DefinitionSchemaTests {
    private static let contract = Contract(OpenAPI.document(of: Routes.all))

    private static let documents: [Value] = [
        Example.definition,
        [
            "indicators": [
                ["id": "a", "type": "RSI", "params": [:], "source": "high"],
                ["id": "b-2_", "type": "EMA", "params": ["period": 200], "source": "open"],
            ],
            "entry": [
                "logic": "AND",
                "conditions": [["left": ["literal": -0.5], "op": "lte", "right": ["literal": 1e300]]],
            ],
            "exit": [
                "logic": "AND",
                "conditions": [["left": ["price": "low"], "op": "crosses_below", "right": ["indicator": "a"]]],
            ], "risk": ["stop_loss": ["type": "percent", "value": 50]],
        ],
        [
            "indicators": [],
            "entry": [
                "logic": "AND", "conditions": [["left": ["price": "low"], "op": "eq", "right": ["literal": 0]]],
            ],
            "exit": [
                "logic": "AND", "conditions": [["left": ["price": "open"], "op": "gt", "right": ["price": "high"]]],
            ],
            "risk": [:],
        ],
    ]

    /// No schema says that ids differ, or that one is there; how many places a number has it says in words.
    private static let unsayable: Set<DefinitionError.Code> = [.duplicateID, .unknownIndicator, .tooManyPlaces]

    private static let others: [Value] =
        [
            .null, true, "", "x", "a", "AND", "OR", "SMA", "RSI", "EMA", "close", "volume", "eq", "crosses_above",
            "percent", [], [:], ["period": 14], ["period": 101], ["literal": 3], ["price": "close"], ["indicator": "a"],
            ["indicator": "fast"], ["literal": 1, "price": "low"], ["type": "percent", "value": 4],
            .string(String(repeating: "i", count: 64)), .string(String(repeating: "i", count: 65)), "é", "a\n",
        ]
        + [
            "0", "-1", "1", "2", "14", "100", "101", "200", "201", "10.0", "1e1", "0.01", "0.009", "50.01", "500",
            "501", "-0", "1e308", "2.0001", "2.00001",
        ]
        .map { (try? parse(Array($0.utf8))) ?? .null }

    @Test(arguments: 1...4)
    func `schema and validator take the same definitions`(seed: UInt64) {
        var random = SplitMix(seed: seed), taken = 0, refused = 0
        for number in 0..<6_000 {
            var document = Self.documents[number % Self.documents.count]
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                document = Self.changed(document, using: &random)
            }
            let errors = StrategyDefinition.read(document).1
            let faults = Self.contract.faults(in: document, byComponent: "StrategyDefinition")
            if errors.isEmpty {
                taken += 1
                if let fault = faults.first { Issue.record("valid, but \(fault): \(document)") }
            }
            if faults.isEmpty {
                let others = errors.filter { !Self.unsayable.contains($0.code) }
                if let error = others.first { Issue.record("fits, but \(error): \(document)") }
            } else {
                refused += 1
            }
        }
        #expect(taken > 1_000 && refused > 1_000, "\(taken) valid, \(refused) that do not fit")
    }

    /// Lists at the bounds of their length, which no change of one value reaches.
    @Test(arguments: [(20, 10), (21, 10), (20, 11), (0, 1), (0, 0)])
    func `schema and validator count the same`(_ indicators: Int, _ conditions: Int) {
        let condition: Value = ["left": ["price": "close"], "op": "gt", "right": ["literal": 1]]
        let rule: Value = ["logic": "AND", "conditions": .array(.init(repeating: condition, count: conditions))]
        let list = (0..<indicators).map { number -> Value in
            ["id": .string("i\(number)"), "type": "SMA", "params": [:], "source": "close"]
        }
        let document: Value = ["indicators": .array(list), "entry": rule, "exit": rule, "risk": [:]]
        let isValid = StrategyDefinition.read(document).1.isEmpty
        #expect(isValid == Self.contract.faults(in: document, byComponent: "StrategyDefinition").isEmpty)
        #expect(isValid == (indicators <= 20 && (1...10).contains(conditions)))
    }

    /// One value replaced, one member left away or one too many.
    private static func changed(_ value: Value, using random: inout SplitMix) -> Value {
        let isHere = Int.random(in: 0..<6, using: &random) == 0
        switch value {
        case .object(var object) where !object.isEmpty && !isHere:
            let name = object.names.randomElement(using: &random)!
            switch Int.random(in: 0..<12, using: &random) {
            case 0: object[name] = nil
            case 1: object["more"] = others.randomElement(using: &random)!
            default: object[name] = changed(object[name]!, using: &random)
            }
            return .object(object)
        case .array(var items) where !items.isEmpty && !isHere:
            let index = items.indices.randomElement(using: &random)!
            switch Int.random(in: 0..<8, using: &random) {
            case 0: items.remove(at: index)
            case 1: items.append(items[index])
            default: items[index] = changed(items[index], using: &random)
            }
            return .array(items)
        default: return others.randomElement(using: &random)!
        }
    }
}
