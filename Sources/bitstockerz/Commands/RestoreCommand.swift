import App
import ArgumentParser
import Backup
import Glibc
import JSON
import Market
import Postgres
import Settings
import System

struct RestoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Bring the database back from an archive, or see whether that could be done.",
        discussion: """
            The database has to be there and empty (createdb -T template0 -E UTF8 -O bitstockerz NAME), and nobody may be connected to it. The \
            whole archive is read before anything is written, and everything that comes of it is written at once or not at \
            all. Then row counts and audit trail are held against the archive and the journal, newer migrations are \
            applied, everybody is signed out, and accounts that were deleted after the backup are deleted again, as the \
            journal tells. A trail that was broken before it was backed up is refused, unless --accept-broken-audit says \
            that it is taken as it is. A host without systemd's journal, or more than one host, gives the lines by --journal:

              sudo journalctl --namespace=+bitstockerz -u 'bitstockerz-*' -o cat | bitstockerz restore FILE --into NAME --journal -
            """)

    @Argument(help: "The archive, or a folder, whose newest archive is meant.")
    var file: String

    @Option(help: "The name of the database to restore into, on the server that \(Variable.databaseURL) names.")
    var into: String?

    @Flag(help: "Write nothing: read the whole archive and show what is in it.")
    var verifyOnly = false

    @Option(help: "With --verify-only: refuse an archive that is older.")
    var maxAgeHours: Int?

    @Option(help: "The file with the key that the archive was encrypted with.")
    var key: String?

    @Flag(help: "Print one JSON object.")
    var json = false

    @OptionGroup var journal: JournalOptions

    @OptionGroup var audit: BrokenAuditOption

    @OptionGroup var database: DatabaseOptions

    func validate() throws {
        if (into == nil) != verifyOnly { throw ValidationError("Give either --into NAME or --verify-only.") }
        if let into, into.isEmpty { throw ValidationError("--into needs the name of a database.") }
        if verifyOnly && journal.isGiven { throw ValidationError("--verify-only reads no journal.") }
        if verifyOnly && audit.acceptBrokenAudit {
            throw ValidationError("--accept-broken-audit goes with --into: --verify-only does not look at the trail.")
        }
        if let maxAgeHours, !verifyOnly || !(1...1_000_000).contains(maxAgeHours) {
            throw ValidationError("--max-age-hours goes with --verify-only and is from 1 to 1000000.")
        }
        if file == "-" { throw ValidationError("An archive is read twice: give it as a file.") }
    }

    func run() throws {
        BackUp.takeErrorsForSignals()
        try BackupRefusal.explained {
            let archive = try VerifiedArchive(file, try key.map { try BackupKey($0) })
            guard let into else {
                if let maxAgeHours { try archive.checkAge(maximumHours: maxAgeHours) }
                return show(archive)
            }
            try restore(archive, into)
        }
    }

    private func restore(_ archive: consuming VerifiedArchive, _ name: String) throws {
        let manifest = archive.manifest
        let lines = try journal.open(since: manifest.time)
        let configuration = try database.configuration(), auditKey = try database.auditKey()
        do {
            let migrator = try Migrator(directory: configuration.migrationsDirectory)
            let records = try journal.records(auditKey, of: lines)
            let restore = try Restore(
                archive, configuration, migrator, auditKey, records, acceptsBrokenAudit: audit.acceptBrokenAudit)
            let report = try database.withDatabase(named: name) { db in
                do { return try restore.run(into: name, &db) } catch let error as AuditError {
                    throw Console.fail(
                        "the database \(name) is not to be used, drop it: \(error.sentence)", EXIT_FAILURE)
                }
            }
            if json { write(report, manifest, name) } else { tell(report, manifest, name) }
        } catch let error as MigrationError {
            throw Console.fail(error.message, ExitStatus.badData)
        }
    }

    private func tell(_ report: Restore.Report, _ manifest: Manifest, _ name: String) {
        Console.say(
            "\(name): \(counted(manifest.rows, "row")) of \(counted(manifest.tables.count, "table")) as of "
                + "\(manifest.timestamp), as many as the archive says.")
        if report.newMigrations > 0 {
            Console.say("Applied \(counted(report.newMigrations, "migration")) of this release.")
        }
        if journal.noJournal { Console.note("No journal was read: who has left since the backup is back.") }
        report.settled.tell()
    }

    private func write(_ report: Restore.Report, _ manifest: Manifest, _ name: String) {
        var writer = Writer()
        writer.object { writer in
            writer.member("database", name)
            write(manifest, into: &writer)
            writer.member("new_migrations", report.newMigrations)
            report.settled.write(into: &writer)
        }
        Console.writeLine(writer.bytes)
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
            return Console.writeLine(writer.bytes)
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
