import HTTP
import JSON
import Market
import Postgres

/// `report.json`: what `bitstockerz verify` needs, and nothing else is needed.
///
/// Members: `format`, the run as the API tells it with what is known against its bars, `definition`, `definition_summary`,
/// `bars`, `results`, `trades` and `equity`. `bars` holds the columns `time`, `open`, `high`, `low`, `close`, `volume` with the warm-up in front,
/// `first_tradable`, the index of the range's first bar, and `state`: `match`, or `INPUT_CHANGED` when the stored bars
/// were corrected after the run; then the columns are left out, because they would tell another story. Where this release
/// cannot run what is stored, it does not know which bars went in: `NOT_COMPUTABLE`, and no columns either.
public struct RunReport {
    public static let format = "bitstockerz.report.1"

    private let run: BacktestRow
    /// nil: this release does not take what is stored.
    private let input: SpooledBars?
    private let definition: StoredDefinition
    private let warnings: BarWarnings
    private let results: BacktestFigures?

    /// For a transaction of one snapshot.
    init(_ run: BacktestRow, in db: inout Connection) throws {
        self.run = run
        do {
            guard let input = try SpooledBars.ofRun(run.id, in: &db) else { throw Thing.backtest.missing(run.id) }
            self.input = input
        } catch is StoredRunError {
            input = nil
        }
        let told: RunWarnings?
        (definition, told, results) = try db.run(
            .definition(ofVersion: run.strategyVersionID), .warnings(ofRun: run.id), .figures(ofRun: run.id))
        guard let told else { throw Thing.backtest.missing(run.id) }
        warnings = told.bars
    }

    static var schema: Schema {
        Schema.object(parts.map { ($0.name, $0.makeSchema(), true) }).named("BacktestReport")
    }

    /// Within the same transaction.
    func write(to stream: any BodyStream, from db: inout Connection) throws {
        var json = Writer(capacity: 2 * pieceBytes)
        json.beginObject()
        for part in Self.parts { try part.write(&json, self, stream, &db) }
        json.endObject()
        try json.sendRest(to: stream)
    }

    /// A member of the document, which may be too large to be held.
    private struct Part: Sendable {
        typealias Writing = @Sendable (inout Writer, RunReport, any BodyStream, inout Connection) throws -> Void

        let name: String
        let makeSchema: @Sendable () -> Schema
        let write: Writing

        init(_ name: String, _ schema: @autoclosure @escaping @Sendable () -> Schema, write: @escaping Writing) {
            (self.name, makeSchema, self.write) = (name, schema, write)
        }

        static func whole(_ member: Member<RunReport>) -> Part {
            Part(member.name, member.schema) { json, report, _, _ in member.write(&json, report) }
        }
    }

    private static var parts: [Part] {
        let first: [Member<RunReport>] =
            [.member("format", .text) { _ in format }] + BacktestRow.members.map { $0.of(\.run) }
            + BarWarnings.members.map { $0.of { ($0.run.settings.timeframe, $0.warnings) } } + [
                .member("asset_type", .choice(), \.run.settings.assetType),
                .member("periods_per_year", .integer, \.run.settings.periodsPerYear),
                .member("definition", .definition, \.definition.json),
                .nullable("definition_summary", .text, \.definition.summary),
            ]
        return first.map(Part.whole) + [
            bars, .whole(.nullable("results", BacktestFigures.form, \.results)), trades, equity,
        ]
    }

    private enum BarsState: String, CaseIterable {
        case match
        case inputChanged = "INPUT_CHANGED"
        case notComputable = "NOT_COMPUTABLE"
    }

    private static let barsHead: [Member<RunReport>] = [
        .member("state", .choice(), \.state), .nullable("stored_revision", .integer) { $0.input?.run.revision },
        .nullable("first_tradable", .integer) { $0.input?.firstTradable },
    ]

    private static var times: Schema { Form<[String]>.list(of: .barTime).schema }
    private static var numbers: Schema { Form<[Double]>.list(of: .number).schema }

    private static let bars = Part(
        "bars",
        .object(
            barsHead.map { ($0.name, $0.schema, true) } + [("time", times, false)]
                + SpooledBars.Column.allCases.map { ($0.rawValue, numbers, false) })
    ) { json, report, stream, _ in
        json.beginObject("bars")
        for member in barsHead { member.write(&json, report) }
        if let bars = report.input, report.state == .match {
            json.beginArray("time")
            try bars.eachTimes { try report.write($0, &json, to: stream) }
            json.endArray()
            for column in SpooledBars.Column.allCases {
                json.beginArray(column.rawValue)
                try bars.each(column) { try report.write($0, &json, to: stream) }
                json.endArray()
            }
        }
        json.endObject()
    }

    private static let trades = Part("trades", .list(ShownTrade.form.schema)) { json, report, stream, db in
        json.beginArray("trades")
        try db.each(.trades(ofRun: report.run.id)) { (trade: TradeRow) in
            ShownTrade.form.write(&json, ShownTrade(trade: trade, timeframe: report.run.settings.timeframe))
            try json.sendPiece(to: stream)
        }
        json.endArray()
    }

    private static let equity = Part(
        "equity", .object([("time", times, true), ("equity", numbers, true)])
    ) { json, report, stream, db in
        json.beginObject("equity")
        json.beginArray("time")
        try db.eachPart(.equity(ofRun: report.run.id)) { try report.write($0.times, &json, to: stream) }
        json.endArray()
        json.beginArray("equity")
        try db.eachPart(.equity(ofRun: report.run.id)) { try report.write($0.equity, &json, to: stream) }
        json.endArray()
        json.endObject()
    }

    private var state: BarsState {
        input.map { $0.hash == run.barsHash ? .match : .inputChanged } ?? .notComputable
    }

    private func write(_ times: [Int64], _ json: inout Writer, to stream: any BodyStream) throws {
        for time in times {
            json.string(run.settings.timeframe.label(time))
            try json.sendPiece(to: stream)
        }
    }

    private func write(_ values: [Double], _ json: inout Writer, to stream: any BodyStream) throws {
        for value in values {
            json.double(value)
            try json.sendPiece(to: stream)
        }
    }
}

extension Writer {
    fileprivate mutating func beginObject(_ name: String) {
        key(name)
        beginObject()
    }

    fileprivate mutating func beginArray(_ name: String) {
        key(name)
        beginArray()
    }
}
