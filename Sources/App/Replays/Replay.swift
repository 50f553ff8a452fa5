import JSON
import Market
import Postgres
import Trading

/// Practice on past days: an account of its own, whose clock is a stored bar (trading.md, "Practice on past days").
struct Replay: Sendable {
    let id: String
    let userID: String
    let symbol: TradedSymbol
    let timeframe: Timeframe
    let startingBalance: Money
    let feeRate: Rate
    private(set) var cash: Money
    private(set) var holding: Holding
    private(set) var lastPrice: Price
    /// Starts of the bar at whose close it began, and of the newest that its owner has seen.
    let firstBar: Instant
    private(set) var clock: Instant
    private(set) var bars: Int
    let isOver: Bool
    let createdAt: Instant

    var equity: Money? { (try? holding.value(at: lastPrice)).flatMap { try? cash + $0 } }
    var gain: Double? { equity.flatMap { try? $0 - startingBalance }?.percent(of: startingBalance) }

    var costs: Costs<ExactNumbers> { Costs(slippage: .zero, commission: feeRate) }

    static let members: [Member<Replay>] = [
        .member("id", .uuid, \.id), .member("symbol", .text, \.symbol.symbol), .member("name", .text, \.symbol.name),
        .member("asset_type", .choice(), \.symbol.assetType), .member("timeframe", .choice(), \.timeframe),
        .member("starting_balance", .money, \.startingBalance), .member("fee_bps", .basisPoints(0...500), \.feeRate),
        .member("cash", .money, \.cash), .member("quantity", .quantity, \.holding.quantity),
        .member("cost_basis", .money, \.holding.cost), .member("last_price", .price, \.lastPrice),
        .nullable("equity", .money, \.equity), .nullable("return_pct", .number, \.gain),
        .member(
            "first_bar", Form<String>.barTime.described("The bar at whose close it began")
        ) { $0.timeframe.label($0.firstBar.microseconds) },
        .member(
            "clock", Form<String>.barTime.described("The newest bar there is for its owner")
        ) { $0.timeframe.label($0.clock.microseconds) },
        .member("bars", Form<Int>.integer.described("Seen since its beginning"), \.bars),
        .member("is_over", Form<Bool>.flag.described("Whether no stored bar is left"), \.isOver),
        .member("created_at", .time, \.createdAt),
    ]

    static let form = Form<Replay>.object("Replay", members)

    fileprivate static let columns = """
        r.id, r.user_id, \(TradedSymbol.columns), r.interval, r.starting_balance, r.fee_bps, r.cash, r.quantity,
        r.cost_basis, r.last_price, r.first_bar, r.clock, r.bars, r.is_over, r.created_at
        """

    fileprivate init(_ row: inout RowReader) throws {
        (id, userID, symbol, timeframe) = (
            try row.next(), try row.next(), try TradedSymbol(&row), try row.next()
        )
        (startingBalance, feeRate, cash) = (
            try row.next(), try row.next(BasisPoints.self).rate, try row.next()
        )
        holding = Holding(quantity: try row.next(), cost: try row.next())
        (lastPrice, firstBar, clock, bars) = (try row.next(), try row.next(), try row.next(), try row.next())
        (isOver, createdAt) = (try row.next(), try row.next())
    }

    /// After fills, and after a bar that went by.
    mutating func take(_ ledger: Ledger) {
        cash = ledger.cash
        holding = ledger.holdings[instrument] ?? Holding()
    }

    mutating func see(_ bar: StoredExactBar) {
        (lastPrice, clock, bars) = (bar.bar.close, Instant(microseconds: bar.start), bars + 1)
    }

    var instrument: String { String(symbol.id) }

    var ledger: Ledger { Ledger(cash: cash, holdings: holding.quantity == .zero ? [:] : [instrument: holding]) }
}

extension Query {
    static func replay(_ id: String, of userID: String) -> Query<Replay?> where Output == Replay? {
        .first(
            """
            SELECT \(Replay.columns) FROM replays r JOIN symbols s ON s.id = r.symbol_id
            WHERE r.id = $1::uuid AND r.user_id = $2::uuid
            """, id, userID, read: Replay.init)
    }

    /// The same, which nobody else moves until the transaction ends.
    static func lockingReplay(_ id: String, of userID: String) -> Query<Replay?> where Output == Replay? {
        .first(
            """
            SELECT \(Replay.columns) FROM replays r JOIN symbols s ON s.id = r.symbol_id
            WHERE r.id = $1::uuid AND r.user_id = $2::uuid FOR UPDATE OF r
            """, id, userID, read: Replay.init)
    }

    static func replays(of userID: String, _ window: Window) -> Query<[Replay]> where Output == [Replay] {
        .all(
            """
            SELECT \(Replay.columns) FROM replays r JOIN symbols s ON s.id = r.symbol_id
            WHERE r.user_id = $1::uuid ORDER BY r.created_at DESC, r.id LIMIT $2::int OFFSET $3::int
            """, userID, window.probe, window.offset, read: Replay.init)
    }
}

extension Query where Output == Int {
    static func storing(_ replay: Replay, isOver: Bool) -> Query<Int> {
        .change(
            """
            UPDATE replays SET cash = $2::numeric, quantity = $3::numeric, cost_basis = $4::numeric,
              last_price = $5::numeric, clock = $6::timestamptz, bars = $7::int, is_over = $8::boolean
            WHERE id = $1::uuid
            """, replay.id, replay.cash, replay.holding.quantity, replay.holding.cost, replay.lastPrice, replay.clock,
            replay.bars, isOver)
    }
}
