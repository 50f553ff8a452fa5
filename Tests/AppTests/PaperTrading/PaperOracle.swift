/// Paper trading in one instrument, written a second time and as plainly as can be: whole cents, hundredths of units, lists
/// that are walked through. What the product does is held against it.
struct PaperOracle {
    enum Status: String {
        case pending = "PENDING", filled = "FILLED", cancelled = "CANCELLED", expired = "EXPIRED", rejected = "REJECTED"
    }

    struct Order {
        var isBuy: Bool
        var quantity: Int
        var limit: Int?
        var stop: Int?
        var stopLoss: Int?
        var takeProfit: Int?
        /// The place of the entry in the list, for an exit.
        var entry: Int?
        /// Sessions are numbered; the order meets those from this one on.
        var from: Int
        /// And none from this one on.
        var until: Int?
        var held = 0
        var isTriggered = false
        var status = Status.pending
        var price: Int?
        /// In the order of placing; exits of an entry that fills are placed then.
        var place = 0
    }

    let feeHundredthsOfBasisPoint: Int
    private(set) var startingBalance = 10_000_000
    private(set) var cash = 10_000_000
    private(set) var held = 0
    private(set) var cost = 0
    private(set) var realised = 0
    private(set) var orders: [Order] = []
    private(set) var close: Int
    /// Of the next bar.
    private(set) var session = 0

    init(close: Int, fee: Int) {
        self.close = close
        feeHundredthsOfBasisPoint = fee
    }

    private static func nearest(_ numerator: Int, _ denominator: Int) -> Int {
        let (quotient, rest) = numerator.quotientAndRemainder(dividingBy: denominator)
        return rest * 2 >= denominator ? quotient + 1 : quotient
    }

    func value(_ quantity: Int, _ price: Int) -> Int { Self.nearest(quantity * price, 100) }
    func fee(_ value: Int) -> Int { Self.nearest(value * feeHundredthsOfBasisPoint, 1_000_000) }
    var equity: Int { cash + value(held, close) }

    private var pending: [Int] { orders.indices.filter { orders[$0].status == .pending } }

    private func promised(without index: Int? = nil) -> Int {
        pending.filter { $0 != index }.reduce(0) { $0 + orders[$1].held }
    }

    private var promisedUnits: Int {
        var largest: [Int: Int] = [:]
        for index in pending where !orders[index].isBuy {
            largest[orders[index].entry ?? -index - 1] = orders[index].quantity
        }
        return largest.values.reduce(0, +)
    }

    /// Places an order, and gives its number.
    mutating func place(_ order: Order, isDay: Bool) -> Int {
        var order = order
        order.from = session
        order.until = isDay ? session + 1 : nil
        orders.append(order)
        let index = orders.count - 1
        orders[index].status = judged(index) ? .pending : .rejected
        guard orders[index].status == .pending else { return index }
        let isMarket = order.limit == nil && order.stop == nil
        if isMarket {
            fill(index, close)
        } else if order.isBuy {
            let value = value(order.quantity, order.limit ?? order.stop!)
            orders[index].held = value + fee(value)
        }
        return index
    }

    private func judged(_ index: Int) -> Bool {
        let order = orders[index], price = order.limit ?? order.stop ?? close, value = value(order.quantity, price)
        if order.isBuy {
            if let stop = order.stop {
                if close >= stop { return false }
            } else if let limit = order.limit, close <= limit {
                return false
            }
            if let loss = order.stopLoss, loss >= price { return false }
            if let target = order.takeProfit, target <= price { return false }
            let spent = value + fee(value)
            return value >= 100 && value <= 2_500_000 && spent <= cash - promised(without: index)
                && self.value(held + order.quantity, price) + promised(without: index) <= Self.nearest(equity, 4)
        }
        if let stop = order.stop {
            if close <= stop { return false }
        } else if let limit = order.limit, close >= limit {
            return false
        }
        let others = promisedUnits - order.quantity
        return order.quantity <= held - others && value <= 2_500_000 && (value >= 100 || order.quantity == held)
    }

