import App
import ArgumentParser
import Backup
import Glibc
import JSON
import Market
import Settings

struct BackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Write an encrypted archive of the database as it is at one moment.",
        discussion: """
            The archive gets its name, bitstockerz-TIME.backup, when it is complete and on the disk. It holds neither the \
            key it is encrypted with nor the server secret: keep both elsewhere, or it is worth nothing. Nobody waits for \
            a backup but a migration.
            """)

    @Argument(help: "The folder that the archive is written to, or - for standard output.")
    var place: String

    @Option(help: "The file with the key, which bitstockerz backup-key makes.")
    var key: String?

    @Flag(help: "Write the archive in clear: whoever has it has everything that is in the database.")
    var unencrypted = false

    @Flag(help: "Afterwards keep only the newest archives of the folder, as many as \(Variable.backupKeep) says.")
    var prune = false

    @Flag(help: "Print one JSON object.")
    var json = false

    @OptionGroup var database: DatabaseOptions

    func validate() throws {
        if key == nil && !unencrypted {
            throw ValidationError("Give --key FILE (bitstockerz backup-key FILE makes one), or --unencrypted.")
        }
        if key != nil && unencrypted { throw ValidationError("Give either --key or --unencrypted.") }
        if place == "-" && (prune || json) { throw ValidationError("--prune and --json go with a folder.") }
    }

    func run() throws {
        BackUp.takeErrorsForSignals()
        if place == "-", isatty(STDOUT_FILENO) == 1 {
            throw Console.fail(
                "an archive is nothing for a terminal: send the output to a file or a program", ExitStatus.usage)
        }
        try BackupRefusal.explained {
            let key = try key.map { try BackupKey($0) }
            let auditKey = try database.auditKey()
            let backUp = BackUp(to: place == "-" ? .standardOutput : .folder(place), key, auditKey)
            let report = try database.withDatabase { db in try backUp.run(in: &db) { Console.note($0) } }
            let removed = prune ? try BackUp.prune(place, keeping: database.configuration().backupKeep) : []
            show(report, removed)
        }
    }

    private func show(_ report: BackUp.Report, _ removed: [String]) {
        guard let path = report.path else { return }
        if json {
            var writer = Writer()
            writer.object { writer in
                writer.member("archive", path)
                writer.member("bytes", report.bytes)
                writer.member("time", report.manifest.timestamp)
                writer.member("tables", report.manifest.tables.count)
                writer.member("rows", report.manifest.rows)
                writer.member("encrypted", !unencrypted)
                writer.key("removed")
                writer.array(removed) { $0.string($1) }
            }
            return Console.writeLine(writer.bytes)
        }
        Console.say(
            "\(path): \(counted(report.manifest.rows, "row")) of \(counted(report.manifest.tables.count, "table")) as of "
                + "\(report.manifest.timestamp), \(counted(report.bytes, "byte")).")
        for path in removed { Console.say("Removed \(path).") }
    }
}

struct BackupKeyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup-key", abstract: "Make the key that archives are encrypted with, in a new file.",
        discussion: "Keep a copy of it where no archive lies: who loses it has lost all of them.")

    @Argument(help: "The file, which must not be there yet.")
    var file: String

    func run() throws {
        try BackupRefusal.explained { try BackupKey.make(file) }
        Console.say("\(file): a new key. Keep a copy of it apart from the archives.")
    }
}

extension BackupRefusal {
    /// Turns a refusal into one line and an exit code of sysexits.h.
    static func explained<T>(_ body: () throws -> T) throws -> T {
        do { return try body() } catch let refusal as BackupRefusal {
            let code: Int32 =
                switch refusal.kind {
                case .badArchive: ExitStatus.badData
                case .noInput: ExitStatus.noInput
                case .unavailable: ExitStatus.unavailable
                case .cannotWrite: ExitStatus.cannotCreate
                case .badKey: ExitStatus.configuration
                }
            throw Console.fail(refusal.sentence, code)
        }
    }
}

extension ExitStatus {
    static let cannotCreate: Int32 = 73
}
