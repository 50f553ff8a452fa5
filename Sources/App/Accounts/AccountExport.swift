import HTTP
import JSON
import Postgres

/// `GET /api/me/export`: everything a user made, as one JSON document. Trades and equity points of backtests are their
/// own exports, which it names.
enum AccountExport {
    /// A JSON document for each of ``sections``.
    private static let export = Answer(
        200, "A JSON document",
        Form<[[UInt8]]>(.type("object")) { json, documents in
            json.object { json in
                json.member("format", "bitstockerz.account.1")
                for (section, document) in zip(sections, documents) {
                    json.key(section.name)
                    json.raw(document)
                }
            }
        })

    static let route = Route(
        .get, "/api/me/export", .session(),
        "Everything the user made, as one download. Trades and equity curves have exports of their own.",
        answers: [export]
    ) { call, db in
        let userID = try call.userID()
        let documents = try db.transaction(.repeatableReadReadOnly) { db in
            try sections.map { section in try db.run(Query<[UInt8]>.value(section.sql, userID)) }
        }
        try call.audit(.userExported, in: &db)
        var response = export(documents, capacity: 65_536)
        response.fields.append("Content-Disposition", "attachment; filename=\"bitstockerz-account.json\"")
        return response
    }

    /// A column in the API's form of times, under its own name.
    private static func column(_ name: String) -> String { "\(time(name)) AS \(name)" }

    /// SQL for a time in the API's form.
    private static func time(_ name: String) -> String {
        "to_char(\(name) AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')"
    }

    /// SQL for bytes as base64url, without padding.
    static func base64URL(_ name: String) -> String { "translate(encode(\(name), 'base64'), E'+/=\\n', '-_')" }

    private static func list(_ name: String, _ sql: String) -> (name: String, sql: String) {
        (name, "SELECT coalesce(json_agg(t), '[]')::text FROM (\(sql)) t")
    }

    /// Ledger money and quantities are decimal strings, as everywhere in the API.
    private static let sections: [(name: String, sql: String)] = [
        (
            "profile",
            """
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
        list(
            "strategies",
            """
            SELECT s.id, s.name, s.description, s.asset_type, s.timeframe, s.is_active, \(time("s.created_at")) AS created_at,
              (SELECT json_agg(json_build_object('version_number', v.version_number, 'created_at', \(time("v.created_at")),
                 'definition', v.definition_json) ORDER BY v.version_number)
               FROM strategy_versions v WHERE v.strategy_id = s.id) AS versions
            FROM strategies s WHERE s.user_id = $1::uuid ORDER BY s.created_at, s.id
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
