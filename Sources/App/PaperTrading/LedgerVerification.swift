import JSON
import Market
public import Postgres
import Trading

/// Replays the executions and splits of paper accounts and compares what comes out with what is stored: `bitstockerz ledger verify`, and
/// once a day the maintenance.
public enum LedgerVerification {
    /// What came of it.
    public struct Report: Sendable {
        public fileprivate(set) var accounts = 0
        public fileprivate(set) var executions = 0
        /// The first row of each account that disagrees, in a sentence.
        public fileprivate(set) var faults: [String] = []
    }

    /// Faults that are told; of more only the accounts are counted.
    private static let maximumFaults = 100

    /// - Parameters:
    ///   - user: only the account of this one, an id; nil: all of them.
    ///   - pause: called between two accounts; what it throws ends the work.
    public static func verify(
        user: String? = nil, in db: inout Connection, pause: (inout Connection) throws -> Void = { _ in }
    ) throws -> Report {
        var report = Report()
        for id in try db.run(.paperAccountIDs(of: user)) {
            if report.accounts > 0 { try pause(&db) }
            let fault = try db.transaction(.repeatableReadReadOnly, opening: .ledgerAccount(id)) { db, account in
                try replay(account, &report, in: &db)
            }
            report.accounts += 1
            if let fault, report.faults.count < maximumFaults {
                report.faults.append("Account \(id): \(fault)")
            }
        }
        return report
    }

    /// - Returns: the first thing that is wrong.
    private static func replay(
        _ account: LedgerAccount, _ report: inout Report, in db: inout Connection
    ) throws -> String? {
        let (ended, rescalings) = try db.run(
            .endedLives(ofAccount: account.id), .ledgerRescalings(ofAccount: account.id))
        var replay = LedgerReplay(ended + [account.life], rescalings)
        var count = 0
        try db.each(.ledgerExecutions(ofAccount: account.id)) { execution in
            count += 1
            replay.enter(execution)
        }
        replay.end()
        report.executions += count
        var fault = replay.fault
        if fault == nil {
            fault = try db.run(.strayOrder(ofAccount: account.id)).map { "order \($0) and its executions disagree." }
        }
        if fault == nil {
            fault = try db.run(.miscountedOrders(ofAccount: account.id)).map {
                "it has \($0) orders more than it counts."
            }
        }
        if fault == nil {
            fault = try db.run(.overspentRunners(ofAccount: account.id)).map {
                "runners have more \($0) than the account has."
            }
        }
        if fault == nil {
            try db.each(.signedOrders(ofAccount: account.id)) { order in
                if fault == nil, !order.holds { fault = "the signature of order \(order.orderID) does not hold." }
            }
        }
        return fault
    }
}

/// One life of an account as it is stored.
struct LedgerLife: Sendable {
    let generation: Int
    let startingBalance: Money
    let cash: Money
    /// By the symbol's id; nil of a life that has ended, whose positions are gone.
    let holdings: [String: Holding]?
    /// All fees taken off; nil while it goes on.
    let realised: Money?
    let fees: Money?

    func disagreement(with ledger: Ledger) -> String? {
        if cash != ledger.cash {
            return "generation \(generation) has \(cash) of cash stored, and its executions come to \(ledger.cash)."
        }
        if let realised, realised != ledger.realised {
            return
                "generation \(generation) has realised \(realised) stored, and its executions come to \(ledger.realised)."
        }
        if let fees, fees != ledger.fees {
            return "generation \(generation) has fees of \(fees) stored, and its executions come to \(ledger.fees)."
        }
        guard let holdings, holdings != ledger.holdings else { return nil }
        let symbols = Set(holdings.keys).union(ledger.holdings.keys).sorted { (Int($0) ?? 0) < (Int($1) ?? 0) }
        let wrong = symbols.first { holdings[$0] != ledger.holdings[$0] } ?? ""
        func told(_ holding: Holding?) -> String { "\(holding?.quantity ?? .zero) for \(holding?.cost ?? .zero)" }
        return "the position of symbol \(wrong) is \(told(holdings[wrong])) stored, and its executions come to "
            + "\(told(ledger.holdings[wrong]))."
    }
}

private struct LedgerAccount: Sendable {
    let id: Int
    let life: LedgerLife

    init(_ row: inout RowReader) throws {
        id = try row.next()
        let generation: Int = try row.next(), balance: Money = try row.next(), cash: Money = try row.next()
        let symbols: [Int] = try row.next(), quantities: [String] = try row.next(), costs: [String] = try row.next()
        var holdings: [String: Holding] = [:]
        for (index, symbol) in symbols.enumerated() {
            guard let quantity = Quantity(quantities[index]), let cost = Money(costs[index]) else { continue }
            holdings[String(symbol)] = Holding(quantity: quantity, cost: cost)
        }
        life = LedgerLife(
            generation: generation, startingBalance: balance, cash: cash, holdings: holdings, realised: nil, fees: nil)
    }
}

struct LedgerExecution: Sendable {
    let id: String
    let generation: Int
    let sequence: Int
    let side: OrderSide
    let symbol: Int
    let quantity: Quantity
    let price: Price
    let notional: Money
    let fee: Money
    let profit: Money?

