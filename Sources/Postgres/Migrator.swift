import Glibc
import System

/// Brings the schema up to date with the files of a directory. Forward only: the way back is a new migration.
public struct Migrator: Sendable {
    /// What this code knows of the schema. It is raised together with the `min_code_version` of a migration that older
    /// code could not live with.
    public static let codeVersion = 2
    private static let lockKey: Parameter = .int(0x4269_7453_746F_636B)  // "BitStock"
    /// Long enough to build an index over all bars; short enough that a stopped server ends the wait.
    private static let statementMilliseconds = 3_600_000
    /// The oldest major version of PostgreSQL that the migrations are for.
    public static let oldestServer = 15

    /// How long ``Migrator/apply(to:patience:waiting:progress:)`` waits for others.
    public struct Patience: Sendable {
        /// A migration that waits for a lock makes all who come after it wait: it gives up instead, and lets them pass
        /// before it tries again. A backup holds its locks from beginning to end.
        public var lockMilliseconds = 2_000
        public var pauseMilliseconds = 5_000
        /// For the locks of a migration, or for another runner.
        public var wholeMilliseconds = 600_000

        public init() {}
    }

    public let migrations: [Migration]
    private let codeVersion: Int

    /// Reads and checks the files; asks no server.
    public init(directory: String, codeVersion: Int = Migrator.codeVersion) throws(MigrationError) {
        self.migrations = try Migration.read(directory: directory)
        self.codeVersion = codeVersion
    }

    /// Every migration that is here or applied, by number. Faults are states here, not errors.
    public func status(of db: inout Connection) throws(PostgresError) -> [MigrationStatus] {
        let applied = try Self.applied(in: &db)
        var statuses: [MigrationStatus] = []
        for migration in migrations {
            guard let row = applied.first(where: { $0.version == migration.version }) else {
                statuses.append(MigrationStatus(migration))
                continue
            }
            let isSame = row.sha256 == (try Self.sha256(migration, &db))
            statuses.append(MigrationStatus(row, isSame ? .applied : .changed, fileName: migration.fileName))
        }
        // Numbers tell nothing of age, because areas have their own blocks.
        for row in applied where !migrations.contains(where: { $0.version == row.version }) {
            statuses.append(MigrationStatus(row, .newer, fileName: nil))
        }
        return statuses.sorted { $0.version < $1.version }
    }

    /// What ``apply(to:patience:waiting:progress:)`` would run, in order. Applied files that are not here and allow
    /// this code are nobody's fault: the next release is being rolled out, or was and is not any more.
    public func pending(of db: inout Connection) throws -> [Migration] {
        let statuses = try status(of: &db)
        try refuse(statuses, { $0.minCodeVersion > codeVersion }, .newer) {
            "the schema needs newer code than this: \($0) asks for version \($1.minCodeVersion), this is \(codeVersion)"
        }
        try refuse(statuses, { $0.state == .changed }, .changed) { name, _ in
            "\(name) was changed after it was applied; undo that and write a new migration"
        }
        let waiting = Set(statuses.filter { $0.state == .pending }.map(\.version))
        return migrations.filter { waiting.contains($0.version) }
    }

    /// Of what is pending the first file with which the release that applied the others may not live on while it serves;
    /// nil when there is none. A file says so itself, by a `min_code_version` that no applied one has.
    public func incompatible(in db: inout Connection) throws -> Migration? {
        let known = try Self.applied(in: &db).map(\.minCodeVersion).max()
        return try pending(of: &db).first { migration in known.map { migration.minCodeVersion > $0 } ?? false }
    }

    /// Applies what is pending, each file in its own transaction together with its row. Callers queue: every deploy
    /// may call this.
    ///
    /// - Parameters:
    ///   - waiting: called when a file could not have a lock, before it is tried again.
    ///   - progress: called after each file with the milliseconds it took.
    @discardableResult
    public func apply(
        to db: inout Connection, patience: Patience = Patience(), waiting: (Migration) -> Void = { _ in },
        progress: (Migration, _ milliseconds: Int) -> Void = { _, _ in }
    ) throws -> [Migration] {
        if let refusal = Self.refusal(ofServer: db.serverVersion) { throw refusal }
        try lock(&db, patience.wholeMilliseconds)
        defer { _ = try? db.execute("SELECT pg_advisory_unlock($1)", [Self.lockKey]) }
        return try db.withTimeouts(
            statementMilliseconds: Self.statementMilliseconds, lockMilliseconds: patience.lockMilliseconds
        ) { db in try apply(to: &db, patience, waiting, progress) }
    }

