import Backtest
import HTTP
import JSON
import Market
import Postgres
import System
import Trading

/// The fills of one runner in an account that is locked: orders, executions, the account's ledger and the runner's own books
/// move together.
///
/// What it buys is judged like anybody's order; what it sells is not, because an exit that is refused is a loss that is not
/// stopped.
struct RunnerTrades {
    private let runner: Runner
    private let account: LockedAccount
    private let limits: TradingLimits
    /// Before any of these fills, what the runner itself keeps back not counted.
    private let standing: AccountStanding
    private let revision: Int
    /// How many more orders the account may have.
    private var room: Int
    private var ledger: Ledger
    private(set) var cash: Money
    private(set) var quantity: Quantity
    private var hasMoved = false

    private var instrument: String { String(runner.symbolID) }

    /// - Parameter standing: without the runner's own promises.
    init(
        _ runner: Runner, _ account: LockedAccount, _ standing: AccountStanding, _ configuration: Configuration,
        revision: Int
    ) {
        (self.runner, self.account, self.standing) = (runner, account, standing)
        (limits, room, self.revision) = (configuration.tradingLimits, account.room(configuration), revision)
        let holding = standing.holding
        ledger = Ledger(
            cash: standing.cash, holdings: holding.quantity == .zero ? [:] : [String(runner.symbolID): holding])
        (cash, quantity) = (runner.cash, runner.quantity)
    }

    /// A price, and the bar that it is of.
    struct Occasion: Sendable {
        /// Nil for one that no ledger can hold.
        let price: Price?
        let barStart: Int64
        let timeframe: Timeframe
        let asOf: Instant
        /// In the names of orders, so that the same one is placed once.
        let name: String
        /// What the price is: "the open of 31 May 2024".
        let words: String
    }

    /// Buys for what the runner's allocation says, if it holds nothing and the account may have another order.
    ///
    /// - Returns: what happened, in a sentence.
    mutating func buy(at occasion: Occasion, in db: inout Connection) throws -> RunnerMove? {
        guard quantity == .zero, room > 0 else { return nil }
        guard let price = occasion.price else { return try refuse(.buy, .zero, .amountTooLarge, occasion, in: &db) }
        let wanted: Quantity, review: OrderReview
        do throws(AmountError) {
            wanted =
                try Sizing<ExactNumbers>.allocation(runner.allocation).quantity(
                    equity: cash, price: price, stop: nil, costs: account.costs) ?? .zero
        } catch { wanted = .zero }
        let now = standing.after(ledger.holdings[instrument] ?? Holding(), cash: ledger.cash)
        review = OrderReview(
            of: OrderTicket(side: .buy, kind: .market, size: .quantity(wanted)), at: price, for: now, limits,
            account.costs)
        if let refusal = review.refusal {
            let reason = review.sentence(refusing: refusal, runner.symbol)
            return try refuse(.buy, wanted, refusal, because: reason, occasion, in: &db)
        }
        do {
            let execution = try execution(.buy, wanted, occasion)
            let move = try enter(execution, occasion, in: &db)
            cash = max(try cash - execution.notional - execution.fee, .zero)
            quantity = wanted
            return move
        } catch let error as LedgerError { return try refuse(.buy, wanted, error.refusal, occasion, in: &db) }
    }

    /// Sells all that the runner holds, if anything.
    mutating func sell(at occasion: Occasion, in db: inout Connection) throws -> RunnerMove? {
        guard quantity > .zero else { return nil }
        let sold = quantity
        do {
            let execution = try execution(.sell, sold, occasion)
            let move = try enter(execution, occasion, in: &db)
            // A least fee may take more than the sale has brought: that is the account's loss, too.
            cash = max(try cash + execution.notional - execution.fee, .zero)
            quantity = .zero
            return move
        } catch let error as LedgerError { return try refuse(.sell, sold, error.refusal, occasion, in: &db) }
    }

    /// Stores what the account has after the fills; nil: nobody can say what it is worth.
    func settle(at price: Price?, in db: inout Connection) throws {
        guard hasMoved else { return }
        let after =
            price.map { Settlement(account, symbolID: runner.symbolID, ledger, standing, at: $0) }
            ?? Settlement(
                account: account, symbolID: runner.symbolID, cash: ledger.cash,
                holding: ledger.holdings[instrument] ?? Holding(), equity: nil)
        _ = try db.run(.holding(after), .settling(after))
    }

    private func execution(
        _ side: OrderSide, _ quantity: Quantity, _ occasion: Occasion
    ) throws(LedgerError) -> Execution {
        guard let price = occasion.price else { throw .amount(.overflow) }
        do { return try Execution(side, quantity, of: instrument, at: price, account.costs) } catch {
            throw .amount(error)
        }
    }

    // MARK: - Rows

    /// In the place of a bar, where a person has stopped it.
    fileprivate static let stop = "stop"

