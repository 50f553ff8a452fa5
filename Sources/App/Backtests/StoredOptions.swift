import Backtest
import JSON

/// How a run trades as it is stored; the twin of ``StoredDefinition``. A later release may have options and words that
/// this one does not know, and an earlier one may have had other bounds: such a run is shown, but not computed.
struct StoredOptions: Sendable {
    private let stored: Value
    /// Nil when this release does not take them.
    let options: SimulationOptions?

    init(_ stored: Value, initialEquity: String) {
        self.stored = stored
        options = try? SimulationOptions(simulation: stored, initialEquity: Double(initialEquity) ?? 0)
    }

    init(_ options: SimulationOptions) {
        stored = options.simulationJSON
        self.options = options
    }

    /// The object `simulation`, every option in it.
    var json: Value { options?.simulationJSON ?? stored }
}

extension Form where Content == StoredOptions {
    /// Unlike what may be sent: no bounds, any other member, and of the timing any other word.
    static let simulation = Form(
        Schema.object(
            SimulationOptions.numbers.map { ($0.rawValue, .type("number"), false) } + [
                ("execution_timing", .anyOf([Form<ExecutionTiming>.choice().schema, .type("string")]), false)
            ]
        ).with("additionalProperties", true).named("StoredSimulation")
    ) { json, options in
        json.value(options.json)
    }
}

extension SimulationOptions {
    fileprivate static let numbers = Field.allCases.filter { $0 != .initialEquity }

    /// What may be sent.
    static let schema = Schema.object(
        numbers.map { field in
            let schema = field == .allocationPercent ? Schema.number(field.bounds) : Schema.decimal(field.bounds)
            return (field.rawValue, schema, false)
        } + [("execution_timing", Form<ExecutionTiming>.choice().schema, false)])
}
