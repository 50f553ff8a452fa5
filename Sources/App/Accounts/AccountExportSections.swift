import JSON
import Jobs
import Market
import WebAuthn

extension AccountExport {
    /// What the document holds. Ledger money and quantities are decimal strings, as everywhere in the API.
    static let sections: [ExportSection] =
        [profile] + access + [strategies, backtests, watchlist] + trading + practice + alerts + [events]

    private static let profile = ExportSection.object(
        "profile",
        [
            .id("id"), ExportColumn("role", Form<Role>.choice().schema), .text("email").orNull,
            .time("email_verified_at").orNull, .text("display_name").orNull, .text("base_currency"),
            .time("created_at"),
        ], "FROM users WHERE id = $1::uuid")

    private static let access: [ExportSection] = [
        .list(
            "passkeys",
            [
                .text("id", base64URL("credential_id")), .text("name"),
                ExportColumn("transports", .list(.type("string"))), .id("aaguid"),
                ExportColumn("attachment", Form<ToldWord<AuthenticatorAttachment>>.told().schema).orNull,
                .flag("is_backup_eligible", "backup_eligible"), .flag("is_backed_up", "backup_state"),
                .time("created_at"), .time("last_used_at").orNull,
            ], "FROM webauthn_credentials WHERE user_id = $1::uuid ORDER BY webauthn_credentials.created_at"),
        .list(
            "linked_accounts",
            [
                ExportColumn("provider", Form<IdentityProvider>.choice().schema), .text("email").orNull,
                .time("created_at"),
            ],
            "FROM oauth_identities WHERE user_id = $1::uuid ORDER BY provider"),
        .list(
            "sessions",
            [
                .id("id"), ExportColumn("kind", Form<Sessions.Kind>.choice().schema),
                ExportColumn("method", Form<Sessions.Method>.choice().schema), .text("device"), .time("created_at"),
                .time("last_seen_at"), .time("expires_at"),
            ], "FROM sessions WHERE user_id = $1::uuid ORDER BY sessions.created_at"),
        .list(
            "api_keys",
            [
                .id("id"), .text("name"), .text("prefix"), ExportColumn("scopes", .list(Form<Scope>.choice().schema)),
                .time("created_at"), .time("expires_at").orNull, .time("last_used_at").orNull,
                .time("revoked_at").orNull,
            ], "FROM api_keys WHERE user_id = $1::uuid ORDER BY api_keys.created_at"),
    ]

    /// Definitions as they are stored, also such as this release would not take.
    private static let strategies = ExportSection.versions(
        "strategies",
        [
            .id("id"), .text("name"), .text("description"), ExportColumn("asset_type", Form<AssetType>.choice().schema),
            ExportColumn("timeframe", Form<Timeframe>.choice().schema), .flag("is_active"), .time("created_at"),
        ],
        "SELECT * FROM strategies WHERE user_id = $1::uuid ORDER BY created_at, id", number: "v.version_number",
        [
            .integer("version_number"), .time("created_at"),
            ExportColumn("definition", .type("object"), "v.definition_json"),
        ], of: "v", "FROM strategy_versions v WHERE v.strategy_id = outer_row.id")

    private static let backtests = ExportSection.list(
        "backtests", of: "r",
        [
            .id("id"), .id("strategy_id"), .integer("version_number", "v.version_number"), .text("symbol", "y.symbol"),
            ExportColumn("timeframe", Form<Timeframe>.choice().schema),
            ExportColumn("start_date", Form<CalendarDay>.day.schema),
            ExportColumn("end_date", Form<CalendarDay>.day.schema), .money("initial_equity"),
            ExportColumn("options", Form<StoredOptions>.simulation.schema, "r.options_json"),
            ExportColumn("status", Form<JobStatus>.choice().schema), .text("error_code").orNull, .time("created_at"),
            .time("finished_at").orNull,
            ExportColumn("results", BacktestFigures.form.schema, BacktestFigures.sql("b")).orNull,
            .text("report", "'/api/backtests/' || r.id || '/report.json'"),
            .text("trades", "'/api/backtests/' || r.id || '/trades.csv'"),
            .text("equity", "'/api/backtests/' || r.id || '/equity.csv'"),
        ],
        """
        FROM backtest_runs r JOIN strategy_versions v ON v.id = r.strategy_version_id
          JOIN symbols y ON y.id = r.symbol_id LEFT JOIN backtest_results b ON b.backtest_run_id = r.id
        WHERE r.user_id = $1::uuid ORDER BY r.created_at, r.id
        """)

    private static let watchlist = ExportSection.list(
        "watchlist", of: "w", [.text("symbol", "y.symbol"), .time("created_at")],
        "FROM watchlist_items w JOIN symbols y ON y.id = w.symbol_id WHERE w.user_id = $1::uuid ORDER BY w.position")

