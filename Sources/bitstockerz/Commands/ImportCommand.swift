import App
import ArgumentParser
import JSON
import Market
import Postgres
import PriceFiles
import System

struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Store a file of bars, all of it or nothing.",
        discussion: """
            The file may be of nearly any shape: separator, names and order of columns, decimal mark, form of dates, order
            of rows and whose format it is are recognised, and told; what could mean two things is asked for. Shorter bars
            are joined to hours or days. Bars that are already stored are replaced when they differ. A file with a line
            that is no bar stores nothing, and every such line is named; --skip-invalid takes the rest. A series keeps its
            source: bars from elsewhere, adjusted otherwise or from after a split need --replace.
            """)

    @Option(help: "Ticker, such as AAPL, ^GSPC or BTC-USD; default: what the file names.")
    var symbol: String?

    @Option(help: "EQUITY or CRYPTO; default: understood from the file.")
    var assetType: AssetType?

    @Option(help: "1d or, for CRYPTO, 1h; default: understood from the file.")
    var timeframe: Timeframe?

    @Option(help: "Name of a new symbol, or a new name for an old one.")
    var name: String?

    @Option(
        help:
            "Exchange the symbol is listed at, such as NYSE, NASDAQ or LSE. Only New York's calendar is known: elsewhere nobody is told of short gaps."
    )
    var exchange: String?

    @Option(help: "Currency of the prices; default: the pair's quote asset, else USD.")
    var currency: String?

    @Option(help: "Where the bars come from.")
    var provider = "file"

    @Option(help: "What past prices are adjusted for: raw, split or total.")
    var adjustment = BarSource.Adjustment.raw

    @Option(help: "Day as of which past prices are adjusted, YYYY-MM-DD; with --adjustment split or total.")
    var priceBasisDate: Day?

    @OptionGroup var reading: ReadingFlags

    @Flag(help: "Store the good lines of a file that has bad ones.")
    var skipInvalid = false

    @Flag(help: "Put the file's bars in the place of all that is stored of the series.")
    var replace = false

    @Flag(help: "Read the file and report; no database is needed.")
    var validateOnly = false

    @Flag(help: "Find out what would be stored, and store nothing.")
    var dryRun = false

    @Flag(help: "Report as one JSON object.")
    var json = false

    @Argument(help: "The file; - is standard input.", completion: .file())
    var file: String

    @OptionGroup var database: DatabaseOptions

    func validate() throws {
        try reading.check(assetType, timeframe)
        if priceBasisDate != nil, adjustment == .raw {
            throw ValidationError(
                "--price-basis-date is of adjusted prices: say --adjustment split or --adjustment total, too.")
        }
        if validateOnly, dryRun { throw ValidationError("Give either --validate-only or --dry-run.") }
    }

    func run() throws {
        var options = reading.options(assetType, timeframe, now: SystemClock.unixMicroseconds())
        options.symbol = symbol
        let prices = try BarFiles.open(file, options)
        // Before a database is asked, which is not needed for it and may know the exchange where nobody said it.
        try BarFiles.reading(file) { try prices.checkDays(listedAt: exchange) }
        if validateOnly {
            var missing = prices.missingBars(listedAt: exchange)
            let rows = try BarFiles.reading(file) { try prices.read { bars in missing.add(bars) } }
            try finish(
                ToldImport(file: prices, report: ImportReport(prices, rows, missing: missing, nil), isTrial: true))
            return
        }
        guard let symbol = symbol ?? prices.understood.symbol else {
            throw Console.fail("\(file): the file names no symbol: say --symbol", ExitStatus.usage)
        }
        var store = BarStore(name: name, exchange: exchange, currency: currency)
        let configuration = try database.configuration()
        (store.replaces, store.isTrial, store.auditLog) = (replace, dryRun, configuration.auditLog)
        let wish = BarImport(
            symbol: symbol,
            source: BarSource(provider: provider, adjustment: adjustment, priceBasisDate: priceBasisDate?.day),
            store: store,
            skipInvalid: skipInvalid)
        do {
            let report = try database.withDatabase { db in
                var bar = ProgressBar("importing \(symbol)")
                return try BarFiles.reading(file) {
                    try wish.run(
                        prices, in: &db,
                        telling: { stored in [event(stored, prices.understood.timeframe)] },
                        progress: { done in bar.show(done, of: prices.understood.rows) }
                    ).report
                }
            }
            try finish(ToldImport(file: prices, report: report, isTrial: dryRun))
        } catch let refusal as BarImport.Refusal {
            let report = ImportReport(prices, refusal.report, nil)
            try finish(ToldImport(file: prices, report: report, isTrial: dryRun), refusal.description)
        } catch let refusal as BarStore.Refusal {
            throw Console.fail(refusal.description, ExitStatus.badData)
        }
    }

    /// For the audit trail, which does not know who is at the command line.
    private func event(_ stored: BarStore.Outcome, _ timeframe: Timeframe) -> AuditEvent {
        let words = [
            ("symbol", stored.symbol), ("interval", timeframe.rawValue), ("file", file), ("provider", provider),
        ]
        let counts = [("added", stored.added), ("changed", stored.changed), ("removed", stored.removed)]
        return AuditEvent(
            AccountEvent.barsImported.rawValue, userID: nil,
            Object(words.map { ($0.0, .string($0.1)) } + counts.map { ($0.0, .number(Number($0.1))) }))
    }

    /// - Parameter refusal: why nothing was stored.
    /// - Throws: exit 65 when something is wrong with the file.
    private func finish(_ report: ToldImport, _ refusal: String? = nil) throws {
        if json { Console.writeLine(report.json) } else { report.tell() }
        if let refusal { throw Console.fail(refusal, ExitStatus.badData) }
        let rows = report.report.rows
        guard rows.bars > 0 else {
            throw Console.fail(BarImport.Refusal.noBars(file: file, rows).description, ExitStatus.badData)
        }
        guard skipInvalid || !report.hasRefusedLines else { throw ExitCode(ExitStatus.badData) }
    }
}

extension BarSource.Adjustment: ExpressibleByArgument {}
