import Foundation
import Glibc
import Postgres

/// A private Postgres: its own data, one Unix socket, nothing kept safe on disk.
///
/// It lives as long as a pipe that we hold: a small shell waits for the pipe's end, then stops the server and removes
/// its folder. So nothing is left behind however the test process ends.
public final class TestCluster: Sendable {
    /// The cluster of this test process, started by whoever asks first.
    public static let shared: TestCluster = {
        do { return try TestCluster() } catch { fatalError("no Postgres for the tests: \(error)") }
    }()

    /// Holds data, socket and log.
    public let directory: String
    private let shell: pid_t
    private let pipe: Int32

    /// Starts one of one's own, for tests that stop or kill the server.
    public init() throws {
        // Short, for the path of a Unix socket has only 107 bytes; and where an unprivileged user may go.
        var template = Array((NSTemporaryDirectory() + "bst-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else { throw Failure("mkdtemp: errno \(errno)") }
        directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        var ends: [Int32] = [0, 0]
        // Nobody else may inherit our end, or the server would outlive us.
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw Failure("socketpair: errno \(errno)")
        }
        pipe = ends[1]
        defer { close(ends[0]) }
        shell = try Self.spawn(
            ["/bin/bash", "-c", Self.script, "bash", directory, try Self.programs()], standardInput: ends[0])
        try waitUntilReady()
    }

    deinit { stop() }

    /// libpq's connection string for one of its databases.
    public func conninfo(database: String) -> String { "host=\(directory) dbname=\(database) user=bitstockerz" }

    /// The server's first process, for tests that signal it.
    public func postmaster() throws -> pid_t {
        let file = try String(contentsOfFile: directory + "/data/postmaster.pid", encoding: .utf8)
        guard let pid = pid_t(file.prefix { $0.isNumber }) else { throw Failure("no postmaster") }
        return pid
    }

    /// Stops the server and removes its folder; returns when both are gone.
    public func stop() {
        guard close(pipe) == 0 else { return }
        var status: Int32 = 0
        while waitpid(shell, &status, 0) == -1, errno == EINTR {}
    }

    private static let script = """
        trap '' HUP INT TERM
        # A socket that a test forgot to mark would otherwise stay open in the server.
        for fd in /proc/$$/fd/*; do fd=${fd##*/}; [ "$fd" -gt 2 ] && [ "$fd" != 255 ] && eval "exec $fd>&-"; done
        as=
        if [ "$(id -u)" = 0 ]; then
            chown postgres "$1"
            as="setpriv --reuid postgres --regid postgres --init-groups"
        fi
        cd "$1"
        $as "$2/initdb" -D "$1/data" -U bitstockerz -A trust -E UTF8 --no-locale --no-sync >"$1/log" 2>&1
        $as "$2/postgres" -D "$1/data" -k "$1" -c listen_addresses= -c fsync=off -c full_page_writes=off \\
            -c max_connections=200 -c shared_buffers=64MB -c max_wal_size=1GB >>"$1/log" 2>&1 </dev/null &
        server=$!
        cat >/dev/null
        kill -CONT $server
        kill -INT $server
        wait $server
        rm -rf "$1"
        """

    /// Where the newest installed server's programs are.
    private static func programs() throws -> String {
        let root = "/usr/lib/postgresql"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        guard let version = versions.compactMap({ Int($0) }).filter({ $0 >= 15 }).max() else {
            throw Failure("PostgreSQL 15 or later is not installed: apt-get install postgresql-15")
        }
        return "\(root)/\(version)/bin"
    }

    private static func spawn(_ arguments: [String], standardInput: Int32) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, standardInput, 0)
        // Not our output: whoever reads it would wait for the server's end.
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        let copies = arguments.map { strdup($0) } + [nil]
        defer { for copy in copies { free(copy) } }
        var pid: pid_t = 0
        let status = posix_spawn(&pid, arguments[0], &actions, nil, copies, environ)
        guard status == 0 else { throw Failure("posix_spawn: errno \(status)") }
        return pid
    }

    private func waitUntilReady() throws {
        for _ in 0..<600 {
            if (try? Connection(conninfo(database: "postgres"))) != nil { return }
            usleep(100_000)
        }
        let log = (try? String(contentsOfFile: directory + "/log", encoding: .utf8)) ?? "no log"
        stop()
        throw Failure("the server did not start:\n\(log)")
    }

    struct Failure: Error, CustomStringConvertible {
        let description: String
        init(_ description: String) { self.description = description }
    }
}
