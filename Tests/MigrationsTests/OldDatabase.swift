import Foundation
import Postgres
import TestSupport

extension TestDatabase {
    /// A database as a release left it that lacked some of the files.
    static func lacking(_ isLacking: (String) -> Bool) throws -> TestDatabase {
        let folder = FileManager.default.temporaryDirectory.appending(path: "migrations-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.copyItem(atPath: Repository.migrations, toPath: folder.path)
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) where isLacking(name) {
            try FileManager.default.removeItem(at: folder.appending(path: name))
        }
        let database = try TestDatabase(migrated: false)
        var db = try database.connect()
        try Migrator(directory: folder.path).apply(to: &db)
        return database
    }
}
