import JSON
import Market
import Postgres
import TestSupport
import Testing
import Trading

@testable import App

/// Orders that end while somebody else is about to end them otherwise: money moves with one of the two, or not at all.
@Suite struct EndedOrderTests {
    private static let ticket: Object = ["quantity": "10", "order_type": "LIMIT", "limit_price": "95"]

    /// Fills of whatever rests, as a bar that traded through 95 has them.
    private static func fills(_ desk: TradingDesk, _ account: LockedAccount) throws -> [RestingFill] {
        let symbol = try desk.db.run(Query<Int>.value("SELECT id FROM symbols WHERE symbol = 'STK'"))
        return try desk.db.run(.restingOrders(ofAccount: account.id, symbol: symbol)).map { order in
            let execution = try Execution(
                .buy, order.quantity, of: String(symbol), at: Price("95")!, account.costs)
            let move = NewExecution(
                orderID: order.id, account: account, symbolID: symbol, execution: execution, profit: nil,
                priceAsOf: order.activeFrom, timeframe: .day, barStart: order.activeFrom.microseconds, revision: 1)
            return RestingFill(execution: move, detail: "Bought.")
        }
    }

    @Test func `an order that has ended meanwhile gets no execution, and nor does any beside it`() throws {
        let desk = try TradingDesk()
        let orders = try (0..<2).map { _ in try desk.order("BUY", Self.ticket) }
        let account = try desk.db.run(.lockingPaperAccount(1)), fills = try Self.fills(desk, account)
        let symbol = fills[0].execution.symbolID
        #expect(fills.count == 2)
        try desk.db.script(
            """
            UPDATE orders SET status = 'EXPIRED', held_cash = 0, ended_at = now()
            WHERE id = '\(orders[1]["id"]?.stringValue ?? "")'
            """)
        let refusals = [
            #expect(throws: PostgresError.self) {
                try desk.db.transaction { db in _ = try db.run([.filling(fills, of: account, symbol, .day)]) }
            },
            #expect(throws: PostgresError.self) {
                _ = try desk.db.run(.ending(fills[1].execution.orderID, .cancelled, "Cancelled."))
            },
        ]
        #expect(refusals.map { $0?.code } == [.serializationFailure, .serializationFailure], "they are tried anew")
        #expect(try desk.rows("/api/trading/executions", "executions").isEmpty)
        #expect(try desk.shown(orders[0])["status"] == "PENDING")
        try desk.db.transaction { db in _ = try db.run([.filling([fills[0]], of: account, symbol, .day)]) }
        #expect(try desk.rows("/api/trading/executions", "executions").count == 1)
        // And one that is filled is not filled once more, whoever tries.
        let refusal = #expect(throws: PostgresError.self) {
            _ = try desk.db.run(.inserting(fills[0].execution))
        }
        #expect(refusal?.code == .uniqueViolation(constraint: "executions_order_key"))
    }

    @Test func `the round of a day leaves the orders of an account that somebody is at`() throws {
        let desk = try TradingDesk()
        let order = try desk.order("BUY", Self.ticket)
        try desk.db.script("UPDATE orders SET active_from = expires_at")
        var other = try desk.installation.database.connect()
        try other.transaction { other in
            _ = try other.run(.lockingPaperAccount(1))
            try desk.sweep()
            #expect(try desk.shown(order)["status"] == "PENDING")
        }
        try desk.sweep()
        #expect(try desk.shown(order)["status"] == "EXPIRED")
        let told = try desk.installation.events().last { $0.type.hasPrefix("order.") }
        #expect(told?.type == "order.expired" && told?.payload["order_id"] == order["id"])
        #expect(try LedgerVerification.verify(in: &desk.db).faults == [])
    }
}
