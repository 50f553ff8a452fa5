import App
import ArgumentParser
import Backtest
import Crypto
import JSON
import Market
import PriceFiles
import Quality
import Strategy

struct BacktestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backtest",
        abstract: "Run a strategy over bars of a file or of the database. Needs no server.",
        discussion: """
            The same engine as the server's: the same definition, bars and options give the same result hash. With
            --bars there are no bars before the range unless --from cuts inside the file.
            """)

    @Option(help: "File with the strategy's definition (JSON).")
    var definition: String

    @Option(help: "File of bars, of any shape that import takes.")
    var bars: String?

    @Option(help: "Ticker of bars in the database.")
    var symbol: String?

    @Option(
        help:
            "EQUITY or CRYPTO; with --bars only, default: understood from the file. It decides how many periods a year has."
    )
    var assetType: AssetType?

    @Option(help: "1d or 1h; default: with --bars understood from the file, else 1d.")
    var timeframe: Timeframe?

    @OptionGroup var reading: ReadingFlags

    @Option(help: "First day of the range, YYYY-MM-DD; default: the first stored.")
    var from: Day?

    @Option(help: "Last day of the range, YYYY-MM-DD; default: the last stored.")
    var to: Day?

    @Option(help: "Cash at the start.")
    var initialEquity = SimulationOptions.standard.initialEquity

    @Option(help: "Percent of the equity an entry spends.")
    var allocationPct = SimulationOptions.standard.allocationPercent

    @Option(help: "Commission a side in basis points.")
    var commissionBps = SimulationOptions.standard.commissionBasisPoints

    @Option(help: "Slippage a side in basis points.")
    var slippageBps = SimulationOptions.standard.slippageBasisPoints

    @Option(help: "signal_close or next_open.")
    var executionTiming = SimulationOptions.standard.executionTiming

    @Flag(help: "Print the whole result as one JSON object.")
    var json = false

    @OptionGroup var database: DatabaseOptions

    func validate() throws {
        guard (bars == nil) != (symbol == nil) else {
            throw ValidationError("Give either --bars FILE or --symbol TICKER.")
        }
        if let from, let to, from.day > to.day {
            throw ValidationError("--to \(to.day) lies before --from \(from.day).")
        }
        if symbol != nil, assetType != nil {
            throw ValidationError("--asset-type goes with --bars; what --symbol is, the database knows.")
        }
        try reading.check(assetType, timeframe)
    }

    func run() throws {
        let strategy = try readDefinition()
        let options = try readOptions(strategy)
        let loaded = try loadBars(strategy)
        let prepared: PreparedBars
        do { prepared = try PreparedBars(loaded.bars) } catch {
            throw Console.fail("bar \(error.index + 1) cannot be used: \(error.reason)", ExitStatus.badData)
        }
        guard let periods = loaded.timeframe.periodsPerYear(of: loaded.assetType) else {
            throw Console.fail(
                "--timeframe \(loaded.timeframe.rawValue) is not for \(loaded.assetType.rawValue)", ExitStatus.usage)
        }
        let report: Report
        do {
            report = try Engine.run(
                strategy, on: prepared, from: loaded.first, options: options, periodsPerYear: periods,
                limits: .ofCommand)
        } catch {
            throw Console.fail("\(error.code): \(error.message)", ExitStatus.badData)
        }
        let hash = hex(Digest.sha256(Encodings.result(report)))
        var missing = MissingBars(loaded.assetType, loaded.timeframe, calendar: TradingCalendar())
        missing.add(loaded.bars)
        if json {
            let document = report.json(resultHash: hash) { json in
                loaded.warnings.write(into: &json, loaded.timeframe)
                json.member("expected_bars", missing.expected)
                json.member("missing_bars", missing.count)
            }
            Console.writeLine(document)
        } else {
            let warnings = loaded.warnings.lines(missing, stored: symbol)
            Console.say(BacktestTable(strategy, report, hash, loaded.timeframe, warnings).text)
        }
    }

    /// - Throws: exit 66 for a file that cannot be read, 65 after naming every error of the definition.
    private func readDefinition() throws -> StrategyDefinition {
        let (strategy, errors) = StrategyDefinition.read(bytes: try Console.contents(of: definition))
        guard let strategy else {
            for error in errors {
                let place = error.path.isEmpty ? definition : "\(definition): \(error.path)"
                Console.note("\(place): \(error.message) [\(error.code.rawValue)]")
            }
            throw ExitCode(ExitStatus.badData)
        }
        return strategy
    }

    private func readOptions(_ strategy: StrategyDefinition) throws -> SimulationOptions {
        func refuse(_ errors: [OptionError]) throws {
            guard !errors.isEmpty else { return }
            for error in errors {
                let flag = "--" + String(error.field.map { $0 == "_" ? "-" : $0 })
                Console.complain("\(flag) \(error.message)")
            }
            throw ExitCode(ExitStatus.usage)
        }
        let options: SimulationOptions
        do {
            options = try SimulationOptions(
                initialEquity: initialEquity, allocationPercent: allocationPct, commissionBasisPoints: commissionBps,
                slippageBasisPoints: slippageBps, executionTiming: executionTiming)
        } catch {
            try refuse(error.errors)
            throw ExitCode(ExitStatus.usage)
        }
        try refuse(options.errors(with: strategy))
        return options
    }

    private struct Loaded {
        let bars: CandleSeries
        /// Index of the range's first bar.
        let first: Int
        let assetType: AssetType, timeframe: Timeframe
        let warnings: BarWarnings
    }

    private func loadBars(_ strategy: StrategyDefinition) throws -> Loaded {
        if let bars { return try loadBars(of: bars, strategy) }
        guard let ticker = symbol else { throw ExitCode(ExitStatus.usage) }
        let timeframe = timeframe ?? .day
        return try database.withDatabase { db in
            guard
                let loaded = try StoredBars.load(
                    ticker, timeframe, from: from?.day, to: to?.day, warmUp: strategy.warmUpBars, in: &db)
            else { throw Console.fail("no bars of \(ticker) \(timeframe.rawValue) are stored", ExitStatus.noInput) }
            return Loaded(
                bars: loaded.bars, first: loaded.firstTradable, assetType: loaded.assetType, timeframe: timeframe,
                warnings: loaded.warnings)
        }
    }

    private func loadBars(of path: String, _ strategy: StrategyDefinition) throws -> Loaded {
        // Nothing is stored, and bars may be made up: the clock does not matter.
        let file = try BarFiles.open(path, reading.options(assetType, timeframe, now: nil))
        let (bars, report) = try BarFiles.reading(path) { try file.bars() }
        Console.note("\(path): \(file.understood.kind)")
        for remark in ImportReport(file, report, nil).remarks { Console.note("\(path): \(remark)") }
        BarFiles.name(refusedIn: report)
        guard report.refusedCount == 0 else { throw ExitCode(ExitStatus.badData) }
        let timeframe = file.understood.timeframe
        let range = bars.window(
            from: from?.day.start.microseconds, through: to.map { timeframe.lastBar(of: $0.day) },
            warmUp: strategy.warmUpBars)
        guard range.first < range.bars.count else {
            throw Console.fail("\(path): there is no bar in the range", ExitStatus.badData)
        }
        let assetType = file.understood.assetType
        // Of the exchange's closures those that this program knows: a file may be tried without a database.
        let inspection = Inspection(of: range.bars, assetType, timeframe, calendar: TradingCalendar())
        return Loaded(
            bars: range.bars, first: range.first, assetType: assetType, timeframe: timeframe,
            warnings: BarWarnings(inspection))
    }
}

