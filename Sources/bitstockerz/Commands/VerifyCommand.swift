import App
import ArgumentParser
import Backtest
import Crypto
import Glibc
import JSON
import Market
import Strategy

struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Compute a run again and hold the result against what it says.",
        discussion: """
            RUN is the id of a run on this server: it is computed again from the strategy and the bars in the database. \
            FILE is the report.json of a run (GET /api/backtests/{id}/report.json), which holds everything that is \
            needed: no server and no database are asked.

            Ends with 0 for a match, with 1 for a mismatch, with 2 when the bars of a stored run were corrected since, so \
            that nothing can be said (INPUT_CHANGED), and with 3 when another version of the engine made the run, so that \
            its result need not come out again, if this one can run it at all (ENGINE_CHANGED); with 66 when there is no \
            such run or file.
            """)

    @Argument(
        help: ArgumentHelp("The id of a run, or the report.json of one.", valueName: "run-or-file"),
        completion: .file(extensions: ["json"]))
    var target: String

    @Flag(help: "Print one JSON object.")
    var json = false

    @OptionGroup var database: DatabaseOptions

    func run() throws {
        // A file of that name is meant also when the name is that of a run.
        if RunVerification.isID(target), access(target, F_OK) != 0 {
            try verifyStored()
        } else {
            try verifyFile()
        }
    }

    private func verifyStored() throws {
        let configuration = try database.configuration()
        let verification = try database.withDatabase { db in
            do { return try RunVerification(of: target, configuration, in: &db) } catch let refusal
                as RunVerification.Refusal
            {
                if case .noSuchRun = refusal.reason { throw Console.fail(refusal.message, ExitStatus.noInput) }
                throw Console.fail(refusal.message, ExitStatus.badData)
            }
        }
        if json {
            var writer = Writer()
            verification.write(into: &writer)
            Console.writeLine(writer.bytes)
        } else {
            let rows = verification.pairs.map { pair in
                [pair.name, pair.run == pair.now ? "same" : "DIFFERENT", pair.run ?? "-", pair.now ?? "-"]
            }
            Console.say(Console.table([["what", "", "of the run", "now"]] + rows))
            Console.say(verification.outcome.sentence(by: verification.engineVersion.run))
        }
        try verification.outcome.end()
    }

    private func verifyFile() throws {
        let report = try RunFile(contentsOf: target)
        let checks = try report.checks()
        func isSame(_ name: String) -> Bool { checks.contains { $0.name == name && $0.written == $0.computed } }
        let outcome: RunVerification.Outcome =
            checks.allSatisfy { $0.written == $0.computed }
            ? .match : isSame("bars_hash") && !isSame("engine_version") ? .engineChanged : .mismatch
        if json {
            var writer = Writer()
            writer.object { writer in
                writer.member("outcome", outcome.rawValue)
                for check in checks {
                    writer.key(check.name)
                    writer.object { writer in
                        writer.member("file", check.written)
                        writer.member("computed", check.computed)
                    }
                }
            }
            Console.writeLine(writer.bytes)
        } else {
            let rows = checks.map {
                [$0.name, $0.written == $0.computed ? "same" : "DIFFERENT", $0.written, $0.computed ?? "-"]
            }
            Console.say(Console.table([["what", "", "in the file", "computed"]] + rows))
            Console.say(outcome.sentence(by: checks.first { $0.name == "engine_version" }?.written))
        }
        try outcome.end()
    }
}

extension RunVerification.Outcome {
    /// - Parameter engine: the version that made the run.
    fileprivate func sentence(by engine: String?) -> String {
        switch self {
        case .match: "match: the result follows from the bars and the strategy."
        case .mismatch: "mismatch"
        case .engineChanged:
            "ENGINE_CHANGED: version \(engine ?? "-") of the engine made this run, and version \(engineVersion) decides some things "
                + "otherwise, or cannot: it neither confirms nor refutes the result."
        case .inputChanged:
            "INPUT_CHANGED: the bars were corrected since the run, so its result cannot be compared."
        }
    }

    /// Ends the process with the outcome's status, or not at all for a match.
    fileprivate func end() throws {
        switch self {
        case .match: break
        case .mismatch: throw ExitCode(1)
        case .inputChanged: throw ExitCode(2)
        case .engineChanged: throw ExitCode(3)
        }
    }
}

/// A `report.json`: the run's settings, bars and hashes.
private struct RunFile {
    let name: String
    private let document: Object

    struct Check {
        let name: String
        let written: String
        /// nil where there is nothing to say.
        let computed: String?
    }

    /// What comes out of the file's bars. Of the strategy and the options of another engine this one may take none, or
    /// find no result.
    private struct Outcome {
        var content: String?
        var report: Report?
    }

    /// - Throws: exit 66 for a file that cannot be read, 65 for one that is no report.
    init(contentsOf path: String) throws {
        let bytes = try Console.contents(of: path)
        do {
            guard
                let object = try parse(bytes, limits: ParseLimits(maxBytes: 1 << 30, maxDepth: 32)).objectValue
            else { throw Console.fail("\(path): must be a JSON object", ExitStatus.badData) }
            document = object
        } catch let error as ParseError {
            throw Console.fail("\(path):\(error.line):\(error.column): \(error.message)", ExitStatus.badData)
        }
        name = path
        guard document["format"]?.stringValue == RunReport.format else {
            throw fault("format", "must be \"\(RunReport.format)\"")
        }
    }

