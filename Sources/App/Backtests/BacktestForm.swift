import Backtest
import Crypto
import HTTP
import JSON
import Market
import Strategy

/// What a visitor asks for with `POST /api/backtests`, each field checked by itself.
struct BacktestForm {
    private(set) var mistakes: Mistakes
    let strategyID: String
    let versionID: Int?
    let symbol: String
    let timeframe: Timeframe
    let start: CalendarDay
    let end: CalendarDay
    let initialEquity: String
    let options: SimulationOptions
    /// What the client calls this request, so that it may send it again without a second run.
    let idempotencyKey: String?

    /// - Throws: ``Problem`` with every mistake.
    init(_ request: Request) throws {
        var body = try ObjectReader(body: request)
        let strategyID = body.identifier("strategy_id")?.text
        versionID = body.integer("strategy_version_id", 1...Int(Int32.max), required: false)
        let ticker = body.ticker("symbol")
        let timeframe = body.choice("timeframe", Timeframe.self)
        let start = body.day("start_date"), end = body.day("end_date")
        if let start, let end, start > end {
            body.mistakes.add("end_date", "OUT_OF_RANGE", "end_date lies before start_date.")
        }
        let written = body.string("initial_equity", 1...20, required: false)
        let equity = written.flatMap(Self.money) ?? "10000.00"
        if written != nil, written.flatMap(Self.money) == nil {
            body.mistakes.add(
                "initial_equity", "INVALID_FORMAT", "initial_equity must be an amount such as \"10000.00\".")
        }
        var options: SimulationOptions?
        do throws(InvalidOptions) {
            options = try SimulationOptions(simulation: body.value("simulation"), initialEquity: Double(equity) ?? 0)
        } catch {
            for mistake in error.errors { body.mistakes.add(mistake) }
        }
        idempotencyKey = request.fields["Idempotency-Key"]
        if let idempotencyKey, !Self.isKey(idempotencyKey) {
            body.mistakes.add(
                "Idempotency-Key", "INVALID_FORMAT", "Idempotency-Key must be 1 to 255 printable ASCII characters.")
        }
        body.refuseUnknown()
        mistakes = body.mistakes
        try mistakes.check()
        guard let strategyID, let ticker, let timeframe, let start, let end, let options else {
            throw Problem(.validationError)
        }
        (self.strategyID, symbol, self.options, initialEquity) = (strategyID, ticker, options, equity)
        (self.timeframe, self.start, self.end) = (timeframe, start, end)
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
        json.member("start_date", start.description)
        json.member("end_date", end.description)
        json.member("initial_equity", initialEquity)
        json.member("simulation", options.simulationJSON)
        json.endObject()
        return hex(Digest.sha256(json.bytes))
    }

    private static func isKey(_ text: String) -> Bool {
        (1...255).contains(text.utf8.count) && text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
    }

    /// What fits together and what does not.
    mutating func check(against strategy: StrategyRow, _ symbol: SymbolRow, _ definition: StrategyDefinition) {
        if symbol.assetType != strategy.assetType {
            mistakes.add(
                "symbol", "ASSET_TYPE_MISMATCH",
                "\(symbol.symbol) is \(symbol.assetType.rawValue); the strategy is for \(strategy.assetType.rawValue).")
        }
        if timeframe != strategy.timeframe {
            mistakes.add(
                "timeframe", "TIMEFRAME_MISMATCH",
                "The strategy is for \(strategy.timeframe.rawValue) bars, not \(timeframe.rawValue).")
        }
        for mistake in options.errors(with: definition) { mistakes.add(mistake) }
    }

    /// Whole units with at most two decimals, as the ledger writes them; nil when it is anything else.
    static func money(_ text: String) -> String? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, (1...13).contains(parts[0].utf8.count),
            parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { (48...57).contains($0) } })
        else { return nil }
        let cents = parts.count == 2 ? parts[1] : "", whole = parts[0].drop { $0 == "0" }
        guard cents.utf8.count <= 2 else { return nil }
        return "\(whole.isEmpty ? "0" : whole)." + cents + String(repeating: "0", count: 2 - cents.utf8.count)
    }
}

extension Mistakes {
    mutating func add(_ error: OptionError) {
        let field =
            error.field == "initial_equity" || error.field == "simulation" ? error.field : "simulation." + error.field
        add(field, error.code.rawValue, "\(field) \(error.message).")
    }
}
