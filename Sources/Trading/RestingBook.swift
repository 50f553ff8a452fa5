public import Market

/// Resting orders of one account for one instrument, and the money and units they move: bars go in, one after another, and
/// what happens comes out. The prices are ``FillModel``'s, as in a backtest.
///
/// ```swift
/// var book = RestingBook(ledger, of: "AAPL", orders, costs)
/// for bar in bars { events += book.see(bar) { UUID.random().text } }
/// ```
///
/// Within a bar the order placed first is looked at first. The exits of a bracket are looked at together, because a bar that
/// reaches both has reached the stop (``FillModel/level(open:high:low:stop:target:)``).
public struct RestingBook: Sendable {
    public private(set) var ledger: Ledger
    private var queue: RestingQueue
    private let instrument: String
    private let promisedElsewhere: Money
    private let isInCurrency: Bool
    private let costs: Costs<ExactNumbers>
    private let awaited: Instant?

    /// - Parameters:
    ///   - promisedElsewhere: what resting purchases of other instruments keep back.
    ///   - isInCurrency: whether its prices are in the account's currency; what is not is only sold.
    ///   - awaited: bars may still come that begin before it. An order that would meet them meets no later bar.
    public init(
        _ ledger: Ledger, of instrument: String, _ orders: [RestingOrder], promisedElsewhere: Money = .zero,
        isInCurrency: Bool = true, _ costs: Costs<ExactNumbers>, awaitingBarsBefore awaited: Instant? = nil
    ) {
        self.awaited = awaited
        (self.ledger, self.instrument, queue) = (ledger, instrument, RestingQueue(orders))
        (self.promisedElsewhere, self.isInCurrency, self.costs) = (promisedElsewhere, isInCurrency, costs)
    }

    /// In the order in which they were placed.
    public var orders: [RestingOrder] { queue.orders }

    /// Lets a bar pass; the work is linear in the orders. The day of a coin, come after some of its hours, is met by no order
    /// that has met those: it is no substitute for the hours that are left.
    ///
    /// - Parameter newID: makes ids for the exits of a bracket whose entry fills; stop first, then target.
    public mutating func see(_ bar: ExactBar, newID: () -> String) -> [RestingEvent] {
        var events: [RestingEvent] = [], exits: [RestingOrder] = [], judged: Set<String> = []
        for order in orders where order.isOver(by: bar.span.begin) && !isEarly(bar, for: order) {
            end(order, .expired, bar, &events)
        }
        for order in orders {
            guard meets(order, bar), queue.contains(order.id) else { continue }
            if let entry = order.entryID {
                if judged.insert(entry).inserted { judgeExits(of: entry, bar, &events) }
            } else {
                exits += judge(order, bar, &events, newID)
            }
        }
        // No later bar could fill them: they hold nothing back any longer. The day of a coin ends with its last hour, and an
        // order that has met the hours before that waits for it, whichever of the two series comes first.
        for order in orders where meets(order, bar) && order.isOver(by: bar.span.end) {
            end(order, .expired, bar, &events)
        }
        for order in orders where meets(order, bar) { queue.move(order.id, to: bar.span.end) }
        queue.add(exits)
        return events
    }

    private func meets(_ order: RestingOrder, _ bar: ExactBar) -> Bool {
        bar.span.begin >= order.activeFrom && !isEarly(bar, for: order)
    }

    /// Whether an order has bars to meet before this one that may still come.
    private func isEarly(_ bar: ExactBar, for order: RestingOrder) -> Bool {
        awaited.map { order.activeFrom < $0 && bar.span.begin >= $0 } ?? false
    }

    private mutating func judge(
        _ order: RestingOrder, _ bar: ExactBar, _ events: inout [RestingEvent], _ newID: () -> String
    ) -> [RestingOrder] {
        switch FillModel.outcome(of: order.kind, order.side, open: bar.open, high: bar.high, low: bar.low) {
        case .rests: return []
        case .triggered:
            guard case .stopLimit(_, let limit) = order.kind else { return [] }
            queue.trigger(order.id, limit)
            events.append(RestingEvent(orderID: order.id, kind: .triggered, bar: bar))
            return []
        case .fills(let price):
            let reason = order.kind.reason(at: price)
            guard case .filled(let bought, _, _) = fill(order, at: price, reason, bar, &events),
                case .entry(let bracket) = order.role
            else { return [] }
            return Self.exits(of: order.id, bracket, bought.quantity, activeFrom: bar.span.end, newID: newID)
        }
    }

