import HTTP
import JSON
import Postgres
import TestSupport
import Testing

@testable import App

/// Every rule of the real schema, and who keeps it: a field that a request is refused by before a table sees it, or the
/// server, which writes nothing else into that column. A rule without a keeper fails the test.
@Suite struct ConstraintReachTests {
    /// A request that would break a rule, and the field by which it is refused.
    private struct Refused: Sendable, CustomStringConvertible {
        let rules: [String]
        let method: String
        let path: String
        let body: String
        let field: String

        var description: String { "\(rules) \(method) \(path) \(body.prefix(80))" }

        init(_ rules: [String], _ method: String, _ path: String, _ body: String, _ field: String) {
            (self.rules, self.method, self.path, self.body, self.field) = (rules, method, path, body, field)
        }
    }

    private static let long = String(repeating: "x", count: 256)

    private static func strategy(_ change: String) -> String {
        let kind = change.contains("timeframe") ? #""asset_type":"EQUITY""# : #""asset_type":"EQUITY","timeframe":"1d""#
        let name = change.contains(#""name""#) ? "" : #""name":"n","#
        let definition = change.contains("definition") ? "" : #","definition":\#(TestDefinition.crossing)"#
        return "{\(name)\(kind)\(definition),\(change)}"
    }

    private static func backtest(_ change: String) -> String {
        let days = change.contains("_date") ? "" : #","start_date":"2020-01-01","end_date":"2020-12-31""#
        return """
            {"strategy_id":"00000000-0000-4000-8000-000000000000","symbol":"X-USD","timeframe":"1d"\(days),\(change)}
            """
    }

    private static func order(_ change: String) -> String {
        let side = change.contains(#""side""#) ? "" : #""side":"BUY","#
        let size = change.contains(#""quantity""#) ? "" : #""quantity":"1","#
        return "{\"symbol\":\"X-USD\",\(side)\(size)\(change)}"
    }

    /// Of a ticket, which paper trading and practice take alike: the rules of `orders` and of `replay_orders`.
    private static let tickets: [Refused] = [
        (["side"], #""side":"HOLD""#, "side"), (["order_type"], #""order_type":"ICEBERG""#, "order_type"),
        (["order_type"], #""order_type":"LIMIT""#, "limit_price"), (["order_type"], #""stop_price":"1""#, "stop_price"),
        (["limit_price"], #""order_type":"LIMIT","limit_price":"0""#, "limit_price"),
        ([".limit_price"], #""order_type":"LIMIT","limit_price":"1000000000000000000""#, "limit_price"),
        (["stop_price"], #""order_type":"STOP","stop_price":"-1""#, "stop_price"),
        ([".stop_price"], #""order_type":"STOP","stop_price":"1000000000000000000""#, "stop_price"),
        (["stop_loss"], #""stop_loss":"NaN""#, "stop_loss"), ([".stop_loss"], #""stop_loss":"1e30""#, "stop_loss"),
        (["take_profit"], #""take_profit":"0""#, "take_profit"),
        ([".take_profit"], #""take_profit":"1000000000000000000""#, "take_profit"),
        (["role", "bracket"], #""side":"SELL","stop_loss":"1""#, "stop_loss"),
        (["quantity"], #""quantity":"0""#, "quantity"), (["quantity"], #""quantity":"-1""#, "quantity"),
        ([".quantity"], #""quantity":"1000000000000000000000""#, "quantity"),
        (["time_in_force"], #""time_in_force":"IOC""#, "time_in_force"),
        (["client_order_id"], #""client_order_id":"""#, "client_order_id"),
        (["client_order_id"], #""client_order_id":"\#(String(repeating: "x", count: 65))""#, "client_order_id"),
    ].flatMap { (columns: [String], change: String, field: String) in
        let practice = "/api/trading/replays/00000000-0000-4000-8000-000000000000/orders"
        return [("orders", "/api/trading/orders"), ("replay_orders", practice)].map { table, path in
            Refused(columns.map { rule($0, of: table) }, "POST", path, order(change), field)
        }
    }

    /// Rules of single columns of `orders` are types, which several columns share.
    private static func rule(_ column: String, of table: String) -> String {
        switch (table, column) {
        case (_, let column) where column.hasPrefix("."): table + column
        case ("orders", "limit_price"), ("orders", "stop_price"), ("orders", "stop_loss"), ("orders", "take_profit"):
            "exact_price"
        case ("orders", "time_in_force"), ("orders", "client_order_id"): column
        case ("orders", "role"): "orders_bracket"
        case ("replay_orders", "bracket"): "replay_orders_role"
        default: "\(table)_\(column)"
        }
    }

    private static func runner(_ change: String) -> String {
        let capital = change.contains("capital") ? "" : #","capital":"100.00""#
        let width = change.contains("timeframe") ? "" : #","timeframe":"1d""#
        let version = change.contains("strategy_version_id") ? "" : #","strategy_version_id":1"#
        return #"{"symbol":"X-USD"\#(width)\#(capital)\#(version),\#(change)}"#
    }

    private static func practice(_ change: String) -> String {
        let width = change.contains("timeframe") ? "" : #","timeframe":"1d""#
        return #"{"symbol":"X-USD"\#(width),"from":"2020-01-01",\#(change)}"#
    }

    private static let trading: [Refused] = [
        Refused(
            ["fee_basis_points", "paper_accounts.fee_bps"], "PATCH", "/api/paper-account", #"{"fee_bps":501}"#,
            "fee_bps"),
        Refused(
            ["smallest_fee", "paper_accounts.min_fee"], "PATCH", "/api/paper-account", #"{"min_fee":"1000.01"}"#,
            "min_fee"),
        Refused(
            ["paper_accounts.starting_balance"], "POST", "/api/trading/reset",
            #"{"confirm":"RESET","starting_balance":"99999999999999999.00"}"#, "starting_balance"),
        Refused(["paper_runners_capital"], "POST", "/api/trading/runners", runner(#""capital":"0.00""#), "capital"),
        Refused(
            ["paper_runners.capital"], "POST", "/api/trading/runners", runner(#""capital":"99999999999999999.00""#),
            "capital"),
        Refused(
            ["paper_runners_allocation_pct"], "POST", "/api/trading/runners", runner(#""allocation_pct":0"#),
            "allocation_pct"),
        Refused(
            ["paper_runners.allocation_pct"], "POST", "/api/trading/runners", runner(#""allocation_pct":100.5"#),
            "allocation_pct"),
        Refused(["paper_runners_risk_pct"], "POST", "/api/trading/runners", runner(#""risk_pct":-1"#), "risk_pct"),
        Refused(["paper_runners.risk_pct"], "POST", "/api/trading/runners", runner(#""risk_pct":1000"#), "risk_pct"),
        Refused(
            ["paper_runners_interval"], "POST", "/api/trading/runners", runner(#""timeframe":"5m""#), "timeframe"),
        Refused(
            ["paper_runners.strategy_version_id"], "POST", "/api/trading/runners",
            runner(#""strategy_version_id":2147483648"#), "strategy_version_id"),
        Refused(["replays_interval"], "POST", "/api/trading/replays", practice(#""timeframe":"5m""#), "timeframe"),
        Refused(
            ["replays_starting_balance"], "POST", "/api/trading/replays", practice(#""starting_balance":"0.00""#),
            "starting_balance"),
        Refused(
            ["replays.starting_balance"], "POST", "/api/trading/replays",
            practice(#""starting_balance":"99999999999999999.00""#), "starting_balance"),
        Refused(
            ["replays_fee_bps", "replays.fee_bps"], "POST", "/api/trading/replays", practice(#""fee_bps":501"#),
            "fee_bps"),
        Refused(["replays_speed"], "POST", "/api/trading/replays", practice(#""speed":5"#), "speed"),
        Refused(
            ["replays.speed"], "PATCH", "/api/trading/replays/00000000-0000-4000-8000-000000000000",
            #"{"speed":32768}"#, "speed"),
    ]

    private static let refused: [Refused] = tickets + trading + research

    private static let research: [Refused] = [
        Refused(["strategies_name"], "POST", "/api/strategies", strategy(#""name":"""#), "name"),
        Refused(["strategies_name"], "POST", "/api/strategies", strategy(#""name":" ""#), "name"),
        Refused(["strategies_name"], "POST", "/api/strategies", strategy(#""name":"\#(long)""#), "name"),
        Refused(
            ["strategies_description"], "POST", "/api/strategies",
            strategy(#""description":"\#(String(repeating: "é", count: 10_001))""#), "description"),
        Refused(["strategies_market"], "POST", "/api/strategies", strategy(#""timeframe":"1h""#), "timeframe"),
        Refused(["strategies_market"], "POST", "/api/strategies", strategy(#""timeframe":"5m""#), "timeframe"),
        Refused(
            ["strategy_versions_definition_json"], "POST", "/api/strategies", strategy(#""definition":3"#), "definition"
        ),
        Refused(
            ["backtest_runs_range", "trials_window"], "POST", "/api/backtests",
            backtest(#""start_date":"0000-12-31","end_date":"2020-12-31""#), "start_date"),
        Refused(
            ["backtest_runs_range", "trials_window"], "POST", "/api/backtests",
            backtest(#""start_date":"2020-12-31","end_date":"10000-01-01""#), "end_date"),
        Refused(
            ["backtest_runs_range", "trials_window"], "POST", "/api/backtests",
            backtest(#""start_date":"2020-12-31","end_date":"2020-12-30""#), "end_date"),
        Refused(
            ["backtest_runs_initial_equity"], "POST", "/api/backtests", backtest(#""initial_equity":"0.00""#),
            "initial_equity"),
        Refused(
            ["backtest_runs_initial_equity"], "POST", "/api/backtests", backtest(#""initial_equity":"NaN""#),
            "initial_equity"),
        Refused(
            ["backtest_runs.initial_equity"], "POST", "/api/backtests", backtest(#""initial_equity":"99999999999999""#),
            "initial_equity"),
        Refused(
            ["backtest_runs.strategy_version_id"], "POST", "/api/backtests",
            backtest(#""strategy_version_id":2147483648"#), "strategy_version_id"),
        Refused(
            ["backtest_runs_options_json"], "POST", "/api/backtests", backtest(#""simulation":3"#), "simulation"),
        Refused(
            ["backtest_runs_timeframe", "trials_timeframe"], "POST", "/api/backtests",
            #"{"strategy_id":"00000000-0000-4000-8000-000000000000","symbol":"X","timeframe":"5m","start_date":"2020-01-01","end_date":"2020-01-02"}"#,
            "timeframe"),
        Refused(["api_keys_name"], "POST", "/api/me/api-keys", #"{"name":"","scopes":["read"]}"#, "name"),
        Refused(["api_keys_name"], "POST", "/api/me/api-keys", #"{"name":"\#(long)","scopes":["read"]}"#, "name"),
        Refused(["api_keys_scopes"], "POST", "/api/me/api-keys", #"{"name":"k","scopes":[]}"#, "scopes"),
        Refused(["api_keys_scopes"], "POST", "/api/me/api-keys", #"{"name":"k","scopes":["root"]}"#, "scopes[0]"),
        Refused(["api_keys_scopes"], "POST", "/api/me/api-keys", #"{"name":"k","scopes":["read","read"]}"#, "scopes"),
        Refused(
            ["api_keys_expires_later"], "POST", "/api/me/api-keys",
            #"{"name":"k","scopes":["read"],"expires_in_days":0}"#, "expires_in_days"),
        Refused(
            ["users_email", "webauthn_challenges_email"], "POST", "/api/auth/webauthn/register/options",
            #"{"email":"a@b@c"}"#, "email"),
        Refused(
            ["users_email", "webauthn_challenges_email"], "POST", "/api/auth/webauthn/register/options",
            #"{"email":"\#(long)@b"}"#, "email"),
        Refused(["users_email"], "PATCH", "/api/me", #"{"email":"a b@c"}"#, "email"),
        Refused(["users_email"], "PATCH", "/api/me", #"{"email":"a\u0085@c"}"#, "email"),
        Refused(["webauthn_challenges_email"], "POST", "/api/auth/webauthn/login/options", #"{"email":""}"#, "email"),
        Refused(
            ["users_display_name", "webauthn_challenges_display_name"], "POST", "/api/auth/webauthn/register/options",
            #"{"email":"a@b","display_name":"\#(long)"}"#, "display_name"),
        Refused(["users_display_name"], "PATCH", "/api/me", #"{"display_name":""}"#, "display_name"),
        Refused(["users_base_currency"], "PATCH", "/api/me", #"{"base_currency":"usd"}"#, "base_currency"),
        Refused(
            ["users_role"], "PATCH", "/api/users/00000000-0000-4000-8000-000000000000", #"{"role":"root"}"#, "role"),
        Refused(["webauthn_credentials_name"], "PATCH", "/api/me/passkeys/AAAA", #"{"name":""}"#, "name"),
        Refused(["webauthn_credentials_name"], "PATCH", "/api/me/passkeys/AAAA", #"{"name":"\#(long)"}"#, "name"),
        Refused(["alerts_kind"], "POST", "/api/alerts", #"{"kind":"earthquake"}"#, "kind"),
        Refused(
            ["alerts_level"], "POST", "/api/alerts", #"{"kind":"price_above","symbol":"X","level":"0"}"#, "level"),
        Refused(
            ["alerts.level"], "POST", "/api/alerts",
            #"{"kind":"price_above","symbol":"X","level":"1000000000000000"}"#, "level"),
        Refused(["alerts_form"], "POST", "/api/alerts", #"{"kind":"price_above","symbol":"X"}"#, "level"),
        Refused(["alerts_form"], "POST", "/api/alerts", #"{"kind":"order_filled","symbol":"X"}"#, "symbol"),
        Refused(
            ["watchlist_items_position", "watchlist_items.position"], "PUT", "/api/me/watchlist",
            #"{"symbols":[\#([String](repeating: "\"X\"", count: 101).joined(separator: ","))]}"#, "symbols"),
    ]

    /// Kept in code that says so, by the test named: what a request holds is read or made into these before it is stored.
    private static let readBefore = [
        // WebAuthnTests: RegistrationTests and MutationTests refuse what is longer, or of another form.
        "webauthn_credentials_credential_id", "webauthn_credentials_public_key", "webauthn_credentials_sign_count",
        "webauthn_credentials_transports", "webauthn_credentials_attestation_format", "webauthn_credentials_backup",
        "webauthn_credentials_attachment",
        // DeviceNameTests: one of our own words.
        "sessions_device",
        // WebhookTests: an address of a server.
        "webhooks_url",
        // RateLimitTests: an address is one of ours or "unknown".
        "rate_limits_bucket",
        // OAuthTests: what a provider says is bounded by IDToken, and where to go back by `localAddress`.
        "oauth_identities_email", "oauth_identities_issuer", "oauth_identities_subject", "oauth_states_return_to",
        // PriceFilesTests, BarStoreTests: bars are read line by line, names of series refused as BarStore.Refusal.
        "crypto_daily_bars_date", "crypto_daily_bars_order", "crypto_daily_bars_prices", "crypto_daily_bars_provider",
        "crypto_daily_bars_volume", "crypto_hourly_bars_order", "crypto_hourly_bars_prices",
        "crypto_hourly_bars_provider", "crypto_hourly_bars_ts", "crypto_hourly_bars_volume", "equity_daily_bars_date",
        "equity_daily_bars_order", "equity_daily_bars_prices", "equity_daily_bars_provider", "equity_daily_bars_volume",
        "bar_series_grid", "bar_series_price_basis_date", "bar_series_provider", "bar_series_range", "symbols_name",
        "symbols_symbol", "symbols_exchange", "symbols_currency", "symbols_base_asset", "symbols_quote_asset",
        "symbols_pair",
        // ExtremeRequestsTests: a header of 1 to 255 printable characters.
        "idempotency_key",
        // UploadTests: a parameter of the query.
        "uploads_name",
        // The nginx tests: one id of this form, made there when the client's is none.
        "audit_events_request_id", "jobs_request_id",
        // UserAdministrationTests: of the command line.
        "invitations_note", "invitations_role",
    ]

    /// Written by the server alone, from nothing that a request says: hashes, counts, moments, states, words of ours.
    private static let server: Set<String> = {
        let tables: [String: [String]] = [
            "api_keys": ["key_hash", "prefix"],
            "audit_events": [
                "event_type", "hash", "payload", "payload_digest", "payload_json", "payload_salt", "prev_hash",
                "stream",
            ],
            "backtest_runs": [
                "bar_revision", "equity_points", "error_code", "idempotency", "outcome", "periods_per_year", "state",
                "status", "warnings",
            ],
            "bar_series": ["adjustment", "count", "interval", "revision", "tick_exponent"],
            "invitations": ["expires_later", "token_hash", "use"],
            "oauth_identities": ["provider"],
            "orders": ["end", "generation", "state", "status"],
            "paper_accounts": ["base_currency", "generation"],
            "paper_runners": [
                "band", "bars", "cash", "commission_bps", "detail", "end", "equity", "generation", "next_side",
                "quantity", "seen", "seen_close", "status",
            ],
            "replay_orders": [
                "avg_fill_price", "content_hash", "detail", "end", "fee", "held_cash", "notional", "realized_pnl",
                "state", "status",
            ],
            "replays": [
                "bars", "cash", "clock", "cost_basis", "idempotency", "last_price", "nothing_costs_nothing", "quantity",
            ],
            "oauth_states": [
                "browser_hash", "code_verifier", "expires_later", "intent", "invitation_hash", "link", "nonce",
                "provider", "state_hash",
            ],
            "rate_limits": ["hits", "previous_hits"],
            "sessions": ["expires_later", "kind", "method", "recovery", "token_hash"],
            "strategy_versions": ["definition_hash", "version_number"],
            "symbols": ["asset_type"],
            "trials": [
                "block_counts", "excess_count", "excess_mean", "owner", "returns_count", "returns_mean", "skewness",
            ],
            "uploads": ["bytes", "expiry", "sha256"],
            "users": ["deleted_is_blank", "user_handle", "verified_email_exists"],
            "webhooks": ["failures"],
            "webauthn_challenges": [
                "browser_hash", "challenge_hash", "expires_later", "form", "invitation_hash", "nonce", "purpose",
                "user_handle",
            ],
        ]
        let types: Set = [
            "account_name", "engine_version", "exact_money", "exact_quantity", "order_refusal", "order_sentence",
            "run_warnings", "sha256_hash", "sha256_hex", "trial_counts", "trial_deviation", "trial_squares",
            "trial_sums",
        ]
        return types.union(tables.flatMap { table, columns in columns.map { "\(table)_\($0)" } })
    }()

    /// Tables that hold what the server works out.
    private static let serverTables: Set<String> = [
        "ai_usage", "audit_anchors", "audit_heads", "backtest_equity_points", "backtest_equity_thinned",
        "backtest_results", "backtest_trades", "data_findings", "executions", "jobs", "market_closures",
        "notifications", "order_signatures", "paper_equity_points", "paper_generations",
        "paper_runner_points", "position_rescalings", "positions", "provider_states", "recovery_codes", "replaced_bars",
        "replay_holdings", "replay_points", "schema_migrations", "series_checks", "series_rescalings",
        "upload_chunks", "user_usage", "webhook_deliveries",
    ]

    /// Columns of a bounded type that no request names: ids of ours, counts of ours.
    private static let serverColumns: Set<String> = [
        "alerts.symbol_id", "audit_events.stream", "backtest_runs.equity_points", "backtest_runs.periods_per_year",
        "backtest_runs.symbol_id", "bar_series.symbol_id", "bar_series.tick_exponent", "crypto_daily_bars.symbol_id",
        "crypto_hourly_bars.symbol_id", "equity_daily_bars.symbol_id", "rate_limits.hits", "rate_limits.previous_hits",
        "orders.avg_fill_price", "orders.generation", "orders.held_cash", "orders.paper_account_id", "orders.symbol_id",
        "paper_accounts.cash_balance", "paper_accounts.generation", "paper_accounts.id", "paper_runners.bars",
        "paper_runners.cash", "paper_runners.commission_bps", "paper_runners.equity", "paper_runners.generation",
        "paper_runners.paper_account_id", "paper_runners.quantity", "paper_runners.seen_close",
        "paper_runners.symbol_id", "replay_orders.avg_fill_price",
        "replay_orders.fee", "replay_orders.held_cash", "replay_orders.notional", "replay_orders.realized_pnl",
        "replays.bars", "replays.cash", "replays.cost_basis", "replays.last_price", "replays.quantity",
        "replay_orders.symbol_id", "replays.symbol_id", "strategy_versions.id", "strategy_versions.version_number",
        "symbols.id",
        "trials.block_counts",
        "trials.excess_count",
        "trials.returns_count",
        "trials.symbol_id", "watchlist_items.symbol_id", "webhooks.failures",
    ]

    @Test func `every rule of the schema has somebody who keeps it, and nobody keeps a rule that is gone`() throws {
        let database = try TestDatabase()
        var db = try database.connect()
        let checks = try db.run(
            Query<[String]>.values(
                """
                SELECT DISTINCT coalesce(a.attrelid, conrelid)::regclass::text || ' ' || conname FROM pg_constraint
                LEFT JOIN (pg_attribute a JOIN pg_class c ON c.oid = a.attrelid AND c.relkind = 'r')
                  ON contypid <> 0 AND a.atttypid = contypid AND NOT a.attisdropped
                WHERE contype = 'c' AND connamespace = 'public'::regnamespace ORDER BY 1
                """))
        let columns = try db.run(
            Query<[String]>.values(
                """
                SELECT c.relname || ' ' || c.relname || '.' || a.attname FROM pg_attribute a
                JOIN pg_class c ON c.oid = a.attrelid JOIN pg_type t ON t.oid = a.atttypid
                WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
                  AND format_type(coalesce(nullif(t.typbasetype, 0), t.oid), NULL) ~ '^(numeric|smallint|integer|character|real|bit)' ORDER BY 1
                """))
        #expect(checks.count > 180 && columns.count > 40)
        let kept = Set(Self.refused.flatMap(\.rules)).union(Self.readBefore).union(Self.server).union(
            Self.serverColumns)
        var seen: Set<String> = []
        for rule in checks + columns {
            let parts = rule.split(separator: " ").map(String.init)
            let name = parts[1]
            seen.insert(name)
            #expect(
                kept.contains(name) || Self.serverTables.contains(parts[0]),
                "\(name) of \(parts[0]): can a request reach it? Refuse it with a field error, and say so here.")
        }
        #expect(kept.subtracting(seen) == [])
    }

    @Test func `what a rule forbids is refused by its field before a table sees it`() throws {
        let installation = try Installation()
        let admin = try installation.user("admin@example.org").browser
        for request in Self.refused {
            let answer = try admin.send(request.method, request.path, try parse(Array(request.body.utf8)))
            let fields = answer.object?["field_errors"]?.arrayValue?.compactMap {
                $0.objectValue?["field"]?.stringValue
            }
            #expect(answer.status == 400 || answer.status == 422, "\(request): \(answer.text)")
            #expect(fields?.contains(request.field) == true, "\(request): \(answer.text)")
        }
    }
}
