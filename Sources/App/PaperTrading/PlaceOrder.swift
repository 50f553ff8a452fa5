import HTTP
import JSON
import Market
import Postgres
import System
import Trading
import WebAuthn

/// What an order would come to, or has come to: worked out once, for the preview and for the order.
struct JudgedOrder: Sendable {
    let form: OrderForm
    let symbol: TradedSymbol
    let market: MarketPrice?
    let clock: MarketClock
    let costs: Costs<ExactNumbers>
    let standing: AccountStanding
    /// Nil where there is no price to reckon with.
    let review: OrderReview?
    let refusal: OrderRefusal?
    /// Why it is one order too many; nil where it is not.
    let surplus: String?
    /// Whether it wants a signature: of an account whose owner wants it, and large.
    let needsSignature: Bool

    /// - Parameter isNew: whether it would be stored beside the others; or in the place of one of them.
    init(
        _ form: OrderForm, _ quote: Quote, _ standing: AccountStanding, _ account: LockedAccount,
        _ configuration: Configuration, isNew: Bool = true
    ) {
        let costs = account.costs
        (self.form, symbol, market, self.standing, self.costs) = (form, quote.symbol, quote.market, standing, costs)
        clock = MarketClock(configuration, quote)
        review = market.map {
            OrderReview(of: form.ticket, at: $0.price, for: standing, configuration.tradingLimits, costs)
        }
        // What is held of it is not lost: it is sold at its last price.
        let isClosing =
            form.ticket.side == .sell && form.ticket.kind == .market && standing.holding.quantity > .zero
        let reason: OrderRefusal?
        if !symbol.isActive, !isClosing {
            reason = .symbolInactive
        } else if let market, clock.isTradable(market, symbol) {
            reason = review?.refusal
        } else {
            reason = .noMarketPrice
        }
        // A sale that takes away what is held comes to an end by itself; one that rests can be cancelled and placed again.
        let isExit = form.ticket.side == .sell && form.ticket.kind == .market && reason == nil
        surplus = !isNew || isExit || account.room(configuration) > 0 ? nil : LockedAccount.full(configuration)
        refusal = surplus == nil ? reason : .tooManyOrders
        needsSignature =
            account.signsOrders && refusal == nil
            && review.map { $0.notional > configuration.signedOrderNotional } ?? false
    }

    enum PreviewOutcome: String, CaseIterable {
        case fill = "FILL"
        case rest = "REST"
        case reject = "REJECT"
    }

    var outcome: PreviewOutcome { refusal != nil ? .reject : form.ticket.kind == .market ? .fill : .rest }

    var detail: String {
        if let surplus { return surplus }
        if refusal == .noMarketPrice, market?.isHeld == true { return TradedSeries.whyHeld(symbol.symbol) }
        if let refusal {
            return review?.sentence(refusing: refusal, symbol.symbol) ?? refusal.sentence(symbol.symbol)
        }
        return review?.sentence(taking: symbol.symbol) ?? ""
    }

    /// As somebody asked for it: what a refused order says that was never reckoned out.
    var quantity: Quantity {
        if let review { return review.quantity }
        if case .quantity(let quantity) = form.ticket.size { return quantity }
        return .zero
    }
}

/// Takes an order: it is filled at once, rests, or is refused, and in each case stored (api.md, "Paper trading").
///
/// One transaction moves order, execution, position and cash. It locks the account first, so that what is judged is what is
/// there until the end: orders of one account happen one after another, whichever process takes them.
enum PlaceOrder {
    static func place(_ form: OrderForm, _ call: Call, _ db: inout Connection) throws -> OrderRow {
        let userID = try call.userID()
        if let credential = form.credential { return try place(form, signed: credential, userID, call, &db) }
        if let order = try attempt(form, userID, call, &db) { return order }
        // An account that is missing is made; whoever has ended meanwhile gets none.
        try db.run(.ensuringPaperAccount(of: userID))
        guard let order = try attempt(form, userID, call, &db) else { throw Problem(.unauthorized) }
        return order
    }

    /// Nil where there is no account.
    private static func attempt(
        _ form: OrderForm, _ userID: String, _ call: Call, _ db: inout Connection
    ) throws -> OrderRow? {
        try db.transaction(
            opening: .lockingPaperAccount(of: userID), .order(calledByClient: form.clientID, of: userID),
            .quote(form.symbol, form.symbolID), .standing(of: userID, form.symbol, form.symbolID)
        ) { db, account, earlier, quote, standing in
            guard let account = try account?.checked(in: &db) else { return nil }
            return try decide(form, account, earlier, quote, standing, nil, call, &db)
        }
    }

