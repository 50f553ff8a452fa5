/// Every rule of the schema that no request reaches, by what keeps it.
enum UnreachedRules {
    static let all: [(why: String, rules: [String])] = [
        (
            "The table of what was applied is written by the command that applies it: MigratorTests.",
            [
                "schema_migrations.duration_ms", "schema_migrations.min_code_version", "schema_migrations.version",
                "schema_migrations_duration_ms_check", "schema_migrations_min_code_version_check",
                "schema_migrations_sha256_check", "schema_migrations_version_check",
            ]
        ),
        (
            "The database gives out ids and numbers of versions itself, and a request only names those that are there.",
            [
                "alerts.symbol_id", "backtest_runs.symbol_id", "backtest_trades.symbol_id", "bar_series.symbol_id",
                "crypto_daily_bars.symbol_id", "crypto_hourly_bars.symbol_id", "data_findings.symbol_id",
                "equity_daily_bars.symbol_id", "executions.paper_account_id", "executions.symbol_id",
                "notifications.symbol_id", "orders.paper_account_id", "orders.symbol_id", "paper_accounts.id",
                "paper_equity_points.paper_account_id", "paper_generations.paper_account_id",
                "paper_runners.paper_account_id", "paper_runners.symbol_id", "position_rescalings.paper_account_id",
                "position_rescalings.symbol_id", "positions.id", "positions.paper_account_id", "positions.symbol_id",
                "replaced_bars.symbol_id", "replay_holdings.symbol_id", "replay_orders.symbol_id",
                "replays.symbol_id", "series_checks.symbol_id", "series_rescalings.symbol_id", "strategy_versions.id",
                "strategy_versions.version_number", "strategy_versions_version_number", "symbols.id",
                "trials.symbol_id", "watchlist_items.symbol_id",
            ]
        ),
        (
            "No request writes here: a migration, the command line or nobody does (UserAdministrationTests).",
            [
                "ai_usage.calls", "ai_usage_calls", "ai_usage_date", "invitations_note", "invitations_role",
                "market_closures_date", "market_closures_market", "market_closures_reason",
            ]
        ),
        (
            """
            What an authenticator says is bounded, and refused as a whole where it is more: RegistrationTests, \
            MutationTests, SignedOrderTests.
            """,
            [
                "order_signatures_authenticator_data", "order_signatures_client_data",
                "order_signatures_credential_id", "order_signatures_public_key", "order_signatures_signature",
                "order_signatures_ticket", "webauthn_credentials_attachment",
                "webauthn_credentials_attestation_format", "webauthn_credentials_backup",
                "webauthn_credentials_credential_id", "webauthn_credentials_public_key",
                "webauthn_credentials_sign_count", "webauthn_credentials_transports",
            ]
        ),
        (
            "What a provider says of somebody is bounded by IDToken: OAuthTests.",
            [
                "oauth_identities_email", "oauth_identities_issuer", "oauth_identities_subject",
            ]
        ),
        (
            """
            Bars, and what they are of, are read line by line, and the names of series refused before them: \
            PriceFilesTests, BarStoreTests, UploadTests.
            """,
            [
                "bar_series.tick_exponent", "bar_series_adjustment", "bar_series_grid", "bar_series_interval",
                "bar_series_price_basis_date", "bar_series_provider", "bar_series_range", "bar_series_tick_exponent",
                "crypto_daily_bars_date", "crypto_daily_bars_order", "crypto_daily_bars_prices",
                "crypto_daily_bars_provider", "crypto_daily_bars_volume", "crypto_hourly_bars_order",
                "crypto_hourly_bars_prices", "crypto_hourly_bars_provider", "crypto_hourly_bars_ts",
                "crypto_hourly_bars_volume", "equity_daily_bars_date", "equity_daily_bars_order",
                "equity_daily_bars_prices", "equity_daily_bars_provider", "equity_daily_bars_volume",
                "replaced_bars_interval", "replaced_bars_prices", "replaced_bars_volume", "symbols_asset_type",
                "symbols_currency", "symbols_exchange", "symbols_name", "symbols_quote_asset",
            ]
        ),
        (
            """
            Hashes, codes, salts and random bytes that are made here, each of one length: CeremonyTests, \
            AuditChainTests.
            """,
            [
                "api_keys_key_hash", "api_keys_prefix", "audit_anchors_last_hash", "audit_anchors_mac",
                "audit_events_hash", "audit_events_payload_digest", "audit_events_payload_salt",
                "audit_events_prev_hash", "audit_heads_last_hash", "audit_heads_mac", "invitations_token_hash",
                "oauth_states_browser_hash", "oauth_states_code_verifier", "oauth_states_invitation_hash",
                "oauth_states_nonce", "oauth_states_state_hash", "order_signatures_nonce", "recovery_codes_code_hash",
                "replay_orders_content_hash", "sessions_token_hash", "sha256_hash", "sha256_hex",
                "strategy_versions_definition_hash", "uploads_sha256", "users_user_handle",
                "webauthn_challenges_browser_hash", "webauthn_challenges_challenge_hash",
                "webauthn_challenges_invitation_hash", "webauthn_challenges_nonce", "webauthn_challenges_user_handle",
            ]
        ),
        (
            "The trail of what happened is written by one statement, which makes all of a row: AuditChainTests.",
            [
                "audit_anchors.stream", "audit_anchors_count", "audit_anchors_last_id", "audit_events.stream",
                "audit_events_event_type", "audit_events_payload", "audit_events_payload_json", "audit_events_stream",
                "audit_heads.stream", "audit_heads_count", "audit_heads_last_id", "audit_heads_signed",
                "audit_heads_stream",
            ]
        ),
        (
            "Made by nginx where the client's is of another form: Tests/Nginx.",
            [
                "audit_events_request_id", "jobs_request_id",
            ]
        ),
        (
            "The address of a caller, or a user's id: RateLimitTests.",
            [
                "rate_limits_bucket"
            ]
        ),
        (
            "One of our own words for a device: DeviceNameTests.",
            [
                "sessions_device"
            ]
        ),
        (
            "Ends so many minutes or days after it begins: CeremonyTests, OAuthTests, UploadTests.",
            [
                "invitations_expires_later", "oauth_states_expires_later", "recovery_codes_expires_later",
                "sessions_expires_later", "uploads_expiry", "webauthn_challenges_expires_later",
            ]
        ),
        (
            "A file is cut into chunks here, of which there are as many as its bytes, at most 64 MB: UploadPartsTests.",
            [
                "upload_chunks.number", "upload_chunks_bytes", "upload_chunks_number", "uploads_bytes",
            ]
        ),
        (
            """
            Worked out by the engine, whose figures are finite and whose shares lie between nothing and all: \
            HostileNumbersTests, StatisticsTests, EquityChunksTests.
            """,
            [
                "backtest_equity_points.chunk_no", "backtest_equity_points_chunk_no", "backtest_equity_points_equity",
                "backtest_equity_points_form", "backtest_equity_points_ts", "backtest_equity_thinned_equity",
                "backtest_equity_thinned_form", "backtest_equity_thinned_ts", "backtest_results.excess_count",
                "backtest_results.fills_without_volume", "backtest_results.num_trades",
                "backtest_results.returns_count", "backtest_results.tick_exponent", "backtest_results_excess_count",
                "backtest_results_excess_kurtosis", "backtest_results_excess_mean", "backtest_results_excess_sd",
                "backtest_results_excess_skewness", "backtest_results_finite", "backtest_results_losses",
                "backtest_results_no_returns", "backtest_results_no_trades", "backtest_results_not_negative",
                "backtest_results_notices", "backtest_results_null_reasons", "backtest_results_percentages",
                "backtest_results_probabilities", "backtest_results_tick_exponent", "backtest_results_wins",
                "backtest_trades.bars_held", "backtest_trades.trade_no", "backtest_trades_bars_held",
                "backtest_trades_entry_price", "backtest_trades_exit_price", "backtest_trades_exit_reason",
                "backtest_trades_gap", "backtest_trades_pnl_abs", "backtest_trades_pnl_pct",
                "backtest_trades_quantity", "backtest_trades_side", "backtest_trades_times",
                "backtest_trades_trade_no", "engine_version", "run_warnings", "trial_counts", "trial_deviation",
                "trial_squares", "trial_sums", "trials.block_counts", "trials.excess_count", "trials.returns_count",
                "trials_block_counts", "trials_excess_count", "trials_excess_mean", "trials_owner",
                "trials_returns_count", "trials_returns_mean", "trials_skewness",
            ]
        ),
        (
            "Counted here, from nothing or one up, one by one: UsageCountTests, QueueTests, RetentionTests.",
            [
                "backtest_runs.equity_points", "backtest_runs_bar_revision", "backtest_runs_equity_points",
                "bar_series_count", "bar_series_revision", "data_findings_count", "executions.generation",
                "executions_bar_revision", "executions_generation", "jobs.attempts", "jobs.fence",
                "jobs.interruptions", "jobs_attempts", "jobs_fence", "jobs_interruptions", "orders.generation",
                "orders_generation", "paper_accounts.generation", "paper_accounts_generation",
                "paper_equity_points.generation", "paper_generations.generation", "paper_generations.orders",
                "paper_generations_generation", "paper_generations_orders", "paper_runners.bars",
                "paper_runners.generation", "paper_runners_bars", "paper_runners_generation",
                "position_rescalings.generation", "position_rescalings_generation", "provider_states.failures",
                "provider_states_failures", "rate_limits.hits", "rate_limits.previous_hits", "rate_limits_hits",
                "rate_limits_previous_hits", "replays.bars", "replays_bars", "series_checks.errors",
                "series_checks.infos", "series_checks.warnings", "series_checks_errors", "series_checks_expected",
                "series_checks_infos", "series_checks_missing", "series_checks_revision", "series_checks_warnings",
                "series_rescalings_revision", "user_usage_equity_points", "user_usage_runs", "user_usage_strategies",
                "user_usage_strategy_bytes", "user_usage_strategy_versions", "user_usage_trials",
                "webhook_deliveries.attempts", "webhook_deliveries_attempts", "webhooks.failures",
                "webhooks_failures",
            ]
        ),
        (
            "Of the timeframe of a run, which is one of ours.",
            [
                "backtest_runs.periods_per_year", "backtest_runs_periods_per_year",
            ]
        ),
        (
            "Both or neither come from one field.",
            [
                "backtest_runs_idempotency", "replays_idempotency",
            ]
        ),
        (
            "Of what prices are restated by, a fraction above zero, and of what is held: RescaleTests, SplitTests.",
            [
                "position_rescalings.quantity_after", "position_rescalings.quantity_before",
                "position_rescalings_quantity", "position_rescalings_scale", "series_rescalings_interval",
                "series_rescalings_scale",
            ]
        ),
        (
            """
            Worked out by the ledger, which refuses with AMOUNT_TOO_LARGE what does not fit: AmountTests, \
            LedgerTests, ReplayTests.
            """,
            [
                "exact_money", "exact_quantity", "executions.fee", "executions.notional", "executions.price",
                "executions.realized_pnl", "executions_notional_is_rounded", "executions_pnl_of_sales",
                "executions_realized_pnl", "orders.avg_fill_price", "orders.held_cash", "paper_accounts.cash_balance",
                "paper_equity_points.cash", "paper_equity_points.equity", "paper_generations.cash_balance",
                "paper_generations.equity", "paper_generations.fees", "paper_generations.realized_pnl",
                "paper_generations_cash_balance", "paper_generations_equity", "paper_generations_fees",
                "paper_generations_realized_pnl", "paper_runner_points.equity", "paper_runner_points_equity",
                "paper_runners.cash", "paper_runners.equity", "paper_runners.quantity", "paper_runners.seen_close",
                "paper_runners_cash", "paper_runners_equity", "paper_runners_quantity", "paper_runners_seen_close",
                "positions.cost_basis", "positions.quantity", "positions_nothing_costs_nothing",
                "replay_holdings.cost_basis", "replay_holdings.last_price", "replay_holdings.quantity",
                "replay_holdings_nothing_costs_nothing", "replay_orders.avg_fill_price", "replay_orders.fee",
                "replay_orders.held_cash", "replay_orders.notional", "replay_orders.realized_pnl",
                "replay_orders_avg_fill_price", "replay_orders_fee", "replay_orders_held_cash",
                "replay_orders_notional", "replay_orders_realized_pnl", "replay_points.equity",
                "replay_points_equity", "replays.cash", "replays.cost_basis", "replays.last_price",
                "replays.quantity", "replays_cash", "replays_cost_basis", "replays_last_price",
                "replays_nothing_costs_nothing", "replays_quantity",
            ]
        ),
        (
            "Moments in the order in which bars come.",
            [
                "data_findings_range", "paper_runners_seen", "replays_clock",
            ]
        ),
        (
            "Sentences of ours, cut where they are stored.",
            [
                "data_findings_detail", "notifications_detail", "order_sentence", "paper_runners_detail",
                "replay_orders_detail", "webhook_deliveries_error",
            ]
        ),
        (
            "Words of ours, of one form each: StoredWordsTests.",
            [
                "account_name", "backtest_runs_error_code", "data_findings_check_name", "data_findings_severity",
                "jobs_dedupe_key", "jobs_error_code", "jobs_worker", "notifications_dedupe_key", "notifications_kind",
                "oauth_identities_provider", "oauth_states_intent", "oauth_states_provider", "order_refusal",
                "paper_accounts_base_currency", "paper_equity_points_kind", "paper_runners_next_side",
                "provider_states_last_error_code", "recovery_codes_kind", "sessions_kind", "sessions_method",
                "webauthn_challenges_purpose",
            ]
        ),
        (
            "What an answer of a server begins with: three digits, or nothing.",
            [
                "webhook_deliveries.response_status", "webhook_deliveries_response_status",
            ]
        ),
        (
            """
            States, and what belongs to each: the statement that enters one writes all of it (QueueTests, AlertTests, \
            ReplayTests, RunnerTests).
            """,
            [
                "backtest_runs_outcome", "backtest_runs_state", "backtest_runs_status", "backtest_runs_warnings",
                "invitations_use", "jobs_outcome", "jobs_payload_json", "jobs_progress", "jobs_result",
                "jobs_result_json", "jobs_state", "jobs_status", "oauth_states_link", "orders_end", "orders_state",
                "orders_status", "paper_runners_band", "paper_runners_end", "paper_runners_status",
                "provider_states_failure", "recovery_codes_link_expires", "replay_orders_end", "replay_orders_state",
                "replay_orders_status", "sessions_recovery", "users_deleted_is_blank", "users_verified_email_exists",
                "webauthn_challenges_form", "webhook_deliveries_end", "webhook_deliveries_status",
            ]
        ),
    ]
}
