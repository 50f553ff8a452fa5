import Backtest
import HTTP
import Market
import Postgres
import Quality
import System
import Trading

/// Lets runners see bars: trades on them, or lets them pass and says why.
struct RunnerClock: Sendable {
    private let configuration: Configuration

    init(_ configuration: Configuration) { self.configuration = configuration }

    /// Lets a running one see the bars that it has not seen, once they have been checked.
    ///
    /// - Returns: whether they have been, if there are any.
    @discardableResult
    func advance(_ runner: Runner, in db: inout Connection) throws -> Bool {
        let look = try look(runner, in: &db)
        guard let series = look.series, series.last > runner.seenBar else { return true }
        guard series.isChecked else { return false }
        try moving(runner, from: .running, in: &db) { db, account, runner, standing in
            // What was looked at may be of the units before a split, and the account of those after it. New bars come again.
            guard try !db.run(.isRescaled(runner.symbolID, runner.timeframe, since: series.revision)) else { return }
            guard let test = look.test else {
                let detail =
                    "It does not trade: \(look.fault ?? "") What it holds has neither stop nor target meanwhile."
                try db.run(.passing(series.last, detail, ofRunner: runner.id))
                return
            }
            guard let last = test.times.last, last > runner.seenBar.microseconds else { return }
            if runner.quantity > .zero, test.isAdjusted(since: runner) {
                let detail = """
                    It waits: bars that it has seen were changed by more than a correction, as after a split. Stop it, and \
                    start anew.
                    """
                try db.run(.telling(detail, ofRunner: runner.id))
            } else if let reason = reasonToWait(runner, series, look.hours, account) {
                try pass(runner, test, reason, in: &db)
            } else {
                try trade(runner, test, account, standing, series.revision, look.hours, in: &db)
            }
        }
        return true
    }

    /// The same for somebody who pauses or stops it: what a stored bar has brought is not to be avoided by being before its
    /// check, which is made now.
    ///
    /// - Throws: 409 where more bars came while it was made.
    func catchUp(_ runner: Runner, in db: inout Connection) throws {
        if try advance(runner, in: &db) { return }
        _ = try BarChecks.check(symbol: runner.symbolID, in: &db)
        guard try advance(runner, in: &db) else {
            throw Problem(
                .conflict,
                "New bars of \(runner.symbol) have come this moment, and are checked before anything else: try again.")
        }
    }

    /// Lets a paused one go on behind the last bar that has begun: what came meanwhile was missed, and of a bar that is stored
    /// only later somebody may have seen what it brings.
    func resume(_ runner: Runner, in db: inout Connection) throws {
        let look = try look(runner, in: &db)
        try moving(runner, from: .paused, in: &db) { db, _, runner, _ in
            let begun = try begun(runner, stored: look.series?.last, in: &db)
            let words = runner.timeframe.wordsOfFirst(begun: begun, stored: look.series?.last)
            let detail = "Goes on with \(words)."
            if let test = look.test, test.times.last ?? .min > runner.seenBar.microseconds,
                try !db.run(.isRescaled(runner.symbolID, runner.timeframe, since: look.series?.revision))
            {
                try pass(runner, test, detail, in: &db)
            } else if let series = look.series {
                try db.run(.passing(series.last, detail, ofRunner: runner.id))
            }
            try db.run(.resuming(runner.id, passing: begun))
            try AdvanceRunners.enqueue(GrownSeries(runner.symbolID, runner.timeframe), in: &db)
        }
    }

    /// Why a runner would not trade if a bar came now; nil where nothing is in its way.
    func reasonToWait(_ runner: Runner, in db: inout Connection) throws -> String? {
        guard runner.status == .running else { return nil }
        let (series, closures, account) = try db.run(
            .runnerSeries(runner), .marketClosures(), .paperAccountState(of: runner.userID))
        guard let series else { return "It waits: no bars of \(runner.symbol) are stored any more." }
        return reasonToWait(runner, series, runner.hours(TradingCalendar(closures: closures)), account)
    }

    // MARK: -

    /// Start of the last bar of a runner's series that has begun by now. Where old prices are traded at time stops with the
    /// newest bar, also where that has no price.
    private func begun(_ runner: Runner, stored last: Instant?, in db: inout Connection) throws -> Instant? {
        guard let quote = try db.run(.quote(runner.symbol, runner.symbolID)) else { return nil }
        if quote.market == nil, configuration.stalePrices == .allow, let last { return last }
        return MarketClock(configuration, quote).lastBegun(runner.timeframe, quote.market, quote.symbol)
    }

    /// A series at one moment, and what the runner's version does on it.
    private struct Look {
        let series: RunnerSeries?
        let hours: TradingHours
        /// Nil where there is no bar that the runner has not seen.
        var test: RunnerTest?
        /// Why there is none although there is such a bar.
        var fault: String?
    }

