import Crypto
import JSON
import Market
import Trading

/// A ticket as it is sent: what is wrong with it by itself is refused with its field, whatever the account has.
struct OrderForm: Sendable {
    let symbol: String
    let ticket: OrderTicket
    let timeInForce: TimeInForce
    /// Which of the instruments that have had this ticker; nil: the one that is traded under it.
    var symbolID: Int?
    /// What the client calls the order, so that it may send it again without a second one.
    let clientID: String?
    /// What a passkey has signed for the ticket; as the browser writes it.
    var credential: Value?

    private static let plainField = Field<OrderForm>.group(
        .body("symbol", .ticker), .body("side", .choice(OrderSide.self), "Buy or sell"),
        .body("order_type", Form<OrderType>.choice(), default: .market, "MARKET fills at once, the others wait"), .size,
        .prices,
        .body(
            "time_in_force", Form<TimeInForce>.choice(), default: .goodTillCancelled,
            "DAY: to the end of the next session; GTC: \(MarketClock.restingDays) days"),
        .body("reduce_only", .flag, default: false, "A sale of what there is at the most"), make: make)

    private static let symbolIDField = Field<Int?>.body(
        optional: "symbol_id", Form<Int>.integer(1...Int(Int32.max)),
        "Of a position in what is no longer traded, as /api/trading/positions tells it: its ticker may be another symbol's by now"
    )

    /// What `POST /api/trading/orders/preview` takes.
    static let ticketField = Field<OrderForm>.group(plainField, symbolIDField) { $1.of($2) }

    /// A ticket for what is traded under a ticker, under a name of the client's.
    static let namedField = Field<OrderForm>.group(
        plainField,
        Field<String?>.body(
            optional: "client_order_id", .line(1...64),
            "The same one with the same content answers the first order and moves nothing, for \(nameDays) days after a reset too"
        ), make: named)

    /// How long a name is kept of an account that was reset.
    static let nameDays = 90

    /// What `POST /api/trading/orders` takes.
    static let field = Field<OrderForm>.group(
        namedField, symbolIDField,
        Field<Value?>.body(
            optional: "credential", .json,
            "What a passkey has signed for this ticket, where the account wants it (/api/trading/orders/signing)")
    ) { _, form, symbolID, credential in
        var form = form.of(symbolID)
        form.credential = credential
        return form
    }

    private func of(_ symbolID: Int?) -> OrderForm {
        var form = self
        form.symbolID = symbolID
        return form
    }

    private static func named(_ reader: inout FieldReader, _ form: OrderForm, _ clientID: String?) -> OrderForm? {
        // So runners call their orders: nobody may take a name that one is about to use.
        if clientID?.hasPrefix("runner:") == true {
            reader.mistakes.add("client_order_id", "NOT_ALLOWED", "client_order_id may not begin with runner:.")
            return nil
        }
        return OrderForm(symbol: form.symbol, ticket: form.ticket, timeInForce: form.timeInForce, clientID: clientID)
    }

    private static func make(
        _ reader: inout FieldReader, _ symbol: String, _ side: OrderSide, _ type: OrderType, _ size: OrderTicket.Size,
        _ prices: TicketPrices, _ timeInForce: TimeInForce, _ isReduceOnly: Bool
    ) -> OrderForm? {
        func refuse(_ field: String, _ code: String, _ message: String) {
            reader.mistakes.add(field, code, "\(field) \(message).")
        }
        let word = type.rawValue
        if type.hasLimit, prices.limit == nil { refuse("limit_price", "MISSING_KEY", "is required for \(word)") }
        if type.hasStop, prices.stop == nil { refuse("stop_price", "MISSING_KEY", "is required for \(word)") }
        if !type.hasLimit, prices.limit != nil { refuse("limit_price", "NOT_ALLOWED", "has no meaning for \(word)") }
        if !type.hasStop, prices.stop != nil { refuse("stop_price", "NOT_ALLOWED", "has no meaning for \(word)") }
        if side == .sell {
            if prices.bracket.stopLoss != nil { refuse("stop_loss", "NOT_ALLOWED", "belongs to a purchase") }
            if prices.bracket.takeProfit != nil { refuse("take_profit", "NOT_ALLOWED", "belongs to a purchase") }
        } else if isReduceOnly {
            refuse("reduce_only", "NOT_ALLOWED", "belongs to a sale")
        }
        if case .risk = size, side == .sell || prices.bracket.stopLoss == nil {
            refuse("risk_pct", "NOT_ALLOWED", "needs a purchase with a stop_loss")
        }
        guard reader.mistakes.isEmpty, let kind = OrderKind(type, limit: prices.limit, stop: prices.stop) else {
            return nil
        }
        return OrderForm(
            symbol: symbol,
            ticket: OrderTicket(
                side: side, kind: kind, size: size, isReduceOnly: isReduceOnly, bracket: prices.bracket),
            timeInForce: timeInForce, clientID: nil)
    }

