import HTTP
import JSON
import Market
import Postgres
import Trading

/// `/api/trading/orders` (api.md, "Paper trading").
enum OrderRoutes {
    private static let found = Answer(200, "The order", Form<OrderRow>.object("order", OrderRow.form))

    static let create = Route(
        .post, "/api/trading/orders", .signedIn(.trade),
        "Places an order. A market order is filled at the last stored close, the others rest; what is refused is kept, too, and says why. What is priced in another currency than the account's is only sold; coins that stand for a dollar each count as dollars.",
        takes: OrderForm.field, answers: [found],
        errors: [.conflict, .forbidden, .quotaExceeded, .tradingAccountInactive, .tradingSignatureRequired]
    ) { call, db, form in try found(PlaceOrder.place(form, call, &db)) }

    private static let page = Answer(200, "A page", .page(of: "orders", OrderRow.form))

    static let list = Route(
        .get, "/api/trading/orders", .signedIn(.read), "Own orders since the last reset, newest first.",
        takes: Field<OrderFilter>.group(
            .query(optional: "status", Form<OrderStatus>.choice(), "Only orders in this state"),
            .query(optional: "symbol", Form<String>.ticker, "Only orders for this symbol"),
            .query(optional: "runner_id", Form<String>.uuid, "Only orders of this runner")
        ) { OrderFilter(status: $1, symbol: $2, runner: $3) }, .window(), answers: [page]
    ) { call, db, filter, window in try page(Page(window, db.run(.orders(of: call.userID(), filter, window)))) }

    static let get = Route(
        .get, "/api/trading/orders/{id}", .signedIn(.read), "One order.", takes: .id(.order), answers: [found]
    ) { call, db, id in
        guard let order = try db.run(.order(id, of: call.userID())) else { throw Thing.order.missing(id) }
        return found(order)
    }

    static let cancel = Route(
        .delete, "/api/trading/orders/{id}", .signedIn(.trade),
        "Cancels an order that rests. One that is cancelled already is answered as it is.", takes: .id(.order),
        answers: [found], errors: [.conflict, .tradingAccountInactive]
    ) { call, db, id in
        let userID = try call.userID()
        let order = try db.transaction(
            opening: .lockingPaperAccount(of: userID), .order(id, of: userID)
        ) { db, account, order in
            guard let account = try account?.checked(in: &db), var order else { throw Thing.order.missing(id) }
            order = try order.met(account, call.configuration, in: &db)
            guard order.status == .pending else { return order }
            let (_, cancelled, head) = try db.run(
                .ending(id, .cancelled, "Cancelled."), .storedOrder(id), .lockingAuditHead(of: userID))
            try call.audit(.orderCancelled, cancelled.auditPayload, on: head, in: &db)
            return cancelled
        }
        if order.status != .cancelled { try order.checkPending() }
        return found(order)
    }

    static let replace = Route(
        .patch, "/api/trading/orders/{id}", .signedIn(.trade),
        "Changes size or prices of an order that rests, as one step: until then the old one may fill, from then on only the new one. A change that is refused leaves the order as it was.",
        takes: .id(.order),
        OrderChange.field,
        answers: [found],
        errors: [
            .conflict, .tradingAccountInactive, .tradingInsufficientCash, .tradingInsufficientPosition,
            .tradingNoMarketPrice, .tradingRiskLimit, .tradingSignatureRequired,
        ]
    ) { call, db, id, change in try found(ReplaceOrder.replace(id, change, call, &db)) }
}

/// What is to be changed of a resting order; nil stays.
struct OrderChange: Sendable {
    let quantity: Quantity?
    let prices: TicketPrices

    static let field = Field<OrderChange>.group(
        Field<Quantity?>.body(optional: "quantity", .wanted, "How many units"), .prices, make: make)

    private static func make(
        _ reader: inout FieldReader, _ quantity: Quantity?, _ prices: TicketPrices
    ) -> OrderChange? {
        guard quantity != nil || !prices.isEmpty else {
            reader.mistakes.add("", "MISSING_KEY", "Nothing is to be changed.")
            return nil
        }
        return OrderChange(quantity: quantity, prices: prices)
    }
}

