import Glibc
import System

/// An archive that is being written: it gets its name when it is complete and on the disk, and is gone if it does not get
/// there.
final class ArchiveFile {
    private let file: Descriptor
    private let folder: String
    private let name: String
    private var isPublished = false

    private var path: String { "\(folder)/\(name)" }
    private var temporaryPath: String { "\(folder)/.\(name)\(Self.temporarySuffix)" }

    private static let temporarySuffix = ".partial"

    /// - Throws: ``SystemError``.
    init(_ name: String, in folder: String) throws(SystemError) {
        self.name = name
        self.folder = folder
        Self.sweep(folder)
        guard access("\(folder)/\(name)", F_OK) != 0 else { throw SystemError("\(folder)/\(name)", EEXIST) }
        file = try Descriptor(
            opening: "\(folder)/.\(name)\(Self.temporarySuffix)", O_WRONLY | O_CREAT | O_EXCL, mode: 0o600)
        // Held as long as we live: who finds it free knows that nobody writes it any more.
        flock(file.raw, LOCK_EX | LOCK_NB)
    }

    deinit { if !isPublished { unlink(temporaryPath) } }

    func write(_ bytes: [UInt8]) throws(SystemError) {
        do throws(SystemError) { try File.write(bytes, to: file.raw) } catch { throw SystemError(path, error.number) }
    }

    /// - Returns: the path.
    func publish() throws(SystemError) -> String {
        guard fsync(file.raw) == 0, rename(temporaryPath, path) == 0 else { throw SystemError(path) }
        isPublished = true
        let directory = try Descriptor(opening: folder, O_RDONLY | O_DIRECTORY)
        guard fsync(directory.raw) == 0 else { throw SystemError(folder) }
        return path
    }

    /// Removes what a backup has left that was killed.
    private static func sweep(_ folder: String) {
        for name in (try? Folder.names(in: folder)) ?? []
        where name.hasPrefix("." + ArchiveName.prefix) && name.hasSuffix(temporarySuffix) {
            guard let file = try? Descriptor(opening: "\(folder)/\(name)", O_RDONLY | O_NOFOLLOW),
                flock(file.raw, LOCK_EX | LOCK_NB) == 0
            else { continue }
            unlink("\(folder)/\(name)")
        }
    }
}

/// How archives are called: `bitstockerz-20240229T120000Z.backup`, so that they sort by time.
enum ArchiveName {
    static let prefix = "bitstockerz-"
    private static let suffix = ".backup"

    static func make(_ manifest: Manifest) -> String {
        prefix + manifest.timestamp.filter { $0 != "-" && $0 != ":" } + suffix
    }

    static func matches(_ name: String) -> Bool {
        let time = Array(name.utf8.dropFirst(prefix.utf8.count).dropLast(suffix.utf8.count))
        return name.hasPrefix(prefix) && name.hasSuffix(suffix) && time.count == 16
            && time.enumerated().allSatisfy { index, byte in
                switch index {
                case 8: byte == UInt8(ascii: "T")
                case 15: byte == UInt8(ascii: "Z")
                default: 48...57 ~= byte
                }
            }
    }

    /// Paths of the archives in a folder, oldest first.
    static func all(in folder: String) -> [String] {
        ((try? Folder.names(in: folder)) ?? []).filter(matches).sorted().map { "\(folder)/\($0)" }
    }
}
