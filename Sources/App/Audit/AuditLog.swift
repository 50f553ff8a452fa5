import Crypto
import JSON
import Postgres
import System

/// What happened, to be told in the audit trail.
public struct AuditEvent: Sendable {
    /// Lower case words with dots: `session.started`.
    public let type: String
    /// Whom it concerns; nil when nobody is known.
    public let userID: String?
    /// Text, whole numbers, booleans, arrays and objects of them; never a secret. Erased with the person.
    public let payload: Object
    public let requestID: String?

    public init(_ type: String, userID: String?, _ payload: Object = [:], requestID: String? = nil) {
        self.type = type
        self.userID = userID
        self.payload = payload
        self.requestID = requestID
    }

    /// One of 64 chains: users spread over them, so that two people seldom wait for the same head.
    var stream: Int {
        guard let userID, let low = UInt8(userID.suffix(2), radix: 16) else { return 0 }
        return Int(low & 63)
    }
}

/// Writes the audit trail: 64 keyed hash chains, in the transaction of the change they tell of.
public struct AuditLog: Sendable {
    private let key: AuditKey

    public init(_ key: AuditKey) { self.key = key }

    /// Adds an event to its chain. Call it last in a transaction: it locks the chain's head until the commit.
    ///
    /// - Throws: ``AuditFault`` `.head` when the head does not carry our signature: whoever changed it wants to hide
    ///   something, so nothing more is built on it. ``PostgresError``.
    public func append(_ event: AuditEvent, in db: inout Connection) throws {
        try append(event, stream: event.stream, in: &db)
    }

    private func append(_ event: AuditEvent, stream: Int, in db: inout Connection) throws {
        precondition(db.isInTransaction, "an audit event belongs to the transaction of its change")
        // The outer select runs once the row is locked, so ids and times rise along a chain.
        let rows = try db.query(
            """
            WITH head AS MATERIALIZED (
              SELECT last_id, last_hash, count, mac FROM audit_heads WHERE stream = $1::int2 FOR UPDATE)
            SELECT last_id, last_hash, count, mac, nextval(pg_get_serial_sequence('audit_events', 'id')), clock_timestamp()
            FROM head
            """, [Parameter(stream)])
        var head = AuditHead(
            stream: stream, lastID: try rows.int(0, 0), lastHash: try rows.bytes(0, 1), count: try rows.int(0, 2))
        try Self.check(head, signature: rows.optionalBytes(0, 3), key)
        let salt = Random.bytes(16)
        var row = AuditRow(
            id: try rows.int(0, 4), stream: stream, userID: event.userID, type: event.type, payload: event.payload,
            salt: salt, digest: AuditRow.digest(salt: salt, userID: event.userID, payload: event.payload),
            requestID: event.requestID, time: try rows.microseconds(0, 5), previousHash: head.lastHash, hash: [])
        row.hash = row.link(key)
        head = AuditHead(stream: stream, lastID: row.id, lastHash: row.hash, count: head.count + 1)
        try db.execute(
            """
            WITH event AS (
              INSERT INTO audit_events (id, user_id, stream, event_type, payload_json, payload_salt, payload_digest,
                                        request_id, created_at, prev_hash, hash)
              OVERRIDING SYSTEM VALUE
              VALUES ($1, $2::uuid, $3::int2, $4, $5::jsonb, $6, $7, $8, $9::timestamptz, $10, $11))
            UPDATE audit_heads SET last_id = $1, last_hash = $11, count = $12, mac = $13 WHERE stream = $3::int2
            """,
            [
                Parameter(row.id), Parameter(row.userID), Parameter(stream), .text(row.type),
                .text(String(decoding: Value.object(event.payload).bytes, as: UTF8.self)), .bytes(salt),
                .bytes(row.digest), Parameter(row.requestID), .timestamp(microseconds: row.time),
                .bytes(row.previousHash), .bytes(row.hash), Parameter(head.count),
                .bytes(head.signature(key, as: "head")),
            ])
    }

    /// Takes a person out of the trail: payloads, salts and the reference to the user go, the chain stays valid, and an
    /// event accounts for what is gone. For a transaction, as its last step but for further events.
    public func erase(userID: String, requestID: String? = nil, in db: inout Connection) throws {
        let rows = try db.query(
            """
            UPDATE audit_events SET payload_json = NULL, payload_salt = NULL, user_id = NULL WHERE user_id = $1::uuid
            RETURNING stream, id
            """, [.text(userID)])
        var ids: [Int: [Int]] = [:]
        for row in 0..<rows.count { ids[try rows.int(row, 0), default: []].append(try rows.int(row, 1)) }
        for (stream, ids) in ids.sorted(by: { $0.key < $1.key }) {
            let event = AuditEvent(
                AuditErasure.eventType, userID: nil, AuditErasure.payload(ids.sorted()), requestID: requestID)
            try append(event, stream: stream, in: &db)
        }
    }

    static func check(_ head: AuditHead, signature: [UInt8]?, _ key: AuditKey) throws(AuditFault) {
        let isGenuine =
            if let signature {
                constantTimeEqual(signature, head.signature(key, as: "head"))
            } else {
                head == .empty(head.stream)
            }
        guard isGenuine else { throw AuditFault(stream: head.stream, eventID: nil, kind: .head) }
    }
}