    /// Applies what is pending, once nobody else does.
    private func apply(
        to db: inout Connection, _ patience: Patience, _ waiting: (Migration) -> Void,
        _ progress: (Migration, _ milliseconds: Int) -> Void
    ) throws -> [Migration] {
        let pending = try pending(of: &db)
        if !pending.isEmpty { try db.script(Self.table) }
        for migration in pending {
            let deadline = Deadline(milliseconds: patience.wholeMilliseconds)
            while true {
                do {
                    progress(migration, try run(migration, &db))
                    break
                } catch let error as PostgresError {
                    let isLocked = error.code == .lockNotAvailable
                    guard isLocked, deadline.remainingMilliseconds > 0 else {
                        throw MigrationError(isLocked ? .busy : .failed, Self.explanation(error, in: migration))
                    }
                }
                waiting(migration)
                let pause = min(patience.pauseMilliseconds, Int(deadline.remainingMilliseconds))
                usleep(UInt32(pause) * 1_000)
            }
        }
        return pending
    }

    /// Why a server cannot have the schema; nil when it can.
    ///
    /// - Parameter version: as ``Connection/serverVersion`` has it.
    static func refusal(ofServer version: Int) -> MigrationError? {
        guard version / 10_000 < oldestServer else { return nil }
        return MigrationError(
            .server,
            "PostgreSQL \(version / 10_000) answers, and \(oldestServer) or later is needed: move the cluster with pg_upgradecluster, or name another server"
        )
    }

    /// What code with these files needs of a database.
    public var needs: SchemaNeeds {
        SchemaNeeds(migrations: migrations.map { ($0.version, $0.fileName) }, codeVersion: codeVersion)
    }

    /// Says of a database which migrations it lacks.
    public static func unapplied(_ count: Int, first fileName: String) -> String {
        "migrations not applied: \(count), the first is \(fileName)"
    }
}

/// What code needs of the schema of a database: its migrations without their files, which are large.
public struct SchemaNeeds: Sendable {
    fileprivate let migrations: [(version: Int, fileName: String)]
    fileprivate let codeVersion: Int

    /// Why such code cannot work with the database as it is; nil when it can. Unlike ``Migrator/pending(of:)`` it minds
    /// neither checksums nor newer files that allow older code: during an upgrade the previous release serves on.
    public func obstacle(in db: inout Connection) throws(PostgresError) -> MigrationError? {
        let applied = try Migrator.applied(in: &db)
        if let row = applied.first(where: { $0.minCodeVersion > codeVersion }) {
            return MigrationError(.newer, "the schema needs newer code than this: \(row.name)")
        }
        let lacking = migrations.filter { migration in !applied.contains { $0.version == migration.version } }
        guard let first = lacking.first else { return nil }
        return MigrationError(.pending, Migrator.unapplied(lacking.count, first: first.fileName))
    }
}

/// What is known about one migration.
public struct MigrationStatus: Equatable, Sendable {
    public enum State: String, Sendable { case applied, pending, changed, newer }

    public let version: Int
    public let description: String
    public let state: State
    public let minCodeVersion: Int
    /// nil when the file is not here.
    public let fileName: String?
    /// Unix microseconds; nil when not applied.
    public let appliedAt: Int64?
    public let durationMilliseconds: Int?

    fileprivate init(_ migration: Migration) {
        version = migration.version
        description = migration.description
        state = .pending
        minCodeVersion = migration.minCodeVersion
        fileName = migration.fileName
        appliedAt = nil
        durationMilliseconds = nil
    }

    fileprivate init(_ row: AppliedMigration, _ state: State, fileName: String?) {
        version = row.version
        description = row.description
        self.state = state
        minCodeVersion = row.minCodeVersion
        self.fileName = fileName
        appliedAt = row.appliedAt
        durationMilliseconds = row.durationMilliseconds
    }
}

/// A row of `schema_migrations`.
private struct AppliedMigration {
    let version: Int, description: String, sha256: String, appliedAt: Int64, durationMilliseconds: Int
    let minCodeVersion: Int

    var name: String { Migrator.name(version, description) }
}

// MARK: - The database's side

extension Migrator {
    private static let table = """
        CREATE TABLE IF NOT EXISTS schema_migrations (
            version integer PRIMARY KEY CHECK (version >= 0),
            description text NOT NULL,
            sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
            applied_at timestamptz NOT NULL DEFAULT clock_timestamp(),
            duration_ms integer NOT NULL CHECK (duration_ms >= 0),
            min_code_version integer NOT NULL DEFAULT 1 CHECK (min_code_version >= 1)
        );
        COMMENT ON TABLE schema_migrations IS 'What bitstockerz migrate has applied, one row a file of Migrations/';
        """

    /// How a file's name begins: `V0042`.
    public static func number(_ version: Int) -> String {
        let digits = String(version)
        return "V" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }

