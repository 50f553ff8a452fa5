import App
import Crypto
import Postgres

extension Query {
    /// Unix microseconds at the beginning of the transaction, so before its snapshot: whatever says that it is older is in it.
    fileprivate static func beginning() -> Query<Int> {
        .value("SELECT (extract(epoch FROM transaction_timestamp()) * 1000000)::bigint")
    }

    static func databaseName() -> Query<String> { .value("SELECT current_database()::text") }

    /// The applied migrations; the table has to be there.
    static func appliedMigrations() -> Query<[Manifest.AppliedMigration]> {
        .all(
            "SELECT version, description, sha256, min_code_version FROM schema_migrations ORDER BY version",
            read: inOrder(Manifest.AppliedMigration.init))
    }

    /// Every table that is not of the server or an extension, as SQL has its name.
    fileprivate static func tableNames() -> Query<[String]> {
        .values(
            """
            SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind = 'r' AND \(Self.isOurs("c.oid", "pg_class")) ORDER BY 1
            """)
    }

    /// Whether an object, whose namespace is `n`, belongs neither to the server nor to an extension.
    static func isOurs(_ object: String, _ catalog: String) -> String {
        """
        n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%' AND NOT EXISTS (
          SELECT 1 FROM pg_depend d WHERE d.classid = '\(catalog)'::regclass AND d.objid = \(object) AND d.deptype = 'e')
        """
    }

    fileprivate static func auditHeads() -> Query<[String]> {
        .values(
            """
            SELECT format('%s %s %s %s', stream, last_id, count, encode(last_hash, 'hex')) FROM audit_heads
            WHERE count > 0 ORDER BY stream
            """)
    }
}

extension Connection {
    /// What the database is like in the snapshot of the transaction under way.
    ///
    /// - Parameter warn: told in a sentence that the audit trail does not hold: a backup of it is wanted all the same.
    mutating func manifest(_ key: AuditKey, warn: (String) -> Void) throws -> Manifest {
        let (time, database, migrations) = try run(.beginning(), .databaseName(), .appliedMigrations())
        var checkpoint: String?
        do { checkpoint = try AuditTrail(key).checkpoint(in: &self).line } catch let error as AuditError {
            warn("\(error.sentence) The backup is made all the same.")
        }
        return Manifest(
            time: Int64(time), serverVersion: serverVersion, database: database, migrations: migrations,
            tables: try countedTables(), auditHeads: try auditHeads(), checkpoint: checkpoint)
    }

    mutating func countedTables() throws -> [Manifest.Table] {
        try run(.tableNames()).map { name in
            Manifest.Table(name: name, rows: try run(.value("SELECT count(*) FROM \(name)")))
        }
    }

    mutating func auditHeads() throws -> [String] { try run(.auditHeads()) }
}
