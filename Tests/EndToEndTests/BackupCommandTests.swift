import Foundation
import Glibc
import JSON
import Postgres
import System
import TestSupport
import Testing

/// `bitstockerz backup` and `bitstockerz restore` as an operator runs them.
@Suite(.enabled(if: hasBuild, "needs the release build: run make test"))
struct BackupCommandTests {
    private let folder = try! TemporaryFolder()
    private var archives: String { folder.path + "/archives" }
    private var key: String { folder.path + "/key" }
    private let secret = String(repeating: "5a", count: 32)

    init() throws {
        try FileManager.default.createDirectory(atPath: folder.path + "/archives", withIntermediateDirectories: true)
        #expect(try TestServer.run(["backup-key", folder.path + "/key"]).status == 0)
    }

    private func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: archives) }

    private func run(_ arguments: String..., on database: TestDatabase) throws -> (
        status: Int32, output: String, errors: String
    ) {
        try TestServer.run(arguments, environment: environment(of: database))
    }

    private func environment(of database: TestDatabase) -> [String: String] {
        [
            "DATABASE_URL": database.conninfo, "SERVER_SECRET": secret,
            "MIGRATIONS_DIR": TestServer.share + "/Migrations",
        ]
    }

    /// Starts a shell that may use `$tool`; its messages go to `errors` in the folder.
    private func shell(_ script: String, on database: TestDatabase) throws -> Process {
        let tool = Process()
        tool.executableURL = URL(filePath: "/bin/sh")
        tool.arguments = ["-c", script]
        tool.environment = ProcessInfo.processInfo.environment.merging(environment(of: database)) { $1 }.merging([
            "tool": try #require(TestServer.build).binaries + "/bitstockerz", "key": key, "archives": archives,
            "errors": folder.path + "/errors",
        ]) { $1 }
        tool.standardInput = FileHandle.nullDevice
        try tool.run()
        return tool
    }

    private func database(bars: Int = 1_000) throws -> TestDatabase {
        let database = try TestDatabase()
        var db = try database.connect(SessionSettings(statementTimeoutMilliseconds: 60_000))
        try db.script(
            """
            INSERT INTO symbols (symbol, name, asset_type, base_asset, quote_asset)
              VALUES ('BTC-USD', 'Bitcoin', 'CRYPTO', 'BTC', 'USD');
            INSERT INTO crypto_hourly_bars (symbol_id, ts, open, high, low, close, volume, provider)
              SELECT 1, timestamptz '2000-01-01Z' + i * interval '1 hour', p, p + 1, p, p + 1, i, 'file'
              FROM (SELECT i, 1 + random() * 1000 p FROM generate_series(1, \(bars)) i) s
            """)
        return database
    }

    @Test func `a drill: backed up under load, people leave, restored, and everything holds`() throws {
        let server = try TestServer()
        defer { server.stop() }
        let environment = try server.adminEnvironment().merging(["MIGRATIONS_DIR": TestServer.share + "/Migrations"]) {
            $1
        }
        let browser = TestBrowser(server.client), authenticator = SoftwareAuthenticator(origin: browser.origin, .es256)
        #expect(try browser.signUp("leaves@example.org", authenticator).status == 201)
        #expect(try server.command("maintenance").contains("audit_checkpoint"))
        // Somebody is at work all the while.
        let load = Thread {
            while !Thread.current.isCancelled {
                _ = try? server.command("user", "create", "--email", "\(UUID().uuidString)@example.org")
            }
        }
        load.start()
        let backup = try TestServer.run(["backup", archives, "--key", key, "--json"], environment: environment)
        load.cancel()
        #expect(backup.status == 0, "\(backup.errors)")
        let archive = try #require(try parse(Array(backup.output.utf8)).objectValue?["archive"]?.stringValue)
        #expect(try browser.send("DELETE", "/api/me", ["email": "leaves@example.org"]).status == 204)

        let url = try server.databaseURL()
        var admin = try Connection(url.replacingOccurrences(of: "user=bitstockerz", with: "user=postgres"))
        try admin.script("CREATE DATABASE restored OWNER bitstockerz TEMPLATE template0")
        let logs = server.state + "/log"
        let journal = try FileManager.default.contentsOfDirectory(atPath: logs).sorted().map {
            try String(contentsOfFile: "\(logs)/\($0)", encoding: .utf8)
        }.joined()
        try journal.write(toFile: folder.path + "/journal", atomically: true, encoding: .utf8)
        let restored = try TestServer.run(
            ["restore", archive, "--into", "restored", "--key", key, "--journal", folder.path + "/journal", "--json"],
            environment: environment)
        #expect(restored.status == 0, "\(restored.errors)")
        let told = try parse(Array(restored.output.utf8)).objectValue
        #expect(told?["accounts_deleted"] == 1 && told?["has_admin"] == true && told?["new_migrations"] == 0)
        #expect(told?["checkpoints"]?.numberValue?.int ?? 0 >= 1 && told?["foreign_lines"] == 0)

        let there = url.replacingOccurrences(of: "dbname=bitstockerz", with: "dbname=restored")
        #expect(there != url)
        let audit = try TestServer.run(
            ["audit", "verify", "--checkpoints", folder.path + "/journal", "--database", there],
            environment: environment)
        #expect(audit.status == 0, "\(audit.output) \(audit.errors)")
        #expect(try TestServer.run(["ledger", "verify", "--database", there], environment: environment).status == 0)
        #expect(
            try TestServer.run(["migrate", "--dry-run", "--database", there], environment: environment).status == 0)
        var db = try Connection(there)
        let (sessions, people): (Int, [String]) = try db.run(
            .value("SELECT count(*) FROM sessions"),
            .values("SELECT email FROM users WHERE email IN ('leaves@example.org', 'admin@example.org')"))
        #expect(sessions == 0 && people == ["admin@example.org"])
    }

    @Test func `what an archive is, is told without a database`() throws {
        let source = try database()
        #expect(try run("backup", archives, "--key", key, on: source).output.contains(" rows of "))
        let file = archives + "/" + (try names())[0]
        #expect(try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int == 0o600)
        let told = try TestServer.run(
            ["restore", archives, "--verify-only", "--key", key], environment: ["DATABASE_URL": "host=/nowhere"])
        #expect(
            told.status == 0
                && told.output.split(separator: "\n").contains {
                    $0.hasPrefix("public.crypto_hourly_bars ") && $0.hasSuffix(" 1000")
                }, "\(told.errors)")
        let json = try run("restore", file, "--verify-only", "--key", key, "--json", on: source)
        #expect(try parse(Array(json.output.utf8)).objectValue?["rows"]?.objectValue?["public.symbols"] == 1)
    }

    @Test func `each refusal has its exit code, and one sentence`() throws {
        let source = try database(), key = key
        #expect(try run("backup", archives, on: source).status == 64)
        #expect(try run("backup", archives, "--key", folder.path + "/none", on: source).status == 66)
        #expect(try run("backup", folder.path + "/none", "--key", key, on: source).status == 73)
        #expect(try names() == [])
        #expect(try run("backup", archives, "--unencrypted", on: source).status == 0)
        let file = archives + "/" + (try names())[0]
        #expect(try run("restore", file, "--verify-only", "--key", key, on: source).status == 65)
        #expect(try run("restore", file, "--verify-only", on: source).status == 0)
        for (into, journal, status, words) in [
            (source.name, "--no-journal", 69, "is not empty"), ("nowhere", "--no-journal", 69, "is not reachable"),
            (source.name, "--journal=/dev/null", 66, "tells of no checkpoint"),
            (source.name, "--journal=/nowhere", 66, "cannot be read"),
        ] as [(String, String, Int32, String)] {
            let refused = try run("restore", file, "--into", into, journal, on: source)
            #expect(refused.status == status && refused.errors.contains(words), "\(refused.errors)")
            #expect(refused.errors.split(separator: "\n").count == 1 && refused.output.isEmpty)
        }
        let old = archives + "/old"
        try FileManager.default.createDirectory(atPath: old, withIntermediateDirectories: true)
        #expect(try run("restore", old, "--verify-only", on: source).errors.contains("there is no archive in"))
        #expect(try run("restore", file, "--verify-only", "--max-age-hours", "1", on: source).status == 0)
        #expect(try run("restore", file, "--verify-only", "--max-age-hours", "0", on: source).status == 64)
        let bytes = Array(try Data(contentsOf: URL(filePath: file)))
        try Data(bytes.dropLast(7)).write(to: URL(filePath: file))
        let cut = try run("restore", file, "--verify-only", on: source)
        #expect(cut.status == 65 && cut.errors.contains("is cut or was changed"))
        chmod(key, 0o644)
        #expect(try run("restore", file, "--verify-only", "--key", key, on: source).status == 78)
    }

    @Test func `a full disk leaves nothing, and is one sentence`() throws {
        let source = try database(bars: 20_000)
        for (script, words) in [
            (#"ulimit -f 100; exec "$tool" backup "$archives" --key "$key" 2>"$errors""#, "File too large"),
            (#"exec "$tool" backup - --key "$key" >/dev/full 2>"$errors""#, "No space left on device"),
        ] {
            let tool = try shell(script, on: source)
            tool.waitUntilExit()
            let errors = try String(contentsOfFile: folder.path + "/errors", encoding: .utf8)
            #expect(tool.terminationReason == .exit && tool.terminationStatus == 73, "\(errors)")
            #expect(errors.contains("the archive cannot be written: ") && errors.contains(words), "\(errors)")
            #expect(errors.split(separator: "\n").count == 1)
            #expect(try names() == [])
        }
    }

    @Test func `an archive goes through a pipe`() throws {
        let source = try database()
        let tool = try shell(#"exec "$tool" backup - --key "$key" >"$archives/a""#, on: source)
        tool.waitUntilExit()
        #expect(tool.terminationStatus == 0)
        #expect(try run("restore", archives + "/a", "--verify-only", "--key", key, on: source).status == 0)
        let target = try TestDatabase(migrated: false)
        let restored = try run(
            "restore", archives + "/a", "--into", target.name, "--key", key, "--no-journal", on: source)
        #expect(
            restored.status == 0 && restored.errors.contains("who has left since the backup is back"), "\(restored)")
    }

    @Test func `a backup that is killed leaves no archive, and the next one sweeps up`() throws {
        let source = try database(bars: 300_000)
        let tool = try shell(#"exec "$tool" backup "$archives" --key "$key" 2>"$errors""#, on: source)
        try poll("it writes", seconds: 30) {
            guard tool.isRunning else { throw TestServer.Failure(description: "it ended too early") }
            return try !names().isEmpty
        }
        kill(tool.processIdentifier, SIGKILL)
        tool.waitUntilExit()
        #expect(tool.terminationReason == .uncaughtSignal)
        #expect(try names().allSatisfy { $0.hasPrefix(".") && $0.hasSuffix(".partial") })
        #expect(try run("restore", archives, "--verify-only", "--key", key, on: source).status == 66)
        var db = try source.connect()
        try poll("pg_dump is gone, too", seconds: 30) {
            try db.run(
                Query<Int>.value(
                    """
                    SELECT count(*) FROM pg_stat_activity
                    WHERE datname = current_database() AND application_name = 'pg_dump'
                    """)) == 0
        }
        #expect(try run("backup", archives, "--key", key, on: source).status == 0)
        let left = try names()
        #expect(left.count == 1 && left[0].hasSuffix(".backup"))
    }

    @Test func `a database that was set back by other means is settled, once it is the journal's`() throws {
        let database = try TestDatabase()
        #expect(try run("user", "create", "--email", "ada@example.org", on: database).status == 0)
        let journal = folder.path + "/journal"
        try run("audit", "checkpoint", on: database).output.write(toFile: journal, atomically: true, encoding: .utf8)
        // Older than what the journal has seen: that much is lost.
        let lost = try run("restored", "--as-of", "2020-01-31T12:00:00Z", "--journal", journal, "--json", on: database)
        #expect(lost.status == 0, "\(lost.errors)")
        let told = try parse(Array(lost.output.utf8)).objectValue
        #expect(told?["audit_events"] == 1 && told?["checkpoints"] == 0 && told?["lost_events"] == 0)
        #expect(try run("audit", "verify", "--checkpoints", journal, on: database).status == 0)
        // Another database, which should have what the journal has seen.
        let other = try TestDatabase()
        let now = SystemClock.timestamp(SystemClock.unixMicroseconds())
        let refused = try run("restored", "--as-of", now, "--journal", journal, on: other)
        #expect(refused.status == 65 && refused.errors.contains("the database is not to be used: Chain "))
        // Nobody would be deleted again who has left since.
        let early = try run("restored", "--as-of", "9999-01-31T12:00:00Z", "--journal", journal, on: database)
        #expect(early.status == 64 && early.errors.contains("--as-of 9999-01-31T12:00:00Z is still to come"))
        #expect(try run("restored", "--as-of", "yesterday", "--no-journal", on: database).status == 64)
    }

    @Test func `a broken audit trail is restored for who says so, and told by every command after that`() throws {
        let source = try database(), target = try TestDatabase(migrated: false)
        #expect(try run("user", "create", "--email", "ada@example.org", on: source).status == 0)
        #expect(try run("user", "create", "--email", "bob@example.org", on: source).status == 0)
        var db = try source.connect()
        try db.script(
            """
            ALTER TABLE audit_events DISABLE TRIGGER USER;
            UPDATE audit_events SET event_type = 'user.invented' WHERE id = (SELECT max(id) FROM audit_events)
            """)
        #expect(try run("backup", archives, "--key", key, on: source).status == 0)
        let restore = ["restore", archives, "--into", target.name, "--key", key, "--no-journal"]
        let refused = try TestServer.run(restore, environment: environment(of: source))
        #expect(refused.status == 65 && refused.errors.contains("--accept-broken-audit takes the trail as it is"))
        let again = try TestDatabase(migrated: false)
        let accepted = try run(
            "restore", archives, "--into", again.name, "--key", key, "--no-journal", "--accept-broken-audit", on: source
        )
        #expect(accepted.status == 0, "\(accepted.errors)")
        #expect(accepted.errors.contains("it was changed.") && accepted.output.contains("is broken in 1 of its chains"))
        let verified = try run("audit", "verify", on: again)
        #expect(verified.status == 1 && verified.output.contains("it was changed."))
        let usage = try run("restore", archives, "--verify-only", "--accept-broken-audit", on: source)
        #expect(usage.status == 64 && usage.errors.contains("--accept-broken-audit goes with --into"))
    }

    @Test func `only the newest are kept`() throws {
        let source = try database(), target = archives
        for day in 1...3 {
            try Data([1]).write(to: URL(filePath: "\(target)/bitstockerz-2020010\(day)T000000Z.backup"))
        }
        try Data([1]).write(to: URL(filePath: "\(target)/mine"))
        let kept = try TestServer.run(
            ["backup", target, "--key", key, "--prune", "--json"],
            environment: environment(of: source).merging(["BACKUP_KEEP": "2"]) { $1 })
        #expect(kept.status == 0, "\(kept.errors)")
        #expect(try parse(Array(kept.output.utf8)).objectValue?["removed"]?.arrayValue?.count == 2)
        #expect(try names().count == 3 && names().contains("bitstockerz-20200103T000000Z.backup"))
    }
}
