import Foundation
import Postgres

/// The real PgBouncer, set as the example for operators says, before a Postgres on a Unix socket.
public final class TestPooler: Sendable {
    private let pooler: TestProgram
    /// Holds its socket.
    public var directory: String { pooler.directory }

    /// - Parameters:
    ///   - server: the folder of the server's socket; the server may come later.
    ///   - sessions: how many the pooler has with the server.
    public init(before server: String, sessions: Int) throws {
        pooler = try TestProgram(
            Self.script, [Repository.root + "systemd/pgbouncer.ini.example", server, "\(sessions)"])
        let socket = pooler.directory + "/.s.PGSQL.6432"
        for _ in 0..<600 {
            if FileManager.default.fileExists(atPath: socket) { return }
            usleep(20_000)
        }
        throw pooler.failure("PgBouncer did not start: apt-get install pgbouncer")
    }

    /// libpq's connection string for a database of the server.
    public func conninfo(database: String) -> String {
        "host=\(pooler.directory) port=6432 dbname=\(database) user=bitstockerz"
    }

    /// Ends it, with everybody's sessions.
    public func stop() { pooler.stop() }

    private static let script = """
        sed "s|^bitstockerz = .*|* = host=$3|" "$2" >pgbouncer.ini
        printf '%s\n' "default_pool_size = $4" "unix_socket_dir = $1" "logfile = $1/log" 'pidfile =' 'listen_addr =' \\
            'auth_type = trust' 'auth_file = users' >>pgbouncer.ini
        echo '"bitstockerz" ""' >users
        chmod a+r *
        $as /usr/sbin/pgbouncer -q pgbouncer.ini </dev/null >out 2>&1 &
        pooler=$!
        cat >/dev/null
        kill -CONT $pooler
        kill -TERM $pooler
        wait $pooler
        """
}
