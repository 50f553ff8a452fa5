import Backtest
import HTTP
import JSON
import Jobs
import Market
import Postgres

/// Downloads of completed runs. They may be large, so they are sent while they are made, and nginx lets these addresses, and
/// no others, wait on the disk.
enum BacktestExports {
    static let trades = route(
        "trades", .csv, "Every trade of a completed run, one a line.", PlainAnswer.file("The file", "text/csv")
    ) { run, db, stream in
        var csv = CSVWriter(header: [
            "trade_no", "symbol", "entry_time", "exit_time", "side", "entry_price", "exit_price", "quantity",
            "pnl_abs", "pnl_pct", "bars_held", "exit_reason", "gap",
        ])
        try db.each(.trades(ofRun: run.id)) { (trade: TradeRow) in
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
            try csv.sendPiece(to: stream)
        }
        try csv.sendRest(to: stream)
    }

    /// What of the curve is in the file.
    private enum CurveColumns: String, CaseIterable {
        /// What is stored: nothing beside it is computed. Programs that know no more columns go on working.
        case equity
        case all
    }

    static let equity = Route.streaming(
        .get, path("equity.csv"), .signedIn(.read),
        """
        The whole equity curve of a completed run, one bar a line: `time`, `equity`; on request `holding`, what buying at the \
        start and holding to the end was worth, and `drawdown_pct`, how far the equity was below its peak. `holding` is empty \
        in a run of one bar, and where the bars were corrected since.
        """,
        takes: Field<(id: String, columns: CurveColumns)>.group(
            .id(.backtest),
            .query("columns", Form<CurveColumns>.choice(), default: .equity, "all: with `holding` and `drawdown_pct`")
        ) { (id: $1, columns: $2) }, answers: [PlainAnswer.file("The file", "text/csv")],
        errors: [.backtestInvalidState]
    ) { call, db, input, begin in
        try export(input.id, "equity", .csv, call, &db, begin) { run, db, stream in
            let timeframe = run.settings.timeframe, isWhole = input.columns == .all
            let holding = isWhole ? try HoldingCurve(run, in: &db) : nil
            var csv = CSVWriter(header: ["time", "equity"] + (isWhole ? ["holding", "drawdown_pct"] : []))
            var peak = Double(run.settings.initialEquity) ?? 0, first = 0
            try db.eachPart(.equity(ofRun: run.id)) { (part: EquityCurve) in
                let held = try holding?.points(first..<first + part.times.count)
                first += part.times.count
                for (index, equity) in part.equity.enumerated() {
                    csv.text(timeframe.label(part.times[index]))
                    csv.number(equity)
                    if isWhole {
                        if let held { csv.number(held[index]) } else { csv.text("") }
                        peak = max(peak, equity)
                        csv.number((1 - equity / peak) * 100)
                    }
                    csv.endRow()
                    try csv.sendPiece(to: stream)
                }
            }
            try csv.sendRest(to: stream)
        }
    }

    /// Of the bars that went in.
    private struct HoldingCurve {
        private let bars: SpooledBars
        private let benchmark: Benchmark

        /// - Returns: nil when the bars are stored no more, or too few to hold anything.
        init?(_ run: BacktestRow, in db: inout Connection) throws {
            do {
                guard let bars = try SpooledBars.ofRun(run.id, in: &db), bars.hash == run.barsHash else { return nil }
                let first = bars.firstTradable, last = bars.count - 1
                guard last > first,
                    let benchmark = Benchmark(
                        first...last, firstClose: try bars.value(.close, first),
                        nextOpen: try bars.value(.open, first + 1), lastClose: try bars.value(.close, last),
                        bars.run.options)
                else { return nil }
                // A curve that was damaged has no bar for each of its points.
                guard try db.run(.equityPoints(ofRun: run.id)) == benchmark.count else { return nil }
                (self.bars, self.benchmark) = (bars, benchmark)
            } catch is StoredRunError {
                return nil
            }
        }

        func points(_ range: Range<Int>) throws -> [Double] {
            let first = bars.firstTradable
            return try benchmark.points(
                range, closes: bars.values(.close, first + range.lowerBound..<first + range.upperBound))
        }
    }

    static let report = route(
        "report", .json,
        "A completed run with all that went in and came out, so that anyone can compute it again without this service.",
        StreamedAnswer(about: "The file", makeSchema: { RunReport.schema })
    ) { run, db, stream in try RunReport(run, in: &db).write(to: stream, from: &db) }

    private typealias Writing = @Sendable (BacktestRow, inout Connection, any BodyStream) throws -> Void

    private static func route(
        _ what: String, _ type: FileType, _ about: String, _ answer: any Answering, _ write: @escaping Writing
    ) -> Route {
        Route.streaming(
            .get, path("\(what).\(type)"), .signedIn(.read), about, takes: .id(.backtest), answers: [answer],
            errors: [.backtestInvalidState]
        ) { call, db, id, begin in try export(id, what, type, call, &db, begin, write) }
    }

    private static func path(_ file: String) -> String { "/api/backtests/{id}/" + file }

    private static func export(
        _ id: String, _ what: String, _ type: FileType, _ call: Call, _ db: inout Connection, _ begin: Route.Begin,
        _ write: Writing
    ) throws {
        let opening = try Query<BacktestRow?>.backtest(id, of: call.userID())
        try db.transaction(.repeatableReadReadOnly, opening: opening) { db, run in
            guard let run else { throw Thing.backtest.missing(id) }
            guard run.status == .completed else {
                throw BacktestChanges.invalidState("Only a completed run has something to export.")
            }
            let made = run.settings
            let name = FileName(
                made.ticker, made.timeframe.rawValue, "\(made.start)", "\(made.end)", run.strategyName,
                "v\(run.versionNumber)", what, type: "\(type)")
            guard let stream = begin(.file(type, name.disposition)) else { return }
            try write(run, &db, stream)
        }
    }
}
