import Backtest
import HTTP
import JSON
import Market
import Postgres
import Strategy
import System

/// `POST /api/strategies/preview`: where a definition would signal on stored bars. Never profit or loss, so it is no
/// trial and may be asked as often as the limit allows.
enum StrategyPreview {
    /// Times of signals in one answer, the newest; their number is always told in full.
    static let maximumSignals = 5_000
    /// Numbers in the overlays of one answer, times included: with the signals below 900 kB.
    static let maximumCells = 25_000

    private static let shown = Answer(200, "The signals", Preview.form)

    static let preview = Route(
        .post, "/api/strategies/preview", .signedIn(.research),
        "The bars on which a definition's rules hold, and its indicators. Never profit or loss; not a trial.",
        takes: Field<Wish>.group(
            .definition(), .body("symbol", .ticker), .body("timeframe", .choice()),
            Field<DayRange>.object("range", "The days to look at", of: .days) { _, days in days }
        ) { Wish(definition: $1, ticker: $2, timeframe: $3, days: $4) },
        answers: [shown],
        errors: [
            .backtestInsufficientBars, .backtestBarLimitExceeded, .backtestResourceLimitExceeded,
            .backtestInvalidDefinition, .backtestTimeout,
        ],
        limit: .runs
    ) { call, db, wish in
        let stored = try load(wish, call.configuration, in: &db)
        let bars: PreparedBars
        do throws(BarError) { bars = try PreparedBars(stored.bars) } catch {
            throw Problem(.backtestInvalidDefinition, error.sentence)
        }
        let signals: SignalPreview
        do throws(BacktestRefusal) {
            signals = try Engine.preview(
                wish.definition, on: bars, from: stored.firstTradable, limits: EngineLimits(call.configuration),
                now: { UInt64(SystemClock.monotonicNanoseconds()) })
        } catch {
            throw Problem(ErrorCode(rawValue: error.code) ?? .internalError, error.message)
        }
        return shown(Preview(wish, stored, bars, signals), capacity: 65_536)
    }

    /// What a visitor wants previewed.
    private struct Wish {
        let definition: StrategyDefinition
        let ticker: String
        let timeframe: Timeframe
        let days: DayRange
    }

    private struct Stored {
        let symbol: SymbolRow
        let bars: CandleSeries
        let firstTradable: Int
        let revision: Int?
    }

    /// One snapshot: the bars that are counted are those that are read.
    private static func load(_ wish: Wish, _ configuration: Configuration, in db: inout Connection) throws -> Stored {
        try db.transaction(.repeatableReadReadOnly, opening: .symbol(wish.ticker)) { db, symbol in
            guard let symbol else { throw Problem.unknownSymbol(wish.ticker) }
            let (timeframe, days) = (wish.timeframe, wish.days)
            guard timeframe.periodsPerYear(of: symbol.assetType) != nil else {
                throw Problem.invalid(
                    "timeframe", "TIMEFRAME_MISMATCH",
                    "\(symbol.symbol) is \(symbol.assetType.one), which has no \(timeframe.adjective) bars.")
            }
            _ = try RunRequest.countBars(
                of: symbol, timeframe, from: days.start, to: days.end, wish.definition, configuration, in: &db)
            let from = days.start.start.microseconds
            let (bars, revision) = try db.run(
                .bars(
                    BarTable(symbol.assetType, timeframe), symbol: symbol.id, from: from,
                    to: timeframe.lastBar(of: days.end), warmUp: wish.definition.warmUpBars),
                .revision(ofSymbol: symbol.id, timeframe))
            return Stored(
                symbol: symbol, bars: bars, firstTradable: bars.index(atOrAfter: from), revision: revision)
        }
    }

    /// What is answered.
    private struct Preview {
        let stored: Stored
        let timeframe: Timeframe
        let definition: StrategyDefinition
        let bars: PreparedBars
        let signals: SignalPreview
        /// Indices of the bars at which overlays are shown: every `step`-th of the range, the last one always among
        /// them, as many as an answer can hold.
        let shown: [Int]
        let step: Int

        init(_ wish: Wish, _ stored: Stored, _ bars: PreparedBars, _ signals: SignalPreview) {
            (self.stored, self.bars, self.signals) = (stored, bars, signals)
            (timeframe, definition) = (wish.timeframe, wish.definition)
            let indicators = definition.indicators.count, inRange = bars.count - stored.firstTradable
            let points = maximumCells / (indicators + 1)
            step = indicators == 0 ? 1 : (inRange + points - 1) / points
            shown =
                indicators == 0
                ? [] : Array(stride(from: bars.count - 1, through: stored.firstTradable, by: -step).reversed())
        }

        func label(_ bar: Int) -> String { timeframe.label(bars.series.times[bar]) }

        var overlays: [Overlay] {
            definition.indicators.map { indicator in
                let values = Engine.values(of: indicator, on: bars)
                return Overlay(indicator: indicator, values: shown.map { values[$0] })
            }
        }

        var notices: [Notice] { bars.tickScale == nil && !definition.indicators.isEmpty ? [.noTickScale] : [] }

        static let form = Form<Preview>.object(
            "StrategyPreview",
            [
                .member("symbol", .text, \.stored.symbol.symbol), .member("timeframe", .choice(), \.timeframe),
                .member("summary", .text, \.definition.summary),
                .member("first", .barTime) { $0.label($0.stored.firstTradable) },
                .member("last", .barTime) { $0.label($0.bars.count - 1) },
                .member("bars", .integer) { $0.bars.count - $0.stored.firstTradable },
                .member("warm_up_bars", .integer, \.stored.firstTradable),
                .nullable("bar_revision", .integer, \.stored.revision),
                .member("entry", signals) { ($0, $0.signals.entries) },
                .member("exit", signals) { ($0, $0.signals.exits) },
                .member(
                    "overlays",
                    .object([
                        .member("step", .integer, \.step),
                        .member("times", .list(of: .barTime)) { preview in preview.shown.map { preview.label($0) } },
                        .member("indicators", .list(of: Overlay.form), \.overlays),
                    ])
                ) { $0 }, .member("notices", .list(of: .choice()), \.notices),
            ])

        private static let signals = Form<(Preview, [Int])>.object([
            .member("count", .integer, \.1.count),
            .member("times", .list(of: .barTime)) { preview, bars in
                bars.suffix(maximumSignals).map { preview.label($0) }
            },
            .member("has_more", .flag) { $0.1.count > maximumSignals },
        ])
    }

    /// An indicator's values at the bars that are shown.
    private struct Overlay {
        let indicator: Indicator
        let values: [Double?]

        static let form = Form<Overlay>.object([
            .member("id", .text, \.indicator.id), .member("type", .choice(), \.indicator.type),
            .member("period", .integer, \.indicator.period), .member("source", .choice(), \.indicator.source),
            .member("scale", .choice()) { IndicatorCatalog.entry(of: $0.indicator.type).scale },
            .member("values", .list(of: Form<Double>.number.orNull), \.values),
        ])
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
