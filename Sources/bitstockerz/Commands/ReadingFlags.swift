import App
import ArgumentParser
import Market
import PriceFiles

/// What a person may know of a file of bars better than the file.
struct ReadingFlags: ParsableArguments {
    @Option(help: "Whose file it is; default: recognised.")
    var format: FileFormat?

    @Option(help: "Which symbol of a file with several.")
    var ticker: String?

    @Option(help: "What 01/05/2015 means: day-first or month-first; default: known from the whole file, or asked for.")
    var dateOrder: DateOrder?

    @Option(help: "What stands before a fraction: point or comma; default: known from the whole file, or asked for.")
    var decimalMark: DecimalMark?

    @Option(
        help:
            "Of times that do not say it, and of the days shorter bars of shares are joined to: an offset such as +02:00, a place such as Europe/Berlin; default: UTC, and the days of America/New_York."
    )
    var zone: ZoneName?

    /// - Throws: wrong usage when nothing of the kind has bars of that length.
    func check(_ assetType: AssetType?, _ timeframe: Timeframe?) throws {
        if let assetType, let timeframe, !assetType.timeframes.contains(timeframe) {
            throw ValidationError("--timeframe \(timeframe.rawValue) is not for \(assetType.rawValue).")
        }
    }

    /// - Parameter now: of bars that are to be stored; what is not over is refused.
    func options(_ assetType: AssetType?, _ timeframe: Timeframe?, now: Int64?) -> ReadingOptions {
        var options = ReadingOptions()
        (options.format, options.ticker, options.dateOrder) = (format, ticker, dateOrder)
        (options.decimalMark, options.zone) = (decimalMark, zone?.zone)
        (options.assetType, options.timeframe, options.now) = (assetType, timeframe, now)
        return options
    }
}

/// A zone as an option of the command line.
struct ZoneName: ExpressibleByArgument {
    let zone: Zone

    init?(argument: String) {
        guard let zone = Zone.named(argument) else { return nil }
        self.zone = zone
    }
}

extension FileFormat: ExpressibleByArgument {}
extension DateOrder: ExpressibleByArgument {}
extension DecimalMark: ExpressibleByArgument {}
