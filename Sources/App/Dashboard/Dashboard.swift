import HTTP
import JSON
import Market
import Postgres

/// `GET /api/dashboard/summary`: what the first page of a signed-in user shows, in one answer.
///
/// Each part is asked for by itself, so that what is wrong with one takes nothing from the others.
enum Dashboard {
    /// How many of the newest strategies and runs are shown.
    private static let shown = 5

    private static let found = Answer(200, "What there is; a part that failed says so in its place", Summary.form)

    static let summary = Route(
        .get, "/api/dashboard/summary", .signedIn(.read),
        "Newest strategies and runs, watchlist, paper account, how its worth went, what it holds and its last fills, and first steps; a part that fails does not fail the rest.",
        answers: [found]
    ) { call, db in
        let userID = try call.userID()
        let newest = Window(limit: shown, offset: 0)
        let parts = Parts(call)
        let held = try parts.ask("portfolio", &db) { db in try db.portfolio(of: userID, call.configuration) }
        return try found(
            Summary(
                strategies: try parts.ask("strategies", &db) { db in
                    let (strategies, usage) = try db.run(.newestStrategies(of: userID, shown), .usage(of: userID))
                    return RecentStrategies(strategies: strategies, total: usage?.strategies ?? 0)
                },
                backtests: parts.ask("backtests", &db) { db in
                    Page(newest, try db.run(.backtests(of: userID, BacktestFilter(), newest)))
                },
                watchlist: parts.ask("watchlist", &db) { db in try db.run(.watchlist(of: userID)) },
                paperAccount: parts.ask("paper_account", &db) { db in try db.paperAccount(of: userID) },
                portfolio: held.map { portfolio throws(Problem) in try portfolio.priced() },
                equity: parts.ask("equity", &db) { db in try EquityPoints.outline(of: userID, in: &db) },
                positions: held.map { Array($0.positions.prefix(shown)) },
                executions: parts.ask("executions", &db) { db in
                    Page(newest, try db.run(.executions(of: userID, newest)))
                },
                checklist: parts.ask("checklist", &db) { db in
                    let (profile, usage, watched) = try db.run(
                        .profile(of: userID), .usage(of: userID), .watchedCount(of: userID))
                    return Checklist(profile: profile, usage: usage, watched: watched)
                }), capacity: 32_768)
    }

    private struct Summary: Sendable {
        let strategies: Part<RecentStrategies>
        let backtests: Part<Page<ListedBacktest>>
        let watchlist: Part<[WatchedSymbol]>
        let paperAccount: Part<PaperAccount.Row>
        let portfolio: Part<Portfolio>
        let equity: Part<[EquityPoints.Point]>
        let positions: Part<[Portfolio.Position]>
        let executions: Part<Page<Executions.Row>>
        let checklist: Part<Checklist>

        static let form = Form<Summary>.object(
            "Dashboard",
            [
                .member("strategies", .part(RecentStrategies.form), \.strategies),
                .member("backtests", .part(Backtests.pageForm), \.backtests),
                .member("watchlist", .part(Watchlist.form), \.watchlist),
                .member("paper_account", .part(PaperAccount.Row.form), \.paperAccount),
                .member("portfolio", .part(Portfolio.summaryForm), \.portfolio),
                .member("equity", .part(EquityPoints.form), \.equity),
                .member("positions", .part(Portfolio.positionsForm), \.positions),
                .member("executions", .part(Executions.pageForm), \.executions),
                .member("checklist", .part(Checklist.form), \.checklist),
            ])
    }

    private struct RecentStrategies: Sendable {
        let strategies: [RecentStrategy]
        /// Of all that are not deleted.
        let total: Int

        static let form = Form<RecentStrategies>.object(
            "RecentStrategies",
            [
                .member("strategies", .list(of: RecentStrategy.form), \.strategies),
                .member("total", .integer, \.total),
            ])
    }

    /// Which first steps were made.
    private struct Checklist: Sendable {
        let profile: ProfileRow
        let usage: Usage?
        let watched: Int

        static let form = Form<Checklist>.object(
            "Checklist",
            [
                .member("passkeys", .integer, \.profile.passkeyIDs.count),
                .member("recovery_codes_left", .integer, \.profile.recoveryCodesLeft),
                .member("strategies", .integer) { $0.usage?.strategies ?? 0 },
                .member("backtests", .integer) { $0.usage?.runs ?? 0 }, .member("watchlist", .integer, \.watched),
            ])
    }
}
