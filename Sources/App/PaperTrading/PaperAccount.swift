import HTTP
import JSON
import Market
import Postgres

/// `/api/paper-account`: the simulated money of a user, and what trading with it costs.
enum PaperAccount {
    static let standardBalance = Money(cents: 100_000_00)

    private static let found = Answer(200, "The account", Row.form)

    static let route = Route(
        .get, "/api/paper-account", .signedIn(.read), "The simulated money of the signed-in user.", answers: [found]
    ) { call, db in
        try found(db.paperAccount(of: call.userID()))
    }

    static let update = Route(
        .patch, "/api/paper-account", .signedIn(.trade),
        "Changes what fills cost from now on; what is left out stays. What was filled before stays as it is.",
        takes: Field<Fees>.group(
            Field<Rate?>.body(
                optional: "fee_bps", .basisPoints(0...500), "Of the notional, in hundredths of a percent"),
            Field<Money?>.body(
                optional: "min_fee", .amount(.zero...Money(cents: 1_000_00)), "What a fill costs at least")
        ) { Fees(rate: $1, minimum: $2) }, answers: [found], errors: [.tradingAccountInactive]
    ) { call, db, fees in
        let userID = try call.userID()
        _ = try db.paperAccount(of: userID)
        let account = try db.transaction(opening: .lockingPaperAccount(of: userID)) { db, account in
            guard let account = try account?.checked(in: &db) else { throw Problem(.unauthorized) }
            let changed = try db.run(.changing(fees, ofAccount: account.id), .paperAccount(of: userID)).1
            try call.audit(
                .feesChanged,
                [
                    "fee_bps": .string(changed.feeRate.description),
                    "min_fee": .string(changed.minimumFee.description),
                ], in: &db)
            return changed
        }
        return found(account)
    }

    /// Nil stays.
    fileprivate struct Fees: Sendable {
        let rate: Rate?
        let minimum: Money?
    }

    struct Row: Sendable {
        let id: Int
        let baseCurrency: String
        let startingBalance: Money
        let cashBalance: Money
        let createdAt: Instant
        let generation: Int
        let generationStartedAt: Instant
        let feeRate: Rate
        let minimumFee: Money

        static let form = Form<Row>.object(
            "PaperAccount",
            [
                .member("id", .integer, \.id), .member("base_currency", .text, \.baseCurrency),
                .member("starting_balance", .money, \.startingBalance), .member("cash_balance", .money, \.cashBalance),
                .member("created_at", .time, \.createdAt),
                .member(
                    "generation", Form<Int>.integer.described("Raised by every reset"), \.generation),
                .member("generation_started_at", .time, \.generationStartedAt),
                .member("fee_bps", .basisPoints(0...500), \.feeRate), .member("min_fee", .money, \.minimumFee),
            ])

        fileprivate static let columns = """
            id, base_currency, starting_balance, cash_balance, created_at, generation, generation_started_at, fee_bps,
            min_fee
            """

        fileprivate init(_ row: inout RowReader) throws {
            (id, baseCurrency) = (try row.next(), try row.next())
            (startingBalance, cashBalance, createdAt) = (try row.next(), try row.next(), try row.next())
            (generation, generationStartedAt) = (try row.next(), try row.next())
            (feeRate, minimumFee) = (try row.next(BasisPoints.self).rate, try row.next())
        }
    }
}

/// A rate as the database keeps it.
struct BasisPoints: ColumnValue {
    let rate: Rate

    init(_ column: borrowing Column) throws(PostgresError) {
        guard let rate = Rate(basisPoints: try column.text()) else { throw column.mismatch("basis points") }
        self.rate = rate
    }
}

extension Connection {
    /// Every sign-up makes one; a user who has none all the same gets it now.
    mutating func paperAccount(of userID: String) throws -> PaperAccount.Row {
        try run(.ensuringPaperAccount(of: userID), .paperAccount(of: userID)).1
    }
}

extension Query {
    static func paperAccount(of userID: String) -> Query<PaperAccount.Row> {
        .one(
            "SELECT \(PaperAccount.Row.columns) FROM paper_accounts WHERE user_id = $1::uuid", userID,
            read: PaperAccount.Row.init)
    }

    /// Makes a user's paper account unless there is one.
    static func ensuringPaperAccount(of userID: String) -> Query<Int> {
        .change(
            """
            INSERT INTO paper_accounts (user_id, name, starting_balance, cash_balance)
            VALUES ($1::uuid, 'Paper', $2::numeric, $2::numeric) ON CONFLICT (user_id) DO NOTHING
            """, userID, PaperAccount.standardBalance)
    }

    fileprivate static func changing(_ fees: PaperAccount.Fees, ofAccount id: Int) -> Query<Int> {
        .change(
            """
            UPDATE paper_accounts SET fee_bps = coalesce($2::numeric * 10000, fee_bps),
              min_fee = coalesce($3::numeric, min_fee), updated_at = now()
            WHERE id = $1::int
            """, id, fees.rate, fees.minimum)
    }
}
