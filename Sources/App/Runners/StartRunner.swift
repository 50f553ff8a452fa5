import Backtest
import HTTP
import JSON
import Market
import Postgres
import Strategy
import System
import Trading

/// What somebody wants traded forward.
struct RunnerForm: Sendable {
    let versionID: Int
    let symbol: String
    let timeframe: Timeframe
    let capital: Money
    let size: Size

    /// How much of its equity a purchase takes.
    enum Size: Sendable {
        case allocation(Rate)
        case risk(Rate)
    }

    static let field = Field<RunnerForm>.group(
        .body(
            "strategy_version_id", Form<Int>.integer(1...Int(Int32.max)).example(1),
            "The version: the `version_id` that GET /api/strategies/{id} answers"),
        .body("symbol", .ticker), .body("timeframe", .choice()),
        .body(
            "capital",
            Form<Money>.amount(Money(cents: 1_00)...Money(cents: 1_000_000_000_000_00)).example("10000.00"),
            "Cash of the account that is set aside for it"),
        .body(optional: "allocation_pct", .percent(0.01...100), "Of its equity, for each purchase; default: 100"),
        .body(
            optional: "risk_pct", .percent(0.01...100),
            "Instead of it: of its equity, what a fall to the version's stop loss loses"),
        make: make)

    private static func make(
        _ reader: inout FieldReader, _ versionID: Int, _ symbol: String, _ timeframe: Timeframe, _ capital: Money,
        _ allocation: Rate?, _ risk: Rate?
    ) -> RunnerForm? {
        let size: Size
        switch (allocation, risk) {
        case (let allocation?, nil): size = .allocation(allocation)
        case (nil, let risk?): size = .risk(risk)
        case (nil, nil): size = .allocation(Rate(percent: "100")!)
        case (_?, _?):
            reader.mistakes.add(
                "risk_pct", "NOT_ALLOWED", "Only one of allocation_pct and risk_pct may be given.")
            return nil
        }
        return RunnerForm(versionID: versionID, symbol: symbol, timeframe: timeframe, capital: capital, size: size)
    }

    /// What fits together and what does not.
    fileprivate func mistakes(with strategy: StrategyRow, _ symbol: SymbolRow, _ risk: StrategyDefinition.Risk)
        -> Mistakes
    {
        var mistakes = strategy.mistakes(on: symbol, timeframe)
        if case .risk = size, risk.stopLossPercent == nil {
            mistakes.add("risk_pct", "NOT_ALLOWED", "The version has no stop loss, so nothing says what is at risk.")
        }
        return mistakes
    }

    /// Of its equity. A stop lies a share of the price below the purchase, and so the risk is a share of the allocation.
    fileprivate func allocation(_ risk: StrategyDefinition.Risk) -> Rate {
        switch size {
        case .allocation(let rate): return rate
        case .risk(let rate):
            let percent = rate.asDouble * 100 / (risk.stopLossPercent ?? 100) * 100
            return Rate(percent: "\(min(100, max(0.01, percent)).rounded(places: 4))") ?? Rate(percent: "100")!
        }
    }

    fileprivate var risk: Rate? { if case .risk(let rate) = size { rate } else { nil } }
}

/// `POST /api/trading/runners`.
enum StartRunner {
    static func start(_ form: RunnerForm, _ call: Call, _ db: inout Connection) throws -> Runner {
        let userID = try call.userID()
        let plan = try Plan(form, of: userID, in: &db)
        let account = try db.paperAccount(of: userID)
        // Before anything is computed, and again once nothing moves any more.
        _ = try check(plan, account.id, call.configuration, in: &db)
        let (state, quote, standing) = try db.run(
            .paperAccountState(of: userID), .quote(form.symbol), .standing(of: userID, form.symbol))
        _ = try check(plan, state, quote, standing, call, in: &db)
        let band = try plan.forecast(commission: account.feeRate, call.configuration, in: &db)
        return try db.transaction(
            opening: .lockingPaperAccount(of: userID), .quote(form.symbol), .standing(of: userID, form.symbol)
        ) { db, account, quote, standing in
            let (account, quote) = try check(plan, account, quote, standing, call, in: &db)
            guard account.room(call.configuration) > 0 else {
                throw Problem(.quotaExceeded, LockedAccount.full(call.configuration))
            }
            let last = try check(plan, account.id, call.configuration, in: &db)
            // Of a bar that has begun somebody may have seen what it brings, though it is stored only later.
            let begun = MarketClock(call.configuration, quote).lastBegun(form.timeframe, quote.market, quote.symbol)
            let id = UUID.random().text, words = form.timeframe.wordsOfFirst(begun: begun, stored: last)
            try db.run(
                .inserting(
                    id, plan, band, account, after: max(last, begun ?? last), detail: "Waits for \(words)."))
            try AdvanceRunners.enqueue(GrownSeries(plan.symbol.id, form.timeframe), in: &db)
            let runner = try db.run(.storedRunner(id))
            try call.audit(.runnerStarted, runner.auditPayload, in: &db)
            return runner
        }
    }