    fileprivate static func name(_ version: Int, _ description: String) -> String {
        number(version) + "__" + description.map { $0 == " " ? "_" : String($0) }.joined() + ".sql"
    }

    fileprivate static func applied(in db: inout Connection) throws(PostgresError) -> [AppliedMigration] {
        guard try db.query("SELECT to_regclass('schema_migrations') IS NOT NULL").bool(0, 0) else { return [] }
        let rows = try db.query(
            """
            SELECT version, description, sha256, applied_at, duration_ms, min_code_version
            FROM schema_migrations ORDER BY version
            """)
        var applied: [AppliedMigration] = []
        for row in 0..<rows.count {
            applied.append(
                AppliedMigration(
                    version: try rows.int(row, 0), description: try rows.string(row, 1),
                    sha256: try rows.string(row, 2),
                    appliedAt: try rows.microseconds(row, 3), durationMilliseconds: try rows.int(row, 4),
                    minCodeVersion: try rows.int(row, 5)))
        }
        return applied
    }

    /// The server counts it: this module knows no cryptography.
    private static func sha256(_ migration: Migration, _ db: inout Connection) throws(PostgresError) -> String {
        try db.query("SELECT encode(sha256($1::bytea), 'hex')", [.bytes(migration.bytes)]).string(0, 0)
    }

    private func refuse(
        _ statuses: [MigrationStatus], _ isFault: (MigrationStatus) -> Bool, _ kind: MigrationError.Kind,
        _ message: (String, MigrationStatus) -> String
    ) throws(MigrationError) {
        let faults = statuses.filter(isFault)
        guard !faults.isEmpty else { return }
        let lines = faults.map { message($0.fileName ?? Self.name($0.version, $0.description), $0) }
        throw MigrationError(kind, lines.joined(separator: "\n"))
    }

    /// Asks again and again instead of waiting inside the server: a session that waits there holds a snapshot, for
    /// which CREATE INDEX CONCURRENTLY of the runner before us would wait in turn.
    private func lock(_ db: inout Connection, _ milliseconds: Int) throws {
        let deadline = Deadline(milliseconds: milliseconds)
        while !(try db.query("SELECT pg_try_advisory_lock($1)", [Self.lockKey]).bool(0, 0)) {
            guard deadline.remainingMilliseconds > 0 else {
                throw MigrationError(.busy, "another migration is running and did not end in \(milliseconds) ms")
            }
            usleep(50_000)
        }
    }

    /// Gives the milliseconds it took.
    private func run(_ migration: Migration, _ db: inout Connection) throws -> Int {
        let start = SystemClock.monotonicNanoseconds()
        var milliseconds: Int { Int((SystemClock.monotonicNanoseconds() - start) / 1_000_000) }
        if migration.buildsIndexes {
            for (index, sql) in try migration.indexStatements() {
                try dropIfInvalid(index, &db)
                try db.script(sql)
            }
            try record(migration, milliseconds, &db)
        } else {
            try db.transaction { db in
                try db.script(migration.sql)
                try record(migration, milliseconds, &db)
            }
        }
        return milliseconds
    }

    /// A CONCURRENTLY that was cut off leaves an index that nobody uses and IF NOT EXISTS takes for the real one.
    private func dropIfInvalid(_ index: String, _ db: inout Connection) throws {
        let rows = try db.query(
            """
            SELECT format('%I.%I', n.nspname, c.relname)
            FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relname = $1 AND n.nspname = current_schema() AND NOT i.indisvalid
            """, [.text(index)])
        for row in 0..<rows.count { try db.script("DROP INDEX CONCURRENTLY \(rows.string(row, 0))") }
    }

    private func record(_ migration: Migration, _ milliseconds: Int, _ db: inout Connection) throws(PostgresError) {
        try db.execute(
            """
            INSERT INTO schema_migrations (version, description, sha256, duration_ms, min_code_version)
            VALUES ($1, $2, encode(sha256($3::bytea), 'hex'), $4, $5)
            """,
            [
                Parameter(migration.version), .text(migration.description), .bytes(migration.bytes),
                Parameter(milliseconds), Parameter(migration.minCodeVersion),
            ])
    }

    private static func explanation(_ error: PostgresError, in migration: Migration) -> String {
        var place = migration.fileName
        if let position = error.position, !migration.buildsIndexes {
            let line = migration.sql.unicodeScalars.prefix(position - 1).count { $0 == "\n" } + 1
            place += ":\(line)"
        }
        let outcome = migration.buildsIndexes ? "run it again to go on" : "this file changed nothing"
        guard error.code == .lockNotAvailable else { return "\(place): \(error.message); \(outcome)" }
        return "\(place): somebody holds a lock that it needs, perhaps a backup: try again later; \(outcome)"
    }
}
