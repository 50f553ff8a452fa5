import JSON
import Market
public import Postgres

/// What has to be done in a database that was set back to an earlier time, before anybody uses it: who was signed in then
/// is not any more, and who has left since has to leave again.
public enum Restoration {
    private static let eventType = "database.restored"

    /// What was done.
    public struct Report: Sendable {
        public let sessionsEnded: Int
        /// Sign-ins that were under way: challenges of passkeys, and ways to providers and back.
        public let challengesEnded: Int
        /// Accounts that were deleted after the backup, and are again now.
        public let accountsDeleted: Int
        /// Whether somebody may sign in as admin.
        public let hasAdmin: Bool
        /// Whether the audit trail says that the database was set back: not where the chain for it takes no event.
        public let isNoted: Bool
    }

    /// Does it, and writes into the audit trail that the database was set back.
    ///
    /// - Parameters:
    ///   - backupTime: what the database was set back to, in Unix microseconds.
    ///   - farewells: of those who left, whenever.
    ///   - faults: what is wrong with the trail, and is noted there. A chain whose head is not ours gets no event.
    /// - Throws: ``AuditError``, ``PostgresError``; each account is a transaction of its own, and all of it may be repeated.
    public static func finish(
        backupTime: Int64, _ farewells: some Sequence<Farewell>, accepting faults: [AuditError] = [],
        _ configuration: Configuration, in db: inout Connection
    ) throws -> Report {
        let (sessions, challenges, states) = try db.run(
            .change("DELETE FROM sessions"), .change("DELETE FROM webauthn_challenges"),
            .change("DELETE FROM oauth_states"))
        let closed = Set(faults.filter { $0.kind == .head }.map(\.stream))
        var deleted = 0
        for farewell in farewells
        where try AccountEnd.repeatEnd(farewell, configuration, closedChains: closed, in: &db) {
            deleted += 1
        }
        let isNoted = !closed.contains(AuditEvent.stream(of: nil))
        if isNoted, let log = configuration.auditLog {
            let accepted = ("accepted_faults", Value.array(faults.map { .string($0.sentence) }))
            let payload = Object(
                [
                    ("backup_time", .number(Number(Int(backupTime)))),
                    ("accounts_deleted", .number(Number(deleted))),
                ] + (faults.isEmpty ? [] : [accepted]))
            try db.transaction { db in try log.append([AuditEvent(eventType, userID: nil, payload)], in: &db) }
        }
        let hasAdmin = try db.run(
            Query<Bool>.value(
                """
                SELECT EXISTS (SELECT 1 FROM users WHERE role = 'admin' AND deleted_at IS NULL AND disabled_at IS NULL)
                """))
        return Report(
            sessionsEnded: sessions, challengesEnded: challenges + states, accountsDeleted: deleted,
            hasAdmin: hasAdmin, isNoted: isNoted)
    }

    /// The stretches of time that were taken back, each from the backup to its restore, in Unix microseconds: what a
    /// checkpoint of such a time has seen is gone by right. The events that say so are links of a chain like all others.
    static func setBacks(in db: inout Connection) throws -> [Range<Int64>] {
        try db.run(
            Query<[(Value?, Instant)]>.all(
                """
                SELECT payload_json, created_at FROM audit_events WHERE stream = 0 AND event_type = $1 ORDER BY id
                """, eventType
            ) { row in (try row.next(), try row.next()) }
        ).compactMap { payload, restored in
            guard let backup = payload?.objectValue?["backup_time"]?.numberValue?.int,
                Int64(backup) < restored.microseconds
            else { return nil }
            return Int64(backup) + 1..<restored.microseconds
        }
    }
}
