import Crypto
import JSON
import Market
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
    var stream: Int { Self.stream(of: userID) }

    static func stream(of userID: String?) -> Int {
        guard let userID, let low = UInt8(userID.suffix(2), radix: 16) else { return 0 }
        return Int(low & 63)
    }
}

/// The head of a chain, which nobody else moves until the commit, and what the events get that are to follow.
struct LockedAuditHead: Sendable {
    fileprivate let stream: Int
    fileprivate let stored: StoredHead
    fileprivate let ids: [Int]
    fileprivate let time: Instant
}

/// Writes the audit trail: 64 keyed hash chains, in the transaction of the change they tell of.
public struct AuditLog: Sendable {
    private let key: AuditKey

    public init(_ key: AuditKey) { self.key = key }

    /// Adds events to the chain of the one whom they concern. Call it last in a transaction: it locks the chain's head until
    /// the commit, with which the events themselves go to the server.
    ///
    /// - Parameter events: in their order; of several users, whose chains are locked in order.
    /// - Throws: ``AuditError`` `.head` when the head does not carry our signature: whoever changed it wants to hide
    ///   something, so nothing more is built on it; `.secret` when a chain would begin with another secret than those that
    ///   have begun. ``PostgresError``.
    public func append(_ events: [AuditEvent], in db: inout Connection) throws {
        for (stream, events) in Dictionary(grouping: events, by: \.stream).sorted(by: { $0.key < $1.key }) {
            try append(events, on: db.run(.lockingAuditHead(stream, events: events.count)), in: &db)
        }
    }

    /// The same on a head that the last statements of the transaction have locked, for that chain and as many events: it
    /// travels with them.
    func append(_ events: [AuditEvent], on locked: LockedAuditHead, in db: inout Connection) throws {
        precondition(events.allSatisfy { $0.stream == locked.stream }, "events of several chains")
        try link(events, to: locked, in: &db)
    }

    private func link(_ events: [AuditEvent], to locked: LockedAuditHead, in db: inout Connection) throws {
        precondition(db.isInTransaction, "an audit event belongs to the transaction of its change")
        precondition(events.count == locked.ids.count, "the head was locked for other events")
        var head = try locked.stored.checked(key)
        // Once a chain.
        if head.count == 0, try !AuditTrail(key).isOurs(in: &db) {
            throw AuditError(stream: head.stream, eventID: nil, kind: .secret)
        }
        for (event, id) in zip(events, locked.ids) {
            let salt = Random.bytes(16)
            var row = AuditRow(
                id: id, stream: head.stream, userID: event.userID, type: event.type, payload: event.payload,
                salt: salt, digest: AuditRow.digest(salt: salt, userID: event.userID, payload: event.payload),
                requestID: event.requestID, time: locked.time.microseconds, previousHash: head.lastHash, hash: [])
            row.hash = row.link(key)
            head = AuditHead(stream: head.stream, lastID: row.id, lastHash: row.hash, count: head.count + 1)
            db.runWithCommit(.linking(row, head, head.signature(key, as: "head")))
        }
    }

    /// So many events are taken out at once: neither a statement nor the event that accounts for them grows without bound.
    static let erasedAtOnce = 5_000

    /// Takes a person out of the trail: payloads, salts and the reference to the user go, the chain stays valid, and an
    /// event accounts for what is gone. For a transaction, as its last step but for further events.
    ///
    /// - Returns: whether there may be more of them; ``eraseWhoHasLeft`` takes those.
    func erase(userID: String, requestID: String? = nil, in db: inout Connection) throws -> Bool {
        let erased = try db.run(.erasingAuditEvents(of: userID, maximum: Self.erasedAtOnce))
        for (stream, events) in Dictionary(grouping: erased, by: \.stream).sorted(by: { $0.key < $1.key }) {
            let event = AuditEvent(
                AuditErasure.eventType, userID: nil, AuditErasure.payload(events.map(\.id).sorted()),
                requestID: requestID)
            try link([event], to: db.run(.lockingAuditHead(stream, events: 1)), in: &db)
        }
        return erased.count == Self.erasedAtOnce
    }

    /// Takes what is left of those out of the trail whose accounts are deleted, in short transactions.
    ///
    /// - Parameter pause: called between two of them; what it throws ends the work.
    /// - Throws: ``AuditError``, at the end, where a chain does not hold: it keeps nobody in the others.
    func eraseWhoHasLeft(in db: inout Connection, pause: (inout Connection) throws -> Void) throws {
        var firstError: AuditError?
        for user in try db.run(.whoHasLeftTheirEvents()) {
            var hasMore = true
            while hasMore {
                do { hasMore = try db.transaction { db in try erase(userID: user, in: &db) } } catch let error
                    as AuditError
                {
                    (firstError, hasMore) = (firstError ?? error, false)
                }
                try pause(&db)
            }
        }
        if let firstError { throw firstError }
    }
}

