import Backtest
import JSON
public import Jobs
import Market
public import Postgres
import Quality
import System
import Trading

/// The job that lets runners see the bars of a series that has grown and has been checked (V0410 queues it).
///
/// Bars are seen in their order and each once: `paper_runners.seen_bar` moves on with what they bring about, in one
/// transaction, and every order has the name of its bar. So a job that is done twice, or again after a kill, moves nothing
/// twice.
public struct AdvanceRunners: JobKind {
    public static let name = "advance_runners"
    public static let noun = "look at runners"
    public static let retry: Retry? = Retry(firstSeconds: 2, maximumSeconds: 300)
    public static let retentionDays = 1
    public static let isRationed = false

    public typealias Payload = GrownSeries

    public let timeoutMilliseconds = 600_000

    private let configuration: Configuration

    public init(_ configuration: Configuration) { self.configuration = configuration }

    public func run(_ payload: GrownSeries, _ job: inout RunningJob, in db: inout Connection) throws -> JobResult {
        let runners = try db.run(.runningRunners(symbol: payload.symbol, payload.timeframe))
        for runner in runners {
            try job.check(0.5, in: &db)
            do {
                let test = try RunnerTest.load(runner, configuration, in: &db)
                try advance(runner, test, in: &db)
            } catch let fault as RunnerFault {
                try db.run(.telling("It does not trade: \(fault.sentence)", next: nil, ofRunner: runner.id))
            }
        }
        return .completed(nil)
    }

    /// Lets one runner see the bars that it has not seen.
    private func advance(_ runner: Runner, _ test: RunnerTest, in db: inout Connection) throws {
        guard let last = test.times.last, last > runner.seenBar.microseconds else { return }
        let (state, closures) = try db.run(
            .seriesState(runner, from: test.bars.times.first ?? last), .marketClosures())
        guard let state else { return }
        let calendar = TradingCalendar(closures: closures)
        try db.transaction(
            opening: .withoutWaitingForDisk, .lockingPaperAccount(runner.accountID), .storedRunner(runner.id),
            .standing(ofAccount: runner.accountID, symbol: runner.symbolID, withoutRunner: runner.id)
        ) { db, _, account, runner, standing in
            // Paused, stopped or seen by another worker meanwhile.
            guard runner.status == .running, account.isActive, runner.generation == account.generation,
                last > runner.seenBar.microseconds
            else { return }
            if let reason = reasonToWait(runner, state, last: last, calendar) {
                try db.run(
                    .seen(last, runner.cash, runner.quantity, reason, next: nil, ofRunner: runner.id),
                    .points(worth(runner, test), ofRunner: runner.id))
                return
            }
            try trade(runner, test, account, standing, state.revision, calendar, in: &db)
        }
    }

    /// Why the bars pass without a trade; nil where there is none.
    private func reasonToWait(
        _ runner: Runner, _ state: TradedSeries, last: Int64, _ calendar: TradingCalendar
    ) -> String? {
        if !state.isActive { return "It waits: \(runner.symbol) is no longer traded here." }
        if let finding = state.finding { return "It waits: something is wrong with the bars of \(runner.symbol). \(finding)" }
        let now = Instant(microseconds: SystemClock.unixMicroseconds())
        if configuration.stalePrices == .refuse,
            !Freshness.isCurrent(last: last, runner.assetType, runner.timeframe, at: now, calendar)
        {
            return "It waits: the newest bar of \(runner.symbol), \(runner.timeframe.label(last)), is too old to trade at."
        }
        return nil
    }

