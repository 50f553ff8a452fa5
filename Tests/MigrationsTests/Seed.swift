import Postgres
import TestSupport

/// A database with every migration applied and one correct row in each table.
enum Seed {
    static let user = "'00000000-0000-4000-8000-000000000001'"
    static let other = "'00000000-0000-4000-8000-000000000002'"
    static let strategy = "'00000000-0000-4000-8000-000000000003'"
    static let run = "'00000000-0000-4000-8000-000000000004'"
    static let job = "'00000000-0000-4000-8000-000000000005'"
    static let order = "'00000000-0000-4000-8000-000000000006'"
    static let lineage = "'00000000-0000-4000-8000-000000000007'"
    static let finishedRun = "'00000000-0000-4000-8000-000000000008'"
    static let session = "'00000000-0000-4000-8000-000000000009'"
    static let webhook = "'00000000-0000-4000-8000-00000000000a'"
    /// Filled, as its execution is about to say.
    static let otherOrder = "'00000000-0000-4000-8000-00000000000b'"
    static let replay = "'00000000-0000-4000-8000-00000000000c'"
    static let hex = "repeat('ab', 32)"
    static let handle = "sha512('h')"
    static let sixteen = "array_fill(0, ARRAY[16])"

    static let database: TestDatabase = {
        do {
            let database = try TestDatabase()
            var db = try database.connect()
            try db.script(script)
            return database
        } catch {
            fatalError("the seed does not fit the tables: \(error)")
        }
    }()

    static let script = olderTables + "\n" + newerTables

    /// Of tables that are as they were before `V0470__check_the_ledger_by_types.sql`.
    static let olderTables = """
        INSERT INTO users (id, email) VALUES (\(user), 'a@example.org'), (\(other), NULL);
        INSERT INTO sessions (id, token_hash, user_id, method, device, expires_at)
            VALUES (\(session), sha256('t'), \(user), 'passkey', 'Firefox', now() + interval '90 days');
        INSERT INTO symbols (symbol, name, asset_type) VALUES ('AAPL', 'Apple', 'EQUITY');
        INSERT INTO symbols (symbol, name, asset_type, base_asset, quote_asset)
            VALUES ('BTC-USD', 'Bitcoin', 'CRYPTO', 'BTC', 'USD');
        INSERT INTO symbols (symbol, name, asset_type) VALUES ('MSFT', 'Microsoft', 'EQUITY');
        INSERT INTO bar_series (symbol_id, interval, provider, revision) VALUES (3, '1d', 'file', 5);
        INSERT INTO series_checks (symbol_id, interval, revision, expected, missing) VALUES (3, '1d', 5, 10, 1);
        INSERT INTO jobs (id, job_type) VALUES (\(job), 'backtest');
        INSERT INTO audit_events (stream, event_type, payload_json, payload_salt, payload_digest, prev_hash, hash)
            VALUES (0, 'user.created', '{}', '0123456789abcdef', sha256('a'), sha256('b'), sha256('c'));
        INSERT INTO strategies (id, user_id, lineage_id, name, asset_type, timeframe)
            VALUES (\(strategy), \(user), \(lineage), 'Crossing', 'EQUITY', '1d');
        INSERT INTO strategy_versions (strategy_id, version_number, definition_json, definition_hash)
            VALUES (\(strategy), 1, '{}', \(hex));
        INSERT INTO backtest_runs (id, user_id, strategy_id, strategy_version_id, symbol_id, timeframe, start_date, end_date,
            initial_equity, options_json, periods_per_year, job_id)
            VALUES (\(run), \(user), \(strategy), 1, 1, '1d', '2020-01-01', '2020-12-31', 10000, '{}', 252, \(job));
        INSERT INTO backtest_runs (id, user_id, strategy_id, strategy_version_id, symbol_id, timeframe, start_date, end_date,
            initial_equity, options_json, periods_per_year, status, started_at, finished_at, content_hash, result_hash,
            bars_hash, bar_revision, engine_version)
            VALUES (\(finishedRun), \(user), \(strategy), 1, 1, '1d', '2020-01-01', '2020-12-31', 10000, '{}', 252,
                'completed', now(), now(), \(hex), \(hex), \(hex), 1, '1');
        INSERT INTO backtest_results (backtest_run_id, final_equity, num_trades, fills_without_volume, returns_count)
            VALUES (\(finishedRun), 10000, 0, 0, 251);
        INSERT INTO backtest_trades (backtest_run_id, trade_no, symbol_id, entry_time, exit_time, entry_price, exit_price,
            quantity, pnl_abs, pnl_pct, bars_held, exit_reason)
            VALUES (\(finishedRun), 1, 1, '2020-01-02Z', '2020-01-03Z', 10, 11, 1, 1, 10, 1, 'rule');
        INSERT INTO backtest_equity_points VALUES (\(finishedRun), 0, '{2020-01-02Z,2020-01-03Z}', '{10000,10001}');
        INSERT INTO backtest_equity_thinned VALUES (\(finishedRun), '{2020-01-02Z}', '{10000}');
        INSERT INTO trials (owner_id, lineage_id, definition_hash, settings_hash, symbol_id, timeframe, window_start,
            window_end, returns_count, block_counts, block_sums, block_squares)
            VALUES (\(user), \(lineage), \(hex), \(hex), 1, '1d', '2020-01-01', '2020-12-31', 0, \(sixteen), \(sixteen), \(sixteen));
        INSERT INTO paper_accounts (user_id, name, starting_balance, cash_balance) VALUES (\(user), 'Paper', 100000, 100000);
        INSERT INTO orders (id, paper_account_id, generation, symbol_id, side, quantity, client_order_id, status,
            avg_fill_price, price_as_of, filled_at)
            VALUES (\(order), 1, 1, 1, 'BUY', 2, 'mine', 'FILLED', 10.5, now(), now()),
              (\(otherOrder), 1, 1, 1, 'BUY', 0.333, NULL, 'FILLED', 10.015, now(), now());
        INSERT INTO executions (order_id, paper_account_id, generation, symbol_id, side, quantity, price, notional,
            price_as_of, bar_interval, bar_start, bar_revision)
            VALUES (\(order), 1, 1, 1, 'BUY', 2, 10.5, 21, now(), '1d', '2020-01-02Z', 1);
        INSERT INTO webhooks (id, user_id, url) VALUES (\(webhook), \(user), 'https://example.org/');
        INSERT INTO paper_generations (paper_account_id, generation, starting_balance, cash_balance, realized_pnl, fees,
            orders, started_at) VALUES (1, 1, 100000, 100000, 0, 0, 0, now());
        """

