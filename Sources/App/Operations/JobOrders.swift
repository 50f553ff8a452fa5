import HTTP
import Jobs
import Market
import Postgres

/// `POST /api/jobs`: what an operator may have the worker do.
enum JobOrders {
    /// The kinds that may be ordered, under their names.
    enum OrderedJob: String, CaseIterable, Sendable {
        case ingestBars = "ingest_bars"
        case planIngestion = "plan_ingestion"
        case checkBars = "check_bars"
        case maintenance

        /// What beside the type may be said of it.
        fileprivate var members: Set<String> {
            switch self {
            case .ingestBars: ["symbol", "asset_type", "interval", "provider", "from", "replace"]
            case .planIngestion: ["asset_type", "interval"]
            case .checkBars: ["symbol"]
            case .maintenance: []
            }
        }

        fileprivate var needed: Set<String> {
            switch self {
            case .ingestBars: ["symbol", "interval"]
            case .checkBars: ["symbol"]
            case .planIngestion, .maintenance: []
            }
        }
    }

    private struct Order: Sendable {
        let kind: OrderedJob
        let symbol: String?
        let assetType: AssetType?
        let timeframe: Timeframe?
        let provider: String?
        let from: CalendarDay?
        let replaces: Bool?
    }

    private static let field = Field<Order>.group(
        .body("job_type", Form<OrderedJob>.choice().example("plan_ingestion"), "What to do"),
        .body(optional: "symbol", Form<String>.symbolAsWritten, "ingest_bars, check_bars: whose bars"),
        .body(optional: "asset_type", Form<AssetType>.choice(), "ingest_bars, plan_ingestion"),
        .body(optional: "interval", Form<Timeframe>.choice(), "ingest_bars, plan_ingestion"),
        .body(optional: "provider", Form<String>.text(1...64), "ingest_bars: whom to ask"),
        .body(optional: "from", Form<CalendarDay>.day, "ingest_bars: the first day"),
        .body(
            optional: "replace", Form<Bool>.flag, "ingest_bars: puts what comes in the place of all that is stored"),
        make: order)

    private static func order(
        _ reader: inout FieldReader, _ kind: OrderedJob, _ symbol: String?, _ assetType: AssetType?,
        _ timeframe: Timeframe?, _ provider: String?, _ from: CalendarDay?, _ replaces: Bool?
    ) -> Order? {
        let sent = [
            ("symbol", symbol != nil), ("asset_type", assetType != nil), ("interval", timeframe != nil),
            ("provider", provider != nil), ("from", from != nil), ("replace", replaces != nil),
        ]
        var isRight = true
        for (name, isSent) in sent {
            if isSent, !kind.members.contains(name) {
                reader.mistakes.add(name, "UNKNOWN_KEY", "\(name) is not for \(kind.rawValue).")
                isRight = false
            } else if !isSent, kind.needed.contains(name) {
                reader.mistakes.add(name, "MISSING_KEY", "\(name) is required for \(kind.rawValue).")
                isRight = false
            }
        }
        guard isRight else { return nil }
        return Order(
            kind: kind, symbol: symbol, assetType: assetType, timeframe: timeframe, provider: provider, from: from,
            replaces: replaces)
    }

    static let create = Route(
        .post, "/api/jobs", .signedIn(.ingest),
        "Queues a job; where the same one is not over yet, that one is answered.", takes: field,
        answers: [JobRow.queued], errors: [.notFound, .conflict]
    ) { call, db, order in
        let id = try id(of: order, call, in: &db)
        guard let job = try db.run(.jobs([id])).first else { throw Thing.job.missing(id) }
        return job.whereToLook
    }

    private static func id(of order: Order, _ call: Call, in db: inout Connection) throws -> String {
        let userID = try call.userID(), timeframes = order.timeframe.map { [$0] }
        switch order.kind {
        case .ingestBars:
            var wish = IngestionOrder(order.symbol ?? "", order.assetType, timeframes)
            (wish.provider, wish.from, wish.replaces) = (order.provider, order.from, order.replaces ?? false)
            return try IngestionRoutes.place(wish, call, in: &db)[0].id
        case .planIngestion:
            return try PlanIngestion.request(
                .init(order.assetType, timeframes), userID: userID, requestID: call.requestID, in: &db)
        case .checkBars:
            guard let id = try BarChecks.symbols(order.symbol, in: &db).first else {
                throw Problem(.notFound, "No bars of \(order.symbol ?? "") are stored.")
            }
            return try CheckBars.enqueueOnce(
                .init(symbol: id, always: true), dedupeKey: "\(CheckBars.name)/\(id)/asked", userID: userID,
                requestID: call.requestID, in: &db
            ).id
        case .maintenance: return try Maintenance.request(in: &db)
        }
    }
}

extension Form where Content == String {
    /// A symbol as people write it, `BTC/USDT` too: whoever reads it says what is wrong with it.
    static let symbolAsWritten = text(
        .text(pattern: "^[A-Za-z0-9^][A-Za-z0-9.=/_:-]{0,31}$"), "a symbol such as AAPL or BTC-USD", write: { $0 },
        parse: { text in
            let isWritten = text.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                    || "^.=/_:-".utf8.contains(byte)
            }
            return isWritten && (1...32).contains(text.utf8.count) ? text : nil
        })
}
