import Foundation
import Postgres
import Synchronization

/// A database of one's own in the shared cluster: a clone of one that all migrations have been applied to, or an empty
/// one. Dropped with its last reference; a suite keeps its in a `static let` and leaves the end to the cluster's.
public final class TestDatabase: Sendable {
    private static let names = Atomic<Int>(0)
    private static let cloning = Mutex(())
    /// The database that the others are copies of.
    private static let template: String = {
        do {
            try administer("CREATE DATABASE template_migrated")
            var db = try Connection(TestCluster.shared.conninfo(database: "template_migrated"))
            try Migrator(directory: Repository.migrations).apply(to: &db)
            return "template_migrated"
        } catch {
            fatalError("the migrations do not apply: \(error)")
        }
    }()

    public let name: String

    /// - Parameter encoding: another than the cluster's, for an empty one.
    public init(migrated: Bool = true, encoding: String? = nil) throws {
        name = "test_\(Self.names.wrappingAdd(1, ordering: .relaxed).newValue)"
        let source = migrated ? Self.template : "template0"
        // One at a time: a template must have no other user while it is copied.
        try Self.cloning.withLock { _ throws in
            try Self.administer(
                "CREATE DATABASE \(name) TEMPLATE \(source)"
                    + (encoding.map { " ENCODING '\($0)' LOCALE 'C'" } ?? ""))
        }
    }

    deinit { try? Self.administer("DROP DATABASE \(name) WITH (FORCE)") }

    public var conninfo: String { TestCluster.shared.conninfo(database: name) }

    public func connect(_ settings: SessionSettings = .init()) throws -> Connection {
        try Connection(conninfo, settings)
    }

    private static func administer(_ sql: String) throws {
        var db = try Connection(
            TestCluster.shared.conninfo(database: "postgres"), SessionSettings(statementTimeoutMilliseconds: 60_000))
        try db.script(sql)
    }
}

/// Where this checkout is.
public enum Repository {
    public static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path(percentEncoded: false)
    public static let migrations = root + "Migrations"
}
