import Glibc
import System

/// A lock on a file that ends with its owner, however that ends. Children do not inherit it.
public struct FileLock: ~Copyable {
    private let file: Descriptor

    /// Nil when another process holds it.
    public init?(_ path: String) throws(SupervisionError) {
        let file: Descriptor
        do { file = try Descriptor(opening: path, O_RDWR | O_CREAT) } catch {
            throw SupervisionError("cannot open \(path)", errno: error.number)
        }
        guard flock(file.raw, LOCK_EX | LOCK_NB) == 0 else {
            guard errno == EWOULDBLOCK else { throw SupervisionError("cannot lock \(path)", errno: errno) }
            return nil
        }
        self.file = file
    }

    /// Lets go. Without a call the lock ends with its last use, which may be earlier than meant.
    public consuming func release() {}

    /// Whether a process holds it now.
    public static func isHeld(_ path: String) -> Bool {
        guard let file = try? Descriptor(opening: path) else { return false }
        return flock(file.raw, LOCK_SH | LOCK_NB) != 0
    }
}
