import JSON
import SeededNumbers
import Strategy
import Testing

/// Documents no author would write: none may crash the reader, and what it accepts must be sound.
@Suite struct HostileDocumentTests {
    @Test(arguments: [UInt64(1), 2, 3, 4])
    func `mutated documents are read or refused`(seed: UInt64) {
        var random = SplitMix(seed: seed)
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
    func `values of the wrong type are refused at their path`(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        let original = try parse(Array(Document().text.utf8))
        let others: [Value] = [.null, true, 5, 0.5, "x", [], [[]], [:], ["a": 1]]
        for _ in 0..<3000 {
            var budget = Int.random(in: 0..<60, using: &random)
            let mutated = replaced(original, &budget, by: others.randomElement(using: &random)!)
            check(mutated.bytes)
        }
    }

    /// Documents that cost a careless reader its stack, its memory or its afternoon.
    static let hostile: [(name: String, bytes: [UInt8], code: DefinitionError.Code)] = {
        let good = Document().text
        func filled(_ part: String, _ other: String) -> [UInt8] { Array(good.replacing(part, with: other).utf8) }
        func list(_ item: String, _ count: Int) -> String {
            Array(repeating: item, count: count).joined(separator: ",")
        }
        let deep = String(repeating: "[", count: 30_000)
        let objects = String(repeating: "{\"a\":", count: 10_000)
        let accents = "e" + String(repeating: "\u{34F}", count: 30_000)  // joiners, which are not sorted
        return [
            ("lists without end", Array(deep.utf8), .tooDeep),
            ("objects without end", Array(objects.utf8), .tooDeep),
            ("a literal that is a deep list", filled("70", deep), .tooDeep),
            ("more than the bound of bytes", Array((good + String(repeating: " ", count: 65_536)).utf8), .tooLarge),
            (
                "thousands of indicators", filled("[ {\"id\":\"fast\"", "[\(list("0", 30_000)),{\"id\":\"fast\""),
                .wrongType
            ),
            (
                "thousands of conditions",
                Array(#"{"entry":{"logic":"AND","conditions":[\#(list("{}", 8_000))]}}"#.utf8), .missingKey
            ),
            (
                "more conditions than any document has objects",
                Array(#"{"entry":{"logic":"AND","conditions":[\#(list("{}", 20_000))]}}"#.utf8), .tooLarge
            ),
            (
                "thousands of keys", Array("{\((0..<6_000).map { "\"k\($0)\":0" }.joined(separator: ","))}".utf8),
                .unknownKey
            ),
            ("a key of one long character", Array("{\"\(accents)\":1}".utf8), .unknownKey),
            ("an id of one long character", filled("\"id\":\"fast\"", "\"id\":\"\(accents)\""), .invalidID),
            ("a word of one long character", filled("crosses_above", accents), .unknownOperator),
            ("a number with thousands of digits", filled("70", String(repeating: "9", count: 50_000)), .outOfRange),
            ("a period with thousands of digits", filled("10", String(repeating: "9", count: 50_000)), .outOfRange),
            (
                "an exponent with thousands of digits", filled("70", "1e" + String(repeating: "9", count: 50_000)),
                .outOfRange
            ),
            ("a key twice at the top", filled("{\"indicators\"", "{\"risk\":{},\"indicators\""), .duplicateKey),
            ("a key twice far down", filled("\"period\":10", "\"period\":10,\"period\":10"), .duplicateKey),
            (
                "a key twice in other spelling", filled("\"period\":10", "\"period\":10,\"p\\u0065riod\":10"),
                .duplicateKey
            ),
            ("NaN", filled("70", "NaN"), .malformedJSON), ("minus infinity", filled("70", "-Infinity"), .malformedJSON),
            ("half a surrogate pair", filled("\"fast\"", "\"\\ud83d\""), .malformedJSON),
            ("the other half", filled("\"fast\"", "\"\\ude00\""), .malformedJSON),
            ("a pair the wrong way round", filled("\"fast\"", "\"\\ude00\\ud83d\""), .malformedJSON),
            ("U+0000", filled("\"fast\"", "\"\\u0000\""), .malformedJSON),
            ("a byte order mark", [0xEF, 0xBB, 0xBF] + Array(good.utf8), .malformedJSON),
            ("a surrogate in UTF-8", Array("{\"".utf8) + [0xED, 0xA0, 0x80] + Array("\":1}".utf8), .malformedJSON),
            ("an overlong zero", Array("{\"".utf8) + [0xC0, 0x80] + Array("\":1}".utf8), .malformedJSON),
            ("nothing", [], .malformedJSON), ("a byte", [0xFF], .malformedJSON),
            ("null", Array("null".utf8), .wrongType),
        ]
    }()

    @Test(arguments: hostile)
    func `a hostile document is refused with few and short words`(
        _ name: String, _ bytes: [UInt8], _ code: DefinitionError.Code
    ) {
        let (definition, errors) = StrategyDefinition.read(bytes: bytes)
        #expect(definition == nil)
        #expect(errors.contains { $0.code == code }, "\(errors.prefix(3))")
        expectBounds(errors, name)
    }

    @Test func `every beginning of a document is refused`() {
        let bytes = Array(Document().text.utf8)
        for count in bytes.indices {
            let (definition, errors) = StrategyDefinition.read(bytes: Array(bytes[..<count]))
            if definition != nil || errors.map(\.code) != [.malformedJSON] { Issue.record("the first \(count) bytes") }
        }
    }

    @Test func `bytes of no meaning are refused`() {
        var random = SplitMix(seed: 77)
        for _ in 0..<3_000 {
            let count = Int.random(in: 0..<400, using: &random)
            check((0..<count).map { _ in UInt8.random(in: .min ... .max, using: &random) })
            let punctuation = Array("{}[]\",:0e-+.tfn\\u ".utf8)
            check((0..<count).map { _ in punctuation.randomElement(using: &random)! })
        }
    }

    /// However long the document: as many errors as are told, and none longer than a sentence.
    private func expectBounds(_ errors: [DefinitionError], _ name: String) {
        #expect((1...StrategyDefinition.maximumErrors + 1).contains(errors.count), "\(name)")
        for error in errors {
            #expect(
                error.message.utf8.count < 500 && error.path.utf8.count < 400, "\(name): \(error.message.utf8.count)")
        }
    }

    private func check(_ bytes: [UInt8]) {
        let (definition, errors) = StrategyDefinition.read(bytes: bytes)
        if errors.count > StrategyDefinition.maximumErrors + 1 { Issue.record("\(errors.count) errors") }
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
