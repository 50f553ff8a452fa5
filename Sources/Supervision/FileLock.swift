import Glibc

/// A lock on a file that ends with its owner, however that ends. Children do not inherit it.
public struct FileLock: ~Copyable {
    private let descriptor: Int32

    /// Nil when another process holds it.
    public init?(_ path: String) throws(SupervisionError) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw SupervisionError("cannot open \(path)", errno: errno) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let number = errno
            close(descriptor)
            guard number == EWOULDBLOCK else { throw SupervisionError("cannot lock \(path)", errno: number) }
            return nil
        }
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// Lets go. Without a call the lock ends with its last use, which may be earlier than meant.
    public consuming func release() {}

    /// Whether a process holds it now.
    public static func isHeld(_ path: String) -> Bool {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return flock(descriptor, LOCK_SH | LOCK_NB) != 0
    }
}
