import Market
import Testing
import Trading

@Suite struct RestingBookTests {
    private static let costs = Costs<ExactNumbers>(slippage: .zero, commission: Rate(basisPoints: "10")!)

    /// Daily bars since 2024-01-01, of a coin.
    private static func bar(_ day: Int, _ open: String, _ high: String, _ low: String, _ close: String) -> ExactBar {
        let begin = moment(day)
        return ExactBar(
            span: BarSpan(begin: begin, end: moment(day + 1)), open: Price(open)!, high: Price(high)!, low: Price(low)!,
            close: Price(close)!)
    }

    private static func moment(_ day: Int) -> Instant {
        Instant(microseconds: CalendarDay("2024-01-01")!.start.microseconds + Int64(day) * 86_400_000_000)
    }

    private static func book(
        cash: Int64 = 1_000_00, held: Holding = Holding(), elsewhere: Money = .zero, _ orders: [RestingOrder]
    ) -> RestingBook {
        let holdings = held.quantity == .zero ? [:] : ["C": held]
        return RestingBook(
            Ledger(cash: Money(cents: cash), holdings: holdings), of: "C", orders, promisedElsewhere: elsewhere, costs)
    }

    private static func purchase(
        _ id: String, _ limit: String, held: Int64, role: RestingOrder.Role = .single, until: Int? = nil
    ) -> RestingOrder {
        RestingOrder(
            id: id, side: .buy, kind: .limit(Price(limit)!), quantity: Quantity("5")!, role: role,
            activeFrom: moment(0),
            expiresAt: until.map(moment), heldCash: Money(cents: held))
    }

    @Test func `a fill pays price and fee, and leaves the book`() throws {
        var book = Self.book([Self.purchase("a", "100", held: 500_50)])
        #expect(book.see(Self.bar(0, "101", "102", "100", "101")) { "" }.isEmpty, "a touch")
        let events = book.see(Self.bar(1, "101", "102", "99", "100")) { "" }
        guard case .filled(let execution, nil, .limit) = events.first?.kind else {
            Issue.record("\(events)")
            return
        }
        #expect(execution.price == Price("100") && execution.fee == Money("0.50"))
        #expect(book.ledger.cash == Money("499.50") && book.orders.isEmpty)
    }

    @Test func `a bar before the order, and one after its end, do nothing`() {
        var early = Self.book([Self.purchase("a", "100", held: 0)])
        #expect(early.see(Self.bar(-1, "90", "91", "80", "90")) { "" }.isEmpty)
        var late = Self.book([Self.purchase("a", "100", held: 0, until: 1)])
        #expect(late.see(Self.bar(1, "90", "91", "80", "90")) { "" }.map(\.kind) == [.expired])
        #expect(late.ledger.cash == Money("1000.00"))
    }

    @Test func `the last bar of an order fills it, or ends it`() {
        func events(low: String) -> [RestingEvent.Kind] {
            var book = Self.book([Self.purchase("a", "100", held: 500_50, until: 2)])
            let first = book.see(Self.bar(0, "101", "102", "101", "101")) { "" }
            return (first + book.see(Self.bar(1, "101", "102", low, "101")) { "" }).map(\.kind)
        }
        #expect(events(low: "100") == [.expired])
        guard case .filled(_, nil, .limit) = events(low: "99").first, events(low: "99").count == 1 else {
            Issue.record("it was not filled")
            return
        }
    }

    @Test func `a day ends no order that its last hour may still fill`() {
        let hour: Int64 = 3_600_000_000
        let late = Instant(microseconds: Self.moment(1).microseconds - hour)
        func order() -> RestingOrder {
            RestingOrder(
                id: "a", side: .buy, kind: .limit(Price("100")!), quantity: Quantity("5")!, activeFrom: late,
                expiresAt: Self.moment(1))
        }
        func lastHour(_ low: String) -> ExactBar {
            ExactBar(
                span: BarSpan(begin: late, end: Self.moment(1)), open: Price("101")!, high: Price("102")!,
                low: Price(low)!, close: Price("101")!)
        }
        var book = Self.book([order()])
        #expect(book.see(Self.bar(0, "101", "102", "90", "101")) { "" }.isEmpty)
        #expect(book.see(lastHour("101")) { "" }.map(\.kind) == [.expired])
        book = Self.book([order()])
        _ = book.see(Self.bar(0, "101", "102", "90", "101")) { "" }
        #expect(book.see(lastHour("90")) { "" }.count == 1 && book.ledger.cash == Money("499.50"))
    }

