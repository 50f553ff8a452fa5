import Postgres

/// A database that an archive may be restored into: there, empty, used by nobody.
extension Connection {
    /// Keeps a second restore away until the session ends.
    private static let restoreLock = 0x4269_7453_5265_7374  // "BitSRest"

    /// - Throws: ``BackupRefusal``, ``PostgresError``.
    mutating func checkTarget(_ name: String, _ manifest: Manifest) throws {
        guard serverVersion / 10_000 >= manifest.serverVersion / 10_000 else {
            throw BackupRefusal(
                .unavailable,
                "the archive is of PostgreSQL \(manifest.serverVersion / 10_000), and this server is \(serverVersion / 10_000): "
                    + "restore into that version or a later one")
        }
        let (isFree, others, objects, encoding) = try run(
            Query<Bool>.value("SELECT pg_try_advisory_lock($1)", Self.restoreLock),
            Query<Int>.value(
                """
                SELECT count(*) FROM pg_stat_activity
                WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
                """),
            .userObjects(), Query<String>.value("SELECT current_setting('server_encoding')"))
        guard isFree, others == 0 else {
            throw BackupRefusal(
                .unavailable, "the database \(name) is in use: stop what is connected to it, or restore into a new one")
        }
        guard encoding == "UTF8" else {
            throw BackupRefusal(
                .unavailable,
                "the database \(name) is \(encoding), and not UTF8: make another one with createdb -T template0 -E UTF8"
            )
        }
        guard objects == 0 else {
            throw BackupRefusal(
                .unavailable, "the database \(name) is not empty: make a new one with createdb and restore into that")
        }
    }
}

extension Query {
    /// How many objects there are that neither the server nor an extension has made.
    fileprivate static func userObjects() -> Query<Int> {
        .value(
            """
            SELECT (SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE \(isOurs("c.oid", "pg_class")))
              + (SELECT count(*) FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
                WHERE \(isOurs("p.oid", "pg_proc")))
              + (SELECT count(*) FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
                WHERE NOT EXISTS (SELECT 1 FROM pg_type e WHERE e.typarray = t.oid) AND \(isOurs("t.oid", "pg_type")))
              + (SELECT count(*) FROM pg_namespace n WHERE n.nspname <> 'public' AND \(isOurs("n.oid", "pg_namespace")))
            """)
    }
}
