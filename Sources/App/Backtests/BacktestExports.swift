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
        "trades", type: "csv", "Every trade of a completed run, one a line.", PlainAnswer.file("The file", "text/csv")
    ) { run, db in
        let trades = try db.run(.trades(ofRun: run.id))
        var csv = CSVWriter(
            header: [
                "trade_no", "symbol", "entry_time", "exit_time", "side", "entry_price", "exit_price", "quantity",
                "pnl_abs", "pnl_pct", "bars_held", "exit_reason", "gap",
            ], capacity: trades.count * 200 + 256)
        for trade in trades {
            csv.number(trade.number)
            csv.text(run.settings.ticker)
            csv.text(run.settings.timeframe.label(trade.entryTime))
            csv.text(run.settings.timeframe.label(trade.exitTime))
            csv.text(trade.side.rawValue)
            for value in [trade.entryPrice, trade.exitPrice, trade.quantity, trade.pnlAbs, trade.pnlPct] {
                csv.number(value)
            }
            csv.number(trade.barsHeld)
            csv.text(trade.exitReason.rawValue)
            csv.text(trade.isGap ? "true" : "false")
            csv.endRow()
        }
        return csv.response
    }

    /// What of the curve is in the file.
    private enum CurveColumns: String, CaseIterable {
        /// What is stored: nothing beside it is computed. Programs that know no more columns go on working.
        case equity
        case all
    }

    static let equity = Route(
        .get, path("equity.csv"), .signedIn(.read),
        """
        The whole equity curve of a completed run, one bar a line: `time`, `equity`; on request `holding`, what buying at the \
        start and holding to the end was worth, and `drawdown_pct`, how far the equity was below its peak. `holding` is empty \
        in a run of one bar, and where the bars were corrected since.
        """,
        takes: .id(.backtest),
        .query("columns", Form<CurveColumns>.choice(), default: .equity, "all: with `holding` and `drawdown_pct`"),
        answers: [PlainAnswer.file("The file", "text/csv")], errors: [.backtestInvalidState]
    ) { call, db, id, columns in
        try export(id, "equity", type: "csv", call, &db) { run, db in
            let curve = try db.run(.equity(ofRun: run.id)), timeframe = run.settings.timeframe
            let isWhole = columns == .all
            let found = isWhole ? try holding(run, in: &db) : nil
            // A curve that was damaged has no bar for each of its points.
            let holding = found?.count == curve.times.count ? found : nil
            var csv = CSVWriter(
                header: ["time", "equity"] + (isWhole ? ["holding", "drawdown_pct"] : []),
                capacity: curve.times.count * (isWhole ? 80 : 40) + 64)
            var peak = Double(run.settings.initialEquity) ?? 0
            for (index, equity) in curve.equity.enumerated() {
                csv.text(timeframe.label(curve.times[index]))
                csv.number(equity)
                if isWhole {
                    if let holding { csv.number(holding[index]) } else { csv.text("") }
                    peak = max(peak, equity)
                    csv.number((1 - equity / peak) * 100)
                }
                csv.endRow()
            }
            return csv.response
        }
    }

    /// Of the bars that went in; nil when they are stored no more, or too few to hold anything.
    private static func holding(_ run: BacktestRow, in db: inout Connection) throws -> [Double]? {
        do {
            guard let input = try RunInput.ofRun(run.id, in: &db), input.barsHash == run.barsHash else { return nil }
            return try Benchmark.points(input.bars.series, from: input.firstTradable, options: input.run.options)
        } catch is StoredRunError {
            return nil
        }
    }

    private static let document = Answer(200, "The file", RunReport.form).with(.disposition)

    static let report = route(
        "report", type: "json",
        "A completed run with all that went in and came out, so that anyone can compute it again without this service.",
        document
    ) { run, db in
        let report = try RunReport(run, in: &db)
        return document(report, capacity: report.capacity)
    }

    private static func route(
        _ what: String, type: String, _ about: String, _ answer: any Answering,
        _ body: @escaping @Sendable (BacktestRow, inout Connection) throws -> Response
    ) -> Route {
        Route(
            .get, path(what + "." + type), .signedIn(.read), about, takes: .id(.backtest), answers: [answer],
            errors: [.backtestInvalidState]
        ) { call, db, id in try export(id, what, type: type, call, &db, body) }
    }

    private static func path(_ file: String) -> String { "/api/backtests/{id}/" + file }

    private static func export(
        _ id: String, _ what: String, type: String, _ call: Call, _ db: inout Connection,
        _ body: (BacktestRow, inout Connection) throws -> Response
    ) throws -> Response {
        let opening = try Query<BacktestRow?>.backtest(id, of: call.userID())
        return try db.transaction(.repeatableReadReadOnly, opening: opening) { db, run in
            guard let run else { throw Thing.backtest.missing(id) }
            guard run.status == .completed else {
                throw BacktestChanges.invalidState("Only a completed run has something to export.")
            }
            var response = try body(run, &db)
            let made = run.settings
            let name = FileName(
                made.ticker, made.timeframe.rawValue, "\(made.start)", "\(made.end)", run.strategyName,
                "v\(run.versionNumber)", what, type: type)
            response.fields.append("Content-Disposition", name.disposition)
            return response
        }
    }
}