    func disagreement(entering ledger: inout Ledger) -> String? {
        let execution: Execution
        do throws(AmountError) {
            execution = try Execution(side, quantity, of: String(symbol), at: price, fee: fee)
        } catch { return "execution \(id) is worth more than an account can hold." }
        if execution.notional != notional {
            return
                "execution \(id) has a notional of \(notional) stored, and quantity times price is \(execution.notional)."
        }
        let profit: Money?
        do throws(LedgerError) { profit = try ledger.enter(execution) } catch {
            return "execution \(id) takes more than there was: \(error)."
        }
        guard profit != self.profit else { return nil }
        return "execution \(id) has a profit of \(self.profit?.description ?? "none") stored, and it comes to "
            + "\(profit?.description ?? "none")."
    }
}

extension Query {
    fileprivate static func paperAccountIDs(of user: String?) -> Query<[Int]> {
        .values("SELECT id FROM paper_accounts WHERE $1::uuid IS NULL OR user_id = $1::uuid ORDER BY id", user)
    }

    fileprivate static func ledgerAccount(_ id: Int) -> Query<LedgerAccount> {
        .one(
            """
            SELECT a.id, a.generation, a.starting_balance, a.cash_balance, held.symbols, held.quantities, held.costs
            FROM paper_accounts a CROSS JOIN LATERAL (
              SELECT coalesce(array_agg(symbol_id ORDER BY symbol_id), '{}') AS symbols,
                coalesce(array_agg(quantity::text ORDER BY symbol_id), '{}') AS quantities,
                coalesce(array_agg(cost_basis::text ORDER BY symbol_id), '{}') AS costs
              FROM positions p WHERE p.paper_account_id = a.id AND p.quantity > 0) held
            WHERE a.id = $1::int
            """, id, read: LedgerAccount.init)
    }

    /// What those that go on keep for themselves is a part of what the account has. Nil where it is.
    ///
    /// Of an account with a least fee the cash is not compared: a sale that brings less than its fee is paid by everybody.
    fileprivate static func overspentRunners(ofAccount id: Int) -> Query<String?> {
        .value(
            """
            SELECT CASE
                WHEN a.min_fee = 0 AND a.cash_balance < (
                  SELECT coalesce(sum(r.cash), 0) FROM paper_runners r
                  WHERE (r.paper_account_id, r.generation) = (a.id, a.generation) AND r.status <> 'STOPPED') THEN 'cash'
                ELSE (
                  SELECT 'of symbol ' || r.symbol_id FROM paper_runners r
                  WHERE (r.paper_account_id, r.generation) = (a.id, a.generation) AND r.status <> 'STOPPED'
                  GROUP BY r.symbol_id HAVING sum(r.quantity) > coalesce((
                    SELECT p.quantity FROM positions p WHERE (p.paper_account_id, p.symbol_id) = (a.id, r.symbol_id)), 0)
                  ORDER BY r.symbol_id LIMIT 1)
              END
            FROM paper_accounts a WHERE a.id = $1::int
            """, id)
    }

    fileprivate static func endedLives(ofAccount id: Int) -> Query<[LedgerLife]> {
        .all(
            """
            SELECT generation, starting_balance, cash_balance, realized_pnl, fees FROM paper_generations
            WHERE paper_account_id = $1::int ORDER BY generation
            """, id
        ) { row in
            LedgerLife(
                generation: try row.next(), startingBalance: try row.next(), cash: try row.next(), holdings: nil,
                realised: try row.next(), fees: try row.next())
        }
    }

    fileprivate static func ledgerExecutions(ofAccount id: Int) -> Query<[LedgerExecution]> {
        .all(
            """
            SELECT id, generation, sequence, side, symbol_id, quantity, price, notional, fee, realized_pnl FROM executions
            WHERE paper_account_id = $1::int ORDER BY generation, sequence
            """, id, read: inOrder(LedgerExecution.init))
    }

    /// How many orders there are beside those that are counted; nil where the count is right.
    fileprivate static func miscountedOrders(ofAccount id: Int) -> Query<Int?> {
        .value(
            """
            SELECT nullif((SELECT count(*) FROM orders o WHERE o.paper_account_id = a.id) - a.orders, 0)
            FROM paper_accounts a WHERE a.id = $1::int
            """, id)
    }

    /// An order that is filled without one execution of just its size and price, or has one without being filled.
    fileprivate static func strayOrder(ofAccount id: Int) -> Query<String?> {
        .first(
            """
            SELECT o.id FROM orders o LEFT JOIN LATERAL (
              SELECT count(*) AS count, min(e.quantity) AS quantity, min(e.price) AS price FROM executions e
              WHERE e.order_id = o.id) done ON true
            WHERE o.paper_account_id = $1::int AND CASE o.status
              WHEN 'FILLED' THEN done.count <> 1 OR done.quantity <> o.quantity OR done.price <> o.avg_fill_price
              ELSE done.count <> 0 END
            ORDER BY o.requested_at, o.id LIMIT 1
            """, id)
    }
}
