import Glibc
public import System

/// Stream sockets in the file system.
public enum UnixSocket {
    /// An address holds this many bytes, its closing NUL apart.
    public static let maximumPathBytes = 107

    /// Binds and listens. A socket file that nobody listens on any more is replaced; one in use is an error.
    ///
    /// - Parameter mode: permissions of the socket file, set before anyone can connect.
    public static func listen(at path: String, backlog: Int32 = 128, mode: mode_t = 0o660) throws(SystemError)
        -> Descriptor
    {
        guard let address = address(path) else { throw SystemError("listen at \(path)", ENAMETOOLONG) }
        let descriptor = try open("listen at \(path)")
        let raw = descriptor.raw
        func bindHere() -> Int32 { withPointer(to: address) { bind(raw, $0, $1) } }
        // The mode has to be there from the start: bind takes it from the socket's inode.
        _ = fchmod(descriptor.raw, mode)
        var status = bindHere()
        if status != 0, errno == EADDRINUSE {
            guard isAbandoned(path) else { throw SystemError("listen at \(path)", EADDRINUSE) }
            unlink(path)
            status = bindHere()
        }
        guard status == 0, chmod(path, mode) == 0, Glibc.listen(descriptor.raw, backlog) == 0 else {
            throw SystemError("listen at \(path)")
        }
        return descriptor
    }

    /// Connects, or fails at the time-out (`ETIMEDOUT`): a full backlog makes us wait.
    public static func connect(to path: String, timeoutMilliseconds: Int) throws(SystemError) -> Descriptor {
        guard let address = address(path) else { throw SystemError("connect to \(path)", ENAMETOOLONG) }
        let descriptor = try open("connect to \(path)")
        let deadline = Deadline(milliseconds: timeoutMilliseconds)
        while true {
            let left = max(1, deadline.remainingMilliseconds)
            var timeout = timeval(tv_sec: Int(left / 1_000), tv_usec: Int(left % 1_000) * 1_000)
            setsockopt(descriptor.raw, SOL_SOCKET, SO_SNDTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
            if withPointer(to: address, { Glibc.connect(descriptor.raw, $0, $1) }) == 0 { break }
            switch errno {
            case EINTR: continue
            case EAGAIN: throw SystemError("connect to \(path)", ETIMEDOUT)
            default: throw SystemError("connect to \(path)")
            }
        }
        return descriptor
    }

    /// The next connection; nil when there is none yet on a non-blocking socket, or it is gone already.
    public static func accept(on listener: Int32) throws(SystemError) -> Descriptor? {
        let raw = Glibc.accept(listener, nil, nil)
        if raw >= 0 {
            _ = fcntl(raw, F_SETFD, FD_CLOEXEC)
            return Descriptor(owning: raw)
        }
        switch errno {
        case EAGAIN, EINTR, ECONNABORTED: return nil
        default: throw SystemError("accept")
        }
    }

    /// Nil when the path is too long. A leading `@` means the abstract namespace.
    static func address(_ path: String) -> sockaddr_un? {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var bytes = Array(path.utf8)
        guard !bytes.isEmpty, bytes.count <= maximumPathBytes else { return nil }
        if bytes[0] == UInt8(ascii: "@") { bytes[0] = 0 }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        return address
    }

    static func withPointer<Result>(
        to address: sockaddr_un, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        // An abstract name ends where the address ends, a path at its NUL.
        let path = withUnsafeBytes(of: address.sun_path) { bytes in
            bytes[0] == 0 ? bytes.dropFirst().firstIndex(of: 0) ?? bytes.count : bytes.count
        }
        let size = MemoryLayout<sa_family_t>.size + path
        return withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(size)) }
        }
    }

    /// A socket file whose owner is gone. A plain file refuses connections too, and must not be mistaken for one.
    private static func isAbandoned(_ path: String) -> Bool {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK else { return false }
        do {
            _ = try connect(to: path, timeoutMilliseconds: 1_000)
            return false
        } catch {
            return error.number == ECONNREFUSED
        }
    }

    private static func open(_ operation: String) throws(SystemError) -> Descriptor {
        let raw = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard raw >= 0 else { throw SystemError(operation) }
        return Descriptor(owning: raw)
    }
}
