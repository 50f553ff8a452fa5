public import App
public import Postgres

/// What follows once a database was set back to an earlier time, by an archive or otherwise: it is held against the journal,
/// everybody is signed out, and whoever has left since leaves again.
public struct SetBack {
    /// What was found and done.
    public struct Report: Sendable {
        /// Events of the audit trail, all of whose links hold.
        public let auditEvents: Int
        /// Checkpoints of the journal from before that time, with which the trail agrees.
        public let checkpoints: Int
        /// Events that a checkpoint from after that time has seen and that are not there; nil when there is none.
        public let lostEvents: Int?
        public let finish: Restoration.Report
        /// Lines of the journal that were passed over, as ``JournalRecords/foreignLines`` says.
        public let foreignLines: Int
        /// Where the trail stands now, for a place outside the database.
        public let checkpoint: String
    }

    private let time: Int64
    private let journal: JournalRecords
    private let configuration: Configuration
    private let auditKey: AuditKey

    /// - Parameter time: what the database was set back to, in Unix microseconds.
    public init(to time: Int64, _ journal: JournalRecords, _ configuration: Configuration, _ auditKey: AuditKey) {
        self.time = time
        self.journal = journal
        self.configuration = configuration
        self.auditKey = auditKey
    }

    /// - Throws: ``BackupRefusal`` when the trail does not hold, or is not the one that the journal knows: then nothing was
    ///   done. ``AuditError``, ``PostgresError``.
    public func settle(in db: inout Connection) throws -> Report {
        let trail = AuditTrail(auditKey)
        // One that tells of later events is no fault of the copy.
        let earlier = journal.checkpoints.filter { $0.time <= time }
        let verification = try trail.verify(earlier, in: &db)
        guard verification.faults.isEmpty else {
            throw BackupRefusal(
                .badArchive,
                "the database is not to be used: " + verification.faults.map(\.sentence).joined(separator: " "))
        }
        let stood = try trail.checkpoint(in: &db)
        let finish = try Restoration.finish(
            backupTime: time, Set(journal.farewells).sorted { $0.time < $1.time }, configuration, in: &db)
        let last = journal.checkpoints.filter { $0.time > time }.max { $0.time < $1.time }
        return Report(
            auditEvents: verification.events, checkpoints: verification.checkpoints,
            lostEvents: last.map { max(0, $0.events - stood.events) }, finish: finish,
            foreignLines: journal.foreignLines, checkpoint: try trail.checkpoint(in: &db).line)
    }
}
