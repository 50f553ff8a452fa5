import App
import ArgumentParser
import JSON
import Market
import Postgres
import Settings
import System

struct MigrateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate", abstract: "Bring the database up to date; safe to call from several hosts at once.")

    @Flag(help: "Show every migration and its state; change nothing.")
    var status = false

    @Flag(help: "Show what would run; change nothing.")
    var dryRun = false

    @Flag(help: "Say whether what runs can live with what is pending: exit 65 when not; change nothing.")
    var check = false

    @Flag(help: "Print JSON instead of a table (with --status or --dry-run).")
    var json = false

    @Option(help: "Folder of the migration files; default: \(Variable.migrationsDirectory).")
    var directory: String?

    @OptionGroup var database: DatabaseOptions

    func validate() throws {
        guard [status, dryRun, check].count(where: { $0 }) <= 1 else {
            throw ValidationError("Give one of --status, --dry-run and --check.")
        }
        if json && !status && !dryRun { throw ValidationError("--json goes with --status or --dry-run.") }
    }

    func run() throws {
        let directory = try directory ?? database.configuration().migrationsDirectory
        do {
            let migrator = try Migrator(directory: directory)
            try database.withDatabase { db in
                if status { return try showStatus(migrator, &db) }
                if dryRun { return try showPending(migrator, &db) }
                if check { return try showCompatibility(migrator, &db) }
                try apply(migrator, &db)
            }
        } catch let error as MigrationError {
            throw Console.fail(error.message + error.remedy, error.exitStatus)
        }
    }

    private func apply(_ migrator: Migrator, _ db: inout Connection) throws {
        try checkSecret(&db)
        let applied = try migrator.apply(to: &db) { migration in
            Console.note("\(migration.fileName) waits for a lock that somebody holds, perhaps a backup")
        } progress: { migration, milliseconds in
            Console.say("applied \(migration.fileName) in \(milliseconds) ms")
        }
        try Console.say(applied.isEmpty ? standing(migrator, &db) : "\(counted(applied.count, "migration")) applied.")
    }

    /// A host with another secret than the others would begin chains of the audit trail that those cannot go on with.
    private func checkSecret(_ db: inout Connection) throws {
        guard let secret = try database.configuration().serverSecret, try AuditTrail.isThere(in: &db),
            try !AuditTrail(secret.auditKey).isOurs(in: &db)
        else { return }
        throw Console.fail("\(ForeignSecret.sentence): \(ForeignSecret.remedy)", ExitStatus.configuration)
    }

    /// Where nothing is pending.
    private func standing(_ migrator: Migrator, _ db: inout Connection) throws -> String {
        let newer = try migrator.status(of: &db).filter { $0.state == .newer }
        guard let last = newer.last else { return "The schema is up to date." }
        return
            "The schema is a newer release's, and this one can live with it: \(counted(newer.count, "migration")) more, the last is "
            + "\(Migrator.number(last.version)), \(last.description)."
    }

    private func showStatus(_ migrator: Migrator, _ db: inout Connection) throws {
        let all = try migrator.status(of: &db)
        if json {
            var writer = Writer()
            writer.beginArray()
            for one in all {
                writer.beginObject()
                writer.member("version", one.version)
                writer.member("description", one.description)
                writer.member("state", one.state.rawValue)
                writer.member("applied_at", one.appliedAt.map(Self.time))
                writer.member("duration_ms", one.durationMilliseconds)
                writer.endObject()
            }
            writer.endArray()
            return Console.writeLine(writer.bytes)
        }
        let rows = all.map { one in
            [
                Migrator.number(one.version), one.state.rawValue, one.appliedAt.map(Self.time) ?? "",
                one.durationMilliseconds.map { "\($0) ms" } ?? "", one.description,
            ]
        }
        Console.say(Console.table([["version", "state", "applied at", "took", "what"]] + rows, rightAligned: [3]))
    }

    private func showPending(_ migrator: Migrator, _ db: inout Connection) throws {
        let pending = try migrator.pending(of: &db)
        if json {
            var writer = Writer()
            writer.beginArray()
            for one in pending { writer.string(one.fileName) }
            writer.endArray()
            return Console.writeLine(writer.bytes)
        }
        for one in pending { Console.say("would apply \(one.fileName)") }
        if pending.isEmpty { Console.say("The schema is up to date.") }
    }

    private func showCompatibility(_ migrator: Migrator, _ db: inout Connection) throws {
        if let first = try migrator.incompatible(in: &db) {
            throw Console.fail(
                "the release before cannot live with \(first.fileName): systemctl stop bitstockerz.target on every host, then start it, which migrates",
                ExitStatus.badData)
        }
        let count = try migrator.pending(of: &db).count
        try Console.say(
            count == 0
                ? standing(migrator, &db)
                : "\(counted(count, are: "migration")) pending; what runs can live with all of them.")
    }

    private static func time(_ microseconds: Int64) -> String {
        CivilDate.timestamp(microseconds: microseconds, fractionDigits: 0)
    }
}

extension MigrationError {
    fileprivate var exitStatus: Int32 {
        switch kind {
        case .unreadable: ExitStatus.noInput
        case .busy: ExitStatus.temporary
        case .server: ExitStatus.configuration
        default: ExitStatus.badData
        }
    }

    fileprivate var remedy: String {
        kind == .newer
            ? "; this release cannot work with that schema: install the newer one again, or restore a backup of before"
            : ""
    }
}