    private static let newerTables = """
        INSERT INTO series_rescalings VALUES (1, '1d', 2, 4, 1);
        INSERT INTO position_rescalings (sequence, paper_account_id, generation, symbol_id, numerator, denominator,
            quantity_before, quantity_after, bar_interval, bar_revision, detail)
            VALUES (1000, 1, 1, 1, 4, 1, 2, 8, '1d', 2, 'A was split 4 for 1: 2 became 8.');
        INSERT INTO replays (id, user_id, interval, starting_balance, cash, fee_bps, first_bar, clock)
            VALUES (\(replay), \(user), '1d', 10000, 10000, 0, '2020-01-02Z', '2020-01-03Z');
        INSERT INTO replay_holdings (replay_id, symbol_id, position, last_price, last_bar)
            VALUES (\(replay), 1, 1, 10, '2020-01-03Z');
        """

    /// A correct new row for each table, column by column in SQL.
    static let rows: [String: [String: String]] = [
        "users": ["email": "'b@example.org'", "email_verified_at": "now()", "display_name": "'B'", "role": "'user'"],
        "webauthn_credentials": [
            "credential_id": "'\\x01'", "user_id": user, "public_key": "'\\x02'", "aaguid": "gen_random_uuid()",
            "backup_eligible": "true", "backup_state": "true", "name": "'Phone'", "sign_count": "0",
            "transports": "'{usb}'",
        ],
        "api_keys": [
            "user_id": user, "name": "'Script'", "prefix": "'bsz_abcd'", "key_hash": "sha256('k')",
            "scopes": "'{read,trade}'",
            "expires_at": "now() + interval '1 day'",
        ],
        "sessions": [
            "token_hash": "sha256('u')", "user_id": user, "kind": "'full'", "method": "'passkey'",
            "device": "'Firefox'",
            "expires_at": "now() + interval '90 days'",
        ],
        "webauthn_challenges": [
            "challenge_hash": "sha256('c')", "purpose": "'register'", "browser_hash": "sha256('b')",
            "user_handle": handle, "email": "'c@example.org'", "expires_at": "now() + interval '5 minutes'",
        ],
        "oauth_identities": [
            "user_id": user, "provider": "'google'", "issuer": "'https://accounts.google.com'", "subject": "'1'",
        ],
        "oauth_states": [
            "state_hash": "sha256('s')", "browser_hash": "sha256('b')", "provider": "'apple'", "intent": "'sign_in'",
            "nonce": "repeat('n', 43)", "code_verifier": "repeat('v', 43)", "return_to": "'/markets'",
            "session_id": "NULL", "expires_at": "now() + interval '10 minutes'",
        ],
        "watchlist_items": ["user_id": user, "symbol_id": "1", "position": "1"],
        "alerts": [
            "user_id": user, "kind": "'price_above'", "symbol_id": "1", "level": "100", "seen_until": "now()",
        ],
        "notifications": [
            "user_id": user, "kind": "'order_filled'", "symbol_id": "1", "subject_id": order,
            "detail": "'Bought 2 AAPL'",
            "dedupe_key": "'once'",
        ],
        "webhooks": ["user_id": user, "url": "'https://example.org/hook'"],
        "webhook_deliveries": [
            "webhook_id": webhook, "notification_id": "NULL", "status": "'failed'", "attempts": "3",
            "response_status": "503", "error": "'It answered 503'", "finished_at": "now()",
        ],
        "recovery_codes": ["code_hash": "sha256('r')", "user_id": user, "kind": "'code'", "expires_at": "NULL"],
        "invitations": [
            "token_hash": "sha256('i')", "role": "'user'", "note": "'for Ada'", "used_at": "NULL",
            "expires_at": "now() + interval '7 days'",
        ],
        "symbols": [
            "symbol": "'ETH-USD'", "name": "'Ether'", "asset_type": "'CRYPTO'", "base_asset": "'ETH'",
            "quote_asset": "'USD'",
        ],
        "equity_daily_bars": bar.merging(["symbol_id": "1", "date": "'1970-01-01'"]) { $1 },
        "crypto_daily_bars": bar.merging(["symbol_id": "2", "date": "'1970-01-01'"]) { $1 },
        "crypto_hourly_bars": bar.merging(["symbol_id": "2", "ts": "'1970-01-01 00:00Z'"]) { $1 },
        "data_findings": [
            "symbol_id": "3", "interval": "'1d'", "check_name": "'gap'", "severity": "'info'", "count": "1",
            "first": "'2020-01-02Z'", "last": "'2020-01-03Z'", "detail": "'A gap'",
        ],
        "replaced_bars": bar.merging([
            "symbol_id": "1", "interval": "'1d'", "start": "'2020-01-02Z'", "stored_at": "'2020-01-03Z'",
        ]) { $1 },
        "market_closures": ["market": "'XNYS'", "date": "'2031-03-05'", "reason": "'Mourning'"],
        "bar_series": [
            "symbol_id": "2", "interval": "'1h'", "first": "'2020-01-01 05:00Z'", "last": "'2020-01-01 07:00Z'",
            "count": "3",
            "provider": "'file'", "tick_exponent": "2", "adjustment": "'raw'", "price_basis_date": "NULL",
            "revision": "1",
        ],
        "jobs": [
            "job_type": "'backtest'", "user_id": user, "payload_json": "'{}'", "status": "'running'", "attempts": "1",
            "lease_until": "now()", "worker": "'host/1/ab'", "started_at": "now()", "dedupe_key": "'once'",
        ],
        "audit_events": [
            "stream": "63", "event_type": "'user.signed_in'", "payload_json": "'{}'",
            "payload_salt": "'0123456789abcdef'",
            "payload_digest": "sha256('a')", "prev_hash": "sha256('x')", "hash": "sha256('y')", "user_id": user,
        ],
        "strategies": [
            "user_id": user, "lineage_id": lineage, "name": "'Other'", "asset_type": "'CRYPTO'", "timeframe": "'1h'",
            "description": "''",
        ],
        "strategy_versions": [
            "strategy_id": strategy, "version_number": "2", "definition_json": "'{}'", "definition_hash": hex,
        ],
        "backtest_runs": [
            "user_id": user, "strategy_id": strategy, "strategy_version_id": "1", "symbol_id": "1", "timeframe": "'1d'",
            "start_date": "'1970-01-01'", "end_date": "'1970-01-01'", "initial_equity": "0.01", "options_json": "'{}'",
            "periods_per_year": "252", "status": "'completed'", "started_at": "now()", "finished_at": "now()",
            "content_hash": hex, "result_hash": hex, "bars_hash": hex, "bar_revision": "1", "engine_version": "'1'",
            "job_id": job, "idempotency_key": "'k'", "request_hash": hex,
        ],
        "backtest_results": [
            "backtest_run_id": run, "final_equity": "1e12", "total_return_pct": "1e10", "win_rate_pct": "50",
            "num_trades": "2",
            "best_trade_pct": "2", "worst_trade_pct": "-1", "avg_bars_held": "3.5", "expectancy_pct": "0.5",
            "fills_without_volume": "0", "returns_count": "250", "psr": "0.5", "sharpe_ratio": "1.5",
            "exposure_pct": "100",
            "sqn": "NULL", "null_reasons": "'{\"sqn\": \"NO_STOP\"}'", "notices": "'[]'", "tick_exponent": "2",
            "sharpe_per_bar": "0.1", "returns_sd": "0.01", "max_drawdown_pct": "5", "avg_loss_pct": "-1",
            "avg_win_pct": "2",
        ],
        "backtest_trades": [
            "backtest_run_id": run, "trade_no": "1", "symbol_id": "1", "entry_time": "'2020-01-02Z'",
            "exit_time": "'2020-01-02Z'", "entry_price": "10", "exit_price": "9", "quantity": "0.5", "pnl_abs": "-0.5",
            "pnl_pct": "-10", "bars_held": "0", "exit_reason": "'stop_loss'", "gap": "true", "side": "'LONG'",
        ],
        "backtest_equity_points": [
            "backtest_run_id": run, "chunk_no": "0", "ts": "'{2020-01-02Z,2020-01-03Z}'", "equity": "'{10000,-1}'",
        ],
        "backtest_equity_thinned": [
            "backtest_run_id": run, "ts": "'{2020-01-02Z,2020-01-03Z}'", "equity": "'{10000,-1}'",
        ],
        "trials": [
            "owner_id": user, "lineage_id": lineage, "definition_hash": hex, "settings_hash": hex, "symbol_id": "1",
            "timeframe": "'1d'", "window_start": "'2021-01-01'", "window_end": "'2021-12-31'", "returns_count": "32",
            "returns_mean": "0.001", "returns_sd": "0.02", "skewness": "-0.3", "kurtosis": "3.2",
            "block_counts": "array_fill(2, ARRAY[16])", "block_sums": sixteen, "block_squares": sixteen,
        ],
        "paper_accounts": [
            "user_id": other, "name": "'Paper'", "starting_balance": "100000.00", "cash_balance": "0",
            "generation": "1",
        ],
        "positions": ["paper_account_id": "1", "symbol_id": "2", "quantity": "0.00000001", "cost_basis": "0.01"],
        "orders": [
            "paper_account_id": "1", "generation": "1", "symbol_id": "1", "side": "'SELL'", "quantity": "1",
            "status": "'REJECTED'", "reject_reason": "'INSUFFICIENT_POSITION'", "client_order_id": "'next'",
            "avg_fill_price": "NULL", "filled_at": "NULL", "order_type": "'MARKET'",
        ],
        "executions": [
            "order_id": otherOrder, "paper_account_id": "1", "symbol_id": "1", "side": "'BUY'", "quantity": "0.333",
            "price": "10.015", "notional": "3.33", "realized_pnl": "NULL", "generation": "1", "fee": "0.01",
            "price_as_of": "now()", "bar_interval": "'1d'", "bar_start": "'2020-01-03Z'", "bar_revision": "1",
        ],
        "series_rescalings": [
            "symbol_id": "1", "interval": "'1d'", "revision": "3", "numerator": "1", "denominator": "10",
        ],
        "position_rescalings": [
            "sequence": "1001", "paper_account_id": "1", "generation": "1", "symbol_id": "1", "numerator": "1",
            "denominator": "3", "quantity_before": "8", "quantity_after": "2.66666666", "bar_interval": "'1d'",
            "bar_revision": "2", "detail": "'A was split 1 for 3: 8 became 2.66666666.'",
        ],
        "paper_generations": [
            "paper_account_id": "1", "generation": "2", "starting_balance": "100000", "cash_balance": "1",
            "equity": "NULL", "realized_pnl": "-2", "fees": "0", "orders": "1", "started_at": "now()",
        ],
        "paper_equity_points": [
            "paper_account_id": "1", "generation": "1", "at": "now()", "kind": "'day'", "equity": "100", "cash": "50",
        ],
        "replays": [
            "user_id": user, "interval": "'1d'", "starting_balance": "10000", "cash": "10000", "fee_bps": "0",
            "first_bar": "'2020-01-02Z'", "clock": "'2020-01-02Z'", "speed": "4", "idempotency_key": "'k'",
            "request_hash": hex,
        ],
        "replay_holdings": [
            "replay_id": replay, "symbol_id": "2", "position": "2", "quantity": "1", "cost_basis": "9.50",
            "last_price": "10", "last_bar": "'2020-01-03Z'",
        ],
        "replay_orders": [
            "replay_id": replay, "symbol_id": "1", "side": "'BUY'", "order_type": "'MARKET'", "status": "'FILLED'",
            "quantity": "2", "avg_fill_price": "10", "price_as_of": "now()", "notional": "20", "fee": "0",
            "active_from": "now()", "ended_at": "now()",
        ],
        "ai_usage": ["user_id": user, "date": "'2026-01-01'", "calls": "1"],
    ]

    private static let bar = [
        "open": "10", "high": "11.5", "low": "9.5", "close": "11", "volume": "0", "provider": "'file'",
    ]

    /// The statement that inserts a table's correct row with some columns changed.
    static func insert(_ table: String, _ changes: [String: String] = [:]) -> String {
        let row = rows[table]!.merging(changes) { $1 }.sorted { $0.key < $1.key }
        let columns = row.map { "\"\($0.key)\"" }.joined(separator: ", ")
        return "INSERT INTO \(table) (\(columns)) VALUES (\(row.map(\.value).joined(separator: ", ")))"
    }
}