    /// What is asked for as JSON: the same for two ways of writing one ticket.
    var canonical: [UInt8] {
        var json = Writer()
        json.beginObject()
        json.member("symbol", symbol)
        if let symbolID { json.member("symbol_id", symbolID) }
        json.member("side", ticket.side.rawValue)
        json.member("type", ticket.kind.type.rawValue)
        json.member("limit", ticket.kind.limitPrice?.description)
        json.member("stop", ticket.kind.stopPrice?.description)
        switch ticket.size {
        case .quantity(let quantity): json.member("quantity", quantity.description)
        case .notional(let money): json.member("notional", money.description)
        case .risk(let rate): json.member("risk", rate.description)
        }
        json.member("time_in_force", timeInForce.rawValue)
        json.member("reduce_only", ticket.isReduceOnly ? "true" : "false")
        json.member("stop_loss", ticket.bracket.stopLoss?.description)
        json.member("take_profit", ticket.bracket.takeProfit?.description)
        json.endObject()
        return Array(json.bytes)
    }

    /// SHA-256 of ``canonical``.
    var contentHash: [UInt8] { Digest.sha256(canonical) }
}

/// The prices of a ticket that are there.
struct TicketPrices: Sendable {
    let limit: Price?
    let stop: Price?
    let bracket: Bracket

    var isEmpty: Bool { limit == nil && stop == nil && bracket.isEmpty }
}

extension Field where Content == TicketPrices {
    static let prices = Field.group(
        Field<Price?>.body(optional: "limit_price", .wanted, "Of LIMIT and STOP_LIMIT: at this price or a better one"),
        Field<Price?>.body(optional: "stop_price", .wanted, "Of STOP and STOP_LIMIT: once the market has reached it"),
        Field<Price?>.body(optional: "stop_loss", .wanted, "Of a purchase: sold when the market falls to it"),
        Field<Price?>.body(optional: "take_profit", .wanted, "Of a purchase: sold when the market rises to it")
    ) { TicketPrices(limit: $1, stop: $2, bracket: Bracket(stopLoss: $3, takeProfit: $4)) }
}

extension Field where Content == OrderTicket.Size {
    fileprivate static let size = Field.group(
        Field<Quantity?>.body(
            optional: "quantity", .wanted,
            "How many units; one of this, notional and risk_pct"),
        Field<Money?>.body(
            optional: "notional", .amount(Money(cents: 1)...Money(cents: 1_000_000_000_000_00)),
            "As many units as this buys, fee aside"),
        Field<Rate?>.body(
            optional: "risk_pct", .percent(0.01...100),
            "As many units as lose this share of the equity on the way to stop_loss"), make: only)

    private static func only(
        _ reader: inout FieldReader, _ quantity: Quantity?, _ notional: Money?, _ risk: Rate?
    ) -> OrderTicket.Size? {
        switch (quantity, notional, risk) {
        case (let quantity?, nil, nil): return .quantity(quantity)
        case (nil, let notional?, nil): return .notional(notional)
        case (nil, nil, let risk?): return .risk(risk)
        case (nil, nil, nil): reader.miss("quantity", .body)
        default:
            reader.mistakes.add("quantity", "NOT_ALLOWED", "Only one of quantity, notional and risk_pct may be given.")
        }
        return nil
    }
}
