import HTTP
import JSON
import Market
import Postgres
import Trading

/// `GET /api/trading/replays/{id}/result`: what practice came to, over all of it or up to a day, as a run's result is told.
struct ReplayResult: Sendable {
    private let gain: Double?
    private let drawdown: Double?
    private let traded: [Traded]
    private let curve: ShownCurve

    private struct Traded: Sendable {
        let symbol: String
        let sales: Int

        static let form = Form<Traded>.object(
            "ReplayTraded", [.member("symbol", .ticker, \.symbol), .member("sales", .integer, \.sales)])
    }

    private static let form = Form<ReplayResult>.object(
        "ReplayResult",
        [
            .nullable(
                "return_pct", Form<Double>.number.described("Of the starting balance; null while no bar was valued"),
                \.gain),
            .nullable(
                "max_drawdown_pct",
                Form<Double>.number.described(
                    "The largest fall below the highest worth before, over every bar; the starting balance is the first"
                ),
                \.drawdown),
            .member("sales", Form<Int>.integer.described("How many were filled, of all symbols")) {
                $0.traded.reduce(0) { $0 + $1.sales }
            },
            .member(
                "symbols",
                Form<[Traded]>.list(of: Traded.form).described(
                    "The sales of each symbol, in the order in which they were asked for"), \.traded),
            .member("equity", ShownCurve.form, \.curve),
        ])

    private static let found = Answer(200, "The result", form)

    static let route = Route(
        .get, "/api/trading/replays/{id}/result", .signedIn(.read),
        "What a replay came to: its figures over all bars, and its equity over all of the time in at most \(EquityCurve.drawn) points, the first, the last and the extremes among them.",
        takes: .id(.replay),
        .query(optional: "end", Form<CalendarDay>.day, "Up to this day, included; default: up to the clock"),
        answers: [found]
    ) { call, db, id, day in
        let userID = try call.userID()
        return try db.transaction(.repeatableReadReadOnly, opening: .replay(id, of: userID)) { db, replay in
            guard let replay else { throw Thing.replay.missing(id) }
            let end = day.map { Instant(microseconds: $0.start.microseconds + Timeframe.day.microseconds) }
            let (figures, sales, curve) = try db.run(
                .figures(ofReplay: id, before: end), .sales(ofReplay: id, upTo: end), .curve(ofReplay: id, before: end))
            let result = ReplayResult(
                gain: figures.equity.flatMap { try? $0 - replay.startingBalance }?.percent(of: replay.startingBalance),
                drawdown: figures.drawdown,
                traded: zip(replay.positions, sales).map { Traded(symbol: $0.symbol.symbol, sales: $1) },
                curve: ShownCurve(curve: curve, timeframe: replay.timeframe, points: EquityCurve.drawn))
            return found(result, capacity: 512 + min(curve.times.count, EquityCurve.drawn) * 64)
        }
    }
}

extension Query {
    /// The last worth, and the largest fall of any in percent.
    fileprivate static func figures(
        ofReplay id: String, before end: Instant?
    ) -> Query<(equity: Money?, drawdown: Double?)> {
        .one(
            """
            SELECT (array_agg(equity ORDER BY bar_start DESC))[1], (100 * max(1 - equity / peak))::float8 FROM (
              SELECT p.bar_start, p.equity,
                greatest(r.starting_balance, max(p.equity) OVER (ORDER BY p.bar_start)) AS peak
              FROM replays r JOIN replay_points p ON p.replay_id = r.id
              WHERE r.id = $1::uuid AND ($2::timestamptz IS NULL OR p.bar_start < $2::timestamptz)) points
            """, id, end
        ) { row in (equity: try row.next(), drawdown: try row.next()) }
    }

    /// How many sales were filled, of each symbol in the order of the positions. A price may be of the very end of a day.
    fileprivate static func sales(ofReplay id: String, upTo end: Instant?) -> Query<[Int]> {
        .values(
            """
            SELECT count(o.id) FROM replay_holdings h LEFT JOIN replay_orders o
              ON o.replay_id = h.replay_id AND o.symbol_id = h.symbol_id AND o.side = 'SELL' AND o.status = 'FILLED'
              AND ($2::timestamptz IS NULL OR o.price_as_of <= $2::timestamptz)
            WHERE h.replay_id = $1::uuid GROUP BY h.position ORDER BY h.position
            """, id, end)
    }

    /// The equity at every bar.
    fileprivate static func curve(ofReplay id: String, before end: Instant?) -> Query<EquityCurve> {
        .init(
            """
            SELECT coalesce(array_agg(bar_start ORDER BY bar_start), '{}'),
              coalesce(array_agg(equity::float8 ORDER BY bar_start), '{}')
            FROM replay_points
            WHERE replay_id = $1::uuid AND ($2::timestamptz IS NULL OR bar_start < $2::timestamptz)
            """, id, end, decode: EquityCurve.init)
    }
}
