import Foundation
import TestSupport
import Testing

@testable import Postgres

@Suite struct MigratorTests {
    /// A folder of migrations and an empty database to apply them to.
    final class Workbench {
        let folder = FileManager.default.temporaryDirectory.appending(path: "migrations-\(UUID().uuidString)")
        let database: TestDatabase

        init(_ files: [String: String] = [:]) throws {
            database = try TestDatabase(migrated: false)
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            for (name, sql) in files { try write(name, sql) }
        }
        deinit { try? FileManager.default.removeItem(at: folder) }

        func write(_ name: String, _ sql: String) throws {
            try Data(sql.utf8).write(to: folder.appending(path: name))
        }
        func remove(_ name: String) throws { try FileManager.default.removeItem(at: folder.appending(path: name)) }

        @discardableResult
        func migrate(codeVersion: Int = 1) throws -> [String] {
            var db = try database.connect()
            return try Migrator(directory: folder.path, codeVersion: codeVersion).apply(to: &db).map(\.fileName)
        }
        func fault(codeVersion: Int = 1) -> MigrationError? {
            do {
                try migrate(codeVersion: codeVersion)
                return nil
            } catch {
                return error as? MigrationError
            }
        }
        func states() throws -> [Int: MigrationStatus.State] {
            var db = try database.connect()
            let statuses = try Migrator(directory: folder.path).status(of: &db)
            return Dictionary(uniqueKeysWithValues: statuses.map { ($0.version, $0.state) })
        }
        func tables() throws -> [String] {
            var db = try database.connect()
            return try db.query(
                """
                SELECT coalesce(array_agg(tablename::text ORDER BY tablename), '{}') FROM pg_tables
                WHERE schemaname = 'public' AND tablename <> 'schema_migrations'
                """
            ).strings(0, 0)
        }
    }

    static let two = [
        "V0001__create_a.sql": "CREATE TABLE a (x int);", "V0100__create_b.sql": "CREATE TABLE b (x int)",
    ]

    @Test func `applies what is pending in number order, once`() throws {
        let bench = try Workbench(Self.two)
        #expect(try bench.states() == [1: .pending, 100: .pending])
        #expect(try bench.tables() == [])
        #expect(try bench.migrate() == ["V0001__create_a.sql", "V0100__create_b.sql"])
        #expect(try bench.migrate() == [])
        #expect(try bench.states() == [1: .applied, 100: .applied])
        #expect(try bench.tables() == ["a", "b"])
    }

    @Test func `applies a new file also below the highest applied number`() throws {
        let bench = try Workbench(Self.two)
        try bench.migrate()
        try bench.write("V0050__create_between.sql", "CREATE TABLE between_them (x int)")
        #expect(try bench.migrate() == ["V0050__create_between.sql"])
    }

    @Test func `records checksum, time and the least code version`() throws {
        let bench = try Workbench(["V0001__create_a.sql": "-- Words.\n-- min_code_version: 3\nCREATE TABLE a (x int);"])
        try bench.migrate(codeVersion: 3)
        var db = try bench.database.connect()
        let rows = try db.query(
            """
            SELECT description, min_code_version, sha256, applied_at > now() - interval '1 minute' FROM schema_migrations
            """)
        #expect(try rows.string(0, 0) == "create a")
        #expect(try rows.int(0, 1) == 3)
        #expect(try rows.string(0, 2) == "1abce975efd84777348a64c61077199b1f2804c93fe9341ad7950306e8ff04d8")
        #expect(try rows.bool(0, 3) == true)
    }

    @Test func `an edited file stops everything and is named`() throws {
        let bench = try Workbench(Self.two)
        try bench.migrate()
        try bench.write("V0001__create_a.sql", "CREATE TABLE a (x int, y int);")
        try bench.write("V0101__create_c.sql", "CREATE TABLE c (x int)")
        let fault = bench.fault()
        #expect(fault?.kind == .changed)
        #expect(fault?.message.contains("V0001__create_a.sql") == true)
        #expect(try bench.tables() == ["a", "b"])
        #expect(try bench.states() == [1: .changed, 100: .applied, 101: .pending])
    }

    @Test(arguments: ["V0100__create_b.sql", "V0001__create_a.sql"])
    func `the release before goes back to a schema that allows it, wherever the next one's numbers lie`(
        _ next: String
    ) throws {
        let bench = try Workbench(Self.two)
        try bench.migrate()
        try bench.remove(next)
        #expect(bench.fault() == nil)
        #expect(try bench.states().values.sorted { $0.rawValue < $1.rawValue } == [.applied, .newer])
        #expect(try bench.tables() == ["a", "b"])
        // Its own next file comes all the same.
        try bench.write("V0050__create_c.sql", "CREATE TABLE c (x int)")
        #expect(try bench.migrate() == ["V0050__create_c.sql"])
    }

