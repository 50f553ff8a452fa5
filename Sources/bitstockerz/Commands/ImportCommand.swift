import App
import ArgumentParser
import Market
import Postgres

struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Store a file of bars, all of it or nothing.",
        discussion: """
            The file is a CSV with the header timestamp,open,high,low,close,volume, oldest bar first; days are written
            YYYY-MM-DD, hours YYYY-MM-DDTHH:00:00Z (the start of the bar, UTC). Bars that are already stored are
            replaced when they differ. Every refused line is reported with its number.
            """)

    @Option(help: "Ticker, such as AAPL or BTC-USD.")
    var symbol: String

    @Option(help: "EQUITY or CRYPTO.")
    var assetType: AssetType

    @Option(help: "1d or, for CRYPTO, 1h.")
    var timeframe: Timeframe

    @Option(help: "Name of a new symbol, or a new name for an old one.")
    var name: String?

    @Option(help: "Exchange the symbol is listed at.")
    var exchange: String?

    @Option(help: "Currency of the prices; default: the pair's quote asset, else USD.")
    var currency: String?

    @Option(help: "Where the bars come from.")
    var provider = "file"

    @Option(help: "What past prices are adjusted for: raw, split or total.")
    var adjustment = BarSource.Adjustment.raw

    @Flag(help: "Store the good lines of a file that has bad ones.")
    var skipInvalid = false

    @Argument(help: "The CSV file.", completion: .file(extensions: ["csv"]))
    var file: String

    @OptionGroup var database: DatabaseOptions

    func validate() throws {
        guard assetType.timeframes.contains(timeframe) else {
            throw ValidationError("--timeframe \(timeframe.rawValue) is not for \(assetType.rawValue).")
        }
    }

    func run() throws {
        let bars = try BarFiles.read(file, assetType, timeframe, isForStorage: true)
        BarFiles.report(bars.refused)
        if let noise = bars.noise {
            Console.note(
                "\(file): \(noise.count) prices were rounded from float noise to at most \(noise.decimals) decimals, the first "
                    + "in line \(noise.line): \(noise.from) became \(noise.to)")
        }
        let wish = BarImport(
            symbol: symbol, source: BarSource(provider: provider, adjustment: adjustment),
            store: BarStore(name: name, exchange: exchange, currency: currency), skipInvalid: skipInvalid)
        do {
            let outcome = try database.withDatabase { db in
                var bar = ProgressBar("importing \(symbol) \(timeframe.rawValue)")
                return try wish.run(bars, in: &db) { done, total in bar.show(done, of: total) }
            }
            Console.say(
                "\(outcome.symbol) \(timeframe.rawValue): \(outcome.added) bars added, \(outcome.changed) changed, "
                    + "\(outcome.unchanged) unchanged, \(bars.refused.count) skipped; \(outcome.count) stored, revision \(outcome.revision)"
            )
        } catch let refusal as BarImport.Refusal {
            throw Console.fail(refusal.description, ExitStatus.badData)
        } catch let refusal as BarStore.Refusal {
            throw Console.fail(refusal.description, ExitStatus.badData)
        }
    }
}

extension BarSource.Adjustment: ExpressibleByArgument {}
