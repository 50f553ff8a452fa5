import JSON
import Market
import Postgres
import System
import Trading

extension UnmetBars {
    /// Lets what rests for the symbol in an account meet the bars: the one way in which they fill it. In a transaction that
    /// has locked the account.
    ///
    /// - Parameters: orders and standing as they are within it.
    /// - Returns: whether anything has happened.
    @discardableResult
    func meet(
        _ orders: [OrderRow], of account: LockedAccount, _ standing: AccountStanding, _ configuration: Configuration,
        in db: inout Connection
    ) throws -> Bool {
        let instrument = String(symbolID)
        let ledger = Ledger(
            cash: standing.cash, holdings: standing.holding.quantity == .zero ? [:] : [instrument: standing.holding])
        var book = orderBook(
            ledger, orders.map(\.resting),
            promisedElsewhere: try standing.promisedCash - standing.promisedPurchases,
            isInCurrency: standing.isInCurrency, account.costs)
        var events: [RestingEvent] = [], exits: [Query<Int>] = [], changes: [Query<Int>] = []
        var fills: [RestingFill] = []
        /// In the order of what happened: it is told in that order.
        func change(_ query: Query<Int>?) {
            if let timeframe = fills.first?.execution.timeframe {
                changes.append(.filling(fills, of: account, symbolID, timeframe))
            }
            fills = []
            if let query { changes.append(query) }
        }
        for bar in bars {
            let known = Set(book.orders.map(\.id))
            if fills.first.map({ $0.execution.timeframe != bar.timeframe }) ?? false { change(nil) }
            for event in book.see(bar.bar, newID: { UUID.random().text }) {
                events.append(event)
                let id = event.orderID
                let words = event.kind.sentence(symbol, "the bar of \(bar.timeframe.written(bar.start))")
                switch event.kind {
                case .filled(let execution, let profit, _):
                    let move = NewExecution(
                        orderID: id, account: account, symbolID: symbolID, execution: execution, profit: profit,
                        priceAsOf: bar.bar.span.end, timeframe: bar.timeframe, barStart: bar.start,
                        revision: bar.revision)
                    fills.append(RestingFill(execution: move, detail: words))
                case .triggered: change(.triggering(id, words))
                case .expired: change(.ending(id, .expired, words))
                case .cancelled: change(.ending(id, .cancelled, words))
                case .refused(let reason, _): change(.ending(id, .rejected, words, refusal: reason))
                }
            }
            for exit in book.orders where !known.contains(exit.id) {
                let draft = OrderDraft(exit: exit, of: symbol)
                exits.append(.inserting(NewOrder(draft: draft, account: account, symbolID: symbolID)))
            }
        }
        change(nil)
        if book.ledger != ledger, let close = bars.last?.bar.close {
            let after = Settlement(account, symbolID: symbolID, book.ledger, standing, at: close)
            changes += [.holding(after), .settling(after)]
        }
        let before = Dictionary(orders.map { ($0.id, $0.activeFrom) }) { first, _ in first }
        let met = book.orders.filter { before[$0.id] != $0.activeFrom }
        if !met.isEmpty { changes.append(.advancing(met)) }
        try db.run(exits + changes)
        let told = try events.filter { $0.kind != .triggered }.map { event in
            // An exit that came and went with these bars is not among them.
            try (orders.first { $0.id == event.orderID } ?? db.run(.storedOrder(event.orderID))).told(event.kind)
        }
        try configuration.audit(told, of: account.userID, in: &db)
        return !events.isEmpty
    }

    /// Lets what rests for a symbol in an account meet the bars that are stored already, in the transaction that has locked it
    /// for something else: nobody avoids a fill by being before the worker.
    ///
    /// - Parameter isLast: whether orders may go then: they wait for no hours that are late.
    /// - Returns: whether anything has happened.
    static func meetStored(
        of symbolID: Int, _ account: LockedAccount, isLast: Bool, _ configuration: Configuration,
        in db: inout Connection
    ) throws -> Bool {
        var isMoved = false
        while let moment = try db.run(.unmetSince(account.id, symbolID)),
            let stored = try read(of: symbolID, from: moment, in: &db)
        {
            let unmet = isLast ? stored.withoutWaiting : stored
            let (orders, standing) = try db.run(
                .restingOrders(ofAccount: account.id, symbol: symbolID),
                .standing(ofAccount: account.id, symbol: symbolID))
            if try unmet.meet(orders, of: account, standing, configuration, in: &db) { isMoved = true }
            guard unmet.hasMore else { break }
        }
        return isMoved
    }
}

extension AccountStanding {
    /// Whether orders may rest for the instrument: each keeps back cash for it, or units of it.
    var mayRest: Bool { restingOrders > 0 && (promisedPurchases > .zero || promisedQuantity > .zero) }
}

extension OrderRow {
    /// What the audit trail is told of what a bar has done to it.
    fileprivate func told(_ kind: RestingEvent.Kind) -> (event: AccountEvent, payload: Object) {
        switch kind {
        case .filled(let execution, _, _):
            (.orderFilled, auditPayload(quantity: execution.quantity, price: execution.price))
        case .refused(let reason, _): (.orderRejected, auditPayload(quantity: quantity, refusal: reason))
        case .expired: (.orderExpired, auditPayload)
        case .cancelled, .triggered: (.orderCancelled, auditPayload)
        }
    }
}

extension Query {
    /// From when on bars may be stored that an order which rests for a symbol in an account has yet to meet; nil where none
    /// can be.
    fileprivate static func unmetSince(_ account: Int, _ symbol: Int) -> Query<Instant?> {
        .first(
            """
            SELECT since FROM (
              SELECT min(active_from) AS since FROM orders
              WHERE paper_account_id = $1::int AND symbol_id = $2::int AND status = 'PENDING') resting
            WHERE since < (
              SELECT max(\(TradedSeries.end("b"))) FROM \(TradedSeries.table) b WHERE symbol_id = $2::int)
            """, account, symbol
        ) { row in try row.next() }
    }

    /// They have met bars up to then.
    fileprivate static func advancing(_ orders: [RestingOrder]) -> Query<Int> {
        .change(
            """
            UPDATE orders o SET active_from = met.until
            FROM unnest($1::uuid[], $2::timestamptz[]) AS met (id, until)
            WHERE o.id = met.id AND o.status = 'PENDING' AND o.active_from < met.until
            """, orders.map(\.id), Parameter.timestamps(microseconds: orders.map(\.activeFrom.microseconds)))
    }
}