extension Query {
    /// Takes a person out of their events. The chain wants an event that accounts for it (``AuditLog/erase``).
    ///
    /// - Parameter maximum: the oldest so many; nil: all.
    static func erasingAuditEvents(of userID: String, maximum: Int? = nil) -> Query<[(stream: Int, id: Int)]> {
        .all(
            """
            UPDATE audit_events SET payload_json = NULL, payload_salt = NULL, user_id = NULL WHERE id IN (
              SELECT e.id FROM audit_events e WHERE e.user_id = $1::uuid AND \(isErasable) ORDER BY e.id LIMIT $2)
            RETURNING stream, id
            """, userID, maximum
        ) { row in (stream: try row.next(), id: try row.next()) }
    }

    /// That somebody has left stays told; it names nobody any more.
    private static var isErasable: String { "e.event_type <> '\(AccountEvent.userDeleted.rawValue)'" }

    fileprivate static func whoHasLeftTheirEvents() -> Query<[String]> {
        .values(
            """
            SELECT u.id FROM users u WHERE u.deleted_at IS NOT NULL
              AND EXISTS (SELECT FROM audit_events e WHERE e.user_id = u.id AND \(isErasable)) ORDER BY u.deleted_at
            """)
    }

    /// Locks the head of a user's chain for events that are to follow: the last statement before ``AuditLog/append``. Where
    /// no secret is set nothing follows, and nothing is lost by that.
    static func lockingAuditHead(of userID: String?, events: Int = 1) -> Query<LockedAuditHead> {
        lockingAuditHead(AuditEvent.stream(of: userID), events: events)
    }

    fileprivate static func lockingAuditHead(_ stream: Int, events: Int) -> Query<LockedAuditHead> {
        // The outer select runs once the row is locked, so ids and times rise along a chain.
        .one(
            """
            WITH head AS MATERIALIZED (
              SELECT \(StoredHead.columns) FROM audit_heads WHERE stream = $1::int2 FOR UPDATE)
            SELECT \(StoredHead.columns), array(SELECT nextval('audit_events_id_seq') FROM generate_series(1, $2::int)),
              clock_timestamp()
            FROM head
            """, stream, events
        ) { row in
            LockedAuditHead(stream: stream, stored: try StoredHead(&row), ids: try row.next(), time: try row.next())
        }
    }

    /// - Parameter head: what the chain ends in once the row is there.
    fileprivate static func linking(_ row: AuditRow, _ head: AuditHead, _ signature: [UInt8]) -> Query<Int> {
        .change(
            """
            WITH event AS (
              INSERT INTO audit_events (\(StoredEvent.columns)) OVERRIDING SYSTEM VALUE VALUES (\(StoredEvent.places)))
            UPDATE audit_heads SET last_id = $1, last_hash = $12, count = $13, mac = $14 WHERE stream = $2::int2
            """, with: StoredEvent.values(row) + [head.lastHash, head.count, signature])
    }
}

/// A head or an anchor as it is stored: with its signature, and not to be believed without.
struct StoredHead: Sendable {
    private let head: AuditHead
    private let signature: [UInt8]?

    static let columns = "stream, last_id, last_hash, count, mac"

    init(_ row: inout RowReader) throws {
        head = AuditHead(
            stream: try row.next(), lastID: try row.next(), lastHash: try row.next(), count: try row.next())
        signature = try row.next()
    }

    /// - Throws: ``AuditError`` when the signature is not ours. A chain that never had an event needs none.
    func checked(_ key: AuditKey) throws(AuditError) -> AuditHead {
        guard isSigned(key, as: "head") || signature == nil && head == .empty(head.stream) else {
            throw AuditError(stream: head.stream, eventID: nil, kind: .head)
        }
        return head
    }

    /// The same for an anchor.
    func checkedAnchor(_ key: AuditKey) throws(AuditError) -> AuditHead {
        guard isSigned(key, as: "anchor") else {
            throw AuditError(stream: head.stream, eventID: head.lastID, kind: .anchor)
        }
        return head
    }

    private func isSigned(_ key: AuditKey, as purpose: StaticString) -> Bool {
        signature.map { constantTimeEqual($0, head.signature(key, as: purpose)) } ?? false
    }
}
