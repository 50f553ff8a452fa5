import Crypto
import Daemon
import JSON
import Postgres
import System

/// That somebody deleted their account, signed, for a place outside the database: whoever restores an older copy of it
/// reads there who has to leave again. Holds the account's id, and nothing of the person.
public struct Farewell: Sendable, Hashable {
    public let userID: String
    /// Unix microseconds.
    public let time: Int64

    init(_ userID: String, time: Int64 = SystemClock.unixMicroseconds()) {
        self.userID = userID
        self.time = time
    }

    private static let member = "account_deleted"

    private func signature(_ key: AuditKey) -> [UInt8] { key.sign("farewell", Array("\(time)\n\(userID)".utf8)) }

    private func fields(_ key: AuditKey) -> KeyValuePairs<String, Value> {
        [
            Self.member: .string(userID), "time": .number(Number(Int(time))), "mac": .string(hex(signature(key))),
        ]
    }

    /// Tells the log at once, whatever its level.
    func tell(_ log: Log, _ key: AuditKey) { log.record("account deleted", fields(key)) }

    /// The same as a line for itself.
    func line(_ key: AuditKey) -> String {
        String(decoding: Value.object(Object(fields(key).map { ($0.key, $0.value) })).bytes, as: UTF8.self)
    }

    /// Of everybody who has left in the last days.
    static func recent(days: Int) -> Query<[Farewell]> {
        .all(
            """
            SELECT id, (extract(epoch FROM deleted_at) * 1000000)::int8 FROM users
            WHERE deleted_at > now() - make_interval(days => $1::int) ORDER BY deleted_at
            """, days
        ) { row in Farewell(try row.next(), time: Int64(try row.next() as Int)) }
    }

    /// What a line of a journal says.
    public enum Reading: Equatable, Sendable {
        case farewell(Farewell)
        /// One that was cut, or is not signed with our key.
        case foreign
        case somethingElse
    }

    public static func read(_ line: Substring, _ key: AuditKey) -> Reading {
        guard line.range(of: "\"\(member)\"") != nil, let start = line.firstIndex(of: "{") else {
            return .somethingElse
        }
        guard case .object(let object)? = try? parse(Array(line[start...].utf8)),
            let text = object[member]?.stringValue, let userID = UUID(text)?.text,
            let time = object["time"]?.numberValue?.int,
            let mac = object["mac"]?.stringValue.flatMap({ bytes(hex: $0) })
        else { return .foreign }
        let farewell = Farewell(userID, time: Int64(time))
        return constantTimeEqual(mac, farewell.signature(key)) ? .farewell(farewell) : .foreign
    }
}
