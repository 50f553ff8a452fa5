import HTTP
import JSON
import Market
import Postgres

/// `GET /api/market-data/{equities,crypto}/candles` (api.md, "Market data").
enum Candles {
    static let maxLimit = 5_000

    static let equities = Route(
        .get, "/api/market-data/equities/candles", .open,
        "Daily bars of a stock. Days are New York sessions, inclusive." + selection,
        takes: wish(Field<Timeframe>(parts: []) { _ in .day }), answers: [found], errors: [.notFound]
    ) { call, db, wish in try answer(call, &db, .equity, wish) }

    static let crypto = Route(
        .get, "/api/market-data/crypto/candles", .open,
        "Daily or hourly bars of a coin, UTC. A day as `end` includes its 23:00 bar." + selection,
        takes: wish(.query("interval", .choice(), default: .day, "Length of a bar")), answers: [found],
        errors: [.notFound]
    ) { call, db, wish in try answer(call, &db, .crypto, wish) }

    private static let selection =
        " With `start` the first `limit` bars from it, without it the newest `limit` bars."

    private enum SortOrder: String, CaseIterable { case asc, desc }

    /// Which bars are wanted.
    private struct Wish {
        let ticker: String
        let timeframe: Timeframe
        let span: Span
        let limit: Int
        let order: SortOrder
    }

    /// From a day to a day, both included; nil: without end.
    struct Span {
        let start: CalendarDay?
        let end: CalendarDay?

        /// Without a first day the newest bars are meant.
        var isNewest: Bool { start == nil }

        static let field = Field<Span>.group(
            .query(optional: "start", Form<CalendarDay>.day, "First day"),
            .query(optional: "end", Form<CalendarDay>.day, "Last day"), make: span)

        private static func span(_ reader: inout FieldReader, _ start: CalendarDay?, _ end: CalendarDay?) -> Span? {
            if let start, let end, start > end {
                reader.mistakes.add("end", "OUT_OF_RANGE", "end lies before start.")
                return nil
            }
            return Span(start: start, end: end)
        }
    }

    private static func wish(_ interval: Field<Timeframe>) -> Field<Wish> {
        .group(
            .query("symbol", .ticker, "Ticker"), interval, Span.field,
            .query("limit", .integer(1...maxLimit), default: maxLimit, "Most bars to answer"),
            .query("order", .choice(SortOrder.self), default: .asc, "Time order of the answer")
        ) { Wish(ticker: $1, timeframe: $2, span: $3, limit: $4, order: $5) }
    }

    private static func answer(
        _ call: Call, _ db: inout Connection, _ assetType: AssetType, _ wish: Wish
    ) throws -> Response {
        guard let symbol = try db.run(.symbol(wish.ticker)) else {
            throw Problem(.notFound, "No active symbol \(wish.ticker) is stored.")
        }
        guard symbol.assetType == assetType else {
            let other = symbol.assetType == .equity ? "equities" : "crypto"
            throw Problem.invalid(
                "symbol", "ASSET_TYPE_MISMATCH",
                "\(symbol.symbol) is \(symbol.assetType.rawValue): ask /api/market-data/\(other)/candles.")
        }
        // Revision and bars of one snapshot: the tag never names bars it does not belong to.
        let opening = Query<Int?>.revision(ofSymbol: symbol.id, wish.timeframe)
        return try db.transaction(.repeatableReadReadOnly, opening: opening) { db, revision in
            let tag = "\"\(symbol.id)-\(wish.timeframe.rawValue)-\(revision ?? 0)\""
            var response = Response(status: 304)
            if !call.request.isFresh(tag) {
                let bars = try db.run(
                    .bars(
                        BarTable(assetType, wish.timeframe), symbol: symbol.id,
                        from: wish.span.start?.start.microseconds,
                        to: wish.span.end.map { wish.timeframe.lastBar(of: $0) }, limit: wish.limit + 1,
                        newest: wish.span.isNewest))
                let chosen = Selection(bars, wish)
                response = found(chosen, capacity: 16 + chosen.shown.count * 112)
                response.fields.append("X-Has-More", chosen.hasMore ? "true" : "false")
            }
            response.fields.append("ETag", tag)
            return response.cachedPublicly()
        }
    }

    private static let found = Answer(200, "The bars; `X-Has-More` tells whether more match", Selection.form)
        .kept.with(.hasMore)

    /// The bars that are shown. One more than the limit was read, to know whether there are more; it is the one farthest
    /// from the start.
    private struct Selection {
        let bars: CandleSeries
        let timeframe: Timeframe
        let order: SortOrder
        let hasMore: Bool
        let shown: Range<Int>

        init(_ bars: CandleSeries, _ wish: Wish) {
            (self.bars, timeframe, order) = (bars, wish.timeframe, wish.order)
            hasMore = bars.count > wish.limit
            shown = hasMore ? (wish.span.isNewest ? 1..<bars.count : 0..<wish.limit) : 0..<bars.count
        }

        /// Written without a closure a member: these are the largest and most frequent answers there are.
        static let form = Form<Selection>(.list(candle.named("Candle"))) { json, selection in
            let (bars, shown) = (selection.bars, selection.shown)
            json.beginArray()
            for position in 0..<shown.count {
                let index = selection.order == .asc ? shown.lowerBound + position : shown.upperBound - 1 - position
                json.beginObject()
                json.member(
                    selection.timeframe == .day ? "date" : "timestamp", selection.timeframe.label(bars.times[index]))
                json.member("open", bars.open[index])
                json.member("high", bars.high[index])
                json.member("low", bars.low[index])
                json.member("close", bars.close[index])
                json.member("volume", bars.volume[index])
                json.endObject()
            }
            json.endArray()
        }

        private static let candle = Schema.object([
            ("date", .text(format: "date"), false), ("timestamp", .text(format: "date-time"), false),
            ("open", .type("number"), true), ("high", .type("number"), true), ("low", .type("number"), true),
            ("close", .type("number"), true), ("volume", .type("number"), true),
        ])
    }
}
