import HTTP
import JSON
import Market
import Postgres

/// `/api/me/watchlist`: the symbols a user keeps an eye on, in an order of their own.
enum Watchlist {
    static let maximum = 100

    static let form = Form<[WatchedSymbol]>.object("symbols", .list(of: WatchedSymbol.form)).named("Watchlist")

    private static let found = Answer(200, "The list", form)

    static let get = Route(
        .get, "/api/me/watchlist", .signedIn(.read),
        "The symbols the user watches, in their order, each with its latest closes. One that is no longer active is left out.",
        answers: [found]
    ) { call, db in try answer(db.run(.watchlist(of: call.userID()))) }

    static let replace = Route(
        .put, "/api/me/watchlist", .signedIn(.research),
        "Replaces the list of symbols the user watches. The same list again changes nothing.",
        takes: .body(
            "symbols", Form<[String]>.list(of: .ticker, 0...maximum).distinct().example(["AAPL", "BTC-USD"]),
            "Tickers of active symbols, each once, in the order wanted"), answers: [found]
    ) { call, db, tickers in
        let userID = try call.userID()
        let replaced = try db.transaction(
            opening: .lockingCaller(userID), .activeSymbols(tickers)
        ) { db, _, ids in
            var mistakes = Mistakes()
            for (index, id) in ids.enumerated() where id == nil {
                mistakes.add(unknownSymbol: tickers[index], at: "symbols[\(index)]")
            }
            try mistakes.check()
            let symbols = ids.compactMap { $0 }
            return try db.run(
                .unwatching(allBut: symbols, of: userID), .watching(symbols, by: userID), .watchlist(of: userID)
            ).2
        }
        return answer(replaced)
    }

    private static func answer(_ symbols: [WatchedSymbol]) -> Response {
        found(symbols, capacity: 64 + symbols.count * 512)
    }
}

/// A symbol on a watchlist, with what its price did lately.
struct WatchedSymbol: Sendable {
    /// How many bars the line of closes has at most.
    private static let shown = 30

    let symbol: String
    let name: String
    let assetType: AssetType
    /// Days where there are any, else hours; nil where nothing is stored.
    let interval: Timeframe?
    /// When the last bar begins, Unix microseconds.
    private let lastTime: Int64?
    /// Of the last bars, oldest first.
    let closes: [Double]

    var previous: Double? { closes.dropLast().last }

    /// From the first of ``closes`` to the last; nil where there are not two.
    var change: Double? {
        guard closes.count > 1 else { return nil }
        return (closes[closes.count - 1] / closes[0] - 1) * 100
    }

    static let form = Form<WatchedSymbol>.object(
        "WatchedSymbol",
        [
            .member("symbol", .text, \.symbol), .member("name", .text, \.name),
            .member("asset_type", .choice(), \.assetType), .nullable("interval", .choice(), \.interval),
            .nullable("last", .number, \.closes.last), .nullable("previous", .number, \.previous),
            .nullable("as_of", .barTime) { watched in
                watched.lastTime.flatMap { time in watched.interval?.label(time) }
            },
            .nullable("change_pct", Form<Double>.number.described("Over all of spark"), \.change),
            .member(
                "spark", Form<[Double]>.list(of: .number).described("The last \(shown) closes at most, oldest first"),
                \.closes),
        ])

    fileprivate static let columns = "s.symbol, s.name, s.asset_type, b.interval, recent.last, recent.closes"

    /// Every table of bars is named, and of each symbol the one is read that holds what is shown of it.
    fileprivate static let tables = """
        watchlist_items w JOIN symbols s ON s.id = w.symbol_id AND s.is_active
        LEFT JOIN LATERAL (
          SELECT interval FROM bar_series WHERE symbol_id = s.id AND count > 0 ORDER BY interval LIMIT 1) b ON true
        LEFT JOIN LATERAL (
          SELECT max(time) AS last, coalesce(array_agg(close ORDER BY time), '{}') AS closes FROM (
            \(BarTable.kinds.map(recent).joined(separator: "\nUNION ALL\n"))
          ) bars) recent ON true
        """

    private static func recent(_ assetType: AssetType, _ timeframe: Timeframe) -> String {
        let table = BarTable(assetType, timeframe)
        return """
            (SELECT \(table.timestamp) AS time, close FROM \(table.name)
             WHERE s.asset_type = '\(assetType.rawValue)' AND b.interval = '\(timeframe.rawValue)' AND symbol_id = s.id
             ORDER BY \(table.timeColumn) DESC LIMIT \(shown))
            """
    }

    fileprivate init(_ row: inout RowReader) throws {
        (symbol, name, assetType, interval) = (try row.next(), try row.next(), try row.next(), try row.next())
        (lastTime, closes) = (try row.next(Instant?.self)?.microseconds, try row.next())
    }
}

extension Query {
    static func watchlist(of userID: String) -> Query<[WatchedSymbol]> {
        .all(
            """
            SELECT \(WatchedSymbol.columns) FROM \(WatchedSymbol.tables)
            WHERE w.user_id = $1::uuid ORDER BY w.position
            """, userID, read: WatchedSymbol.init)
    }

    /// How many symbols a user watches.
    static func watchedCount(of userID: String) -> Query<Int> {
        .value("SELECT count(*) FROM watchlist_items WHERE user_id = $1::uuid", userID)
    }

    /// The ids of active symbols by their tickers, in that order; nil for a ticker that there is none of.
    fileprivate static func activeSymbols(_ tickers: [String]) -> Query<[Int?]> {
        .values(
            """
            SELECT s.id FROM unnest($1::text[]) WITH ORDINALITY AS wanted (symbol, position)
            LEFT JOIN symbols s ON s.symbol = wanted.symbol AND s.is_active ORDER BY wanted.position
            """, tickers)
    }

    fileprivate static func unwatching(allBut symbols: [Int], of userID: String) -> Query<Int> {
        .change(
            "DELETE FROM watchlist_items WHERE user_id = $1::uuid AND symbol_id <> ALL ($2::int[])", userID, symbols)
    }

    /// What stays where it was is not written.
    fileprivate static func watching(_ symbols: [Int], by userID: String) -> Query<Int> {
        .change(
            """
            INSERT INTO watchlist_items AS w (user_id, symbol_id, position)
            SELECT $1::uuid, wanted.id, wanted.position
            FROM unnest($2::int[]) WITH ORDINALITY AS wanted (id, position)
            ON CONFLICT (user_id, symbol_id) DO UPDATE SET position = excluded.position
            WHERE w.position <> excluded.position
            """, userID, symbols)
    }
}