    private mutating func fill(_ index: Int, _ price: Int) {
        let order = orders[index], quantity = order.entry == nil ? order.quantity : min(order.quantity, held)
        let value = value(quantity, price), fee = fee(value)
        if order.isBuy {
            guard value + fee <= cash - promised(without: index) else {
                orders[index].status = .rejected
                orders[index].held = 0
                return
            }
            cash -= value + fee
            (held, cost) = (held + quantity, cost + value)
            realised -= fee
        } else {
            let part = quantity == held ? cost : Self.nearest(cost * quantity, held)
            cash += value - fee
            (held, cost) = (held - quantity, cost - part)
            realised += value - part - fee
        }
        orders[index].status = .filled
        orders[index].price = price
        orders[index].held = 0
    }

    private mutating func exits(of index: Int, from: Int) {
        let entry = orders[index]
        if let loss = entry.stopLoss {
            orders.append(Order(isBuy: false, quantity: entry.quantity, stop: loss, entry: index, from: from))
        }
        if let target = entry.takeProfit {
            orders.append(Order(isBuy: false, quantity: entry.quantity, limit: target, entry: index, from: from))
        }
    }

    /// Exits of a market order that has just filled: they meet the next bar.
    mutating func armExits(of index: Int) { if orders[index].status == .filled { exits(of: index, from: session) } }

    mutating func cancel(_ index: Int) {
        guard orders[index].status == .pending else { return }
        orders[index].status = .cancelled
        orders[index].held = 0
    }

    mutating func reset() {
        for index in pending { cancel(index) }
        (cash, held, cost, realised, orders) = (startingBalance, 0, 0, 0, [])
    }

    mutating func see(open: Int, high: Int, low: Int, close: Int) {
        let now = session
        for index in pending where orders[index].from <= now {
            guard orders[index].status == .pending else { continue }
            let order = orders[index]
            if let entry = order.entry {
                let siblings = pending.filter { orders[$0].entry == entry && orders[$0].from <= now }
                let stop = siblings.first { orders[$0].stop != nil },
                    target = siblings.first { orders[$0].limit != nil }
                var done: (Int, Int)?
                if let stop, low <= orders[stop].stop! {
                    done = (stop, min(open, orders[stop].stop!))
                    // A bar that opens beyond the target has sold there before it fell.
                    if let target, open > orders[target].limit! { done = (target, open) }
                } else if let target, high >= orders[target].limit! {
                    done = (target, max(open, orders[target].limit!))
                }
                guard let done else { continue }
                fill(done.0, done.1)
                for sibling in siblings where sibling != done.0 { cancel(sibling) }
                continue
            }
            if let price = price(order, index, open, high, low) {
                fill(index, price)
                if orders[index].status == .filled { exits(of: index, from: now + 1) }
            }
        }
        self.close = close
        session += 1
        for index in pending where orders[index].until.map({ session >= $0 }) ?? false {
            orders[index].status = .expired
            orders[index].held = 0
        }
    }

    private mutating func price(_ order: Order, _ index: Int, _ open: Int, _ high: Int, _ low: Int) -> Int? {
        if let stop = order.stop, !order.isTriggered {
            guard order.isBuy ? high >= stop : low <= stop else { return nil }
            let reached = order.isBuy ? max(open, stop) : min(open, stop)
            guard let limit = order.limit else { return reached }
            if order.isBuy ? reached <= limit : reached >= limit { return reached }
            // Opened beyond both: the limit may still be traded through later in the bar.
            if order.isBuy ? open >= stop && low < limit : open <= stop && high > limit { return limit }
            orders[index].isTriggered = true
            return nil
        }
        guard let limit = order.limit else { return nil }
        guard order.isBuy ? low < limit : high > limit else { return nil }
        return order.isBuy ? min(open, limit) : max(open, limit)
    }
}