/// A day as an option of the command line.
struct Day: ExpressibleByArgument {
    let day: CalendarDay

    init?(argument: String) {
        guard let day = CalendarDay(argument) else { return nil }
        self.day = day
    }
}

extension AssetType: ExpressibleByArgument {}
extension Timeframe: ExpressibleByArgument {}
extension ExecutionTiming: ExpressibleByArgument {}

extension BarWarnings {
    /// For people, one each.
    ///
    /// - Parameter stored: the ticker of bars in the database.
    fileprivate func lines(_ missing: MissingBars, stored: String?) -> [String] {
        // Which says more of missing bars than the notes about them.
        var lines = missing.remark.map { ["note: \($0)"] } ?? []
        lines += listed.filter { $0.severity != .info }.map { "\($0.severity.rawValue) \($0.check): \($0.detail)" }
        if omitted > 0 {
            lines.append("... and \(counted(omitted, "more warning")) about these bars")
        }
        if !areChecked, let stored {
            lines.append("These bars were not checked as they are now: bitstockerz data check \(stored)")
        }
        return lines
    }
}

extension EngineLimits {
    /// Of a person's own machine.
    static let ofCommand = EngineLimits(bars: 10_000_000, nanoseconds: 600_000_000_000, bytes: 8 << 30)
}
