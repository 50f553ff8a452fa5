import Market
import Postgres

/// The daily look at orders that rest: ends what no bar can fill any more, and what has long been over although none came to
/// say so; and queues a look at bars wherever one may have been missed.
enum SweepOrders {
    /// - Parameters:
    ///   - log: is told of each order that ends.
    ///   - pause: called between two accounts; what it throws ends the work.
    /// - Throws: ``AuditError``, at the end, where the trail of an account does not hold.
    static func sweep(
        _ log: AuditLog, in db: inout Connection, pause: (inout Connection) throws -> Void = { _ in }
    ) throws {
        var firstError: AuditError?
        try db.run(.queueingMissedLooks())
        for account in try db.run(.accountsWithEndedOrders()) {
            try pause(&db)
            do { try expire(account, log, in: &db) } catch let error as AuditError {
                // Its chain does not hold, which is told: the orders are over all the same.
                firstError = firstError ?? error
                try expire(account, nil, in: &db)
            }
        }
        if let firstError { throw firstError }
    }

    /// Whoever lets bars fill orders has the account locked: it has its turn in the next round.
    private static func expire(_ account: Int, _ log: AuditLog?, in db: inout Connection) throws {
        try db.transaction(opening: .lockingPaperAccountIfFree(account)) { db, account in
            guard let account else { return }
            let ended = try db.run(.expiringOrders(ofAccount: account.id))
            try log?.tell(ended.map { (.orderExpired, $0.auditPayload) }, of: account.userID, in: &db)
        }
    }
}

extension Query {
    /// SQL: of an order that rests, whether no bar can fill it any more, or has for long enough.
    private static var isOver: String {
        """
        (active_from >= expires_at OR expires_at < now() - interval '7 days'
          AND requested_at < now() - CASE time_in_force
            WHEN 'DAY' THEN interval '14 days' ELSE interval '\(MarketClock.restingDays + 7) days' END)
        """
    }

    fileprivate static func accountsWithEndedOrders() -> Query<[Int]> {
        .values(
            "SELECT DISTINCT paper_account_id FROM orders WHERE status = 'PENDING' AND \(isOver) ORDER BY paper_account_id"
        )
    }

    /// - Returns: those that it ends, as they were.
    fileprivate static func expiringOrders(ofAccount id: Int) -> Query<[OrderRow]> {
        .all(
            """
            WITH ended AS (
              UPDATE orders SET status = 'EXPIRED', held_cash = 0, ended_at = clock_timestamp(),
                detail = 'Its time was over, and no bar had come that filled it.'
              WHERE paper_account_id = $1::int AND status = 'PENDING' AND \(isOver) RETURNING id)
            SELECT \(OrderRow.columns) FROM \(OrderRow.tables) WHERE o.id IN (SELECT id FROM ended)
            ORDER BY o.requested_at, o.id
            """, id, read: OrderRow.init)
    }

    fileprivate static func queueingMissedLooks() -> Query<Int> {
        .change(
            FillOrders.queueing(
                """
                JOIN orders o ON o.symbol_id = b.symbol_id AND o.status = 'PENDING'
                WHERE b.count > 0 AND b.last >= o.active_from - interval '1 day'
                """))
    }
}
