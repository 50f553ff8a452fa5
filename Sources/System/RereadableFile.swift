import Glibc

/// A file that is read in stretches, and again from its beginning. What cannot go back, such as a pipe, is kept in memory
/// as it comes.
public final class RereadableFile {
    /// How messages call it.
    public let name: String
    private let file: Descriptor
    private let canSeek: Bool
    private let maximumBytes: Int
    /// Of a file that cannot go back.
    private var kept: [[UInt8]] = [], position = 0, isRead = false
    /// Read so far.
    private var count = 0

    private static let stretch = 262_144

    /// - Parameters:
    ///   - path: `-` is standard input.
    ///   - maximumBytes: one more is an error (`EFBIG`): nothing from outside decides how much we read.
    public init(_ path: String, maximumBytes: Int) throws(SystemError) {
        name = path
        self.maximumBytes = maximumBytes
        if path == "-" {
            let copy = dup(STDIN_FILENO)
            guard copy >= 0 else { throw SystemError("standard input") }
            file = Descriptor(owning: copy)
        } else {
            file = try Descriptor(opening: path)
        }
        var status = stat()
        guard fstat(file.raw, &status) == 0 else { throw SystemError(path) }
        if status.st_mode & S_IFMT == S_IFDIR { throw SystemError(path, EISDIR) }
        canSeek = status.st_mode & S_IFMT == S_IFREG
    }

    /// The next stretch; nil at the end.
    public func next() throws(SystemError) -> [UInt8]? {
        if position < kept.count {
            position += 1
            return kept[position - 1]
        }
        if isRead { return nil }
        var block = [UInt8](repeating: 0, count: Self.stretch)
        var read = 0
        repeat { read = Glibc.read(file.raw, &block, block.count) } while read < 0 && errno == EINTR
        guard read >= 0 else { throw SystemError(name) }
        guard read > 0 else {
            isRead = !canSeek
            return nil
        }
        guard read <= maximumBytes - count else { throw SystemError(name, EFBIG) }
        count += read
        if read < block.count { block.removeLast(block.count - read) }
        if !canSeek {
            kept.append(block)
            position = kept.count
        }
        return block
    }

    public func rewind() throws(SystemError) {
        position = 0
        guard canSeek else { return }
        count = 0
        guard lseek(file.raw, 0, SEEK_SET) == 0 else { throw SystemError(name) }
    }
}
