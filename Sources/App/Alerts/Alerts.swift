import HTTP
import JSON
import Market
import Postgres

/// `/api/alerts`: what a user wants to be told of.
enum Alerts {
    static let maximumOfUser = 200

    private static let all = Answer(200, "The alerts", Form<[AlertRow]>.object("alerts", .list(of: AlertRow.form)))

    static let list = Route(
        .get, "/api/alerts", .signedIn(.read), "What the user wants to be told of, newest first.", answers: [all]
    ) { call, db in try all(db.run(.alerts(of: call.userID())), capacity: 4_096) }

    private static let found = Answer(200, "The alert", Form<AlertRow>.object("alert", AlertRow.form))

    static let create = Route(
        .post, "/api/alerts", .signedIn(.research),
        """
        Sets an alert: for a price, told once by the first bar that reaches it, or for an event of the account, told each \
        time. One that is there already is armed again.
        """,
        takes: AlertForm.field, answers: [found], errors: [.quotaExceeded]
    ) { call, db, form in
        let userID = try call.userID()
        let alert = try db.transaction(
            opening: .lockingCaller(userID), .alertCount(of: userID)
        ) { db, _, count in
            let symbol = try form.symbol.map { ticker in
                guard let id = try db.run(.activeSymbol(ticker)) else { throw Problem.unknownSymbol(ticker) }
                return id
            }
            let (set, alert) = try db.run(
                .setting(form, symbol: symbol, for: userID, isRoom: count < maximumOfUser),
                .alert(like: form, symbol: symbol, of: userID))
            guard set == 1, let alert else {
                throw Problem(.quotaExceeded, "You have \(count) alerts, which is the most one account can have.")
            }
            return alert
        }
        return found(alert)
    }

    static let arm = Route(
        .post, "/api/alerts/{id}/arm", .signedIn(.research),
        "Arms an alert for a price again: only bars that are not stored yet can reach it.", takes: .id(.alert),
        answers: [found]
    ) { call, db, id in
        let userID = try call.userID()
        guard let alert = try db.run(.arming(id, of: userID), .alert(id, of: userID)).1 else {
            throw Thing.alert.missing(id)
        }
        return found(alert)
    }

    private static let removed = PlainAnswer.nothing("Removed")

    static let remove = Route(
        .delete, "/api/alerts/{id}", .signedIn(.research), "Removes an alert; what it told stays.",
        takes: .id(.alert), answers: [removed]
    ) { call, db, id in
        guard try db.run(.removingAlert(id, of: call.userID())) == 1 else { throw Thing.alert.missing(id) }
        return .noContent
    }
}

/// An alert as it is wished for.
struct AlertForm: Sendable {
    let kind: AlertKind
    let symbol: String?
    let level: Price?

    static let field = Field<AlertForm>.group(
        .body("kind", Form<AlertKind>.choice().example("price_above"), "What to be told of"),
        .body(optional: "symbol", Form<String>.ticker, "Of a price: whose"),
        .body(optional: "level", Form<Price>.wanted.example("150"), "Of a price: which a bar has to reach"), make: make)

    private static func make(
        _ reader: inout FieldReader, _ kind: AlertKind, _ symbol: String?, _ level: Price?
    ) -> AlertForm? {
        for (name, isThere) in [("symbol", symbol != nil), ("level", level != nil)] where isThere != kind.isOfPrice {
            if kind.isOfPrice {
                reader.miss(name, .body)
            } else {
                reader.mistakes.add(name, "NOT_ALLOWED", "\(kind.rawValue) is of the account: it has no \(name).")
            }
        }
        return reader.mistakes.isEmpty ? AlertForm(kind: kind, symbol: symbol, level: level) : nil
    }
}

struct AlertRow: Sendable {
    let id: String
    /// One of a later release stays to be seen and removed.
    fileprivate let kind: ToldWord<AlertKind>
    fileprivate let symbol: String?
    fileprivate let level: Price?
    fileprivate let isArmed: Bool
    fileprivate let createdAt: Instant
    fileprivate let firedAt: Instant?

