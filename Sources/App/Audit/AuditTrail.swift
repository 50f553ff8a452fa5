import Crypto
import JSON
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
        /// The first fault of each broken chain, in the order of their event ids.
        public let faults: [AuditFault]
    }

    /// Checks every chain from its anchor to its head in one snapshot, and that it still has what checkpoints have seen.
    ///
    /// - Throws: ``PostgresError``; what is wrong with the trail is in the result.
    public func verify(_ checkpoints: [AuditCheckpoint] = [], in db: inout Connection) throws -> Verification {
        try db.transaction(.repeatableReadReadOnly) { db in
            var events = 0
            var faults: [AuditFault] = []
            for stream in Self.streams {
                do {
                    events += try verify(stream, checkpoints.compactMap { $0.heads[stream] }, in: &db)
                } catch let fault as AuditFault {
                    faults.append(fault)
                }
            }
            return Verification(
                events: events, checkpoints: checkpoints.count,
                faults: faults.sorted { ($0.eventID ?? 0, $0.stream) < ($1.eventID ?? 0, $1.stream) })
        }
    }

    /// - Parameter seen: what checkpoints know of this chain.
    /// - Returns: how many events were checked.
    private func verify(_ stream: Int, _ seen: [AuditHead], in db: inout Connection) throws -> Int {
        let head = try head(stream, in: &db)
        let anchor = try anchor(stream, in: &db)
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
                throw AuditFault(stream: stream, eventID: row.id, kind: .checkpoint)
            }
            return true
        }
        try check.finish(head)
        if let missing = expected.keys.min() {
            throw AuditFault(stream: stream, eventID: missing, kind: .checkpoint)
        }
        return count
    }

    /// Where every chain stands now; for a place outside the database, such as the journal.
    public func checkpoint(in db: inout Connection) throws -> AuditCheckpoint {
        let rows = try db.query(
            """
            SELECT stream, last_id, last_hash, count, mac, clock_timestamp() FROM audit_heads WHERE count > 0 ORDER BY stream
            """)
        var heads: [Int: AuditHead] = [:]
        for row in 0..<rows.count {
            let head = AuditHead(
                stream: try rows.int(row, 0), lastID: try rows.int(row, 1), lastHash: try rows.bytes(row, 2),
                count: try rows.int(row, 3))
            try AuditLog.check(head, signature: rows.optionalBytes(row, 4), key)
            heads[head.stream] = head
        }
        let time = rows.count > 0 ? try rows.microseconds(0, 5) : 0
        return AuditCheckpoint(time: time, heads: heads, key)
    }

    /// Deletes the events older than so many days, chain by chain, each behind a signed anchor, and only as far as the
    /// chain holds: what is broken stays as evidence.
    ///
    /// - Parameter pause: called between two chains; what it throws ends the work.
    /// - Returns: how many events were deleted.
    /// - Throws: ``AuditFault`` at the first chain that does not hold; earlier chains stay pruned.
    public func prune(
        olderThanDays days: Int, in db: inout Connection, pause: (inout Connection) throws -> Void = { _ in }
    ) throws -> Int {
        var pruned = 0
        for stream in Self.streams {
            try pause(&db)
            pruned += try db.transaction { db in
                // Nobody appends meanwhile, and two prunings do not meet.
                try db.execute("SELECT 1 FROM audit_heads WHERE stream = $1::int2 FOR UPDATE", [Parameter(stream)])
                let limit = try db.query(
                    "SELECT clock_timestamp() - make_interval(days => $1::int)", [Parameter(days)]
                ).microseconds(0, 0)
                let anchor = try anchor(stream, in: &db)
                var check = AuditChainCheck(key, from: anchor)
                try walk(stream, after: anchor.lastID, in: &db) { row in
                    guard row.time < limit else { return false }
                    try check.take(row)
                    return true
                }
                let count = check.position.count - anchor.count
                guard count > 0 else { return 0 }
                try move(anchor: check.position, in: &db)
                try db.execute("SET LOCAL bitstockerz.audit_prune = 'on'")
                try db.execute(
                    "DELETE FROM audit_events WHERE stream = $1::int2 AND id <= $2",
                    [Parameter(stream), Parameter(check.position.lastID)])
                return count
            }
        }
        return pruned
    }

    private func move(anchor: AuditHead, in db: inout Connection) throws {
        try db.execute(
            """
            INSERT INTO audit_anchors (stream, last_id, last_hash, count, mac) VALUES ($1::int2, $2, $3, $4, $5)
            ON CONFLICT (stream) DO UPDATE SET last_id = excluded.last_id, last_hash = excluded.last_hash,
              count = excluded.count, mac = excluded.mac, created_at = clock_timestamp()
            """,
            [
                Parameter(anchor.stream), Parameter(anchor.lastID), .bytes(anchor.lastHash), Parameter(anchor.count),
                .bytes(anchor.signature(key, as: "anchor")),
            ])
    }

    private func head(_ stream: Int, in db: inout Connection) throws -> AuditHead {
        let rows = try db.query(
            "SELECT last_id, last_hash, count, mac FROM audit_heads WHERE stream = $1::int2", [Parameter(stream)])
        guard rows.count == 1 else { throw AuditFault(stream: stream, eventID: nil, kind: .head) }
        let head = AuditHead(
            stream: stream, lastID: try rows.int(0, 0), lastHash: try rows.bytes(0, 1), count: try rows.int(0, 2))
        try AuditLog.check(head, signature: rows.optionalBytes(0, 3), key)
        return head
    }

    private func anchor(_ stream: Int, in db: inout Connection) throws -> AuditHead {
        let rows = try db.query(
            "SELECT last_id, last_hash, count, mac FROM audit_anchors WHERE stream = $1::int2", [Parameter(stream)])
        guard rows.count == 1 else { return .empty(stream) }
        let anchor = AuditHead(
            stream: stream, lastID: try rows.int(0, 0), lastHash: try rows.bytes(0, 1), count: try rows.int(0, 2))
        guard constantTimeEqual(try rows.bytes(0, 3), anchor.signature(key, as: "anchor")) else {
            throw AuditFault(stream: stream, eventID: anchor.lastID, kind: .anchor)
        }
        return anchor
    }

    /// Hands over the events of a chain in the order of their ids, until `body` has had enough.
    private func walk(
        _ stream: Int, after first: Int, in db: inout Connection, _ body: (AuditRow) throws -> Bool
    ) throws {
        var last = first
        while true {
            let rows = try db.query(
                """
                SELECT id, user_id, event_type, payload_json, payload_salt, payload_digest, request_id, created_at,
                       prev_hash, hash
                FROM audit_events WHERE stream = $1::int2 AND id > $2 ORDER BY id LIMIT $3
                """, [Parameter(stream), Parameter(last), Parameter(Self.batch)])
            for row in 0..<rows.count {
                last = try rows.int(row, 0)
                guard try body(Self.event(rows, row, stream)) else { return }
            }
            if rows.count < Self.batch { return }
        }
    }

    private static func event(_ rows: borrowing Rows, _ row: Int, _ stream: Int) throws -> AuditRow {
        let id = try rows.int(row, 0)
        var payload: Object?
        if let text = try rows.optionalString(row, 3) {
            guard case .object(let object)? = try? parse(Array(text.utf8)) else {
                throw AuditFault(stream: stream, eventID: id, kind: .payloadText)
            }
            payload = object
        }
        return AuditRow(
            id: id, stream: stream, userID: try rows.optionalString(row, 1), type: try rows.string(row, 2),
            payload: payload, salt: try rows.optionalBytes(row, 4), digest: try rows.bytes(row, 5),
            requestID: try rows.optionalString(row, 6), time: try rows.microseconds(row, 7),
            previousHash: try rows.bytes(row, 8), hash: try rows.bytes(row, 9))
    }
}
