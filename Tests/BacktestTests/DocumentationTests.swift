import Backtest
import Foundation
import JSON
import Market
import Strategy
import Testing
import Trading

/// The examples in the documentation of the domain's types, compiled; and nothing stands there as an example that does not
/// stand here.
@Suite struct DocumentationTests {
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
        let series = try prepared(closes: (1...60).map { Double($0 % 7 + 95) }).series
        let definition = strategy(stop: 5)
        let options = try SimulationOptions(slippageBasisPoints: 5, executionTiming: .nextOpen)
        let bars = try PreparedBars(series)
        let report = try Engine.run(definition, on: bars, options: options, periodsPerYear: 252)
        let preview = try Engine.preview(definition, on: bars)
        #expect(!report.trades.isEmpty && !preview.entries.isEmpty)
        #expect((report.metrics[.sharpe].value == nil) == (report.metrics[.sharpe].reason != nil))
        #expect(report.verdict(trials: 1, variance: 0.001, excessVariance: 0.001) == .insufficientSample)
    }

    @Test func `a run without an end, and its forecast`() throws {
        let series = try prepared(closes: (1...90).map { Double($0 % 7 + 95) }).series
        let definition = strategy(stop: 5), first = 10
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

    @Test func `every example is compiled here`() throws {
        let compiled = try String(contentsOfFile: #filePath, encoding: .utf8)
        let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../Sources")
        var examples = 0
        for target in ["Market", "Strategy", "Trading", "Backtest"] {
            let folder = sources.appending(path: target).standardizedFileURL
            let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
            for case let file as URL in try #require(files) where file.pathExtension == "swift" {
                for example in Self.examples(in: try String(contentsOf: file, encoding: .utf8)) {
                    examples += 1
                    #expect(compiled.contains(example), "\(file.lastPathComponent): \(example)")
                }
            }
        }
        #expect(examples > 15)
    }

    /// Lines of documentation that are indented after an empty one, without what is said of their results.
    private static func examples(in text: String) -> [String] {
        var lines: [String] = [], isExample = false
        var isAfterEmpty = false
        for line in text.split(separator: "\n").map({ $0.trimmingCharacters(in: .whitespaces) }) {
            isExample = line.hasPrefix("///     ") && (isExample || isAfterEmpty)
            isAfterEmpty = line == "///"
            guard isExample else { continue }
            let code = line.dropFirst(8).components(separatedBy: "   //")[0]
            lines.append(code.trimmingCharacters(in: .whitespaces))
        }
        return lines
    }
}
