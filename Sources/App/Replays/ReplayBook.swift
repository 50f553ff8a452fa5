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
    private let calendar: TradingCalendar

    init(_ replay: Replay, closures: [CalendarDay]) {
        (self.replay, calendar) = (replay, TradingCalendar(closures: closures))
    }

    private static let limits = TradingLimits(
        maximumOrderNotional: Money(cents: 1_000_000_000_000_000_00), maximumPosition: Rate(percent: "10000")!,
        minimumCash: .zero, maximumResting: 200)

    private func hours(_ position: ReplayPosition) -> TradingHours { position.symbol.hours(calendar) }

    private func end(ofBar start: Instant, _ position: ReplayPosition) -> Instant {
        hours(position).span(ofBar: start.microseconds, replay.timeframe).end
    }

    private func standing(_ position: ReplayPosition, _ resting: [OrderRow]) throws(AmountError) -> AccountStanding {
        var (promised, purchases) = (Money.zero, Money.zero), sales: [String: Quantity] = [:], units = Quantity.zero
        for order in resting {
            promised = try promised + order.heldCash
            guard order.symbolID == position.symbol.id else { continue }
            purchases = try purchases + order.heldCash
            // The exits of one bracket sell the same units.
            if order.side == .sell {
                let key = order.entryID ?? order.id
                sales[key] = max(sales[key] ?? .zero, order.quantity)
            }
        }
        for quantity in sales.values { units = try units + quantity }
        // What another is worth may be more than can be told: no sale fails because of that.
        let others = replay.positions.reduce(Money?.some(.zero)) { sum, other in
            if other.symbol.id == position.symbol.id { return sum }
            guard let sum, let value = other.value else { return nil }
            return try? sum + value
        }
        return AccountStanding(
            cash: replay.cash, promisedCash: promised, promisedPurchases: purchases, holding: position.holding,
            promisedQuantity: units, otherHoldings: others, restingOrders: resting.count)
    }

    // MARK: - Orders

    /// Takes an order at the newest close of one of the symbols: it is filled at once, rests, or is refused, and in each case
    /// stored.
    mutating func place(
        _ form: OrderForm, for position: ReplayPosition, _ resting: [OrderRow], in db: inout Connection
    ) throws -> OrderRow {
        let ticket = form.ticket, review: OrderReview, symbol = position.symbol
        // What the clock has seen of other symbols is known, too.
        let replay = self.replay, now = end(ofBar: replay.clock, position)
        do throws(AmountError) {
            review = OrderReview(
                of: ticket, at: position.lastPrice, for: try standing(position, resting), Self.limits, replay.costs)
        } catch { throw OrderRefusal.amountTooLarge.problem(OrderRefusal.amountTooLarge.sentence(symbol.symbol)) }
        let id = UUID.random().text
        func order(_ status: OrderStatus, _ detail: String) -> OrderDraft {
            OrderDraft(id, form, review.quantity, from: now, status, detail)
        }
        func refuse(_ refusal: OrderRefusal, _ sentence: String) -> Query<Int> {
            var refused = order(.rejected, sentence)
            refused.refusal = refusal
            return .inserting(refused, of: symbol.id, inReplay: replay.id)
        }
        if let refusal = review.refusal {
            try db.run(refuse(refusal, review.sentence(refusing: refusal, symbol.symbol)))
        } else if case .market = ticket.kind {
            try fill(order(.pending, ""), for: position, review, refuse, in: &db)
        } else {
            var waiting = order(.pending, review.sentence(taking: symbol.symbol))
            waiting.heldCash = (try? review.heldCash) ?? .zero
            waiting.expiresAt = MarketClock.expiry(form.timeInForce, hours(position), from: now)
            try db.run(.inserting(waiting, of: symbol.id, inReplay: replay.id))
        }
        guard let stored = try db.run(.replayOrder(id, in: replay.id)) else { throw Problem(.internalError) }
        return stored
    }

    private mutating func fill(
        _ order: OrderDraft, for position: ReplayPosition, _ review: OrderReview,
        _ refuse: (OrderRefusal, String) -> Query<Int>, in db: inout Connection
    ) throws {
        var ledger = replay.ledger
        let symbol = position.symbol, execution: Execution, profit: Money?
        do throws(LedgerError) {
            do throws(AmountError) {
                execution = try Execution(
                    order.side, review.quantity, of: position.instrument, at: position.lastPrice, replay.costs)
            } catch { throw .amount(error) }
            profit = try ledger.enter(execution)
        } catch {
            try db.run(refuse(error.refusal, error.refusal.sentence(symbol.symbol)))
            return
        }
        replay.take(ledger)
        let words = execution.sentence(symbol.symbol, "the close of \(written(position.lastBar))")
        _ = try db.run(
            .inserting(order, of: symbol.id, inReplay: replay.id),
            .filling(
                replayOrder: order.id, execution, profit: profit, asOf: end(ofBar: position.lastBar, position), words))
        let exits = RestingBook.exits(
            of: order.id, order.bracket, execution.quantity, activeFrom: order.activeFrom
        ) { UUID.random().text }
        for exit in exits {
            try db.run(.inserting(OrderDraft(exit: exit, of: symbol.symbol), of: symbol.id, inReplay: replay.id))
        }
    }

    // MARK: - Bars

    /// Lets the bars of moments pass over what rests for their symbols, one after another, and moves the clock on to the last
    /// of the moments.
    ///
    /// - Returns: what the equity was at each of them, and the ids of exits that came.
    mutating func see(
        _ moments: [ReplayMoment], _ resting: [OrderRow], in db: inout Connection
    ) throws -> (points: [(start: Int64, equity: Money)], exits: [String]) {
        var waiting = Dictionary(grouping: resting, by: \.symbolID).mapValues { $0.map(\.resting) }
        var points: [(start: Int64, equity: Money)] = [], exits: [String] = []
        for moment in moments {
            for (place, bar) in moment.bars {
                let position = replay.positions[place], symbol = position.symbol
                var promised = Money.zero
                for (other, orders) in waiting where other != symbol.id {
                    for order in orders { promised = try promised + order.heldCash }
                }
                let own = waiting[symbol.id] ?? [], known = Set(own.map(\.id))
                var book = RestingBook(
                    replay.ledger, of: position.instrument, own, promisedElsewhere: promised, replay.costs)
                let events = book.see(bar.bar) { UUID.random().text }
                for exit in book.orders where !known.contains(exit.id) {
                    try db.run(
                        .inserting(OrderDraft(exit: exit, of: symbol.symbol), of: symbol.id, inReplay: replay.id))
                    exits.append(exit.id)
                }
                for event in events { try store(event, symbol.symbol, bar, in: &db) }
                waiting[symbol.id] = book.orders
                replay.take(book.ledger)
            }
            replay.see(moment)
            if let equity = replay.equity { points.append((moment.start, equity)) }
        }
        return (points, exits)
    }

    private func store(
        _ event: RestingEvent, _ symbol: String, _ bar: StoredExactBar, in db: inout Connection
    ) throws {
        let id = event.orderID
        let words = event.kind.sentence(symbol, "the bar of \(written(Instant(microseconds: bar.start)))")
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
