import Backtest
import Crypto
import HTTP
import JSON
import Market
import Strategy

/// What a visitor asks for with `POST /api/backtests`, each field checked by itself.
struct BacktestForm: Sendable {
    let strategyID: String
    let versionID: Int?
    let symbol: String
    let timeframe: Timeframe
    let days: DayRange
    let initialEquity: String
    let options: SimulationOptions
    /// What the client calls this request, so that it may send it again without a second run.
    let idempotencyKey: String?

    static let field = Field<BacktestForm>.group(
        .body(
            "strategy_id", Form<String>.uuid.example("0198c5a0-0000-7000-8000-000000000000"),
            "The strategy: the `id` that POST /api/strategies answers"),
        .body(optional: "strategy_version_id", Form<Int>.integer(1...Int(Int32.max)), "Default: its newest version"),
        .body("symbol", .ticker), .body("timeframe", .choice()), .days, .money, .idempotencyKey("run"),
        make: make)

    private static func make(
        _ reader: inout FieldReader, _ strategyID: String, _ versionID: Int?, _ symbol: String, _ timeframe: Timeframe,
        _ days: DayRange, _ money: SimulatedMoney, _ key: String?
    ) -> BacktestForm {
        BacktestForm(
            strategyID: strategyID, versionID: versionID, symbol: symbol, timeframe: timeframe, days: days,
            initialEquity: money.initialEquity, options: money.options, idempotencyKey: key)
    }

    /// SHA-256, hex, of what is asked for: the same for two ways of writing one request. A version that was not named
    /// stays unnamed, so that a repeated request is the same one also when the strategy has moved on.
    var hash: String {
        var json = Writer()
        json.beginObject()
        json.member("strategy_id", strategyID)
        json.member("strategy_version_id", versionID)
        json.member("symbol", symbol)
        json.member("timeframe", timeframe.rawValue)
        json.member("start_date", days.start.description)
        json.member("end_date", days.end.description)
        json.member("initial_equity", initialEquity)
        json.member("simulation", options.simulationJSON)
        json.endObject()
        return hex(Digest.sha256(json.bytes))
    }

    /// What fits together and what does not.
    func mistakes(with strategy: StrategyRow, _ symbol: SymbolRow, _ definition: StrategyDefinition) -> Mistakes {
        var mistakes = strategy.mistakes(on: symbol, timeframe)
        for mistake in options.errors(with: definition) { mistakes.add(mistake) }
        return mistakes
    }
}

extension StrategyRow {
    /// Why it cannot trade these bars.
    func mistakes(on symbol: SymbolRow, _ timeframe: Timeframe) -> Mistakes {
        var mistakes = Mistakes()
        if symbol.assetType != assetType {
            mistakes.add(
                "symbol", "ASSET_TYPE_MISMATCH",
                "\(symbol.symbol) is \(symbol.assetType.one); the strategy is for \(assetType.all).")
        }
        if timeframe != self.timeframe {
            mistakes.add(
                "timeframe", "TIMEFRAME_MISMATCH",
                "The strategy is for \(self.timeframe.adjective) bars, not for \(timeframe.adjective) ones.")
        }
        return mistakes
    }

    /// - Throws: 400 for a version that can only be shown.
    func runnableDefinition() throws(Problem) -> StrategyDefinition {
        guard let definition = version.definition.definition else {
            throw Problem(.backtestInvalidDefinition, "This release does not take the stored definition any more.")
        }
        if let error = definition.errors.first {
            throw Problem(
                .backtestInvalidDefinition,
                "The stored definition is of an earlier release: \(error.path) \(error.message). Save it anew.")
        }
        return definition
    }
}

/// With how much money a run begins, and how it trades.
struct SimulatedMoney: Sendable {
    /// As the ledger writes it.
    let initialEquity: String
    let options: SimulationOptions
}

extension Field where Content == SimulatedMoney {
    fileprivate static let money = Field.group(
        Field<String>.body("initial_equity", .amount, default: standardEquity, "Cash at the first bar"),
        Field<Value?>.body(
            optional: "simulation", .sentSimulation, "How the run trades; what is left out has its default"),
        make: money)

    private static let standardEquity =
        "\(Money(cents: Int64(SimulationOptions.standard.initialEquity * 100)))"

    private static func money(
        _ reader: inout FieldReader, _ initialEquity: String, _ simulation: Value?
    ) -> SimulatedMoney? {
        do throws(OptionsRefusal) {
            let options = try SimulationOptions(simulation: simulation, initialEquity: Double(initialEquity) ?? 0)
            return SimulatedMoney(initialEquity: initialEquity, options: options)
        } catch {
            for mistake in error.errors { reader.mistakes.add(mistake) }
            return nil
        }
    }
}

extension Form where Content == Value {
    /// As it is sent: read by ``SimulationOptions``, which knows the bounds.
    fileprivate static let sentSimulation = Form(SimulationOptions.schema) { json, value in
        json.value(value)
    } read: { value, _, _ in
        value
    }
}

extension Mistakes {
    mutating func add(_ error: OptionError) {
        let field =
            error.field == "initial_equity" || error.field == "simulation" ? error.field : "simulation." + error.field
        add(field, error.code.rawValue, "\(field) \(error.message).")
    }
}
