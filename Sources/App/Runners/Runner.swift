import Backtest
import JSON
import Market
import Postgres
import Strategy
import Trading

enum RunnerStatus: String, CaseIterable, ColumnValue, ParameterValue {
    case running = "RUNNING"
    case paused = "PAUSED"
    case stopped = "STOPPED"
}

/// A pinned version of a strategy that trades forward with paper money (trading.md, "Runners").
struct Runner: Tradable {
    let id: String
    let accountID: Int
    let userID: String
    let generation: Int
    let strategyID: String
    let strategyName: String
    let versionID: Int
    let versionNumber: Int
    fileprivate let stored: StoredDefinition
    let symbolID: Int
    let symbol: String
    let assetType: AssetType
    /// Where a share is listed; nil when that is not known.
    let exchange: String?
    let timeframe: Timeframe
    let status: RunnerStatus
    let detail: String
    let capital: Money
    let allocation: Rate
    let risk: Rate?
    let commission: Rate
    let cash: Money
    let quantity: Quantity
    let next: OrderSide?
    /// Starts of the last bar that had begun before it did and of the last that it has seen.
    let afterBar: Instant
    let seenBar: Instant
    let startedAt: Instant
    let stoppedAt: Instant?
    /// The close of that bar when it was seen; nil before the first.
    let seenClose: Price?
    let equity: Money
    let bars: Int
    let fills: Int
    let refused: Int
    /// Start of the last bar that had begun when it was last resumed: up to it they pass.
    let passesUntil: Instant?

    var gain: Double? { (try? equity - capital)?.percent(of: capital) }

    /// Nil when this release does not take it any more.
    var definition: StrategyDefinition? {
        stored.definition.flatMap { $0.errors.isEmpty ? $0 : nil }
    }

    static let members: [Member<Runner>] = [
        .member("id", .uuid, \.id), .member("strategy_id", .uuid, \.strategyID),
        .member("strategy_name", .text, \.strategyName), .member("strategy_version_id", .integer, \.versionID),
        .member("version_number", .integer, \.versionNumber),
        .nullable("summary", Form<String>.text.described("What it does, in words"), \.stored.summary),
        .member("symbol", .text, \.symbol), .member("asset_type", .choice(), \.assetType),
        .member("timeframe", .choice(), \.timeframe), .member("status", .choice(), \.status),
        .member(
            "detail", Form<String>.text.described("What it did last, or why it does nothing"), \.detail),
        .nullable(
            "next", Form<OrderSide>.choice().described("What it does at the open of the next bar"), \.next),
        .member("capital", Form<Money>.money.described("Set aside for it at its start"), \.capital),
        .member("allocation_pct", .percent(0...100), \.allocation), .nullable("risk_pct", .percent(0...100), \.risk),
        .member("commission_bps", .basisPoints(0...500), \.commission),
        .member("cash", Form<Money>.money.described("Its own, which nobody else may spend"), \.cash),
        .member(
            "quantity", Form<Quantity>.quantity.described("Its own, which nobody else may sell"), \.quantity),
        .member(
            "equity", Form<Money>.money.described("At the close of the last bar it has seen, or when it was stopped"),
            \.equity),
        .nullable("return_pct", .number, \.gain), .member("bars", .integer, \.bars),
        .member("fills", .integer, \.fills),
        .member("refused", Form<Int>.integer.described("Orders of its own that were refused"), \.refused),
        .member("after_bar", .barTime) { $0.timeframe.label($0.afterBar.microseconds) },
        .member("seen_bar", .barTime) { $0.timeframe.label($0.seenBar.microseconds) },
        .member("started_at", .time, \.startedAt), .nullable("stopped_at", .time, \.stoppedAt),
    ]

    static let form = Form<Runner>.object("Runner", members)