    /// What the file says and what comes out of its bars, by name.
    func checks() throws -> [Check] {
        let bars = try bars()
        let engine = try text("engine_version")
        let prepared: PreparedBars
        do { prepared = try PreparedBars(bars.series) } catch {
            throw fault("bars[\(error.index)]", error.fault.description)
        }
        let periods = try whole("periods_per_year", of: document)
        if let error = Engine.error(inPeriodsPerYear: periods) { throw fault(error.field, error.message) }
        let barsHash = hex(Digest.sha256(Encodings.bars(bars.series)))
        var outcome = Outcome()
        do throws(Refusal) {
            try compute(&outcome, on: prepared, from: bars.first, periodsPerYear: periods, barsHash: barsHash)
        } catch {
            guard engine != engineVersion else { throw fault(error.place, error.message) }
        }
        let results = document["results"]?.objectValue
        let figures = RunVerification.shownFigures.map { metric in
            Check(
                name: metric.rawValue,
                written: results?[metric.rawValue]?.numberValue?.double.map { Number($0).text } ?? "-",
                computed: outcome.report.map { $0.metrics[metric].value.map { Number($0).text } ?? "-" })
        }
        return [
            Check(name: "engine_version", written: engine, computed: engineVersion),
            Check(name: "bars_hash", written: try text("bars_hash"), computed: barsHash),
            Check(name: "content_hash", written: try text("content_hash"), computed: outcome.content),
            Check(
                name: "result_hash", written: try text("result_hash"),
                computed: outcome.report.map { hex(Digest.sha256(Encodings.result($0))) }),
        ] + figures
    }

    /// What is wrong with the file's strategy or options, or what they make of its bars.
    private struct Refusal: Error {
        let place: String
        let message: String
    }

    private func compute(
        _ outcome: inout Outcome, on bars: PreparedBars, from first: Int, periodsPerYear: Int, barsHash: String
    ) throws(Refusal) {
        let definition = try definition(), options = try options()
        outcome.content = hex(
            Digest.sha256(
                Encodings.content(
                    definition, options: options, periodsPerYear: periodsPerYear, first: first, barsHash: barsHash)))
        do {
            outcome.report = try Engine.run(
                definition, on: bars, from: first, options: options, periodsPerYear: periodsPerYear, limits: .ofCommand)
        } catch {
            throw Refusal(place: "definition", message: error.message)
        }
    }

    private func bars() throws -> (series: CandleSeries, first: Int) {
        guard let bars = document["bars"]?.objectValue else { throw fault("bars", "is missing") }
        guard bars["state"]?.stringValue == "match" else {
            throw fault("bars.state", "the file does not hold the bars of the run, which were corrected or not known")
        }
        let times = try (bars["time"]?.arrayValue ?? []).enumerated().map { index, value -> Int64 in
            if let text = value.stringValue {
                if let day = CalendarDay(text) { return day.start.microseconds }
                if let instant = Instant(text) { return instant.microseconds }
            }
            throw fault("bars.time[\(index)]", "is no time")
        }
        func column(_ name: String) throws -> [Double] {
            let values = try (bars[name]?.arrayValue ?? []).enumerated().map { index, value -> Double in
                guard let number = value.numberValue?.double else {
                    throw fault("bars.\(name)[\(index)]", "is no number")
                }
                return number
            }
            guard values.count == times.count else {
                throw fault("bars.\(name)", "has \(counted(values.count, "value")), bars.time has \(times.count)")
            }
            return values
        }
        let first = try whole("first_tradable", of: bars)
        guard first >= 0, first < times.count else { throw fault("bars.first_tradable", "lies outside the bars") }
        let series = CandleSeries(
            times: times, open: try column("open"), high: try column("high"), low: try column("low"),
            close: try column("close"), volume: try column("volume"))
        return (series, first)
    }

    private func definition() throws(Refusal) -> StrategyDefinition {
        let (definition, errors) = StrategyDefinition.read(stored: document["definition"] ?? .null)
        guard let definition else {
            let error = errors.first
            throw Refusal(place: "definition.\(error?.path ?? "")", message: error?.message ?? "is not valid")
        }
        return definition
    }

    private func options() throws(Refusal) -> SimulationOptions {
        guard let equity = document["initial_equity"]?.stringValue.flatMap(Double.init) else {
            throw Refusal(place: "initial_equity", message: "is missing or no amount")
        }
        do { return try SimulationOptions(simulation: document["simulation"], initialEquity: equity) } catch {
            throw Refusal(place: "simulation.\(error.errors[0].field)", message: error.errors[0].message)
        }
    }

    private func text(_ name: String) throws -> String {
        guard let text = document[name]?.stringValue else { throw fault(name, "is missing or no text") }
        return text
    }

    private func whole(_ name: String, of object: Object) throws -> Int {
        guard let number = object[name]?.numberValue?.int else { throw fault(name, "is missing or no whole number") }
        return number
    }

    private func fault(_ place: String, _ message: String) -> ExitCode {
        Console.fail("\(name): \(place): \(message)", ExitStatus.badData)
    }
}