    /// What an order `o` asks for and what became of it, on paper and in practice.
    private static func order(_ first: [ExportColumn], _ more: [ExportColumn]) -> [ExportColumn] {
        let ticket: [ExportColumn] = [
            .text("side"), .decimal("quantity"), .text("order_type"), .decimal("limit_price").orNull,
            .decimal("stop_price").orNull, .text("time_in_force"), .flag("reduce_only"), .text("role").orNull,
            .id("entry_order_id").orNull, .decimal("stop_loss").orNull, .decimal("take_profit").orNull, .text("status"),
            .text("detail"), .decimal("avg_fill_price").orNull, .time("price_as_of").orNull,
            .text("reject_reason").orNull, .text("client_order_id").orNull,
        ]
        let times: [ExportColumn] = [
            .time("requested_at"), .time("filled_at").orNull, .time("ended_at").orNull, .time("expires_at").orNull,
        ]
        return first + ticket + more + times
    }

    private static let trading: [ExportSection] = [
        .list(
            "paper_accounts", of: "a",
            [
                .integer("id"), .text("name"), .integer("generation"), .text("base_currency"),
                .money("starting_balance"), .decimal("fee_bps"), .money("min_fee"), .time("generation_started_at"),
                .money("cash_balance"), .time("created_at"),
                ExportColumn(
                    "positions",
                    .list(
                        .object([
                            ("symbol", .type("string"), true), ("quantity", .type("string"), true),
                            ("cost_basis", Form<String>.money.schema, true),
                        ])),
                    """
                    (SELECT coalesce(json_agg(json_build_object('symbol', y.symbol, 'quantity', p.quantity::text,
                       'cost_basis', p.cost_basis::text) ORDER BY y.symbol), '[]')
                     FROM positions p JOIN symbols y ON y.id = p.symbol_id WHERE p.paper_account_id = a.id)
                    """),
            ], "FROM paper_accounts a WHERE a.user_id = $1::uuid"),
        .list(
            "paper_generations", of: "g",
            [
                .integer("generation"), .money("starting_balance"), .money("cash_balance"), .money("equity").orNull,
                .decimal("realized_pnl"), .money("fees"), .integer("orders"), .time("started_at"), .time("ended_at"),
            ],
            """
            FROM paper_generations g JOIN paper_accounts a ON a.id = g.paper_account_id
            WHERE a.user_id = $1::uuid ORDER BY g.generation
            """),
        .list(
            "paper_equity", of: "p",
            [.integer("generation"), .time("at"), .text("kind"), .money("equity"), .money("cash")],
            """
            FROM paper_equity_points p JOIN paper_accounts a ON a.id = p.paper_account_id
            WHERE a.user_id = $1::uuid ORDER BY p.generation, p.at
            """),
        .list(
            "orders", of: "o",
            order(
                [.id("id"), .integer("generation"), .text("symbol", "y.symbol")],
                [
                    .id("runner_id").orNull,
                    .time("signed_at", "(SELECT signed_at FROM order_signatures g WHERE g.order_id = o.id)").orNull,
                ]),
            """
            FROM orders o JOIN paper_accounts a ON a.id = o.paper_account_id JOIN symbols y ON y.id = o.symbol_id
            WHERE a.user_id = $1::uuid ORDER BY o.requested_at, o.id
            """),
        .list(
            "executions", of: "e",
            [
                .id("id"), .id("order_id"), .text("symbol", "y.symbol"), .text("side"), .decimal("quantity"),
                .decimal("price"), .money("notional"), .money("fee"), .decimal("realized_pnl").orNull,
                .time("executed_at"), .time("price_as_of"), .text("bar_interval"), .time("bar_start"),
                .integer("bar_revision"), .integer("generation"),
            ],
            """
            FROM executions e JOIN paper_accounts a ON a.id = e.paper_account_id JOIN symbols y ON y.id = e.symbol_id
            WHERE a.user_id = $1::uuid ORDER BY e.sequence
            """),
        .list(
            "position_rescalings", of: "r",
            [
                .integer("generation"), .text("symbol", "y.symbol"), .integer("numerator"), .integer("denominator"),
                .decimal("quantity_before"), .decimal("quantity_after"), .text("bar_interval"),
                .integer("bar_revision"), .text("detail"), .time("rescaled_at"),
            ],
            """
            FROM position_rescalings r JOIN paper_accounts a ON a.id = r.paper_account_id
              JOIN symbols y ON y.id = r.symbol_id
            WHERE a.user_id = $1::uuid ORDER BY r.sequence
            """),
        .list(
            "paper_runners", of: "r",
            [
                .id("id"), .integer("generation"), .id("strategy_id"), .integer("strategy_version_id"),
                .text("symbol", "y.symbol"), .text("interval"), .text("status"), .text("detail"), .money("capital"),
                .decimal("allocation_pct"), .decimal("risk_pct").orNull, .decimal("commission_bps"), .money("cash"),
                .decimal("quantity"), .time("after_bar"), .time("seen_bar"), .time("started_at"),
                .time("stopped_at").orNull,
            ],
            """
            FROM paper_runners r JOIN paper_accounts a ON a.id = r.paper_account_id JOIN symbols y ON y.id = r.symbol_id
            WHERE a.user_id = $1::uuid ORDER BY r.started_at, r.id
            """),
        .list(
            "paper_runner_points", of: "p",
            [.id("runner_id"), .time("bar_start"), .money("equity")],
            """
            FROM paper_runner_points p JOIN paper_runners r ON r.id = p.runner_id
              JOIN paper_accounts a ON a.id = r.paper_account_id
            WHERE a.user_id = $1::uuid ORDER BY r.started_at, p.runner_id, p.bar_start
            """),
        .list(
            "advisor_usage", [ExportColumn("date", Form<CalendarDay>.day.schema), .integer("calls")],
            "FROM ai_usage WHERE user_id = $1::uuid ORDER BY date"),
    ]

