import App
import ArgumentParser
import Glibc
import JSON
import Market
import System

struct MaintenanceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "maintenance",
        abstract: "The daily round: delete what has expired, prune the audit trail, and print a checkpoint of it.",
        discussion: """
            systemd runs it by bitstockerz-maintenance.timer. It is a job of the worker's; where none takes it, it is done \
            here. The checkpoint belongs into the journal.
            """)

    @Flag(help: "Print one JSON object of what was deleted before the checkpoint.")
    var json = false

    @OptionGroup var database: DatabaseOptions

    func run() throws {
        let maintenance = Maintenance(try database.auditKey()) { line in
            // The checkpoint comes last, whoever made the round.
            if !line.hasPrefix("{\"audit_checkpoint\"") { Console.note(line) }
        } warn: {
            Console.note($0)
        }
        let round = try database.withDatabase { db -> Maintenance.Round in
            let job = try Maintenance.request(in: &db)
            var ownTurn = Deadline(milliseconds: 2_000)
            while true {
                if let round = try Maintenance.round(job, in: &db) { return round }
                if ownTurn.remainingMilliseconds == 0 {
                    _ = try maintenance.runNext(as: "bitstockerz", in: &db) { event in
                        if case .refused(_, let detail) = event { Console.note(detail) }
                    }
                    ownTurn = Deadline(milliseconds: 1_000)
                } else {
                    usleep(50_000)
                }
            }
        }
        switch round {
        case .done(let report): show(report)
        case .ended(let code, let message):
            throw Console.fail(message, code == Maintenance.auditFault ? 1 : ExitStatus.unavailable)
        }
    }

    private func show(_ report: Maintenance.Report) {
        if json {
            var writer = Writer()
            writer.beginObject()
            for (what, count) in report.deleted {
                writer.key(what.replacing(" ", with: "_"))
                writer.int(count)
            }
            writer.member("completed_results", report.completed)
            writer.member("left_results", report.left)
            writer.member("ledgers", report.ledgers)
            writer.endObject()
            Console.writeLine(writer.bytes)
        } else {
            for (what, count) in report.deleted where count > 0 {
                Console.say("Deleted \(Retention.told(count, what)).")
            }
            if report.completed > 0 {
                Console.say("Computed what is left after the market of \(counted(report.completed, "result")).")
            }
            if report.ledgers > 0 { Console.say("Verified \(counted(report.ledgers, "ledger")) of paper accounts.") }
            if report.left > 0 { Console.say("Left \(counted(report.left, "result")) without it, as noted.") }
        }
        Console.say(report.checkpoint)
    }
}
