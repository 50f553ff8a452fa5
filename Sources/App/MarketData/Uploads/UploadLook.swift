import Compression
import HTTP
import Market
import Postgres
import PriceFiles
import System

/// What a look at an upload found: how it was understood, its bars, what storing them would do, and what is in the way.
struct UploadLook: Sendable {
    /// What one look may cost, for a responder has others to answer: bytes that come out of a compressed file, time, and bars
    /// held to be put in order.
    static let maximumBytes = 512 << 20, maximumMilliseconds = 8_000, maximumUnordered = 250_000
    /// How long it waits for what others hold: a place among those who look, or the symbol that somebody is just making.
    static let lockMilliseconds = 200
    /// Lines named of those refused.
    static let namedLines = 50

    let upload: UploadRow
    private(set) var report: ImportReport?
    private(set) var refusal: ImportRefusal?
    private(set) var sample = BarSample()

    private struct TookTooLongError: Error {}

    /// The session to look with, which holds one of few places: at most a quarter of a host's responders look at once, for a
    /// look takes seconds and the others are to be answered.
    ///
    /// - Throws: ``Problem`` 503 when all places are taken.
    static func session(_ configuration: Configuration) throws -> Connection {
        var session = try UploadChunks.session(configuration, "responder")
        do {
            try session.run(.takingPlace(on: configuration.backtestName, of: max(1, configuration.responders / 4)))
        } catch let error as PostgresError where error.code == .lockNotAvailable {
            throw Problem(
                .serviceUnavailable, "Other files are being looked at. Try again shortly.", fields: ["Retry-After": "5"]
            )
        }
        return session
    }

    /// Reads the upload, and changes nothing.
    ///
    /// - Parameter session: of ``session(_:)``.
    /// - Throws: ``Problem`` 404 when it was removed meanwhile, `PostgresError`.
    init(
        _ upload: UploadRow, _ options: ImportOptions, over session: consuming Connection, in db: inout Connection
    ) throws {
        self.upload = upload
        let deadline = Deadline(milliseconds: Self.maximumMilliseconds)
        do {
            let chunks = UploadChunks(upload, over: session) { _, _ in
                if deadline.remainingMilliseconds == 0 { throw TookTooLongError() }
            }
            let file = try PriceFile(
                UploadBytes(chunks, maximumBytes: Self.maximumBytes), name: upload.name,
                options: options.reading(
                    now: SystemClock.unixMicroseconds(), maximumUnordered: Self.maximumUnordered))
            try look(at: file, options, in: &db)
        } catch let error as PriceFileRefusal {
            refusal = ImportRefusal(error, or: error.isTooLarge ? Self.otherwise : "")
        } catch let error as DecompressionError {
            refusal = ImportRefusal(error.description + (error.isTooLarge ? Self.otherwise : ""))
        } catch is TookTooLongError {
            refusal = ImportRefusal(
                "reading the file takes more than \(Self.maximumMilliseconds / 1_000) s" + Self.otherwise)
        } catch is UploadChunks.GoneError {
            throw Thing.upload.missing(upload.id)
        }
    }

    /// Who has more time.
    private static let otherwise =
        ", or confirm it as it is, for the worker takes its time; so does bitstockerz import"

    private mutating func look(
        at file: PriceFile, _ options: ImportOptions, in db: inout Connection
    ) throws {
        let symbol = options.symbol ?? file.understood.symbol
        let listing = try options.exchange ?? symbol.flatMap { try db.run(.listing(of: $0)) }
        try file.checkDays(listedAt: listing)
        let none = file.missingBars(listedAt: listing)
        var sample = BarSample(), missing = none, rows: ReadingReport?, inTheWay: BarStore.Refusal?
        func read(_ put: (CandleSeries) throws -> Void) throws {
            (sample, missing) = (BarSample(), none)
            rows = try file.read { bars in
                sample.add(bars)
                missing.add(bars)
                guard inTheWay == nil else { return }
                do { try put(bars) } catch let refusal as BarStore.Refusal { inTheWay = refusal }
            }
        }
        var outcome: BarStore.Outcome?
        // While a job stores them, what storing them would do is being answered.
        if let symbol, upload.jobID == nil {
            var wish = options.wish(symbol)
            wish.store.isTrial = true
            do {
                outcome = try db.withTimeouts(lockMilliseconds: Self.lockMilliseconds) { db in
                    try wish.store.store(wish.series(of: file), from: wish.source, in: &db, deliver: read)
                }
            } catch let refusal as BarStore.Refusal {
                inTheWay = refusal
            } catch let error as PostgresError where error.code == .lockNotAvailable {
                // Nobody knows yet what storing them would do.
            }
        }
        if rows == nil { try read { _ in } }
        let found = rows ?? ReadingReport()
        report = ImportReport(file, found, missing: missing, outcome, named: Self.namedLines)
        self.sample = sample
        if found.refusedCount > 0, !options.skipsInvalid {
            refusal = ImportRefusal(linesOf: found)
        } else if found.bars == 0 {
            refusal = ImportRefusal(BarImport.Refusal.noLine)
        } else if let inTheWay {
            refusal = ImportRefusal(inTheWay)
        } else if symbol == nil {
            refusal = ImportRefusal("the file names no symbol", asks: .symbol)
        }
    }
}

