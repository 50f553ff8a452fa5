import App
import ArgumentParser
import Market
import Postgres
import System

struct LedgerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ledger", abstract: "The ledger of paper trading: verify it.", subcommands: [Verify.self])

    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Replay every execution; exit 1 and the first row of each account that disagrees when the ledger does not add up.",
            discussion: "Cash, positions, profits, fees and orders have to be what the executions come to, to the cent."
        )

        @Option(help: "Only the account of this user: an id, as `bitstockerz user list` shows it.")
        var user: String?

        @OptionGroup var database: DatabaseOptions

        func validate() throws {
            if let user, UUID(user) == nil { throw ValidationError("--user \(user) is no id of a user.") }
        }

        func run() throws {
            let report = try database.withDatabase { db in try LedgerVerification.verify(user: user, in: &db) }
            if user != nil, report.accounts == 0 { throw Console.fail("There is no paper account of this user.", 1) }
            for fault in report.faults { Console.say(fault) }
            guard report.faults.isEmpty else { throw ExitCode(1) }
            Console.say(
                "The ledger holds: \(counted(report.accounts, "account")), \(counted(report.executions, "execution")).")
        }
    }
}
