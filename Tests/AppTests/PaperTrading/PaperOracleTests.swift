import Foundation
import JSON
import Market
import Postgres
import SeededNumbers
import TestSupport
import Testing

@testable import App

/// Made-up days of a trader, each step held against ``PaperOracle``.
@Suite struct PaperOracleTests {
    private static func cents(_ number: Int) -> String { Money(cents: Int64(number)).description }

    private static func plain(_ text: String?) -> String? { text.flatMap { Price($0) }?.description }

    /// How many there are: `make bench` has time for more.
    private static let sequences = ProcessInfo.processInfo.environment["PAPER_SEQUENCES"].flatMap(UInt64.init) ?? 12
    /// So many share a trader, one after the other: to make a database takes longer than a sequence does.
    private static let shift: UInt64 = 12

    @Test(arguments: Array(stride(from: 1, through: sequences, by: Int(shift))))
    func `orders, bars, cancels and resets come to what a plain ledger comes to`(_ first: UInt64) throws {
        let desk = try TradingDesk()
        for seed in first...min(first + Self.shift - 1, Self.sequences) {
            // Each begins as the first does, so that it can be run by itself.
            if seed > first {
                try desk.next((open: 100, high: 101, low: 99, close: 100))
                _ = try desk.browser.send("POST", "/api/trading/reset", ["confirm": "RESET"])
            }
            guard try holds(seed, at: desk) else {
                Issue.record("sequence \(seed) comes to something else")
                return
            }
        }
    }

    private func holds(_ seed: UInt64, at desk: TradingDesk) throws -> Bool {
        var random = SplitMix(seed: seed)
        let fee = [0, 0, 500, 1_250][Int.random(in: 0..<4, using: &random)]
        _ = try desk.browser.send(
            "PATCH", "/api/paper-account", ["fee_bps": .number(Number(Double(fee) / 100))])
        var oracle = PaperOracle(close: 10_000, fee: fee)
        var ids: [Int: String] = [:]
        for _ in 0..<40 {
            switch Int.random(in: 0..<20, using: &random) {
            case 0..<9: try place(&oracle, &ids, desk, &random)
            case 9..<17:
                let open = max(1_000, oracle.close + Int.random(in: -500...500, using: &random))
                let close = max(1_000, open + Int.random(in: -400...400, using: &random))
                let high = max(open, close) + Int.random(in: 0...300, using: &random)
                let low = min(open, close) - Int.random(in: 0...300, using: &random)
                oracle.see(open: open, high: high, low: low, close: close)
                try desk.next(
                    (
                        open: Double(open) / 100, high: Double(high) / 100, low: Double(low) / 100,
                        close: Double(close) / 100
                    ))
            case 17..<19:
                guard let (index, id) = ids.sorted(by: { $0.key < $1.key }).randomElement(using: &random) else {
                    continue
                }
                let isPending = oracle.orders[index].status == .pending
                let isCancelled = oracle.orders[index].status == .cancelled
                oracle.cancel(index)
                let answer = try desk.browser.send("DELETE", "/api/trading/orders/\(id)")
                #expect(answer.status == (isPending || isCancelled ? 200 : 409), "\(answer.text)")
            default:
                oracle.reset()
                ids = [:]
                _ = try desk.browser.send("POST", "/api/trading/reset", ["confirm": "RESET"])
            }
            // What comes after a first difference says nothing.
            guard try isSame(oracle, &ids, desk) else { return false }
        }
        try desk.verify()
        return true
    }

    private func place(
        _ oracle: inout PaperOracle, _ ids: inout [Int: String], _ desk: TradingDesk, _ random: inout SplitMix
    ) throws {
        func near(_ spread: ClosedRange<Int>) -> Int { max(100, oracle.close + Int.random(in: spread, using: &random)) }
        let isBuy = Int.random(in: 0..<3, using: &random) > 0
        let quantity = Int.random(in: 1...20_000, using: &random)
        var order = PaperOracle.Order(
            isBuy: isBuy, quantity: isBuy ? quantity : min(quantity, max(1, oracle.held)), from: 0)
        var ticket: Object = ["quantity": .string(Self.cents(order.quantity))]
        let isDay = Int.random(in: 0..<4, using: &random) == 0
        switch Int.random(in: 0..<4, using: &random) {
        case 0: break
        case 1:
            order.limit = near(isBuy ? -600...50 : -50...600)
            ticket["order_type"] = "LIMIT"
        case 2:
            order.stop = near(isBuy ? -50...600 : -600...50)
            ticket["order_type"] = "STOP"
        default:
            order.stop = near(isBuy ? -50...600 : -600...50)
            order.limit = order.stop! + Int.random(in: -200...200, using: &random)
            ticket["order_type"] = "STOP_LIMIT"
        }
        if let limit = order.limit { ticket["limit_price"] = .string(Self.cents(limit)) }
        if let stop = order.stop { ticket["stop_price"] = .string(Self.cents(stop)) }
        if isDay { ticket["time_in_force"] = "DAY" }
        if isBuy, Bool.random(using: &random) {
            let price = order.limit ?? order.stop ?? oracle.close
            order.stopLoss = max(1, price - Int.random(in: -5...600, using: &random))
            ticket["stop_loss"] = .string(Self.cents(order.stopLoss!))
        }
        if isBuy, Bool.random(using: &random) {
            let price = order.limit ?? order.stop ?? oracle.close
            order.takeProfit = price + Int.random(in: -5...600, using: &random)
            ticket["take_profit"] = .string(Self.cents(order.takeProfit!))
        }
        let index = oracle.place(order, isDay: isDay)
        let answer = try desk.order(isBuy ? "BUY" : "SELL", ticket)
        ids[index] = answer["id"]?.stringValue
        if order.limit == nil, order.stop == nil { oracle.armExits(of: index) }
    }

    private func isSame(_ oracle: PaperOracle, _ ids: inout [Int: String], _ desk: TradingDesk) throws -> Bool {
        let orders = try desk.rows("/api/trading/orders?limit=100", "orders")
        // Exits have ids that only the product knows: by their entry and price.
        for (index, order) in oracle.orders.enumerated() where ids[index] == nil {
            let exit = orders.first {
                $0["entry_order_id"]?.stringValue == order.entry.flatMap { ids[$0] }
                    && ($0["role"] == "STOP_LOSS") == (order.stop != nil)
            }
            ids[index] = exit?["id"]?.stringValue
        }
        var isSame = orders.count == oracle.orders.count
        #expect(isSame)
        for (index, order) in oracle.orders.enumerated() {
            let shown = orders.first { $0["id"]?.stringValue == ids[index] } ?? [:]
            let price = order.price.flatMap { Price(Self.cents($0)) }?.inFull
            let found = ["status", "avg_fill_price", "held_cash"].map { shown[$0]?.stringValue }
            let expected = [order.status.rawValue, price, Self.cents(order.held)]
            #expect(found == expected, "\(order): \(shown["detail"] ?? "")")
            isSame = isSame && found == expected
        }
        let summary = try desk.get("/api/trading/portfolio-summary")
        let found = ["cash_balance", "total_equity", "realized_pnl_total"].map { summary[$0]?.stringValue }
        let expected = [oracle.cash, oracle.equity, oracle.realised].map(Self.cents)
        #expect(found == expected)
        return isSame && found == expected
    }
}