    private func trade(
        _ runner: Runner, _ test: RunnerTest, _ account: LockedAccount, _ standing: AccountStanding, _ revision: Int,
        _ calendar: TradingCalendar, in db: inout Connection
    ) throws {
        var trades = RunnerTrades(runner, account, standing, configuration.tradingLimits, revision: revision)
        var points: [RunnerPoint] = [], moves: [RunnerMove] = [], detail = runner.detail
        for (index, start) in zip(0..., test.times) where start > runner.seenBar.microseconds {
            for fill in test.fills(onBar: index, holding: trades.quantity > .zero) {
                guard let price = Price(nearest: fill.price) else { continue }
                let occasion = RunnerTrades.Occasion(
                    price: price, barStart: start, timeframe: runner.timeframe,
                    asOf: calendar.span(ofBar: start, runner.assetType, runner.timeframe).end,
                    name: String(start / 1_000_000), words: fill.words(runner.timeframe.label(start)))
                let move = try fill.side == .buy ? trades.buy(at: occasion, in: &db) : trades.sell(at: occasion, in: &db)
                guard let move else { continue }
                moves.append(move)
                detail = move.sentence
            }
            points.append(try point(index, start, trades.cash, trades.quantity, test))
        }
        guard let end = test.times.last, let close = Price(nearest: test.bars.close.last ?? 0) else { return }
        let next = Self.next(test.run, isHolding: trades.quantity > .zero)
        if moves.isEmpty { detail = Self.waiting(next, isHolding: trades.quantity > .zero) }
        try trades.settle(at: close, in: &db)
        try db.run(
            .seen(end, trades.cash, trades.quantity, detail, next: next, ofRunner: runner.id),
            .points(points, ofRunner: runner.id))
        for move in moves {
            try configuration.audit(move.event, of: account.userID, move.auditPayload, in: &db)
        }
    }

    /// What comes at the open of the next bar, of what the runner can still do.
    private static func next(_ run: ForwardRun, isHolding: Bool) -> OrderSide? {
        let isMeantToHold = run.isHolding(after: run.equity.count)
        switch run.next {
        case .buy: return isHolding ? nil : .buy
        case .sell: return isHolding ? .sell : nil
        case nil: return isHolding && !isMeantToHold ? .sell : nil
        }
    }

    private static func waiting(_ next: OrderSide?, isHolding: Bool) -> String {
        switch next {
        case .buy: "It buys at the open of the next bar."
        case .sell: "It sells at the open of the next bar."
        case nil: isHolding ? "It holds, and waits for its exit." : "It waits for its entry."
        }
    }

    private func point(
        _ index: Int, _ start: Int64, _ cash: Money, _ quantity: Quantity, _ test: RunnerTest
    ) throws -> RunnerPoint {
        let price = Price(nearest: test.bars.close[test.first + index])
        let value = try price.map { price throws(AmountError) in try Money.value(of: quantity, at: price) } ?? .zero
        return RunnerPoint(start: start, equity: try cash + value)
    }

    /// At the bars that pass without a trade.
    private func worth(_ runner: Runner, _ test: RunnerTest) throws -> [RunnerPoint] {
        try zip(0..., test.times).filter { $1 > runner.seenBar.microseconds }.map { index, start in
            try point(index, start, runner.cash, runner.quantity, test)
        }
    }
}

/// A fill that is due on a bar.
struct DueFill: Sendable {
    let side: OrderSide
    let price: Double
    fileprivate let reason: ExitReason?
    /// The strategy was out of the market already when the runner could act again.
    fileprivate let isLate: Bool

    /// What the price is.
    func words(_ bar: String) -> String {
        switch reason {
        case _ where isLate: "the open of \(bar), because the strategy had sold while nothing was traded"
        case .stopLoss: "its stop or a worse open, in the bar of \(bar)"
        case .takeProfit: "its target or a better open, in the bar of \(bar)"
        default: "the open of \(bar)"
        }
    }
}

extension RunnerTest {
    /// What is due on a bar for a runner that holds something, or does not, when the bar begins.
    ///
    /// - Parameter index: counts from the first bar after the start.
    func fills(onBar index: Int, holding: Bool) -> [DueFill] {
        var fills = run.moves.filter { $0.bar == index }.map {
            DueFill(side: $0.side, price: $0.price, reason: $0.reason, isLate: false)
        }
        if holding, !run.isHolding(after: index) {
            fills.insert(DueFill(side: .sell, price: bars.open[first + index], reason: .rule, isLate: true), at: 0)
        }
        return fills
    }
}

