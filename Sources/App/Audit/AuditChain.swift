import Crypto
import JSON

/// The key of the audit chains: 32 bytes that never enter the database, so that whoever can write there cannot forge.
public struct AuditKey: Sendable {
    private let bytes: [UInt8]

    /// - Precondition: 32 bytes.
    public init(_ bytes: [UInt8]) {
        precondition(bytes.count == 32, "an audit key has 32 bytes")
        self.bytes = bytes
    }

    /// - Parameter purpose: keeps the signatures of links, heads, anchors and checkpoints apart.
    func sign(_ purpose: StaticString, _ message: [UInt8]) -> [UInt8] {
        hmacSHA256(key: bytes, Array("bitstockerz.audit.\(purpose).1\n".utf8) + message)
    }
}

/// Where a chain stands: its last event, and how many it has had. Also where it begins, after pruning.
public struct AuditHead: Sendable, Equatable {
    public let stream: Int
    public var lastID: Int
    public var lastHash: [UInt8]
    public var count: Int

    /// A chain that never had an event.
    static func empty(_ stream: Int) -> AuditHead {
        AuditHead(stream: stream, lastID: 0, lastHash: [UInt8](repeating: 0, count: 32), count: 0)
    }

    var encoded: [UInt8] { bigEndian(stream) + bigEndian(lastID) + bigEndian(count) + lastHash }

    func signature(_ key: AuditKey, as purpose: StaticString) -> [UInt8] { key.sign(purpose, encoded) }
}

/// One event as it is stored (schema.md, `audit_events`).
public struct AuditRow: Sendable, Equatable {
    public var id: Int
    public var stream: Int
    public var userID: String?
    public var type: String
    /// Nil after erasure, together with the salt.
    public var payload: Object?
    public var salt: [UInt8]?
    public var digest: [UInt8]
    public var requestID: String?
    /// Unix microseconds.
    public var time: Int64
    public var previousHash: [UInt8]
    public var hash: [UInt8]

    /// HMAC over everything but the payload, which it covers by its digest, and the user, whom the payload names: so a
    /// person can be erased and the chain still holds (architecture.md, "Logs, metrics, audit").
    func link(_ key: AuditKey) -> [UInt8] {
        key.sign(
            "event",
            previousHash + bigEndian(stream) + bigEndian(id) + bigEndian(Int(time)) + framed(type)
                + framed(requestID ?? "") + digest)
    }

    /// SHA-256 over salt, user and payload. The salt keeps an erased payload from being guessed out of its digest.
    static func digest(salt: [UInt8], userID: String?, payload: Object) -> [UInt8] {
        Digest.sha256(salt + framed(userID ?? "") + canonical(payload))
    }

    /// Members sorted by name at every depth: `jsonb` keeps neither order nor white space.
    private static func canonical(_ payload: Object) -> [UInt8] { sorted(.object(payload)).bytes }

    private static func sorted(_ value: Value) -> Value {
        switch value {
        case .object(let object):
            .object(Object(object.members.sorted { $0.name < $1.name }.map { ($0.name, sorted($0.value)) }))
        case .array(let elements): .array(elements.map(sorted))
        default: value
        }
    }
}

/// Walks one chain, event after event, and finds the first link that does not hold.
struct AuditChainCheck {
    private let key: AuditKey
    private(set) var position: AuditHead
    /// Events without a payload that no `audit.erased` has accounted for yet.
    private var erased: Set<Int> = []

    /// - Parameter start: the anchor, or an empty chain.
    init(_ key: AuditKey, from start: AuditHead) {
        self.key = key
        position = start
    }

    mutating func take(_ row: AuditRow) throws(AuditError) {
        func error(_ kind: AuditError.Kind) -> AuditError {
            AuditError(stream: position.stream, eventID: row.id, kind: kind)
        }
        guard row.id > position.lastID else { throw error(.order) }
        guard constantTimeEqual(row.previousHash, position.lastHash) else { throw error(.link) }
        guard row.stream == position.stream, constantTimeEqual(row.hash, row.link(key)) else { throw error(.hash) }
        if let payload = row.payload, let salt = row.salt {
            guard row.digest == AuditRow.digest(salt: salt, userID: row.userID, payload: payload) else {
                throw error(.payload)
            }
            if row.type == AuditErasure.eventType { erased.subtract(AuditErasure.ids(in: payload)) }
        } else {
            guard row.userID == nil else { throw error(.payload) }
            erased.insert(row.id)
        }
        position = AuditHead(
            stream: position.stream, lastID: row.id, lastHash: row.hash, count: position.count + 1)
    }

    /// After the last event.
    func finish(_ head: AuditHead) throws(AuditError) {
        if let id = erased.min() { throw AuditError(stream: position.stream, eventID: id, kind: .erasure) }
        guard head == position else {
            throw AuditError(stream: position.stream, eventID: position.lastID, kind: .end)
        }
    }
}

/// The event that accounts for payloads taken out of a chain, as pairs of the first and last id of each stretch.
enum AuditErasure {
    static let eventType = "audit.erased"

    /// - Parameter ids: rising.
    static func payload(_ ids: [Int]) -> Object {
        var stretches: [(first: Int, last: Int)] = []
        for id in ids {
            if let last = stretches.last?.last, last + 1 == id {
                stretches[stretches.count - 1].last = id
            } else {
                stretches.append((id, id))
            }
        }
        return ["events": .array(stretches.map { [.number(Number($0.first)), .number(Number($0.last))] })]
    }

    static func ids(in payload: Object) -> [Int] {
        (payload["events"]?.arrayValue ?? []).flatMap { stretch -> [Int] in
            guard let ends = stretch.arrayValue, ends.count == 2, let first = ends[0].numberValue?.int,
                let last = ends[1].numberValue?.int, first <= last
            else { return [] }
            return Array(first...last)
        }
    }
}

private func bigEndian(_ value: Int) -> [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: value >> (56 - 8 * $0)) } }

/// Length first, so that no two lists of fields have the same bytes.
private func framed(_ text: String) -> [UInt8] { bigEndian(text.utf8.count) + Array(text.utf8) }
