import Postgres
import TestSupport
import Testing

/// Each case is the table's correct row with one thing wrong.
@Suite struct ConstraintTests {
    struct Wrong: Sendable, CustomStringConvertible {
        let table: String, changes: [String: String], constraint: String
        init(_ table: String, _ changes: [String: String], _ constraint: String) {
            (self.table, self.changes, self.constraint) = (table, changes, constraint)
        }
        var description: String { "\(table) \(changes)" }
    }

    @Test(arguments: [
        Wrong("users", ["role": "'root'"], "users_role"),
        Wrong("users", ["email": "'no at sign'"], "users_email"), Wrong("users", ["email": "'a@b@c'"], "users_email"),
        Wrong("users", ["email": "''"], "users_email"), Wrong("users", ["display_name": "''"], "users_display_name"),
        Wrong("users", ["base_currency": "'usd'"], "users_base_currency"),
        Wrong("users", ["email": "NULL"], "users_verified_email_exists"),
        Wrong("users", ["deleted_at": "now()"], "users_deleted_is_blank"),
        Wrong("webauthn_credentials", ["credential_id": "''"], "webauthn_credentials_credential_id"),
        Wrong("webauthn_credentials", ["sign_count": "4294967296"], "webauthn_credentials_sign_count"),
        Wrong("webauthn_credentials", ["transports": "'{usb,NULL}'"], "webauthn_credentials_transports"),
        Wrong("webauthn_credentials", ["backup_eligible": "false"], "webauthn_credentials_backup"),
        Wrong("api_keys", ["key_hash": "'short'"], "api_keys_key_hash"),
        Wrong("api_keys", ["scopes": "'{}'"], "api_keys_scopes"),
        Wrong("api_keys", ["scopes": "'{root}'"], "api_keys_scopes"),
        Wrong("api_keys", ["scopes": "'{read,NULL}'"], "api_keys_scopes"),
        Wrong("api_keys", ["prefix": "'a b'"], "api_keys_prefix"),
        Wrong("api_keys", ["expires_at": "now() - interval '1 s'"], "api_keys_expires_later"),
        Wrong("users", ["user_handle": "'\\x01'"], "users_user_handle"),
        Wrong("sessions", ["token_hash": "'short'"], "sessions_token_hash"),
        Wrong("sessions", ["kind": "'recovery'"], "sessions_recovery"),
        Wrong("sessions", ["method": "'recovery_code'"], "sessions_recovery"),
        Wrong("sessions", ["method": "'password'"], "sessions_method"),
        Wrong("sessions", ["expires_at": "now()"], "sessions_expires_later"),
        Wrong("webauthn_challenges", ["purpose": "'login'"], "webauthn_challenges_form"),
        Wrong("webauthn_challenges", ["user_handle": "NULL"], "webauthn_challenges_form"),
        Wrong("webauthn_challenges", ["session_id": Seed.session], "webauthn_challenges_form"),
        Wrong("webauthn_challenges", ["challenge_hash": "'short'"], "webauthn_challenges_challenge_hash"),
        Wrong("oauth_identities", ["subject": "''"], "oauth_identities_subject"),
        Wrong("oauth_identities", ["provider": "'github'"], "oauth_identities_provider"),
        Wrong("oauth_states", ["intent": "'link'"], "oauth_states_link"),
        Wrong("oauth_states", ["return_to": "'//evil.example'"], "oauth_states_return_to"),
        Wrong("oauth_states", ["return_to": "'https://evil.example'"], "oauth_states_return_to"),
        Wrong("watchlist_items", ["position": "0"], "watchlist_items_position"),
        Wrong("watchlist_items", ["position": "101"], "watchlist_items_position"),
        Wrong(
            "alerts", ["kind": "'Order filled'", "symbol_id": "NULL", "level": "NULL", "seen_until": "NULL"],
            "alerts_kind"),
        Wrong("alerts", ["level": "0"], "alerts_level"),
        Wrong("alerts", ["level": "'NaN'"], "alerts_level"), Wrong("alerts", ["level": "NULL"], "alerts_form"),
        Wrong("alerts", ["symbol_id": "NULL"], "alerts_form"), Wrong("alerts", ["seen_until": "NULL"], "alerts_form"),
        Wrong("alerts", ["kind": "'order_filled'"], "alerts_form"),
        Wrong("notifications", ["kind": "''"], "notifications_kind"),
        Wrong("notifications", ["detail": "''"], "notifications_detail"),
        Wrong("notifications", ["detail": "repeat('x', 1001)"], "notifications_detail"),
        Wrong("notifications", ["dedupe_key": "''"], "notifications_dedupe_key"),
        Wrong("webhooks", ["url": "''"], "webhooks_url"), Wrong("webhooks", ["failures": "-1"], "webhooks_failures"),
        Wrong("webhook_deliveries", ["status": "'sent'"], "webhook_deliveries_status"),
        Wrong("webhook_deliveries", ["attempts": "-1"], "webhook_deliveries_attempts"),
        Wrong("webhook_deliveries", ["response_status": "99"], "webhook_deliveries_response_status"),
        Wrong("webhook_deliveries", ["error": "''"], "webhook_deliveries_error"),
        Wrong("webhook_deliveries", ["finished_at": "NULL"], "webhook_deliveries_end"),
        Wrong("recovery_codes", ["kind": "'link'"], "recovery_codes_link_expires"),
        Wrong("recovery_codes", ["code_hash": "'short'"], "recovery_codes_code_hash"),
        Wrong("invitations", ["used_at": "now()"], "invitations_use"),
        Wrong("invitations", ["role": "'root'"], "invitations_role"),
        Wrong("symbols", ["symbol": "'eth-usd'"], "symbols_symbol"),
        Wrong("symbols", ["symbol": "'-X'"], "symbols_symbol"),
        Wrong("symbols", ["asset_type": "'BOND'"], "symbols_asset_type"),
        Wrong("symbols", ["asset_type": "'EQUITY'"], "symbols_pair"),
        Wrong("symbols", ["base_asset": "NULL"], "symbols_pair"),
        Wrong("symbols", ["quote_asset": "'ETH'"], "symbols_pair"),
        Wrong("symbols", ["currency": "'us$'"], "symbols_currency"),
        Wrong("replaced_bars", ["interval": "'1m'"], "replaced_bars_interval"),
        Wrong("replaced_bars", ["volume": "-1"], "replaced_bars_volume"),
        Wrong("replaced_bars", ["close": "0"], "replaced_bars_prices"),
        Wrong("data_findings", ["check_name": "'No gap'"], "data_findings_check_name"),
        Wrong("data_findings", ["severity": "'fatal'"], "data_findings_severity"),
        Wrong("data_findings", ["count": "0"], "data_findings_count"),
        Wrong("data_findings", ["detail": "''"], "data_findings_detail"),
        Wrong("data_findings", ["last": "'2020-01-01Z'"], "data_findings_range"),
        Wrong("market_closures", ["market": "'XLON'"], "market_closures_market"),
        Wrong("market_closures", ["date": "'1989-12-29'"], "market_closures_date"),
        Wrong("market_closures", ["reason": "''"], "market_closures_reason"),
        Wrong("equity_daily_bars", ["high": "10.9"], "equity_daily_bars_order"),
        Wrong("equity_daily_bars", ["low": "10.1"], "equity_daily_bars_order"),
        Wrong("equity_daily_bars", ["low": "0"], "equity_daily_bars_prices"),
        Wrong("equity_daily_bars", ["low": "-1"], "equity_daily_bars_prices"),
        Wrong("equity_daily_bars", ["high": "'NaN'"], "equity_daily_bars_prices"),
        Wrong("equity_daily_bars", ["high": "'Infinity'"], "equity_daily_bars_prices"),
        Wrong("equity_daily_bars", ["volume": "-1"], "equity_daily_bars_volume"),
        Wrong("equity_daily_bars", ["volume": "'NaN'"], "equity_daily_bars_volume"),
        Wrong("equity_daily_bars", ["date": "'0001-12-31 BC'"], "equity_daily_bars_date"),
        Wrong("equity_daily_bars", ["date": "'infinity'"], "equity_daily_bars_date"),
        Wrong("equity_daily_bars", ["symbol_id": "2"], "equity_daily_bars_symbol_kind"),
        Wrong("crypto_daily_bars", ["symbol_id": "1"], "crypto_daily_bars_symbol_kind"),
        Wrong("crypto_daily_bars", ["high": "'NaN'"], "crypto_daily_bars_prices"),
        Wrong("crypto_daily_bars", ["high": "9"], "crypto_daily_bars_order"),
        Wrong("crypto_hourly_bars", ["ts": "'2020-01-01 00:00:00.000001Z'"], "crypto_hourly_bars_ts"),
        Wrong("crypto_hourly_bars", ["ts": "'2020-01-01 00:30Z'"], "crypto_hourly_bars_ts"),
        Wrong("crypto_hourly_bars", ["ts": "'0001-12-31 23:00Z BC'"], "crypto_hourly_bars_ts"),
        Wrong("crypto_hourly_bars", ["symbol_id": "1"], "crypto_hourly_bars_symbol_kind"),
        Wrong("bar_series", ["interval": "'5m'"], "bar_series_interval"),
        Wrong("bar_series", ["count": "0"], "bar_series_range"),
        Wrong("bar_series", ["count": "1"], "bar_series_range"),
        Wrong("bar_series", ["first": "NULL"], "bar_series_range"),
        Wrong("bar_series", ["last": "first"], "bar_series_range"),
        Wrong("bar_series", ["last": "'2020-01-01 04:00Z'"], "bar_series_range"),
        Wrong("bar_series", ["interval": "'1d'"], "bar_series_grid"),
        Wrong("bar_series", ["tick_exponent": "13"], "bar_series_tick_exponent"),
        Wrong("bar_series", ["adjustment": "'some'"], "bar_series_adjustment"),
        Wrong("bar_series", ["symbol_id": "1"], "bar_series_symbol_kind"),
        Wrong("bar_series", ["revision": "0"], "bar_series_revision"),
        Wrong("jobs", ["job_type": "'Back Test'"], "jobs_job_type"),
        Wrong("jobs", ["status": "'done'", "lease_until": "NULL", "finished_at": "now()"], "jobs_status"),
        Wrong("jobs", ["payload_json": "'[]'"], "jobs_payload_json"), Wrong("jobs", ["attempts": "4"], "jobs_attempts"),
        Wrong("jobs", ["progress": "1.01"], "jobs_progress"), Wrong("jobs", ["progress": "'NaN'"], "jobs_progress"),
        Wrong("jobs", ["interruptions": "-1"], "jobs_interruptions"),
        Wrong("jobs", ["fence": "-1"], "jobs_fence"), Wrong("jobs", ["result_json": "'{}'"], "jobs_result"),
        Wrong(
            "jobs",
            [
                "status": "'completed'", "lease_until": "NULL", "finished_at": "now()", "progress": "1",
                "result_json": "'[]'",
            ], "jobs_result_json"),
        Wrong("jobs", ["worker": "NULL"], "jobs_state"), Wrong("jobs", ["lease_until": "NULL"], "jobs_state"),
        Wrong("jobs", ["attempts": "0"], "jobs_state"), Wrong("jobs", ["finished_at": "now()"], "jobs_state"),
        Wrong("jobs", ["status": "'pending'"], "jobs_state"),
        Wrong("jobs", ["status": "'cancelled'", "lease_until": "NULL"], "jobs_state"),
        Wrong("jobs", ["status": "'completed'", "lease_until": "NULL", "finished_at": "now()"], "jobs_outcome"),
        Wrong("jobs", ["status": "'failed'", "lease_until": "NULL", "finished_at": "now()"], "jobs_outcome"),
        Wrong("audit_events", ["stream": "64"], "audit_events_stream"),
        Wrong("audit_events", ["hash": "'x'"], "audit_events_hash"),
        Wrong("audit_events", ["payload_salt": "NULL"], "audit_events_payload"),
        Wrong("audit_events", ["prev_hash": "'x'"], "audit_events_prev_hash"),
        Wrong("strategies", ["name": "''"], "strategies_name"),
        Wrong("strategies", ["name": "repeat('x', 256)"], "strategies_name"),
        Wrong("strategies", ["asset_type": "'EQUITY'"], "strategies_market"),
        Wrong("strategies", ["timeframe": "'5m'"], "strategies_market"),
        Wrong("strategy_versions", ["version_number": "0"], "strategy_versions_version_number"),
        Wrong("strategy_versions", ["definition_json": "'3'"], "strategy_versions_definition_json"),
        Wrong("strategy_versions", ["definition_hash": "upper(\(Seed.hex))"], "strategy_versions_definition_hash"),
        Wrong("backtest_runs", ["start_date": "'0001-12-31 BC'"], "backtest_runs_range"),
        Wrong("backtest_runs", ["end_date": "'1969-12-31'"], "backtest_runs_range"),
        Wrong("backtest_runs", ["end_date": "'infinity'"], "backtest_runs_range"),
        Wrong("backtest_runs", ["start_date": "'1970-01-02'"], "backtest_runs_range"),
        Wrong("backtest_runs", ["initial_equity": "0"], "backtest_runs_initial_equity"),
        Wrong("backtest_runs", ["initial_equity": "'NaN'"], "backtest_runs_initial_equity"),
        Wrong("backtest_runs", ["timeframe": "'1h'"], "backtest_runs_periods_per_year"),
        Wrong("backtest_runs", ["periods_per_year": "250"], "backtest_runs_periods_per_year"),
        Wrong("backtest_runs", ["finished_at": "NULL"], "backtest_runs_state"),
        Wrong("backtest_runs", ["started_at": "NULL"], "backtest_runs_state"),
        Wrong("backtest_runs", ["status": "'running'", "result_hash": "NULL"], "backtest_runs_state"),
        Wrong("backtest_runs", ["result_hash": "NULL"], "backtest_runs_outcome"),
        Wrong("backtest_runs", ["error_code": "'X'"], "backtest_runs_outcome"),
        Wrong("backtest_runs", ["status": "'failed'", "error_code": "'X'"], "backtest_runs_outcome"),
        Wrong("backtest_runs", ["status": "'timed_out'", "result_hash": "NULL"], "backtest_runs_outcome"),
        Wrong("backtest_runs", ["bars_hash": "'xyz'"], "sha256_hex"),
        Wrong("backtest_runs", ["request_hash": "NULL"], "backtest_runs_idempotency"),
        Wrong("backtest_runs", ["idempotency_key": "''"], "idempotency_key"),
        Wrong("backtest_runs", ["engine_version": "repeat('1', 33)"], "engine_version"),
        Wrong("backtest_runs", ["status": "'done'", "result_hash": "NULL"], "backtest_runs_status"),
        Wrong("backtest_runs", ["warnings": "'[]'"], "run_warnings"),
        Wrong("backtest_runs", ["warnings": #"'{"listed": [], "omitted": "0"}'"#], "run_warnings"),
        Wrong(
            "backtest_runs",
            [
                "status": "'cancelled'", "result_hash": "NULL", "warnings": #"'{"listed": [], "omitted": 0}'"#,
            ], "backtest_runs_warnings"),
        Wrong("backtest_results", ["sharpe_ratio": "'Infinity'"], "backtest_results_finite"),
        Wrong("backtest_results", ["total_return_pct": "'NaN'"], "backtest_results_finite"),
        Wrong("backtest_results", ["max_drawdown_pct": "-0.1"], "backtest_results_not_negative"),
        Wrong("backtest_results", ["win_rate_pct": "100.1"], "backtest_results_percentages"),
        Wrong("backtest_results", ["psr": "1.1"], "backtest_results_probabilities"),
        Wrong("backtest_results", ["avg_loss_pct": "1"], "backtest_results_losses"),
        Wrong("backtest_results", ["win_rate_pct": "NULL"], "backtest_results_no_trades"),
        Wrong("backtest_results", ["num_trades": "0"], "backtest_results_no_trades"),
        Wrong("backtest_results", ["returns_count": "1"], "backtest_results_no_returns"),
        Wrong("backtest_results", ["notices": "'{}'"], "backtest_results_notices"),
        Wrong("backtest_results", ["excess_count": "-1"], "backtest_results_excess_count"),
        Wrong("backtest_results", ["excess_mean": "'NaN'"], "backtest_results_excess_mean"),
        Wrong("backtest_results", ["excess_sd": "-1"], "backtest_results_excess_sd"),
        Wrong("backtest_results", ["excess_skewness": "'Infinity'"], "backtest_results_excess_skewness"),
        Wrong("backtest_results", ["excess_kurtosis": "-1"], "backtest_results_excess_kurtosis"),
        Wrong("backtest_results", ["null_reasons": "'[]'"], "backtest_results_null_reasons"),
        Wrong("backtest_trades", ["trade_no": "0"], "backtest_trades_trade_no"),
        Wrong("backtest_trades", ["side": "'SHORT'"], "backtest_trades_side"),
        Wrong("backtest_trades", ["exit_time": "'2020-01-01Z'"], "backtest_trades_times"),
        Wrong("backtest_trades", ["entry_price": "0"], "backtest_trades_entry_price"),
        Wrong("backtest_trades", ["quantity": "'NaN'"], "backtest_trades_quantity"),
        Wrong("backtest_trades", ["exit_reason": "'boredom'"], "backtest_trades_exit_reason"),
        Wrong("backtest_trades", ["exit_reason": "'rule'"], "backtest_trades_gap"),
        Wrong("backtest_trades", ["bars_held": "-1"], "backtest_trades_bars_held"),
        Wrong("trials", ["block_counts": "array_fill(1, ARRAY[16])"], "trials_block_counts"),
        Wrong("trials", ["block_counts": "array_fill(2, ARRAY[15])"], "trial_counts"),
        Wrong("trials", ["block_counts": "'{}'"], "trial_counts"),
        Wrong("trials", ["block_counts": "array_fill(2, ARRAY[16], ARRAY[0])"], "trial_counts"),
        Wrong("trials", ["block_sums": "array_fill('NaN'::float8, ARRAY[16])"], "trial_sums"),
        Wrong("trials", ["block_sums": "array_fill(NULL::float8, ARRAY[16])"], "trial_sums"),
        Wrong("trials", ["block_squares": "array_fill(-1, ARRAY[16])"], "trial_squares"),
        Wrong("trials", ["returns_sd": "-1"], "trial_deviation"),
        Wrong("trials", ["excess_count": "-1"], "trials_excess_count"),
        Wrong("trials", ["excess_mean": "'NaN'"], "trials_excess_mean"),
        Wrong("trials", ["excess_sd": "'Infinity'"], "trial_deviation"),
        Wrong("trials", ["owner_id": "NULL"], "trials_owner"),
        Wrong("trials", ["window_end": "'2020-12-31'"], "trials_window"),
        Wrong("trials", ["timeframe": "'5m'"], "trials_timeframe"),
        Wrong("paper_accounts", ["cash_balance": "-0.01"], "exact_money"),
        Wrong("paper_accounts", ["cash_balance": "'NaN'"], "exact_money"),
        Wrong("paper_accounts", ["generation": "0"], "paper_accounts_generation"),
        Wrong("positions", ["quantity": "-1", "cost_basis": "0"], "exact_quantity"),
        Wrong("positions", ["quantity": "'NaN'"], "exact_quantity"),
        Wrong("positions", ["quantity": "0"], "positions_nothing_costs_nothing"),
        Wrong("orders", ["side": "'HOLD'"], "orders_side"), Wrong("orders", ["quantity": "-1"], "exact_quantity"),
        Wrong("orders", ["order_type": "'LIMIT'"], "orders_order_type"),
        Wrong("orders", ["limit_price": "1"], "orders_order_type"),
        Wrong("orders", ["order_type": "'LIMIT'", "limit_price": "0"], "exact_price"),
        Wrong("orders", ["order_type": "'STOP'", "stop_price": "'NaN'"], "exact_price"),
        Wrong("orders", ["time_in_force": "'IOC'"], "time_in_force"),
        Wrong("orders", ["role": "'ENTRY'"], "orders_bracket"),
        Wrong("orders", ["stop_loss": "1"], "orders_bracket"),
        Wrong(
            "orders", ["status": "'PENDING'", "reject_reason": "NULL", "held_cash": "-1"], "exact_money"),
        Wrong("orders", ["held_cash": "1"], "orders_end"),
        Wrong("orders", ["content_hash": "'\\x00'"], "sha256_hash"),
        Wrong("orders", ["detail": "repeat('a', 501)"], "order_sentence"),
        Wrong("paper_accounts", ["fee_bps": "501"], "fee_basis_points"),
        Wrong("paper_accounts", ["min_fee": "-1"], "smallest_fee"),
        Wrong("executions", ["fee": "-0.01"], "exact_money"),
        Wrong("executions", ["bar_revision": "0"], "executions_bar_revision"),
        Wrong("paper_generations", ["fees": "-1"], "paper_generations_fees"),
        Wrong("paper_equity_points", ["kind": "'hour'"], "paper_equity_points_kind"),
        Wrong("paper_equity_points", ["equity": "'NaN'"], "exact_money"),
        Wrong("orders", ["reject_reason": "'NO'"], "order_refusal"),
        Wrong("orders", ["client_order_id": "''"], "client_order_id"),
        Wrong("orders", ["quantity": "0", "status": "'PENDING'", "reject_reason": "NULL"], "orders_quantity"),
        Wrong("orders", ["order_type": "'LIMITED'"], "orders_order_type"),
        Wrong("orders", ["status": "'DONE'", "reject_reason": "NULL"], "orders_status"),
        Wrong("orders", ["stop_loss": "'NaN'"], "exact_price"),
        Wrong("orders", ["role": "'EXIT'", "side": "'SELL'", "reduce_only": "true"], "orders_bracket"),
        Wrong(
            "orders",
            [
                "role": "'STOP_LOSS'", "side": "'SELL'", "reduce_only": "true",
                "entry_order_id": Seed.order,
            ], "orders_bracket"),
        Wrong("paper_accounts", ["name": "''"], "account_name"),
        Wrong("orders", ["reject_reason": "NULL"], "orders_state"),
        Wrong("orders", ["status": "'FILLED'"], "orders_state"),
        Wrong("orders", ["avg_fill_price": "1"], "orders_state"),
        Wrong("executions", ["notional": "3.34"], "executions_notional_is_rounded"),
        Wrong("executions", ["realized_pnl": "1"], "executions_pnl_of_sales"),
        Wrong("executions", ["price": "0", "notional": "0"], "exact_price"),
        Wrong("replays", ["request_hash": "NULL"], "replays_idempotency"),
        Wrong("replays", ["idempotency_key": "NULL"], "replays_idempotency"),
        Wrong("replays", ["idempotency_key": "''"], "idempotency_key"),
        Wrong("replays", ["speed": "0"], "replays_speed"), Wrong("replays", ["speed": "5"], "replays_speed"),
        Wrong("replays", ["cash": "-0.01"], "replays_cash"),
        Wrong("replays", ["clock": "'2020-01-01Z'"], "replays_clock"),
        Wrong("replay_holdings", ["position": "0"], "replay_holdings_position"),
        Wrong("replay_holdings", ["position": "11"], "replay_holdings_position"),
        Wrong("replay_holdings", ["quantity": "0"], "replay_holdings_nothing_costs_nothing"),
        Wrong("replay_holdings", ["quantity": "-1"], "exact_quantity"),
        Wrong("replay_holdings", ["cost_basis": "-0.01"], "exact_money"),
        Wrong("replay_holdings", ["last_price": "0"], "exact_price"),
        Wrong("replay_orders", ["notional": "NULL"], "replay_orders_state"),
        Wrong("ai_usage", ["calls": "-1"], "ai_usage_calls"),
        Wrong("ai_usage", ["date": "'infinity'"], "ai_usage_date"),
    ])
    func `a wrong row is refused`(_ wrong: Wrong) throws {
        var db = try Seed.database.connect()
        let changes = wrong.changes.mapValues { $0 == "first" ? "'2020-01-01 05:00Z'" : $0 }
        let code = refusal(of: Seed.insert(wrong.table, changes), in: &db)
        #expect(code == .checkViolation(constraint: wrong.constraint))
    }

    @Test(arguments: [
        Wrong("api_keys", ["user_id": "gen_random_uuid()"], "api_keys_user_id_fkey"),
        Wrong("watchlist_items", ["user_id": "gen_random_uuid()"], "watchlist_items_user_id_fkey"),
        Wrong("watchlist_items", ["symbol_id": "99"], "watchlist_items_symbol_id_fkey"),
        Wrong("alerts", ["user_id": "gen_random_uuid()"], "alerts_user_id_fkey"),
        Wrong("notifications", ["user_id": "gen_random_uuid()"], "notifications_user_id_fkey"),
        Wrong("webhooks", ["user_id": "gen_random_uuid()"], "webhooks_user_id_fkey"),
        Wrong("webhook_deliveries", ["webhook_id": "gen_random_uuid()"], "webhook_deliveries_webhook_id_fkey"),
        Wrong("equity_daily_bars", ["symbol_id": "99"], "equity_daily_bars_symbol_id_fkey"),
        Wrong("bar_series", ["symbol_id": "99"], "bar_series_symbol_id_fkey"),
        Wrong("strategies", ["user_id": "gen_random_uuid()"], "strategies_user_id_fkey"),
        Wrong("strategy_versions", ["strategy_id": "gen_random_uuid()"], "strategy_versions_strategy_id_fkey"),
        Wrong("backtest_runs", ["user_id": Seed.other], "backtest_runs_owner_fkey"),
        Wrong("backtest_runs", ["strategy_version_id": "99"], "backtest_runs_version_fkey"),
        Wrong("backtest_runs", ["job_id": "gen_random_uuid()"], "backtest_runs_job_fkey"),
        Wrong("backtest_results", ["backtest_run_id": "gen_random_uuid()"], "backtest_results_backtest_run_id_fkey"),
        Wrong("backtest_trades", ["symbol_id": "2"], "backtest_trades_run_fkey"),
        Wrong("backtest_equity_points", ["backtest_run_id": "gen_random_uuid()"], "backtest_equity_points_run_fkey"),
        Wrong("backtest_equity_thinned", ["backtest_run_id": "gen_random_uuid()"], "backtest_equity_thinned_run_fkey"),
        Wrong("trials", ["owner_id": "gen_random_uuid()"], "trials_owner_id_fkey"),
        Wrong("executions", ["side": "'SELL'", "realized_pnl": "0"], "executions_order_fkey"),
        Wrong("executions", ["symbol_id": "2"], "executions_order_fkey"),
        Wrong("positions", ["paper_account_id": "99"], "positions_paper_account_id_fkey"),
        Wrong("replay_holdings", ["replay_id": "gen_random_uuid()"], "replay_holdings_replay_id_fkey"),
        Wrong("replay_holdings", ["symbol_id": "99"], "replay_holdings_symbol_id_fkey"),
        Wrong("replay_orders", ["symbol_id": "2"], "replay_orders_holding_fkey"),
    ])
    func `a row that refers to what is not there is refused`(_ wrong: Wrong) throws {
        var db = try Seed.database.connect()
        let code = refusal(of: Seed.insert(wrong.table, wrong.changes), in: &db)
        #expect(code == .foreignKeyViolation(constraint: wrong.constraint))
    }

    @Test(arguments: [
        (
            "users", "users_verified_email_key",
            "\(Seed.insert("users")); \(Seed.insert("users", ["email": "'B@Example.ORG'"]))"
        ),
        ("api_keys", "api_keys_key_hash_key", "\(Seed.insert("api_keys")); \(Seed.insert("api_keys"))"),
        (
            "watchlist_items", "watchlist_items_user_position_key",
            "\(Seed.insert("watchlist_items")); \(Seed.insert("watchlist_items", ["symbol_id": "2"]))"
        ),
        ("alerts", "alerts_rule_key", "\(Seed.insert("alerts")); \(Seed.insert("alerts"))"),
        (
            "alerts", "alerts_rule_key",
            """
            INSERT INTO alerts (user_id, kind) VALUES (\(Seed.user), 'order_filled'), (\(Seed.user), 'order_filled')
            """
        ),
        ("notifications", "notifications_once_key", "\(Seed.insert("notifications")); \(Seed.insert("notifications"))"),
        ("webhooks", "webhooks_url_key", "\(Seed.insert("webhooks")); \(Seed.insert("webhooks"))"),
        ("symbols", "symbols_active_symbol_key", "\(Seed.insert("symbols")); \(Seed.insert("symbols"))"),
        ("jobs", "jobs_active_dedupe_key", "\(Seed.insert("jobs")); \(Seed.insert("jobs"))"),
        (
            "audit_events", "audit_events_chain",
            "\(Seed.insert("audit_events")); \(Seed.insert("audit_events", ["hash": "sha256('z')"]))"
        ),
        ("strategies", "strategies_user_name_key", Seed.insert("strategies", ["name": "'Crossing'"])),
        (
            "strategy_versions", "strategy_versions_number_key",
            Seed.insert("strategy_versions", ["version_number": "1"])
        ),
        (
            "backtest_runs", "backtest_runs_idempotency_key_key",
            "\(Seed.insert("backtest_runs")); \(Seed.insert("backtest_runs"))"
        ),
        (
            "backtest_results", "backtest_results_pkey",
            Seed.insert("backtest_results", ["backtest_run_id": Seed.finishedRun])
        ),
        ("trials", "trials_identity", "\(Seed.insert("trials")); \(Seed.insert("trials"))"),
        ("paper_accounts", "paper_accounts_user_key", Seed.insert("paper_accounts", ["user_id": Seed.user])),
        ("orders", "orders_client_order_key", Seed.insert("orders", ["client_order_id": "'mine'"])),
        ("executions", "executions_order_key", Seed.insert("executions", ["order_id": Seed.order])),
        ("positions", "positions_symbol_key", "\(Seed.insert("positions")); \(Seed.insert("positions"))"),
        ("replays", "replays_idempotency_key", "\(Seed.insert("replays")); \(Seed.insert("replays"))"),
        (
            "replay_holdings", "replay_holdings_position_key",
            "\(Seed.insert("replay_holdings")); \(Seed.insert("replay_holdings", ["symbol_id": "3"]))"
        ),
        ("ai_usage", "ai_usage_pkey", "\(Seed.insert("ai_usage")); \(Seed.insert("ai_usage"))"),
    ])
    func `what may be there once is refused twice`(_ table: String, _ constraint: String, _ sql: String) throws {
        var db = try Seed.database.connect()
        let code = refusal(of: sql, in: &db)
        #expect(code == .uniqueViolation(constraint: constraint))
    }

    @Test(arguments: [
        // An email is only a label until proven, and a deleted person's is free.
        "\(Seed.insert("users")); \(Seed.insert("users", ["email_verified_at": "NULL"]))",
        // Tickers are used again.
        "\(Seed.insert("symbols", ["is_active": "false"])); \(Seed.insert("symbols"))",
        // A finished job makes room for the next with its key.
        "\(Seed.insert("jobs", ["status": "'cancelled'", "lease_until": "NULL", "finished_at": "now()"])); \(Seed.insert("jobs"))",
        // The name of a deleted strategy is free.
        "UPDATE strategies SET is_active = false; \(Seed.insert("strategies", ["name": "'Crossing'"]))",
        // A reset retires client order ids.
        Seed.insert("orders", ["client_order_id": "'mine'", "generation": "2"]),
        "\(Seed.insert("orders", ["client_order_id": "NULL"])); \(Seed.insert("orders", ["client_order_id": "NULL"]))",
        // The same trial of two owners, and an identical run again.
        "\(Seed.insert("trials")); \(Seed.insert("trials", ["owner_id": Seed.other]))",
        "\(Seed.insert("trials")); \(Seed.insert("trials")) ON CONFLICT DO NOTHING",
    ])
    func `what only looks double is taken`(_ sql: String) throws {
        var db = try Seed.database.connect()
        #expect(refusal(of: sql, in: &db) == nil)
    }
}