/// Puts a changed order in the place of one that rests.
enum ReplaceOrder {
    static func replace(
        _ id: String, _ change: OrderChange, _ call: Call, _ db: inout Connection
    ) throws -> OrderRow {
        let userID = try call.userID()
        let replaced = try db.transaction(
            opening: .lockingPaperAccount(of: userID), .order(id, of: userID)
        ) { db, account, order in
            guard let account = try account?.checked(in: &db), var order else { throw Thing.order.missing(id) }
            order = try order.met(account, call.configuration, in: &db)
            guard order.status == .pending else { return order }
            let form = try changed(order, change)
            let (quote, standing, timeframes) = try db.run(
                .quote(order.symbol), .standing(of: userID, order.symbol, without: order),
                .timeframes(of: order.symbolID))
            // Its ticker may be another symbol's by now.
            guard let quote, let standing, quote.symbol.id == order.symbolID else {
                throw OrderRefusal.symbolInactive.problem(OrderRefusal.symbolInactive.sentence(order.symbol))
            }
            let judged = JudgedOrder(form, quote, standing, account, call.configuration, isNew: false)
            guard judged.refusal == nil, let market = judged.market, let review = judged.review else {
                throw (judged.refusal ?? .noMarketPrice).problem(judged.detail)
            }
            let isExit = order.entryID != nil
            guard order.signedAt == nil else {
                throw Problem(.conflict, "What was signed is not changed: cancel this order and place another.")
            }
            // An exit closes what a signed order has bought; all else would be another ticket than the one that was signed.
            guard isExit || !judged.needsSignature else {
                throw OrderSigning.required(call.configuration, "cancel this one and place another.")
            }
            let moment = judged.clock.moment(market, judged.symbol)
            if let end = order.expiresAt,
                !judged.clock.mayFill(judged.symbol, timeframes, from: max(order.activeFrom, moment), until: end)
            {
                throw Problem(
                    .conflict,
                    "Changed now it could not be filled any more: no bar begins before its time is over. Cancel it and place another."
                )
            }
            let detail = isExit ? form.ticket.kind.sentence(closing: review.quantity, order.symbol) : judged.detail
            let (_, replaced, head) = try db.run(
                .replacing(id, form, review, held: try review.heldCash, detail: detail, from: moment), .storedOrder(id),
                .lockingAuditHead(of: userID))
            try call.audit(.orderReplaced, replaced.auditPayload, on: head, in: &db)
            return replaced
        }
        try replaced.checkPending()
        return replaced
    }

    /// The order with the change, as a ticket of its own.
    private static func changed(_ order: OrderRow, _ change: OrderChange) throws -> OrderForm {
        var mistakes = Mistakes()
        func taken(_ name: String, _ new: Price?, _ old: Price?) -> Price? {
            if new != nil, old == nil { mistakes.add(name, "NOT_ALLOWED", "\(name) is none of this order.") }
            return new ?? old
        }
        let prices = change.prices
        let limit = taken("limit_price", prices.limit, order.kind.limitPrice)
        let stop = taken("stop_price", prices.stop, order.kind.stopPrice)
        let bracket = Bracket(
            stopLoss: taken("stop_loss", prices.bracket.stopLoss, order.bracket.stopLoss),
            takeProfit: taken("take_profit", prices.bracket.takeProfit, order.bracket.takeProfit))
        if let quantity = change.quantity, order.entryID != nil, quantity != order.quantity {
            mistakes.add("quantity", "NOT_ALLOWED", "An exit closes what its entry has bought.")
        }
        try mistakes.check()
        // A new stop has yet to be reached; without one the order goes on waiting for what it waited for.
        let type = prices.stop == nil ? order.awaited.type : order.kind.type
        let kind = OrderKind(type, limit: limit, stop: stop) ?? order.kind
        return OrderForm(
            symbol: order.symbol,
            ticket: OrderTicket(
                side: order.side, kind: kind, size: .quantity(change.quantity ?? order.quantity),
                isReduceOnly: order.isReduceOnly, bracket: bracket),
            timeInForce: order.timeInForce, clientID: nil)
    }
}

extension OrderRow {
    /// As it is once it has met the bars that are stored already. What they have done to it stays, whatever is answered then.
    fileprivate func met(
        _ account: LockedAccount, _ configuration: Configuration, in db: inout Connection
    ) throws -> OrderRow {
        guard status == .pending,
            try UnmetBars.meetStored(of: symbolID, account, isLast: true, configuration, in: &db)
        else { return self }
        return try db.run(.storedOrder(id))
    }

    /// - Throws: 409 for an order that has ended.
    func checkPending() throws {
        if status == .pending { return }
        throw Problem(.conflict, "The order is \(status.rawValue) already: \(detail)")
    }
}

extension OrderRefusal {
    /// For a request that has to be answered by an error, because no order is kept of it.
    func problem(_ detail: String) -> Problem {
        switch self {
        case .noMarketPrice: Problem(.tradingNoMarketPrice, detail)
        case .insufficientCash, .minimumCash: Problem(.tradingInsufficientCash, detail)
        case .insufficientPosition: Problem(.tradingInsufficientPosition, detail)
        default: Problem(.tradingRiskLimit, detail)
        }
    }
}

extension Query {
    /// Of which a symbol has bars.
    fileprivate static func timeframes(of symbol: Int) -> Query<[Timeframe]> {
        .values("SELECT interval FROM bar_series WHERE symbol_id = $1::int AND count > 0", symbol)
    }

    /// - Parameter moment: only bars that begin then or later may fill the order as it is now.
    fileprivate static func replacing(
        _ id: String, _ form: OrderForm, _ review: OrderReview, held: Money, detail: String, from moment: Instant
    ) -> Query<Int> {
        let ticket = form.ticket
        return .change(
            """
            UPDATE orders SET quantity = $2::numeric, limit_price = $3::numeric, stop_price = coalesce($4::numeric, stop_price),
              stop_loss = $5::numeric, take_profit = $6::numeric, held_cash = $7::numeric,
              is_triggered = is_triggered AND $4::numeric IS NULL,
              detail = $8, active_from = greatest(active_from, $9::timestamptz)
            WHERE id = $1::uuid
            """, id, review.quantity, ticket.kind.limitPrice, ticket.kind.stopPrice, ticket.bracket.stopLoss,
            ticket.bracket.takeProfit, held, detail, moment)
    }
}
