import Market
import Trading

// What is said of orders, in sentences: stored with them, shown in the page and in the activity.

extension OrderReview {
    /// Why the order is not taken.
    func sentence(refusing reason: OrderRefusal, _ symbol: String) -> String {
        let measure = limits.first { $0.refusal == reason && !$0.isMet }?.measure
        switch (reason, measure) {
        case (.insufficientCash, .money(let free, let needed)?):
            return "It needs \(needed.told), and \(free.told) is free."
        case (.minimumCash, .money(let allowed, let needed)?):
            return "It needs \(needed.told), and only \(allowed.told) may be spent without going below the least cash."
        case (.maximumOrderNotional, .money(let allowed, let used)?):
            return "It is worth \(used.told); one order may be worth \(allowed.told) at most."
        case (.maximumPosition, .money(let allowed, let used)?):
            return "With it \(symbol) would make up \(used.told) of the account; \(allowed.told) is allowed."
        case (.insufficientPosition, .quantity(let free, let used)?):
            return positionAfter == .zero && free == .zero
                ? "There is no \(symbol) to sell that other orders have not been promised."
                : "It would sell \(used) \(symbol); \(free) can be sold, what other orders are to sell not counted."
        default: return reason.sentence(symbol)
        }
    }

    /// What happens to an order that is taken.
    func sentence(taking symbol: String) -> String {
        let verb = ticket.side == .buy ? "Buys" : "Sells", many = "\(quantity) \(symbol)"
        switch ticket.kind {
        case .market: return "\(verb) \(many) at the last price, \(price.told)."
        case .limit(let limit):
            let way = ticket.side == .buy ? "below" : "above"
            return "\(verb) \(many) at \(limit.told) or better, once a bar trades \(way) it."
        case .stop(let stop):
            let way = ticket.side == .buy ? "rises" : "falls"
            return "\(verb) \(many) once a bar \(way) to \(stop.told)."
        case .stopLimit(let stop, let limit):
            let way = ticket.side == .buy ? "rises" : "falls"
            return "\(verb) \(many) at \(limit.told) or better, once a bar \(way) to \(stop.told)."
        }
    }
}

extension OrderKind<Price> {
    /// What was asked for: "Buy 10 STK stop-limit order, stop 105.00, limit 106.00".
    func sentence(of side: OrderSide, _ quantity: Quantity, _ symbol: String) -> String {
        let name = String(type.rawValue.lowercased().map { $0 == "_" ? "-" : $0 })
        let prices = [("stop", stopPrice), ("limit", limitPrice)].compactMap { name, price in
            price.map { ", \(name) \($0.told)" }
        }
        return "\(side == .buy ? "Buy" : "Sell") \(quantity) \(symbol) \(name) order" + prices.joined()
    }

    /// What an exit of a bracket waits for.
    func sentence(closing quantity: Quantity, _ symbol: String) -> String {
        let way = stopPrice != nil ? "falls" : "rises", price = stopPrice ?? limitPrice
        return "Sells \(quantity) \(symbol) once a bar \(way) to \(price?.told ?? ""); the other exit goes then."
    }
}

extension OrderRefusal {
    /// Without figures.
    func sentence(_ symbol: String) -> String {
        switch self {
        case .noMarketPrice: "No price is stored that is new enough to trade \(symbol) at."
        case .minimumNotional: "It is worth less than an order has to be, \(TradingLimits.minimumNotional)."
        case .maximumOrderNotional: "It is worth more than one order may be."
        case .maximumPosition: "\(symbol) would make up too much of the account."
        case .minimumCash: "Too little cash would be left."
        case .insufficientCash: "There is not enough cash."
        case .insufficientPosition: "There is not enough \(symbol) to sell."
        case .wouldFillAtOnce: "The market is there already: a limit or stop like this would fill at once."
        case .bracketWrongSide: "The stop has to lie below the price of the purchase, and the target above it."
        case .tooManyOrders: "Too many orders rest already; cancel some first."
        case .amountTooLarge: "The amount is larger than an account can hold."
        case .symbolInactive: "\(symbol) is no longer traded here."
        case .otherCurrency: "\(symbol) is not priced in the currency of this account, so it cannot be bought."
        }
    }
}

extension Execution {
    /// - Parameter way: what the price is: "the close of 2024-05-31".
    func sentence(_ symbol: String, _ way: String) -> String {
        "\(side == .buy ? "Bought" : "Sold") \(quantity) \(symbol) at \(price.told), \(way)."
    }
}

extension FillReason {
    /// Which price of the bar it is.
    func words(_ bar: String) -> String {
        switch self {
        case .gap: "the open of \(bar), which was beyond it"
        case .limit: "its limit, which \(bar) traded through"
        case .stop: "its stop, which \(bar) reached"
        }
    }
}

extension RestingEvent.Kind {
    /// What a bar has done to an order.
    ///
    /// - Parameter bar: "the bar of 2024-05-31".
    func sentence(_ symbol: String, _ bar: String) -> String {
        switch self {
        case .filled(let execution, _, let reason): execution.sentence(symbol, reason.words(bar))
        case .triggered: "Its stop was reached by \(bar); it waits for its limit now."
        case .expired: "Its time was over by the end of \(bar)."
        case .cancelled: "What it was to sell went with \(bar)."
        case .refused(let reason, let price):
            "It should have filled at \(price.told) with \(bar). " + reason.sentence(symbol)
        }
    }
}
