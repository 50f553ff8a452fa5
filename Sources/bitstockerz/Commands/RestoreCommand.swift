import App
import ArgumentParser
import Backup
import Glibc
import JSON
import Postgres
import System

struct RestoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Bring the database back from an archive, or see whether that could be done.",
        discussion: """
            The database has to be there and empty (createdb -O bitstockerz NAME), and nobody may be connected to it. The \
            whole archive is read before anything is written, and everything that comes of it is written at once or not at \
            all. Then row counts and audit trail are held against the archive and the journal, newer migrations are \
            applied, everybody is signed out, and accounts that were deleted after the backup are deleted again, as the \
            journal tells. A host without systemd's journal, or more than one host, gives the lines by --journal:

              journalctl -u 'bitstockerz-*' -o cat | bitstockerz restore FILE --into NAME --journal -
            """)

    @Argument(help: "The archive, or a folder, whose newest archive is meant.")
    var file: String

    @Option(help: "The name of the database to restore into, on the server that DATABASE_URL names.")
    var into: String?

    @Flag(help: "Write nothing: read the whole archive and show what is in it.")
    var verifyOnly = false

    @Option(help: "The file with the key that the archive was encrypted with.")
    var key: String?

    @Option(help: "A file with the lines of the journals, or - for standard input; default: journalctl of this host.")
    var journal: String?

    @Flag(help: "Go without a journal: who has left since the backup is back then.")
    var noJournal = false

    @Flag(help: "Print one JSON object.")
    var json = false

    @OptionGroup var database: DatabaseOptions

    func validate() throws {
        if (into == nil) != verifyOnly { throw ValidationError("Give either --into NAME or --verify-only.") }
        if let into, into.isEmpty { throw ValidationError("--into needs the name of a database.") }
        if journal != nil && noJournal { throw ValidationError("Give either --journal or --no-journal.") }
        if verifyOnly && (journal != nil || noJournal) { throw ValidationError("--verify-only reads no journal.") }
        if file == "-" { throw ValidationError("An archive is read twice: give it as a file.") }
    }

    func run() throws {
        BackUp.takeErrorsForSignals()
        try BackupRefusal.explained {
            let archive = try VerifiedArchive(file, try key.map { try BackupKey($0) })
            guard let into else { return show(archive) }
            try restore(archive, into)
        }
    }

    private func restore(_ archive: consuming VerifiedArchive, _ name: String) throws {
        let configuration = try database.configuration(), auditKey = try database.auditKey()
        let manifest = archive.manifest
        do {
            let migrator = try Migrator(directory: configuration.migrationsDirectory)
            let records = try JournalSource(journal, isLeftOut: noJournal).records(auditKey, since: manifest.time)
            let restore = try Restore(archive, configuration, migrator, auditKey, records)
            let report = try database.withDatabase(named: name) { db in try restore.run(into: name, &db) }
            if json { write(report, manifest, records, name) } else { tell(report, manifest, records, name) }
        } catch let fault as MigrationError {
            throw Console.fail(fault.message, ExitStatus.badData)
        } catch let fault as AuditError {
            throw Console.fail("the database \(name) is not to be used, drop it: \(fault.sentence)", 1)
        }
    }

    private func tell(_ report: Restore.Report, _ manifest: Manifest, _ records: JournalRecords, _ name: String) {
        Console.say(
            """
            \(name): \(manifest.rows) rows of \(manifest.tables.count) tables as of \(manifest.timestamp), as many as the \
            archive says.
            The audit trail holds: \(report.auditEvents) events and \(report.checkpoints) checkpoints of the journal.
            """)
        if report.newMigrations > 0 { Console.say("Applied \(report.newMigrations) migrations of this release.") }
        if let lost = report.lostEvents { Console.say("Lost since the backup: \(lost) events, as the journal knows.") }
        Console.say(
            """
            Ended \(report.finish.sessionsEnded) sessions and \(report.finish.challengesEnded) sign-ins under way. Deleted \
            \(report.finish.accountsDeleted) accounts of people who left after the backup.
            """)
        if noJournal { Console.note("No journal was read: who has left since the backup is back.") }
        if records.foreignLines > 0 {
            Console.note(
                "\(records.foreignLines) lines of the journal are cut or not signed with this secret, and were passed over."
            )
        }
        if !report.finish.hasAdmin { Console.note("Nobody is admin: make somebody one with bitstockerz user role.") }
        Console.note("Keys, passkeys and recovery codes are those of the backup, also those given up since.")
        Console.say(report.checkpoint)
    }

    private func write(_ report: Restore.Report, _ manifest: Manifest, _ records: JournalRecords, _ name: String) {
        var writer = Writer()
        writer.object { writer in
            writer.member("database", name)
            write(manifest, into: &writer)
            writer.member("new_migrations", report.newMigrations)
            writer.member("audit_events", report.auditEvents)
            writer.member("checkpoints", report.checkpoints)
            writer.member("lost_events", report.lostEvents)
            writer.member("foreign_lines", records.foreignLines)
            writer.member("sessions_ended", report.finish.sessionsEnded)
            writer.member("challenges_ended", report.finish.challengesEnded)
            writer.member("accounts_deleted", report.finish.accountsDeleted)
            writer.member("has_admin", report.finish.hasAdmin)
            writer.member("checkpoint", report.checkpoint)
        }
        Console.write(writer.bytes + [10])
    }

    private func write(_ manifest: Manifest, into writer: inout Writer) {
        writer.member("time", manifest.timestamp)
        writer.member("release", manifest.release)
        writer.member("server_version", manifest.serverVersion)
        writer.member("migrations", manifest.migrations.count)
        writer.key("rows")
        writer.object { writer in
            for table in manifest.tables {
                writer.key(table.name)
                writer.int(table.rows)
            }
        }
    }

    private func show(_ archive: borrowing VerifiedArchive) {
        let manifest = archive.manifest
        if json {
            var writer = Writer()
            writer.object { writer in
                writer.member("archive", archive.name)
                write(manifest, into: &writer)
                writer.member("dump_bytes", archive.dumpBytes)
                writer.member("dump_sha256", archive.dumpHash)
                writer.member("encrypted", archive.isEncrypted)
            }
            return Console.write(writer.bytes + [10])
        }
        Console.say(
            """
            \(archive.name): whole, \(archive.isEncrypted ? "encrypted" : "in clear"), of the database \(manifest.database) \
            as of \(manifest.timestamp).
            Release \(manifest.release), \(manifest.migrations.count) migrations, PostgreSQL \(manifest.serverVersion / 10_000), \
            \(archive.dumpBytes) bytes with SHA-256 \(archive.dumpHash).
            """)
        let rows = manifest.tables.map { [$0.name, String($0.rows)] } + [["all", String(manifest.rows)]]
        Console.say(Console.table([["table", "rows"]] + rows, rightAligned: [1]))
    }
}

