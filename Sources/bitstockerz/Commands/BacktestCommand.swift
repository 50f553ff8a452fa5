import App
import ArgumentParser
import Backtest
import Crypto
import JSON
import Market
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

    @Option(help: "CSV with the header timestamp,open,high,low,close,volume.")
    var bars: String?

    @Option(help: "Ticker of bars in the database.")
    var symbol: String?

    @Option(help: "EQUITY (default) or CRYPTO; with --bars only. It decides how many periods a year has.")
    var assetType: AssetType?

    @Option(help: "1d or 1h.")
    var timeframe = Timeframe.day

    @Option(help: "First day of the range, YYYY-MM-DD; default: the first stored.")
    var from: Day?

    @Option(help: "Last day of the range, YYYY-MM-DD; default: the last stored.")
    var to: Day?

    @Option(help: "Cash at the start.")
    var initialEquity = 10_000.0

    @Option(help: "Percent of the equity an entry spends.")
    var allocationPct = 100.0

    @Option(help: "Commission a side in basis points.")
    var commissionBps = 0.0

    @Option(help: "Slippage a side in basis points.")
    var slippageBps = 0.0

    @Option(help: "signal_close or next_open.")
    var executionTiming = ExecutionTiming.signalClose

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
        let kind = assetType ?? .equity
        if bars != nil, !kind.timeframes.contains(timeframe) {
            throw ValidationError("--timeframe \(timeframe.rawValue) is not for \(kind.rawValue).")
        }
    }

    func run() throws {
        let strategy = try readDefinition()
        let options = try readOptions(strategy)
        let loaded = try loadBars(strategy)
        let prepared: PreparedBars
        do { prepared = try PreparedBars(loaded.bars) } catch {
            throw Console.fail("bar \(error.index + 1) cannot be used: \(error.fault)", ExitStatus.badData)
        }
        guard let periods = timeframe.periodsPerYear(of: loaded.assetType) else {
            throw Console.fail(
                "--timeframe \(timeframe.rawValue) is not for \(loaded.assetType.rawValue)", ExitStatus.usage)
        }
        let limits = EngineLimits(bars: 10_000_000, nanoseconds: 600_000_000_000, bytes: 8 << 30)
        let report: Report
        do {
            report = try Engine.run(
                strategy, on: prepared, from: loaded.first, options: options, periodsPerYear: periods, limits: limits)
        } catch {
            throw Console.fail("\(error.code): \(error.message)", ExitStatus.badData)
        }
        let hash = hex(Digest.sha256(Encodings.result(report)))
        if json {
            Console.write(report.json(resultHash: hash) + [10])
        } else {
            Console.say(BacktestTable(strategy, report, hash, timeframe).text)
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

    private func loadBars(_ strategy: StrategyDefinition) throws -> (
        bars: CandleSeries, first: Int, assetType: AssetType
    ) {
        if let bars {
            let kind = assetType ?? .equity
            let file = try BarFiles.read(bars, kind, timeframe, isForStorage: false)
            BarFiles.report(file.refused)
            guard file.refused.isEmpty else { throw ExitCode(ExitStatus.badData) }
            let range = file.bars.window(
                from: from?.day.start.microseconds, through: to.map { timeframe.lastBar(of: $0.day) },
                warmUp: strategy.warmUpBars)
            guard range.first < range.bars.count else {
                throw Console.fail("\(bars): there is no bar in the range", ExitStatus.badData)
            }
            return (range.bars, range.first, kind)
        }
        guard let ticker = symbol else { throw ExitCode(ExitStatus.usage) }
        return try database.withDatabase { db in
            guard
                let loaded = try StoredBars.load(
                    ticker, timeframe, from: from?.day, to: to?.day, warmUp: strategy.warmUpBars, in: &db)
            else { throw Console.fail("no bars of \(ticker) \(timeframe.rawValue) are stored", ExitStatus.noInput) }
            return (loaded.bars, loaded.firstTradable, loaded.assetType)
        }
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
