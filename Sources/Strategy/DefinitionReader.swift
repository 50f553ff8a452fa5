import JSON
import Market

/// Walks over a document once and notes everything that is wrong. A part that is wrong is nil.
struct DefinitionReader {
    var errors = Errors()
    private let takesAnyPlaces: Bool
    /// Every id an indicator was given, spelt right or not: a fault is told at the indicator, not at each use of it.
    private var ids: Set<String> = []
    private var indicatorsByID: [String: Indicator] = [:]

    /// - Parameter takesAnyPlaces: levels may have more than four decimal places.
    init(takesAnyPlaces: Bool) { self.takesAnyPlaces = takesAnyPlaces }

    /// The first ``StrategyDefinition/maximumErrors`` of what is wrong, and how much there is.
    struct Errors {
        private(set) var listed: [DefinitionError] = []
        private(set) var count = 0

        mutating func add(_ error: DefinitionError) {
            count += 1
            if listed.count < StrategyDefinition.maximumErrors { listed.append(error) }
        }

        mutating func add(_ more: Errors) {
            count += more.count
            listed += more.listed.prefix(StrategyDefinition.maximumErrors - listed.count)
        }

        /// With a last one that says how many more there are.
        var told: [DefinitionError] {
            let more = count - listed.count
            guard more > 0 else { return listed }
            let message = "there \(more == 1 ? "is" : "are") \(counted(more, "more error"))"
            return listed + [DefinitionError(path: "", code: .tooManyErrors, message: message, count: more)]
        }
    }

    mutating func definition(_ value: Value) -> StrategyDefinition? {
        // Conditions may stand before the indicators they name, so those are read first, and told in their place.
        let indicators = value.objectValue?["indicators"].flatMap { self.indicators($0, at: "indicators") }
        let errorsOfIndicators = errors
        errors = Errors()
        var entry: [Condition]?
        var exit: [Condition]?
        var risk: StrategyDefinition.Risk?
        members(of: value, at: "", required: ["indicators", "entry", "exit", "risk"]) { reader, key, value, path in
            switch key {
            case "indicators": reader.errors.add(errorsOfIndicators)
            case "entry": entry = reader.rule(value, at: path)
            case "exit": exit = reader.rule(value, at: path)
            default: risk = reader.risk(value, at: path)
            }
        }
        guard let indicators, let entry, let exit, let risk else { return nil }
        return StrategyDefinition(indicators: indicators, entry: entry, exit: exit, risk: risk)
    }

    // MARK: Indicators

    private mutating func indicators(_ value: Value, at path: String) -> [Indicator]? {
        elements(of: value, at: path, count: 0...IndicatorCatalog.maximumCount) { $0.indicator($1, at: $2) }
    }

    private mutating func indicator(_ value: Value, at path: String) -> Indicator? {
        var id: String?
        var type: IndicatorType?
        var source: PriceSource?
        var period: Int?
        // The bounds of its parameters hang on the type, which may stand later.
        let coming = value.objectValue?["type"]?.stringValue.flatMap(IndicatorType.init)
        members(of: value, at: path, required: ["id", "type", "params", "source"]) { reader, key, value, path in
            switch key {
            case "id": id = reader.newID(value, at: path)
            case "type":
                type = reader.word(
                    value, at: path, IndicatorType.init, IndicatorType.allCases.map(\.rawValue), .unknownIndicatorType)
            case "source":
                source = reader.word(
                    value, at: path, PriceSource.init, PriceSource.allCases.map(\.rawValue), .unknownSource)
            default: period = reader.period(value, at: path, of: coming)
            }
        }
        guard let id, let type, let period, let source else { return nil }
        let indicator = Indicator(id: id, type: type, period: period, source: source)
        indicatorsByID[id] = indicator
        return indicator
    }

    private mutating func newID(_ value: Value, at path: String) -> String? {
        guard let id = string(value, at: path) else { return nil }
        guard ids.insert(id).inserted else {
            note(path, .duplicateID, "another indicator is called \(Self.quoted(id))")
            return nil
        }
        let letters: (UInt8) -> Bool = { (0x41...0x5a).contains($0) || (0x61...0x7a).contains($0) }
        let rest: (UInt8) -> Bool = { letters($0) || (0x30...0x39).contains($0) || $0 == 0x5f || $0 == 0x2d }
        guard id.utf8.count <= 64, id.utf8.first.map(letters) == true, id.utf8.allSatisfy(rest) else {
            note(path, .invalidID, "an id is a letter, then up to 63 letters, digits, _ or -")
            return nil
        }
        return id
    }

