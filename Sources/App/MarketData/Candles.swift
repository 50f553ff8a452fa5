import HTTP
import JSON
import Market
import Postgres

/// `GET /api/market-data/{equities,crypto}/candles` (api.md, "Market data").
enum Candles {
    static let maxLimit = 5_000

    enum Order: String, CaseIterable { case asc, desc }

    static let equities = route(
        .equity, path: "/api/market-data/equities/candles", extra: [],
        about: "Daily bars of a stock. Days are New York sessions, inclusive.")

    static let crypto = route(
        .crypto, path: "/api/market-data/crypto/candles",
        extra: [.query("interval", .oneOf(Timeframe.allCases.map(\.rawValue)), "Length of a bar; default 1d")],
        about: "Daily or hourly bars of a coin, UTC. A day as `end` includes its 23:00 bar.")

    private static func route(
        _ assetType: AssetType, path: String, extra: [Route.Parameter], about: String
    ) -> Route {
        Route(
            method: .get, path: path, access: .open,
            about: about + " With `start` the first `limit` bars from it, without it the newest `limit` bars.",
            parameters: [.query("symbol", .text, "Ticker", required: true)] + extra + [
                .query("start", .day, "First day"), .query("end", .day, "Last day"),
                .query("limit", .integer(1...maxLimit, default: maxLimit), "Most bars to answer"),
                .query("order", .oneOf(Order.allCases.map(\.rawValue)), "Time order of the answer; default asc"),
            ],
            answers: [
                .init(
                    status: 200, about: "The bars; `X-Has-More` tells whether more match",
                    schema: .list(.named("Candle")))
            ],
            errors: [.validationError, .notFound],
            handler: .database { call, db in try answer(call, &db, assetType) })
    }

    private static func answer(_ call: Call, _ db: inout Connection, _ assetType: AssetType) throws -> Response {
        var query = QueryReader(call)
        let ticker = query.symbol("symbol")
        let timeframe = query.choice("interval", Timeframe.self) ?? .day
        let start = query.day("start"), end = query.day("end")
        let limit = query.integer("limit", 1...maxLimit, default: maxLimit)
        let order = query.choice("order", Order.self) ?? .asc
        if let start, let end, start > end {
            query.mistakes.add("end", "OUT_OF_RANGE", "end lies before start.")
        }
        try query.mistakes.check()
        guard let ticker, let symbol = try db.symbol(ticker) else {
            throw Problem(.notFound, "No active symbol \(ticker ?? "") is stored.")
        }
        guard symbol.assetType == assetType else {
            let other = symbol.assetType == .equity ? "equities" : "crypto"
            throw Problem.invalid(
                "symbol", "ASSET_TYPE_MISMATCH",
                "\(symbol.symbol) is \(symbol.assetType.rawValue): ask /api/market-data/\(other)/candles.")
        }
        let table = BarTable(assetType, timeframe)
        // Revision and bars of one snapshot: the tag never names bars it does not belong to.
        let (revision, found) = try db.transaction(.repeatableReadReadOnly) { db in
            let revision = try db.revision(ofSymbol: symbol.id, timeframe) ?? 0
            if call.request.isFresh(tag(symbol.id, timeframe, revision)) {
                return (revision, nil as CandleSeries?)
            }
            return (
                revision,
                try db.bars(
                    table, symbol: symbol.id, from: start?.start.microseconds,
                    to: end.map { timeframe.lastBar(of: $0) },
                    limit: limit + 1, newest: start == nil)
            )
        }
        var response = Response(status: 304)
        if let found { response = body(found, timeframe, limit: limit, newest: start == nil, order) }
        response.fields.append("ETag", tag(symbol.id, timeframe, revision))
        return response.cachedPublicly()
    }

    private static func tag(_ symbolID: Int, _ timeframe: Timeframe, _ revision: Int) -> String {
        "\"\(symbolID)-\(timeframe.rawValue)-\(revision)\""
    }

    /// One bar more than `limit` was read, to know whether there are more; it is the one farthest from the start.
    private static func body(
        _ bars: CandleSeries, _ timeframe: Timeframe, limit: Int, newest: Bool, _ order: Order
    ) -> Response {
        let hasMore = bars.count > limit
        let shown = hasMore ? (newest ? 1..<bars.count : 0..<limit) : 0..<bars.count
        var json = Writer(capacity: 16 + shown.count * 112)
        json.beginArray()
        for position in 0..<shown.count {
            let index = order == .asc ? shown.lowerBound + position : shown.upperBound - 1 - position
            json.beginObject()
            json.member(timeframe == .day ? "date" : "timestamp", timeframe.label(bars.times[index]))
            json.member("open", bars.open[index])
            json.member("high", bars.high[index])
            json.member("low", bars.low[index])
            json.member("close", bars.close[index])
            json.member("volume", bars.volume[index])
            json.endObject()
        }
        json.endArray()
        var response = Response.json(json)
        response.fields.append("X-Has-More", hasMore ? "true" : "false")
        return response
    }
}
