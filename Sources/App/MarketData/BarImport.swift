import Market
import Postgres
import PriceFiles

/// Stores the bars of a file.
public struct BarImport: Sendable {
    /// Ticker (AAPL) or pair (BTC-USD), in any case.
    public var symbol: String
    public var source: BarSource
    public var store: BarStore
    /// Stores the good lines of a file that has bad ones.
    public var skipInvalid: Bool

    public init(
        symbol: String, source: BarSource = BarSource(provider: "file"), store: BarStore = BarStore(),
        skipInvalid: Bool = false
    ) {
        (self.symbol, self.source, self.store, self.skipInvalid) = (symbol, source, store, skipInvalid)
    }

    /// Why nothing was stored, as far as it is the file's fault.
    public enum Refusal: Error, Equatable, Sendable, CustomStringConvertible {
        /// The file has lines that are no bars.
        case refusedLines(ReadingReport)
        case noBars(file: String, ReadingReport)

        public var description: String {
            switch self {
            case .refusedLines(let report):
                "\(counted(report.refusedCount, are: "line")) no bar, so nothing was stored: --skip-invalid stores the others"
            case .noBars(let file, _): "\(file): \(Self.noLine)"
            }
        }

        static let noLine = "no line is a bar"

        /// What became of the file's rows.
        public var report: ReadingReport {
            switch self {
            case .refusedLines(let report), .noBars(_, let report): report
            }
        }
    }

    func series(of file: PriceFile) -> BarSeries {
        BarSeries(symbol: symbol, assetType: file.understood.assetType, timeframe: file.understood.timeframe)
    }

    /// How many bars go to the database at once.
    private static let batch = 8_192

    /// Stores the file's bars, or nothing.
    ///
    /// - Parameters:
    ///   - named: how many lines the report names of those refused, and of those skipped.
    ///   - alongside: what is done in the transaction that stores them, once all are; not in a trial.
    ///   - telling: what the audit trail is told of it.
    ///   - progress: called now and then with the number of bars sent.
    /// - Throws: ``Refusal``, ``BarStore/Refusal``, `PriceFileRefusal`, `PostgresError`.
    public func run(
        _ file: PriceFile, in db: inout Connection, named: Int = .max,
        alongside: (BarStore.Outcome, ImportReport, inout Connection) throws -> Void = { _, _, _ in },
        telling: (BarStore.Outcome) -> [AuditEvent] = { _ in [] },
        progress: (_ done: Int) -> Void = { _ in }
    ) throws -> (outcome: BarStore.Outcome, report: ImportReport) {
        let series = series(of: file)
        let listing = try store.exchange ?? db.run(.listing(of: symbol))
        try file.checkDays(listedAt: listing)
        var missing = file.missingBars(listedAt: listing)
        var rows: ReadingReport?
        func report(_ outcome: BarStore.Outcome) -> ImportReport {
            ImportReport(file, rows ?? ReadingReport(), missing: missing, outcome, named: named)
        }
        let outcome = try store.store(series, from: source, in: &db) {
            rows?.partialStarts ?? []
        } alongside: { outcome, db in
            try alongside(outcome, report(outcome), &db)
        } telling: { outcome in
            telling(outcome)
        } deliver: { put in
            var done = 0
            let read = try file.read(stretch: Self.batch) { bars in
                missing.add(bars)
                try put(bars)
                done += bars.count
                progress(done)
            }
            rows = read
            guard skipInvalid || read.refusedCount == 0 else { throw Refusal.refusedLines(read) }
        }
        guard let outcome, let rows else { throw Refusal.noBars(file: file.name, rows ?? ReadingReport()) }
        return (outcome, ImportReport(file, rows, missing: missing, outcome, named: named))
    }
}
