public import App
public import Postgres

/// What follows once a database was set back to an earlier time, by an archive or otherwise: it is held against the journal,
/// everybody is signed out, and whoever has left since leaves again.
public struct SetBack {
    /// What was found and done.
    public struct Report: Sendable {
        /// Events of the audit trail whose links hold.
        public let auditEvents: Int
        /// What is wrong with the trail and was accepted: the first fault of each broken chain.
        public let auditFaults: [AuditError]
        /// Checkpoints of the journal from before that time, with which the trail agrees.
        public let checkpoints: Int
        /// Events that a checkpoint from after that time has seen and that are not there; nil when there is none, or when the
        /// trail does not say where it stands.
        public let lostEvents: Int?
        public let finish: Restoration.Report
        /// Lines of the journal that were passed over, as ``JournalRecords/foreignLines`` says.
        public let foreignLines: Int
        /// Where the trail stands now, for a place outside the database; nil when a head of it is not signed by us.
        public let checkpoint: String?
    }

    private let time: Int64
    private let journal: JournalRecords
    private let configuration: Configuration
    private let auditKey: AuditKey
    private let acceptsBrokenAudit: Bool

    /// - Parameters:
    ///   - time: what the database was set back to, in Unix microseconds.
    ///   - acceptsBrokenAudit: goes on with a trail that does not hold. It stays as it is.
    public init(
        to time: Int64, _ journal: JournalRecords, _ configuration: Configuration, _ auditKey: AuditKey,
        acceptsBrokenAudit: Bool = false
    ) {
        self.time = time
        self.journal = journal
        self.configuration = configuration
        self.auditKey = auditKey
        self.acceptsBrokenAudit = acceptsBrokenAudit
    }

    /// - Throws: ``BackupRefusal`` when the trail does not hold, or is not the one that the journal knows: then nothing was
    ///   done. ``AuditError``, ``PostgresError``.
    public func settle(in db: inout Connection) throws -> Report {
        let trail = AuditTrail(auditKey)
        // One that tells of later events is no fault of the copy.
        let earlier = journal.checkpoints.filter { $0.time <= time }
        let verification = try trail.verify(earlier, in: &db)
        let faults = verification.faults
        if !faults.isEmpty {
            guard acceptsBrokenAudit else {
                throw BackupRefusal(
                    .badArchive,
                    "the database is not to be used: " + faults.map(\.sentence).joined(separator: " ")
                        + " Where that was so before, --accept-broken-audit takes the trail as it is.")
            }
            // Not one chain is: that is no broken trail, but another's.
            guard try trail.isOurs(in: &db) else {
                throw BackupRefusal(
                    .badKey,
                    "the audit trail is signed with another secret: put the server secret of that time in place")
            }
        }
        let stood = try standing(trail, faults, in: &db)
        let finish = try Restoration.finish(
            backupTime: time, Set(journal.farewells).sorted { $0.time < $1.time }, accepting: faults, configuration,
            in: &db)
        let last = journal.checkpoints.filter { $0.time > time }.max { $0.time < $1.time }
        return Report(
            auditEvents: verification.events, auditFaults: faults, checkpoints: verification.checkpoints,
            lostEvents: last.flatMap { last in stood.map { max(0, last.events - $0.events) } }, finish: finish,
            foreignLines: journal.foreignLines, checkpoint: try standing(trail, faults, in: &db)?.line)
    }

    private func standing(
        _ trail: AuditTrail, _ accepted: [AuditError], in db: inout Connection
    ) throws -> AuditCheckpoint? {
        do { return try trail.checkpoint(in: &db) } catch let error as AuditError where accepted.contains(error) {
            return nil
        }
    }
}
