public import App
import JSON
import Market
public import Postgres

/// Brings a database back from an archive.
public struct Restore: ~Copyable {
    /// What was found.
    public struct Report: Sendable {
        /// Applied after what the archive brought, because this release is newer.
        public let newMigrations: Int
        public let settled: SetBack.Report
    }

    private let archive: VerifiedArchive
    private let configuration: Configuration
    private let auditKey: AuditKey
    private let migrator: Migrator
    private let journal: JournalRecords
    private let acceptsBrokenAudit: Bool

    /// - Parameter acceptsBrokenAudit: takes an audit trail that did not hold any more when it was backed up.
    /// - Throws: ``BackupRefusal`` when this release or its secret is not one for the archive.
    public init(
        _ archive: consuming VerifiedArchive, _ configuration: Configuration, _ migrator: Migrator,
        _ auditKey: AuditKey, _ journal: JournalRecords, acceptsBrokenAudit: Bool = false
    ) throws(BackupRefusal) {
        try archive.checkRelease(migrator)
        if let line = archive.manifest.checkpoint {
            do { _ = try AuditCheckpoint.read(line, auditKey) } catch {
                throw BackupRefusal(
                    .badKey,
                    "the audit trail in \(archive.name) is signed with another secret: put the server secret of that time in place"
                )
            }
        }
        self.archive = archive
        self.configuration = configuration
        self.migrator = migrator
        self.auditKey = auditKey
        self.journal = journal
        self.acceptsBrokenAudit = acceptsBrokenAudit
    }

    /// Restores into the database of the session.
    ///
    /// - Throws: ``BackupRefusal``, ``PostgresError``, ``MigrationError``. Until pg_restore has committed, the database stays
    ///   as it was; when it does not agree with archive and journal afterwards, the refusal says that it is to be dropped.
    public func run(into name: String, _ db: inout Connection) throws -> Report {
        try db.setTimeouts(statementMilliseconds: 0, lockMilliseconds: 10_000)
        try db.checkTarget(name, archive.manifest)
        var program = try DatabaseProgram(
            "pg_restore",
            [
                "--format=custom", "--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges",
                "--no-password", "--dbname=",
            ],
            .reads, serverVersion: db.serverVersion, environment: db.programEnvironment())
        try archive.dump { piece in try program.write(piece) }
        try program.finish()
        try refuse(comparison(with: &db), name)
        let applied = try migrator.apply(to: &db)
        // The planner knows nothing of new tables; of the server's own it may not be told by us.
        try db.script("ANALYZE " + db.countedTables().map(\.name).joined(separator: ", "))
        let setBack = SetBack(
            to: archive.manifest.time, journal, configuration, auditKey, acceptsBrokenAudit: acceptsBrokenAudit)
        return Report(newMigrations: applied.count, settled: try setBack.settle(in: &db))
    }

    private func refuse(_ faults: [String], _ name: String) throws(BackupRefusal) {
        guard !faults.isEmpty else { return }
        throw BackupRefusal(
            .badArchive,
            "the database \(name) was restored and is not to be used, drop it: " + faults.joined(separator: " "))
    }

    /// What is in the database against what the manifest says.
    private func comparison(with db: inout Connection) throws -> [String] {
        let tables = try db.countedTables()
        var faults: [String] = []
        for table in archive.manifest.tables {
            guard let found = tables.first(where: { $0.name == table.name }) else {
                faults.append("The table \(table.name) is not there.")
                continue
            }
            if found.rows != table.rows {
                faults.append("The table \(table.name) has \(counted(found.rows, "row")) instead of \(table.rows).")
            }
        }
        for table in tables where !archive.manifest.tables.contains(where: { $0.name == table.name }) {
            faults.append("The table \(table.name) is none of the archive's.")
        }
        if faults.isEmpty, try db.auditHeads() != archive.manifest.auditHeads {
            faults.append("The audit trail does not end where it did when the backup was made.")
        }
        return faults
    }
}
