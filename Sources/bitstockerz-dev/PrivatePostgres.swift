import FoundationEssentials
import Glibc
import Supervision
import System

/// A PostgreSQL of the stack's own: Unix socket only, no passwords. The user who runs the stack may be the role
/// `bitstockerz`, which owns the database as in production, or `postgres`, for tests that make databases.
struct PrivatePostgres {
    let layout: StackLayout
    let programs: String

    /// The directory of the newest installed server, 15 or later.
    static var programs: String? {
        let root = "/usr/lib/postgresql"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        let newest = versions.compactMap(Int.init).filter { $0 >= 15 }.max()
        return newest.map { "\(root)/\($0)/bin" }
            .flatMap { Command.find("postgres", in: [$0]) == nil ? nil : $0 }
    }

    init(_ layout: StackLayout) throws {
        guard let programs = Self.programs else { throw SupervisionError("PostgreSQL 15 or later is not installed") }
        self.layout = layout
        self.programs = programs
    }

    var databaseURL: String { Self.conninfo(sockets: layout.sockets, role: "bitstockerz", database: "bitstockerz") }

    static func conninfo(sockets: String, role: String, database: String) -> String {
        let host = sockets.replacing("\\", with: "\\\\").replacing("'", with: "\\'")
        return "host='\(host)' user=\(role) dbname=\(database)"
    }

    /// SIGINT ends the sessions and writes everything down; SIGQUIT leaves that to the next start.
    var service: Service {
        var command = Command("\(programs)/postgres", ["-D", layout.database], environment: StackEnvironment.base)
        let sockets = layout.sockets.replacing("\"", with: "\"\"")
        for setting in [
            "listen_addresses=", "unix_socket_directories=\"\(sockets)\"", "unix_socket_permissions=0700",
            "max_connections=100", "shared_buffers=64MB", "log_timezone=UTC", "TimeZone=UTC", "lc_messages=C",
            "log_checkpoints=off", "cluster_name=bitstockerz-development",
        ] { command.arguments += ["-c", setting] }
        command.deathSignal = SIGINT
        return Service("postgres", command, stopSignals: [(SIGINT, 20_000), (SIGQUIT, 5000)])
    }

    /// Makes the cluster on the first start. It appears under its name when it is whole, never before.
    func initialize(under stack: inout DevelopmentStack) throws {
        if !FileManager.default.fileExists(atPath: "\(layout.database)/PG_VERSION") {
            let fresh = "\(layout.database).new"
            try? FileManager.default.removeItem(atPath: fresh)
            try stack.run(
                "initdb", "\(programs)/initdb",
                [
                    "-D", fresh, "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "--auth=peer", "--no-instructions",
                ])
            try FileManager.default.moveItem(atPath: fresh, toPath: layout.database)
        }
        let user = try SystemUser.current().name
        try "local all all peer map=development\n"
            .write(toFile: "\(layout.database)/pg_hba.conf", atomically: true, encoding: .utf8)
        // Root may become that user anyway; letting it in spares the admin tool a change of user.
        try Set([user, "root"]).sorted().map { "development \"\($0)\" bitstockerz\ndevelopment \"\($0)\" postgres\n" }
            .joined()
            .write(toFile: "\(layout.database)/pg_ident.conf", atomically: true, encoding: .utf8)
        try endPredecessor()
    }

    /// Waits until the server takes sessions, then makes what a new cluster lacks.
    func prepare(under stack: inout DevelopmentStack) throws {
        try stack.wait("PostgreSQL", log: "postgres", seconds: 60) { [programs, layout] stack in
            try stack.attempt("\(programs)/pg_isready", ["-q", "-h", layout.sockets]) == 0
        }
        let statements = """
            SELECT 'CREATE ROLE bitstockerz LOGIN' WHERE NOT EXISTS \
            (SELECT FROM pg_roles WHERE rolname = 'bitstockerz') \\gexec
            SELECT 'CREATE DATABASE bitstockerz OWNER bitstockerz' WHERE NOT EXISTS \
            (SELECT FROM pg_database WHERE datname = 'bitstockerz') \\gexec

            """
        let file = "\(layout.state)/prepare.sql"
        try statements.write(toFile: file, atomically: true, encoding: .utf8)
        try stack.run(
            "psql", "\(programs)/psql",
            ["-qX", "-v", "ON_ERROR_STOP=1", "-h", layout.sockets, "-U", "postgres", "-d", "postgres", "-f", file])
        try FileManager.default.removeItem(atPath: file)
    }

    /// A supervisor that was killed takes its server with it, but the server needs a moment to write everything down.
    /// A lock file whose process id now belongs to something else would stop the next server for ever.
    private func endPredecessor() throws {
        let locks = ["\(layout.database)/postmaster.pid", "\(layout.sockets)/.s.PGSQL.5432.lock"]
        for lock in locks {
            guard let text = try? String(contentsOfFile: lock, encoding: .utf8),
                let pid = text.split(separator: "\n").first.flatMap({ Int32($0) })
            else { continue }
            waitForEnd(of: pid, Deadline(milliseconds: 20_000))
            if isOurs(pid) { kill(pid, SIGQUIT) }
            waitForEnd(of: pid, Deadline(milliseconds: 10_000))
            guard !isOurs(pid) else { throw SupervisionError("an earlier PostgreSQL (pid \(pid)) does not end") }
            try? FileManager.default.removeItem(atPath: lock)
        }
    }

    private func waitForEnd(of pid: Int32, _ deadline: Deadline) {
        while isOurs(pid), deadline.remainingMilliseconds > 0 { usleep(50_000) }
    }

    private func isOurs(_ pid: Int32) -> Bool {
        let folder = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/cwd")
        return ProcessTable.name(of: pid) == "postgres" && folder == layout.database
    }
}
