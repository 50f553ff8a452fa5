import Daemon
import Foundation
import Glibc
import JSON
import Postgres
import System
import TestSupport
import Testing

@testable import App
@testable import Backup

@Suite struct RestoreTests {
    private let folder = try! TemporaryFolder()
    private let source = try! TestDatabase()
    private let target = try! TestDatabase(migrated: false)
    private static let secret = String(repeating: "5a", count: 32)
    private let configuration = try! Configuration(["SERVER_SECRET": secret])
    private var auditKey: AuditKey { configuration.serverSecret!.auditKey }

    private func people(_ names: String..., in db: inout Connection) throws -> [String] {
        try names.map { try Users.create(email: "\($0)@example.org", displayName: nil, configuration, in: &db).id }
    }

    @discardableResult
    private func backUp(_ key: BackupKey? = nil, in db: inout Connection) throws -> String {
        let made = try #require(BackUp(to: .folder(folder.path), key, auditKey).run(in: &db).path)
        // Archives are called by the second, and the next may be made in the same.
        return try folder.putAside(made)
    }

    private func restore(
        _ path: String, _ key: BackupKey? = nil, journal: String = "", auditKey other: AuditKey? = nil,
        migrations: String = Repository.migrations, into database: TestDatabase? = nil, acceptsBrokenAudit: Bool = false
    ) throws -> Restore.Report {
        var records = JournalRecords(other ?? auditKey)
        // In pieces, as a pipe gives them.
        for piece in stride(from: 0, to: journal.utf8.count, by: 100) {
            records.take(Array(journal.utf8.dropFirst(piece).prefix(100)))
        }
        records.finish()
        let restore = try Restore(
            VerifiedArchive(path, key), configuration, Migrator(directory: migrations), other ?? auditKey, records,
            acceptsBrokenAudit: acceptsBrokenAudit)
        let database = database ?? target
        var db = try database.connect()
        return try restore.run(into: database.name, &db)
    }

    /// What is in every table, but for those that a restore changes.
    private func contents(of database: TestDatabase) throws -> [String: String] {
        var db = try database.connect()
        var found: [String: String] = [:]
        for table in try db.countedTables().map(\.name) where !table.contains("audit_") && !table.hasSuffix("sessions")
        {
            found[table] = try db.run(
                .value("SELECT coalesce(md5(string_agg(t::text, E'\\n' ORDER BY t::text)), '') FROM \(table) t"))
        }
        return found
    }

    private func isEmpty(_ database: TestDatabase) throws -> Bool {
        var db = try database.connect()
        return try db.countedTables().isEmpty
    }

    @Test func `what was backed up is restored, and nobody is signed in`() throws {
        var db = try source.connect()
        let ada = try people("ada", "bob", in: &db)[0]
        try db.script(
            """
            INSERT INTO sessions (token_hash, user_id, method, device, expires_at)
              VALUES (sha256('t'), '\(ada)', 'passkey', 'Firefox', now() + interval '90 days');
            INSERT INTO symbols (symbol, name, asset_type) VALUES ('AAPL', 'Apple', 'EQUITY');
            INSERT INTO equity_daily_bars (symbol_id, date, open, high, low, close, volume, provider)
              SELECT 1, date '2000-01-01' + i, 1 + i, 2 + i, 1 + i, 2 + i, i, 'file' FROM generate_series(0, 5000) i
            """)
        let key = try folder.key()
        let path = try backUp(key, in: &db)
        let report = try restore(path, key, journal: AuditTrail(auditKey).checkpoint(in: &db).line + "\n")
        #expect(report.settled.finish.sessionsEnded == 1 && report.settled.finish.challengesEnded == 0)
        #expect(report.settled.auditEvents == 2 && report.newMigrations == 0 && report.settled.finish.hasAdmin)
        #expect(report.settled.checkpoints == 0 && report.settled.lostEvents == 0)
        #expect(try contents(of: target) == contents(of: source))
        var restored = try target.connect()
        #expect(try restored.run(Query<Int>.value("SELECT count(*) FROM sessions")) == 0)
        #expect(try AuditTrail(auditKey).verify(in: &restored).events == 3)
        // Everything else is there as well: constraints, indexes, triggers, functions.
        let schema = """
            SELECT line FROM (
              SELECT pg_get_constraintdef(oid) || conrelid::regclass line FROM pg_constraint WHERE connamespace = 'public'::regnamespace
              UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
              UNION ALL SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
              UNION ALL SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prokind = 'f') s ORDER BY 1
            """
        let here: [String] = try restored.run(.values(schema)), there: [String] = try db.run(.values(schema))
        // The server writes what it has read back with fewer parentheses.
        func bare(_ lines: [String]) -> Set<String> { Set(lines.map { $0.filter { !"()".contains($0) } }) }
        #expect(here.count > 300 && bare(here).symmetricDifference(bare(there)) == [])
    }

