import Foundation
import Glibc
import Postgres

/// A private Postgres: its own data, one Unix socket, nothing kept safe on disk.
public final class TestCluster: Sendable {
    /// The cluster of this test process, started by whoever asks first.
    public static let shared: TestCluster = {
        do { return try TestCluster() } catch { fatalError("no Postgres for the tests: \(error)") }
    }()

    /// Holds data, socket and log.
    public var directory: String { server.directory }
    private let server: TestProgram

    /// Starts one of one's own, for tests that stop or kill the server.
    ///
    /// - Parameter primary: the server that this one follows as a streaming replica, until it is promoted.
    public init(following primary: TestCluster? = nil) throws {
        server = try TestProgram(Self.script, [try Self.programs(), primary?.directory ?? ""])
        try waitUntilReady()
    }

    /// libpq's connection string for one of its databases.
    public func conninfo(database: String) -> String { "host=\(directory) dbname=\(database) user=bitstockerz" }

    /// The server's first process, for tests that signal it.
    public func postmaster() throws -> pid_t {
        let file = try String(contentsOfFile: directory + "/data/postmaster.pid", encoding: .utf8)
        guard let pid = pid_t(file.prefix { $0.isNumber }) else { throw TestProgram.Failure("no postmaster") }
        return pid
    }

    /// Stops the server and removes its folder; returns when both are gone.
    public func stop() { server.stop() }

    private static let script = """
        if [ -n "$3" ]; then
            $as "$2/pg_basebackup" -h "$3" -U bitstockerz -D "$1/data" -R -c fast --no-sync >"$1/log" 2>&1
        else
            $as "$2/initdb" -D "$1/data" -U bitstockerz -A trust -E UTF8 --no-locale --no-sync >"$1/log" 2>&1
        fi
        $as "$2/postgres" -D "$1/data" -k "$1" -c listen_addresses= -c fsync=off -c full_page_writes=off \\
            -c max_connections=200 -c shared_buffers=64MB -c max_wal_size=1GB >>"$1/log" 2>&1 </dev/null &
        server=$!
        cat >/dev/null
        kill -CONT $server
        kill -INT $server
        wait $server
        """

    /// Where the newest installed server's programs are.
    private static func programs() throws -> String {
        let root = "/usr/lib/postgresql"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        guard let version = versions.compactMap({ Int($0) }).filter({ $0 >= 15 }).max() else {
            throw TestProgram.Failure("PostgreSQL 15 or later is not installed: apt-get install postgresql-15")
        }
        return "\(root)/\(version)/bin"
    }

    private func waitUntilReady() throws {
        for _ in 0..<600 {
            if (try? Connection(conninfo(database: "postgres"))) != nil { return }
            usleep(100_000)
        }
        throw server.failure("the server did not start")
    }
}