    fileprivate static let columns = """
        r.id, r.paper_account_id, a.user_id, r.generation, r.strategy_id, t.name, v.id, v.version_number,
        v.definition_json, r.symbol_id, s.symbol, s.asset_type, s.exchange, r.interval, r.status, r.detail, r.capital,
        r.allocation_pct, r.risk_pct, r.commission_bps, r.cash, r.quantity, r.next_side, r.after_bar, r.seen_bar,
        r.started_at, r.stopped_at, r.seen_close, r.equity, r.bars,
        (SELECT count(*) FROM orders o WHERE o.runner_id = r.id AND o.status = 'FILLED'),
        (SELECT count(*) FROM orders o WHERE o.runner_id = r.id AND o.status = 'REJECTED'),
        r.passes_until
        """

    fileprivate static let tables = """
        paper_runners r JOIN paper_accounts a ON a.id = r.paper_account_id JOIN strategies t ON t.id = r.strategy_id
        JOIN strategy_versions v ON v.id = r.strategy_version_id JOIN symbols s ON s.id = r.symbol_id
        """

    fileprivate init(_ row: inout RowReader) throws {
        (id, accountID, userID, generation) = (try row.next(), try row.next(), try row.next(), try row.next())
        (strategyID, strategyName) = (try row.next(), try row.next())
        (versionID, versionNumber, stored) = (try row.next(), try row.next(), try row.next())
        (symbolID, symbol, assetType) = (try row.next(), try row.next(), try row.next())
        (exchange, timeframe) = (try row.next(), try row.next())
        (status, detail, capital) = (try row.next(), try row.next(), try row.next())
        (allocation, risk) = (try row.next(Percent.self).rate, try row.next(Percent?.self)?.rate)
        commission = try row.next(BasisPoints.self).rate
        (cash, quantity, next) = (try row.next(), try row.next(), try row.next())
        (afterBar, seenBar, startedAt, stoppedAt) = (
            try row.next(), try row.next(), try row.next(), try row.next()
        )
        (seenClose, equity, bars) = (try row.next(), try row.next(), try row.next())
        (fills, refused, passesUntil) = (try row.next(), try row.next(), try row.next())
    }
}

extension Timeframe {
    /// Which bar is the first for somebody who begins now: none that has begun already, though it may not be stored yet.
    ///
    /// - Parameters: starts of the last bar that has begun, and of the last that is stored.
    func wordsOfFirst(begun: Instant?, stored: Instant?) -> String {
        guard let begun, let stored, begun > stored else { return "the next bar" }
        return "the bar after that of \(written(begun.microseconds)), which has begun already"
    }
}

/// A share as the database keeps it, in percent.
private struct Percent: ColumnValue {
    let rate: Rate

    init(_ column: borrowing Column) throws(PostgresError) {
        guard let rate = Rate(percent: try column.text()) else { throw column.mismatch("percent") }
        self.rate = rate
    }
}

extension Query {
    /// A user's runner.
    static func runner(_ id: String, of userID: String) -> Query<Runner?> {
        .first(
            "SELECT \(Runner.columns) FROM \(Runner.tables) WHERE r.id = $1::uuid AND a.user_id = $2::uuid", id, userID,
            read: Runner.init)
    }

    /// The one that there is.
    static func storedRunner(_ id: String) -> Query<Runner> {
        .one(
            "SELECT \(Runner.columns) FROM \(Runner.tables) WHERE r.id = $1::uuid", id, read: Runner.init)
    }

    /// A page of a user's runners: those that are active first, then the newest.
    static func runners(of userID: String, _ window: Window) -> Query<[Runner]> {
        runners(
            """
            WHERE a.user_id = $1::uuid
            ORDER BY (r.status = 'STOPPED'), r.started_at DESC, r.id LIMIT $2::int OFFSET $3::int
            """, userID, window.probe, window.offset)
    }

    /// - Parameter condition: SQL behind the tables of a runner `r`, its account `a` and its symbol `s`.
    static func runners(_ condition: String, _ parameters: any ParameterValue...) -> Query<[Runner]> {
        .all("SELECT \(Runner.columns) FROM \(Runner.tables) \(condition)", with: parameters, read: Runner.init)
    }
}
