import HTTP
import JSON
import Market
import Postgres
import Trading

/// Practice on past days: an account of its own, whose clock is a stored bar (trading.md, "Practice on past days").
struct Replay: Sendable {
    let id: String
    let userID: String
    let timeframe: Timeframe
    let startingBalance: Money
    let feeRate: Rate
    /// Bars a second while it is played.
    let speed: Int
    private(set) var cash: Money
    /// Starts of the bar at whose close it began, and of the newest that its owner has seen, of whichever symbol.
    let firstBar: Instant
    private(set) var clock: Instant
    private(set) var bars: Int
    let isOver: Bool
    let createdAt: Instant
    /// One of each symbol, in the order in which they were asked for.
    private(set) var positions: [ReplayPosition]

    var equity: Money? {
        var equity = cash
        for position in positions {
            guard let value = position.value, let sum = try? equity + value else { return nil }
            equity = sum
        }
        return equity
    }

    var gain: Double? { equity.flatMap { try? $0 - startingBalance }?.percent(of: startingBalance) }

    var costs: Costs<ExactNumbers> { Costs(slippage: .zero, commission: feeRate) }

    /// How many symbols one may have.
    static let maximumSymbols = 10

    /// Each bar is two requests of whoever plays, of which a user has 600 a minute: faster play would be stopped by that.
    static let speeds = 1...4, usualSpeed = 4
    static let aboutSpeed = "Bars a second while it is played"

    static let form = Form<Replay>.object(
        "Replay",
        [
            .member("id", .uuid, \.id), .member("timeframe", .choice(), \.timeframe),
            .member("starting_balance", .money, \.startingBalance),
            .member("fee_bps", .basisPoints(0...500), \.feeRate), .member("cash", .money, \.cash),
            .nullable("equity", .money, \.equity), .nullable("return_pct", .number, \.gain),
            .member(
                "positions",
                Form<[ReplayPosition]>.list(of: ReplayPosition.form).described(
                    "One of each symbol, in the order in which they were asked for"), \.positions),
            .member(
                "first_bar", Form<String>.barTime.described("The bar at whose close it began")
            ) { $0.timeframe.label($0.firstBar.microseconds) },
            .member(
                "clock", Form<String>.barTime.described("The newest bar there is for its owner, of whichever symbol")
            ) { $0.timeframe.label($0.clock.microseconds) },
            .member("bars", Form<Int>.integer.described("How often the clock has moved on"), \.bars),
            .member("is_over", Form<Bool>.flag.described("Whether no stored bar is left"), \.isOver),
            .member("speed", Form<Int>.integer.described(aboutSpeed), \.speed),
            .member("created_at", .time, \.createdAt),
        ])

    fileprivate static let columns = """
        r.id, r.user_id, r.interval, r.starting_balance, r.fee_bps, r.speed, r.cash, r.first_bar, r.clock, r.bars, r.is_over,
        r.created_at, \(ReplayPosition.columns)
        """

    fileprivate static let joined =
        "JOIN replay_holdings h ON h.replay_id = r.id JOIN symbols s ON s.id = h.symbol_id"

    /// With one of its positions.
    fileprivate init(_ row: inout RowReader) throws {
        (id, userID, timeframe) = (try row.next(), try row.next(), try row.next())
        (startingBalance, feeRate, speed) = (try row.next(), try row.next(BasisPoints.self).rate, try row.next())
        (cash, firstBar, clock, bars) = (try row.next(), try row.next(), try row.next(), try row.next())
        (isOver, createdAt) = (try row.next(), try row.next())
        positions = [try ReplayPosition(&row, timeframe)]
    }

    /// Of rows, of which those of one replay stand one after another.
    @Sendable fileprivate static func gathered(_ rows: [Replay]) -> [Replay] {
        rows.reduce(into: []) { replays, row in
            if replays.last?.id == row.id {
                replays[replays.count - 1].positions += row.positions
            } else {
                replays.append(row)
            }
        }
    }

    /// After fills.
    mutating func take(_ ledger: Ledger) {
        cash = ledger.cash
        for place in positions.indices {
            positions[place].holding = ledger.holdings[positions[place].instrument] ?? Holding()
        }
    }

