import FoundationEssentials
import Glibc
import Supervision
import System

/// Where the parts of a development stack lie. All paths are absolute.
struct StackLayout {
    let state: String
    let web: String
    let libexec: String
    let share: String
    /// Of Unix sockets: inside the state directory, unless their paths would grow longer than the system allows.
    let sockets: String
    /// This program.
    let executable: String
    /// The admin tool, beside it.
    let tool: String

    var database: String { "\(state)/postgres" }
    var logs: String { "\(state)/log" }
    var nginx: String { "\(state)/nginx" }
    /// As long-lived as the database, whose audit trail it signs.
    var serverSecret: String { "\(state)/server-secret" }
    var lock: String { "\(state)/supervisor.lock" }
    var status: String { "\(state)/supervisor.json" }
    var metricsFile: String { "\(state)/metrics" }
    var nginxRefusals: String { "\(logs)/refused" }
    var responderSocket: String { "\(sockets)/responder.sock" }
    var outboundSocket: String { "\(sockets)/outbound.sock" }
    var backtestdSocket: String { "\(sockets)/backtestd.sock" }

    init(_ options: StackOptions) throws {
        executable = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        tool = URL(fileURLWithPath: executable).deletingLastPathComponent().path + "/bitstockerz"
        let prefix = URL(fileURLWithPath: executable).deletingLastPathComponent().deletingLastPathComponent().path
        state = Self.absolute(options.state)
        libexec = Self.absolute(options.libexec ?? "\(prefix)/libexec/bitstockerz")
        share = Self.absolute(options.share ?? "\(prefix)/share/bitstockerz")
        web = Self.absolute(options.web ?? "\(share)/web")
        sockets = Self.sockets(for: state)
    }

    /// The longest name in the folder is PostgreSQL's own, and a path ends before byte 107.
    static func sockets(for state: String) -> String {
        let inside = "\(state)/run"
        guard "\(inside)/.s.PGSQL.5432".utf8.count >= 107 else { return inside }
        // FNV-1a: the same state directory always leads to the same folder.
        let hash = state.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        return "/tmp/bitstockerz-\(String(hash, radix: 36))"
    }

    /// What a start needs and does not find, in words.
    func missing() -> [String] {
        var missing: [String] = []
        let needed = [
            ("\(libexec)/responder", "the responder"), ("\(libexec)/outbound", "the responder that asks other servers"),
            ("\(libexec)/backtestd", "the backtest daemon"), ("\(libexec)/worker", "the worker"),
            (tool, "the admin tool"),
            ("\(share)/nginx/development.conf", "nginx's configuration"), ("\(share)/Migrations", "the migrations"),
            ("\(web)/index.html", "the built page"),
        ]
        for (path, what) in needed where !FileManager.default.fileExists(atPath: path) {
            missing.append("\(what) is not at \(path)")
        }
        if PrivatePostgres.programs == nil { missing.append("PostgreSQL 15 or later is not installed (postgresql)") }
        if DevelopmentNginx.program == nil { missing.append("nginx is not installed (nginx-light)") }
        return missing
    }

    /// Makes the directories that belong to the running user.
    func make() throws {
        for path in [state, sockets, logs, nginx] {
            try Self.makeDirectory(path)
        }
        if !FileManager.default.fileExists(atPath: serverSecret) {
            let secret = Random.bytes(32).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
            let made = FileManager.default.createFile(
                atPath: serverSecret, contents: Data(secret.utf8), attributes: [.posixPermissions: 0o600]
            )
            guard made else { throw SupervisionError("\(serverSecret) cannot be written") }
        }
        // Outside the state directory anybody could have made this folder first.
        var found = stat()
        guard lstat(sockets, &found) == 0, found.st_mode & S_IFMT == S_IFDIR, found.st_uid == geteuid()
        else { throw SupervisionError("\(sockets) belongs to somebody else") }
    }

    /// With those above it, for the running user alone; one that is there stays as it is.
    static func makeDirectory(_ path: String) throws {
        let parts = path.split(separator: "/")
        for count in parts.indices {
            let part = "/" + parts[...count].joined(separator: "/")
            var found = stat()
            if stat(part, &found) == 0, found.st_mode & S_IFMT == S_IFDIR { continue }
            guard mkdir(part, 0o700) == 0 else {
                let reason = errno == EEXIST ? "something else has that name" : String(cString: strerror(errno))
                throw SupervisionError("the directory \(part) cannot be made: \(reason)")
            }
        }
    }

    private static func absolute(_ path: String) -> String {
        URL(fileURLWithPath: path).standardizedFileURL.path
    }
}
