import Foundation
import Glibc
import Postgres
import TestSupport
import Testing

@Suite struct LostSessionTests {
    @Test func `a session that the server ended says so and stays ended`() throws {
        let database = try TestDatabase(migrated: false)
        var db = try database.connect()
        try end(&db, database)
        let codes = (0..<3).map { _ in refusal(of: "SELECT 1", in: &db) }
        #expect(codes == [.connectionLost, .connectionLost, .connectionLost])
        #expect(db.isUsable == false)
        let copy = thrown { try db.copyIn("COPY t FROM STDIN (FORMAT binary)") { _ in } }
        let transaction = thrown { try db.transaction { _ in } }
        #expect(copy == .connectionLost)
        #expect(transaction == .connectionLost)
    }

    @Test func `an idle session notices its end without asking`() throws {
        let database = try TestDatabase(migrated: false)
        var db = try database.connect()
        #expect(db.checkAlive() == true)
        try end(&db, database)
        // The first look, not a later one: the last words of the server and the end of the stream have both arrived.
        #expect(db.checkAlive() == false)
        #expect(db.isUsable == false)
    }

    @Test func `a session lost in a transaction says so, not that it was rolled back`() throws {
        let database = try TestDatabase(migrated: false)
        var db = try database.connect()
        let code = thrown {
            try db.transaction { db in
                try end(&db, database)
                try db.execute("SELECT 1")
            }
        }
        #expect(code == .connectionLost)
        #expect(db.isUsable == false)
    }

    @Test func `a server that stops answering costs the session, not the caller`() throws {
        var db = try empty.connect(SessionSettings(statementTimeoutMilliseconds: 100, graceMilliseconds: 100))
        let backend = pid_t(try db.query("SELECT pg_backend_pid()").int(0, 0))
        kill(backend, SIGSTOP)
        defer { kill(backend, SIGCONT) }
        let code = refusal(of: "SELECT 1", in: &db)
        #expect(code == .connectionLost)
        #expect(db.isUsable == false)
    }

    @Test func `a server that stops in the middle of a COPY costs the session, not the caller`() throws {
        var db = try empty.connect(SessionSettings(statementTimeoutMilliseconds: 100, graceMilliseconds: 100))
        try db.script("CREATE TEMP TABLE t (a integer)")
        let backend = pid_t(try db.query("SELECT pg_backend_pid()").int(0, 0))
        defer { kill(backend, SIGCONT) }
        let code = thrown {
            try db.copyIn("COPY t FROM STDIN (FORMAT binary)") { writer in
                kill(backend, SIGSTOP)
                while true {
                    try writer.row(columns: 1)
                    writer.int32(1)
                }
            }
        }
        #expect(code == .connectionLost)
        #expect(db.isUsable == false)
    }

    @Test func `a server that takes the call and says nothing is unreachable`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "pg-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let silent = try listener(at: folder.path + "/.s.PGSQL.5432")
        defer { close(silent) }
        let code = thrown {
            _ = try Connection("host=\(folder.path) dbname=x", SessionSettings(connectTimeoutSeconds: 1))
        }
        #expect(code == .unreachable)
    }

    @Test(arguments: [
        "host=/nonexistent dbname=x", "host=\(TestCluster.shared.directory) dbname=nowhere user=bitstockerz",
        "host=\(TestCluster.shared.directory) dbname=postgres user=nobody", "nonsense=1", "postgres://[",
    ])
    func `no session is opened where there is none to have`(_ conninfo: String) {
        let code = thrown { _ = try Connection(conninfo) }
        #expect(code == .unreachable)
    }

    @Test func `a password is in no error message`() {
        do {
            _ = try Connection("host=/nonexistent dbname=x password=hunter2")
            Issue.record("connected")
        } catch {
            #expect(!"\(error)".contains("hunter2"))
            #expect(!error.message.isEmpty)
        }
    }

    @Test func `a crash of the whole server is noticed and a new session opens after it`() throws {
        let cluster = try TestCluster()
        defer { cluster.stop() }
        var db = try Connection(cluster.conninfo(database: "postgres"))
        let backend = pid_t(try db.query("SELECT pg_backend_pid()").int(0, 0))
        kill(backend, SIGKILL)  // the postmaster ends all sessions and starts over
        let noticed = eventually { !db.checkAlive() }
        #expect(noticed)
        let isBack = eventually { (try? Connection(cluster.conninfo(database: "postgres"))) != nil }
        #expect(isBack)
    }

    @Test func `a child process cannot use its parent's session`() throws {
        typealias Fork = @convention(c) () -> pid_t
        let symbol = try #require(dlsym(UnsafeMutableRawPointer(bitPattern: 0), "fork"))
        var db = try empty.connect()
        let child = unsafeBitCast(symbol, to: Fork.self)()
        if child == 0 { _exit(db.isUsable ? 1 : 42) }
        var status: Int32 = 0
        waitpid(child, &status, 0)
        #expect(status == 42 << 8)
        #expect(try db.query("SELECT 1").int(0, 0) == 1)
    }

    private func end(_ db: inout Connection, _ database: TestDatabase) throws {
        let pid = try db.query("SELECT pg_backend_pid()").int(0, 0)
        var other = try database.connect()
        try other.execute("SELECT pg_terminate_backend($1, 10000)", [Parameter(pid)])
    }

    private func listener(at path: String) throws -> Int32 {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, size) }
        }
        try #require(bound == 0 && listen(descriptor, 8) == 0)
        return descriptor
    }
}
