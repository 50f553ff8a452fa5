import App
import ArgumentParser
import JSON
import Market
import Quality

struct DataCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "data", abstract: "Tells how sound the stored prices are.",
        subcommands: [DataCheckCommand.self, DataDismissCommand.self, DataClosureCommand.self])
}

struct DataCheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Look for what is wrong with stored bars, keep it, and print it.",
        discussion: """
            The worker checks bars whenever they change; this checks them again at once, all of them or those of one symbol. \
            Ends with 1 when there is an error that nobody has dismissed.
            """)

    @Argument(help: "Ticker, such as AAPL or BTC-USD; default: every symbol.")
    var symbol: String?

    @Flag(help: "Print one JSON object.")
    var json = false

    @OptionGroup var database: DatabaseOptions

    func run() throws {
        let outcomes = try database.withDatabase { db in
            let symbols = try BarChecks.symbols(symbol, in: &db)
            var bar = ProgressBar("checking"), outcomes: [BarChecks.Outcome] = []
            for (index, id) in symbols.enumerated() {
                outcomes += try BarChecks.check(symbol: id, always: true, in: &db)
                bar.show(index + 1, of: symbols.count)
            }
            return outcomes
        }
        guard symbol == nil || !outcomes.isEmpty else {
            throw Console.fail("no bars of \(symbol ?? "") are stored", ExitStatus.noInput)
        }
        if json { Console.writeLine(document(outcomes)) } else { outcomes.forEach(show) }
        let isWrong = outcomes.contains { $0.findings.contains { $0.severity == .error && !$0.isDismissed } }
        if isWrong { throw ExitCode(1) }
    }

    private func show(_ outcome: BarChecks.Outcome) {
        let present = outcome.expected - outcome.missing
        Console.say(
            "\(outcome.symbol) \(outcome.timeframe.rawValue): \(present) of \(counted(outcome.expected, "bar")), "
                + (outcome.findings.isEmpty ? "no findings" : counted(outcome.findings.count, "finding")))
        for finding in outcome.findings {
            let state = finding.isDismissed ? "dismissed" : finding.severity.rawValue
            Console.say("  \(finding.id)  \(state)  \(finding.check): \(finding.detail)")
        }
    }

    private func document(_ outcomes: [BarChecks.Outcome]) -> [UInt8] {
        var json = Writer()
        json.beginObject()
        json.key("series")
        json.array(outcomes) { json, outcome in outcome.write(into: &json) }
        json.endObject()
        return json.bytes
    }
}

struct DataDismissCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dismiss", abstract: "Say that a finding is all right, so that it no longer counts.",
        discussion: "It stays dismissed while it is the same; more bars of its kind bring it back.")

    @Argument(help: "The number that data check prints in front of the finding.")
    var finding: Int

    @Flag(help: "Let it count again.")
    var undo = false

    @OptionGroup var database: DatabaseOptions

    func run() throws {
        let configuration = try database.configuration()
        let found = try database.withDatabase { db in
            try BarChecks.dismiss(finding: finding, !undo, in: &db) { db in
                try configuration.audit(
                    undo ? .findingRestored : .findingDismissed, ["finding": .number(Number(finding))], in: &db)
            }?.finding
        }
        guard let found else { throw Console.fail("there is no finding \(finding)", ExitStatus.noInput) }
        Console.say("\(found.isDismissed ? "Dismissed" : "Counts again"): \(found.detail)")
    }
}

struct DataClosureCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "closure",
        abstract: "Say that New York's exchange stayed closed on a day that its rules do not name.",
        discussion: """
            Shares lack no bar on such a day, and paper orders, runners and replays wait for the next. The bars of all shares \
            that reach over it are checked again.
            """)

    @Argument(help: "The day, YYYY-MM-DD.")
    var day: Day

    @Argument(help: "Why, such as \"Day of mourning\".")
    var reason: String?

    @Flag(help: "Say that it was open after all.")
    var undo = false

    @OptionGroup var database: DatabaseOptions

    func validate() throws {
        guard undo != (reason != nil) else {
            throw ValidationError(undo ? "--undo takes no reason." : "Say why it stayed closed.")
        }
    }

    func run() throws {
        let configuration = try database.configuration()
        let day = day.day
        let checked: Int?
        do {
            checked = try database.withDatabase { db in
                guard let reason else {
                    return try MarketClosures.remove(day, in: &db) { db in
                        try configuration.audit(.closureRemoved, ["date": .string("\(day)")], in: &db)
                    }
                }
                return try MarketClosures.add(day, reason: reason, in: &db) { db in
                    try configuration.audit(
                        .closureAdded, ["date": .string("\(day)"), "reason": .string(reason)], in: &db)
                }
            }
        } catch let refusal as MarketClosures.Refusal {
            throw Console.fail(refusal.description, ExitStatus.usage)
        }
        let state = undo ? "not stored as a closed day" : "stored as a closed day"
        guard let checked else {
            Console.say("\(day) was \(state) before.")
            return
        }
        Console.say("\(day) is \(state) now; the bars of \(counted(checked, "share")) are checked again.")
    }
}
