import JSON
import Market
import Postgres

/// `GET /api/trading/equity-curve`: what the account was worth after each fill, and once a day.
enum EquityPoints {
    private static let maximum = 5_000

    /// Enough for a small picture of the whole life: of the newest points each, of the days before them so many.
    private static let (newest, thinned) = (200, 300)

    fileprivate enum EquitySnapshotKind: String, CaseIterable, ColumnValue {
        case start, fill, day
    }

    struct Point: Sendable {
        let at: Instant
        fileprivate let kind: EquitySnapshotKind
        let equity: Money
        let cash: Money

        static let form = Form<Point>.object(
            "EquitySnapshot",
            [
                .member("at", .time, \.at), .member("kind", .choice(), \.kind),
                .member("equity", .money, \.equity), .member("cash", .money, \.cash),
            ])
    }

    static let form = Form<[Point]>.object("points", .list(of: Point.form)).named("PaperEquityCurve")
    private static let found = Answer(200, "The curve", form)

    static let route = Route(
        .get, "/api/trading/equity-curve", .signedIn(.read),
        "What the paper account was worth: at its beginning, after each fill and once a day; the newest \(maximum) points at the most, oldest first.",
        takes: .query(
            optional: "generation", Form<Int>.integer(1...Int(Int32.max)),
            "Which life of the account; default: this one"),
        answers: [found]
    ) { call, db, generation in
        try found(db.run(.equityPoints(of: call.userID(), generation, maximum)), capacity: 65_536)
    }

    /// The life of the account that runs now, in few points.
    static func outline(of userID: String, in db: inout Connection) throws -> [Point] {
        try db.run(.equityOutline(of: userID, newest, thinned))
    }
}

extension Query {
    /// Each life of an account, this one among them; `$1` is its user.
    private static var lives: String {
        """
        SELECT a.id, g.*, g.generation = a.generation AS is_running FROM paper_accounts a CROSS JOIN LATERAL (
          SELECT a.generation, a.generation_started_at AS started_at, a.starting_balance
          UNION ALL
          SELECT p.generation, p.started_at, p.starting_balance FROM paper_generations p
          WHERE p.paper_account_id = a.id) g
        WHERE a.user_id = $1::uuid
        """
    }

    private static var start: String {
        "SELECT started_at AS at, 'start' AS kind, starting_balance AS equity, starting_balance AS cash FROM account"
    }

    private static var stored: String {
        """
        SELECT p.at, p.kind, p.equity, p.cash FROM account JOIN paper_equity_points p
          ON (p.paper_account_id, p.generation) = (account.id, account.generation)
        """
    }

    fileprivate static func equityPoints(
        of userID: String, _ generation: Int?, _ maximum: Int
    ) -> Query<[EquityPoints.Point]> {
        .all(
            """
            WITH lives AS (\(lives)), account AS (
              SELECT * FROM lives WHERE CASE WHEN $2::int IS NULL THEN is_running ELSE generation = $2::int END)
            SELECT * FROM (
              \(start) UNION ALL SELECT * FROM (\(stored) ORDER BY p.at DESC LIMIT $3::int - 1) newest
            ) points ORDER BY at
            """, userID, generation, maximum, read: inOrder(EquityPoints.Point.init))
    }

    fileprivate static func equityOutline(
        of userID: String, _ newest: Int, _ thinned: Int
    ) -> Query<[EquityPoints.Point]> {
        .all(
            """
            WITH lives AS (\(lives)), account AS (SELECT * FROM lives WHERE is_running),
            newest AS MATERIALIZED (\(stored) ORDER BY p.at DESC LIMIT $2::int),
            days AS (
              SELECT *, row_number() OVER (ORDER BY at DESC) AS back, count(*) OVER () AS count
              FROM (\(stored) WHERE p.kind = 'day' AND p.at < (SELECT min(at) FROM newest)) older)
            SELECT * FROM (
              \(start) UNION ALL SELECT * FROM newest
              UNION ALL SELECT at, kind, equity, cash FROM days WHERE back % ceil(count / $3::numeric) = 0
            ) points ORDER BY at
            """, userID, newest, thinned, read: inOrder(EquityPoints.Point.init))
    }

    /// Notes what each account with a history is worth, once a day; one that cannot be valued is left out.
    static func notingDailyEquity() -> Query<Int> {
        .change(
            """
            INSERT INTO paper_equity_points (paper_account_id, generation, at, kind, equity, cash)
            SELECT a.id, a.generation, clock_timestamp(), 'day', a.cash_balance + held.value, a.cash_balance
            FROM paper_accounts a CROSS JOIN LATERAL (
              SELECT coalesce(sum(round(p.quantity * price.close, 2)), 0) AS value,
                count(*) = count(price.close) AS is_priced
              FROM positions p JOIN symbols s ON s.id = p.symbol_id \(MarketPrice.joined)
              WHERE p.paper_account_id = a.id AND p.quantity > 0) held
            WHERE a.is_active AND held.is_priced AND a.cash_balance + held.value < 10000000000000000
              AND EXISTS (SELECT FROM executions e
                WHERE e.paper_account_id = a.id AND e.generation = a.generation)
              AND NOT EXISTS (SELECT FROM paper_equity_points d
                WHERE d.paper_account_id = a.id AND d.generation = a.generation AND d.kind = 'day'
                  AND d.at >= date_trunc('day', now(), 'UTC'))
            ON CONFLICT DO NOTHING
            """)
    }
}