    private static let practice: [ExportSection] = [
        .list(
            "replays", of: "r",
            [
                .id("id"), .text("interval"), .money("starting_balance"), .decimal("fee_bps"), .integer("speed"),
                .money("cash"), .time("first_bar"), .time("clock"), .integer("bars"), .flag("is_over"),
                .time("created_at"),
            ], "FROM replays r WHERE r.user_id = $1::uuid ORDER BY r.created_at, r.id"),
        .list(
            "replay_holdings", of: "h",
            [
                .id("replay_id"), .text("symbol", "y.symbol"), .decimal("quantity"), .money("cost_basis"),
                .decimal("last_price"), .time("last_bar"),
            ],
            """
            FROM replay_holdings h JOIN replays r ON r.id = h.replay_id JOIN symbols y ON y.id = h.symbol_id
            WHERE r.user_id = $1::uuid ORDER BY r.created_at, h.replay_id, h.position
            """),
        .list(
            "replay_orders", of: "o",
            order(
                [.id("id"), .id("replay_id"), .text("symbol", "y.symbol")],
                [
                    .money("notional").orNull, .money("fee").orNull, .decimal("realized_pnl").orNull,
                ]),
            """
            FROM replay_orders o JOIN replays r ON r.id = o.replay_id JOIN symbols y ON y.id = o.symbol_id
            WHERE r.user_id = $1::uuid ORDER BY r.created_at, o.replay_id, o.sequence
            """),
        .list(
            "replay_points", of: "p",
            [.id("replay_id"), .time("bar_start"), .money("equity")],
            """
            FROM replay_points p JOIN replays r ON r.id = p.replay_id WHERE r.user_id = $1::uuid
            ORDER BY r.created_at, p.replay_id, p.bar_start
            """),
    ]

    private static let alerts: [ExportSection] = [
        .list(
            "alerts", of: "a",
            [
                .id("id"), .text("kind"), .text("symbol", "y.symbol").orNull, .decimal("level").orNull,
                .flag("is_armed"), .time("created_at"), .time("fired_at").orNull,
            ],
            """
            FROM alerts a LEFT JOIN symbols y ON y.id = a.symbol_id WHERE a.user_id = $1::uuid
            ORDER BY a.created_at, a.id
            """),
        .list(
            "notifications", of: "n",
            [
                .id("id"), .text("kind"), .text("symbol", "y.symbol").orNull, .id("subject_id").orNull, .text("detail"),
                .time("created_at"), .time("read_at").orNull,
            ],
            """
            FROM notifications n LEFT JOIN symbols y ON y.id = n.symbol_id WHERE n.user_id = $1::uuid
            ORDER BY n.created_at, n.id
            """),
        .list(
            "webhooks",
            [.id("id"), .text("url"), .flag("is_active"), .time("created_at")],
            "FROM webhooks WHERE user_id = $1::uuid ORDER BY webhooks.created_at, id"),
    ]

    private static let events = ExportSection.list(
        "events",
        [
            .integer("id"), ExportColumn("type", Form<ToldWord<AccountEvent>>.told().schema, "event_type"),
            .time("created_at"), .text("request_id").orNull,
            ExportColumn("details", .type("object"), "payload_json").orNull,
        ], "FROM audit_events WHERE user_id = $1::uuid ORDER BY id")
}
