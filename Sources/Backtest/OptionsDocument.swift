import JSON

extension SimulationOptions {
    /// Reads the object `simulation` of a request or a stored run: `allocation_pct`, `commission_bps`, `slippage_bps`,
    /// `execution_timing`, each of which may be left out. nil: all defaults.
    /// Every error is told: what is no option or no number in document order, then what is out of its bounds.
    public init(simulation: Value?, initialEquity: Double) throws(OptionsRefusal) {
        var errors: [OptionError] = []
        var numbers: [Field: Double] = [:]
        var timing = Self.standard.executionTiming
        if let simulation, simulation.objectValue == nil {
            throw OptionsRefusal(errors: [
                OptionError("simulation", .wrongType, "must be an object, not \(simulation.kind)")
            ])
        }
        for (name, value) in simulation?.objectValue?.members ?? [] {
            if name == "execution_timing" {
                guard let text = value.stringValue else {
                    errors.append(OptionError(name, .wrongType, "must be a text, not \(value.kind)"))
                    continue
                }
                guard let found = ExecutionTiming(rawValue: text) else {
                    let words = ExecutionTiming.allCases.map(\.rawValue).joined(separator: ", ")
                    errors.append(OptionError(name, .unknownTiming, "must be one of \(words)"))
                    continue
                }
                timing = found
            } else if let field = Field(rawValue: name), field != .initialEquity {
                guard let number = value.numberValue else {
                    errors.append(OptionError(name, .wrongType, "must be a number, not \(value.kind)"))
                    continue
                }
                numbers[field] = number.double ?? .infinity
            } else {
                errors.append(OptionError(name, .unknownKey, "is not known here"))
            }
        }
        var options: SimulationOptions?
        do throws(OptionsRefusal) {
            options = try SimulationOptions(
                initialEquity: initialEquity,
                allocationPercent: numbers[.allocationPercent] ?? Self.standard.allocationPercent,
                commissionBasisPoints: numbers[.commissionBasisPoints] ?? Self.standard.commissionBasisPoints,
                slippageBasisPoints: numbers[.slippageBasisPoints] ?? Self.standard.slippageBasisPoints,
                executionTiming: timing)
        } catch {
            errors += error.errors
        }
        guard let options, errors.isEmpty else { throw OptionsRefusal(errors: errors) }
        self = options
    }

    /// The object `simulation` with every option in it; ``init(simulation:initialEquity:)`` reads it back.
    public var simulationJSON: Value {
        .object([
            "allocation_pct": .number(Number(allocationPercent)),
            "commission_bps": .number(Number(commissionBasisPoints)),
            "slippage_bps": .number(Number(slippageBasisPoints)),
            "execution_timing": .string(executionTiming.rawValue),
        ])
    }
}