    /// Whether an order of this name sold at the close, because a person has stopped its runner.
    static func isOfStop(_ name: String) -> Bool { name.hasSuffix(":\(stop):\(OrderSide.sell.rawValue)") }

    private func name(_ side: OrderSide, _ occasion: Occasion) -> String {
        "runner:\(runner.id):\(occasion.name):\(side.rawValue)"
    }

    private mutating func order(
        _ id: String, _ side: OrderSide, _ quantity: Quantity, _ status: OrderStatus, _ detail: String,
        _ occasion: Occasion
    ) -> NewOrder {
        var draft = OrderDraft(id, side, .market, quantity, from: occasion.asOf, status, detail)
        draft.clientID = name(side, occasion)
        room -= 1
        return NewOrder(draft: draft, account: account, symbolID: runner.symbolID, runnerID: runner.id)
    }

    private mutating func enter(
        _ execution: Execution, _ occasion: Occasion, in db: inout Connection
    ) throws -> RunnerMove {
        let profit = try ledger.enter(execution)
        hasMoved = true
        let id = UUID.random().text
        var order = order(
            id, execution.side, execution.quantity, .filled, execution.sentence(runner.symbol, occasion.words), occasion
        )
        (order.averagePrice, order.priceAsOf) = (execution.price, occasion.asOf)
        let fill = NewExecution(
            orderID: id, account: account, symbolID: runner.symbolID, execution: execution, profit: profit,
            priceAsOf: occasion.asOf, timeframe: occasion.timeframe, barStart: occasion.barStart, revision: revision)
        _ = try db.run(.inserting(order), .inserting(fill))
        return RunnerMove(order, runner, .orderFilled)
    }

    /// - Parameter reason: in a sentence; nil: as the refusal says it.
    private mutating func refuse(
        _ side: OrderSide, _ quantity: Quantity, _ refusal: OrderRefusal, because reason: String? = nil,
        _ occasion: Occasion, in db: inout Connection
    ) throws -> RunnerMove {
        let sentence =
            "A \(side == .buy ? "purchase" : "sale") at \(occasion.words) was refused. "
            + (reason ?? refusal.sentence(runner.symbol))
        var order = order(UUID.random().text, side, quantity, .rejected, sentence, occasion)
        order.draft.refusal = refusal
        try db.run(.inserting(order))
        return RunnerMove(order, runner, .orderRejected)
    }
}

/// Something that a runner has done, to be told.
struct RunnerMove: Sendable {
    let sentence: String
    let event: AccountEvent
    let auditPayload: Object

    fileprivate init(_ order: NewOrder, _ runner: Runner, _ event: AccountEvent) {
        let draft = order.draft
        (sentence, self.event) = (draft.detail, event)
        var payload = OrderRow.auditPayload(
            draft.id, runner.symbol, draft.side, draft.quantity, price: order.averagePrice, refusal: draft.refusal)
        payload["runner_id"] = .string(runner.id)
        auditPayload = payload
    }
}

extension RunnerTrades {
    /// Sells all that a runner holds at the last stored close, because somebody stops it.
    ///
    /// - Throws: 422 where no price is stored that is new enough.
    static func closing(
        _ runner: Runner, _ account: LockedAccount, _ configuration: Configuration, in db: inout Connection
    ) throws {
        let (quote, standing) = try db.run(
            .quote(runner.symbol, runner.symbolID),
            .standing(ofAccount: account.id, symbol: runner.symbolID, withoutRunner: runner.id))
        guard let quote, let market = quote.market,
            case let clock = MarketClock(configuration, quote), clock.isTradable(market, quote.symbol)
        else {
            throw OrderRefusal.noMarketPrice.problem(
                OrderRefusal.noMarketPrice.sentence(runner.symbol) + " Keep the position, or wait for a price.")
        }
        var trades = RunnerTrades(
            runner, account, standing, configuration, revision: market.revision)
        let occasion = Occasion(
            price: market.price, barStart: market.start, timeframe: market.timeframe,
            asOf: clock.span(of: market, quote.symbol).end, name: stop,
            words: "the close of \(market.timeframe.written(market.start))")
        if let move = try trades.sell(at: occasion, in: &db) {
            guard move.event == .orderFilled else { throw Problem(.conflict, move.sentence) }
            try trades.settle(at: market.price, in: &db)
            try db.run(.storing(trades.cash, trades.quantity, ofRunner: runner.id))
            if runner.bars > 0 {
                let point = RunnerPoint(start: runner.seenBar.microseconds, equity: trades.cash)
                try db.run(.points([point], ofRunner: runner.id))
            }
            try configuration.audit(move.event, of: account.userID, move.auditPayload, in: &db)
        }
    }
}

extension Query {
    fileprivate static func storing(_ cash: Money, _ quantity: Quantity, ofRunner id: String) -> Query<Int> {
        .change(
            """
            UPDATE paper_runners SET cash = $2::numeric, equity = $2::numeric, quantity = $3::numeric WHERE id = $1::uuid
            """, id, cash, quantity)
    }
}