    /// The clock has moved on to a moment, and these are the bars there.
    mutating func see(_ moment: ReplayMoment) {
        for (place, bar) in moment.bars { positions[place].see(bar) }
        (clock, bars) = (Instant(microseconds: moment.start), bars + 1)
    }

    func place(of symbol: String) -> Int? { positions.firstIndex { $0.symbol.symbol == symbol } }

    /// Refuses a symbol that it is not of.
    func stranger(_ symbol: String) -> Problem {
        .invalid(
            "symbol", "NOT_ALLOWED",
            "\(symbol) is none of the symbols here: \(positions.map(\.symbol.symbol).joined(separator: ", ")).")
    }

    var ledger: Ledger {
        let held = positions.filter { $0.holding.quantity != .zero }
        return Ledger(
            cash: cash, holdings: Dictionary(uniqueKeysWithValues: held.map { ($0.instrument, $0.holding) }))
    }
}

extension Query {
    static func replay(_ id: String, of userID: String) -> Query<Replay?> {
        replay(id, of: userID, "")
    }

    /// The same, which nobody else moves until the transaction ends. With its positions: what is not locked would be read as
    /// it was before the wait.
    static func lockingReplay(_ id: String, of userID: String) -> Query<Replay?> {
        replay(id, of: userID, "FOR UPDATE OF r, h")
    }

    private static func replay(_ id: String, of userID: String, _ lock: String) -> Query<Replay?> {
        Query<[Replay]>.all(
            """
            SELECT \(Replay.columns) FROM replays r \(Replay.joined)
            WHERE r.id = $1::uuid AND r.user_id = $2::uuid ORDER BY h.position \(lock)
            """, id, userID, read: Replay.init
        ).map { Replay.gathered($0).first }
    }

    static func replays(of userID: String, _ window: Window) -> Query<[Replay]> {
        Query<[Replay]>.all(
            """
            SELECT \(Replay.columns) FROM (
              SELECT * FROM replays WHERE user_id = $1::uuid ORDER BY created_at DESC, id LIMIT $2::int OFFSET $3::int
            ) r \(Replay.joined) ORDER BY r.created_at DESC, r.id, h.position
            """, userID, window.probe, window.offset, read: Replay.init
        ).map(Replay.gathered)
    }

    /// The same of one that an `Idempotency-Key` has opened, and what came with the key.
    static func replay(openedBy key: String, of userID: String) -> Query<(id: String, hash: String)?> {
        .first(
            "SELECT id, request_hash FROM replays WHERE user_id = $1::uuid AND idempotency_key = $2", userID, key
        ) { row in (id: try row.next(), hash: try row.next()) }
    }

    static func countOfReplays(of userID: String) -> Query<Int> {
        .value("SELECT count(*) FROM replays WHERE user_id = $1::uuid", userID)
    }

    static func storing(_ replay: Replay, isOver: Bool) -> Query<Int> {
        let held = replay.positions
        return .change(
            """
            WITH moved AS (
              UPDATE replays SET cash = $2::numeric, clock = $3::timestamptz, bars = $4::int, is_over = $5::boolean
              WHERE id = $1::uuid)
            UPDATE replay_holdings h SET quantity = n.quantity, cost_basis = n.cost_basis, last_price = n.last_price,
              last_bar = n.last_bar
            FROM unnest($6::int[], $7::numeric[], $8::numeric[], $9::numeric[], $10::timestamptz[])
              AS n (symbol_id, quantity, cost_basis, last_price, last_bar)
            WHERE h.replay_id = $1::uuid AND h.symbol_id = n.symbol_id
            """, replay.id, replay.cash, replay.clock, replay.bars, isOver, held.map(\.symbol.id),
            held.map(\.holding.quantity.description), held.map(\.holding.cost.description),
            held.map(\.lastPrice.description),
            Parameter.timestamps(microseconds: held.map(\.lastBar.microseconds)))
    }

    static func setting(speed: Int, ofReplay id: String, of userID: String) -> Query<Int> {
        .change(
            "UPDATE replays SET speed = $3::int WHERE id = $1::uuid AND user_id = $2::uuid", id, userID, speed)
    }

    static func deletingReplay(_ id: String, of userID: String) -> Query<Int> {
        .change("DELETE FROM replays WHERE id = $1::uuid AND user_id = $2::uuid", id, userID)
    }
}