    @Test func `whoever upgrades is told of a file that ends what runs`() throws {
        let bench = try Workbench(Self.two)
        var db = try bench.database.connect()
        func incompatible() throws -> String? {
            try Migrator(directory: bench.folder.path, codeVersion: 2).incompatible(in: &db)?.fileName
        }
        // Nothing runs on an empty database.
        #expect(try incompatible() == nil)
        try bench.migrate()
        try bench.write("V0200__create_c.sql", "CREATE TABLE c (x int)")
        #expect(try incompatible() == nil)
        try bench.write("V0201__drop_a.sql", "-- min_code_version: 2\nDROP TABLE a")
        #expect(try incompatible() == "V0201__drop_a.sql")
        try bench.migrate(codeVersion: 2)
        #expect(try incompatible() == nil)
    }

    @Test func `a schema that asks for newer code is left alone`() throws {
        var files = Self.two
        files["V0101__drop_old.sql"] = "-- min_code_version: 2\nCREATE TABLE c (x int)"
        let bench = try Workbench(files)
        #expect(bench.fault(codeVersion: 1)?.kind == .newer)
        #expect(try bench.tables() == [])
        try bench.migrate(codeVersion: 2)
        #expect(bench.fault(codeVersion: 1)?.kind == .newer)
    }

    @Test func `the previous release serves on while newer files allow it`() throws {
        let bench = try Workbench(Self.two)
        let old = try Migrator(directory: bench.folder.path, codeVersion: 1)
        var db = try bench.database.connect()
        let obstacle = try old.needs.obstacle(in: &db)
        #expect(obstacle?.kind == .pending)
        #expect(obstacle?.message.hasPrefix("migrations not applied: 2, the first is V0") == true)
        try bench.migrate()
        #expect(try old.needs.obstacle(in: &db) == nil)
        try bench.write("V0200__create_c.sql", "CREATE TABLE c (x int)")
        try bench.migrate()
        #expect(try old.needs.obstacle(in: &db) == nil)
        try bench.write("V0201__drop_c.sql", "-- min_code_version: 2\nDROP TABLE c")
        try bench.migrate(codeVersion: 2)
        #expect(try old.needs.obstacle(in: &db)?.kind == .newer)
    }

    @Test(arguments: [
        (["V0001__a.sql": "", "V0001__b.sql": ""], MigrationError.Kind.duplicateNumber),
        (["V001__a.sql": ""], .badFile), (["V0001_a.sql": ""], .badFile), (["0001__a.sql": ""], .badFile),
        (["V0001__A.sql": ""], .badFile), (["V0001__.sql": ""], .badFile), (["V00011__a.sql": ""], .badFile),
        (["V0001__a.sql": "BEGIN; SELECT 1; COMMIT"], .badFile),
        (["V0001__a.sql": "SELECT 1; -- so\ncommit;"], .badFile),
        (["V0001__a.sql": "-- min_code_version: soon\n"], .badFile), (["V0001__a.sql": "SELECT '\u{0}'"], .badFile),
        (["V0001__add_indexes_a.sql": "CREATE INDEX IF NOT EXISTS i ON a (x)"], .badFile),
        (["V0001__add_indexes_a.sql": "CREATE INDEX CONCURRENTLY i ON a (x)"], .badFile),
        (["V0001__add_indexes_a.sql": "DROP TABLE a"], .badFile), (["readme.txt": "no migration"], .unreadable),
        ([:], .unreadable),
    ])
    func `bad files are refused before the database is asked`(
        _ files: [String: String], _ kind: MigrationError.Kind
    ) throws {
        let bench = try Workbench(files)
        #expect(bench.fault()?.kind == kind)
    }

    @Test func `a folder that is not there is refused`() {
        let fault = #expect(throws: MigrationError.self) { try Migrator(directory: "/nonexistent") }
        #expect(fault?.kind == .unreadable)
    }

    @Test func `a file that fails changes nothing, names its line, and the files before it stay`() throws {
        var files = Self.two
        files["V0200__broken.sql"] = "CREATE TABLE c (x int);\n\nCREATE TABLE d (x nonsense);"
        let bench = try Workbench(files)
        let fault = bench.fault()
        #expect(fault?.kind == .failed)
        #expect(fault?.message.contains("V0200__broken.sql:3: type \"nonsense\" does not exist") == true)
        #expect(try bench.tables() == ["a", "b"])
        #expect(try bench.states() == [1: .applied, 100: .applied, 200: .pending])
        try bench.write("V0200__broken.sql", "CREATE TABLE c (x int);")
        #expect(try bench.migrate() == ["V0200__broken.sql"])
    }

    @Test func `statements inside functions are not taken for the file's own`() throws {
        let sql = """
            CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $body$
            BEGIN -- a semicolon; here
                RETURN NULL;
            END; $body$;
            CREATE TABLE a (x text DEFAULT 'it''s; COMMIT; ' /* ; /* COMMIT; */ */, "odd;" int);
            """
        let bench = try Workbench(["V0001__a.sql": sql])
        #expect(try bench.migrate() == ["V0001__a.sql"])
    }