    /// The order is looked for before the signature is judged: who sends it again has used up the question.
    private static func place(
        _ form: OrderForm, signed credential: Value, _ userID: String, _ call: Call, _ db: inout Connection
    ) throws -> OrderRow {
        try db.run(.ensuringPaperAccount(of: userID))
        do {
            return try db.transaction { db in
                let proof = try OrderSigning.prove(credential, form, call, &db)
                let (account, earlier, quote, standing) = try db.run(
                    .lockingPaperAccount(of: userID), .order(calledByClient: form.clientID, of: userID),
                    .quote(form.symbol, form.symbolID), .standing(of: userID, form.symbol, form.symbolID))
                guard let account = try account?.checked(in: &db) else { throw Problem(.unauthorized) }
                return try decide(form, account, earlier, quote, standing, proof, call, &db)
            }
        } catch let refusal as WebAuthnRefusal {
            // Noted once the transaction is undone, which would take the note with it.
            throw try call.refusal(refusal, .orderSignatureRefused, as: .forbidden, in: &db)
        }
    }

    private static func decide(
        _ form: OrderForm, _ account: LockedAccount, _ earlier: OrderRow?, _ quote: Quote?,
        _ standing: AccountStanding?, _ proof: OrderSigning.Proof?, _ call: Call, _ db: inout Connection
    ) throws -> OrderRow {
        if let earlier {
            guard earlier.contentHash == form.contentHash else {
                throw Problem(
                    .conflict, "Another order is called \(form.clientID ?? "") already: send a new client_order_id.")
            }
            return earlier
        }
        guard let quote, var standing else { throw Problem.unknownSymbol(form.symbol) }
        var account = account
        let symbolID = quote.symbol.id
        let configuration = call.configuration
        if standing.mayRest,
            try UnmetBars.meetStored(of: symbolID, account, isLast: false, configuration, in: &db)
        {
            // Exits that came with it count, too.
            (account, standing) = try db.run(
                .lockingPaperAccount(account.id), .standing(ofAccount: account.id, symbol: symbolID))
        }
        let signature = try proof?.get()
        let judged = JudgedOrder(form, quote, standing, account, call.configuration)
        if let surplus = judged.surplus { throw Problem(.quotaExceeded, surplus) }
        guard signature != nil || !judged.needsSignature else {
            throw OrderSigning.required(call.configuration, "ask /api/trading/orders/signing what it is to sign.")
        }
        let id = UUID.random().text
        let changes = changes(id, judged, account) + (signature.map { [.inserting($0, of: id)] } ?? [])
        let (order, head) = try db.run(changes, then: .storedOrder(id), .lockingAuditHead(of: account.userID))
        try call.audit(order.event, order.auditPayload, on: head, in: &db)
        return order
    }

    /// What an order changes: it is stored in each case.
    private static func changes(_ id: String, _ judged: JudgedOrder, _ account: LockedAccount) -> [Query<Int>] {
        guard judged.refusal == nil, let market = judged.market, let review = judged.review else {
            return [reject(id, judged, account, judged.refusal ?? .noMarketPrice, judged.detail)]
        }
        do throws(LedgerError) {
            switch judged.outcome {
            case .fill: return try fill(id, judged, market, review, account)
            case .rest, .reject: return [try rest(id, judged, market, review, account)]
            }
        } catch {
            return [reject(id, judged, account, error.refusal, error.refusal.sentence(judged.symbol.symbol))]
        }
    }

    /// Kept where a person would look for it; nothing moves.
    private static func reject(
        _ id: String, _ judged: JudgedOrder, _ account: LockedAccount, _ refusal: OrderRefusal, _ detail: String
    ) -> Query<Int> {
        .inserting(
            judged.order(id, account, .rejected, at: judged.clock.now, detail: detail) { $0.draft.refusal = refusal })
    }

