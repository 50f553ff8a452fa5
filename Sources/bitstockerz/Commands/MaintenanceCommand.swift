import App
import ArgumentParser
import JSON

struct MaintenanceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "maintenance",
        abstract: "The daily round: delete what has expired, prune the audit trail, and print a checkpoint of it.",
        discussion: "systemd runs it by bitstockerz-maintenance.timer. The checkpoint belongs into the journal.")

    @Flag(help: "Print one JSON object of what was deleted before the checkpoint.")
    var json = false

    @OptionGroup var database: DatabaseOptions

    func run() throws {
        let key = try database.auditKey()
        let (deleted, checkpoint) = try AuditCommand.explained {
            try database.withDatabase { db in
                var deleted = try Retention.apply(in: &db)
                let trail = AuditTrail(key)
                deleted.append(("audit events", try trail.prune(olderThanDays: Retention.auditDays, in: &db)))
                return (deleted, try trail.checkpoint(in: &db))
            }
        }
        if json {
            var writer = Writer()
            writer.beginObject()
            for (what, count) in deleted {
                writer.key(what.replacing(" ", with: "_"))
                writer.int(count)
            }
            writer.endObject()
            Console.write(writer.bytes + [10])
        } else {
            for (what, count) in deleted where count > 0 { Console.say("Deleted \(count) \(what).") }
        }
        Console.say(checkpoint.line)
    }
}
