import App
import JSON
import Market
import Postgres
import System

/// What an archive says of the database that it was made of, all of it as of one snapshot.
public struct Manifest: Sendable, Equatable {
    public struct AppliedMigration: Sendable, Equatable {
        public let version: Int
        public let description: String
        public let sha256: String
        public let minCodeVersion: Int
    }

    public struct Table: Sendable, Equatable {
        /// As SQL has it, with its schema.
        public let name: String
        public let rows: Int
    }

    /// What the database was like then, in Unix microseconds.
    public let time: Int64
    /// The release that made the archive.
    public let release: String
    /// For example 150012 for version 15.12.
    public let serverVersion: Int
    public let database: String
    public let migrations: [AppliedMigration]
    /// By name.
    public let tables: [Table]
    /// Where the chains of the audit trail stood, by stream, as text; signed in ``checkpoint``.
    public let auditHeads: [String]
    /// The same as a line of a journal; nil when the trail did not hold then.
    public let checkpoint: String?

    public var rows: Int { tables.reduce(0) { $0 + $1.rows } }

    /// RFC 3339, in seconds.
    public var timestamp: String { CivilDate.timestamp(microseconds: time, fractionDigits: 0) }

    /// Of one table: more than fit into the largest that PostgreSQL has, and so few that the sum of many is a number.
    private static let maximumRows = 1 << 42

    /// As JSON.
    var bytes: [UInt8] { Value.object(json).bytes }

    private var json: Object {
        [
            "time_us": .number(Number(Int(time))), "release": .string(release),
            "server_version": .number(Number(serverVersion)), "database": .string(database),
            "migrations": .array(
                migrations.map {
                    [
                        "version": .number(Number($0.version)), "description": .string($0.description),
                        "sha256": .string($0.sha256), "min_code_version": .number(Number($0.minCodeVersion)),
                    ]
                }),
            "tables": .array(tables.map { ["name": .string($0.name), "rows": .number(Number($0.rows))] }),
            "audit_heads": .array(auditHeads.map { .string($0) }),
            "audit_checkpoint": checkpoint.map { .string($0) } ?? .null,
        ]
    }

    /// Nil for anything else than such a document, and for numbers that no database has: others reckon with them.
    init?(_ bytes: [UInt8]) {
        guard case .object(let json)? = try? parse(bytes, limits: ParseLimits(maxBytes: 16 << 20)),
            let time = json["time_us"]?.numberValue?.int, Instant.known.contains(Int64(time)),
            let release = json["release"]?.stringValue,
            let serverVersion = json["server_version"]?.numberValue?.int,
            let database = json["database"]?.stringValue, let migrations = json["migrations"]?.arrayValue,
            let tables = json["tables"]?.arrayValue, let heads = json["audit_heads"]?.arrayValue,
            let checkpoint = json["audit_checkpoint"]
        else { return nil }
        self.time = Int64(time)
        self.release = release
        self.serverVersion = serverVersion
        self.database = database
        self.migrations = migrations.compactMap { one in
            guard let one = one.objectValue, let version = one["version"]?.numberValue?.int,
                let description = one["description"]?.stringValue, let sha256 = one["sha256"]?.stringValue,
                let minimum = one["min_code_version"]?.numberValue?.int
            else { return nil }
            return AppliedMigration(
                version: version, description: description, sha256: sha256, minCodeVersion: minimum)
        }
        self.tables = tables.compactMap { one in
            guard let one = one.objectValue, let name = one["name"]?.stringValue,
                let rows = one["rows"]?.numberValue?.int, (0...Self.maximumRows).contains(rows)
            else { return nil }
            return Table(name: name, rows: rows)
        }
        auditHeads = heads.compactMap(\.stringValue)
        self.checkpoint = checkpoint.stringValue
        guard self.migrations.count == migrations.count, self.tables.count == tables.count,
            auditHeads.count == heads.count
        else { return nil }
    }

    init(
        time: Int64, serverVersion: Int, database: String, migrations: [AppliedMigration], tables: [Table],
        auditHeads: [String], checkpoint: String?
    ) {
        self.time = time
        release = Version.current
        self.serverVersion = serverVersion
        self.database = database
        self.migrations = migrations
        self.tables = tables
        self.auditHeads = auditHeads
        self.checkpoint = checkpoint
    }
}