    @Test func `a backup is of one moment, whatever is written meanwhile`() throws {
        let source = source, configuration = configuration
        let path = try besideOthers(
            2,
            { writer, isOver in
                var db = try source.connect(), number = 0
                while !isOver() {
                    number += 1
                    _ = try Users.create(
                        email: "\(writer).\(number)@example.org", displayName: nil, configuration, in: &db)
                }
            }
        ) {
            var db = try source.connect(SessionSettings(statementTimeoutMilliseconds: 60_000))
            try poll("people to come") { try db.run(.value("SELECT count(*) FROM users")) >= 20 }
            return try backUp(in: &db)
        }
        let report = try restore(path)
        #expect(report.settled.auditEvents >= 20)
        var restored = try target.connect()
        let (users, accounts, events) = try restored.run(
            Query<Int>.value("SELECT count(*) FROM users"), Query<Int>.value("SELECT count(*) FROM paper_accounts"),
            Query<Int>.value("SELECT count(*) FROM audit_events WHERE event_type = 'user.created'"))
        #expect(users == accounts && users == events && users == report.settled.auditEvents)
    }

    @Test func `who has left since leaves again, as the journal tells`() throws {
        var db = try source.connect()
        let ids = try people("ada", "bob", "cyn", in: &db)
        let path = try backUp(in: &db)
        let lines = folder["journal"]
        _ = FileManager.default.createFile(atPath: lines, contents: nil)
        let file = try #require(FileHandle(forWritingAtPath: lines))
        let log = Log(minimum: .error, descriptor: file.fileDescriptor)
        log.error("something else", ["account_deleted": 1])
        Farewell(ids[1]).tell(log, auditKey)
        Farewell(ids[1]).tell(log, auditKey)
        Farewell("00000000-0000-4000-8000-000000000009").tell(log, auditKey)
        Farewell(ids[2]).tell(log, AuditKey([UInt8](repeating: 1, count: 32)))
        let report = try restore(
            path, journal: "Nov 29 host responder[7]: " + String(contentsOfFile: lines, encoding: .utf8))
        #expect(report.settled.finish.accountsDeleted == 1)
        var restored = try target.connect()
        let left: [String] = try restored.run(
            .values("SELECT email FROM users WHERE deleted_at IS NULL ORDER BY email"))
        #expect(left == ["ada@example.org", "cyn@example.org"])
        let named = try restored.run(
            Query<Int>.value(
                """
                SELECT count(*) FROM audit_events
                WHERE event_type <> 'user.deleted' AND (user_id = $1::uuid OR payload_json::text LIKE '%' || $1 || '%')
                """, ids[1]))
        #expect(named == 0)
        #expect(try AuditTrail(auditKey).verify(in: &restored).faults.isEmpty)
    }

    @Test func `checkpoints of the time that was taken back do not disagree afterwards, others do`() throws {
        var db = try source.connect()
        _ = try people("ada", in: &db)
        let trail = AuditTrail(auditKey)
        let before = try trail.checkpoint(in: &db)
        let path = try backUp(in: &db)
        _ = try people("bob", "cyn", in: &db)
        let after = try trail.checkpoint(in: &db)
        let report = try restore(path, journal: [before.line, after.line].joined(separator: "\n"))
        #expect(report.settled.checkpoints == 1 && report.settled.lostEvents == 2)
        var restored = try target.connect()
        _ = try people("dan", "eve", in: &restored)
        let now = try trail.checkpoint(in: &restored)
        let verified = try trail.verify([before, after, now], in: &restored)
        #expect(verified.faults.isEmpty && verified.checkpoints == 2 && verified.takenBack == 1)
        // In the database that was not set back the same checkpoint counts.
        #expect(try trail.verify([before, after], in: &db).checkpoints == 2)
        #expect(try !trail.verify([now], in: &db).faults.isEmpty)
    }

