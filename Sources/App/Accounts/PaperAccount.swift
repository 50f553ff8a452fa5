import Market
import Postgres

/// `GET /api/paper-account`.
enum PaperAccount {
    private static let found = Answer(200, "The account", Row.form)

    static let route = Route(
        .get, "/api/paper-account", .signedIn(.read), "The simulated money of the signed-in user.", answers: [found]
    ) { call, db in
        try found(db.paperAccount(of: call.userID()))
    }

    struct Row: Sendable {
        let id: Int
        let baseCurrency: String
        let startingBalance: String
        let cashBalance: String
        let createdAt: Instant

        static let form = Form<Row>.object(
            "PaperAccount",
            [
                .member("id", .integer, \.id), .member("base_currency", .text, \.baseCurrency),
                .member("starting_balance", .money, \.startingBalance), .member("cash_balance", .money, \.cashBalance),
                .member("created_at", .time, \.createdAt),
            ])

        fileprivate static let columns = "id, base_currency, starting_balance, cash_balance, created_at"

        fileprivate init(_ row: inout RowReader) throws {
            (id, baseCurrency) = (try row.next(), try row.next())
            (startingBalance, cashBalance, createdAt) = (try row.next(), try row.next(), try row.next())
        }
    }
}

extension Connection {
    /// Every sign-up makes one; a user who has none all the same gets it now.
    mutating func paperAccount(of userID: String) throws -> PaperAccount.Row {
        try run(.ensuringPaperAccount(of: userID), .paperAccount(of: userID)).1
    }
}

extension Query {
    fileprivate static func paperAccount(
        of userID: String
    ) -> Query<PaperAccount.Row> where Output == PaperAccount.Row {
        .one(
            "SELECT \(PaperAccount.Row.columns) FROM paper_accounts WHERE user_id = $1::uuid", userID,
            read: PaperAccount.Row.init)
    }

    /// Makes a user's paper account unless there is one.
    static func ensuringPaperAccount(of userID: String) -> Query<Int> where Output == Int {
        .change(
            """
            INSERT INTO paper_accounts (user_id, name, starting_balance, cash_balance)
            VALUES ($1::uuid, 'Paper', 100000.00, 100000.00) ON CONFLICT (user_id) DO NOTHING
            """, userID)
    }
}
