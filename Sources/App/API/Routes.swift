/// Every address of the API, in the order of its documentation.
enum Routes {
    static let all = responders + outbound

    /// Those that may ask other servers, and their siblings. nginx knows them by their addresses: `/api/auth/oauth/`,
    /// `/api/me/oauth/` and `/api/webhooks`.
    static let outbound = [
        OAuthRoutes.start, OAuthRoutes.callback, OAuthRoutes.formCallback, OAuthRoutes.link, OAuthRoutes.unlink,
        WebhookRoutes.list, WebhookRoutes.create, WebhookRoutes.update, WebhookRoutes.remove, WebhookRoutes.test,
        WebhookRoutes.deliveries,
    ]

    static let responders: [Route] = [
        Health.live, Health.ready, MetricsRoute.route, JobOrders.create, JobRoutes.list, JobRoutes.get,
        JobRoutes.cancel, OpenAPI.route,
        Symbols.search, Symbols.find, Candles.equities, Candles.crypto, StoredSeries.list, MarketHealth.get,
        UploadRoutes.create, UploadRoutes.list, UploadRoutes.get, UploadRoutes.confirm, UploadRoutes.remove,
        FindingRoutes.dismiss, FindingRoutes.restore,
        IngestionRoutes.equity, IngestionRoutes.crypto,
        Strategies.indicators, Strategies.validate, StrategyPreview.preview, Strategies.create, Strategies.list,
        Strategies.get,
        StrategyChanges.update, StrategyChanges.delete, StrategyChanges.duplicate, StrategyChanges.versions,
        Backtests.create, Backtests.list, Backtests.get, BacktestChanges.cancel, BacktestChanges.delete,
        BacktestExports.trades, BacktestExports.equity, BacktestExports.report,
        BacktestVerification.verify, BacktestComparison.compare,
        PasskeyRegistration.options, PasskeyRegistration.verify, SignIn.options, SignIn.verify,
        SignIn.confirmOptions, SignIn.confirm, Recovery.recover, SessionRoutes.logout, SessionRoutes.providers,
        Profile.whoAmI, Profile.get, Profile.update, SessionRoutes.list, SessionRoutes.end, SessionRoutes.endOthers,
        PasskeyRoutes.list, PasskeyRoutes.rename, PasskeyRoutes.remove, Recovery.newCodes,
        KeyRoutes.list, KeyRoutes.create, KeyRoutes.revoke, AccountExport.route, AccountEnd.audit, AccountEnd.delete,
        UserAdministration.list, UserAdministration.update, Watchlist.get, Watchlist.replace,
        PaperAccount.route, PaperAccount.update, OrderSigning.setting, OrderSigning.change, PreviewOrder.route,
        OrderSigning.options, OrderRoutes.create, OrderRoutes.list,
        OrderRoutes.get, OrderRoutes.replace, OrderRoutes.cancel, Executions.list, Executions.file, Executions.profits,
        Corrections.route,
        Portfolio.positionsRoute, Portfolio.summary, EquityPoints.route, Activity.route, ResetAccount.route,
        ResetAccount.generations, RunnerRoutes.create, RunnerRoutes.list, RunnerRoutes.get, RunnerRoutes.pause,
        RunnerRoutes.resume, RunnerRoutes.stop, ReplayRoutes.create, ReplayRoutes.list, ReplayRoutes.get,
        ReplayRoutes.change, ReplayRoutes.candles, ReplayRoutes.step, ReplayRoutes.order, ReplayRoutes.cancel,
        ReplayRoutes.delete, ReplayResult.route,
        Alerts.list, Alerts.create, Alerts.arm, Alerts.remove, Notifications.list, Notifications.unread,
        Notifications.readAll, Notifications.readOne,
        Dashboard.summary,
    ]
}