    /// Bars, findings and revision of one snapshot.
    private func look(_ runner: Runner, in db: inout Connection) throws -> Look {
        try db.transaction(
            .repeatableReadReadOnly, opening: .runnerSeries(runner), .marketClosures()
        ) { db, series, closures in
            var look = Look(series: series, hours: runner.hours(TradingCalendar(closures: closures)))
            guard let series, series.last > runner.seenBar else { return look }
            do { look.test = try RunnerTest.load(runner, configuration, in: &db) } catch let refusal as RunnerRefusal {
                look.fault = refusal.sentence
            }
            return look
        }
    }

    /// With the account locked, unless it was paused, stopped or reset meanwhile. It need not wait for the disk: with what a
    /// crash of the server takes of it goes the job's end, and whoever asked for it waits for a later commit.
    private func moving(
        _ runner: Runner, from status: RunnerStatus, in db: inout Connection,
        _ body: (inout Connection, LockedAccount, Runner, AccountStanding) throws -> Void
    ) throws {
        try db.transaction(
            opening: .withoutWaitingForDisk, .lockingPaperAccount(runner.accountID), .storedRunner(runner.id),
            .standing(ofAccount: runner.accountID, symbol: runner.symbolID, withoutRunner: runner.id)
        ) { db, _, account, runner, standing in
            guard runner.status == status, account.isActive, runner.generation == account.generation else { return }
            try body(&db, account, runner, standing)
        }
    }

    private func reasonToWait(
        _ runner: Runner, _ series: RunnerSeries, _ hours: TradingHours, _ account: LockedAccount?
    ) -> String? {
        if !series.isActive { return "It waits: \(runner.symbol) is no longer traded here." }
        if series.isOutOfScale {
            return
                "It waits: the \(runner.timeframe.adjective) prices of \(runner.symbol) are still of before a split that others tell of."
        }
        if let finding = series.finding {
            return "It waits: something is wrong with the bars of \(runner.symbol). \(finding)"
        }
        let now = Instant(microseconds: SystemClock.unixMicroseconds()), last = series.last.microseconds
        if configuration.stalePrices == .refuse,
            !Freshness.isCurrent(last: last, runner.timeframe, at: now, hours)
        {
            return
                "It waits: the newest bar of \(runner.symbol), of \(runner.timeframe.written(last)), is too old to trade at."
        }
        // Its exit is never in the way.
        if runner.quantity == .zero, account?.room(configuration) == 0 {
            return "It waits. " + LockedAccount.full(configuration)
        }
        return nil
    }

    /// Lets bars go by without a trade.
    private func pass(_ runner: Runner, _ test: RunnerTest, _ detail: String, in db: inout Connection) throws {
        let unseen = test.unseen(by: runner)
        let points = unseen.compactMap { test.point($0.index, $0.start, runner.cash, runner.quantity) }
        try db.run(
            .seen(test, unseen.count, points, runner.cash, runner.quantity, detail, next: nil, ofRunner: runner.id),
            .points(points, ofRunner: runner.id))
    }

    private func trade(
        _ runner: Runner, _ test: RunnerTest, _ account: LockedAccount, _ standing: AccountStanding, _ revision: Int,
        _ hours: TradingHours, in db: inout Connection
    ) throws {
        var trades = RunnerTrades(runner, account, standing, configuration, revision: revision)
        var points: [RunnerPoint] = [], moves: [RunnerMove] = []
        let passed = runner.passesUntil?.microseconds ?? .min, unseen = test.unseen(by: runner)
        for (index, start) in unseen {
            for fill in start > passed ? test.fills(onBar: index, holding: trades.quantity > .zero) : [] {
                let occasion = RunnerTrades.Occasion(
                    price: Price(kept: fill.price), barStart: start, timeframe: runner.timeframe,
                    asOf: hours.span(ofBar: start, runner.timeframe).end,
                    name: fill.name(start), words: fill.words(runner.timeframe.written(start)))
                let move =
                    try fill.side == .buy ? trades.buy(at: occasion, in: &db) : trades.sell(at: occasion, in: &db)
                if let move { moves.append(move) }
            }
            if let point = test.point(index, start, trades.cash, trades.quantity) { points.append(point) }
        }
        let isHolding = trades.quantity > .zero, last = unseen.last?.start ?? .max
        let next = last < passed ? nil : test.next(isHolding: isHolding)
        let detail =
            last <= passed
            ? "The bar of \(runner.timeframe.written(last)) had begun before it went on, and passed."
            : moves.last?.sentence ?? Self.waiting(next, isHolding: isHolding)
        try trades.settle(at: test.bars.close.last.flatMap { Price(kept: $0) }, in: &db)
        try db.run(
            .seen(test, unseen.count, points, trades.cash, trades.quantity, detail, next: next, ofRunner: runner.id),
            .points(points, ofRunner: runner.id))
        try configuration.audit(moves.map { ($0.event, $0.auditPayload) }, of: account.userID, in: &db)
    }