    private static func rest(
        _ id: String, _ judged: JudgedOrder, _ market: MarketPrice, _ review: OrderReview, _ account: LockedAccount
    ) throws(LedgerError) -> Query<Int> {
        let held: Money
        do { held = try review.heldCash } catch { throw .amount(error) }
        let moment = judged.clock.moment(market, judged.symbol)
        let order = judged.order(id, account, .pending, at: moment, detail: judged.detail) { order in
            order.draft.heldCash = held
            order.draft.expiresAt = judged.clock.expiry(judged.form.timeInForce, judged.symbol, from: moment)
        }
        return .inserting(order)
    }

    private static func fill(
        _ id: String, _ judged: JudgedOrder, _ market: MarketPrice, _ review: OrderReview, _ account: LockedAccount
    ) throws(LedgerError) -> [Query<Int>] {
        let instrument = String(judged.symbol.id), standing = judged.standing
        var ledger = Ledger(cash: standing.cash, holdings: [instrument: standing.holding])
        let execution: Execution
        do throws(AmountError) {
            execution = try Execution(
                judged.form.ticket.side, review.quantity, of: instrument, at: market.price, account.costs)
        } catch { throw .amount(error) }
        let profit = try ledger.enter(execution)
        let span = judged.clock.span(of: market, judged.symbol)
        let moment = judged.clock.moment(market, judged.symbol)
        let words = execution.sentence(
            judged.symbol.symbol, "the close of \(market.timeframe.written(market.start))")
        let order = judged.order(id, account, .filled, at: moment, detail: words) { order in
            (order.averagePrice, order.priceAsOf) = (execution.price, span.end)
        }
        let move = NewExecution(
            orderID: id, account: account, symbolID: judged.symbol.id, execution: execution, profit: profit,
            priceAsOf: span.end, timeframe: market.timeframe, barStart: market.start, revision: market.revision)
        let after = Settlement(account, symbolID: judged.symbol.id, ledger, standing, at: market.price)
        let exits = RestingBook.exits(
            of: id, judged.form.ticket.bracket, execution.quantity, activeFrom: moment
        ) { UUID.random().text }
        return [.inserting(order), .inserting(move), .holding(after), .settling(after)]
            + exits.map { exit in
                let draft = OrderDraft(exit: exit, of: judged.symbol.symbol)
                return .inserting(NewOrder(draft: draft, account: account, symbolID: judged.symbol.id))
            }
    }
}

extension Settlement {
    /// - Parameters:
    ///   - ledger: of the one instrument, whose name in it is its id.
    ///   - standing: before the fills; the other holdings are as they were.
    init(
        _ account: LockedAccount, symbolID: Int, _ ledger: Ledger, _ standing: AccountStanding, at price: Price
    ) {
        let instrument = String(symbolID)
        self.init(
            account: account, symbolID: symbolID, cash: ledger.cash,
            holding: ledger.holdings[instrument] ?? Holding(),
            equity: standing.otherHoldings.flatMap { others in
                try? ledger.equity(at: [instrument: price]).map { try $0 + others }
            })
    }
}

extension JudgedOrder {
    /// The order to be stored.
    fileprivate func order(
        _ id: String, _ account: LockedAccount, _ status: OrderStatus, at moment: Instant, detail: String,
        _ complete: (inout NewOrder) -> Void
    ) -> NewOrder {
        var order = NewOrder(
            draft: OrderDraft(id, form, quantity, from: moment, status, detail), account: account, symbolID: symbol.id)
        complete(&order)
        return order
    }
}

extension OrderRow {
    /// What the audit trail calls what has become of it.
    var event: AccountEvent {
        switch status {
        case .pending: .orderPlaced
        case .filled: .orderFilled
        case .rejected: .orderRejected
        case .cancelled: .orderCancelled
        case .expired: .orderExpired
        }
    }

    var auditPayload: Object { auditPayload(quantity: quantity, price: averagePrice, refusal: refusal) }

    func auditPayload(quantity: Quantity, price: Price? = nil, refusal: OrderRefusal? = nil) -> Object {
        Self.auditPayload(id, symbol, side, quantity, price: price, refusal: refusal)
    }

    static func auditPayload(
        _ id: String, _ symbol: String, _ side: OrderSide, _ quantity: Quantity, price: Price?, refusal: OrderRefusal?
    ) -> Object {
        var payload: Object = [
            "order_id": .string(id), "symbol": .string(symbol), "side": .string(side.rawValue),
            "quantity": .string(quantity.inFull),
        ]
        if let price { payload["price"] = .string(price.inFull) }
        if let refusal { payload["reason"] = .string(refusal.rawValue) }
        return payload
    }
}
