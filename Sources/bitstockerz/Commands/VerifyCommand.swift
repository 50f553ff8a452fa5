import App
import ArgumentParser
import Backtest
import Glibc
import JSON

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
