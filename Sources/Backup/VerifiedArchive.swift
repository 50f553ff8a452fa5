import App
import Crypto
import Glibc
import JSON
import Market
import Postgres
import System

/// An archive that was read from its beginning to its end, and is as it was written.
public struct VerifiedArchive: ~Copyable {
    private let file: Descriptor
    private let path: String
    private let key: BackupKey?
    private let seal: ArchiveReader.Seal
    public let manifest: Manifest
    public let isEncrypted: Bool
    /// Of the dump inside.
    public var dumpBytes: Int { seal.dumpBytes }
    public var dumpHash: String { seal.dumpHash }

    /// - Parameter path: of an archive, or of a folder, whose newest archive is meant.
    /// - Throws: ``BackupRefusal``.
    public init(_ path: String, _ key: BackupKey?) throws(BackupRefusal) {
        let path = try Self.archive(at: path)
        let file: Descriptor
        do { file = try Descriptor(opening: path) } catch {
            throw BackupRefusal(.noInput, "\(path) cannot be read: \(error.reason)")
        }
        var reader = try ArchiveReader(file.raw, named: path, key: key)
        var manifest: Manifest?, seal: ArchiveReader.Seal?
        while let contents = try reader.next() {
            switch contents {
            case .manifest(let bytes): manifest = Manifest(bytes)
            case .dump: break
            case .seal(let found): seal = found
            }
        }
        guard let manifest, let seal else {
            throw BackupRefusal(
                .badArchive, "\(path) has a manifest that this release cannot read: use the one that made it")
        }
        self.file = file
        self.path = path
        self.key = key
        self.manifest = manifest
        self.seal = seal
        isEncrypted = reader.isEncrypted
    }

    private static func archive(at path: String) throws(BackupRefusal) -> String {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return path }
        guard let newest = ArchiveName.all(in: path).last else {
            throw BackupRefusal(.noInput, "there is no archive in \(path)")
        }
        return newest
    }

    /// How messages call it.
    public var name: String { path }

    /// Reads it again, for `body` to take the dump stretch by stretch. The last one comes when everything has turned out to
    /// be what was verified: a file may be changed while it is read.
    func dump(_ body: ([UInt8]) throws -> Bool) throws {
        guard lseek(file.raw, 0, SEEK_SET) == 0 else {
            throw BackupRefusal(.noInput, "\(path) cannot be read twice: restore from a file")
        }
        var reader = try ArchiveReader(file.raw, named: path, key: key)
        var held: [UInt8]?
        while let contents = try reader.next() {
            switch contents {
            case .manifest: break
            case .dump(let bytes):
                if let held, try !body(held) { return }
                held = bytes
            case .seal(let found):
                guard found == seal else {
                    throw BackupRefusal(.badArchive, "\(path) was changed while it was read: start again")
                }
            }
        }
        if let held { _ = try body(held) }
    }

    /// - Throws: ``BackupRefusal`` when it is older than that, as the newest is when no more are made.
    public func checkAge(
        maximumHours hours: Int, now: Int64 = SystemClock.unixMicroseconds()
    ) throws(BackupRefusal) {
        guard now - manifest.time > Int64(hours) * 3_600_000_000 else { return }
        throw BackupRefusal(
            .badArchive,
            "\(path) is of \(manifest.timestamp), more than \(counted(hours, "hour")) ago: see why none was made since")
    }

    /// Migrations that are not here and allow this release are those of a later one, which was taken back.
    ///
    /// - Throws: ``BackupRefusal`` when this release cannot work with what is inside.
    public func checkRelease(_ migrator: Migrator) throws(BackupRefusal) {
        for applied in manifest.migrations {
            let file = migrator.migrations.first { $0.version == applied.version }
            let name = "\(Migrator.number(applied.version)) (\(applied.description))"
            guard applied.minCodeVersion <= Migrator.codeVersion else {
                throw BackupRefusal(
                    .badArchive,
                    "\(path) is of release \(manifest.release), with whose migration \(name) this one, \(Version.current), "
                        + "cannot work: restore it with that release")
            }
            guard let file else { continue }
            guard hex(Digest.sha256(file.bytes)) == applied.sha256 else {
                throw BackupRefusal(
                    .badArchive,
                    "\(path) was made with another text of the migration \(name): restore it with release \(manifest.release)"
                )
            }
        }
    }
}
