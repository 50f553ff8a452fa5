import HTTP
import JSON
import Market
import Postgres
import Trading

/// `/api/trading/replays` (trading.md, "Practice on past days"): nothing that lies after a replay's clock is answered.
enum ReplayRoutes {
    /// How many orders of one may be placed. The exits that come with a fill are always kept.
    private static let keptOrders = 10_000
    /// How many bars one step takes at the most, and an answer shows at the most.
    private static let maximumSteps = 250, maximumBars = 5_000, maximumOrders = 500

    private struct Step: Sendable {
        let bars: Int
        let clock: String
    }

    private static let replay = Form<Replay>.object("replay", Replay.form)
    private static let made = Answer(201, "The replay", replay)

    static let create = Route(
        .post, "/api/trading/replays", .signedIn(.trade),
        "Opens practice on past days: an account of its own, whose clock stands at the first bar of any of its symbols from that day on at which each of them has a price. It never mixes with the paper account.",
        takes: OpenReplay.field, answers: [made], errors: [.conflict, .quotaExceeded, .backtestInsufficientBars]
    ) { call, db, wish in try made(wish.open(of: call.userID(), in: &db)) }

    private static let changed = Answer(200, "The replay", replay)

    static let change = Route(
        .patch, "/api/trading/replays/{id}", .signedIn(.trade), "Changes how fast a replay plays.",
        takes: .id(.replay), OpenReplay.speed, answers: [changed]
    ) { call, db, id, speed in
        let userID = try call.userID()
        let (_, replay) = try db.run(.setting(speed: speed, ofReplay: id, of: userID), .replay(id, of: userID))
        guard let replay else { throw Thing.replay.missing(id) }
        return changed(replay)
    }

    private static let page = Answer(200, "A page", .page(of: "replays", Replay.form))

    static let list = Route(
        .get, "/api/trading/replays", .signedIn(.read), "Own replays, newest first.", takes: .window(), answers: [page]
    ) { call, db, window in try page(Page(window, db.run(.replays(of: call.userID(), window)))) }

    private static let shown = Answer(200, "The replay", Detail.form)

    static let get = Route(
        .get, "/api/trading/replays/{id}", .signedIn(.read),
        "A replay with its newest \(maximumOrders) orders, newest first, and its equity at its newest \(maximumBars) bars, oldest first. What came of all of it its result tells.",
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
        "The bars of one symbol up to the clock, the newest \(maximumBars) at the most, as columns.",
        takes: .id(.replay), .query(optional: "symbol", .ticker, "Which of its symbols; default: the first"),
        .query("limit", .integer(1...maximumBars), default: 500, "How many bars"), answers: [bars]
    ) { call, db, id, ticker, limit in
        let userID = try call.userID()
        return try db.transaction(.repeatableReadReadOnly, opening: .replay(id, of: userID)) { db, replay in
            guard let replay else { throw Thing.replay.missing(id) }
            guard let place = ticker.map({ replay.place(of: $0) }) ?? 0 else { throw replay.stranger(ticker ?? "") }
            let symbol = replay.positions[place].symbol
            let series = try db.run(
                .bars(
                    BarTable(symbol.assetType, replay.timeframe), symbol: symbol.id, from: nil,
                    to: replay.clock.microseconds, limit: limit, newest: true))
            return bars(
                CandleColumns(series, 0..<series.count, replay.timeframe, maxPoints: nil),
                capacity: 512 + series.count * 48)
        }
    }

    private static let stepped = Answer(200, "The replay, and what the step has brought", Detail.form)

    static let step = Route(
        .post, "/api/trading/replays/{id}/step", .signedIn(.trade),
        "Moves the clock on, to the next bar of any of its symbols; what rests meets the bars of its own symbol in their order. A clock never moves back. The answer tells what came of it: the orders that rested before and the exits that came, newest first, and the equity at each of the bars.",
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
            let calendar = TradingCalendar(closures: closures), clock = replay.clock.microseconds
            let series = try replay.positions.map { position in
                try db.run(
                    .exactBars(
                        of: position.symbol.id, position.symbol.assetType, replay.timeframe, startingFrom: clock + 1,
                        position.symbol.hours(calendar), maximum: step.bars + 2)
                ).filter { $0.start > clock }
            }
            let next = ReplayMoment.all(of: series)
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
        "Places an order at the newest close of one of its symbols. What is refused is kept, too, and says why.",
        takes: .id(.replay), OrderForm.namedField, answers: [placed],
        errors: [.conflict, .quotaExceeded, .tradingRiskLimit]
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
                guard let place = replay.place(of: form.symbol) else { throw replay.stranger(form.symbol) }
                guard try db.run(.countOfReplayOrders(of: id, upTo: keptOrders)) < keptOrders else {
                    throw Problem(.quotaExceeded, "A practice holds at most 10,000 orders; begin another one.")
                }
                var book = ReplayBook(replay, closures: closures)
                let order = try book.place(form, for: replay.positions[place], resting, in: &db)
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
    fileprivate static func points(ofReplay id: String, maximum: Int) -> Query<[(start: Int64, equity: Money)]> {
        .all(
            """
            SELECT * FROM (
              SELECT bar_start, equity FROM replay_points WHERE replay_id = $1::uuid ORDER BY bar_start DESC LIMIT $2::int
            ) newest ORDER BY bar_start
            """, id, maximum
        ) { row in (start: try row.next(Instant.self).microseconds, equity: try row.next()) }
    }

    static func points(_ points: [(start: Int64, equity: Money)], ofReplay id: String) -> Query<Int> {
        .change(
            """
            INSERT INTO replay_points (replay_id, bar_start, equity)
            SELECT $1::uuid, bar_start, equity FROM unnest($2::timestamptz[], $3::numeric[]) AS p (bar_start, equity)
            """, id, Parameter.timestamps(microseconds: points.map(\.start)), points.map(\.equity.description))
    }
}
