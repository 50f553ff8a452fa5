// The same candles as the product's, from a table of `numeric` whose digits Postgres writes as text: what the product would
// cost had it chosen the usual type for prices. It copies those digits into the answer, asks the same statements and runs
// on the same FastCGI and session as a responder, so what differs is how the numbers travel.
//
// Listens on standard input. The harness makes the table.
import FastCGI
import Glibc
import HTTP
import Market
import Postgres

struct Candle {
    let time: Int64
    let open: String, high: String, low: String, close: String, volume: String

    init(_ row: inout RowReader) throws {
        time = try row.next(Moment.self).microseconds
        (open, high, low, close) = (try row.next(), try row.next(), try row.next(), try row.next())
        volume = try row.next()
    }
}

struct Moment: ColumnValue {
    let microseconds: Int64

    init(_ column: borrowing Column) throws(PostgresError) { microseconds = try column.microseconds() }
}

extension Query {
    static func symbol(_ ticker: String) -> Query<Int?> {
        .first("SELECT id FROM symbols WHERE symbol = $1 AND is_active", ticker) { row in try row.next() }
    }

    static func revision(of symbol: Int) -> Query<Int?> {
        .first("SELECT revision FROM bar_series WHERE symbol_id = $1::int AND interval = '1h'", symbol) { row in
            try row.next()
        }
    }

    static func candles(of symbol: Int, limit: Int) -> Query<[Candle]> {
        .all(
            """
            SELECT ts, open::text, high::text, low::text, close::text, volume::text FROM numeric_hourly_bars
            WHERE symbol_id = $1::int ORDER BY ts DESC LIMIT $2::int
            """, symbol, limit, read: Candle.init)
    }
}

extension [UInt8] {
    mutating func append(_ text: StaticString) { text.withUTF8Buffer { append(contentsOf: $0) } }
}

/// Written by hand: a writer of JSON would only be slower.
func document(_ candles: [Candle]) -> [UInt8] {
    var json: [UInt8] = []
    json.reserveCapacity(candles.count * 112 + 16)
    json.append("[")
    for (number, candle) in candles.reversed().enumerated() {
        json.append(number == 0 ? "{\"timestamp\":\"" : ",{\"timestamp\":\"")
        json.append(contentsOf: Timeframe.hour.label(candle.time).utf8)
        json.append("\",\"open\":")
        json.append(contentsOf: candle.open.utf8)
        json.append(",\"high\":")
        json.append(contentsOf: candle.high.utf8)
        json.append(",\"low\":")
        json.append(contentsOf: candle.low.utf8)
        json.append(",\"close\":")
        json.append(contentsOf: candle.close.utf8)
        json.append(",\"volume\":")
        json.append(contentsOf: candle.volume.utf8)
        json.append("}")
    }
    json.append("]")
    return json
}

/// The session, and what it answers.
struct Answers: ~Copyable {
    private var session: Session

    init(_ conninfo: String) {
        session = Session(conninfo, SessionSettings(applicationName: "numeric", plansOnce: true))
    }

    mutating func answer(_ request: Request) throws -> Response {
        guard let ticker = request.query["symbol"], let limit = request.query["limit"].flatMap({ Int($0) }) else {
            return Response(status: 400)
        }
        return try session.use(repeatable: true) { db in
            guard let symbol = try db.run(.symbol(ticker)) else { return Response(status: 404) }
            return try db.transaction(.repeatableReadReadOnly, opening: .revision(of: symbol)) { db, revision in
                let candles = try db.run(.candles(of: symbol, limit: limit))
                var response = Response(contentType: "application/json", body: document(candles))
                response.fields.append("ETag", "\"\(symbol)-1h-\(revision ?? 0)\"")
                return response
            }
        }
    }
}

var answers = Answers(getenv("DATABASE_URL").map { String(cString: $0) } ?? "")
var responder = try Responder(
    socket: 0, limits: Limits(maxRequests: .max, maxMemoryBytes: .max, requestTimeoutMilliseconds: 20_000))
_ = responder.run(
    refuse: { Response(status: $0.reason.status) },
    handle: { request, _, _ in
        do { return try answers.answer(request) } catch {
            return Response(status: 500, contentType: "text/plain", body: Array("\(error)".utf8))
        }
    })
