import HTTP
import JSON
import Market
import Postgres

/// `GET /api/market-data/{equities,crypto}/candles` (api.md, "Market data").
enum Candles {
    /// Most bars of an answer, in either form.
    static let maxRows = 5_000, maxColumns = 100_000

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
        """
         With `start` the first `limit` bars from it, without it the newest `limit` bars. `format=columns` is for \
        charts: oldest first, arrays instead of objects, up to \(maxColumns) bars, and with `max_points` as many \
        neighbours as that takes are one, with the extremes of all.
        """

    private enum SortOrder: String, CaseIterable { case asc, desc }
    private enum Format: String, CaseIterable { case rows, columns }

    /// Which bars are wanted.
    private struct Wish {
        let ticker: String
        let timeframe: Timeframe
        let span: Span
        let limit: Int
        let order: SortOrder
        let format: Format
        /// Only of columns: so many at the most, each of as many bars as that takes.
        let maxPoints: Int?
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
            .query(
                optional: "limit", .integer(1...maxColumns),
                "Most bars to answer; \(maxRows) unless given, of columns \(maxColumns)"),
            .query(optional: "order", .choice(SortOrder.self), "Time order of rows; asc unless given"),
            .query("format", .choice(Format.self), default: .rows, "Form of the answer"),
            .query(optional: "max_points", .integer(1...maxColumns), "Most points of columns"), make: wish)
    }

    private static func wish(
        _ reader: inout FieldReader, _ ticker: String, _ timeframe: Timeframe, _ span: Span, _ limit: Int?,
        _ order: SortOrder?, _ format: Format, _ maxPoints: Int?
    ) -> Wish {
        switch format {
        case .rows:
            if let limit, limit > maxRows {
                reader.mistakes.add("limit", "OUT_OF_RANGE", "limit is at most \(maxRows) unless format=columns.")
            }
            if maxPoints != nil {
                reader.mistakes.add("max_points", "UNKNOWN_PARAMETER", "max_points is only for format=columns.")
            }
        case .columns:
            if order == .desc {
                reader.mistakes.add(
                    "order", "OUT_OF_RANGE", "Columns are in the order of time: order=desc is for rows.")
            }
        }
        return Wish(
            ticker: ticker, timeframe: timeframe, span: span,
            limit: limit ?? (format == .rows ? maxRows : maxColumns), order: order ?? .asc, format: format,
            maxPoints: maxPoints)
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
                "\(symbol.symbol) is \(symbol.assetType.one): ask /api/market-data/\(other)/candles.")
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
                // One more than the limit was read, to know whether there are more; it is the one farthest from the start.
                let hasMore = bars.count > wish.limit
                let shown = hasMore ? (wish.span.isNewest ? 1..<bars.count : 0..<wish.limit) : 0..<bars.count
                response =
                    switch wish.format {
                    case .rows:
                        found(
                            .rows(Selection(bars: bars, timeframe: wish.timeframe, order: wish.order, shown: shown)),
                            capacity: 16 + shown.count * 112)
                    case .columns:
                        found(
                            .columns(CandleColumns(bars, shown, wish.timeframe, maxPoints: wish.maxPoints)),
                            capacity: 512 + shown.count * 48)
                    }
                response.fields.append("X-Has-More", hasMore ? "true" : "false")
            }
            response.fields.append("ETag", tag)
            return response.cachedPublicly()
        }
    }

    private static let found = Answer(200, "The bars; `X-Has-More` tells whether more match", Shown.form)
        .kept.with(.hasMore)

    /// What is answered, in the form that was asked for.
    private enum Shown {
        case rows(Selection)
        case columns(CandleColumns)

        static let form = Form<Shown>(.anyOf([Selection.form.schema, CandleColumns.form.schema])) { json, shown in
            switch shown {
            case .rows(let selection): Selection.form.write(&json, selection)
            case .columns(let columns): CandleColumns.form.write(&json, columns)
            }
        }
    }

    /// The bars that are shown as rows.
    private struct Selection {
        let bars: CandleSeries
        let timeframe: Timeframe
        let order: SortOrder
        let shown: Range<Int>

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
