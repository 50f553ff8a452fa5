import Crypto
import JSON

/// Where all chains stood at a moment, signed; kept outside the database. A trail that was cut back together with its
/// heads, or replaced by an older copy of the database, disagrees with it.
public struct AuditCheckpoint: Sendable, Equatable {
    /// Unix microseconds.
    public let time: Int64
    /// By stream; chains without events are left out.
    public let heads: [Int: AuditHead]
    private let mac: [UInt8]

    /// Of all chains, ever.
    public var events: Int { heads.values.reduce(0) { $0 + $1.count } }

    init(time: Int64, heads: [Int: AuditHead], _ key: AuditKey) {
        self.time = time
        self.heads = heads
        mac = Self.signature(time, heads, key)
    }

    private static func signature(_ time: Int64, _ heads: [Int: AuditHead], _ key: AuditKey) -> [UInt8] {
        key.sign("checkpoint", Array("\(time)\n".utf8) + heads.keys.sorted().flatMap { heads[$0]!.encoded })
    }

    /// A line of a checkpoint that is not ours.
    public struct Refusal: Error, Sendable, Equatable {
        /// From 1.
        public let line: Int
        public let reason: String
    }

    private static let member = "audit_checkpoint"

    /// One line of JSON: `{"audit_checkpoint":TIME,"heads":[[STREAM,ID,COUNT,"HASH"]],"mac":"..."}`.
    public var line: String {
        let heads = heads.keys.sorted().map { stream -> Value in
            let head = self.heads[stream]!
            return [
                .number(Number(stream)), .number(Number(head.lastID)), .number(Number(head.count)),
                .string(hex(head.lastHash)),
            ]
        }
        let object: Object = [
            Self.member: .number(Number(Int(time))), "heads": .array(heads), "mac": .string(hex(mac)),
        ]
        return String(decoding: Value.object(object).bytes, as: UTF8.self)
    }

    /// The checkpoints in a journal: lines that have none are passed over, one that is not signed with our key is not.
    ///
    /// - Throws: ``Refusal``.
    public static func read(_ text: String, _ key: AuditKey) throws(Refusal) -> [AuditCheckpoint] {
        var found: [AuditCheckpoint] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            guard line.range(of: "\"\(member)\"") != nil, let start = line.firstIndex(of: "{") else { continue }
            guard let checkpoint = Self(parsing: line[start...]) else {
                throw Refusal(line: index + 1, reason: "not a whole checkpoint")
            }
            guard constantTimeEqual(checkpoint.mac, signature(checkpoint.time, checkpoint.heads, key)) else {
                throw Refusal(line: index + 1, reason: "a checkpoint that is not signed with this key")
            }
            found.append(checkpoint)
        }
        return found
    }

    private init?(parsing text: Substring) {
        guard case .object(let object)? = try? parse(Array(text.utf8)),
            let time = object[Self.member]?.numberValue?.int, let heads = object["heads"]?.arrayValue,
            let mac = object["mac"]?.stringValue.flatMap({ bytes(hex: $0) })
        else { return nil }
        var read: [Int: AuditHead] = [:]
        for head in heads {
            guard let parts = head.arrayValue, parts.count == 4, let stream = parts[0].numberValue?.int,
                let id = parts[1].numberValue?.int, let count = parts[2].numberValue?.int,
                let hash = parts[3].stringValue.flatMap({ bytes(hex: $0) }), hash.count == 32
            else { return nil }
            read[stream] = AuditHead(stream: stream, lastID: id, lastHash: hash, count: count)
        }
        self.time = Int64(time)
        self.heads = read
        self.mac = mac
    }
}
