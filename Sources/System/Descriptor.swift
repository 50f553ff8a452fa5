import Glibc

/// A file descriptor with one owner, closed when the owner ends.
///
///     let file = try Descriptor(opening: "/proc/version")
///     let text = try File.contents(from: file.raw, named: "/proc/version", maximumBytes: 4_096)
public struct Descriptor: ~Copyable, Sendable {
    /// Valid as long as this value is.
    public let raw: Int32

    public init(owning raw: Int32) { self.raw = raw }

    /// Opens a file that no child inherits.
    ///
    /// - Parameters:
    ///   - flags: of `open(2)`; `O_CLOEXEC` is added.
    ///   - mode: of a file that this creates.
    public init(opening path: String, _ flags: Int32 = O_RDONLY, mode: mode_t = 0o600) throws(SystemError) {
        let raw = open(path, flags | O_CLOEXEC, mode)
        guard raw >= 0 else { throw SystemError(path) }
        self.raw = raw
    }

    deinit { close(raw) }

    /// Gives the number away; the caller closes it.
    public consuming func release() -> Int32 {
        let raw = raw
        discard self
        return raw
    }
}
