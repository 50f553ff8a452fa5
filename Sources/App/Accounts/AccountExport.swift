import HTTP
import JSON
import Postgres

/// `GET /api/me/export`: everything a user made, as one JSON document. Trades and equity points of backtests are their
/// own exports, which it names.
enum AccountExport {
    static let route = Route.streaming(
        .get, "/api/me/export", .session(),
        "Everything the user made, as one download. Trades and equity curves have exports of their own.",
        answer: StreamedAnswer(about: "A JSON document", schema: .type("object")),
        head: ["Content-Disposition": "attachment; filename=\"bitstockerz-account.json\""], limit: .exports
    ) { call, db, stream in
        let userID = try call.userID()
        try call.audit(.userExported, in: &db)
        try db.transaction(.repeatableReadReadOnly) { db in
            var document = DocumentWriter(stream)
            try document.write(#"{"format":"bitstockerz.account.1""#)
            for section in sections {
                try document.write(",\"\(section.name)\":")
                try section.write(userID, in: &db, to: &document)
            }
            try document.write("}")
            try document.flush()
        }
    }

    /// Gathers what is written into pieces worth sending.
    private struct DocumentWriter {
        private static let pieceBytes = 32 << 10
        private let stream: any BodyStream
        private var piece: [UInt8] = []

        init(_ stream: any BodyStream) { self.stream = stream }

        mutating func write(_ text: String) throws { try write(Array(text.utf8)[...]) }

        mutating func write(_ bytes: ArraySlice<UInt8>) throws {
            piece += bytes
            if piece.count >= Self.pieceBytes { try flush() }
        }

        mutating func flush() throws {
            try stream.write(piece)
            piece.removeAll(keepingCapacity: true)
        }
    }

    /// One member of the document.
    private struct Section {
        let name: String
        /// One row; rows of objects; or rows of a number and an object, where 0 begins an outer object and the others
        /// are its `versions`.
        let form: Form
        let sql: String

        enum Form { case object, list, versions }

        func write(_ userID: String, in db: inout Connection, to document: inout DocumentWriter) throws {
            var isFirst = true
            switch form {
            case .object: try document.write(db.run(Query<[UInt8]>.value(sql, userID))[...])
            case .list:
                try document.write("[")
                try db.each(.all(sql, userID) { row in try row.next([UInt8].self) }) { (object: [UInt8]) in
                    if !isFirst { try document.write(",") }
                    isFirst = false
                    try document.write(object[...])
                }
                try document.write("]")
            case .versions:
                try document.write("[")
                var isFirstVersion = true
                try db.each(
                    .all(sql, userID) { row in (number: try row.next(Int.self), object: try row.next([UInt8].self)) }
                ) { (part: (number: Int, object: [UInt8])) in
                    if part.number == 0 {
                        try document.write(isFirst ? "" : "]},")
                        (isFirst, isFirstVersion) = (false, true)
                        try document.write(part.object.dropLast())
                        try document.write(#","versions":["#)
                    } else {
                        if !isFirstVersion { try document.write(",") }
                        isFirstVersion = false
                        try document.write(part.object[...])
                    }
                }
                try document.write(isFirst ? "]" : "]}]")
            }
        }
    }

    /// A column in the API's form of times, under its own name.
    private static func column(_ name: String) -> String { "\(time(name)) AS \(name)" }

    /// SQL for a time in the API's form.
    private static func time(_ name: String) -> String {
        "to_char(\(name) AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')"
    }

    /// SQL for bytes as base64url, without padding.
    static func base64URL(_ name: String) -> String { "translate(encode(\(name), 'base64'), E'+/=\\n', '-_')" }

    private static func list(_ name: String, _ sql: String) -> Section {
        Section(name: name, form: .list, sql: "SELECT row_to_json(t)::text FROM (\(sql)) t")
    }

    /// Ledger money and quantities are decimal strings, as everywhere in the API.
    private static let sections: [Section] = [
        Section(
            name: "profile", form: .object,
            sql: """
                SELECT row_to_json(t)::text FROM (
                  SELECT id, role, email, \(column("email_verified_at")), display_name, base_currency, \(column("created_at"))
                  FROM users WHERE id = $1::uuid) t
                """
        ),
        list(
            "passkeys",
            """
            SELECT \(base64URL("credential_id")) AS id, name, transports, aaguid, attachment,
              backup_eligible AS is_backup_eligible, backup_state AS is_backed_up, \(column("created_at")),
              \(column("last_used_at"))
            FROM webauthn_credentials WHERE user_id = $1::uuid ORDER BY webauthn_credentials.created_at
            """),
        list(
            "linked_accounts",
            """
            SELECT provider, email, \(column("created_at")) FROM oauth_identities WHERE user_id = $1::uuid ORDER BY provider
            """),
        list(
            "sessions",
            """
            SELECT id, kind, method, device, \(column("created_at")), \(column("last_seen_at")), \(column("expires_at"))
            FROM sessions WHERE user_id = $1::uuid ORDER BY sessions.created_at
            """),
        list(
            "api_keys",
            """
            SELECT id, name, prefix, scopes, \(column("created_at")), \(column("expires_at")), \(column("last_used_at")),
              \(column("revoked_at"))
            FROM api_keys WHERE user_id = $1::uuid ORDER BY api_keys.created_at
            """),
        Section(
            name: "strategies", form: .versions,
            sql: """
                SELECT part.number, part.object::text FROM (
                  SELECT id, name, description, asset_type, timeframe, is_active, created_at FROM strategies
                  WHERE user_id = $1::uuid ORDER BY created_at, id) s
                CROSS JOIN LATERAL (
                  SELECT 0 AS number, json_build_object('id', s.id, 'name', s.name, 'description', s.description,
                    'asset_type', s.asset_type, 'timeframe', s.timeframe, 'is_active', s.is_active,
                    'created_at', \(time("s.created_at"))) AS object
                  UNION ALL
                  SELECT v.version_number, json_build_object('version_number', v.version_number,
                    'created_at', \(time("v.created_at")), 'definition', v.definition_json)
                  FROM strategy_versions v WHERE v.strategy_id = s.id
                  ORDER BY number
                ) part
                """),
        list(
            "backtests",
            """
            SELECT r.id, r.strategy_id, v.version_number, y.symbol, r.timeframe, r.start_date, r.end_date,
              r.initial_equity::text AS initial_equity, r.options_json AS options, r.status, r.error_code,
              \(time("r.created_at")) AS created_at, \(time("r.finished_at")) AS finished_at,
              to_jsonb(b) - 'backtest_run_id' AS results,
              '/api/backtests/' || r.id || '/report.json' AS report, '/api/backtests/' || r.id || '/trades.csv' AS trades,
              '/api/backtests/' || r.id || '/equity.csv' AS equity
            FROM backtest_runs r JOIN strategy_versions v ON v.id = r.strategy_version_id
              JOIN symbols y ON y.id = r.symbol_id LEFT JOIN backtest_results b ON b.backtest_run_id = r.id
            WHERE r.user_id = $1::uuid ORDER BY r.created_at, r.id
            """),
        list(
            "paper_accounts",
            """
            SELECT a.id, a.name, a.generation, a.base_currency, a.starting_balance::text AS starting_balance,
              a.cash_balance::text AS cash_balance, \(time("a.created_at")) AS created_at,
              (SELECT coalesce(json_agg(json_build_object('symbol', y.symbol, 'quantity', p.quantity::text,
                 'cost_basis', p.cost_basis::text) ORDER BY y.symbol), '[]')
               FROM positions p JOIN symbols y ON y.id = p.symbol_id WHERE p.paper_account_id = a.id) AS positions
            FROM paper_accounts a WHERE a.user_id = $1::uuid
            """),
        list(
            "orders",
            """
            SELECT o.id, y.symbol, o.side, o.quantity::text AS quantity, o.order_type, o.status,
              o.avg_fill_price::text AS avg_fill_price, \(time("o.price_as_of")) AS price_as_of, o.reject_reason,
              o.client_order_id, \(time("o.requested_at")) AS requested_at, \(time("o.filled_at")) AS filled_at
            FROM orders o JOIN paper_accounts a ON a.id = o.paper_account_id JOIN symbols y ON y.id = o.symbol_id
            WHERE a.user_id = $1::uuid ORDER BY o.requested_at, o.id
            """),
        list(
            "executions",
            """
            SELECT e.id, e.order_id, y.symbol, e.side, e.quantity::text AS quantity, e.price::text AS price,
              e.notional::text AS notional, e.realized_pnl::text AS realized_pnl, \(time("e.executed_at")) AS executed_at
            FROM executions e JOIN paper_accounts a ON a.id = e.paper_account_id JOIN symbols y ON y.id = e.symbol_id
            WHERE a.user_id = $1::uuid ORDER BY e.executed_at, e.id
            """),
        list("advisor_usage", "SELECT date, calls FROM ai_usage WHERE user_id = $1::uuid ORDER BY date"),
        list(
            "events",
            """
            SELECT id, event_type AS type, \(column("created_at")), request_id, payload_json AS details
            FROM audit_events WHERE user_id = $1::uuid ORDER BY id
            """),
    ]
}