    private mutating func judgeExits(of entry: String, _ bar: ExactBar, _ events: inout [RestingEvent]) {
        let exits = queue.exits(of: entry).filter { meets($0, bar) }
        let stop = exits.first { if case .stop = $0.kind { true } else { false } }
        let target = exits.first { if case .limit = $0.kind { true } else { false } }
        let stopPrice = stop?.kind.stopPrice, targetPrice = target?.kind.limitPrice
        guard
            let level = FillModel.level(
                open: bar.open, high: bar.high, low: bar.low, stop: stopPrice, target: targetPrice)
        else { return }
        guard let filled = level.isStop ? stop : target else { return }
        let price = level.price(open: bar.open, stop: stopPrice, target: targetPrice)
        let outcome = fill(filled, at: price, level.isGap ? .gap : level.isStop ? .stop : .limit, bar, &events)
        // One that was refused has closed nothing, and the other is what is left to close it.
        if case .refused = outcome { return }
        for sibling in queue.exits(of: entry) { end(sibling, .cancelled, bar, &events) }
    }

    /// - Returns: what became of it: filled, refused, or cancelled where nothing was left to do.
    private mutating func fill(
        _ order: RestingOrder, at price: Price, _ reason: FillReason, _ bar: ExactBar, _ events: inout [RestingEvent]
    ) -> RestingEvent.Kind {
        guard order.side == .sell || isInCurrency else {
            return end(order, .refused(.otherCurrency, at: price), bar, &events)
        }
        let held = ledger.holdings[instrument]?.quantity ?? .zero
        let quantity = order.isReduceOnly ? min(order.quantity, held) : order.quantity
        do throws(LedgerError) {
            let execution: Execution
            do throws(AmountError) {
                execution = try Execution(order.side, quantity, of: instrument, at: price, costs)
                if order.side == .buy, try !isAffordable(execution, for: order) {
                    return end(order, .refused(.insufficientCash, at: price), bar, &events)
                }
            } catch { throw .amount(error) }
            let profit = try ledger.enter(execution)
            return end(order, .filled(execution, profit: profit, reason), bar, &events)
        } catch {
            // An exit that finds nothing to close has nothing left to do.
            return end(
                order, error == .nothingTraded ? .cancelled : .refused(error.refusal, at: price), bar, &events)
        }
    }

    /// Out of cash that nobody else has been promised.
    private func isAffordable(_ execution: Execution, for order: RestingOrder) throws(AmountError) -> Bool {
        let promised = queue.heldCents - Int128(order.heldCash.cents)
        let free = try ledger.cash - promisedElsewhere
        return Int128(try (execution.notional + execution.fee).cents) <= Int128(free.cents) - promised
    }

    @discardableResult
    private mutating func end(
        _ order: RestingOrder, _ kind: RestingEvent.Kind, _ bar: ExactBar, _ events: inout [RestingEvent]
    ) -> RestingEvent.Kind {
        queue.remove(order.id)
        events.append(RestingEvent(orderID: order.id, kind: kind, bar: bar))
        return kind
    }

    /// The exits of a bracket whose entry has bought. They rest without end: a protection does not lapse by itself.
    public static func exits(
        of entry: String, _ bracket: Bracket, _ quantity: Quantity, activeFrom: Instant, newID: () -> String
    ) -> [RestingOrder] {
        let kinds: [OrderKind<Price>?] = [bracket.stopLoss.map { .stop($0) }, bracket.takeProfit.map { .limit($0) }]
        return kinds.compactMap { $0 }.map { kind in
            RestingOrder(
                id: newID(), side: .sell, kind: kind, quantity: quantity, isReduceOnly: true, role: .exit(of: entry),
                activeFrom: activeFrom)
        }
    }
}

extension OrderKind<Price> {
    fileprivate func reason(at filled: Price) -> FillReason {
        switch self {
        case .market: .gap
        case .limit(let limit): filled == limit ? .limit : .gap
        case .stop(let stop): filled == stop ? .stop : .gap
        case .stopLimit(let stop, let limit): filled == stop ? .stop : filled == limit ? .limit : .gap
        }
    }
}

extension LedgerError {
    /// What an order is refused as that cannot be entered.
    public var refusal: OrderRefusal {
        switch self {
        case .nothingTraded: .minimumNotional
        case .insufficientFunds: .insufficientCash
        case .insufficientQuantity: .insufficientPosition
        case .amount: .amountTooLarge
        }
    }
}
