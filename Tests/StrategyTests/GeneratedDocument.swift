import JSON
import SeededNumbers
import Strategy

/// A random document and what a reader has to say about it. Members stand in any order; each part is right or wrong in
/// one known way, so what the errors are, and in which order, is known without reading the document.
struct GeneratedDocument {
    struct Expected: Equatable, CustomStringConvertible {
        let path: String
        let code: DefinitionError.Code
        var description: String { "\(path): \(code.rawValue)" }
    }

    private(set) var value: Value = .null
    private(set) var expected: [Expected] = []
    private var random: SplitMix
    /// Of a thousand parts, so many are wrong.
    private let faults: Int
    /// What conditions may name: ids that an indicator was given.
    private var ids: [String] = []

    init(seed: UInt64, faults: Int) {
        random = SplitMix(seed: seed)
        self.faults = faults
        let (indicators, errorsOfIndicators) = gathering { $0.indicators() }
        value = object(
            at: "",
            [
                (
                    "indicators",
                    {
                        $0.expected += errorsOfIndicators
                        return indicators
                    }
                ),
                ("entry", { $0.rule(at: "entry") }), ("exit", { $0.rule(at: "exit") }),
                ("risk", { $0.risk() }),
            ], loses: { $0 != "indicators" })
    }

    // MARK: Parts

    private mutating func indicators() -> Value {
        if isWrong() { return wrongType(at: "indicators", .object([:]), .number(Number(3)), .null) }
        let count = isWrong() ? [21, 25].randomElement(using: &random)! : Int.random(in: 0...6, using: &random)
        let list = (0..<count).map { indicator(at: "indicators[\($0)]", number: $0) }
        if count > 20 { expect("indicators", .outOfRange) }
        return .array(list)
    }

    private mutating func indicator(at path: String, number: Int) -> Value {
        if isWrong() { return wrongType(at: path, .null, .string("SMA"), .array([])) }
        let type = isWrong() ? nil : IndicatorType.allCases.randomElement(using: &random)
        return object(
            at: path,
            [
                ("id", { $0.id(at: path + ".id", number: number) }),
                (
                    "type",
                    { document in
                        if let type { return .string(type.rawValue) }
                        document.expect(path + ".type", .unknownIndicatorType)
                        return .string(["WMA", "sma", ""].randomElement(using: &document.random)!)
                    }
                ),
                ("params", { $0.parameters(at: path + ".params", of: type) }),
                ("source", { $0.word(at: path + ".source", PriceSource.allCases.map(\.rawValue), .unknownSource) }),
            ], loses: { $0 != "type" })
    }

    private mutating func id(at path: String, number: Int) -> Value {
        if isWrong() { return wrongType(at: path, .number(Number(1)), .bool(true)) }
        if isWrong(), let taken = ids.randomElement(using: &random) {
            expect(path, .duplicateID)
            return .string(taken)
        }
        if isWrong(),
            let id = ["1x", "", "a b", "ä", String(repeating: "x", count: 65), "_"]
                .filter({ !ids.contains($0) }).randomElement(using: &random)
        {
            ids.append(id)
            expect(path, .invalidID)
            return .string(id)
        }
        let id = name(number)
        ids.append(id)
        return .string(id)
    }

    private func name(_ number: Int) -> String { "i\(number)-_Z" }

    private mutating func parameters(at path: String, of type: IndicatorType?) -> Value {
        if isWrong() { return wrongType(at: path, .array([]), .null, .number(Number(10))) }
        let bounds = type.map { IndicatorCatalog.entry(of: $0).period.bounds }
        return object(
            at: path,
            [
                (
                    "period",
                    { document in
                        if document.isWrong() {
                            return document.wrongType(
                                at: path + ".period", Self.written("10.0"), Self.written("1e1"),
                                .string("10"), .null)
                        }
                        if document.isWrong() {
                            if bounds != nil { document.expect(path + ".period", .outOfRange) }
                            let written = ["-1", "0", "1", "201", "99999999999999999999"]
                            return Self.written(written.randomElement(using: &document.random)!)
                        }
                        return .number(Number(Int.random(in: bounds ?? 2...9, using: &document.random)))
                    }
                )
            ], required: false)
    }

    private mutating func rule(at path: String) -> Value {
        if isWrong() { return wrongType(at: path, .array([]), .null, .string("AND")) }
        return object(
            at: path,
            [
                ("logic", { $0.word(at: path + ".logic", ["AND"], .logicNotSupported) }),
                ("conditions", { $0.conditions(at: path + ".conditions") }),
            ])
    }

    private mutating func conditions(at path: String) -> Value {
        if isWrong() { return wrongType(at: path, .object([:]), .null) }
        let count = isWrong() ? [0, 11, 13].randomElement(using: &random)! : Int.random(in: 1...10, using: &random)
        let list = (0..<count).map { condition(at: "\(path)[\($0)]") }
        if !(1...10).contains(count) { expect(path, .outOfRange) }
        return .array(list)
    }

    private mutating func condition(at path: String) -> Value {
        if isWrong() { return wrongType(at: path, .array([]), .null, .number(Number(0))) }
        let isLiteralCross = isWrong()
        let before = expected.count
        let written = object(
            at: path,
            [
                ("left", { $0.operand(at: path + ".left", literal: isLiteralCross ? true : nil) }),
                (
                    "op",
                    { document in
                        let words = Comparison.allCases.filter { !isLiteralCross || $0.isCross }.map(\.rawValue)
                        return document.word(at: path + ".op", words, .unknownOperator)
                    }
                ),
                // Not two numbers by chance: what crosses is decided above.
                ("right", { $0.operand(at: path + ".right", literal: isLiteralCross) }),
            ])
        // An unknown key beside it does not keep a part from being read.
        if isLiteralCross, expected[before...].allSatisfy({ $0.code == .unknownKey }) { expect(path, .literalCross) }
        return written
    }

