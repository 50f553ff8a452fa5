import Backtest
import JSON
import Market
import Postgres
import Trading

/// What a runner has come to, beside its forecast and the backtest of the same bars.
struct RunnerPerformance: Sendable {
    private let runner: Runner
    private let points: [Point]
    private let forecast: Forecast?
    /// Nil where the backtest cannot be computed any more; `trouble` says why.
    private let comparison: Comparison?
    private let trouble: String?
    private let waiting: String?

    /// A bar since the start.
    private struct Point: Sendable {
        let time: String
        /// Nil for a bar that it has not seen yet.
        let equity: Money?
        /// Of the backtest.
        let backtest: Double?

        static let form = Form<Point>.object(
            "RunnerPoint",
            [
                .member("time", .barTime, \.time), .nullable("equity", .money, \.equity),
                .nullable(
                    "backtest", Form<Double>.number.described("What the backtest of the same bars has there"),
                    \.backtest),
            ])
    }

    private struct Forecast: Sendable {
        let low: [Double]
        let middle: [Double]
        let high: [Double]
        let inside: Int
        let of: Int

        private static let values = Form<[Double]>.list(of: Form<Double>.number)

        static let form = Form<Forecast>.object(
            "RunnerForecast",
            [
                .member(
                    "low", values.described("5 of 100 paths are below it, bar by bar since the start"), \.low),
                .member("middle", values, \.middle),
                .member("high", values.described("5 of 100 paths are above it"), \.high),
                .member(
                    "bars_inside", Form<Int>.integer.described("Of `bars`: with an equity within the band"), \.inside),
                .member("bars", .integer, \.of),
            ])
    }

    private struct Comparison: Sendable {
        let equity: Double
        let difference: ForwardDifference

        static let form = Form<Comparison>.object(
            "RunnerComparison",
            [
                .member("backtest_equity", .number) { $0.equity.rounded(places: 2) },
                .member(
                    "difference",
                    Form<Double>.number.described("What the runner has more than the backtest; the sum of what follows")
                ) { $0.difference.total.rounded(places: 2) },
                .member(
                    "missed", Form<Double>.number.described("Trades that it did not take")
                ) { $0.difference.missed.rounded(places: 2) },
                .member(
                    "timing", Form<Double>.number.described("Trades that ended at another bar")
                ) { $0.difference.timing.rounded(places: 2) },
                .member(
                    "price", Form<Double>.number.described("Prices that were corrected since")
                ) { $0.difference.price.rounded(places: 2) },
                .member(
                    "cost", Form<Double>.number.described("Fees beside the backtest's commission, and rounding")
                ) { $0.difference.cost.rounded(places: 2) },
            ])
    }

    static let form = Form<RunnerPerformance>.object(
        "RunnerPerformance",
        [
            .member("runner", Runner.form, \.runner),
            .member("points", .list(of: Point.form, 0...maximumPoints), \.points),
            .nullable("forecast", Forecast.form, \.forecast), .nullable("comparison", Comparison.form, \.comparison),
            .nullable(
                "waiting", Form<String>.text.described("Why it would not trade if a bar came now"), \.waiting),
            .nullable(
                "trouble", Form<String>.text.described("Why there is no comparison"), \.trouble),
        ])

    /// As many bars are shown, the newest.
    private static let maximumPoints = 5_000

    /// Within a transaction of one snapshot.
    init(_ runner: Runner, _ configuration: Configuration, in db: inout Connection) throws {
        self.runner = runner
        let (stored, fills, band) = try db.run(
            .runnerPoints(runner.id), .runnerFills(runner.id), .runnerBand(runner.id))
        let equities = Dictionary(stored.map { ($0.start, $0.equity) }) { first, _ in first }
        waiting = try RunnerClock(configuration).reasonToWait(runner, in: &db)
        // Empty where it is not known which bars there were: a forecast counts them all.
        let times: [Int64]
        do {
            let test = try RunnerTest.load(runner, configuration, in: &db)
            times = Array(test.times)
            points = zip(times, test.run.equity).suffix(Self.maximumPoints).map { time, backtest in
                Point(
                    time: runner.timeframe.label(time), equity: equities[time], backtest: backtest.rounded(places: 2))
            }
            comparison = Self.compare(runner, test, fills)
            trouble = nil
        } catch let refusal as RunnerRefusal {
            times = []
            points = stored.suffix(Self.maximumPoints).map {
                Point(time: runner.timeframe.label($0.start), equity: $0.equity, backtest: nil)
            }
            (comparison, trouble) = (nil, refusal.sentence)
        }
        forecast = band.map { band in
            let capital = runner.capital.asDouble
            let (inside, of) = band.inside(times.map { time in equities[time].map { $0.asDouble / capital } })
            func money(_ units: [Double]) -> [Double] { units.map { ($0 * capital).rounded(places: 2) } }
            return Forecast(
                low: money(band.low), middle: money(band.middle), high: money(band.high), inside: inside, of: of)
        }
    }

    /// At the last bar that the runner has seen; nil before the first.
    private static func compare(_ runner: Runner, _ test: RunnerTest, _ fills: [RunnerFill]) -> Comparison? {
        let seen = test.times.count { $0 <= runner.seenBar.microseconds }
        guard seen > 0 else { return nil }
        let run = test.run.until(bars: seen)
        var taken: [ForwardDifference.Position] = []
        for fill in fills {
            // What was sold as it was stopped may be of a bar of another length: it ended with the last one seen.
            let bar = test.times.firstIndex(of: fill.barStart).map { $0 - test.times.startIndex } ?? seen - 1
            if fill.side == .buy {
                taken.append(.init(entryBar: bar, entryPrice: fill.price))
            } else if let bought = taken.popLast() {
                taken.append(
                    .init(
                        entryBar: bought.entryBar, entryPrice: bought.entryPrice, exitBar: bar, exitPrice: fill.price))
            }
        }
        return Comparison(
            equity: run.equity.last ?? runner.capital.asDouble,
            difference: ForwardDifference(
                equity: runner.equity.asDouble, taken: taken, beside: run,
                last: test.bars.close[test.first + seen - 1], options: test.options))
    }
}

/// A fill as a difference is reckoned from, its price in the units of now.
private struct RunnerFill: Sendable {
    let side: OrderSide
    let price: Double
    let barStart: Int64

    init(_ row: inout RowReader) throws {
        (side, price, barStart) = (try row.next(), try row.next(), try row.next(Instant.self).microseconds)
    }
}

extension Query {
    fileprivate static func runnerPoints(_ id: String) -> Query<[RunnerPoint]> {
        .all(
            "SELECT bar_start, equity FROM paper_runner_points WHERE runner_id = $1::uuid ORDER BY bar_start", id
        ) { row in RunnerPoint(start: try row.next(Instant.self).microseconds, equity: try row.next()) }
    }

    fileprivate static func runnerFills(_ id: String) -> Query<[RunnerFill]> {
        .all(
            """
            SELECT e.side, e.price::float8 / \(RescaledUnits.sinceBar), e.bar_start FROM orders o JOIN executions e ON e.order_id = o.id
            WHERE o.runner_id = $1::uuid ORDER BY e.sequence
            """, id, read: RunnerFill.init)
    }

    fileprivate static func runnerBand(_ id: String) -> Query<ForecastBand?> {
        .first(
            """
            SELECT band_low, band_middle, band_high FROM paper_runners WHERE id = $1::uuid AND band_low IS NOT NULL
            """, id, read: inOrder(ForecastBand.init(low:middle:high:)))
    }
}
