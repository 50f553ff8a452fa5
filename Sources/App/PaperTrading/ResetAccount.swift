import HTTP
import JSON
import Market
import Postgres

/// `POST /api/trading/reset`: ends a life of the account and begins another. What was stays readable.
enum ResetAccount {
    private enum ResetConfirmation: String, CaseIterable { case reset = "RESET" }

    /// So many lives an account may have: each stays readable.
    private static let maximumLives = 1_000

    private static let done = Answer(200, "The account as it begins anew", PaperAccount.Row.form)

    static let route = Route(
        .post, "/api/trading/reset", .signedIn(.trade),
        "Begins the paper account anew: what rests is cancelled, what is held goes, and what was stays readable as an earlier generation.",
        takes: .body("confirm", Form<ResetConfirmation>.choice(), "To be sure"),
        .body(
            "starting_balance", .amount(Money(cents: 1_000_00)...Money(cents: 10_000_000_00)),
            default: PaperAccount.standardBalance, "Cash to begin with"),
        .body(
            optional: "generation", Form<Int>.integer(1...Int(Int32.max)),
            "The one that is to end: sent again after a lost answer, it answers the account that has begun, and resets nothing"
        ),
        answers: [done], errors: [.conflict, .quotaExceeded, .tradingAccountInactive]
    ) { call, db, _, balance, ending in
        let userID = try call.userID()
        _ = try db.run(.ensuringPaperAccount(of: userID))
        let account = try db.transaction(opening: .lockingPaperAccount(of: userID)) { db, account in
            guard let account = try account?.checked(in: &db) else { throw Problem(.unauthorized) }
            if let ending, ending != account.generation {
                let present = try db.run(.paperAccount(of: userID))
                guard account.generation == ending + 1, present.startingBalance == balance else {
                    throw Problem(
                        .conflict,
                        "The account is in generation \(account.generation) by now, and not in \(ending).")
                }
                return present
            }
            guard account.generation < maximumLives else {
                throw Problem(
                    .quotaExceeded,
                    "This account has been begun \(maximumLives) times, which is as often as an account can be.")
            }
            for symbol in try db.run(.restingSymbols(ofAccount: account.id)) {
                _ = try UnmetBars.meetStored(of: symbol, account, isLast: true, call.configuration, in: &db)
            }
            // From here on nothing moves it; the prices are of this moment.
            let portfolio = try db.portfolioWithinTransaction(of: userID, call.configuration)
            let ended = try db.run(
                .archiving(portfolio),
                .cancellingOrders(ofAccount: account.id, "Cancelled by the reset of the account."),
                .emptying(account: account.id), .beginning(account: account.id, with: balance),
                .paperAccount(of: userID)
            )
            let (_, _, _, _, begun) = ended
            try call.audit(
                .accountReset,
                [
                    "generation": .number(Number(begun.generation)),
                    "starting_balance": .string(begun.startingBalance.description),
                ], in: &db)
            return begun
        }
        return done(account)
    }

    fileprivate struct Generation: Sendable {
        let generation: Int
        let startedAt: Instant
        let endedAt: Instant?
        let startingBalance: Money
        let finalEquity: Money?
        let profits: Money
        let fees: Money
        let orders: Int

        static let form = Form<Generation>.object(
            "Generation",
            [
                .member("generation", .integer, \.generation), .member("started_at", .time, \.startedAt),
                .nullable("ended_at", Form<Instant>.time.described("Null: it goes on"), \.endedAt),
                .member("starting_balance", .money, \.startingBalance),
                .nullable(
                    "final_equity",
                    Form<Money>.money.described("At its end; null where a price was missing, and before it"),
                    \.finalEquity),
                .member("realized_pnl", Form<Money>.money.described("All fees taken off"), \.profits),
                .member("fees", .money, \.fees), .member("orders", .integer, \.orders),
            ])
    }

    private static let listed = Answer(
        200, "Lives of the account",
        Form<[Generation]>.object("generations", .list(of: Generation.form)).named("Generations"))

    static let generations = Route(
        .get, "/api/trading/generations", .signedIn(.read),
        "Lives of the paper account, \(maximumLives) at the most, newest first; the first of them goes on.",
        answers: [listed]
    ) { call, db in try listed(db.run(.generations(of: call.userID()))) }
}

extension Query {
    fileprivate static func archiving(_ portfolio: Portfolio) -> Query<Int> {
        let account = portfolio.account
        return .change(
            """
            INSERT INTO paper_generations (paper_account_id, generation, starting_balance, cash_balance, equity,
              realized_pnl, fees, orders, started_at, ended_at)
            SELECT $1::int, $2::int, $3::numeric, $4::numeric, $5::numeric, $6::numeric - $7::numeric, $7::numeric,
              (SELECT count(*) FROM orders WHERE paper_account_id = $1::int AND generation = $2::int),
              $8::timestamptz, clock_timestamp()
            """, account.id, account.generation, account.startingBalance, account.cashBalance, portfolio.equity,
            portfolio.profits, portfolio.fees, account.generationStartedAt)
    }

    /// What rests is cancelled.
    static func cancellingOrders(ofAccount id: Int, _ detail: String) -> Query<Int> {
        .change(
            """
            UPDATE orders SET status = 'CANCELLED', detail = $2, held_cash = 0, ended_at = clock_timestamp()
            WHERE paper_account_id = $1::int AND status = 'PENDING'
            """, id, detail)
    }

    /// For which something rests.
    fileprivate static func restingSymbols(ofAccount id: Int) -> Query<[Int]> {
        .values(
            """
            SELECT DISTINCT symbol_id FROM orders WHERE paper_account_id = $1::int AND status = 'PENDING' ORDER BY symbol_id
            """, id)
    }

    fileprivate static func emptying(account id: Int) -> Query<Int> {
        .change("DELETE FROM positions WHERE paper_account_id = $1::int", id)
    }

    fileprivate static func beginning(account id: Int, with balance: Money) -> Query<Int> {
        .change(
            """
            UPDATE paper_accounts SET generation = generation + 1, starting_balance = $2::numeric,
              cash_balance = $2::numeric, generation_started_at = clock_timestamp(), updated_at = now()
            WHERE id = $1::int
            """, id, balance)
    }

    fileprivate static func generations(of userID: String) -> Query<[ResetAccount.Generation]> {
        .all(
            """
            SELECT a.generation, a.generation_started_at, NULL::timestamptz, a.starting_balance, NULL::numeric,
              past.profits - past.fees, past.fees,
              (SELECT count(*) FROM orders o WHERE o.paper_account_id = a.id AND o.generation = a.generation)
            FROM paper_accounts a CROSS JOIN LATERAL (
              SELECT coalesce(sum(realized_pnl), 0) AS profits, coalesce(sum(fee), 0) AS fees FROM executions e
              WHERE e.paper_account_id = a.id AND e.generation = a.generation) past
            WHERE a.user_id = $1::uuid
            UNION ALL
            SELECT g.generation, g.started_at, g.ended_at, g.starting_balance, g.equity, g.realized_pnl, g.fees, g.orders
            FROM paper_generations g JOIN paper_accounts a ON a.id = g.paper_account_id WHERE a.user_id = $1::uuid
            ORDER BY 1 DESC
            """, userID, read: inOrder(ResetAccount.Generation.init))
    }
}