    @Test func `an archive that is not of the journal's past is told, before anybody may use it`() throws {
        var db = try source.connect()
        _ = try people("ada", "bob", in: &db)
        let checkpoint = try AuditTrail(auditKey).checkpoint(in: &db).line
        let other = try TestDatabase()
        var another = try other.connect()
        _ = try people("ada", "bob", in: &another)
        let path = try backUp(in: &another)
        let found = try refusal { _ = try restore(path, journal: checkpoint) }
        #expect(
            found?.sentence.contains("the database is not to be used: Chain ") == true, "\(String(describing: found))")
    }

    @Test func `a database that is not empty, or that somebody uses, stays as it is`() throws {
        var db = try source.connect()
        _ = try people("ada", in: &db)
        let path = try backUp(in: &db)
        let before = try contents(of: source)
        #expect(try refusal { _ = try restore(path, into: source) }?.sentence.contains("is in use") == true)
        let ascii = try TestDatabase(migrated: false, encoding: "SQL_ASCII")
        #expect(
            try refusal { _ = try restore(path, into: ascii) }?.sentence.contains("is SQL_ASCII, and not UTF8") == true)
        let full = try TestDatabase()
        #expect(try refusal { _ = try restore(path, into: full) }?.sentence.contains("is not empty") == true)
        for object in [
            "CREATE TYPE public.mood AS ENUM ('sad')", "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
            "CREATE SCHEMA elsewhere", "CREATE SCHEMA elsewhere; CREATE TABLE elsewhere.t (i int)",
        ] {
            var db = try target.connect()
            try db.script(object)
            _ = consume db
            #expect(try refusal { _ = try restore(path) }?.sentence.contains("is not empty") == true, "\(object)")
            try target.connect { db in
                try db.script(
                    "DROP SCHEMA IF EXISTS elsewhere CASCADE; DROP FUNCTION IF EXISTS f; DROP TYPE IF EXISTS mood")
            }
        }
        let user = try target.connect()
        #expect(try refusal { _ = try restore(path) }?.sentence.contains("is in use") == true)
        withExtendedLifetime(user) {}
        _ = consume user
        #expect(try isEmpty(target))
        // An extension that whoever made the database put there is nobody's data.
        try target.connect { db in try db.script("CREATE EXTENSION pg_trgm") }
        _ = try restore(path)
        #expect(try contents(of: source) == before)
    }

    @Test func `a changed archive and another key write nothing`() throws {
        var db = try source.connect()
        _ = try people("ada", in: &db)
        let key = try folder.key(), path = try backUp(key, in: &db)
        let whole = Array(try Data(contentsOf: URL(filePath: path)))
        for place in [3, 9, 12, 40, 70, 5_000, whole.count / 2, whole.count - 1] {
            var changed = whole
            changed[place] ^= 4
            let bad = try folder.put(changed, "bad")
            #expect(try refusal { _ = try restore(bad, key) } != nil, "\(place)")
        }
        for length in [0, 9, 50, 70_000, whole.count - 1] {
            let bad = try folder.put(Array(whole.prefix(length)), "bad")
            #expect(try refusal { _ = try restore(bad, key) }?.kind == .badArchive, "\(length)")
        }
        #expect(try refusal { _ = try restore(path, folder.key("other")) }?.kind == .badKey)
        let other = AuditKey([UInt8](repeating: 1, count: 32))
        #expect(
            try refusal { _ = try restore(path, key, auditKey: other) }?.sentence.contains("another secret") == true)
        #expect(try isEmpty(target))
    }

    @Test func `an archive that pg_restore cannot use writes nothing`() throws {
        let start = Array("PGDMP".utf8) + [1, 14, 0, 4, 8, 1]
        let path = try folder.put(MadeUp.archive([start, [UInt8](repeating: 255, count: 1_000)], nil), "archive")
        let found = try refusal { _ = try restore(path) }
        #expect(found?.kind == .unavailable && found?.sentence.hasPrefix("pg_restore failed: ") == true)
        // One of nothing at all is not what its manifest says.
        _ = try folder.put(MadeUp.archive([start, [UInt8](repeating: 0, count: 1_000)], nil), "archive")
        let nothing = try refusal { _ = try restore(path) }
        #expect(nothing?.sentence.contains("The table public.users is not there.") == true)
        #expect(try isEmpty(target))
    }

    @Test func `one of a newer release, of other migrations or of a newer server is refused`() throws {
        var db = try source.connect()
        let applied = try db.run(.appliedMigrations())
        func found(_ manifest: Manifest) throws -> String {
            let path = try folder.put(MadeUp.archive([[1]], nil, manifest), "archive")
            return try refusal { _ = try restore(path) }?.sentence ?? ""
        }
        let next = Manifest.AppliedMigration(
            version: 9_999, description: "of tomorrow", sha256: "", minCodeVersion: 99)
        #expect(try found(.madeUp(migrations: applied + [next])).contains("V9999 (of tomorrow)"))
        let first = applied[0]
        let newer = Manifest.AppliedMigration(
            version: first.version, description: first.description, sha256: first.sha256, minCodeVersion: 99)
        #expect(try found(.madeUp(migrations: [newer])).contains("cannot work"))
        let changed = Manifest.AppliedMigration(
            version: first.version, description: first.description, sha256: "00", minCodeVersion: 1)
        #expect(try found(.madeUp(migrations: [changed])).contains("another text of the migration V0001"))
        // One that was taken back, and allowed this release, is no obstacle: what is wrong here is the dump.
        let takenBack = Manifest.AppliedMigration(
            version: 9_999, description: "of tomorrow", sha256: "", minCodeVersion: 1)
        #expect(try found(.madeUp(migrations: applied + [takenBack])).hasPrefix("pg_restore failed: "))
        #expect(try found(.madeUp(serverVersion: 990_001)).contains("of PostgreSQL 99"))
        #expect(try isEmpty(target))
    }

    @Test func `what an older release has backed up gets the newer migrations`() throws {
        let older = folder["Migrations"]
        try FileManager.default.createDirectory(atPath: older, withIntermediateDirectories: true)
        let files = try FileManager.default.contentsOfDirectory(atPath: Repository.migrations).filter { $0 < "V0400" }
        for file in files where file.hasSuffix(".sql") {
            try FileManager.default.copyItem(atPath: "\(Repository.migrations)/\(file)", toPath: "\(older)/\(file)")
        }
        let old = try TestDatabase(migrated: false)
        var db = try old.connect()
        try Migrator(directory: older).apply(to: &db)
        let report = try restore(backUp(in: &db))
        #expect(report.newMigrations > 10)
        var restored = try target.connect()
        #expect(try Migrator(directory: Repository.migrations).pending(of: &restored).isEmpty)
    }

    @Test func `a trail that does not hold is backed up all the same, and told`() throws {
        var db = try source.connect()
        _ = try people("ada", in: &db)
        try db.script("UPDATE audit_heads SET count = count + 1 WHERE count > 0")
        var told: [String] = []
        let report = try BackUp(to: .folder(folder.path), nil, auditKey).run(in: &db) { told.append($0) }
        #expect(told.count == 1 && told[0].contains("The backup is made all the same."))
        #expect(report.manifest.checkpoint == nil && report.manifest.auditHeads.count == 1)
    }

    @Test func `a trail that was broken before is restored for whoever accepts that, and stays broken`() throws {
        var db = try source.connect()
        let ids = try people("ada", "bob", in: &db)
        let trail = AuditTrail(auditKey), before = try trail.checkpoint(in: &db)
        try db.script(
            """
            ALTER TABLE audit_events DISABLE TRIGGER USER;
            UPDATE audit_events SET event_type = 'user.invented' WHERE user_id = '\(ids[0])';
            ALTER TABLE audit_events ENABLE TRIGGER USER
            """)
        let path = try backUp(in: &db),
            journal = [before.line, Farewell(ids[0]).line(auditKey)].joined(separator: "\n")
        let fault = try #require(try trail.verify(in: &db).faults.first)
        #expect(
            try refusal { _ = try restore(path, journal: journal) }?.sentence
                == "the database is not to be used: \(fault.sentence) Where that was so before, --accept-broken-audit takes "
                + "the trail as it is.")
        let again = try TestDatabase(migrated: false)
        let report = try restore(path, journal: journal, into: again, acceptsBrokenAudit: true)
        #expect(report.settled.auditFaults == [fault] && report.settled.finish.accountsDeleted == 1)
        #expect(report.settled.auditEvents == 1 && report.settled.checkpoint != nil && report.settled.finish.isNoted)
        var restored = try again.connect()
        #expect(try trail.verify(in: &restored).faults == [fault])
        let noted: String = try restored.run(
            .value("SELECT payload_json->>'accepted_faults' FROM audit_events WHERE event_type = 'database.restored'"))
        #expect(noted.contains(fault.sentence))
        // Nobody can have broken every chain but one who has no secret: this is another's.
        let other = AuditKey([UInt8](repeating: 1, count: 32))
        try db.script("UPDATE audit_heads SET mac = sha256('forged') WHERE count > 0")
        let forged = try backUp(in: &db), third = try TestDatabase(migrated: false)
        let refused = try refusal { _ = try restore(forged, auditKey: other, into: third, acceptsBrokenAudit: true) }
        #expect(refused?.kind == .badKey && refused?.sentence.contains("signed with another secret") == true)
    }

    @Test func `who has left leaves again also where their chain takes no event, and so does the note of the restore`()
        throws
    {
        var db = try source.connect()
        let ids = try people("ada", "bob", "cyn", in: &db)
        let log = AuditLog(auditKey)
        try db.transaction { db in try log.append([AuditEvent("maintenance.made_up", userID: nil)], in: &db) }
        let chain = AuditEvent.stream(of: ids[0])
        // Two of them, unless all three have the same.
        try db.script("UPDATE audit_heads SET count = count + 1 WHERE stream IN (0, \(chain))")
        let path = try backUp(in: &db)
        let report = try restore(path, journal: Farewell(ids[0]).line(auditKey), acceptsBrokenAudit: true)
        #expect(report.settled.auditFaults.allSatisfy { $0.kind == .head && [0, chain].contains($0.stream) })
        #expect(report.settled.finish.accountsDeleted == 1 && !report.settled.finish.isNoted)
        #expect(report.settled.checkpoint == nil && report.settled.lostEvents == nil)
        var restored = try target.connect()
        let (people, named) = try restored.run(
            Query<Int>.value("SELECT count(*) FROM users WHERE deleted_at IS NULL"),
            Query<Int>.value("SELECT count(*) FROM audit_events WHERE user_id = $1::uuid", ids[0]))
        #expect(people == 2 && named == 0)
        #expect(
            try AuditTrail(auditKey).verify(in: &restored).faults.map(\.stream).sorted() == Set([0, chain]).sorted())
    }

    @Test func `what pg_dump complains about is one sentence, and leaves nothing`() throws {
        var db = try source.connect()
        try db.script("CREATE ROLE reader LOGIN; GRANT CONNECT ON DATABASE \(source.name) TO reader")
        try db.script("GRANT SELECT ON schema_migrations, audit_heads TO reader")
        defer { try? db.script("DROP OWNED BY reader; DROP ROLE reader") }
        var poor = try Connection(source.conninfo.replacingOccurrences(of: "user=bitstockerz", with: "user=reader"))
        #expect(throws: PostgresError.self) { _ = try backUp(in: &poor) }
        try db.script("GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader")
        let found = try refusal { _ = try backUp(in: &poor) }
        #expect(found?.kind == .unavailable && found?.sentence.hasPrefix("pg_dump failed: ") == true)
        #expect(found?.sentence.contains("permission denied") == true)
        #expect(try folder.names() == [])
    }

    @Test func `a password is in no command line`() throws {
        let db = try Connection(
            "host=\(TestCluster.shared.directory) dbname=\(source.name) user=bitstockerz password=quiet")
        let environment = db.programEnvironment()
        #expect(environment["PGPASSWORD"] == "quiet" && environment["PGDATABASE"] == source.name)
        #expect(environment["PGHOST"] == TestCluster.shared.directory && environment["PGUSER"] == "bitstockerz")
    }
}

extension TestDatabase {
    /// A session that has ended when this returns, for all that the server knows.
    fileprivate func connect(_ body: (inout Connection) throws -> Void) throws {
        var db = try connect()
        try body(&db)
    }
}
