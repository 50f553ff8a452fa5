import HTTP
import JSON
import Market
import Postgres
import Trading

/// `/api/trading/executions`: what was traded, and two files of it.
enum Executions {
    struct Row: Sendable {
        let id: String
        let orderID: String
        let symbol: String
        let side: OrderSide
        let quantity: Quantity
        let price: Price
        let notional: Money
        let fee: Money
        let profit: Money?
        let executedAt: Instant
        let priceAsOf: Instant
        let timeframe: Timeframe
        let barStart: Instant
        let revision: Int
        let generation: Int

        static let form = Form<Row>.object(
            "Execution",
            [
                .member("id", .uuid, \.id), .member("order_id", .uuid, \.orderID), .member("symbol", .text, \.symbol),
                .member("side", .choice(), \.side), .member("quantity", .quantity, \.quantity),
                .member("price", .price, \.price), .member("notional", .money, \.notional),
                .member("fee", .money, \.fee),
                .nullable(
                    "realized_pnl", Form<Money>.money.described("Of a sale, its fee not taken off"), \.profit),
                .member("executed_at", .time, \.executedAt), .member("price_as_of", .time, \.priceAsOf),
                .member("bar_interval", .choice(), \.timeframe),
                .member("bar_start", .barTime) { $0.timeframe.label($0.barStart.microseconds) },
                .member(
                    "bar_revision",
                    Form<Int>.integer.described("Of the series then; a bar corrected since undoes no fill"), \.revision),
                .member("generation", .integer, \.generation),
            ])

        static let columns = """
            e.id, e.order_id, s.symbol, e.side, e.quantity, e.price, e.notional, e.fee, e.realized_pnl, e.executed_at,
            e.price_as_of, e.bar_interval, e.bar_start, e.bar_revision, e.generation
            """
    }

    static let pageForm = Form<Page<Row>>.page(of: "executions", Row.form)
    private static let page = Answer(200, "A page", pageForm)

    static let list = Route(
        .get, "/api/trading/executions", .signedIn(.read), "Own fills since the last reset, newest first.",
        takes: .query(optional: "symbol", Form<String>.ticker, "Only of this symbol"), .window(), answers: [page]
    ) { call, db, symbol, window in
        try page(Page(window, db.run(.executions(of: call.userID(), symbol: symbol, window))))
    }

    static let file = csv(
        "executions", "Own fills, newest first, of all lives of the account.",
        [
            "executed_at", "symbol", "side", "quantity", "price", "notional", "fee", "realized_pnl", "price_as_of",
            "bar_interval", "bar_start", "order_id", "generation",
        ], of: { .allExecutions(of: $0) }
    ) { csv, row in
        csv.text(row.executedAt.description)
        csv.text(row.symbol)
        csv.text(row.side.rawValue)
        csv.decimal(row.quantity)
        csv.decimal(row.price)
        csv.decimal(row.notional)
        csv.decimal(row.fee)
        if let profit = row.profit { csv.decimal(profit) } else { csv.text("") }
        csv.text(row.priceAsOf.description)
        csv.text(row.timeframe.rawValue)
        csv.text(row.timeframe.label(row.barStart.microseconds))
        csv.text(row.orderID)
        csv.number(row.generation)
    }

    static let profits = csv(
        "realized-pnl",
        "What sales have brought above the cost of what was sold, by year of the sale (UTC) and symbol, of all lives of the account.",
        ["year", "symbol", "sales", "proceeds", "realized_pnl", "fees_of_sales"], of: { .profits(of: $0) }
    ) { csv, row in
        csv.number(row.year)
        csv.text(row.symbol)
        csv.number(row.sales)
        csv.decimal(row.proceeds)
        csv.decimal(row.profit)
        csv.decimal(row.fees)
    }

    private static func csv<Line>(
        _ name: String, _ about: String, _ header: [String], of lines: @escaping @Sendable (String) -> Query<[Line]>,
        write: @escaping @Sendable (inout CSVWriter, Line) -> Void
    ) -> Route {
        Route.streaming(
            .get, "/api/trading/\(name).csv", .signedIn(.read), about, takes: .nothing,
            answers: [PlainAnswer.file("The file", "text/csv")], limit: .exports
        ) { call, db, _, begin in
            let userID = try call.userID()
            guard let stream = begin(.file(.csv, "attachment; filename=\"paper-\(name).csv\"")) else { return }
            var csv = CSVWriter(header: header)
            try db.transaction(.repeatableReadReadOnly) { db in
                try db.each(lines(userID)) { line in
                    write(&csv, line)
                    csv.endRow()
                    try csv.sendPiece(to: stream)
                }
            }
            try csv.sendRest(to: stream)
        }
    }

    fileprivate struct Profit: Sendable {
        let year: Int
        let symbol: String
        let sales: Int
        let proceeds: Money
        let profit: Money
        let fees: Money
    }
}

extension Query {
    static func executions(of userID: String, symbol: String? = nil, _ window: Window) -> Query<[Executions.Row]> {
        let condition = symbol == nil ? "" : " AND e.symbol_id IN (SELECT id FROM symbols WHERE symbol = $4)"
        // See `orders(of:_:_:)`.
        return .all(
            """
            SELECT \(Executions.Row.columns) FROM paper_accounts a CROSS JOIN LATERAL (
                SELECT * FROM executions e
                WHERE e.paper_account_id = a.id AND e.generation = a.generation\(condition)
                ORDER BY e.sequence DESC LIMIT $2::int OFFSET $3::int) e
              JOIN symbols s ON s.id = e.symbol_id
            WHERE a.user_id = $1::uuid ORDER BY e.sequence DESC
            """, with: [userID, window.probe, window.offset] + (symbol.map { [$0] } ?? []),
            read: inOrder(Executions.Row.init))
    }

    fileprivate static func allExecutions(of userID: String) -> Query<[Executions.Row]> {
        .all(
            """
            SELECT \(Executions.Row.columns) FROM executions e JOIN symbols s ON s.id = e.symbol_id
            WHERE e.paper_account_id = (SELECT id FROM paper_accounts WHERE user_id = $1::uuid)
            ORDER BY e.generation DESC, e.sequence DESC
            """, userID, read: inOrder(Executions.Row.init))
    }

    fileprivate static func profits(of userID: String) -> Query<[Executions.Profit]> {
        .all(
            """
            SELECT extract(year FROM e.executed_at AT TIME ZONE 'UTC')::int AS year, s.symbol, count(*), sum(e.notional),
              sum(e.realized_pnl), sum(e.fee)
            FROM executions e JOIN symbols s ON s.id = e.symbol_id JOIN paper_accounts a ON a.id = e.paper_account_id
            WHERE a.user_id = $1::uuid AND e.side = 'SELL' GROUP BY year, s.symbol ORDER BY year, s.symbol
            """, userID, read: inOrder(Executions.Profit.init))
    }
}
