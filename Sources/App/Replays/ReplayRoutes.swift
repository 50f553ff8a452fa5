import Crypto
import HTTP
import JSON
import Market
import Postgres
import System
import Trading

/// `/api/trading/replays` (trading.md, "Practice on past days"): nothing that lies after a replay's clock is answered.
enum ReplayRoutes {
    /// How many a user may keep.
    private static let maximum = 100
    /// How many bars one step takes at the most, and an answer shows at the most.
    private static let maximumSteps = 250, maximumBars = 5_000, maximumOrders = 500

    /// What somebody wants to practise on.
    fileprivate struct Wish: Sendable {
        let symbol: String
        let timeframe: Timeframe
        let from: CalendarDay
        let balance: Money
        let fee: Rate
        /// What the client calls this request, so that it may send it again without a second replay.
        let key: String?

        /// SHA-256, hex, of what is asked for.
        var hash: String {
            var json = Writer()
            json.beginObject()
            json.member("symbol", symbol)
            json.member("timeframe", timeframe.rawValue)
            json.member("from", from.description)
            json.member("starting_balance", balance.description)
            json.member("fee_bps", fee.description)
            json.endObject()
            return hex(Digest.sha256(json.bytes))
        }
    }

    private struct Step: Sendable {
        let bars: Int
        let clock: String
    }

    private static let made = Answer(201, "The replay", Form<Replay>.object("replay", Replay.form))

    static let create = Route(
        .post, "/api/trading/replays", .signedIn(.trade),
        "Opens practice on past days: an account of its own, whose clock stands at the first bar from that day on. It never mixes with the paper account.",
        takes: Field<Wish>.group(
            .body("symbol", .ticker), .body("timeframe", .choice()),
            .body(
                "from", Form<CalendarDay>.day.example("2023-01-03"),
                "The first day: its bar is the newest there is at the beginning"),
            .body(
                "starting_balance", .amount(Money(cents: 1_000_00)...Money(cents: 10_000_000_00)),
                default: PaperAccount.standardBalance, "Cash to begin with"),
            Field<Rate?>.body(
                optional: "fee_bps", .basisPoints(0...500), "Of each fill, in hundredths of a percent; default: none"),
            .idempotencyKey("replay")
        ) { Wish(symbol: $1, timeframe: $2, from: $3, balance: $4, fee: $5 ?? .zero, key: $6) },
        answers: [made], errors: [.conflict, .quotaExceeded, .backtestInsufficientBars]
    ) { call, db, wish in try made(open(wish, call, &db)) }

    private static let page = Answer(200, "A page", .page(of: "replays", Replay.form))

    static let list = Route(
        .get, "/api/trading/replays", .signedIn(.read), "Own replays, newest first.", takes: .window(), answers: [page]
    ) { call, db, window in try page(Page(window, db.run(.replays(of: call.userID(), window)))) }

    private static let shown = Answer(200, "The replay", Detail.form)

    static let get = Route(
        .get, "/api/trading/replays/{id}", .signedIn(.read),
        "A replay with its orders, the newest \(maximumOrders) first, and its equity bar by bar, oldest first.",
        takes: .id(.replay), answers: [shown]
    ) { call, db, id in
        let userID = try call.userID()
        return try db.transaction(.repeatableReadReadOnly, opening: .replay(id, of: userID)) { db, replay in
            guard let replay else { throw Thing.replay.missing(id) }
            let (orders, points) = try db.run(
                .replayOrders(of: id, maximum: maximumOrders), .points(ofReplay: id, maximum: maximumBars))
            return shown(Detail(replay, orders, points), capacity: 65_536)
        }
    }

    private static let bars = Answer(200, "The bars, oldest first", CandleColumns.form)

    static let candles = Route(
        .get, "/api/trading/replays/{id}/bars", .signedIn(.read),
        "The bars up to the clock, the newest \(maximumBars) at the most, as columns.",
        takes: .id(.replay), .query("limit", .integer(1...maximumBars), default: 500, "How many bars"), answers: [bars]
    ) { call, db, id, limit in
        let userID = try call.userID()
        return try db.transaction(.repeatableReadReadOnly, opening: .replay(id, of: userID)) { db, replay in
            guard let replay else { throw Thing.replay.missing(id) }
            let series = try db.run(
                .bars(
                    BarTable(replay.symbol.assetType, replay.timeframe), symbol: replay.symbol.id, from: nil,
                    to: replay.clock.microseconds, limit: limit, newest: true))
            return bars(
                CandleColumns(series, 0..<series.count, replay.timeframe, maxPoints: nil),
                capacity: 512 + series.count * 48)
        }
    }

    private static let stepped = Answer(200, "The replay, and what the step has brought", Detail.form)

