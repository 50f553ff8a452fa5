import HTTP
import System

/// `GET /api/paper-account`.
enum PaperAccount {
    static let route = Route(
        method: .get, path: "/api/paper-account", access: .signedIn(.read),
        about: "The simulated money of the signed-in user.",
        answers: [
            .init(
                status: 200, about: "The account",
                schema: .object([
                    ("id", .integer()), ("base_currency", .text), ("starting_balance", .money),
                    ("cash_balance", .money),
                    ("created_at", .time),
                ]))
        ],
        handler: .database { call, db in
            let userID = try call.userID()
            // Every sign-up makes one; a user who has none all the same gets it now.
            try db.ensurePaperAccount(of: userID)
            let rows = try db.query(
                """
                SELECT id, base_currency, starting_balance, cash_balance, created_at FROM paper_accounts
                WHERE user_id = $1::uuid
                """, [.text(userID)])
            let id = try rows.int(0, 0), currency = try rows.string(0, 1)
            let start = try rows.string(0, 2), cash = try rows.string(0, 3)
            let created = SystemClock.timestamp(try rows.microseconds(0, 4))
            return .json { json in
                json.object { json in
                    json.member("id", id)
                    json.member("base_currency", currency)
                    json.member("starting_balance", start)
                    json.member("cash_balance", cash)
                    json.member("created_at", created)
                }
            }
        })
}