    /// So many may have run in an account, ever.
    private static let maximumEver = 1_000

    /// Whether there is room for it.
    ///
    /// - Returns: start of the last bar that is stored.
    private static func check(
        _ plan: Plan, _ account: Int, _ configuration: Configuration, in db: inout Connection
    ) throws -> Instant {
        let form = plan.form
        let (counts, isTwice, last) = try db.run(
            .countOfRunners(ofAccount: account), .isRunning(plan, inAccount: account),
            .lastBar(of: plan.symbol.id, form.timeframe))
        if isTwice {
            throw Problem(
                .conflict,
                "This version trades \(form.timeframe.adjective) bars of \(form.symbol) already: stop that one first.")
        }
        let maximum = configuration.paperMaximumRunners
        guard counts.active < maximum else {
            throw Problem(.quotaExceeded, "An account may have \(maximum) runners at once; stop one first.")
        }
        guard counts.ever < maximumEver else {
            throw Problem(.quotaExceeded, "An account may have had \(maximumEver) runners.")
        }
        guard let last else {
            throw Problem(.backtestInsufficientBars, "\(form.symbol) has no \(form.timeframe.adjective) bars here.")
        }
        return last
    }

    /// Whether its money is free, and its first purchase would be one that the installation allows, at the price of now.
    private static func check(
        _ plan: Plan, _ account: LockedAccount?, _ quote: Quote?, _ standing: AccountStanding?, _ call: Call,
        in db: inout Connection
    ) throws -> (account: LockedAccount, quote: Quote) {
        let form = plan.form, configuration = call.configuration
        guard let account = try account?.checked(in: &db) else { throw Problem(.unauthorized) }
        guard let quote, let standing, quote.symbol.id == plan.symbol.id else {
            throw Problem.unknownSymbol(form.symbol)
        }
        guard let market = quote.market else {
            throw OrderRefusal.noMarketPrice.problem(OrderRefusal.noMarketPrice.sentence(form.symbol))
        }
        // What it does is not signed, so a person starts it.
        guard
            try call.signedIn().session != nil || !account.signsOrders
                || form.capital <= configuration.signedOrderNotional
        else {
            throw Problem(
                .tradingSignatureRequired,
                "Orders above \(configuration.signedOrderNotional.told) are signed with a passkey on this account: start a runner with more in the browser."
            )
        }
        let free = (try? standing.freeCash()) ?? .zero
        guard form.capital <= free else {
            throw Problem(
                .tradingInsufficientCash,
                "\(form.capital.told) are to be set aside, and \(max(free, .zero).told) is free.")
        }
        let budget = (try? form.capital.share(plan.allocation)) ?? form.capital
        let ticket = OrderTicket(side: .buy, kind: .market, size: .notional(budget))
        let review = OrderReview(
            of: ticket, at: market.price, for: standing, configuration.tradingLimits, account.costs)
        // That its fee comes out of its own money is no reason.
        guard let refusal = review.refusal, refusal != .insufficientCash else { return (account, quote) }
        throw refusal.problem(review.sentence(refusing: refusal, form.symbol))
    }

