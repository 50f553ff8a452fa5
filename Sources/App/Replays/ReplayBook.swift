import HTTP
import JSON
import Market
import Postgres
import System
import Trading

/// A replay that is locked, and what moves it: orders, and the bars that its clock passes.
///
/// Prices, sizes and fills are those of the paper account (``OrderReview``, ``RestingBook``); what an installation allows an
/// order is of no account here, since nobody is protected from practice.
struct ReplayBook {
    private(set) var replay: Replay
    private let hours: TradingHours

    init(_ replay: Replay, closures: [CalendarDay]) {
        (self.replay, hours) = (replay, replay.symbol.hours(TradingCalendar(closures: closures)))
    }

    private static let limits = TradingLimits(
        maximumOrderNotional: Money(cents: 1_000_000_000_000_000_00), maximumPosition: Rate(percent: "10000")!,
        minimumCash: .zero, maximumResting: 200)

    private var now: Instant {
        hours.span(ofBar: replay.clock.microseconds, replay.timeframe).end
    }

    private func standing(_ resting: [OrderRow]) throws(AmountError) -> AccountStanding {
        var promised = Money.zero, sales: [String: Quantity] = [:], units = Quantity.zero
        for order in resting {
            promised = try promised + order.heldCash
            // The exits of one bracket sell the same units.
            if order.side == .sell {
                let key = order.entryID ?? order.id
                sales[key] = max(sales[key] ?? .zero, order.quantity)
            }
        }
        for quantity in sales.values { units = try units + quantity }
        return AccountStanding(
            cash: replay.cash, promisedCash: promised, promisedPurchases: promised, holding: replay.holding,
            promisedQuantity: units, restingOrders: resting.count)
    }

    // MARK: - Orders

    /// Takes an order at the close of the clock's bar: it is filled at once, rests, or is refused, and in each case stored.
    mutating func place(_ form: OrderForm, _ resting: [OrderRow], in db: inout Connection) throws -> OrderRow {
        let ticket = form.ticket, review: OrderReview, symbol = replay.symbol.symbol
        let (replay, now) = (self.replay, now)
        do throws(AmountError) {
            review = OrderReview(
                of: ticket, at: replay.lastPrice, for: try standing(resting), Self.limits, replay.costs)
        } catch { throw OrderRefusal.amountTooLarge.problem(OrderRefusal.amountTooLarge.sentence(symbol)) }
        let id = UUID.random().text
        func order(_ status: OrderStatus, _ detail: String) -> OrderDraft {
            OrderDraft(id, form, review.quantity, from: now, status, detail)
        }
        func refuse(_ refusal: OrderRefusal, _ sentence: String) -> Query<Int> {
            var refused = order(.rejected, sentence)
            refused.refusal = refusal
            return .inserting(refused, inReplay: replay.id)
        }
        if let refusal = review.refusal {
            try db.run(refuse(refusal, review.sentence(refusing: refusal, symbol)))
        } else if case .market = ticket.kind {
            try fill(order(.pending, ""), review, refuse, in: &db)
        } else {
            var waiting = order(.pending, review.sentence(taking: symbol))
            waiting.heldCash = (try? review.heldCash) ?? .zero
            waiting.expiresAt = MarketClock.expiry(form.timeInForce, hours, from: now)
            try db.run(.inserting(waiting, inReplay: replay.id))
        }
        guard let stored = try db.run(.replayOrder(id, in: replay.id)) else { throw Problem(.internalError) }
        return stored
    }

    private mutating func fill(
        _ order: OrderDraft, _ review: OrderReview, _ refuse: (OrderRefusal, String) -> Query<Int>,
        in db: inout Connection
    ) throws {
        var ledger = replay.ledger
        let execution: Execution, profit: Money?
        do throws(LedgerError) {
            do throws(AmountError) {
                execution = try Execution(
                    order.side, review.quantity, of: replay.instrument, at: replay.lastPrice, replay.costs)
            } catch { throw .amount(error) }
            profit = try ledger.enter(execution)
        } catch {
            try db.run(refuse(error.refusal, error.refusal.sentence(replay.symbol.symbol)))
            return
        }
        replay.take(ledger)
        let words = execution.sentence(replay.symbol.symbol, "the close of \(written(replay.clock))")
        _ = try db.run(
            .inserting(order, inReplay: replay.id),
            .filling(replayOrder: order.id, execution, profit: profit, asOf: now, words))
        let exits = RestingBook.exits(of: order.id, order.bracket, execution.quantity, activeFrom: now) {
            UUID.random().text
        }
        for exit in exits {
            try db.run(.inserting(OrderDraft(exit: exit, of: replay.symbol.symbol), inReplay: replay.id))
        }
    }

    // MARK: - Bars

    /// Lets the bars pass over what rests, one after another, and moves the clock on to the last of them.
    ///
    /// - Returns: what the equity was at the close of each, and the ids of exits that came.
    mutating func see(
        _ bars: [StoredExactBar], _ resting: [OrderRow], in db: inout Connection
    ) throws -> (points: [(start: Int64, equity: Money)], exits: [String]) {
        var book = RestingBook(replay.ledger, of: replay.instrument, resting.map(\.resting), replay.costs)
        var points: [(start: Int64, equity: Money)] = [], exits: [String] = []
        for bar in bars {
            let known = Set(book.orders.map(\.id))
            let events = book.see(bar.bar) { UUID.random().text }
            for exit in book.orders where !known.contains(exit.id) {
                try db.run(.inserting(OrderDraft(exit: exit, of: replay.symbol.symbol), inReplay: replay.id))
                exits.append(exit.id)
            }
            for event in events { try store(event, bar, in: &db) }
            replay.take(book.ledger)
            replay.see(bar)
            if let equity = replay.equity { points.append((bar.start, equity)) }
        }
        return (points, exits)
    }

    private func store(_ event: RestingEvent, _ bar: StoredExactBar, in db: inout Connection) throws {
        let id = event.orderID
        let words = event.kind.sentence(replay.symbol.symbol, "the bar of \(written(Instant(microseconds: bar.start)))")
        let change: Query<Int> =
            switch event.kind {
            case .filled(let execution, let profit, _):
                .filling(replayOrder: id, execution, profit: profit, asOf: bar.bar.span.end, words)
            case .triggered: .triggering(replayOrder: id, words)
            case .expired: .ending(replayOrder: id, .expired, words)
            case .cancelled: .ending(replayOrder: id, .cancelled, words)
            case .refused(let reason, _): .ending(replayOrder: id, .rejected, words, refusal: reason)
            }
        try db.run(change)
    }

    private func written(_ start: Instant) -> String { replay.timeframe.written(start.microseconds) }
}