    static let step = Route(
        .post, "/api/trading/replays/{id}/step", .signedIn(.trade),
        "Moves the clock on; what rests meets each bar in its order. A clock never moves back. The answer tells what came of it: the orders that rested before and the exits that came, newest first, and the equity at each of the bars.",
        takes: .id(.replay),
        Field<Step>.group(
            .body("bars", .integer(1...maximumSteps), default: 1, "How many bars"),
            .body(
                "clock", Form<String>.line(1...40).example("2023-01-03"),
                "Where the clock stands as far as the caller knows: it is moved on once, however often this is sent")
        ) { Step(bars: $1, clock: $2) },
        answers: [stepped], errors: [.conflict]
    ) { call, db, id, step in
        let userID = try call.userID()
        return try db.transaction(
            opening: .lockingReplay(id, of: userID), .marketClosures(), .restingReplayOrders(of: id)
        ) { db, replay, closures, resting in
            guard let replay else { throw Thing.replay.missing(id) }
            guard step.clock == replay.timeframe.label(replay.clock.microseconds) else {
                throw Problem(
                    .conflict,
                    "The clock stands at \(replay.timeframe.written(replay.clock.microseconds)) already, and never moves back."
                )
            }
            let bars = try db.run(
                .exactBars(
                    of: replay.symbol.id, replay.symbol.assetType, replay.timeframe,
                    startingFrom: replay.clock.microseconds + 1,
                    replay.symbol.hours(TradingCalendar(closures: closures)), maximum: step.bars + 2))
            let next = bars.filter { $0.start > replay.clock.microseconds }
            var book = ReplayBook(replay, closures: closures)
            let (points, exits) = try book.see(Array(next.prefix(step.bars)), resting, in: &db)
            let (_, _, moved, orders) = try db.run(
                .storing(book.replay, isOver: next.count <= step.bars), .points(points, ofReplay: id),
                .replay(id, of: userID), .replayOrders(resting.map(\.id) + exits, of: id))
            guard let moved else { throw Thing.replay.missing(id) }
            return stepped(Detail(moved, orders, points), capacity: 16_384)
        }
    }

    private static let placed = Answer(200, "The order", Form<OrderRow>.object("order", OrderRow.form))

    static let order = Route(
        .post, "/api/trading/replays/{id}/orders", .signedIn(.trade),
        "Places an order at the close of the clock's bar. What is refused is kept, too, and says why.",
        takes: .id(.replay), OrderForm.namedField, answers: [placed], errors: [.conflict, .tradingRiskLimit]
    ) { call, db, id, form in
        let userID = try call.userID()
        return try placed(
            db.transaction(
                opening: .lockingReplay(id, of: userID), .replayOrder(calledByClient: form.clientID, in: id),
                .restingReplayOrders(of: id), .marketClosures()
            ) { db, replay, earlier, resting, closures in
                guard let replay else { throw Thing.replay.missing(id) }
                if let earlier {
                    guard earlier.contentHash == form.contentHash else {
                        throw Problem(
                            .conflict,
                            "Another order is called \(form.clientID ?? "") already: send a new client_order_id.")
                    }
                    return earlier
                }
                guard form.symbol == replay.symbol.symbol else {
                    throw Problem.invalid(
                        "symbol", "NOT_ALLOWED", "This replay is of \(replay.symbol.symbol), and of nothing else.")
                }
                var book = ReplayBook(replay, closures: closures)
                let order = try book.place(form, resting, in: &db)
                try db.run(.storing(book.replay, isOver: replay.isOver))
                return order
            })
    }

    static let cancel = Route(
        .delete, "/api/trading/replays/{id}/orders/{order}", .signedIn(.trade),
        "Cancels an order that rests. One that is cancelled already is answered as it is.",
        takes: .id(.replay), .id(.order, "order"), answers: [placed], errors: [.conflict]
    ) { call, db, id, orderID in
        let userID = try call.userID()
        return try placed(
            db.transaction(
                opening: .lockingReplay(id, of: userID), .replayOrder(orderID, in: id)
            ) { db, replay, order in
                guard replay != nil, let order else { throw Thing.order.missing(orderID) }
                if order.status == .cancelled { return order }
                try order.checkPending()
                try db.run(.ending(replayOrder: orderID, .cancelled, "Cancelled."))
                return try db.run(.replayOrder(orderID, in: id)) ?? order
            })
    }

    private static let gone = PlainAnswer.nothing("It is gone")

    static let delete = Route(
        .delete, "/api/trading/replays/{id}", .signedIn(.trade), "Forgets a replay with all that is in it.",
        takes: .id(.replay), answers: [gone]
    ) { call, db, id in
        let userID = try call.userID()
        guard try db.run(.deletingReplay(id, of: userID)) > 0 else { throw Thing.replay.missing(id) }
        return .noContent
    }

    // MARK: -