/// What a runner was worth at the close of a bar.
struct RunnerPoint: Sendable {
    let start: Int64
    let equity: Money
}

/// What of a series decides whether a runner trades on it.
private struct TradedSeries: Sendable {
    let isActive: Bool
    let revision: Int
    /// The worst thing that nobody has dismissed, in a sentence.
    let finding: String?

    init(_ row: inout RowReader) throws {
        (isActive, revision, finding) = (try row.next(), try row.next(), try row.next())
    }
}

extension Query {
    /// - Parameter time: start of the first bar that matters: what was wrong before harms nobody.
    fileprivate static func seriesState(
        _ runner: Runner, from time: Int64
    ) -> Query<TradedSeries?> where Output == TradedSeries? {
        .first(
            """
            SELECT s.is_active, b.revision, (
              SELECT f.detail FROM data_findings f
              WHERE (f.symbol_id, f.interval) = (b.symbol_id, b.interval) AND f.dismissed_at IS NULL
                AND (f.severity = 'error' OR f.check_name = '\(Finding.Check.splitSuspect.rawValue)')
                AND f.last >= $3::timestamptz
              ORDER BY f.last DESC LIMIT 1)
            FROM bar_series b JOIN symbols s ON s.id = b.symbol_id
            WHERE b.symbol_id = $1::int AND b.interval = $2
            """, runner.symbolID, runner.timeframe, Instant(microseconds: time), read: TradedSeries.init)
    }
}

extension Query where Output == Int {
    fileprivate static func seen(
        _ last: Int64, _ cash: Money, _ quantity: Quantity, _ detail: String, next: OrderSide?, ofRunner id: String
    ) -> Query<Int> {
        .change(
            """
            UPDATE paper_runners SET seen_bar = $2::timestamptz, cash = $3::numeric, quantity = $4::numeric, detail = $5,
              next_side = $6
            WHERE id = $1::uuid
            """, id, Instant(microseconds: last), cash, quantity, String(detail.prefix(500)), next)
    }

    fileprivate static func telling(_ detail: String, next: OrderSide?, ofRunner id: String) -> Query<Int> {
        .change(
            "UPDATE paper_runners SET detail = $2, next_side = $3 WHERE id = $1::uuid AND status = 'RUNNING'", id,
            String(detail.prefix(500)), next)
    }

    fileprivate static func points(_ points: [RunnerPoint], ofRunner id: String) -> Query<Int> {
        .change(
            """
            INSERT INTO paper_runner_points (runner_id, bar_start, equity)
            SELECT $1::uuid, bar_start, equity
            FROM unnest($2::timestamptz[], $3::numeric[]) AS p (bar_start, equity)
            ON CONFLICT (runner_id, bar_start) DO UPDATE SET equity = excluded.equity
            """, id, Parameter.timestamps(microseconds: points.map(\.start)), points.map(\.equity.description))
    }

    /// Queues a look wherever a checked series has bars that a runner has not seen.
    static func sweepingRunners() -> Query<Int> {
        .change(
            """
            INSERT INTO jobs (job_type, payload_json, dedupe_key)
            SELECT DISTINCT '\(AdvanceRunners.name)', jsonb_build_object('symbol_id', b.symbol_id, 'interval', b.interval),
              '\(AdvanceRunners.name)/' || b.symbol_id || '/' || b.interval || '/' || b.revision
            FROM bar_series b JOIN paper_runners r ON (r.symbol_id, r.interval) = (b.symbol_id, b.interval)
            WHERE r.status = 'RUNNING' AND b.count > 0 AND b.last > r.seen_bar
            ON CONFLICT DO NOTHING
            """)
    }
}
