import Backtest
import Daemon
import HTTP
import JSON
import Market
import Postgres
import Strategy

/// `POST /api/strategies/preview`: where a definition would signal on stored bars. Never profit or loss, so it is no
/// trial and may be asked as often as the limit allows.
enum StrategyPreview {
    /// Times of signals in one answer, the newest; their number is always told in full.
    static let maximumSignals = 5_000
    /// Numbers in the overlays of one answer, times included: with the signals below 900 kB.
    static let maximumCells = 25_000

    static let preview = Route(
        method: .post, path: "/api/strategies/preview", access: .signedIn(.research),
        about: "The bars on which a definition's rules hold, and its indicators. Never profit or loss; not a trial.",
        body: .object([
            ("definition", .anything), ("symbol", .text), ("timeframe", .oneOf(["1d", "1h"])),
            ("range", .object([("start_date", .day), ("end_date", .day)])),
        ]),
        answers: [.init(status: 200, about: "The signals", schema: schema)],
        errors: [
            .validationError, .strategyValidationError, .backtestInsufficientBars, .backtestBarLimitExceeded,
            .backtestResourceLimitExceeded, .backtestInvalidDefinition, .backtestTimeout, .unsupportedMediaType,
            .payloadTooLarge,
        ],
        limit: .runs,
        handler: .database { call, db in .json(try respond(to: call, in: &db)) })

    private static func respond(to call: Call, in db: inout Connection) throws -> Writer {
        let form = try Form(call.request)
        let stored = try load(form, call.configuration, in: &db)
        let bars: PreparedBars
        do throws(UnusableBar) { bars = try PreparedBars(stored.bars) } catch {
            throw Problem(.backtestInvalidDefinition, "Stored bar \(error.index) cannot be used: \(error.fault).")
        }
        let preview: SignalPreview
        do throws(BacktestRefusal) {
            preview = try Engine.preview(
                form.definition, on: bars, from: stored.firstTradable, limits: EngineLimits(call.configuration),
                now: { UInt64(SystemClock.monotonicNanoseconds()) })
        } catch {
            throw Problem(ErrorCode(rawValue: error.code) ?? .internalError, error.message)
        }
        return answer(form, stored, bars, preview)
    }

    private struct Stored {
        let symbol: SymbolRow
        let bars: CandleSeries
        let firstTradable: Int
        let revision: Int?
    }

    /// One snapshot: the bars that are counted are those that are read.
    private static func load(_ form: Form, _ configuration: Configuration, in db: inout Connection) throws -> Stored {
        try db.transaction(.repeatableReadReadOnly) { db in
            let symbol = try form.symbol(in: &db)
            _ = try BacktestOrder.countBars(
                of: symbol, form.timeframe, from: form.start, to: form.end, form.definition, configuration, in: &db)
            let loaded = try db.barsWithWarmUp(
                BarTable(symbol.assetType, form.timeframe), symbol: symbol.id, from: form.start.start.microseconds,
                to: form.timeframe.lastBar(of: form.end), warmUp: form.definition.warmUpBars)
            return Stored(
                symbol: symbol, bars: loaded.bars, firstTradable: loaded.firstTradable,
                revision: try db.revision(ofSymbol: symbol.id, form.timeframe))
        }
    }

    private static let schema: Schema = {
        let signals = Schema.object([("count", .integer()), ("times", .list(.text)), ("has_more", .flag)])
        let indicator = Schema.object([
            ("id", .text), ("type", .text), ("period", .integer()), ("source", .text),
            ("scale", .oneOf(["price", "percent"])), ("values", .list(Schema.number.orNull)),
        ])
        return .object([
            ("symbol", .text), ("timeframe", .oneOf(["1d", "1h"])), ("summary", .text), ("first", .text),
            ("last", .text),
            ("bars", .integer()), ("warm_up_bars", .integer()), ("bar_revision", Schema.integer().orNull),
            ("entry", signals), ("exit", signals),
            ("overlays", .object([("step", .integer()), ("times", .list(.text)), ("indicators", .list(indicator))])),
            ("notices", .list(.text)),
        ])
    }()

