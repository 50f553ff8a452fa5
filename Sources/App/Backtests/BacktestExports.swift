import Backtest
import Crypto
import HTTP
import JSON
import Jobs
import Market
import Postgres

/// Downloads of completed runs. They may be large: nginx lets these addresses, and no others, wait on the disk.
enum BacktestExports {
    static let trades = route(
        "trades.csv", "Every trade of a completed run, one a line.", .csv
    ) { row, db in
        let trades = try db.trades(ofRun: row.id, limit: Int(Int32.max), offset: 0)
        var csv = CSVWriter(
            header: [
                "trade_no", "symbol", "entry_time", "exit_time", "side", "entry_price", "exit_price", "quantity",
                "pnl_abs", "pnl_pct", "bars_held", "exit_reason", "gap",
            ], capacity: trades.count * 200 + 256)
        for trade in trades {
            csv.number(trade.number)
            csv.text(row.symbol)
            csv.text(row.timeframe.label(trade.entryTime))
            csv.text(row.timeframe.label(trade.exitTime))
            csv.text(trade.side)
            for value in [trade.entryPrice, trade.exitPrice, trade.quantity, trade.pnlAbs, trade.pnlPct] {
                csv.number(value)
            }
            csv.number(trade.barsHeld)
            csv.text(trade.exitReason)
            csv.text(trade.isGap ? "true" : "false")
            csv.endRow()
        }
        return csv.bytes
    }

    static let equity = route(
        "equity.csv", "The whole equity curve of a completed run, one bar a line.", .csv
    ) { row, db in
        let curve = try db.equity(ofRun: row.id)
        var csv = CSVWriter(header: ["time", "equity"], capacity: curve.times.count * 40 + 64)
        for (time, equity) in zip(curve.times, curve.equity) {
            csv.text(row.timeframe.label(time))
            csv.number(equity)
            csv.endRow()
        }
        return csv.bytes
    }

    static let report = route(
        "report.json",
        "A completed run with all that went in and came out, so that anyone can compute it again without this service.",
        .json
    ) { row, db in try RunReport(row, in: &db).bytes }

    private enum Form { case csv, json }

    private static func route(
        _ file: String, _ about: String, _ form: Form,
        _ body: @escaping @Sendable (BacktestRow, inout Connection) throws -> [UInt8]
    ) -> Route {
        let type = form == .csv ? "text/csv; charset=utf-8" : "application/json"
        return Route(
            method: .get, path: "/api/backtests/{id}/" + file, access: .signedIn(.read), about: about,
            parameters: [.path("id", .uuid, "The run")],
            answers: [
                .init(
                    status: 200, about: "The file", schema: form == .csv ? .text : .anything,
                    type: form == .csv ? "text/csv" : type)
            ],
            errors: [.validationError, .backtestNotFound, .backtestInvalidState],
            handler: .database { call, db in
                let id = try BacktestChanges.identifier(call), userID = try call.userID()
                let bytes = try db.transaction(.repeatableReadReadOnly) { db in
                    guard let row = try db.backtest(id, of: userID) else { throw BacktestChanges.notFound(id) }
                    guard row.status == JobStatus.completed.rawValue else {
                        throw BacktestChanges.invalidState("Only a completed run has something to export.")
                    }
                    return try body(row, &db)
                }
                var response = Response(contentType: type, body: bytes)
                response.fields.append("Content-Disposition", "attachment; filename=\"backtest-\(id)-\(file)\"")
                return response
            })
    }
}

/// `report.json`: what `bitstockerz verify` needs, and nothing else is needed.
///
/// Members: `format`, the run as the API tells it, `definition`, `definition_summary`, `bars`, `results`, `trades` and
/// `equity`. `bars` holds the columns `time`, `open`, `high`, `low`, `close`, `volume` with the warm-up in front,
/// `first_tradable`, the index of the range's first bar, and `state`: `match`, or `INPUT_CHANGED` when the stored bars
/// were corrected after the run; then the columns are left out, because they would tell another story.
public struct RunReport {
    public static let format = "bitstockerz.report.1"

    let bytes: [UInt8]

    /// For a transaction of one snapshot.
    init(_ row: BacktestRow, in db: inout Connection) throws {
        guard let input = try RunInput.ofRun(row.id, in: &db) else { throw BacktestChanges.notFound(row.id) }
        let curve = try db.equity(ofRun: row.id)
        var json = Writer(capacity: input.bars.series.count * 80 + curve.times.count * 48 + 65_536)
        json.beginObject()
        json.member("format", Self.format)
        row.write(into: &json)
        json.member("asset_type", input.assetType.rawValue)
        json.member("periods_per_year", input.periodsPerYear)
        json.member("definition", input.definition.json)
        json.member("definition_summary", input.definition.summary)
        json.key("bars")
        json.object { json in
            let isSame = hex(Digest.sha256(Encodings.bars(input.bars.series))) == row.barsHash
            json.member("state", isSame ? "match" : "INPUT_CHANGED")
            json.member("stored_revision", input.revision)
            json.member("first_tradable", input.firstTradable)
            if isSame { json.columns(input.bars.series, row.timeframe) }
        }
        json.key("results")
        if let results = try db.results(ofRun: row.id) { json.value(.object(results)) } else { json.null() }
        json.key("trades")
        json.array(try db.trades(ofRun: row.id, limit: Int(Int32.max), offset: 0)) { json, trade in
            trade.write(into: &json, row.timeframe)
        }
        json.key("equity")
        json.object { json in
            json.key("time")
            json.array(curve.times) { $0.string(row.timeframe.label($1)) }
            json.key("equity")
            json.array(curve.equity) { $0.double($1) }
        }
        json.endObject()
        bytes = json.bytes
    }
}

extension Writer {
    fileprivate mutating func columns(_ series: CandleSeries, _ timeframe: Timeframe) {
        key("time")
        array(series.times) { $0.string(timeframe.label($1)) }
        let columns: [(StaticString, [Double])] = [
            ("open", series.open), ("high", series.high), ("low", series.low), ("close", series.close),
            ("volume", series.volume),
        ]
        for (name, values) in columns {
            key(name)
            array(values) { $0.double($1) }
        }
    }
}
