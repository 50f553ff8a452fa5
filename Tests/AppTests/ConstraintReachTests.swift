import Foundation
import HTTP
import JSON
import Postgres
import TestSupport
import Testing

@testable import App

/// Every rule of the real schema, and who keeps it: a field that a request is refused by before a table sees it, or the reason
/// why no request reaches it. A rule without a keeper fails the test, and so does a keeper without a rule.
@Suite struct ConstraintReachTests {
    /// A request that would break a rule, and the field by which it is refused.
    private struct Refused: Sendable, CustomStringConvertible {
        let rules: [String]
        let method: String
        let path: String
        let body: String
        let field: String
        /// Sent along.
        var header: (name: String, value: String)?

        var description: String { "\(rules) \(method) \(path) \(body.prefix(80))" }

        init(
            _ rules: [String], _ method: String, _ path: String, _ body: String, _ field: String,
            header: (String, String)? = nil
        ) {
            (self.rules, self.method, self.path, self.body, self.field) = (rules, method, path, body, field)
            self.header = header.map { ($0.0, $0.1) }
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
            // What is ordered is what is executed.
            let executed = columns.compactMap { column -> String? in
                switch (table, column) {
                case ("orders", "quantity"): "executions_quantity"
                case ("orders", ".quantity"): "executions.quantity"
                default: nil
                }
            }
            return Refused(columns.map { rule($0, of: table) } + executed, "POST", path, order(change), field)
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
            // A runner pays what its account pays.
            [
                "fee_basis_points", "paper_accounts.fee_bps", "paper_runners_commission_bps",
                "paper_runners.commission_bps",
            ], "PATCH", "/api/paper-account", #"{"fee_bps":501}"#, "fee_bps"),
        Refused(
            ["smallest_fee", "paper_accounts.min_fee"], "PATCH", "/api/paper-account", #"{"min_fee":"1000.01"}"#,
            "min_fee"),
        Refused(
            ["paper_generations_starting_balance"], "POST", "/api/trading/reset",
            #"{"confirm":"RESET","starting_balance":"-1.00"}"#, "starting_balance"),
        Refused(
            ["paper_accounts.starting_balance", "paper_generations.starting_balance"], "POST", "/api/trading/reset",
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
        Refused(
            ["replay_holdings_position", "replay_holdings.position"], "POST", "/api/trading/replays",
            #"{"timeframe":"1d","from":"2020-01-01","symbols":[\#((0..<11).map { "\"X\($0)-USD\"" }.joined(separator: ","))]}"#,
            "symbols"),
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

    private static let refused: [Refused] = tickets + trading + research + data

    private static func ingestion(_ rules: [String], _ symbol: String) -> Refused {
        Refused(rules, "POST", "/api/market-data/ingestion/crypto", #"{"symbol":"\#(symbol)"}"#, "symbol")
    }

    /// Of prices, jobs, and other servers.
    private static let data: [Refused] = [
        ingestion(["symbols_symbol"], "X USD"), ingestion(["symbols_symbol"], String(repeating: "X", count: 33)),
        ingestion(["symbols_base_asset"], String(repeating: "X", count: 21) + "-USD"),
        ingestion(["symbols_pair"], "USD-USD"),
        Refused(["uploads_name"], "POST", "/api/market-data/imports?file_name=\(long)", "[]", "file_name"),
        Refused(["jobs_job_type"], "POST", "/api/jobs", #"{"job_type":"Dig!"}"#, "job_type"),
        Refused(
            ["provider_states_provider"], "POST", "/api/jobs",
            #"{"job_type":"ingest_bars","symbol":"X-USD","interval":"1d","provider":"No One"}"#, "provider"),
        Refused(
            ["idempotency_key"], "POST", "/api/backtests", backtest(#""initial_equity":"1000.00""#), "Idempotency-Key",
            header: ("Idempotency-Key", long)),
        Refused(["webhooks_url"], "POST", "/api/webhooks", #"{"url":""}"#, "url"),
        Refused(
            ["webhooks_url"], "POST", "/api/webhooks",
            #"{"url":"https://\#(long)\#(String(repeating: long, count: 7))"}"#, "url"),
        Refused(["oauth_states_return_to"], "POST", "/api/me/oauth/google", #"{"return_to":"//x"}"#, "return_to"),
        Refused(
            ["oauth_states_return_to"], "POST", "/api/me/oauth/google", #"{"return_to":"/\#(long)\#(long)"}"#,
            "return_to"),
    ]

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
        let refused = Set(Self.refused.flatMap(\.rules)), unreached = UnreachedRules.all.flatMap(\.rules)
        #expect(Set(unreached).count == unreached.count && refused.isDisjoint(with: unreached))
        let kept = refused.union(unreached)
        let seen = Set((checks + columns).compactMap { $0.split(separator: " ").last.map(String.init) })
        #expect(
            seen.subtracting(kept).sorted() == [],
            "Can a request reach them? Refuse it with a field error, and say so above, or else why not.")
        #expect(kept.subtracting(seen).sorted() == [])
    }

    @Test func `what is said of the rules that no request reaches names tests that there are`() throws {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let files = FileManager.default.enumerator(at: tests, includingPropertiesForKeys: nil)?.allObjects ?? []
        let names = Set(files.compactMap { ($0 as? URL)?.deletingPathExtension().lastPathComponent })
        for (why, _) in UnreachedRules.all {
            for test in why.matches(of: /[A-Z][A-Za-z]+Tests\b/) {
                #expect(names.contains(String(test.output)), "\(why)")
            }
        }
    }

    @Test func `what a rule forbids is refused by its field before a table sees it`() throws {
        let installation = try Installation(ToldProviders.configuration)
        let admin = try installation.user("admin@example.org").browser
        for request in Self.refused {
            let answer = try admin.send(
                request.method, request.path, try parse(Array(request.body.utf8)),
                fields: request.header.map { [$0] } ?? [])
            let fields = answer.object?["field_errors"]?.arrayValue?.compactMap {
                $0.objectValue?["field"]?.stringValue
            }
            #expect(answer.status == 400 || answer.status == 422, "\(request): \(answer.text)")
            #expect(fields?.contains(request.field) == true, "\(request): \(answer.text)")
        }
    }
}