extension UploadLook {
    private typealias Bar = (timeframe: Timeframe, point: BarSample.Point)

    static let form = Form<UploadLook>.object(
        "UploadLook",
        UploadRow.members.map { $0.of(\.upload) } + [
            .nullable("report", ImportReport.form, \.report),
            .nullable("refusal", ImportRefusal.form, \.refusal),
            .member("first_bars", .list(of: bar)) { $0.bars($0.sample.first) },
            .member("last_bars", .list(of: bar)) { $0.bars($0.sample.last) },
            .member("points", .list(of: bar)) { $0.bars($0.sample.points) },
            .member(
                "bars_per_point",
                Form<Int>.integer.described("Of points, which are all bars: so many neighbours are one"),
                \.sample.barsPerPoint),
        ])

    private static let bar = Form<Bar>.object(
        "UploadedBar",
        [
            .member("time", .barTime) { $0.timeframe.label($0.point.time) }, .member("open", .number, \.point.open),
            .member("high", .number, \.point.high), .member("low", .number, \.point.low),
            .member("close", .number, \.point.close), .member("volume", .number, \.point.volume),
        ])

    private func bars(_ points: [BarSample.Point]) -> [Bar] {
        points.map { (report?.understood.timeframe ?? .day, $0) }
    }
}

/// Why a file is not stored as it is, and which option would answer it.
struct ImportRefusal: Sendable {
    /// Names of ``ImportOptions``.
    enum ImportOption: String, Sendable, CaseIterable {
        case symbol, ticker, format, timeframe, replace, zone, name, exchange, currency, provider
        case dateOrder = "date_order"
        case decimalMark = "decimal_mark"
        case assetType = "asset_type"
        case skipInvalid = "skip_invalid"
        case priceBasisDate = "price_basis_date"
    }

    /// The first is 1; nil: it is not about a line.
    let line: Int?
    let reason: String
    let asks: ImportOption?

    init(_ reason: String, line: Int? = nil, asks: ImportOption? = nil) {
        (self.line, self.reason, self.asks) = (line, Members.named(in: reason), asks)
    }

    /// - Parameter advice: what else can be done.
    init(_ error: PriceFileRefusal, or advice: String) {
        self.init(
            error.reason + advice, line: error.line, asks: error.asks.flatMap { ImportOption(rawValue: $0.rawValue) })
    }

    init(linesOf report: ReadingReport) {
        let first = report.refused.first
        self.init(
            "\(counted(report.refusedCount, are: "line")) no bar, so nothing is stored unless with --skip-invalid"
                + (first.map { "; line \($0.line): \($0.reason)" } ?? ""),
            line: first?.line, asks: .skipInvalid)
    }

    init(_ refusal: BarStore.Refusal) {
        let asks: ImportOption? =
            switch refusal {
            case .badSymbol, .notAPair, .retired: .symbol
            case .otherKind: .assetType
            case .badField(let field): ImportOption(rawValue: field)
            case .otherSource, .otherBasis, .otherPrices, .split: .replace
            }
        self.init(refusal.description, asks: asks)
    }

    static let form = Form<ImportRefusal>.object(
        "ImportRefusal",
        [
            .nullable("line", .integer, \.line), .member("reason", .text, \.reason),
            .nullable("asks", .choice(), \.asks),
        ])
}
