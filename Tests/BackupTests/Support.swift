import Foundation
import Postgres
import TestSupport

@testable import App
@testable import Backup

/// A folder that goes with its last reference.
final class TemporaryFolder {
    let path = NSTemporaryDirectory() + "bsbackup-\(UUID().uuidString)"

    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    subscript(name: String) -> String { "\(path)/\(name)" }

    func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }

    func put(_ bytes: [UInt8], _ name: String) throws -> String {
        try Data(bytes).write(to: URL(filePath: self[name]))
        return self[name]
    }

    /// Puts a file into a folder of its own within this one.
    func putAside(_ path: String) throws -> String {
        let own = self["\(try names().count)"]
        try FileManager.default.createDirectory(atPath: own, withIntermediateDirectories: false)
        let new = own + "/" + String(path.split(separator: "/").last ?? "")
        try FileManager.default.moveItem(atPath: path, toPath: new)
        return new
    }

    func bytes(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(filePath: self[name]))) }

    func key(_ name: String = "key") throws -> BackupKey {
        if !FileManager.default.fileExists(atPath: self[name]) { try BackupKey.make(self[name]) }
        return try BackupKey(self[name])
    }
}

extension Manifest {
    static func madeUp(
        time: Int64 = 1_709_208_000_000_000, serverVersion: Int = 150_012, migrations: [AppliedMigration] = [],
        rows: Int = 3
    ) -> Manifest {
        Manifest(
            time: time, serverVersion: serverVersion, database: "a \"b\"", migrations: migrations,
            tables: [.init(name: "public.users", rows: rows)], auditHeads: ["0 1 1 ab"], checkpoint: nil)
    }
}

/// Archives in memory.
enum MadeUp {
    static func archive(
        _ pieces: [[UInt8]], _ key: BackupKey?, _ manifest: Manifest = .madeUp()
    ) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var writer = try ArchiveWriter(manifest.bytes, key: key) { bytes += $0 }
        for piece in pieces { try writer.dump(piece) }
        try writer.finish()
        return bytes
    }
}

/// What is thrown as a refusal; nil when nothing is.
func refusal(_ body: () throws -> Void) throws -> BackupRefusal? {
    do {
        try body()
        return nil
    } catch let refusal as BackupRefusal {
        return refusal
    }
}
