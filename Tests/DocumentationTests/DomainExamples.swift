import Backtest
import BytesInMemory
import JSON
import Market
import PriceFiles
import Providers
import Quality
import Strategy
import System
import Testing
import Trading

@Suite struct DomainExamples {
    /// Daily bars that open and close at one price, from 95 to 101 and down again.
    private static func series(days: Int) -> CandleSeries {
        var series = CandleSeries()
        for day in 1...days {
            let price = Double(day % 7 + 95)
            series.append(
                time: Int64(day) * Timeframe.day.microseconds, open: price, high: price, low: price, close: price,
                volume: 1)
        }
        return series
    }

    private static let definition = StrategyDefinition(
        indicators: [], entry: [Condition(.price(.close), .equal, .literal(100))],
        exit: [Condition(.price(.close), .equal, .literal(97))], risk: .init(stopLossPercent: 5))

    @Test func `amounts`() throws {
        let cash = Money(cents: 1_000_000)
        let fee = try cash.share(Rate("0.0005")!)
        #expect(fee.description == "5.00")
        #expect(try cash - fee == Money("9995.00"))
        let open = Price("27.44")!
        #expect(try open.increased(by: Rate(basisPoints: "5")!) == Price("27.45372"))
        #expect(try Quantity(spending: Money(cents: 10_000), at: Price("3")!) == Quantity("33.33333333"))
        #expect(Price(nearest: 26.8912) == Price("26.8912"))
        #expect(Rate(basisPoints: "12.5") == Rate("0.00125"))
        #expect(TenThousandths(12.5)?.count == 125000)
        #expect(TenThousandths(0.00001) == nil)
    }

    @Test func `costs in doubles`() {
        let costs = Costs<DoubleNumbers>(slippage: 0.0005, commission: 0.001)
        let price = costs.purchasePrice(at: 100)
        #expect(price == 100.05)
        #expect(abs(costs.spent(on: 2, at: price) - 200.3001) < 1e-12)
    }

    @Test func `a ledger and its executions`() throws {
        let costs = Costs<ExactNumbers>(slippage: .zero, commission: Rate(basisPoints: "5")!)
        #expect(try Execution(.buy, Quantity("10")!, of: "AAPL", at: Price("27.44")!, costs).fee == Money("0.14"))
        var ledger = Ledger(startingBalance: Money(cents: 1_000_000))
        try ledger.enter(Execution(.buy, Quantity("10")!, of: "AAPL", at: Price("27.44")!, costs))
        #expect(ledger.holdings["AAPL"]!.cost == Money("274.40"))
    }

    @Test func `units in another scale`() {
        #expect(UnitScale(between: 3.9999, and: 4.0001) == UnitScale(4, for: 1))
        let units = Quantity("10")!.scaled(by: UnitScale(4, for: 1)!)
        #expect(units == Quantity("40"))
    }

    @Test func `currencies`() {
        #expect(Currency("USDT").isWorth(Currency("USD")) == true)
        #expect(Currency("BTC").isWorth(Currency("USD")) == false)
    }

    @Test func `fills`() {
        #expect(FillModel.level(open: 96, high: 103, low: 95, stop: 97, target: 110) == .stopAtOpen)
        #expect(FillModel.outcome(of: .limit(98), .buy, open: 100, high: 104, low: 97) == .fills(at: 98))
        #expect(OrderKind.stopLimit(stop: 105, limit: 106) != .limit(106))
    }

    @Test func `a ticket, and what would come of it`() {
        let wanted = {
            let ticket = OrderTicket(side: .buy, kind: .limit(Price("27.4")!), size: .quantity(Quantity("10")!))
            return ticket
        }
        let costs = Costs<ExactNumbers>(slippage: .zero, commission: .zero)
        let limits = TradingLimits(
            maximumOrderNotional: Money(cents: 25_000_00), maximumPosition: Rate("0.25")!, minimumCash: .zero,
            maximumResting: 200)
        let ticket = wanted(), standing = AccountStanding(cash: Money(cents: 10_000_00))
        let review = OrderReview(of: ticket, at: Price("27.44")!, for: standing, limits, costs)
        #expect(review.refusal == nil && review.quantity == Quantity("10") && review.cashAfter == Money("9726.00"))
    }

    @Test func `a run`() throws {
        let series = Self.series(days: 60)
        let definition = Self.definition
        let options = try SimulationOptions(slippageBasisPoints: 5, executionTiming: .nextOpen)
        let bars = try PreparedBars(series)
        let report = try Engine.run(definition, on: bars, options: options, periodsPerYear: 252)
        let preview = try Engine.preview(definition, on: bars)
        #expect(!report.trades.isEmpty && !preview.entries.isEmpty)
        #expect((report.metrics[.sharpe].value == nil) == (report.metrics[.sharpe].reason != nil))
        #expect(report.verdict(trials: 1, variance: 0.001, excessVariance: 0.001) == .insufficientSample)
    }