    /// A form with what is stored.
    fileprivate struct Plan: Sendable {
        let form: RunnerForm
        let strategy: StrategyRow
        let symbol: SymbolRow
        let allocation: Rate
        private let definition: StrategyDefinition

        /// - Throws: ``Problem`` with what does not fit.
        init(_ form: RunnerForm, of userID: String, in db: inout Connection) throws {
            self.form = form
            let (strategyID, symbol) = try db.run(
                .strategyID(ofVersion: form.versionID, of: userID), .symbol(form.symbol))
            guard let strategyID, let strategy = try db.run(.strategy(strategyID, of: userID, .id(form.versionID)))
            else {
                throw Problem(.strategyVersionNotFound, "There is no version \(form.versionID) of a strategy of yours.")
            }
            guard let symbol else { throw Problem.unknownSymbol(form.symbol) }
            definition = try strategy.runnableDefinition()
            try form.mistakes(with: strategy, symbol, definition.risk).check()
            (self.strategy, self.symbol, allocation) = (strategy, symbol, form.allocation(definition.risk))
        }

        /// How many of the newest bars the forecast is made of.
        private static let testedBars = 20_000

        /// - Parameter commission: what each fill of it pays.
        /// - Returns: nil where too little is stored.
        func forecast(
            commission: Rate, _ configuration: Configuration, in db: inout Connection
        ) throws -> ForecastBand? {
            let bars = try db.run(
                .bars(
                    BarTable(symbol.assetType, form.timeframe), symbol: symbol.id, from: nil, to: nil,
                    limit: min(Self.testedBars, configuration.backtestMaxBars), newest: true))
            guard let periods = form.timeframe.periodsPerYear(of: symbol.assetType) else { return nil }
            do {
                let options = try SimulationOptions(
                    initialEquity: form.capital.asDouble,
                    allocationPercent: (allocation.asDouble * 100).rounded(places: 4),
                    commissionBasisPoints: (commission.asDouble * 10_000).rounded(places: 4),
                    executionTiming: .nextOpen)
                let report = try Engine.run(
                    definition, on: PreparedBars(bars), from: min(definition.warmUpBars, bars.count / 2),
                    options: options, periodsPerYear: periods, limits: EngineLimits(configuration),
                    now: { UInt64(SystemClock.monotonicNanoseconds()) })
                let held = report.trades.map { Double($0.barsHeld) }
                return ForecastBand(
                    equity: report.equity, initialEquity: options.initialEquity, bars: Self.horizon(form.timeframe),
                    meanBlock: max(10, held.isEmpty ? 0 : held.reduce(0, +) / Double(held.count)))
            } catch let refusal as BacktestRefusal {
                if case .insufficientBars = refusal {
                    throw Problem(
                        .backtestInsufficientBars,
                        "\(symbol.symbol) has \(counted(bars.count, "\(form.timeframe.adjective) bar")); this version needs at least \(definition.longestPeriod + 2)."
                    )
                }
                throw Problem(ErrorCode(rawValue: refusal.code) ?? .internalError, refusal.message)
            } catch let error as BarError {
                throw Problem(.backtestInvalidDefinition, error.sentence)
            }
        }

        /// A year of days, a month of hours.
        private static func horizon(_ timeframe: Timeframe) -> Int {
            switch timeframe {
            case .day: 252
            case .hour: 720
            }
        }
    }
}

extension Query {
    fileprivate static func strategyID(ofVersion id: Int, of userID: String) -> Query<String?> {
        .first(
            """
            SELECT s.id FROM strategy_versions v JOIN strategies s ON s.id = v.strategy_id
            WHERE v.id = $1::int AND s.user_id = $2::uuid AND s.is_active
            """, id, userID)
    }

    fileprivate static func countOfRunners(ofAccount id: Int) -> Query<(active: Int, ever: Int)> {
        .one(
            """
            SELECT count(*) FILTER (WHERE status <> 'STOPPED'), count(*) FROM paper_runners
            WHERE paper_account_id = $1::int
            """, id
        ) { row in (active: try row.next(), ever: try row.next()) }
    }

    fileprivate static func isRunning(_ plan: StartRunner.Plan, inAccount id: Int) -> Query<Bool> {
        .value(
            """
            SELECT EXISTS (SELECT FROM paper_runners WHERE paper_account_id = $1::int AND strategy_version_id = $2::int
              AND symbol_id = $3::int AND interval = $4 AND status <> 'STOPPED')
            """, id, plan.form.versionID, plan.symbol.id, plan.form.timeframe)
    }

    fileprivate static func lastBar(of symbol: Int, _ timeframe: Timeframe) -> Query<Instant?> {
        .first(
            "SELECT last FROM bar_series WHERE symbol_id = $1::int AND interval = $2 AND count > 0", symbol, timeframe
        )
    }

    /// - Parameter last: start of the last bar that has begun: it trades later ones.
    fileprivate static func inserting(
        _ id: String, _ plan: StartRunner.Plan, _ band: ForecastBand?, _ account: LockedAccount, after last: Instant,
        detail: String
    ) -> Query<Int> {
        let form = plan.form
        return .change(
            """
            INSERT INTO paper_runners (id, paper_account_id, generation, strategy_id, strategy_version_id, symbol_id,
              interval, detail, capital, cash, equity, allocation_pct, risk_pct, commission_bps, after_bar, seen_bar, band_low,
              band_middle, band_high)
            SELECT $1::uuid, a.id, a.generation, $3::uuid, $4::int, $5::int, $6, $14, $7::numeric,
              $7::numeric, $7::numeric, $8::numeric * 100, $9::numeric * 100, a.fee_bps, $10::timestamptz, $10::timestamptz,
              $11::float8[], $12::float8[], $13::float8[]
            FROM paper_accounts a WHERE a.id = $2::int
            """, id, account.id, plan.strategy.id, form.versionID, plan.symbol.id, form.timeframe, form.capital,
            plan.allocation, form.risk, last, band?.low, band?.middle, band?.high, detail)
    }
}