    @Test func `an order with bars to meet that may still come meets none behind them, and does not expire by one`() {
        let orders = [Self.purchase("a", "100", held: 0, until: 1), Self.purchase("b", "90", held: 0, until: 2)]
        func book(awaiting day: Int?) -> RestingBook {
            RestingBook(
                Ledger(startingBalance: Money("1000.00")!), of: "C", orders, Self.costs,
                awaitingBarsBefore: day.map(Self.moment))
        }
        let bar = Self.bar(1, "101", "102", "95", "101")
        var patient = book(awaiting: 1)
        #expect(patient.see(bar) { "" }.isEmpty && patient.orders == orders)
        // What begins before is no later bar, and whoever has met all of them waits for nobody.
        #expect(patient.see(Self.bar(0, "99", "99", "98", "99")) { "" }.map(\.orderID) == ["a"])
        #expect(patient.see(bar) { "" }.map(\.kind) == [.expired])
        var hasty = book(awaiting: nil)
        #expect(hasty.see(bar) { "" }.map(\.orderID) == ["a", "b"])
    }

    @Test func `what has expired keeps nothing back from an order that is looked at before it`() {
        let stop = RestingOrder(
            id: "a", side: .buy, kind: .stop(Price("110")!), quantity: Quantity("5")!, activeFrom: Self.moment(0),
            heldCash: Money(cents: 550_55))
        var book = Self.book([stop, Self.purchase("b", "100", held: 400_00, until: 1)])
        let events = book.see(Self.bar(1, "150", "151", "150", "150")) { "" }
        #expect(events.map(\.orderID) == ["b", "a"] && book.ledger.cash == Money("249.25"))
    }

    @Test(arguments: [
        // What others have been promised, and the gap; whether the purchase can be paid.
        (Int64(0), "150", true), (400_00, "150", false), (249_26, "150", false), (249_25, "150", true),
    ])
    func `what a gap makes dearer is paid out of what nobody else was promised`(
        _ elsewhere: Int64, _ open: String, _ isPaid: Bool
    ) {
        let stop = RestingOrder(
            id: "a", side: .buy, kind: .stop(Price("110")!), quantity: Quantity("5")!, activeFrom: Self.moment(0),
            heldCash: Money("550.55")!)
        var book = Self.book(elsewhere: Money(cents: elsewhere), [stop])
        let events = book.see(Self.bar(0, open, "160", "140", "150")) { "" }
        #expect(events.count == 1)
        guard case .refused(.insufficientCash, let price) = events[0].kind else {
            #expect(isPaid, "\(events)")
            return
        }
        #expect(!isPaid && price == Price("150") && book.ledger.cash == Money("1000.00"))
    }

    @Test func `the exits of an entry come with it, and only meet the next bar`() {
        let bracket = Bracket(stopLoss: Price("90")!, takeProfit: Price("120")!)
        var book = Self.book([Self.purchase("entry", "100", held: 500_50, role: .entry(bracket))])
        var ids = ["stop", "target"].makeIterator()
        #expect(book.see(Self.bar(0, "101", "130", "80", "100")) { ids.next() ?? "" }.count == 1)
        #expect(book.orders.map(\.id) == ["stop", "target"])
        let events = book.see(Self.bar(1, "100", "125", "85", "100")) { "" }
        #expect(events.map(\.orderID) == ["stop", "target"] && events.last?.kind == .cancelled)
        guard case .filled(let execution, let profit?, .stop) = events[0].kind else {
            Issue.record("\(events)")
            return
        }
        #expect(execution.price == Price("90") && profit == Money("-50.00"))
        #expect(book.ledger.holdings.isEmpty && book.orders.isEmpty)
    }

    @Test(arguments: [
        (("121", "122", "110", "111"), "121", FillReason.gap), (("100", "120", "99", "111"), "120", .limit),
        (("89", "90", "80", "85"), "89", .gap), (("100", "101", "90", "95"), "90", .stop),
    ])
    func `exits fill as a backtest's do`(
        _ prices: (String, String, String, String), _ price: String, _ reason: FillReason
    ) {
        let exits = ["90", "120"].enumerated().map { index, price in
            RestingOrder(
                id: price, side: .sell, kind: index == 0 ? .stop(Price(price)!) : .limit(Price(price)!),
                quantity: Quantity("5")!, isReduceOnly: true, role: .exit(of: "e"), activeFrom: Self.moment(0))
        }
        var book = Self.book(held: Holding(quantity: Quantity("5")!, cost: Money("500.00")!), exits)
        let events = book.see(Self.bar(0, prices.0, prices.1, prices.2, prices.3)) { "" }
        guard case .filled(let execution, _, let found) = events.first?.kind else {
            Issue.record("\(events)")
            return
        }
        #expect(execution.price == Price(price) && found == reason && events.count == 2)
    }

