import App
import ArgumentParser
import JSON
import Market
import Postgres
import PriceFiles

struct SymbolsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "symbols", abstract: "Which symbols there are, and what they are called.",
        subcommands: [Import.self, Rename.self, Retire.self, Restore.self])

    struct Import: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take over names, exchanges and currencies from a list of symbols.",
            discussion: """
                A table with a line of names, such as an exchange's directory: symbol, name, asset_type, exchange, currency \
                and is_active are recognised, and only the first has to be there. New symbols are added, without prices. \
                Symbols that are not in the list stay as they are.
                """)

        @Argument(help: "The list: CSV or alike, plain or in gzip, zip or zstd; - is standard input.")
        var file: String

        @Flag(help: "Say what would be done, and do nothing.")
        var dryRun = false

        @Flag(help: "Leave out lines that cannot be read, instead of storing nothing.")
        var skipInvalid = false

        @Flag(help: "Print one JSON object.")
        var json = false

        @OptionGroup var database: DatabaseOptions

        func run() throws {
            let directory = try BarFiles.reading(file) { try SymbolDirectory(FileBytes(file), name: file) }
            for column in directory.columns where !json { Console.note("\(column.column): \(column.name)") }
            let configuration = try database.configuration()
            let outcome = try database.withDatabase { db in
                try SymbolList.store(directory, file: file, isTrial: dryRun, skipsInvalid: skipInvalid, in: &db) {
                    done, db in
                    let counts = [("added", done.added), ("changed", done.changed), ("retired", done.retired)]
                    try configuration.audit(
                        .symbolsListed,
                        Object([("file", .string(file))] + counts.map { ($0.0, .number(Number($0.1))) }), in: &db)
                }
            }
            let isStored = !dryRun && (skipInvalid || outcome.refused.isEmpty)
            for line in outcome.refused.prefix(50) { Console.note(line.description) }
            if outcome.refused.count > 50 {
                Console.note("... and \(counted(outcome.refused.count - 50, "more line"))")
            }
            if json {
                Console.writeLine(document(outcome, directory, isStored: isStored))
            } else {
                Console.say(
                    "\(file): \(counted(directory.entries.count, "symbol")) read; \(isStored ? "" : "would be ")\(outcome.added) added, "
                        + "\(outcome.changed) changed, \(outcome.retired) retired, \(outcome.unchanged) unchanged, "
                        + "\(counted(outcome.refused.count, "line")) refused")
            }
            guard skipInvalid || outcome.refused.isEmpty else { throw ExitCode(ExitStatus.badData) }
        }

        private func document(_ outcome: SymbolList.Outcome, _ directory: SymbolDirectory, isStored: Bool) -> [UInt8] {
            let counts = [
                ("symbols", directory.entries.count), ("added", outcome.added), ("changed", outcome.changed),
                ("retired", outcome.retired), ("unchanged", outcome.unchanged), ("skipped", directory.skipped),
                ("refused", outcome.refused.count),
            ]
            var object = Object(counts.map { ($0.0, .number(Number($0.1))) })
            object["stored"] = .bool(isStored)
            object["refused_lines"] = .array(
                outcome.refused.prefix(1_000).map { ["line": .number(Number($0.line)), "reason": .string($0.reason)] })
            return Value.object(object).bytes
        }
    }

    struct Rename: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give a symbol another ticker; its prices, runs and places on watchlists stay with it.")

        @Argument(help: "As it is called now, such as FB.")
        var old: String

        @Argument(help: "As it is to be called, such as META.")
        var new: String

        @OptionGroup var database: DatabaseOptions

        func run() throws {
            try SymbolsCommand.change(database, .symbolRenamed, ["symbol": .string(old), "to": .string(new)]) {
                db, tell in
                try SymbolList.rename(old, to: new, in: &db, alongside: tell)
            }
            Console.say("\(old.uppercased()) is called \(new.uppercased()) now.")
        }
    }

    struct Retire: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a symbol inactive: it is no longer found, its prices and runs stay, and its ticker is free."
        )

        @Argument(help: "Ticker, such as AAPL or BTC-USD.")
        var symbol: String

        @OptionGroup var database: DatabaseOptions

        func run() throws {
            try SymbolsCommand.change(database, .symbolRetired, ["symbol": .string(symbol)]) { db, tell in
                try SymbolList.retire(symbol, in: &db, alongside: tell)
            }
            Console.say("\(symbol.uppercased()) is retired.")
        }
    }

    struct Restore: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a retired symbol active again; of several that were called so the one retired last.")

        @Argument(help: "Its ticker, which no active symbol may have.")
        var symbol: String

        @OptionGroup var database: DatabaseOptions

        func run() throws {
            try SymbolsCommand.change(database, .symbolRestored, ["symbol": .string(symbol)]) { db, tell in
                try SymbolList.restore(symbol, in: &db, alongside: tell)
            }
            Console.say("\(symbol.uppercased()) is active again.")
        }
    }
}

extension SymbolsCommand {
    /// - Parameter body: gets what tells the audit trail, for the transaction of the change.
    private static func change(
        _ database: DatabaseOptions, _ event: AccountEvent, _ payload: Object,
        _ body: (inout Connection, _ tell: (inout Connection) throws -> Void) throws -> Void
    ) throws {
        let configuration = try database.configuration()
        do {
            try database.withDatabase { db in
                try body(&db) { db in try configuration.audit(event, payload, in: &db) }
            }
        } catch let refusal as SymbolList.Refusal {
            throw Console.fail(refusal.description, ExitStatus.noInput)
        }
    }
}