    private static func waiting(_ next: OrderSide?, isHolding: Bool) -> String {
        switch next {
        case .buy: "It buys at the open of the next bar."
        case .sell: "It sells at the open of the next bar."
        case nil: isHolding ? "It holds, and waits for its exit." : "It waits for its entry."
        }
    }
}

/// What of a series decides whether a runner trades on it.
private struct RunnerSeries: Sendable {
    let isActive: Bool
    /// Whether its prices are still of the units before a split.
    let isOutOfScale: Bool
    let revision: Int
    let last: Instant
    /// Whether these very bars have been checked.
    let isChecked: Bool
    /// The newest thing that is wrong and that nobody has dismissed, in a sentence.
    let finding: String?
}

extension Query {
    /// Errors and splits count since a year before the start, which is what averages may look at; a price that may be wrong
    /// counts on the bars that have not been seen.
    fileprivate static func runnerSeries(_ runner: Runner) -> Query<RunnerSeries?> {
        .first(
            """
            SELECT s.is_active, b.is_out_of_scale, b.revision, coalesce(b.trades_until, b.last), coalesce((
                SELECT c.revision = b.revision FROM series_checks c
                WHERE (c.symbol_id, c.interval) = (b.symbol_id, b.interval)), false), (
              SELECT f.detail FROM data_findings f
              WHERE (f.symbol_id, f.interval) = (b.symbol_id, b.interval) AND f.dismissed_at IS NULL
                AND ((f.severity = 'error' OR f.check_name = '\(Finding.Check.splitSuspect.rawValue)')
                    AND f.last >= $3::timestamptz - interval '1 year'
                  OR f.check_name = '\(Finding.Check.badTick.rawValue)' AND f.last > $4::timestamptz)
              ORDER BY f.last DESC LIMIT 1)
            FROM bar_series b JOIN symbols s ON s.id = b.symbol_id
            WHERE b.symbol_id = $1::int AND b.interval = $2 AND b.count > 0
            """, runner.symbolID, runner.timeframe, runner.afterBar, runner.seenBar, read: inOrder(RunnerSeries.init))
    }

    /// After so many bars that were seen, the last of which is the last of the test.
    fileprivate static func seen(
        _ test: RunnerTest, _ bars: Int, _ points: [RunnerPoint], _ cash: Money, _ quantity: Quantity, _ detail: String,
        next: OrderSide?, ofRunner id: String
    ) -> Query<Int> {
        .change(
            """
            UPDATE paper_runners SET seen_bar = $2::timestamptz, seen_close = $3::numeric, cash = $4::numeric,
              quantity = $5::numeric, equity = coalesce($6::numeric, equity), bars = bars + $7::int, detail = $8,
              next_side = $9
            WHERE id = $1::uuid
            """, id, test.times.last.map { Instant(microseconds: $0) },
            test.bars.close.last.flatMap { Price(kept: $0) }, cash, quantity, points.last?.equity, bars,
            StoredDetail.cut(detail), next)
    }

    /// After bars that nothing is known of.
    fileprivate static func passing(_ last: Instant, _ detail: String, ofRunner id: String) -> Query<Int> {
        .change(
            """
            UPDATE paper_runners SET seen_bar = greatest(seen_bar, $2::timestamptz), seen_close = NULL, detail = $3,
              next_side = NULL
            WHERE id = $1::uuid
            """, id, last, StoredDetail.cut(detail))
    }

    fileprivate static func telling(_ detail: String, ofRunner id: String) -> Query<Int> {
        .change("UPDATE paper_runners SET detail = $2, next_side = NULL WHERE id = $1::uuid", id, detail)
    }

    /// - Parameter begun: start of the last bar that it lets pass.
    fileprivate static func resuming(_ id: String, passing begun: Instant?) -> Query<Int> {
        .change(
            """
            UPDATE paper_runners SET status = 'RUNNING', passes_until = greatest(passes_until, $2::timestamptz)
            WHERE id = $1::uuid
            """, id, begun)
    }

    static func points(_ points: [RunnerPoint], ofRunner id: String) -> Query<Int> {
        .change(
            """
            INSERT INTO paper_runner_points (runner_id, bar_start, equity)
            SELECT $1::uuid, bar_start, equity
            FROM unnest($2::timestamptz[], $3::numeric[]) AS p (bar_start, equity)
            ON CONFLICT (runner_id, bar_start) DO UPDATE SET equity = excluded.equity
            """, id, Parameter.timestamps(microseconds: points.map(\.start)), points.map(\.equity.description))
    }
}