    /// - Parameter literal: nil leaves it to chance.
    private mutating func operand(at path: String, literal: Bool?) -> Value {
        if isWrong() { return wrongType(at: path, .array([]), .null, .number(Number(5)), .string("close")) }
        if isWrong() {
            expect(path, .missingKey)
            return .object([:])
        }
        if isWrong() {
            expect(path, .ambiguousOperand)
            return ["price": "close", "literal": .number(Number(1))]
        }
        let kinds =
            switch literal {
            case true?: ["literal"]
            case false?: ["price", "indicator"]
            case nil: ["literal", "price", "indicator"]
            }
        var kind = kinds.randomElement(using: &random)!
        if kind == "indicator", ids.isEmpty { kind = "price" }
        let member: (inout GeneratedDocument) -> Value =
            switch kind {
            case "literal": { $0.number(at: path + ".literal") }
            case "price":
                { $0.word(at: path + ".price", PriceSource.allCases.map(\.rawValue), .unknownPrice) }
            default:
                { document in
                    document.word(at: path + ".indicator", document.ids, .unknownIndicator)
                }
            }
        return object(at: path, [(kind, member)], loses: { _ in false })
    }

    private mutating func risk() -> Value {
        if isWrong() { return wrongType(at: "risk", .array([]), .null, .bool(false)) }
        return object(
            at: "risk",
            [
                ("stop_loss", { $0.percent(at: "risk.stop_loss", 0.01...50) }),
                ("take_profit", { $0.percent(at: "risk.take_profit", 0.01...500) }),
            ], required: false)
    }

    private mutating func percent(at path: String, _ bounds: ClosedRange<Double>) -> Value {
        if isWrong() { return wrongType(at: path, .number(Number(2)), .null) }
        return object(
            at: path,
            [
                ("type", { $0.word(at: path + ".type", ["percent"], .unknownRiskType) }),
                (
                    "value",
                    { document in
                        if document.isWrong() {
                            document.expect(path + ".value", .outOfRange)
                            return Self.written(["0", "-2", "500.1", "1e999"].randomElement(using: &document.random)!)
                        }
                        let ofTenThousandths = Int(bounds.lowerBound * 1e4)...Int(bounds.upperBound * 1e4)
                        let percent = Double(Int.random(in: ofTenThousandths, using: &document.random)) / 1e4
                        guard document.isWrong() else { return .number(Number(percent)) }
                        document.expect(path + ".value", .tooManyPlaces)
                        return .number(Number(percent + (percent < 1 ? 0.00001 : -0.00001)))
                    }
                ),
            ])
    }

    // MARK: Any part

    private mutating func number(at path: String) -> Value {
        if isWrong() { return wrongType(at: path, .string("NaN"), .bool(true), .null) }
        if isWrong() {
            expect(path, .outOfRange)
            return Self.written(["1e400", "-1e309"].randomElement(using: &random)!)
        }
        let written = ["0", "-0", "70", "1e308", "5e-324", "0.1", "123456.789", "-3.5E2"]
        return Self.written(written.randomElement(using: &random)!)
    }

    private mutating func word(at path: String, _ words: [String], _ code: DefinitionError.Code) -> Value {
        if isWrong() { return wrongType(at: path, .number(Number(0)), .array([]), .null) }
        if isWrong() || words.isEmpty {
            expect(path, code)
            let others = ["nothing", "", "AND ", "Percent", "\u{FFFF}"].filter { !words.contains($0) }
            return .string(others.randomElement(using: &random)!)
        }
        return .string(words.randomElement(using: &random)!)
    }

    private mutating func wrongType(at path: String, _ values: Value...) -> Value {
        expect(path, .wrongType)
        return values.randomElement(using: &random)!
    }

    /// An object of these members in any order; one may be missing, one may be unknown.
    ///
    /// - Parameter loses: which required members may be missing.
    private mutating func object(
        at path: String, _ members: [(name: String, make: (inout GeneratedDocument) -> Value)], required: Bool = true,
        loses: (String) -> Bool = { _ in true }
    ) -> Value {
        let prefix = path.isEmpty ? "" : path + "."
        var lost: String?
        if required {
            if isWrong() { lost = members.map(\.name).filter(loses).randomElement(using: &random) }
        } else if Bool.random(using: &random) {
            lost = members.map(\.name).randomElement(using: &random)
        }
        let unknown: String? =
            isWrong() ? ["more", "Type", "", "a.b", "\u{1F600}"].randomElement(using: &random)! : nil
        var order = members.map(\.name).filter { $0 != lost }
        if let unknown { order.append(unknown) }
        order.shuffle(using: &random)
        var written: [(String, Value)] = []
        for name in order {
            if let member = members.first(where: { $0.name == name }) {
                written.append((name, member.make(&self)))
            } else {
                expect(prefix + name, .unknownKey)
                written.append((name, .array([.null])))
            }
        }
        if required, let lost { expect(prefix + lost, .missingKey) }
        return .object(Object(written))
    }

    /// A number spelt just so.
    private static func written(_ text: String) -> Value { try! parse(Array(text.utf8)) }

    private mutating func isWrong() -> Bool { Int.random(in: 0..<1_000, using: &random) < faults }

    private mutating func expect(_ path: String, _ code: DefinitionError.Code) {
        expected.append(Expected(path: path, code: code))
    }

    /// What `body` makes, with its errors kept apart.
    private mutating func gathering(_ body: (inout GeneratedDocument) -> Value) -> (Value, [Expected]) {
        let value = body(&self)
        defer { expected = [] }
        return (value, expected)
    }
}