    private static func answer(
        _ form: Form, _ stored: Stored, _ bars: PreparedBars, _ preview: SignalPreview
    ) -> Writer {
        let first = stored.firstTradable
        let times = bars.series.times
        func label(_ bar: Int) -> String { form.timeframe.label(times[bar]) }
        var json = Writer(capacity: 65_536)
        json.object { json in
            json.member("symbol", stored.symbol.symbol)
            json.member("timeframe", form.timeframe.rawValue)
            json.member("summary", form.definition.summary)
            json.member("first", label(first))
            json.member("last", label(bars.count - 1))
            json.member("bars", bars.count - first)
            json.member("warm_up_bars", first)
            json.member("bar_revision", stored.revision)
            for (name, signals) in [("entry", preview.entries), ("exit", preview.exits)] {
                json.key(name)
                json.object { json in
                    json.member("count", signals.count)
                    json.key("times")
                    json.array(signals.suffix(maximumSignals)) { $0.string(label($1)) }
                    json.member("has_more", signals.count > maximumSignals)
                }
            }
            json.key("overlays")
            json.object { json in writeOverlays(of: form, bars, from: first, into: &json) }
            json.key("notices")
            let isOffGrid = bars.tickScale == nil && !form.definition.indicators.isEmpty
            json.array(isOffGrid ? [Notice.noTickScale] : []) { $0.string($1.rawValue) }
        }
        return json
    }

    /// Every `step`-th bar of the range, the last one always among them: as many as an answer can hold.
    private static func writeOverlays(of form: Form, _ bars: PreparedBars, from first: Int, into json: inout Writer) {
        let indicators = form.definition.indicators
        let inRange = bars.count - first
        let points = maximumCells / (indicators.count + 1)
        let step = indicators.isEmpty ? 1 : (inRange + points - 1) / points
        let shown = indicators.isEmpty ? [] : Array(stride(from: bars.count - 1, through: first, by: -step).reversed())
        json.member("step", step)
        json.key("times")
        json.array(shown) { $0.string(form.timeframe.label(bars.series.times[$1])) }
        json.key("indicators")
        json.array(indicators) { json, indicator in
            let values = Engine.values(of: indicator, on: bars)
            json.object { json in
                json.member("id", indicator.id)
                json.member("type", indicator.type.rawValue)
                json.member("period", indicator.period)
                json.member("source", indicator.source.rawValue)
                json.member("scale", IndicatorCatalog.entry(of: indicator.type).scale.rawValue)
                json.key("values")
                json.array(shown) { json, bar in
                    if let value = values[bar] { json.double(value) } else { json.null() }
                }
            }
        }
    }

    /// What a visitor wants previewed, checked.
    private struct Form {
        let definition: StrategyDefinition
        let ticker: String
        let timeframe: Timeframe
        let start: CalendarDay
        let end: CalendarDay

        /// - Throws: ``Problem``, with every mistake of the form and of the definition.
        init(_ request: Request) throws {
            var body = try ObjectReader(body: request)
            let value = body.required("definition")
            let ticker = body.ticker("symbol")
            let timeframe = body.choice("timeframe", Timeframe.self)
            let range = body.range("range")
            body.refuseUnknown()
            let definition = try body.definition(value)
            guard let definition, let ticker, let timeframe, let range else { throw Problem(.validationError) }
            (self.definition, self.ticker, self.timeframe) = (definition, ticker, timeframe)
            (start, end) = range
        }

        /// - Throws: ``Problem`` for a symbol that is not stored, or has no bars of that length.
        func symbol(in db: inout Connection) throws -> SymbolRow {
            guard let symbol = try db.symbol(ticker) else {
                throw Problem.invalid("symbol", "UNKNOWN_SYMBOL", "No active symbol \(ticker) is stored.")
            }
            guard timeframe.periodsPerYear(of: symbol.assetType) != nil else {
                throw Problem.invalid(
                    "timeframe", "TIMEFRAME_MISMATCH",
                    "\(symbol.symbol) is \(symbol.assetType.rawValue), which has no \(timeframe.rawValue) bars.")
            }
            return symbol
        }
    }
}

extension ObjectReader {
    /// The canonical form of a ticker.
    mutating func ticker(_ name: String) -> String? {
        guard let text = string(name, 1...32) else { return nil }
        let canonical = Ticker.canonical(text)
        if canonical == nil {
            mistakes.add(path(name), "INVALID_FORMAT", "\(path(name)) must be a ticker such as AAPL or BTC-USD.")
        }
        return canonical
    }

    /// Two days, the second not before the first.
    fileprivate mutating func range(_ name: String) -> (CalendarDay, CalendarDay)? {
        guard required(name) != nil, let object = object(name) else { return nil }
        var members = ObjectReader(object, at: path(name))
        let start = members.day("start_date"), end = members.day("end_date")
        members.refuseUnknown()
        mistakes.add(contentsOf: members.mistakes.errors)
        guard let start, let end else { return nil }
        if start > end {
            mistakes.add(
                members.path("end_date"), "OUT_OF_RANGE", "\(members.path("end_date")) lies before start_date.")
        }
        return (start, end)
    }
}

extension EngineLimits {
    /// What one run may cost by configuration.
    init(_ configuration: Configuration) {
        self.init(
            bars: configuration.backtestMaxBars,
            nanoseconds: UInt64(configuration.backtestTimeoutMilliseconds) * 1_000_000,
            bytes: configuration.backtestMaxMemoryBytes)
    }
}
