public import App
import Glibc
public import Postgres
import System

/// Makes archives of a database.
///
/// ```swift
/// let backUp = BackUp(to: .folder("/var/backups"), try BackupKey("/etc/bitstockerz/backup-key"), auditKey)
/// let report = try backUp.run(in: &db) { warning in print(warning) }
/// ```
public struct BackUp {
    /// Where an archive goes.
    public enum Place: Sendable, Equatable {
        /// Gets a name of its own there.
        case folder(String)
        case standardOutput
    }

    /// What was made.
    public struct Report: Sendable {
        /// Nil for standard output.
        public let path: String?
        public let manifest: Manifest
        /// Of the file.
        public let bytes: Int
    }

    private let place: Place
    private let key: BackupKey?
    private let auditKey: AuditKey

    /// - Parameters:
    ///   - key: nil: in clear.
    ///   - auditKey: signs where the audit trail stands.
    public init(to place: Place, _ key: BackupKey?, _ auditKey: AuditKey) {
        self.place = place
        self.key = key
        self.auditKey = auditKey
    }

    /// What writing beyond a limit does to the process by itself is to end it, with half an archive: an error, please.
    public static func takeErrorsForSignals() {
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
    }

    /// Makes one of the database as it is at one moment. Nobody waits for it but who changes the schema.
    ///
    /// - Parameter warn: told in a sentence what is not right, and does not keep the backup from being made.
    /// - Throws: ``BackupRefusal``, ``PostgresError``; then there is no archive.
    public func run(in db: inout Connection, warn: (String) -> Void = { _ in }) throws -> Report {
        // Counting takes as long as it takes, and pg_dump works in the snapshot of a session that waits.
        try db.setTimeouts(statementMilliseconds: 0, lockMilliseconds: 10_000)
        return try db.transaction(.repeatableReadReadOnly) { db in
            try db.script("SET LOCAL idle_in_transaction_session_timeout = 0")
            let snapshot: String = try db.run(.value("SELECT pg_export_snapshot()"))
            let manifest = try db.manifest(auditKey, warn: warn)
            var program = try DatabaseProgram(
                "pg_dump",
                // Owner and rights are those of whoever restores it.
                [
                    "--format=custom", "--compress=1", "--snapshot=\(snapshot)", "--no-owner", "--no-privileges",
                    "--no-password",
                ],
                .writes, serverVersion: db.serverVersion, environment: db.programEnvironment())
            do {
                return try write(manifest, from: &program)
            } catch let error as SystemError {
                throw BackupRefusal(.cannotWrite, "the archive cannot be written: \(error)")
            }
        }
    }

    private func write(_ manifest: Manifest, from program: inout DatabaseProgram) throws -> Report {
        let file: ArchiveFile? =
            switch place {
            case .folder(let folder): try ArchiveFile(ArchiveName.make(manifest), in: folder)
            case .standardOutput: nil
            }
        var bytes = 0
        var writer = try ArchiveWriter(manifest.bytes, key: key) { piece in
            bytes += piece.count
            if let file { try file.write(piece) } else { try File.write(piece, to: STDOUT_FILENO) }
        }
        while let piece = try program.read() { try writer.dump(piece) }
        try program.finish()
        try writer.finish()
        return Report(path: try file?.publish(), manifest: manifest, bytes: bytes)
    }

    /// Removes the oldest archives of a folder beyond so many.
    ///
    /// - Returns: the paths of those that are gone.
    public static func prune(_ folder: String, keeping count: Int) throws(BackupRefusal) -> [String] {
        let old = Array(ArchiveName.all(in: folder).dropLast(max(1, count)))
        for path in old where unlink(path) != 0 && errno != ENOENT {
            throw BackupRefusal(.cannotWrite, "an old archive cannot be removed: \(SystemError(path))")
        }
        return old
    }
}
