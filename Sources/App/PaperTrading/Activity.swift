import JSON
import Market
import Postgres
import Trading

/// `GET /api/trading/activity`: what happened on the account, in one list.
enum Activity {
    private enum ActivityKind: String, CaseIterable, ColumnValue {
        case order = "ORDER"
        case fill = "FILL"
        case rejected = "REJECTED"
        case cancelled = "CANCELLED"
        case expired = "EXPIRED"
        case reset = "RESET"
        case rescaled = "RESCALED"
    }

    fileprivate struct Entry: Sendable {
        let at: Instant
        private let kind: ActivityKind
        private let detail: String
        let symbol: String?
        let orderID: String?
        let amount: Money?
        let fee: Money?

        static let form = Form<Entry>.object(
            "ActivityEntry",
            [
                .member("at", .time, \.at), .member("kind", .choice(), \.kind),
                .member("text", .text, \.detail), .nullable("symbol", .text, \.symbol),
                .nullable("order_id", .uuid, \.orderID),
                .nullable(
                    "amount", Form<Money>.money.described("What it moved of the cash, its fee included"), \.amount),
                .nullable("fee", Form<Money>.money.described("Of a fill; part of the amount"), \.fee),
            ])

        init(_ row: inout RowReader) throws {
            (at, kind, symbol, orderID) = (try row.next(), try row.next(), try row.next(), try row.next())
            (amount, fee) = (try row.next(), try row.next())
            let told = try row.next(String?.self), side = try row.next(OrderSide?.self)
            let quantity = try row.next(Quantity?.self), type = try row.next(OrderType?.self)
            let stop = try row.next(Price?.self), limit = try row.next(Price?.self)
            let asked = type.flatMap { OrderKind($0, limit: limit, stop: stop) }
            if let side, let quantity, let symbol, let asked {
                detail = asked.sentence(of: side, quantity, symbol)
            } else {
                detail = told ?? ""
            }
        }
    }

    private static let page = Answer(200, "A page", .page(of: "activity", Entry.form))

    static let route = Route(
        .get, "/api/trading/activity", .signedIn(.read),
        "Orders, fills with their fees, what was refused, cancelled or has expired, splits of what was held, and resets, newest first, of all lives of the account.",
        takes: .window(), answers: [page]
    ) { call, db, window in try page(Page(window, db.run(.activity(of: call.userID(), window)))) }
}

extension Query {
    /// Each of the lists is cut before anything is joined, so that an index has it in its order.
    fileprivate static func activity(of userID: String, _ window: Window) -> Query<[Activity.Entry]> {
        .all(
            """
            WITH account AS (SELECT id FROM paper_accounts WHERE user_id = $1::uuid), happened AS (
              (SELECT o.requested_at AS at, 'ORDER' AS kind, s.symbol, o.id, NULL::numeric AS amount, NULL::numeric AS fee,
                 NULL AS told, o.side, o.quantity, o.order_type, o.stop_price, o.limit_price
               FROM account CROSS JOIN LATERAL (
                 SELECT * FROM orders o
                 WHERE o.paper_account_id = account.id AND o.order_type <> 'MARKET' AND o.status <> 'REJECTED'
                 ORDER BY o.requested_at DESC LIMIT $2::int + $3::int) o JOIN symbols s ON s.id = o.symbol_id)
              UNION ALL
              (SELECT o.at, CASE o.status WHEN 'FILLED' THEN 'FILL' ELSE o.status END, s.symbol, o.id,
                 CASE e.side WHEN 'BUY' THEN -e.notional ELSE e.notional END - e.fee, e.fee,
                 o.detail, NULL, NULL, NULL, NULL, NULL
               FROM account CROSS JOIN LATERAL (
                 SELECT *, coalesce(o.ended_at, o.filled_at, o.requested_at) AS at FROM orders o
                 WHERE o.paper_account_id = account.id AND o.status <> 'PENDING'
                 ORDER BY coalesce(o.ended_at, o.filled_at, o.requested_at) DESC LIMIT $2::int + $3::int) o
                 JOIN symbols s ON s.id = o.symbol_id LEFT JOIN executions e ON e.order_id = o.id)
              UNION ALL
              (SELECT g.ended_at, 'RESET', NULL, NULL, NULL, NULL, 'The account was begun anew', NULL, NULL, NULL, NULL, NULL
               FROM paper_generations g JOIN account ON account.id = g.paper_account_id
               ORDER BY g.ended_at DESC LIMIT $2::int + $3::int)
              UNION ALL
              (SELECT r.rescaled_at, 'RESCALED', s.symbol, NULL, NULL, NULL, r.detail, NULL, NULL, NULL, NULL, NULL
               FROM position_rescalings r JOIN account ON account.id = r.paper_account_id JOIN symbols s ON s.id = r.symbol_id
               ORDER BY r.rescaled_at DESC LIMIT $2::int + $3::int))
            SELECT * FROM happened ORDER BY at DESC, kind, id LIMIT $2::int OFFSET $3::int
            """, userID, window.probe, window.offset, read: Activity.Entry.init)
    }
}
