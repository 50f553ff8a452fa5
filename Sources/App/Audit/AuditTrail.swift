import Crypto
import JSON
import Market
import Postgres

/// Reads the audit trail as a whole: to verify it, to note where it stands, and to prune what is old.
public struct AuditTrail: Sendable {
    static let streams = 0..<64
    private static let batch = 1_000
    private let key: AuditKey

    public init(_ key: AuditKey) { self.key = key }

    public struct Verification: Sendable {
        /// Events whose links hold.
        public let events: Int
        /// Checkpoints that the trail agrees with.
        public let checkpoints: Int
        /// Checkpoints of times that were taken back when a backup was restored.
        public let takenBack: Int
        /// The first fault of each broken chain, in the order of their event ids.
        public let faults: [AuditError]
    }

    /// Checks every chain from its anchor to its head in one snapshot, and that it still has what checkpoints have seen.
    ///
    /// - Throws: ``PostgresError``; what is wrong with the trail is in the result.
    public func verify(_ checkpoints: [AuditCheckpoint] = [], in db: inout Connection) throws -> Verification {
        try db.transaction(.repeatableReadReadOnly) { db in
            var events = 0
            var faults: [AuditError] = []
            let setBacks = try Restoration.setBacks(in: &db)
            let all = checkpoints.count
            let checkpoints = checkpoints.filter { checkpoint in
                !setBacks.contains { $0.contains(checkpoint.time) }
            }
            for stream in Self.streams {
                do {
                    events += try verify(stream, checkpoints.compactMap { $0.heads[stream] }, in: &db)
                } catch let error as AuditError {
                    faults.append(error)
                }
            }
            return Verification(
                events: events, checkpoints: checkpoints.count, takenBack: all - checkpoints.count,
                faults: faults.sorted { ($0.eventID ?? 0, $0.stream) < ($1.eventID ?? 0, $1.stream) })
        }
    }

    /// - Parameter seen: what checkpoints know of this chain.
    /// - Returns: how many events were checked.
    private func verify(_ stream: Int, _ seen: [AuditHead], in db: inout Connection) throws -> Int {
        let (storedHead, storedAnchor) = try db.run(.auditHead(stream), .auditAnchor(stream))
        guard let storedHead else { throw AuditError(stream: stream, eventID: nil, kind: .head) }
        let head = try storedHead.checked(key)
        let anchor = try storedAnchor?.checkedAnchor(key) ?? .empty(stream)
        var expected: [Int: AuditHead] = [:]
        for seen in seen {
            // A checkpoint behind the anchor tells of events that were pruned by right.
            guard seen.lastID >= anchor.lastID else { continue }
            if seen == anchor { continue }
            expected[seen.lastID] = seen
        }
        var check = AuditChainCheck(key, from: anchor)
        var count = 0
        try walk(stream, after: anchor.lastID, in: &db) { row in
            try check.take(row)
            count += 1
            if let seen = expected.removeValue(forKey: row.id), seen != check.position {
                throw AuditError(stream: stream, eventID: row.id, kind: .checkpoint)
            }
            return true
        }
        try check.finish(head)
        if let missing = expected.keys.min() {
            throw AuditError(stream: stream, eventID: missing, kind: .checkpoint)
        }
        return count
    }

    /// Whether the schema has one yet.
    public static func isThere(in db: inout Connection) throws -> Bool {
        try db.run(.value("SELECT to_regclass('audit_heads') IS NOT NULL"))
    }

    /// Whether the trail was begun with this key: of all heads that are signed one is by us, or none is signed yet. What
    /// somebody has changed breaks single chains; all of them at once are the work of another key.
    public func isOurs(in db: inout Connection) throws -> Bool {
        let heads = try db.run(.signedAuditHeads())
        return heads.isEmpty || heads.contains { (try? $0.checked(key)) != nil }
    }

    /// Where every chain stands now; for a place outside the database, such as the journal.
    public func checkpoint(in db: inout Connection) throws -> AuditCheckpoint {
        let found = try db.run(
            Query<[(StoredHead, Instant)]>.all(
                "SELECT \(StoredHead.columns), clock_timestamp() FROM audit_heads WHERE count > 0 ORDER BY stream"
            ) { row in (try StoredHead(&row), try row.next()) })
        var heads: [Int: AuditHead] = [:]
        for (stored, _) in found {
            let head = try stored.checked(key)
            heads[head.stream] = head
        }
        return AuditCheckpoint(time: found.first?.1.microseconds ?? 0, heads: heads, key)
    }