    /// `type` is nil when it was wrong; then only what no type could have is told.
    private mutating func period(_ value: Value, at path: String, of type: IndicatorType?) -> Int? {
        var period: Int?
        var isGiven = false
        members(of: value, at: path, required: [], optional: ["period"]) { reader, _, value, path in
            isGiven = true
            period = reader.wholeNumber(value, at: path, in: type.map { IndicatorCatalog.entry(of: $0).period.bounds })
        }
        guard !isGiven, value.objectValue != nil else { return period }
        return type.map { IndicatorCatalog.entry(of: $0).period.standard }
    }

    // MARK: Rules

    private mutating func rule(_ value: Value, at path: String) -> [Condition]? {
        var conditions: [Condition]?
        members(of: value, at: path, required: ["logic", "conditions"]) { reader, key, value, path in
            if key == "logic" {
                guard let logic = reader.string(value, at: path) else { return }
                if logic != "AND" {
                    reader.note(path, .logicNotSupported, "logic must be AND, not \(Self.quoted(logic))")
                }
            } else {
                conditions = reader.elements(of: value, at: path, count: StrategyDefinition.conditionCounts) {
                    $0.condition($1, at: $2)
                }
            }
        }
        return conditions
    }

    private mutating func condition(_ value: Value, at path: String) -> Condition? {
        var left: Operand?
        var comparison: Comparison?
        var right: Operand?
        members(of: value, at: path, required: ["left", "op", "right"]) { reader, key, value, path in
            switch key {
            case "left": left = reader.operand(value, at: path)
            case "right": right = reader.operand(value, at: path)
            default:
                comparison = reader.word(
                    value, at: path, Comparison.init, Comparison.allCases.map(\.rawValue), .unknownOperator)
            }
        }
        guard let left, let comparison, let right else { return nil }
        if comparison.isCross, left.isLiteral, right.isLiteral {
            note(path, .literalCross, "two numbers never cross: one side must be an indicator or a price")
            return nil
        }
        return Condition(left, comparison, right)
    }

    private mutating func operand(_ value: Value, at path: String) -> Operand? {
        var operand: Operand?
        var kinds = 0
        members(of: value, at: path, required: [], optional: ["indicator", "price", "literal"]) {
            reader, key, value, path in
            kinds += 1
            switch key {
            case "indicator": operand = reader.reference(value, at: path).map(Operand.indicator)
            case "price":
                operand =
                    reader.word(value, at: path, PriceSource.init, PriceSource.allCases.map(\.rawValue), .unknownPrice)
                    .map(Operand.price)
            default: operand = reader.finiteNumber(value, at: path).map(Operand.literal)
            }
        }
        guard value.objectValue != nil else { return nil }
        if kinds == 0 { note(path, .missingKey, "an operand needs indicator, price or literal") }
        if kinds > 1 { note(path, .ambiguousOperand, "an operand has exactly one of indicator, price, literal") }
        return kinds == 1 ? operand : nil
    }

    private mutating func reference(_ value: Value, at path: String) -> Indicator? {
        guard let id = string(value, at: path) else { return nil }
        if !ids.contains(id) { note(path, .unknownIndicator, "no indicator is called \(Self.quoted(id))") }
        return indicatorsByID[id]
    }

    // MARK: Risk

    private mutating func risk(_ value: Value, at path: String) -> StrategyDefinition.Risk? {
        var stopLoss: Double?
        var takeProfit: Double?
        members(of: value, at: path, required: [], optional: ["stop_loss", "take_profit"]) { reader, key, value, path in
            if key == "stop_loss" {
                stopLoss = reader.percent(value, at: path, in: StrategyDefinition.stopLossPercents)
            } else {
                takeProfit = reader.percent(value, at: path, in: StrategyDefinition.takeProfitPercents)
            }
        }
        return StrategyDefinition.Risk(stopLossPercent: stopLoss, takeProfitPercent: takeProfit)
    }

    private mutating func percent(_ value: Value, at path: String, in bounds: ClosedRange<Double>) -> Double? {
        var percent: Double?
        members(of: value, at: path, required: ["type", "value"]) { reader, key, value, path in
            if key == "type" {
                guard let type = reader.string(value, at: path) else { return }
                if type != "percent" {
                    reader.note(path, .unknownRiskType, "type must be percent, not \(Self.quoted(type))")
                }
            } else if let number = reader.finiteNumber(value, at: path) {
                if bounds.contains(number) {
                    percent = number
                    if !reader.takesAnyPlaces, TenThousandths(number) == nil {
                        reader.errors.add(.tooManyPlaces(at: path))
                    }
                } else {
                    let bounds = "\(Number(bounds.lowerBound).text) to \(Number(bounds.upperBound).text)"
                    reader.note(path, .outOfRange, "must be \(bounds) percent of the entry price")
                }
            }
        }
        return percent
    }
}