    static let form = Form<AlertRow>.object(
        "Alert",
        [
            .member("id", .uuid, \.id), .member("kind", .told(), \.kind), .nullable("symbol", .text, \.symbol),
            .nullable("level", .price, \.level),
            .member(
                "is_armed",
                Form<Bool>.flag.described(
                    "False once its price was told, and after a split, which made it a price of before"), \.isArmed),
            .member("created_at", .time, \.createdAt), .nullable("fired_at", .time, \.firedAt),
        ])

    fileprivate static let columns = "a.id, a.kind, s.symbol, a.level, a.is_armed, a.created_at, a.fired_at"
    fileprivate static let tables = "alerts a LEFT JOIN symbols s ON s.id = a.symbol_id"
}

extension Query {
    fileprivate static func alerts(of userID: String) -> Query<[AlertRow]> {
        .all(
            """
            SELECT \(AlertRow.columns) FROM \(AlertRow.tables) WHERE a.user_id = $1::uuid
            ORDER BY a.created_at DESC, a.id
            """, userID, read: inOrder(AlertRow.init))
    }

    fileprivate static func alert(_ id: String, of userID: String) -> Query<AlertRow?> {
        .first(
            "SELECT \(AlertRow.columns) FROM \(AlertRow.tables) WHERE a.id = $1::uuid AND a.user_id = $2::uuid", id,
            userID, read: inOrder(AlertRow.init))
    }

    fileprivate static func alert(like form: AlertForm, symbol: Int?, of userID: String) -> Query<AlertRow?> {
        .first(
            """
            SELECT \(AlertRow.columns) FROM \(AlertRow.tables)
            WHERE a.user_id = $1::uuid AND a.kind = $2 AND a.symbol_id IS NOT DISTINCT FROM $3::int
              AND a.level IS NOT DISTINCT FROM $4::numeric
            """, userID, form.kind, symbol, form.level, read: inOrder(AlertRow.init))
    }

    fileprivate static func alertCount(of userID: String) -> Query<Int> {
        .value("SELECT count(*) FROM alerts WHERE user_id = $1::uuid", userID)
    }

    fileprivate static func activeSymbol(_ ticker: String) -> Query<Int?> {
        .first("SELECT id FROM symbols WHERE symbol = $1 AND is_active", ticker)
    }

    /// SQL for the end of the newest bar of a symbol: what is stored by now nobody has to be told. Where there is none, the
    /// present.
    private static func newestEnd(_ symbol: String) -> String {
        """
        (SELECT coalesce(max(coalesce(b.trades_until, b.last)
             + CASE b.interval WHEN '1h' THEN interval '1 hour' ELSE interval '1 day' END), clock_timestamp()) FROM bar_series b WHERE b.symbol_id = \(symbol) AND b.count > 0)
        """
    }

    /// - Parameter isRoom: whether one more may be added; one that is there is armed in any case.
    fileprivate static func setting(_ form: AlertForm, symbol: Int?, for userID: String, isRoom: Bool) -> Query<Int> {
        .change(
            """
            INSERT INTO alerts AS a (user_id, kind, symbol_id, level, seen_until)
            SELECT $1::uuid, $2, $3::int, $4::numeric, CASE WHEN $3::int IS NOT NULL THEN \(newestEnd("$3::int")) END
            WHERE $5::boolean OR EXISTS (
              SELECT FROM alerts o WHERE o.user_id = $1::uuid AND o.kind = $2
                AND o.symbol_id IS NOT DISTINCT FROM $3::int AND o.level IS NOT DISTINCT FROM $4::numeric)
            ON CONFLICT ON CONSTRAINT alerts_rule_key DO UPDATE SET is_armed = true,
              seen_until = CASE WHEN a.is_armed THEN a.seen_until ELSE excluded.seen_until END
            """, userID, form.kind, symbol, form.level, isRoom)
    }

    /// One that is armed goes on as it is.
    fileprivate static func arming(_ id: String, of userID: String) -> Query<Int> {
        .change(
            """
            UPDATE alerts SET is_armed = true, seen_until = \(newestEnd("alerts.symbol_id"))
            WHERE id = $1::uuid AND user_id = $2::uuid AND NOT is_armed
            """, id, userID)
    }

    fileprivate static func removingAlert(_ id: String, of userID: String) -> Query<Int> {
        .change("DELETE FROM alerts WHERE id = $1::uuid AND user_id = $2::uuid", id, userID)
    }
}