    @Test func `an exit that is refused leaves the other, and one with nothing to close takes it along`() {
        func exits() -> [RestingOrder] {
            [("stop", OrderKind<Price>.stop(Price("90")!)), ("target", .limit(Price("120")!))].map { id, kind in
                RestingOrder(
                    id: id, side: .sell, kind: kind, quantity: Quantity("5")!, isReduceOnly: true, role: .exit(of: "e"),
                    activeFrom: Self.moment(0))
            }
        }
        // Nothing is left in cash, and the least fee is more than the sale brings at the stop.
        let costs = Costs<ExactNumbers>(slippage: .zero, commission: .zero, minimumCommission: Money("500.00")!)
        let held = Holding(quantity: Quantity("5")!, cost: Money("500.00")!)
        var book = RestingBook(Ledger(cash: .zero, holdings: ["C": held]), of: "C", exits(), costs)
        let refused = book.see(Self.bar(0, "100", "101", "80", "85")) { "" }
        #expect(refused.map(\.kind) == [.refused(.insufficientCash, at: Price("90")!)])
        #expect(book.orders.map(\.id) == ["target"] && book.ledger.holdings["C"] == held)
        let filled = book.see(Self.bar(1, "110", "125", "109", "120")) { "" }
        #expect(filled.map(\.orderID) == ["target"] && book.ledger.cash == Money("100.00"))
        var idle = Self.book(exits())
        #expect(idle.see(Self.bar(0, "100", "101", "80", "85")) { "" }.map(\.kind) == [.cancelled, .cancelled])
    }

    @Test func `what reduces sells what is left, and goes when nothing is`() {
        func sale(_ id: String) -> RestingOrder {
            RestingOrder(
                id: id, side: .sell, kind: .limit(Price("110")!), quantity: Quantity("5")!, isReduceOnly: true,
                activeFrom: Self.moment(0))
        }
        var book = Self.book(held: Holding(quantity: Quantity("3")!, cost: Money("300.00")!), [sale("a"), sale("b")])
        let events = book.see(Self.bar(0, "111", "112", "110", "111")) { "" }
        guard case .filled(let execution, let profit, .gap) = events.first?.kind else {
            Issue.record("\(events)")
            return
        }
        #expect(execution.quantity == Quantity("3") && profit == Money("33.00"))
        #expect(events.last?.orderID == "b" && events.last?.kind == .cancelled)
    }

    @Test func `a stop-limit becomes a limit once its stop is reached`() {
        let order = RestingOrder(
            id: "a", side: .buy, kind: .stopLimit(stop: Price("105")!, limit: Price("106")!), quantity: Quantity("1")!,
            activeFrom: Self.moment(0))
        var book = Self.book([order])
        #expect(book.see(Self.bar(0, "107", "108", "106", "107")) { "" }.map(\.kind) == [.triggered])
        #expect(book.orders.first?.kind == .limit(Price("106")!))
        var other = book
        #expect(book.see(Self.bar(1, "107", "108", "105", "106")) { "" }.count == 1)
        #expect(other.see(Self.bar(1, "107", "108", "106", "107")) { "" }.isEmpty)
    }

    @Test(.timeLimit(.minutes(1))) func `a bar meets very many orders in time that is linear in them`() {
        // Quadratic work, and this test would not end within its bound.
        let count = 50_000
        let exits = (0..<count).flatMap { number in
            RestingBook.exits(
                of: "e\(number)", Bracket(stopLoss: Price("90")!, takeProfit: Price("120")!), Quantity("1")!,
                activeFrom: Self.moment(0)
            ) { "x\(number)\(UInt64.random(in: 0 ... .max))" }
        }
        let purchases = (0..<count).map { Self.purchase("p\($0)", "1", held: 1) }
        var book = Self.book(
            held: Holding(quantity: Quantity("50000")!, cost: Money("5000000.00")!), exits + purchases)
        let events = book.see(Self.bar(0, "100", "125", "85", "100")) { "" }
        #expect(events.count == 2 * count && book.orders.count == count)
        #expect(book.ledger.holdings.isEmpty)
    }
}
