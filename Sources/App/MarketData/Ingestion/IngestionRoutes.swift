import HTTP
import Market
import Postgres

/// `POST /api/market-data/ingestion/...`: has bars fetched, of one symbol or of all that are behind.
enum IngestionRoutes {
    private static let queued = Answer(
        202, "The jobs that do it; `Location` tells where to look for the first",
        Form<[JobRow]>.object("jobs", .list(of: JobRow.form)).named("QueuedJobs")
    ).with(.location, .retryAfter)

    private static let symbol = Field<String?>.body(
        optional: "symbol", Form<String>.symbolAsWritten,
        "Whose bars; one that is not known is made with its first bars. Absent: all series that are behind")

    static let equity = Route(
        .post, "/api/market-data/ingestion/equity", .signedIn(.ingest),
        "Fetches days of a share, or of all shares that are behind.", takes: symbol, answers: [queued],
        errors: [.conflict]
    ) { call, db, symbol in try answer(.equity, symbol, nil, call, in: &db) }

    static let crypto = Route(
        .post, "/api/market-data/ingestion/crypto", .signedIn(.ingest),
        "Fetches days and hours of a coin, or of all coins that are behind.", takes: symbol,
        .body(
            optional: "intervals", Form<[Timeframe]>.list(of: .choice(), 1...2).distinct(),
            "Absent: those that are stored, of a new symbol both"),
        answers: [queued], errors: [.conflict]
    ) { call, db, symbol, timeframes in try answer(.crypto, symbol, timeframes, call, in: &db) }

    private static func answer(
        _ assetType: AssetType, _ symbol: String?, _ timeframes: [Timeframe]?, _ call: Call, in db: inout Connection
    ) throws -> Response {
        let ids: [String]
        if let symbol {
            ids = try place(IngestionOrder(symbol, assetType, timeframes), call, in: &db).map(\.id)
        } else {
            ids = [
                try PlanIngestion.request(
                    .init(assetType, timeframes), userID: call.userID(), requestID: call.requestID, in: &db)
            ]
        }
        let jobs = try db.run(.jobs(ids))
        return queued(jobs).at("/api/jobs/\(ids[0])", retryAfterSeconds: 1)
    }

    /// - Throws: ``Problem`` 400 for a symbol that is none, 409 where the bars may not go into what is stored, or
    ///   nobody may be asked.
    static func place(
        _ order: IngestionOrder, _ call: Call, in db: inout Connection
    ) throws -> [IngestionOrder.Job] {
        do {
            return try order.place(
                call.configuration.priceProviders, userID: call.userID(), requestID: call.requestID, in: &db)
        } catch let refusal as IngestionOrder.Refusal {
            let words = Members.named(in: refusal.description)
            throw switch refusal {
            case .bars(.otherSource), .bars(.otherKind), .nobody, .noKey, .busy: Problem(.conflict, words)
            case .bars: Problem.invalid("symbol", "INVALID_FORMAT", words)
            case .unknownProvider: Problem.invalid("provider", "OUT_OF_RANGE", words)
            case .notServed: Problem.invalid("symbol", "NOT_SERVED", words)
            }
        }
    }
}