extension CSVWriter {
    fileprivate var response: Response { Response(contentType: "text/csv; charset=utf-8", body: bytes) }
}

/// `report.json`: what `bitstockerz verify` needs, and nothing else is needed.
///
/// Members: `format`, the run as the API tells it with what is known against its bars, `definition`, `definition_summary`,
/// `bars`, `results`, `trades` and `equity`. `bars` holds the columns `time`, `open`, `high`, `low`, `close`, `volume` with the warm-up in front,
/// `first_tradable`, the index of the range's first bar, and `state`: `match`, or `INPUT_CHANGED` when the stored bars
/// were corrected after the run; then the columns are left out, because they would tell another story. Where this release
/// cannot run what is stored, it does not know which bars went in: `NOT_COMPUTABLE`, and no columns either.
public struct RunReport: Sendable {
    public static let format = "bitstockerz.report.1"

    private let run: BacktestRow
    /// nil: this release does not take what is stored.
    private let input: RunInput?
    private let definition: StoredDefinition
    private let warnings: BarWarnings
    private let results: BacktestFigures?
    private let trades: [TradeRow]
    private let curve: EquityCurve

    /// For a transaction of one snapshot.
    init(_ run: BacktestRow, in db: inout Connection) throws {
        self.run = run
        do {
            guard let input = try RunInput.ofRun(run.id, in: &db) else { throw Thing.backtest.missing(run.id) }
            self.input = input
        } catch is StoredRunError {
            input = nil
        }
        let told: RunWarnings?
        (definition, told, results, trades, curve) = try db.run(
            .definition(ofVersion: run.strategyVersionID), .warnings(ofRun: run.id), .figures(ofRun: run.id),
            .trades(ofRun: run.id), .equity(ofRun: run.id))
        guard let told else { throw Thing.backtest.missing(run.id) }
        warnings = told.bars
    }

    /// How large the document will be, about.
    var capacity: Int { (input?.bars.series.count ?? 0) * 80 + curve.times.count * 48 + 65_536 }

    static let form = Form<RunReport>.object(
        "BacktestReport",
        [.member("format", .text) { _ in format }] + BacktestRow.members.map { $0.of(\.run) }
            + BarWarnings.members.map { $0.of { ($0.run.settings.timeframe, $0.warnings) } } + [
                .member("asset_type", .choice(), \.run.settings.assetType),
                .member("periods_per_year", .integer, \.run.settings.periodsPerYear),
                .member("definition", .definition, \.definition.json),
                .nullable("definition_summary", .text, \.definition.summary), .member("bars", bars) { $0 },
                .nullable("results", BacktestFigures.form, \.results),
                .member("trades", .list(of: ShownTrade.form)) { report in
                    report.trades.map { ShownTrade(trade: $0, timeframe: report.run.settings.timeframe) }
                },
                .member(
                    "equity",
                    .object([
                        .member("time", .list(of: .barTime)) { $0.labels($0.curve.times) },
                        .member("equity", .list(of: .number), \.curve.equity),
                    ])
                ) { $0 },
            ])

    private enum BarsState: String, CaseIterable {
        case match
        case inputChanged = "INPUT_CHANGED"
        case notComputable = "NOT_COMPUTABLE"
    }

    private static let bars = Form<RunReport>.object([
        .member("state", .choice(), \.state), .nullable("stored_revision", .integer) { $0.input?.revision },
        .nullable("first_tradable", .integer) { $0.input?.firstTradable },
        .optional("time", .list(of: .barTime)) { $0.series.map(\.times).map($0.labels) },
        .optional("open", .list(of: .number)) { $0.series?.open },
        .optional("high", .list(of: .number)) { $0.series?.high },
        .optional("low", .list(of: .number)) { $0.series?.low },
        .optional("close", .list(of: .number)) { $0.series?.close },
        .optional("volume", .list(of: .number)) { $0.series?.volume },
    ])

    private var state: BarsState {
        input.map { $0.barsHash == run.barsHash ? .match : .inputChanged } ?? .notComputable
    }

    /// The bars, where they are those of the run.
    private var series: CandleSeries? { state == .match ? input?.bars.series : nil }

    private func labels(_ times: [Int64]) -> [String] { times.map { run.settings.timeframe.label($0) } }
}