    @Test func `index files run outside a transaction and resume after an invalid index`() throws {
        let sql = """
            -- Two of them.
            CREATE INDEX CONCURRENTLY IF NOT EXISTS a_first ON a (x);
            CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS a_second ON a (y);
            """
        let bench = try Workbench(["V0001__a.sql": "CREATE TABLE a (x int, y int); INSERT INTO a VALUES (1, 1), (2, 1)"]
        )
        try bench.migrate()
        try bench.write("V0002__add_indexes_a.sql", sql)
        var db = try bench.database.connect()
        let valid =
            "SELECT array_agg(i.indisvalid::text ORDER BY c.relname) FROM pg_index i JOIN pg_class c "
            + "ON c.oid = i.indexrelid WHERE c.relname LIKE 'a\\_%'"
        // Two equal values: the unique index fails half-way and stays behind, invalid.
        #expect(bench.fault()?.kind == .failed)
        #expect(try db.query(valid).strings(0, 0) == ["true", "false"])
        try db.script("DELETE FROM a WHERE x = 2")
        #expect(try bench.migrate() == ["V0002__add_indexes_a.sql"])
        #expect(try db.query(valid).strings(0, 0) == ["true", "true"])
    }

    private static func patience(pause: Int = 0, whole: Int) -> Migrator.Patience {
        var patience = Migrator.Patience()
        (patience.lockMilliseconds, patience.pauseMilliseconds, patience.wholeMilliseconds) = (50, pause, whole)
        return patience
    }

    @Test func `a lock that somebody holds is given up soon, tried for again, and nothing has changed`() throws {
        let bench = try Workbench(["V0001__a.sql": "CREATE TABLE a (x int)"])
        try bench.migrate()
        try bench.write("V0002__widen.sql", "CREATE TABLE b (x int); ALTER TABLE a ADD COLUMN y int")
        var holder = try bench.database.connect()
        try holder.script("BEGIN; LOCK TABLE a")
        var db = try bench.database.connect()
        let migrator = try Migrator(directory: bench.folder.path)
        do {
            try migrator.apply(to: &db, patience: Self.patience(whole: 0))
            Issue.record("applied")
        } catch {
            let fault = try #require(error as? MigrationError)
            #expect(fault.kind == .busy)
            #expect(fault.message.contains("V0002__widen.sql: somebody holds a lock"))
        }
        #expect(try bench.tables() == ["a"])
        // Whoever holds it lets it go after the third try.
        var tries = 0
        let applied = try migrator.apply(to: &db, patience: Self.patience(whole: 60_000)) { _ in
            tries += 1
            if tries == 3 { try? holder.script("ROLLBACK") }
        }
        #expect(applied.map(\.fileName) == ["V0002__widen.sql"])
        #expect(tries == 3)
        #expect(try bench.tables() == ["a", "b"])
    }

    @Test(arguments: [(150_000, nil), (170_004, nil), (140_011, "PostgreSQL 14 answers, and 15 or later is needed")])
    func `a server that is too old is told before anything is applied`(_ version: Int, _ words: String?) {
        let refusal = Migrator.refusal(ofServer: version)
        #expect(refusal?.kind == words.map { _ in .server })
        if let words { #expect(refusal?.message.hasPrefix(words) == true) }
    }

    @Test func `two runners at once apply each file once`() throws {
        let files = (1...9).map { ("V000\($0)__t\($0).sql", "CREATE TABLE t\($0) (x int); SELECT pg_sleep(0.01)") }
        let bench = try Workbench(Dictionary(uniqueKeysWithValues: files))
        let (folder, database) = (bench.folder.path, bench.database)
        let applied = try inParallel(3) { _ in
            var db = try database.connect()
            return try Migrator(directory: folder).apply(to: &db).map(\.fileName)
        }
        #expect(applied.joined().sorted() == files.map(\.0))
    }

    @Test func `a runner that cannot get its turn says so`() throws {
        let bench = try Workbench(Self.two)
        var other = try bench.database.connect()
        try other.execute("SELECT pg_advisory_lock($1)", [.int(0x4269_7453_746F_636B)])
        var db = try bench.database.connect()
        let migrator = try Migrator(directory: bench.folder.path)
        do {
            try migrator.apply(to: &db, patience: Self.patience(whole: 100))
            Issue.record("applied")
        } catch {
            #expect((error as? MigrationError)?.kind == .busy)
        }
        #expect(try bench.tables() == [])
    }

    @Test func `the session keeps its own time-outs afterwards`() throws {
        let bench = try Workbench(Self.two)
        var db = try bench.database.connect()
        var seen: [String] = []
        try Migrator(directory: bench.folder.path).apply(
            to: &db, progress: { migration, _ in seen.append(migration.fileName) })
        #expect(seen == ["V0001__create_a.sql", "V0100__create_b.sql"])
        #expect(try db.query("SELECT current_setting('statement_timeout')").string(0, 0) == "10s")
        #expect(try db.query("SELECT current_setting('lock_timeout')").string(0, 0) == "0")
    }
}