    private static func open(_ wish: Wish, _ call: Call, _ db: inout Connection) throws -> Replay {
        let userID = try call.userID()
        if let earlier = try earlier(wish, of: userID, in: &db) { return earlier }
        let (symbol, closures) = try db.run(.symbol(wish.symbol), .marketClosures())
        guard let symbol else { throw Problem.unknownSymbol(wish.symbol) }
        guard wish.timeframe.periodsPerYear(of: symbol.assetType) != nil else {
            throw Problem.invalid(
                "timeframe", "TIMEFRAME_MISMATCH",
                "\(symbol.symbol) is \(symbol.assetType.one), which has no \(wish.timeframe.adjective) bars.")
        }
        let bars = try db.run(
            .exactBars(
                of: symbol.id, symbol.assetType, wish.timeframe, startingFrom: wish.from.start.microseconds,
                symbol.hours(TradingCalendar(closures: closures)),
                maximum: 2))
        guard bars.count == 2 else {
            throw Problem(
                .backtestInsufficientBars,
                "From \(wish.from.written) on fewer than two \(wish.timeframe.adjective) bars of \(symbol.symbol) are stored."
            )
        }
        return try db.transaction(opening: .lockingCaller(userID)) { db, _ in
            // Another request of the same key may have been a moment earlier.
            if let earlier = try earlier(wish, of: userID, in: &db) { return earlier }
            guard try db.run(.countOfReplays(of: userID)) < maximum else {
                throw Problem(.quotaExceeded, "\(maximum) replays are kept; delete one first.")
            }
            let id = UUID.random().text
            _ = try db.run(
                .opening(replay: id, of: userID, wish, symbol.id, at: bars[0]),
                .points([(bars[0].start, wish.balance)], ofReplay: id))
            guard let replay = try db.run(.replay(id, of: userID)) else { throw Problem(.internalError) }
            return replay
        }
    }

    /// What an earlier request of the same `Idempotency-Key` has opened, as it is now.
    private static func earlier(_ wish: Wish, of userID: String, in db: inout Connection) throws -> Replay? {
        guard let key = wish.key, let found = try db.run(.replay(openedBy: key, of: userID)) else { return nil }
        try IdempotencyKey.check(wish.hash, against: found.hash)
        return try db.run(.replay(found.id, of: userID))
    }

    /// A replay with what is in it, or with what is new.
    private struct Detail: Sendable {
        let replay: Replay
        let orders: [OrderRow]
        let points: [Point]

        struct Point: Sendable {
            let time: String
            let equity: Money

            static let form = Form<Point>.object(
                "ReplayPoint", [.member("time", .barTime, \.time), .member("equity", .money, \.equity)])
        }

        init(_ replay: Replay, _ orders: [OrderRow], _ points: [(start: Int64, equity: Money)]) {
            (self.replay, self.orders) = (replay, orders)
            self.points = points.map {
                Point(time: replay.timeframe.label($0.start), equity: $0.equity)
            }
        }

        static let form = Form<Detail>.object(
            "ReplayDetail",
            [
                .member("replay", Replay.form, \.replay), .member("orders", .list(of: OrderRow.form), \.orders),
                .member("points", .list(of: Point.form), \.points),
            ])
    }
}

extension Query {
    fileprivate static func replay(
        openedBy key: String, of userID: String
    ) -> Query<(id: String, hash: String)?> where Output == (id: String, hash: String)? {
        .first(
            "SELECT id, request_hash FROM replays WHERE user_id = $1::uuid AND idempotency_key = $2", userID, key
        ) { row in (id: try row.next(), hash: try row.next()) }
    }

    fileprivate static func points(
        ofReplay id: String, maximum: Int
    ) -> Query<[(start: Int64, equity: Money)]> where Output == [(start: Int64, equity: Money)] {
        .all(
            """
            SELECT * FROM (
              SELECT bar_start, equity FROM replay_points WHERE replay_id = $1::uuid ORDER BY bar_start DESC LIMIT $2::int
            ) newest ORDER BY bar_start
            """, id, maximum
        ) { row in (start: try row.next(Instant.self).microseconds, equity: try row.next()) }
    }
}

extension Query where Output == Int {
    fileprivate static func countOfReplays(of userID: String) -> Query<Int> {
        .value("SELECT count(*) FROM replays WHERE user_id = $1::uuid", userID)
    }

    fileprivate static func opening(
        replay id: String, of userID: String, _ wish: ReplayRoutes.Wish, _ symbol: Int, at bar: StoredExactBar
    ) -> Query<Int> {
        .change(
            """
            INSERT INTO replays (id, user_id, symbol_id, interval, starting_balance, cash, fee_bps, last_price, first_bar,
              clock, idempotency_key, request_hash)
            VALUES ($1::uuid, $2::uuid, $3::int, $4, $5::numeric, $5::numeric, $6::numeric * 10000, $7::numeric,
              $8::timestamptz, $8::timestamptz, $9, $10)
            """, id, userID, symbol, wish.timeframe, wish.balance, wish.fee, bar.bar.close,
            Instant(microseconds: bar.start), wish.key, wish.key == nil ? nil : wish.hash)
    }

    fileprivate static func points(_ points: [(start: Int64, equity: Money)], ofReplay id: String) -> Query<Int> {
        .change(
            """
            INSERT INTO replay_points (replay_id, bar_start, equity)
            SELECT $1::uuid, bar_start, equity FROM unnest($2::timestamptz[], $3::numeric[]) AS p (bar_start, equity)
            """, id, Parameter.timestamps(microseconds: points.map(\.start)), points.map(\.equity.description))
    }

    fileprivate static func deletingReplay(_ id: String, of userID: String) -> Query<Int> {
        .change("DELETE FROM replays WHERE id = $1::uuid AND user_id = $2::uuid", id, userID)
    }
}