    @Test func `a run without an end, and its forecast`() throws {
        let series = Self.series(days: 90)
        let definition = Self.definition, first = 10
        let options = try SimulationOptions(executionTiming: .nextOpen)
        let bars = try ForwardBars(series)
        let forward = try Engine.follow(definition, on: bars, from: first, options: options, periodsPerYear: 252)
        let fill = forward.moves.last
        #expect(fill != nil && forward.equity.count == 80)
        #expect(forward.next == nil || forward.next == (fill?.side == .buy ? .sell : .buy))
        let report = try Engine.run(definition, on: PreparedBars(series), options: options, periodsPerYear: 252)
        let band = ForecastBand(equity: report.equity, initialEquity: 10_000, bars: 252, meanBlock: 10)
        let low = try #require(band?.low[0])
        #expect(low > 0.9 && low <= 1)
    }

    @Test func `bars`() {
        var bars = CandleSeries()
        bars.append(time: 0, open: 10, high: 12, low: 9, close: 11, volume: 500)
        bars.append(time: 86_400_000_000, open: 11, high: 10, low: 9, close: 9.5, volume: 400)
        #expect(bars.firstError()?.error == .highBelowBody)
    }

    @Test func `hours of exchanges`() {
        let start = CalendarDay("2024-03-01")!.start.microseconds
        let span = TradingHours(of: .equity, listedAt: "NYSE", TradingCalendar()).span(ofBar: start, .day)
        #expect(span == BarSpan(begin: Instant("2024-03-01T14:30:00Z")!, end: Instant("2024-03-01T21:00:00Z")!))
        let now = Instant("2024-03-02T12:00:00Z")!
        #expect(TradingCalendar().lastCompletedSession(at: now)?.day == CalendarDay("2024-03-01"))
    }

    @Test func `a file of prices`() throws {
        let text = "Date,Open,High,Low,Close,Volume\n2024-03-01,1,2,1,2,9\n2024-03-04,2,3,2,3,8\n"
        let source = BytesInMemory(Array(text.utf8))
        var count = 0
        let file = try PriceFile(source, name: "AAPL.csv", options: ReadingOptions())
        #expect(file.understood.timeframe == .day)
        let report = try file.read { bars in count += bars.count }
        #expect(count == 2 && report.refusedCount == 0)
    }

    @Test func `vendors`() {
        let provider = ProviderCatalog.provider(named: "binance")!
        #expect(provider.vendorSymbol("BTC-USDT", .crypto) == "BTCUSDT")
    }

    /// What asks a vendor is compiled and not called.
    private func fetch(
        _ provider: any PriceProvider, _ exchange: any ProviderExchange, from day: CalendarDay, now: Int64
    ) throws -> (CandleSeries, FetchEnd) {
        var all = CandleSeries()
        let request = FetchRequest("BTC-USDT", .crypto, .day, day.start.microseconds..<now, now: now)
        let end = try provider.fetch(request, by: exchange) { bars in all.append(bars) }
        return (all, end)
    }

    @Test func `soundness and freshness`() {
        var bars = Self.series(days: 1)
        bars.append(time: 3 * Timeframe.day.microseconds, open: 96, high: 96, low: 96, close: 96, volume: 1)
        let inspection = Inspection(of: bars, .crypto, .day, calendar: nil)
        #expect(inspection.expected == 3)
        #expect(inspection.missing == 1)
        let now = Instant(microseconds: 5 * Timeframe.day.microseconds)
        let freshness = Freshness(at: now, calendar: TradingCalendar())
        #expect(freshness.standing(ofLast: 0, .crypto, .day).behind == 3)
    }

    @Test func `a definition`() {
        let text = Array(
            #"""
            {"indicators": [{"id": "a", "type": "SMA", "params": {"period": 10}, "source": "close"},
              {"id": "b", "type": "RSI", "params": {"period": 14}, "source": "close"}],
             "entry": {"logic": "AND",
              "conditions": [{"left": {"indicator": "a"}, "op": "gt", "right": {"price": "close"}}]},
             "exit": {"logic": "AND",
              "conditions": [{"left": {"indicator": "b"}, "op": "gt", "right": {"literal": 70}}]},
             "risk": {"stop_loss": {"type": "percent", "value": 2}}}
            """#.utf8)
        let (definition, errors) = StrategyDefinition.read(bytes: text)
        #expect(errors.isEmpty, "\(errors)")
        let summary = definition?.summary
        #expect(summary == "Buy when SMA(10) is above the close. Sell when RSI(14) is above 70. Stop loss 2%.")
    }

    @Test func `resting orders`() throws {
        let costs = Costs<ExactNumbers>(slippage: .zero, commission: .zero)
        let ledger = Ledger(startingBalance: Money(cents: 1_000_000))
        let begin = Instant(microseconds: 0), span = BarSpan(begin: begin, end: Instant(microseconds: 86_400_000_000))
        let orders = [
            RestingOrder(
                id: "1", side: .buy, kind: .limit(Price("98")!), quantity: Quantity("10")!, isReduceOnly: false,
                role: .single, activeFrom: begin, expiresAt: nil, heldCash: Money("980.00")!)
        ]
        let bar = ExactBar(span: span, open: Price("100")!, high: Price("104")!, low: Price("97")!, close: Price("99")!)
        let bars = [bar]
        var events: [RestingEvent] = []
        var book = RestingBook(ledger, of: "AAPL", orders, costs)
        for bar in bars { events += book.see(bar) { UUID.random().text } }
        #expect(events.count == 1 && book.ledger.cash == Money("9020.00"))
    }
}