/// Where the lines of the journal come from.
private struct JournalSource {
    private let path: String?
    private let isLeftOut: Bool

    init(_ path: String?, isLeftOut: Bool) {
        self.path = path
        self.isLeftOut = isLeftOut
    }

    /// - Parameter time: of the backup, in Unix microseconds.
    func records(_ key: AuditKey, since time: Int64) throws -> JournalRecords {
        var records = JournalRecords(key)
        if isLeftOut { return records }
        if let path {
            do {
                let file = path == "-" ? Descriptor(owning: dup(STDIN_FILENO)) : try Descriptor(opening: path)
                try read(file.raw, path, into: &records)
            } catch {
                throw BackupRefusal(.noInput, "the journal \(path) cannot be read: \(error.reason)")
            }
        } else {
            records.take(try ofThisHost(since: time))
            records.finish()
        }
        // Every day has its checkpoint: this is not the journal, or not all of it may be read.
        guard !records.checkpoints.isEmpty || !records.farewells.isEmpty else {
            throw BackupRefusal(
                .noInput,
                "the journal tells of no checkpoint and no deletion signed with this secret: give the right one, or --no-journal"
            )
        }
        return records
    }

    private func read(_ descriptor: Int32, _ name: String, into records: inout JournalRecords) throws(SystemError) {
        var block = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Glibc.read(descriptor, &block, block.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw SystemError(name) }
            if count == 0 { break }
            records.take(Array(block[..<count]))
        }
        records.finish()
    }

    /// A checkpoint is written every day: of a month there is one from before the backup.
    private func ofThisHost(since time: Int64) throws -> [UInt8] {
        let since = "@\(time / 1_000_000 - 31 * 86_400)"
        guard Systemd.isRunning,
            let output = HostProgram.run(
                "journalctl",
                [
                    "--no-pager", "--quiet", "--output=cat", "--since=\(since)", "--unit=bitstockerz-*",
                    "--grep=audit_checkpoint|account_deleted",
                ], seconds: 600)
        else {
            throw BackupRefusal(
                .noInput,
                "the journal of this host cannot be read: run it as root, or give --journal FILE, or --no-journal")
        }
        return Array(output.text.utf8)
    }
}