    /// Deletes the events older than so many days, chain by chain, each behind a signed anchor, and only as far as the
    /// chain holds: what is broken stays as evidence.
    ///
    /// - Parameter pause: called between two chains; what it throws ends the work.
    /// - Returns: how many events were deleted.
    /// - Throws: ``AuditError`` at the first chain that does not hold; earlier chains stay pruned.
    public func prune(
        olderThanDays days: Int, in db: inout Connection, pause: (inout Connection) throws -> Void = { _ in }
    ) throws -> Int {
        var pruned = 0
        for stream in Self.streams {
            try pause(&db)
            // Nobody appends meanwhile, and two prunings do not meet.
            pruned += try db.transaction(
                opening: .change("SELECT 1 FROM audit_heads WHERE stream = $1::int2 FOR UPDATE", stream),
                Query<Instant>.value("SELECT clock_timestamp() - make_interval(days => $1::int)", days),
                .auditAnchor(stream)
            ) { db, _, limit, stored in
                let anchor = try stored?.checkedAnchor(key) ?? .empty(stream)
                var check = AuditChainCheck(key, from: anchor)
                try walk(stream, after: anchor.lastID, in: &db) { row in
                    guard row.time < limit.microseconds else { return false }
                    try check.take(row)
                    return true
                }
                let count = check.position.count - anchor.count
                guard count > 0 else { return 0 }
                try db.run(
                    .moving(anchor: check.position, signature: check.position.signature(key, as: "anchor")),
                    .change("SET LOCAL bitstockerz.audit_prune = 'on'"),
                    .change(
                        "DELETE FROM audit_events WHERE stream = $1::int2 AND id <= $2", stream, check.position.lastID))
                return count
            }
        }
        return pruned
    }

    /// Hands over the events of a chain in the order of their ids, until `body` has had enough.
    private func walk(
        _ stream: Int, after first: Int, in db: inout Connection, _ body: (AuditRow) throws -> Bool
    ) throws {
        var last = first
        while true {
            let events = try db.run(.auditEvents(of: stream, after: last, limit: Self.batch))
            for event in events {
                last = event.row.id
                guard try body(event.whole()) else { return }
            }
            if events.count < Self.batch { return }
        }
    }
}

/// An event as it is stored, with its payload still a text: one that is no object is a fault in its turn, not before.
struct StoredEvent: Sendable {
    let row: AuditRow
    let payload: String?

    static let columns = """
        id, stream, user_id, event_type, payload_salt, payload_digest, request_id, created_at, prev_hash, hash, payload_json
        """

    /// SQL for a new event in these columns, and what goes into it.
    static let places = "$1, $2::int2, $3::uuid, $4, $5, $6, $7, $8::timestamptz, $9, $10, $11::jsonb"

    static func values(_ row: AuditRow) -> [any ParameterValue] {
        [
            row.id, row.stream, row.userID, row.type, row.salt, row.digest, row.requestID,
            Instant(microseconds: row.time), row.previousHash, row.hash, row.payload.map { Value.object($0) },
        ]
    }

    fileprivate init(_ row: inout RowReader) throws {
        self.row = AuditRow(
            id: try row.next(), stream: try row.next(), userID: try row.next(), type: try row.next(), payload: nil,
            salt: try row.next(), digest: try row.next(), requestID: try row.next(),
            time: try row.next(Instant.self).microseconds, previousHash: try row.next(), hash: try row.next())
        payload = try row.next()
    }

    fileprivate func whole() throws(AuditError) -> AuditRow {
        guard let payload else { return row }
        guard case .object(let object)? = try? parse(Array(payload.utf8)) else {
            throw AuditError(stream: row.stream, eventID: row.id, kind: .payloadText)
        }
        var row = row
        row.payload = object
        return row
    }
}

extension Query {
    fileprivate static func auditHead(_ stream: Int) -> Query<StoredHead?> {
        .first("SELECT \(StoredHead.columns) FROM audit_heads WHERE stream = $1::int2", stream, read: StoredHead.init)
    }

    fileprivate static func signedAuditHeads() -> Query<[StoredHead]> {
        .all("SELECT \(StoredHead.columns) FROM audit_heads WHERE mac IS NOT NULL", read: StoredHead.init)
    }

    fileprivate static func auditAnchor(_ stream: Int) -> Query<StoredHead?> {
        .first("SELECT \(StoredHead.columns) FROM audit_anchors WHERE stream = $1::int2", stream, read: StoredHead.init)
    }

    fileprivate static func moving(anchor: AuditHead, signature: [UInt8]) -> Query<Int> {
        .change(
            """
            INSERT INTO audit_anchors (\(StoredHead.columns)) VALUES ($1::int2, $2, $3, $4, $5)
            ON CONFLICT (stream) DO UPDATE SET last_id = excluded.last_id, last_hash = excluded.last_hash,
              count = excluded.count, mac = excluded.mac, created_at = clock_timestamp()
            """, anchor.stream, anchor.lastID, anchor.lastHash, anchor.count, signature)
    }

    fileprivate static func auditEvents(of stream: Int, after last: Int, limit: Int) -> Query<[StoredEvent]> {
        .all(
            """
            SELECT \(StoredEvent.columns) FROM audit_events WHERE stream = $1::int2 AND id > $2 ORDER BY id LIMIT $3
            """, stream, last, limit, read: StoredEvent.init)
    }
}
