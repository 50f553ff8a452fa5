import FoundationEssentials
import Glibc
import Supervision

/// What `bitstockerz-dev status --json` prints; the supervisor keeps it in its state directory.
struct StackStatus: Codable {
    struct Child: Codable {
        let name: String
        /// Null while it waits to be started again.
        let pid: Int32?
        let restarts: Int
    }

    let pid: Int32
    let port: UInt16
    let url: String
    let state: String
    let databaseURL: String
    let backtestdSocket: String
    var isReady: Bool
    var children: [Child]

    enum CodingKeys: String, CodingKey {
        case pid, port, url, state, children
        case databaseURL = "database_url"
        case backtestdSocket = "backtestd_socket"
        case isReady = "ready"
    }

    /// Nil when no supervisor holds this state directory.
    static func read(_ layout: StackLayout) throws -> StackStatus? {
        guard FileLock.isHeld(layout.lock), let data = FileManager.default.contents(atPath: layout.status) else {
            return nil
        }
        return try JSONDecoder().decode(StackStatus.self, from: data)
    }

    var json: Data {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            return try encoder.encode(self)
        }
    }
}
