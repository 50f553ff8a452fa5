import App
import ArgumentParser
import Backup
import JSON
import Market
import System

struct RestoredCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restored",
        abstract: "After a recovery by other means: sign everybody out, and delete again who has left since.",
        discussion: """
            bitstockerz restore does this by itself. It is for a database that was set back by what archives PostgreSQL's own \
            log, and is to be run once, before anything else uses the database: the trail is held against the journal, and \
            told that the database was set back.
            """)

    @Option(help: "What the database was set back to, such as 2026-01-31T12:00:00Z.")
    var asOf: String

    @OptionGroup var journal: JournalOptions

    @OptionGroup var audit: BrokenAuditOption

    @Flag(help: "Print one JSON object.")
    var json = false

    @OptionGroup var database: DatabaseOptions

    func validate() throws {
        if Instant(asOf) == nil { throw ValidationError("--as-of \(asOf) is no time such as 2026-01-31T12:00:00Z.") }
    }

    func run() throws {
        guard let time = Instant(asOf) else { return }
        guard time.microseconds <= SystemClock.unixMicroseconds() else {
            throw Console.fail(
                "--as-of \(asOf) is still to come: say the moment that the database was set back to", ExitStatus.usage)
        }
        let report = try BackupRefusal.explained {
            let lines = try journal.open(since: time.microseconds)
            let configuration = try database.configuration(), key = try database.auditKey()
            let records = try journal.records(key, of: lines)
            let setBack = SetBack(
                to: time.microseconds, records, configuration, key, acceptsBrokenAudit: audit.acceptBrokenAudit)
            return try database.withDatabase { db in try setBack.settle(in: &db) }
        }
        guard json else { return report.tell() }
        var writer = Writer()
        writer.object { report.write(into: &$0) }
        Console.writeLine(writer.bytes)
    }
}

/// What a trail that did not hold before needs to be accepted.
struct BrokenAuditOption: ParsableArguments {
    @Flag(
        help: """
            Go on with an audit trail that was broken before: each fault is told, and noted in the trail. Nothing of it is \
            mended, and audit verify finds the same afterwards.
            """)
    var acceptBrokenAudit = false
}

extension SetBack.Report {
    /// To the person at the terminal.
    func tell() {
        if auditFaults.isEmpty {
            Console.say(
                "The audit trail holds: \(counted(auditEvents, "event")) and \(counted(checkpoints, "checkpoint")) of the journal."
            )
        } else {
            for fault in auditFaults { Console.complain(fault.sentence) }
            Console.say(
                "The audit trail is broken in \(auditFaults.count) of its chains, and was accepted so; audit verify goes on "
                    + "telling it. Of the other chains, \(counted(auditEvents, "event")) held.")
        }
        if !finish.isNoted {
            Console.note("The trail has no event that says that the database was set back: its chain takes none.")
        }
        if let lostEvents { Console.say("Lost: \(counted(lostEvents, "event")) that the journal knows of.") }
        Console.say(
            "Ended \(counted(finish.sessionsEnded, "session")) and \(counted(finish.challengesEnded, "sign-in")) under way. Deleted "
                + "\(counted(finish.accountsDeleted, "account")) of people who have left since.")
        if foreignLines > 0 {
            Console.note(
                "Passed over \(counted(foreignLines, "line")) of the journal, cut or not signed with this secret.")
        }
        if !finish.hasAdmin { Console.note("Nobody is admin: make somebody one with bitstockerz user role.") }
        Console.note("Keys, passkeys and recovery codes are those of that time, also those given up since.")
        if let checkpoint { Console.say(checkpoint) }
    }

    /// Into an object.
    func write(into writer: inout Writer) {
        writer.member("audit_events", auditEvents)
        writer.key("audit_faults")
        writer.array(auditFaults.map(\.sentence)) { $0.string($1) }
        writer.member("checkpoints", checkpoints)
        writer.member("lost_events", lostEvents)
        writer.member("foreign_lines", foreignLines)
        writer.member("sessions_ended", finish.sessionsEnded)
        writer.member("challenges_ended", finish.challengesEnded)
        writer.member("accounts_deleted", finish.accountsDeleted)
        writer.member("has_admin", finish.hasAdmin)
        writer.member("checkpoint", checkpoint)
    }
}
